"""The name of a person, told from titles, offices and bodies."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache

from statclass.extraction.clauses import POSSESSIVES, is_arabic_name
from statclass.extraction.lexicon import grammar, places, read_rows, word_classes, words_of
from statclass.extraction.sources import particles

LONGEST_NAME = 5


@cache
def given_names() -> dict[str, str]:
    """Given name to ``"he"`` or ``"she"``; names that both men and women bear are left out."""
    return {row["name"]: row["gender"] for row in read_rows("given_names")}


def surname_of(name: str) -> str:
    """The last part of a name in lower case, Jr. and Sr. apart.

    Examples
    --------
    >>> surname_of("Roy J. Haskell Jr.")
    'haskell'
    """
    words = name.lower().split()
    return words[-2] if words[-1] in ("jr.", "sr.") and len(words) > 1 else words[-1]


def personal_name(words: Sequence[str]) -> str | None:
    """The name of a person at the end of a phrase, without title and office; None where there is none.

    Examples
    --------
    >>> personal_name("the UN High Commissioner for Human Rights Volker Türk".split())
    'Volker Türk'
    >>> personal_name("the Russian Defense Ministry".split()) is None
    True
    """
    return _personal_name(tuple(words))


@lru_cache(maxsize=4096)
def _personal_name(words: tuple[str, ...]) -> str | None:
    if "and" in words or "&" in words:
        return None
    words = (*words[:-1], without_possessive(words[-1]))
    classes = word_classes()
    last = _before_origin(words)
    first = _surname_that_is_a_word(words, last)
    while first > 0 and last - first < LONGEST_NAME and _can_be_in_name(words[first - 1]):
        first -= 1
    while first < last and (words[first] in particles() or _leads_name(words[first], classes)):
        first += 1
    if 0 < first < last and _is_given_place(words[first - 1], words[first]):
        first -= 1
    if first == last or (first == 0 and last < len(words) and words[0] not in given_names()):
        return None
    if last - first == 1 and _ends_body_name(words[:first], classes):
        return None
    if _belongs_to_name(words[:first], classes):
        return None
    if any(word.lower() in ("the", "a", "an") for word in words[:last]) and not _titled(words[:first], classes):
        return None
    return " ".join(words[first:last])


@cache
def _joining_words() -> frozenset[str]:
    return words_of("function_words", **{"class": "prep"})


def _belongs_to_name(lead: Sequence[str], classes: dict[str, str]) -> bool:
    """Whether a name only says whose source it is: ‘sources close to Mrs Tate’."""
    titles = (word for word in reversed(lead) if classes.get(word.lower(), "") != "title")
    return next(titles, "").lower() in _joining_words()


def _before_origin(words: Sequence[str]) -> int:
    """Where ‘of Russia’ begins after a name, or the end."""
    for at in range(2, len(words)):
        if words[at] == "of" and _can_be_in_name(words[at - 1]) and _can_be_in_name(words[at - 2]):
            return at
    return len(words)


def _titled(words: Sequence[str], classes: dict[str, str]) -> bool:
    return any(classes.get(word.lower().rstrip(","), "") in ("office", "title", "person") for word in words)


def _surname_that_is_a_word(words: Sequence[str], last: int) -> int:
    """Where a surname like ‘Bishop’ or ‘King’ begins after a given name; `last` where there is none."""
    end = last - (words[last - 1] in ("Jr.", "Sr."))
    if end < 2 or not words[end - 1][0].isupper():
        return last
    office = word_classes().get(words[end - 1].lower(), "") in ("office", "person", "aux")
    given = words[end - 2]
    plain = _can_be_in_name(given) and given.lower() not in word_classes() and given not in places()
    return end - 1 if office and plain and given[0].isupper() and not given.isupper() else last


def _is_given_place(place: str, surname: str) -> bool:
    """Whether a place before a surname is a given name: ‘Jordan Bardella’."""
    return places().get(place) in ("country", "place", "capital") and surname not in particles()


def _ends_body_name(lead: Sequence[str], classes: dict[str, str]) -> bool:
    """Whether the words before a last one are those of a body: ‘Human Rights’ before ‘Watch’."""
    topic = bool(lead) and lead[-1][0].isupper() and classes.get(lead[-1].lower()) == "topic"
    return topic and not _titled(lead, classes)


def _can_be_in_name(word: str) -> bool:
    if word.lower() in particles() and word[0].islower():
        return True
    if not (word[0].isupper() or is_arabic_name(word)) or word.endswith(POSSESSIVES) or word in places():
        return False
    return word_classes().get(word.lower(), "") not in _NEVER_IN_NAME


_NEVER_IN_NAME = frozenset(
    {"organisation", "office", "title", "group", "document", "det", "prep", "conj", "rel", "never"}
    | {"it", "he", "she", "they"}
)


def _leads_name(word: str, classes: dict[str, str]) -> bool:
    if word.lower() in grammar("given_name"):
        return False
    return classes.get(word.lower(), "") in ("topic", "modifier", "person", "time")


def without_possessive(text: str) -> str:
    """A name without its ’s."""
    for ending in POSSESSIVES:
        text = text.removesuffix(ending)
    return text
