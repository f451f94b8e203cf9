"""What a noun phrase names: its main noun, its number, and whether it can be the source of a statement."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from statclass.extraction.clauses import Clause, Phrase
from statclass.extraction.lexicon import grammar, nouns_of_saying, places, words_of

LINKS = frozenset({"of", "for", "to", "at", "in", "from", "with", "on", "along", "near", "behind", "inside"})


def head_of(clause: Clause, phrase: Phrase) -> int:
    """The token of a phrase’s main noun: the last one before ‘of’, ‘for’ or another preposition.

    Examples
    --------
    >>> text = "the representative of Norway"
    >>> clause = Clause(text, 0, len(text))
    >>> clause.low[head_of(clause, Phrase(0, 4))]
    'representative'
    """
    for at in range(phrase.first + 1, phrase.last):
        if clause.low[at] in LINKS:
            return at - 1 if clause.low[at - 1] not in grammar("joining") else max(phrase.first, at - 2)
    return phrase.last - 1


@cache
def particles() -> frozenset[str]:
    """The lowercase parts of names: ‘von’, ‘al’."""
    return words_of("particles")


_POSSESSIVES = frozenset({"his", "her", "their", "its", "him", "them"})


def is_particle(clause: Clause, at: int) -> bool:
    """Whether a word is the ‘von’ of a name."""
    if clause.low[at] not in particles() or at + 1 >= len(clause):
        return False
    return clause.capital[at + 1] or clause.low[at + 1] in particles()


def given_name(clause: Clause, at: int) -> bool:
    """Whether a word that is also a month stands before a surname: ‘June Osei’."""
    return clause.low[at] in grammar("given_name") and at + 1 < len(clause) and clause.capital[at + 1]


def is_source(clause: Clause, phrase: Phrase, *, any_noun: bool = False) -> bool:
    """Whether a phrase can be the source of a statement: it names someone, a body or a text.

    Parameters
    ----------
    clause : Clause
    phrase : Phrase
    any_noun : bool
        Accept a common noun that is in no list, as the subject of a plain verb of saying.
    """
    tokens = range(phrase.first, phrase.last)
    head = clause.kind[head_of(clause, phrase)]
    if phrase.last - phrase.first == 1 and clause.low[phrase.first] in _POSSESSIVES:
        return True
    if head == "never" or (head == "it" and phrase.last - phrase.first > 1):
        return False
    if any(clause.kind[at] in ("he", "she", "they", "it") or clause.kind[at] in _SPEAKING for at in tokens):
        return True
    if any(clause.capital[at] and clause.kind[at] not in ("det", "time") and at > 0 for at in tokens):
        return True
    if clause.low[phrase.last - 1].endswith(PEOPLE):
        return True
    if any_noun and (phrase.last - phrase.first > 1 or plural(clause, phrase)):
        return True
    return any(_known_name(clause.text[at]) for at in tokens) or _opening_name(clause, phrase)


PEOPLE = ("ers", "ors", "ists", "ians", "ist", "ian", "men", "women", "folk", "people")
_SPEAKING = frozenset({"office", "title", "person", "group", "organisation", "document"})


def _known_name(word: str) -> bool:
    return word in places() or word.removesuffix("’s").removesuffix("'s") in places()


def _opening_name(clause: Clause, phrase: Phrase) -> bool:
    """A capitalised word that opens the sentence, is no known common word and has no article: taken for a name."""
    return phrase.first == 0 and clause.capital[0] and clause.kind[0] == "" and clause.low[0] not in nouns_of_saying()


def plural(clause: Clause, phrase: Phrase) -> bool:
    """Whether a phrase is plural, so that a verb's base form after it is a finite one."""
    head = phrase.last - 1
    tokens: Iterable[int] = range(phrase.first, phrase.last)
    if clause.kind[head] in ("they", "group") or any(clause.kind[at] == "and" for at in tokens):
        return True
    return any(clause.kind[at] == "group" or plural_word(clause.low[at]) for at in tokens)


def plural_word(low: str) -> bool:
    """Whether a word looks like a plural."""
    if low.endswith("men") or low == "people":
        return True
    return len(low) > 2 and low.endswith("s") and not low.endswith(("ss", "us", "is", "'s"))
