"""The people and bodies of an article, so that a source is given by name."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from statclass.extraction.clauses import POSSESSIVES, Clause, Phrase
from statclass.extraction.lexicon import places, word_classes, words_of

LONGEST_NAME = 5

_UPPER = "".join(chr(code) for code in range(0x530) if chr(code).isupper())
_NAME_WORD = rf"[{_UPPER}][\w’'-]*\.?"
_PARTICLE = r"(?:de|van|von|der|den|da|di|du|del|dos|la|le|al|el|bin|ibn|ben)[ ]"
_NAME_RUN = re.compile(rf"\b{_NAME_WORD}(?:[ \u00a0](?:{_PARTICLE})?{_NAME_WORD}){{1,8}}")
_OPENING_NAME = re.compile(rf"{_NAME_WORD}(?: {_NAME_WORD}){{0,8}}")


class Speaker(NamedTuple):
    """A source by name.

    Parameters
    ----------
    name : str or None
        As in the text.
    full : str or None
        The longest form of the name so far.
    kind : str
        ``"person"``, ``"body"``, ``"group"`` or ``"unknown"``.
    """

    name: str | None
    full: str | None
    kind: str


UNKNOWN = Speaker(None, None, "unknown")


class Cast:
    """Who has been named so far in an article, and who was last in focus."""

    def __init__(self) -> None:
        self._full: dict[str, str] = {}
        self._gender: dict[str, str] = {}
        self._in_focus: dict[str, Speaker] = {}
        self._office: dict[str, str] = {}

    def meet(self, article: str, start: int, end: int) -> None:
        """Take note of the full names in a stretch of text."""
        for match in _NAME_RUN.finditer(article, start, end):
            name = personal_name(match.group().split())
            if name is not None and " " in name:
                self._remember(name)

    def _remember(self, name: str) -> None:
        surname = name.rsplit(" ", 1)[1].lower()
        if len(name) >= len(self._full.get(surname, "")) or not self._full[surname].endswith(name):
            self._full[surname] = name

    def notice_opening(self, article: str, start: int, end: int) -> None:
        """Bring into focus the person that a sentence opens with."""
        match = _OPENING_NAME.match(article, start, end)
        if match is None:
            return
        name = personal_name(match.group().split())
        if name is not None and (" " in name or name.lower() in self._full):
            self._focus(Speaker(name, self._longest(name), "person"))

    def identify(self, clause: Clause, phrase: Phrase | None) -> Speaker:
        """The speaker that a noun phrase or pronoun names; unknown where it is not plain."""
        if phrase is None:
            return UNKNOWN
        pronoun = _PRONOUNS.get(clause.low[phrase.first]) if phrase.last - phrase.first == 1 else None
        if pronoun is not None:
            return self._referent(*pronoun)
        speaker = self._named(clause, phrase)
        self._focus(speaker)
        return speaker

    def _referent(self, kind: str, gender: str) -> Speaker:
        speaker = self._in_focus.get(kind, UNKNOWN)
        if gender and speaker.full is not None:
            known = self._gender.setdefault(speaker.full, gender)
            if known != gender:
                return self._in_focus.get(gender, UNKNOWN)
            self._in_focus[gender] = speaker
        return speaker

    def _named(self, clause: Clause, phrase: Phrase) -> Speaker:
        words = clause.text[phrase.first : phrase.last]
        name = personal_name(words)
        if name is not None:
            self._note_title(words, name)
            if " " in name:
                self._remember(name)
            return Speaker(name, self._longest(name), "person")
        start, end = clause.span(phrase)
        text = _without_possessive(clause.article[start:end])
        return Speaker(text, self._holder(clause, phrase) or text, _kind(clause, phrase))

    def _note_title(self, words: list[str], name: str) -> None:
        full = self._longest(name)
        for word in words:
            low = word.lower().rstrip(".")
            if low in ("mr", "sir", "lord", "spokesman", "chairman", "king", "prince"):
                self._gender[full] = "he"
            elif low in ("mrs", "ms", "miss", "lady", "dame", "spokeswoman", "chairwoman", "queen", "princess"):
                self._gender[full] = "she"
            if word_classes().get(low) == "office":
                self._office[low] = full

    def _holder(self, clause: Clause, phrase: Phrase) -> str | None:
        """The person who was named with the office that a phrase like ‘the minister’ gives."""
        words = clause.low[phrase.first : phrase.last]
        definite = words[0] == "the" and not any(clause.capital[phrase.first + 1 : phrase.last])
        return self._office.get(words[-1]) if definite and len(words) <= 3 else None

    def _longest(self, name: str) -> str:
        full = self._full.get(name.rsplit(" ", 1)[-1].lower(), name)
        return full if len(full) > len(name) and name.rsplit(" ", 1)[-1] == full.rsplit(" ", 1)[-1] else name

    def _focus(self, speaker: Speaker) -> None:
        if speaker.kind == "unknown" or speaker.name is None:
            return
        self._in_focus[speaker.kind] = speaker
        gender = self._gender.get(speaker.full or "")
        if gender:
            self._in_focus[gender] = speaker


_PRONOUNS = {
    "he": ("person", "he"),
    "his": ("person", "he"),
    "she": ("person", "she"),
    "her": ("person", "she"),
    "it": ("body", ""),
    "its": ("body", ""),
    "they": ("group", ""),
    "their": ("group", ""),
}


def personal_name(words: list[str]) -> str | None:
    """The name of a person at the end of a phrase, without title and office; None where there is none.

    Examples
    --------
    >>> personal_name("the UN High Commissioner for Human Rights Volker Türk".split())
    'Volker Türk'
    >>> personal_name("the Russian Defense Ministry".split()) is None
    True
    """
    words = [*words[:-1], _without_possessive(words[-1])]
    classes = word_classes()
    last = _before_origin(words)
    first = last
    while first > 0 and last - first < LONGEST_NAME and _can_be_in_name(words[first - 1]):
        first -= 1
    while first < last and (words[first].lower() in _particles() or _leads_name(words[first], classes)):
        if words[first].lower() in _particles() and words[first][0].islower() and first == 0:
            return None
        first += 1
    if first == last or (first == 0 and last < len(words)):
        return None
    if any(word.lower() in ("the", "a", "an") for word in words) and not _titled(words[:first], classes):
        return None
    return " ".join(words[first:last])


def _before_origin(words: list[str]) -> int:
    """Where ‘of Russia’ begins after a name, or the end."""
    for at in range(2, len(words)):
        if words[at] == "of" and _can_be_in_name(words[at - 1]) and _can_be_in_name(words[at - 2]):
            return at
    return len(words)


def _titled(words: list[str], classes: dict[str, str]) -> bool:
    return any(classes.get(word.lower().rstrip(","), "") in ("office", "title", "person") for word in words)


def _can_be_in_name(word: str) -> bool:
    if word.lower() in _particles() and word[0].islower():
        return True
    if not word[0].isupper() or word.endswith(POSSESSIVES) or word in places():
        return False
    return word_classes().get(word.lower(), "") not in _NEVER_IN_NAME


_NEVER_IN_NAME = frozenset(
    {"organisation", "office", "title", "group", "document", "det", "prep", "conj", "rel", "never"}
    | {"it", "he", "she", "they"}
)


def _leads_name(word: str, classes: dict[str, str]) -> bool:
    return classes.get(word.lower(), "") in ("topic", "modifier", "person", "time")


@cache
def _particles() -> frozenset[str]:
    return words_of("particles")


def _without_possessive(text: str) -> str:
    for ending in POSSESSIVES:
        text = text.removesuffix(ending)
    return text


def _kind(clause: Clause, phrase: Phrase) -> str:
    kinds = set(clause.kind[phrase.first : phrase.last])
    if clause.kind[phrase.last - 1] == "group" or "and" in kinds or clause.low[phrase.last - 1].endswith("s"):
        return "group" if clause.text[phrase.last - 1] not in places() else "body"
    if kinds & {"office", "person"} and clause.kind[phrase.last - 1] != "organisation":
        return "person"
    return "body"
