"""The name between commas in ‘the minister, Jan Novak, said’, and what else may stand there with it."""

from __future__ import annotations

from statclass.extraction.clauses import Clause, Phrase
from statclass.extraction.lexicon import grammar, places
from statclass.extraction.sources import given_name, head_of, is_particle, plural_word

LONGEST_NAME = 6
"""A name between commas has at most so many words."""

LONGEST_DESCRIPTION = 8
"""So many words stand at most before the name in ‘a retired vet called Owen Pask’."""


def name_in(clause: Clause, first: int, last: int, described: Phrase) -> Phrase | None:
    """The name among the tokens from `first` to `last` of whom or what the phrase before them describes.

    Parameters
    ----------
    clause : Clause
    first, last : int
        The tokens between the commas, the last one not included.
    described : Phrase
        The phrase before the comma.

    Examples
    --------
    >>> text = "The builder, Mr. Anton Kruis of Zeeland Yards, said it was lost."
    >>> clause = Clause(text, 0, len(text))
    >>> name = name_in(clause, 3, 9, Phrase(0, 2))
    >>> text[slice(*clause.span(name))]
    'Mr. Anton Kruis'
    """
    first, last = _after_description(clause, first, last), _before_addition(clause, first, last)
    if not 0 < last - first <= LONGEST_NAME or not _is_name(clause, first, last):
        return None
    person = not any(clause.kind[at] in _NOT_A_PERSON and not given_name(clause, at) for at in range(first, last))
    if person and _describes_person(clause, described):
        return Phrase(first, last) if not _is_acronym(clause, first, last) else None
    return Phrase(first, last) if _describes_body(clause, described) else None


_NOT_A_PERSON = frozenset({"organisation", "group", "document", "prep", "det"})


def _is_name(clause: Clause, first: int, last: int) -> bool:
    if not all(clause.capital[at] or is_particle(clause, at) for at in range(first, last)):
        return False
    if any(clause.kind[at] == "time" and not given_name(clause, at) for at in range(first, last)):
        return False
    return clause.text[last - 1] not in places() and not (clause.text[first] in places() and last - first == 1)


def _is_acronym(clause: Clause, first: int, last: int) -> bool:
    return last - first == 1 and clause.text[first].isupper() and 2 < len(clause.text[first]) < 7


def _after_description(clause: Clause, first: int, last: int) -> int:
    """Skip ‘surnamed’, ‘a retired vet called’, or the first two words of ‘the Dutchman Wietse Okkema’."""
    for at in range(first, min(last, first + LONGEST_DESCRIPTION)):
        if clause.low[at] in grammar("naming"):
            return at + 1
    if last - first > 3 and clause.low[first] == "the" and clause.capital[first + 1]:
        return first + 2
    return first


def _before_addition(clause: Clause, first: int, last: int) -> int:
    """Leave out a party in brackets after a name, or ‘of Zeeland Yards’."""
    if clause.low[last - 1] == ")" and "(" in clause.low[first:last]:
        last = clause.low.index("(", first, last)
    for at in range(first + 2, last):
        if clause.low[at] in ("of", "from"):
            return at
    return last


def _describes_person(clause: Clause, phrase: Phrase) -> bool:
    head = head_of(clause, phrase)
    if clause.kind[head] in ("office", "person"):
        return True
    if clause.low[phrase.first] in ("one", "another"):
        return True
    if clause.kind[phrase.first] != "det" or clause.capital[head]:
        return False
    return clause.kind[head] in ("", "modifier") and not plural_word(clause.low[head])


def _describes_body(clause: Clause, phrase: Phrase) -> bool:
    head = head_of(clause, phrase)
    if clause.kind[head] in ("organisation", "topic"):
        return not clause.capital[head]
    return _describes_person(clause, phrase) and clause.kind[head] not in ("office", "person")
