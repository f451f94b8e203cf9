"""A sentence as tokens, and the noun phrase that stands before or after a verb in it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import islice, repeat
from typing import NamedTuple

from statclass.extraction.lexicon import grammar, nouns_of_saying, places, verb_forms, word_classes, words_of
from statclass.extraction.quotations import DOUBLE, SINGLE

_MARKS = "".join(sorted(DOUBLE | SINGLE))
_MARK = re.compile(f"[{_MARKS}]")
MOST_MARKS = 20
"""So many marks of fragments are looked at in one sentence."""

QUOTE = "\0quote"
"""Stands in the tokens of a sentence for a direct quotation in it."""

LONGEST_PHRASE = 25
"""A noun phrase is looked for in so many tokens."""

NAMING = frozenset({"office", "title", "person", "group", "organisation", "document", "modifier", "topic"})
HELPERS = frozenset({"aux", "adverb"})
LINKS = frozenset({"of", "for", "to", "at", "in", "from", "with", "on", "along", "near", "behind", "inside"})
POSSESSIVES = ("’s", "'s")


class Phrase(NamedTuple):
    """A noun phrase as a range of tokens, the last one not included."""

    first: int
    last: int


class Clause:
    """The tokens of one sentence, with direct quotations as one token each.

    Parameters
    ----------
    article : str
        The whole article.
    start, end : int
        The sentence.
    quotations : sequence of (int, int)
        Direct quotations in it, marks included.

    Examples
    --------
    >>> text = 'Gen. Novak said "No."'
    >>> [token.strip(chr(0)) for token in Clause(text, 0, len(text), [(16, 21)]).low]
    ['gen.', 'novak', 'said', 'quote']
    """

    __slots__ = ("_quotation_end", "article", "capital", "fragment", "kind", "low", "quotations", "start", "text")

    def __init__(self, article: str, start: int, end: int, quotations: Sequence[tuple[int, int]] = ()) -> None:
        self.article = article
        self.text: list[str] = []
        self.start: list[int] = []
        self._quotation_end: dict[int, int] = {}
        self.fragment: list[int] = []
        self.quotations: list[int] = []
        begin = start
        for left, right in quotations:
            self._read(begin, left)
            self._append_quotation(left, right)
            begin = right
        self._read(begin, end)
        self.low = [word.lower() for word in self.text]
        if "’" in article[start:end]:
            self.low = [low.replace("’", "'") for low in self.low]
        self.kind = list(map(word_classes().get, self.low, repeat("")))
        if "’s" in article[start:end] or "'s" in article[start:end]:
            self._class_possessives()
        self.capital = [word[0].isupper() or ("-" in word and is_arabic_name(word)) for word in self.text]
        if "May" in self.text:
            self._class_names()

    def _append_quotation(self, start: int, end: int) -> None:
        self.quotations.append(len(self.text))
        self.text.append(QUOTE)
        self.start.append(start)
        self._quotation_end[len(self.text) - 1] = end

    def _read(self, start: int, end: int) -> None:
        matches = list(_token_pattern().finditer(self.article, start, end))
        self.text += [match.group() for match in matches]
        self.start += [match.start() for match in matches]
        for mark in islice(_MARK.finditer(self.article, start, end), MOST_MARKS):
            self.fragment.append(bisect_left(self.start, mark.start()))

    def _class_names(self) -> None:
        """‘May’ after a given name is a surname."""
        for at in range(1, len(self.text)):
            if self.text[at] == "May" and self.capital[at - 1] and self.kind[at - 1] in ("", "title"):
                self.kind[at] = ""

    def _class_possessives(self) -> None:
        classes = word_classes()
        for at, low in enumerate(self.low):
            if low[-2:] == "'s" and classes.get(low[:-2]) in NAMING:
                self.kind[at] = classes[low[:-2]]

    def __len__(self) -> int:
        return len(self.text)

    def span(self, phrase: Phrase) -> tuple[int, int]:
        """Where a phrase stands in the article."""
        return self.start[phrase.first], self.end(phrase.last - 1)

    def end(self, at: int) -> int:
        """Where a token ends in the article."""
        return self._quotation_end.get(at, self.start[at] + len(self.text[at]))

    def noun(self, at: int) -> bool:
        """Whether a token is a name or a word for a source."""
        return (self.capital[at] and self.kind[at] not in _NO_NOUN) or self.kind[at] in NAMING

    def possessive(self, at: int) -> bool:
        """Whether a token ends in ’s, or in s with an apostrophe after it."""
        return self.text[at].endswith(POSSESSIVES) or (
            self.text[at].endswith("s") and self.article[self.end(at) : self.end(at) + 1] in ("’", "'")
        )


def is_arabic_name(word: str) -> bool:
    """Whether a word is a name that begins with a lowercase article.

    Examples
    --------
    >>> is_arabic_name("al-Assad"), is_arabic_name("al-most")
    (True, False)
    """
    return word[2:3] == "-" and word[3:4].isupper() and word[:2].islower()


_NO_NOUN = frozenset({"det", "prep", "conj", "rel", "aux", "adverb", "first", "never", "he", "she", "it", "they"})


@cache
def _token_pattern() -> re.Pattern[str]:
    """Numbers, words with the stop of an acronym, initial or title, dots, and any other character but a mark."""
    titles = sorted(words_of("abbreviations", "abbreviation", **{"class": "title"}))
    after_title = "|".join(rf"(?<=\b{title})" for title in titles)
    stop = (
        r"(?=\.)(?:(?<=\.[^\W\d_])\.(?:['’]s\b)?"
        r"|(?<=\b[^\W\d_])\.(?=\s?[^\W\d_a-z])"
        rf"|(?:(?<=\bJr)|(?<=\bSr)|(?<=\bInc)|(?<=\bLtd)|(?<=\bCorp)|(?<=\bBros))\.|(?:{after_title})\.(?=\s)"
        r"|(?<=\bNo)\.(?=\s?\d))"
    )
    return re.compile(rf"\d+(?:[.,:]\d+)*[^\W_]*|[^\W_]+(?:[-'’.&/][^\W_]+)*(?:{stop})?|\.{{2,}}|[^\s{_MARKS}]")


def before(clause: Clause, verb: int) -> Phrase | None:
    """The noun phrase that is the subject of a verb, read leftwards from it.

    Examples
    --------
    >>> text = "On Monday Jan Novak, the Czech envoy, flatly refused."
    >>> clause = Clause(text, 0, len(text))
    >>> phrase = before(clause, clause.low.index("refused"))
    >>> text[slice(*clause.span(phrase))]
    'Jan Novak'
    """
    at = _skip_helpers(clause, verb - 1)
    if at >= 0 and clause.kind[at] == "rel" and clause.low[at] != "whom":
        at -= 1 + (at > 0 and clause.low[at - 1] == ",")
        return _phrase_ending(clause, at)
    if at >= 0 and clause.low[at] in (",", ")", "—", "–", "-"):
        return _around_parenthesis(clause, at)
    return _phrase_ending(clause, at)


def _skip_helpers(clause: Clause, at: int) -> int:
    at = _before_phrase_after_helper(clause, at)
    while at >= 0 and (
        clause.kind[at] in HELPERS
        or clause.kind[at] == "time"
        or clause.low[at] == "since"
        or (clause.low[at].endswith("ly") and not clause.capital[at])
        or (clause.low[at] in ("on", "in", "last", "this", "late", "early") and _time(clause, at + 1))
    ):
        at -= 1
    return at


def _before_phrase_after_helper(clause: Clause, at: int) -> int:
    """Skip the phrase between helper and verb in ‘has in the past accused’."""
    for left in range(at, max(0, at - 6), -1):
        if clause.kind[left] == "aux" and left < at:
            return left if clause.kind[left + 1] in ("prep", "conj") else at
        if not clause.low[left][0].isalpha() or clause.low[left] == QUOTE or clause.kind[left] in ("rel", "and"):
            break
    return at


def _time(clause: Clause, at: int) -> bool:
    return at < len(clause) and (clause.kind[at] == "time" or clause.low[at][0].isdigit())


_PARTNER = {",": ",", ")": "(", "—": "—", "–": "–", "-": "-"}


def _around_parenthesis(clause: Clause, at: int) -> Phrase | None:
    partner = _PARTNER[clause.low[at]]
    for left in range(at - 1, max(-1, at - LONGEST_PHRASE), -1):
        if clause.low[left] == partner:
            phrase = _named_inside(clause, left, at) or _phrase_ending(clause, _skip_helpers(clause, left - 1))
            if phrase is not None and not clause.low[phrase.first][0].isdigit():
                return phrase
        if clause.low[left] in (QUOTE, ";", ":"):
            return None
    return None


def _named_inside(clause: Clause, left: int, right: int) -> Phrase | None:
    """The name between commas in ‘the minister, Jan Novak, said’, where the phrase before has none."""
    from statclass.extraction.appositions import name_in

    described = _one_of_them(clause, left - 1) or _phrase_ending(clause, left - 1)
    return name_in(clause, left + 1, right, described) if described is not None else None


def _one_of_them(clause: Clause, last: int) -> Phrase | None:
    return Phrase(last - 2, last + 1) if clause.low[max(0, last - 2) : last + 1] == ["one", "of", "them"] else None


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
def _particles() -> frozenset[str]:
    return words_of("particles")


def _phrase_ending(clause: Clause, last: int) -> Phrase | None:
    """The noun phrase whose last token is given."""
    if last < 0 or not _can_end(clause, last):
        return None
    if clause.kind[last] in ("he", "she", "it", "they"):
        return Phrase(last, last + 1)
    first = last + 1
    at = last
    limit = max(0, last - LONGEST_PHRASE)
    while at >= limit:
        step = _step_left(clause, at, last)
        if step == 0:
            break
        first, at = at, at - step
        if clause.kind[first] == "det" and not _linked(clause, at) and not _coordinated(clause, at):
            break
    phrase = _trim(clause, first, last + 1)
    return _antecedent(clause, phrase) if phrase is not None else None


_POSSESSIVES = frozenset({"his", "her", "their", "its", "him", "them"})


def _antecedent(clause: Clause, phrase: Phrase) -> Phrase:
    """The phrase before ‘who’ where the verb follows a relative clause without commas."""
    for at in range(phrase.first - 1, max(0, phrase.first - 8), -1):
        if clause.low[at] == "who":
            if at == phrase.first - 1:
                break
            return _phrase_ending(clause, at - 1) or phrase
        if not clause.low[at][0].isalpha() or clause.low[at] == "that":
            break
    return phrase


def _can_end(clause: Clause, at: int) -> bool:
    if clause.low[at] in ("that", "this", "which", "who", "both"):
        return False
    return clause.text[at][0].isalnum() and clause.kind[at] not in _NEVER_LAST


_NEVER_LAST = frozenset({"prep", "conj", "and", "rel", "first", "det", "never"})


def _step_left(clause: Clause, at: int, last: int) -> int:
    """One where the token belongs to the phrase that ends at `last`, else zero."""
    kind, low = clause.kind[at], clause.low[at]
    if kind == "det" or clause.noun(at) or low[0].isdigit() or is_particle(clause, at):
        return 1
    if low == "," and at == 1 and clause.text[0] in places() and clause.text[2] in places():
        return 1
    if kind == "and" or (low == "," and _in_list(clause, at, last)):
        return int(_joins_names(clause, at))
    if low in LINKS:
        return int(_linked(clause, at))
    if at < last and low in verb_forms() and verb_forms()[low].shape == "base" and _names_people(clause, at + 1):
        return 1
    if kind or low in verb_forms() or not low[0].isalpha() or clause.low[at] == QUOTE:
        return 0
    return int(at == last or not clause.capital[at + 1] or clause.kind[at + 1] in NAMING)


def is_particle(clause: Clause, at: int) -> bool:
    """Whether a word is the ‘von’ of a name."""
    if clause.low[at] not in _particles() or at + 1 >= len(clause):
        return False
    return clause.capital[at + 1] or clause.low[at + 1] in _particles()


def _names_people(clause: Clause, at: int) -> bool:
    return clause.kind[at] in NAMING or clause.low[at].endswith(_PEOPLE)


def _linked(clause: Clause, at: int) -> bool:
    """Whether the preposition at a place joins a phrase to a noun before it."""
    if at < 1 or clause.low[at] not in LINKS:
        return False
    opening_plural = at <= 3 and plural_word(clause.low[at - 1]) and clause.low[at] != "of"
    if clause.low[at - 1] in grammar("joining") or opening_plural:
        return True
    if clause.low[at] == "of":
        return clause.noun(at - 1) or (clause.text[at - 1].isalpha() and clause.kind[at - 1] == "")
    return clause.kind[at - 1] in ("office", "person", "group", "organisation", "topic")


def _coordinated(clause: Clause, at: int) -> bool:
    return at > 0 and clause.kind[at] == "and" and _joins_names(clause, at)


def _in_list(clause: Clause, at: int, last: int) -> bool:
    return any(clause.kind[i] == "and" for i in range(at + 1, last))


def _joins_names(clause: Clause, at: int) -> bool:
    if at < 1 or at + 1 >= len(clause) or not clause.noun(at - 1):
        return False
    if clause.kind[at + 1] != "det" and not clause.noun(at + 1):
        return False
    for left in range(at - 1, max(-1, at - 8), -1):
        if clause.low[left] in (";", ":", ",") or clause.low[left] == QUOTE:
            return True
        if not clause.noun(left) and clause.kind[left] != "det" and clause.low[left] not in LINKS:
            return False
    return at <= 8


def _trim(clause: Clause, first: int, last: int) -> Phrase | None:
    while first < last and (
        (clause.kind[first] in ("time", "and", "prep") and not given_name(clause, first))
        or clause.low[first] == ","
        or (clause.low[first] == "that" and last - first > 1)
    ):
        first += 1
    while first < last and (clause.kind[last - 1] in ("time", "det", "prep", "and")):
        last -= 1
    if first > 0 and last - first > 1 and clause.low[first - 1] in ("in", "on", "at", "from") and _place(clause, first):
        first += 1
    return Phrase(first, last) if first < last else None


def given_name(clause: Clause, at: int) -> bool:
    """Whether a word that is also a month stands before a surname: ‘June Osei’."""
    return clause.low[at] in grammar("given_name") and at + 1 < len(clause) and clause.capital[at + 1]


def _place(clause: Clause, at: int) -> bool:
    return places().get(clause.text[at], "") in ("capital", "country", "place") and clause.capital[at + 1]


def after(clause: Clause, at: int) -> Phrase | None:
    """The noun phrase that begins at a token.

    Examples
    --------
    >>> text = "said the spokesman for the ministry in a statement"
    >>> clause = Clause(text, 0, len(text))
    >>> text[slice(*clause.span(after(clause, 1)))]
    'the spokesman for the ministry'
    """
    if at >= len(clause):
        return None
    if clause.kind[at] in ("he", "she", "it", "they") or _is_object_pronoun(clause, at):
        return Phrase(at, at + 1)
    last = at
    limit = min(len(clause), at + LONGEST_PHRASE)
    while last < limit and _step_right(clause, last, at):
        last += 1
    phrase = _trim(clause, at, last)
    return (_name_after(clause, phrase) or phrase) if phrase is not None else None


def _name_after(clause: Clause, described: Phrase) -> Phrase | None:
    """The name after the comma in ‘said the minister, Jan Novak’."""
    from statclass.extraction.appositions import name_in

    first = described.last + 1
    if first >= len(clause) or clause.low[described.last] != ",":
        return None
    limit = min(len(clause), first + LONGEST_PHRASE)
    last = next((at for at in range(first, limit) if clause.low[at] in _STOPS or at in clause.fragment), limit)
    return name_in(clause, first, last, described) if last > first else None


_STOPS = frozenset({",", ".", ":", QUOTE, ";", "-", "–", "—"})


def _is_object_pronoun(clause: Clause, at: int) -> bool:
    if clause.low[at] == "her":
        return at + 1 == len(clause) or not clause.low[at + 1][0].isalnum() or clause.kind[at + 1] in ("prep", "aux")
    return clause.low[at] in ("him", "them")


def _step_right(clause: Clause, at: int, first: int) -> bool:
    kind, low = clause.kind[at], clause.low[at]
    if low == QUOTE or not (low[0].isalnum()):
        return low == "&"
    if kind == "det":
        return at == first or clause.low[at - 1] in LINKS or clause.kind[at - 1] == "and"
    if kind == "and":
        return _name_ahead(clause, at + 1)
    if low in LINKS:
        return at > first and _link_right(clause, at)
    if clause.noun(at) or is_particle(clause, at) or low[0].isdigit():
        return not (kind == "" and at > first and low in verb_forms() and not clause.capital[at])
    if kind == "modifier" and low in grammar("joining"):
        return True
    if kind or (at > first and _is_head(clause, at - 1)):
        return False
    return not (clause.capital[at - 1] and at > first and clause.kind[at - 1] not in NAMING) and low not in verb_forms()


def _is_head(clause: Clause, at: int) -> bool:
    return clause.kind[at] in _HEADS and clause.low[at] != "chief" and not clause.possessive(at)


_HEADS = frozenset({"office", "person", "group", "organisation"})


def _name_ahead(clause: Clause, at: int) -> bool:
    if at >= len(clause):
        return False
    if clause.kind[at] == "det":
        return at + 1 < len(clause) and clause.noun(at + 1)
    return clause.noun(at)


def _link_right(clause: Clause, at: int) -> bool:
    if at + 1 >= len(clause) or clause.kind[at + 1] == "time":
        return False
    if clause.low[at - 1] in grammar("joining"):
        return True
    if clause.low[at] != "of" and clause.low[at + 1][0].isdigit():
        return False
    if clause.low[at] == "for" and clause.capital[at - 1] and clause.capital[at + 1]:
        return clause.kind[at - 1] in NAMING
    if clause.low[at] == "of":
        return clause.low[at + 1] not in ("a", "an") and not clause.low[at + 1].endswith("ing")
    if clause.low[at] in ("for", "to", "with", "on"):
        return clause.kind[at - 1] in ("office", "person", "topic") and clause.low[at + 1] not in _OWNED
    naming = clause.kind[at - 1] in ("office", "person", "group", "organisation", "topic", "document")
    return naming and clause.low[at + 1] not in _OWNED


_OWNED = frozenset({"a", "an", "his", "her", "their", "its"})


def subject(clause: Clause) -> Phrase | None:
    """The noun phrase that the sentence opens with, after an opening adverbial."""
    at = 0
    if clause.text and clause.kind[0] == "prep":
        comma = next((i for i in range(min(len(clause), LONGEST_PHRASE)) if clause.low[i] == ","), -1)
        at = comma + 1
    return after(clause, at) if at < len(clause) and _can_begin(clause, at) else None


def _can_begin(clause: Clause, at: int) -> bool:
    kind = clause.kind[at]
    return kind in ("det", "he", "she", "it", "they") or clause.noun(at)


def owner(clause: Clause, phrase: Phrase) -> Phrase | None:
    """Whose ‘answer’ or ‘message’ a phrase names.

    Examples
    --------
    >>> text = "The president’s message was simple"
    >>> clause = Clause(text, 0, len(text))
    >>> clause.low[slice(*owner(clause, Phrase(0, 3)))]
    ['the', "president's"]
    """
    for at in range(phrase.first, phrase.last - 1):
        if clause.possessive(at) and clause.low[phrase.last - 1] in nouns_of_saying():
            return Phrase(phrase.first, at + 1)
    return None


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
    if clause.low[phrase.last - 1].endswith(_PEOPLE):
        return True
    return any_noun or any(_known_name(clause.text[at]) for at in tokens) or _opening_name(clause, phrase)


_PEOPLE = ("ers", "ors", "ists", "ians", "ist", "ian", "men", "women", "folk", "people")
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
