"""The people and bodies of an article, so that a source is given by name."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from statclass.extraction.clauses import Clause, Phrase
from statclass.extraction.lexicon import places, read_rows, word_classes
from statclass.extraction.names import given_names, personal_name, surname_of, without_possessive
from statclass.extraction.quotations import Quoted
from statclass.extraction.sources import head_of, plural

_UPPER = "".join(chr(code) for code in range(0x530) if chr(code).isupper())
_NAME_WORD = rf"(?:[{_UPPER}]\.|St\.|(?:[a-z]{{2}}-)?[{_UPPER}][\w’'-]*+)"
_PARTICLE = r"(?:de|van|von|der|den|da|di|du|del|dos|la|le|al|el|bin|ibn|ben)[ ]"
_NAME_RUN = re.compile(
    rf"[{_UPPER}](?<![.\w].)(?:\.|t\.|[\w’'-]*+)(?:[ \u00a0](?:{_PARTICLE})?{_NAME_WORD}){{1,8}}(?: (?:Jr|Sr)\.)?"
)
_TRAILING_TITLES = re.compile(r"(?:[A-Z][\w.]{0,4}\.\s){1,4}$")
_PIECES = re.compile(r"[.;:!?\n]\s|, ")
_OPENING_MARK = re.compile(r"[“„«\"‘‚]\s*")
_TITLED = re.compile(rf"([MLS](?<!\w.)(?:r|rs|s|iss|me|ir|ady|ord))\b\.? ({_NAME_WORD})")
_RANK = re.compile(r"[A-Z][a-z]{1,4}\.")
_DESCRIBED_BY = re.compile(r", (?:the|a|an|its|his|her|their|[\w ]{1,30}[’']s?) ([^,.;:]{1,60})")
_DESCRIBED_NAME = re.compile(
    r"(?:The|A|An|Its|His|Her|One) [^,.;:\n]{2,60}, "
    rf"(?:[A-Z]\w{{0,4}}\. ){{0,3}}({_NAME_WORD}(?: {_NAME_WORD}){{0,4}}),"
)
_OPENING_OFFICE = re.compile(r"(?:The|A|An|His|Her|Its|Their) (?:[\w-]+ ?){1,5}")
_SHORT_NAME = re.compile(_NAME_WORD)
_OPENING_RUN = re.compile(rf"(?:[A-Z][\w-]*\.? ){{0,3}}{_NAME_WORD}")
_BELONGING = re.compile(rf" (?:of|for|from|at|in) (?:the )?{_NAME_WORD}(?: {_NAME_WORD}){{0,4}}")
_PRESENTED = re.compile(rf"(?:That|This|So) (?:was|is|came from|said|spoke) ((?:{_NAME_WORD} ?){{1,6}})")
_INTO = re.compile(r"\b(?:of|by|to|at|in|for|with|from|on|against|near|than|and) (?:the )?$")
NEAR = 90
"""An office stands at most so many characters from the name of its holder."""


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
        self._given: dict[str, str] = {}
        self._mentions: list[tuple[int, str]] = []
        self._touched: set[str] = set()

    def meet(self, article: str, start: int, end: int) -> None:
        """Take note of the full names in a paragraph, and of the offices given with them."""
        self._mentions = []
        for match in _NAME_RUN.finditer(article, start, end):
            words = match.group().split()
            name = personal_name(words)
            if name is not None and " " in name:
                self._remember(name)
                self._mentions.append((match.start(), name))
                lead = article[max(start, match.start() - NEAR) : match.start()]
                follow = _DESCRIBED_BY.match(article, match.end(), min(end, match.end() + NEAR))
                self._note_offices(_describing(lead) + words, name)
                self._note_offices(follow.group(1).split() if follow else [], name)
        for match in _TITLED.finditer(article, start, end):
            name, gender = match.group(2), _genders().get(match.group(1).lower())
            if gender is not None:
                self._gender[self._longest(name)] = gender
                self._mentions.append((match.start(), name))
        self._mentions.sort()

    def _remember(self, name: str) -> None:
        surname = surname_of(name)
        known = self._full.get(surname, "")
        if len(name) >= len(known) or not known.lower().endswith(name.lower()):
            self._full[surname] = name
            self._given[name.split()[0].lower()] = name

    def begin_sentence(self) -> None:
        """Forget whom the sentence before spoke of, so that `end_sentence` knows whom this one did."""
        self._touched.clear()

    def end_sentence(self, start: int, end: int, quoted: Sequence[Quoted]) -> None:
        """Let ‘he’ and ‘she’ mean the people whom a sentence names, where it speaks of no one else of their kind."""
        named = self._named(start, end) if self._mentions else []
        if not named:
            return
        outside = [name for at, name in named if not any(one.opening < at < one.closing for one in quoted)]
        speakers = [self._person(name) for name in outside]
        if "person" not in self._touched and len({speaker.full for speaker in speakers}) == 1:
            self._focus(speakers[0])
        for speaker in speakers:
            gender = self._gender_of(speaker.full)
            if gender and gender not in self._touched:
                self._in_focus[gender] = speaker
                self._touched.add(gender)

    def only_one(self, article: str, start: int, end: int) -> Speaker:
        """The only person whom a stretch of text names; unknown where it names none, or more than one."""
        speakers = [self._person(name) for _, name in self._named(start, end)]
        if not speakers and self._full:
            words = _SHORT_NAME.findall(article, start, end)
            speakers = [self._person(word) for word in words if word.lower() in self._full]
        return speakers[0] if len({speaker.full for speaker in speakers}) == 1 else UNKNOWN

    def _named(self, start: int, end: int) -> list[tuple[int, str]]:
        """Where the current paragraph names whom, between two places of it."""
        first = bisect_left(self._mentions, (start, ""))
        return self._mentions[first : bisect_left(self._mentions, (end, ""), first)]

    def _person(self, name: str) -> Speaker:
        return Speaker(name, self._longest(name), "person")

    def _gender_of(self, full: str | None) -> str:
        """``"he"``, ``"she"``, or an empty string where neither a title nor the given name tells."""
        if full is None:
            return ""
        known = self._gender.get(full)
        return known or (given_names().get(full.split()[0], "") if " " in full else "")

    def _note_offices(self, words: list[str], name: str) -> None:
        full = self._longest(name)
        for word in words:
            office, gender = _tells(word)
            if office:
                self._office[office] = full
            if gender:
                self._gender[full] = gender

    def notice_opening(self, article: str, start: int, end: int) -> Speaker:
        """Bring the person that a sentence opens with into focus; unknown where it opens with no one."""
        name = self._opening_name(article, start, end)
        if name is not None and (" " in name or name.lower() in self._full):
            speaker = self._person(name)
            self._focus(speaker)
            return speaker
        return self._opening_office(article, start, min(end, start + NEAR))

    def _opening_name(self, article: str, start: int, end: int) -> str | None:
        described = _DESCRIBED_NAME.match(article, start, min(end, start + 2 * NEAR))
        if described is not None:
            name = personal_name(described.group(1).split())
            if name is not None:
                self._full.setdefault(surname_of(name), name)
                return name
        for at, name in self._named(start, min(end, start + NEAR)):
            if not _INTO.search(article, max(start, at - 8), at):
                return name
        opening = _OPENING_RUN.match(article, start, end)
        return personal_name(opening.group().split()) if opening is not None else None

    def _opening_office(self, article: str, start: int, end: int) -> Speaker:
        match = _OPENING_OFFICE.match(article, start, end)
        words = match.group().split() if match is not None else []
        for last, word in enumerate(words[1:], start=2):
            kind = _FOCUS_OF.get(word_classes().get(word, ""))
            if kind is not None:
                holder = self._office.get(word) if words[0] == "The" else None
                text = holder or " ".join(words[:last]) + _belonging(article, start, words[:last])
                self._focus(Speaker(text, text, kind))
                return self._in_focus[kind] if kind == "person" else UNKNOWN
        return UNKNOWN

    def presented(self, article: str, start: int, end: int) -> Speaker:
        """The speaker whom a sentence names after a quotation: ‘That was Jan Novak.’"""
        match = _PRESENTED.match(article, start, end)
        name = personal_name(match.group(1).split()) if match is not None else None
        return self._person(name) if name is not None else UNKNOWN

    def labelled(self, label: str) -> Speaker:
        """The speaker whom the label of a turn names; with an empty one, the person in focus, who answers."""
        if not label:
            speaker = self._in_focus.get("person", UNKNOWN)
            return speaker._replace(name=speaker.full)
        words = label.split()
        titled = word_classes().get(words[0].lower()) == "title" and len(words) > 1
        name = " ".join(words[1:]) if titled else label
        speaker = Speaker(name, self._longest(name) if titled or len(words) > 1 else name, "person")
        self._focus(speaker)
        return speaker

    def identify(self, clause: Clause, phrase: Phrase | None) -> Speaker:
        """The speaker that a noun phrase or pronoun names; unknown where it is not plain."""
        if phrase is None:
            return UNKNOWN
        pronoun = _PRONOUNS.get(clause.low[phrase.first]) if phrase.last - phrase.first == 1 else None
        if pronoun is not None:
            return self._referent(*pronoun, clause.begin(phrase.first), clause.begin(0))
        speaker = self._source(clause, phrase)
        self._focus(speaker)
        return speaker

    def addressed(self, clause: Clause, phrase: Phrase | None) -> Speaker:
        """The person whom somebody asks; unknown for a body, as ‘told parliament’ asks nobody."""
        focus, touched = dict(self._in_focus), set(self._touched)
        speaker = self.identify(clause, phrase)
        self._in_focus, self._touched = focus, touched
        return speaker if speaker.kind == "person" else UNKNOWN

    def _referent(self, kind: str, gender: str, at: int, sentence: int) -> Speaker:
        """Whom a pronoun means: who is in focus, or else who was named before it in its own sentence."""
        speaker = self._in_focus.get(kind, UNKNOWN)
        if gender and self._gender_of(speaker.full) not in ("", gender):
            speaker = self._in_focus.get(gender, UNKNOWN)
        if gender and speaker.full is None:
            speaker = self._in_focus.get(gender) or self._named_between(sentence, at, gender)
        if speaker.full is None:
            return UNKNOWN
        if gender:
            self._gender.setdefault(speaker.full, gender)
        self._focus(speaker)
        return speaker._replace(name=speaker.full)

    def _named_between(self, start: int, end: int, gender: str) -> Speaker:
        people = [self._person(name) for _, name in reversed(self._named(start, end))]
        return next((one for one in people if self._gender_of(one.full) in ("", gender)), UNKNOWN)

    def _source(self, clause: Clause, phrase: Phrase) -> Speaker:
        words = clause.text[phrase.first : phrase.last]
        name = personal_name(words)
        if name is not None:
            if " " not in name:
                self._note_offices(words, name)
            name = _as_written(clause, phrase, name)
            if " " in name:
                self._remember(name)
            return self._person(name)
        start, end = clause.span(phrase)
        text = without_possessive(clause.article[start:end])
        text = _OPENING_MARK.split(text)[-1]
        return Speaker(text, self._holder(clause, phrase) or text, _kind(clause, phrase))

    def _holder(self, clause: Clause, phrase: Phrase) -> str | None:
        """The person who was named with the office that a phrase like ‘the minister’ gives."""
        words = clause.low[phrase.first : phrase.last]
        return self._office.get(words[-1]) if words[0] == "the" and 1 < len(words) <= 4 else None

    def _longest(self, name: str) -> str:
        full = self._full.get(surname_of(name)) or self._given.get(name.lower(), name)
        return full if len(full) >= len(name) else name

    def return_to(self, speaker: Speaker) -> None:
        """Bring a speaker into focus again, after others that a sentence mentions."""
        self._focus(speaker)

    def _focus(self, speaker: Speaker) -> None:
        if speaker.kind == "unknown" or speaker.name is None:
            return
        self._in_focus[speaker.kind] = speaker
        self._touched.add(speaker.kind)
        gender = self._gender_of(speaker.full)
        if gender:
            self._in_focus[gender] = speaker
            self._touched.add(gender)


_FOCUS_OF = {"office": "person", "person": "person", "organisation": "body"}
_PRONOUNS = {
    "he": ("person", "he"),
    "his": ("person", "he"),
    "him": ("person", "he"),
    "she": ("person", "she"),
    "her": ("person", "she"),
    "it": ("body", ""),
    "its": ("body", ""),
    "they": ("group", ""),
    "them": ("group", ""),
    "their": ("group", ""),
}


def _belonging(article: str, start: int, words: list[str]) -> str:
    """The ‘ of France’ after ‘The representative’."""
    match = _BELONGING.match(article, start + len(" ".join(words)))
    return match.group() if match is not None else ""


def _describing(lead: str) -> list[str]:
    """The words that describe a name which follows them: those after the last stop, or before the last comma."""
    ranks = _RANK.findall(lead[-24:]) if "." in lead[-24:] else []
    pieces = _PIECES.split(_TRAILING_TITLES.sub("", lead) if lead.endswith(". ") else lead)
    return (pieces[-1].split() or (pieces[-2].split() if len(pieces) > 1 else [])) + ranks


@lru_cache(maxsize=4096)
def _tells(word: str) -> tuple[str, str]:
    """The office that a word beside a name gives, and whether it tells ‘he’ or ‘she’; empty where it does not."""
    low = _offices().get(word, word.lower())
    office = low if word_classes().get(low) in ("office", "person") else ""
    return office, _genders().get(low.rstrip("."), "")


@cache
def _offices() -> dict[str, str]:
    return {row["abbreviation"]: row["office"] for row in read_rows("ranks")}


@cache
def _genders() -> dict[str, str]:
    return {row["word"]: row["gender"] for row in read_rows("genders")}


def _as_written(clause: Clause, phrase: Phrase, name: str) -> str:
    """A name with the marks of a nickname in it: ‘Ann “Sparky” Lee’."""
    if not clause.fragment:
        return name
    first = phrase.last - len(name.split())
    if not any(first < at < phrase.last for at in clause.fragment) or first < phrase.first:
        return name
    start, end = clause.span(Phrase(first, phrase.last))
    return without_possessive(clause.article[start:end])


def _kind(clause: Clause, phrase: Phrase) -> str:
    head = head_of(clause, phrase)
    kinds = clause.kind[phrase.first : phrase.last]
    named = " ".join(clause.text[phrase.first + (clause.low[phrase.first] == "the") : phrase.last])
    if clause.text[head] in places() or named in places():
        return "group" if "and" in kinds else "body"
    if clause.kind[head] == "group" or "and" in kinds or plural(clause, Phrase(head, head + 1)):
        return "group"
    if clause.low[phrase.first] in ("a", "an") and clause.kind[head] not in ("organisation", "document"):
        return "person"
    if clause.kind[head] in ("organisation", "document") or clause.capital[head]:
        return "body" if clause.kind[head] not in ("office", "person") else "person"
    return "person"
