"""Reads an article from beginning to end and gathers its statements."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

from statclass.extraction.attribution import ACTS, MOST_SOURCES, Attribution
from statclass.extraction.blocks import MOST_PARAGRAPHS, WIDEST_GAP, announces_text, paragraphs_of
from statclass.extraction.clauses import Clause, Phrase
from statclass.extraction.direct import is_statement
from statclass.extraction.lexicon import cue_words, grammar
from statclass.extraction.paragraphs import Span, paragraphs
from statclass.extraction.phrases import after, owner, subject
from statclass.extraction.quotations import UNCLOSED, Quoted, opening_mark, quoted_in, trimmed
from statclass.extraction.reported import attributions, closing_attribution
from statclass.extraction.sentences import sentences
from statclass.extraction.sources import is_source
from statclass.extraction.speakers import UNKNOWN, Cast, Speaker
from statclass.extraction.transcripts import ANSWER, QUESTION, Turn, turns
from statclass.records import Statement

_ABOUT_WORDS = re.compile(r"The (?:words?|phrase|question|slogan|remark|sentence|line|motto|inscription|cry)\b")
_BULLET = re.compile(r"[•·*▪‣–-][ \t]+")
_CITY = r"[^\W\d_a-z](?:[^\W\d_a-z]|[ .'’/-]){2,40}"
_DATE = r"(?:, [^:—–\n\"“„«]{1,40}?)?"
_AGENCY = r"\([^)\n]{2,40}\)"
_DASH = r"(?:[—–]+\s*|-+\s+)"
_DATELINE_HINT = re.compile(r"[—–(]|- ")
_DATELINE = re.compile(
    r"(?=[^\W\d_]*[^\W\d_a-z]{3}|[^\W\d_]+[ ]+[^\W\d_a-z]{3})"
    rf"{_CITY}{_DATE}\s*(?:{_AGENCY}\s*)?(?:{_DASH}|(?::|\.)\s+(?=[^\W\d_]\w*[a-z]|[A-Z] [a-z]|{_AGENCY}))"
    rf"(?:{_AGENCY}\s+(?:{_DASH})?)?"
    rf"|{_AGENCY}\s*{_DASH}"
    rf"|[^\W\d_a-z][\w .'’/-]{{2,40}}?(?:, [\w .]{{3,20}}){{0,2}}\s*{_AGENCY}\s*{_DASH}"
    rf"|[^\W\d_a-z][\w .'’/-]{{2,40}}?, [\w .]{{3,20}} {_AGENCY} (?=[^\W\d_a-z])"
    r"|[^\W\d_a-z][^\W\d_]+(?: [^\W\d_a-z][^\W\d_]+){0,2} [-–—]+ (?=(?:The|A|An|[^\W\d_a-z][a-z]+) [a-z]+ )"
)
LONGEST_HEADLINE_SOURCE = 40
"""The source of ‘Iran: West to blame’ is at most so long."""

CLOSEST = 10
"""A source or cue stands at most so many tokens from the quotation that it follows."""


@dataclass
class _Draft:
    """A statement on its way to becoming a record."""

    kind: str
    spans: list[Span]
    speaker: Speaker = UNKNOWN
    cue: str | None = None
    problem: str | None = None


class _Announcement(NamedTuple):
    """Who is quoted after a colon, and whether a whole text is to follow."""

    speaker: Speaker
    cue: str | None
    whole: bool = False


@dataclass
class Reader:
    """Walks through one article, paragraph by paragraph, remembering what later sentences refer to.

    Parameters
    ----------
    article : str
        The article.
    """

    article: str
    cast: Cast = field(default_factory=Cast)
    _open: _Draft | None = None
    _last: tuple[_Draft | None, int] = (None, 0)
    _announced: _Announcement | None = None
    _about: tuple[Speaker, int] = (UNKNOWN, 0)
    _asked: Speaker = UNKNOWN
    _number: int = 0
    _spans: list[Span] = field(default_factory=list)
    _turns: dict[int, Turn] = field(default_factory=dict)

    def statements(self) -> list[Statement]:
        """Every statement of the article, in the order in which they begin."""
        drafts: list[_Draft] = []
        self._spans = list(paragraphs(self.article))
        self._turns = turns(self.article, self._spans)
        while self._number < len(self._spans):
            self._number += 1
            drafts.extend(self._turn() or self._paragraph(*self._spans[self._number - 1]))
        if self._open is not None:
            self._open.problem = UNCLOSED
        return [_record(self.article, draft) for draft in drafts]

    def _turn(self) -> list[_Draft]:
        """The words of one turn of a transcript, where a label opens the paragraph."""
        turn = self._turns.get(self._number - 1)
        if turn is None:
            return []
        start, end = self._spans[self._number - 1]
        self.cast.meet(self.article, start, end)
        low = turn.label.lower()
        speaker = UNKNOWN if low in QUESTION else self.cast.labelled("" if low in ANSWER else turn.label)
        return [self._unmarked(turn.start, end, speaker, None, whole=self._before_turn(), spoken=True)]

    def _before_turn(self) -> bool:
        """Whether another turn follows so near that the paragraphs up to it may belong to this one."""
        return any(number in self._turns for number in range(self._number, self._number + WIDEST_GAP))

    def _unmarked(
        self, start: int, end: int, speaker: Speaker, cue: str | None, *, whole: bool, spoken: bool = False
    ) -> _Draft:
        """A quotation without marks that begins in the current paragraph, with the paragraphs that carry it on."""
        first = self._number - 1
        limit = first + MOST_PARAGRAPHS
        stop = next((at for at in range(first + 1, limit) if at in self._turns), limit)
        itself = None if spoken else speaker.name
        count = paragraphs_of(self.article, self._spans[first:stop], itself, whole=whole)
        self._number += count - 1
        self._open = None
        return self._remember(_Draft("quote", [(start, end), *self._spans[first + 1 : first + count]], speaker, cue))

    def _paragraph(self, start: int, end: int) -> list[_Draft]:
        following = self._spans[self._number][0] if self._number < len(self._spans) else len(self.article)
        carried_by = opening_mark(self.article, following)
        quoted = quoted_in(self.article, start, end, carried_by=carried_by)
        if quoted and not quoted[-1].closed and not carried_by:
            quoted[-1] = _before_attribution(self.article, quoted[-1])
        if _after_bullet(self.article, start, end) > start:
            self._announced = None
        if self._announced is not None and not (quoted and quoted[0].opening == start):
            announced, self._announced = self._announced, None
            return [self._unmarked(start, end, announced.speaker, announced.cue, whole=announced.whole)]
        self.cast.meet(self.article, start, end)
        drafts: list[_Draft] = []
        continued = self._continue(start, quoted)
        begin = start if quoted and quoted[0].opening == start else _after_dateline(self.article, start, end)
        begin = _after_bullet(self.article, begin, end)
        last = 0
        for left, right in sentences(self.article, begin, end, quoted):
            first = last
            while last < len(quoted) and quoted[last].opening < right:
                first += quoted[last].opening < left
                last += 1
            inside = quoted[first:last]
            self.cast.begin_sentence()
            drafts += self._sentence(left, right, inside, continued)
            self.cast.end_sentence(left, right, inside)
            continued = None
        return drafts

    def _continue(self, start: int, quoted: list[Quoted]) -> _Draft | None:
        """The quotation that the paragraph before left open, if this one carries it on."""
        draft, self._open = self._open, None
        if draft is None:
            return None
        if not quoted or quoted[0].opening != start or quoted[0].start >= quoted[0].end:
            draft.problem = UNCLOSED
            return None
        draft.spans.append((quoted[0].start, quoted[0].end))
        return draft

    def _sentence(self, left: int, right: int, inside: list[Quoted], continued: _Draft | None) -> list[_Draft]:
        direct = self._direct(left, right, inside, continued is not None)
        clause = Clause(self.article, left, right, [(quoted.opening, quoted.closing) for quoted in direct])
        if not clause.text or not (direct or self._has_cue(clause, left, right)):
            self._notice(left, right)
            return []
        found = attributions(clause)
        if ":" in clause.low or any(_late_pronoun(clause, one) for one in found):
            colon = clause.begin(clause.low.index(":")) if ":" in clause.low else right
            self.cast.notice_opening(self.article, left, colon)
        chosen = _attribute(clause, found)
        quotes = self._quotes(clause, direct, chosen, continued)
        reports = self._reports(clause, (left, right), found, chosen)
        if not quotes and not reports:
            self._notice(left, right)
        self._announce(clause, found)
        return reports + quotes

    def _notice(self, left: int, right: int) -> None:
        """Remember whom a sentence that reports nothing is about, and whether it names the last speaker."""
        self._announced = None
        last, number = self._last
        about = self.cast.notice_opening(self.article, left, right)
        if about is UNKNOWN:
            about = self.cast.only_one(self.article, left, right)
        self._about = (about, self._number)
        if last is None or number != self._number or last.kind != "quote" or last.cue is not None:
            return
        follows = _directly_after(self.article, last, left)
        if follows and _ABOUT_WORDS.match(self.article, left, right):
            last.speaker = self.cast.only_one(self.article, left, right)
        elif last.speaker is UNKNOWN:
            last.speaker = self.cast.presented(self.article, left, right)
            if follows and last.speaker is UNKNOWN:
                last.speaker = about

    def _has_cue(self, clause: Clause, left: int, right: int) -> bool:
        if not cue_words().isdisjoint(clause.low) or self.article[right - 1] == ":":
            return True
        return ":" in self.article[left : left + LONGEST_HEADLINE_SOURCE] or " - " in self.article[right - 30 : right]

    def _direct(self, left: int, right: int, inside: list[Quoted], continued: bool) -> list[Quoted]:
        direct: list[Quoted] = []
        for quoted in inside:
            carried_on = continued and not direct and quoted.opening == left
            if carried_on or is_statement(self.article, (left, right), quoted, follows_statement=bool(direct)):
                direct.append(quoted)
        return direct

    def _quotes(
        self, clause: Clause, direct: list[Quoted], chosen: list[Attribution | None], continued: _Draft | None
    ) -> list[_Draft]:
        drafts: list[_Draft] = []
        current = continued
        places = clause.quotations
        for number, quoted in enumerate(direct):
            attribution = chosen[number]
            if current is None or (number and not _joined(places, chosen, number)):
                current = _Draft("quote", [(quoted.start, quoted.end)])
                drafts.append(current)
            elif number:
                current.spans.append((quoted.start, quoted.end))
            self._name(clause, current, attribution)
            self._remember(current)
            self._open = current if not quoted.closed else None
        return drafts

    def _name(self, clause: Clause, draft: _Draft, attribution: Attribution | None) -> None:
        if draft.cue is not None:
            return
        if attribution is not None:
            asks = self._asks(draft)
            self._asked = self.cast.addressed(clause, after(clause, attribution.cue.last)) if asks else UNKNOWN
            draft.speaker = self.cast.identify(clause, attribution.source)
            draft.cue = _cue(clause, attribution)
        elif self._announced is not None:
            draft.speaker, draft.cue = self._announced.speaker, self._announced.cue
        elif draft.speaker is UNKNOWN:
            draft.speaker = self._speaker_before(draft)

    def _speaker_before(self, draft: _Draft) -> Speaker:
        """The speaker of a quotation without attribution: who was speaking right before it."""
        last, number = self._last
        about, place = self._about
        if place == self._number and about is not UNKNOWN:
            return about
        if last is None or last is draft or self._number - number > 1:
            return UNKNOWN
        if self._number > number and self._asks(last):
            return self._asked
        spoke = last.kind == "quote" or self._number == number or last.speaker.kind == "person"
        return last.speaker if spoke else UNKNOWN

    def _asks(self, draft: _Draft) -> bool:
        return self.article[draft.spans[-1][1] - 1] == "?"

    def _remember(self, draft: _Draft) -> _Draft:
        self._last = (draft, self._number)
        self._about = (UNKNOWN, self._number)
        return draft

    def _reports(
        self, clause: Clause, span: Span, found: list[Attribution], chosen: list[Attribution | None]
    ) -> list[_Draft]:
        drafts: list[_Draft] = []
        names: set[str | None] = set()
        reporting = _reporting(clause, found, chosen)
        for attribution in found:
            if attribution in chosen and attribution not in reporting:
                continue
            speaker = self.cast.identify(clause, attribution.source)
            if attribution not in reporting:
                continue
            if speaker.full in names or (speaker is UNKNOWN and attribution.source is None and names):
                continue
            names.add(speaker.full)
            drafts.append(_Draft("reported", [span], speaker, _cue(clause, attribution)))
        if drafts and not any(chosen):
            self._remember(drafts[0])
            self.cast.return_to(drafts[0].speaker)
        return drafts[:MOST_SOURCES]

    def _announce(self, clause: Clause, found: list[Attribution]) -> None:
        """Keep the source of a sentence that ends with a colon for the quotation after it."""
        self._announced = None
        if not clause.text or clause.text[-1] != ":":
            return
        whole = announces_text(self.article, clause.begin(0), clause.end(len(clause) - 1))
        if found:
            speaker = self.cast.identify(clause, found[-1].source)
            self._announced = _Announcement(speaker, _cue(clause, found[-1]), whole)
            return
        opening = _origin(clause) or subject(clause)
        if opening is not None and opening.last < len(clause) - 1 and is_source(clause, opening):
            self._announced = _Announcement(self.cast.identify(clause, opening), None, whole)


def _late_pronoun(clause: Clause, attribution: Attribution) -> bool:
    """Whether the source is a pronoun that can mean whom its own sentence opens with: ‘… of lying, which he denies’."""
    source = attribution.source
    return source is not None and source.first > 2 and clause.kind[source.first] in ("he", "she")


def _after_bullet(article: str, start: int, end: int) -> int:
    match = _BULLET.match(article, start, end)
    return match.end() if match is not None else start


def _before_attribution(article: str, quoted: Quoted) -> Quoted:
    """An unclosed quotation without the attribution that stands in it: ‘“We came in peace, said Hale.’"""
    for left, right in islice(sentences(article, quoted.start, quoted.end), 3):
        clause = Clause(article, left, right)
        first = closing_attribution(clause)
        if first is not None:
            end = clause.begin(first - 1)
            return quoted._replace(end=end, closing=end)
    return quoted


def _directly_after(article: str, draft: _Draft, start: int) -> bool:
    return start - draft.spans[-1][1] <= CLOSEST and not article[draft.spans[-1][1] : start].strip("\"'”’»“‘«› ")


def _origin(clause: Clause) -> Phrase | None:
    """The source in ‘This just in from the ministry:’."""
    last = max((at for at, low in enumerate(clause.low) if low == "from"), default=-1)
    return after(clause, last + 1) if last >= 0 else None


def _cue(clause: Clause, attribution: Attribution) -> str:
    start, end = clause.span(attribution.cue)
    return clause.article[start:end]


def _after_dateline(article: str, start: int, end: int) -> int:
    if not article[start : start + 2].isupper() and not _DATELINE_HINT.search(article, start, min(end, start + 60)):
        return start
    match = _DATELINE.match(article, start, min(end, start + 120))
    return start if match is None else match.end()


def _attribute(clause: Clause, found: list[Attribution]) -> list[Attribution | None]:
    """For each direct quotation of a sentence its attribution: the one right after it, or else before it."""
    places = clause.quotations
    chosen: list[Attribution | None] = []
    for number, at in enumerate(places):
        left = places[number - 1] if number else -1
        right = places[number + 1] if number + 1 < len(places) else len(clause)
        following = [one for one in found if at < one.cue.first < right and _follows(clause, one, at)]
        preceding = [one for one in found if left < one.cue.first < at]
        introduced = at > 0 and clause.low[at - 1] == ":"
        if introduced and preceding:
            chosen.append(preceding[-1])
        else:
            chosen.append(_first([*following, *reversed(preceding)]) or _colon_source(clause, left, at))
    return chosen


def _first(found: list[Attribution]) -> Attribution | None:
    return found[0] if found else None


def _follows(clause: Clause, attribution: Attribution, quotation: int) -> bool:
    """Whether an attribution belongs to the quotation before it: it is near and in the same clause."""
    first = _starts(attribution)
    return first - quotation <= CLOSEST and ";" not in clause.low[quotation + 1 : max(first, quotation + 1)]


def _starts(attribution: Attribution) -> int:
    source = attribution.source
    return min(attribution.cue.first, source.first) if source is not None else attribution.cue.first


def _colon_source(clause: Clause, left: int, at: int) -> Attribution | None:
    """The source of ‘The minister went further: “…”’, which has no verb of saying."""
    if left >= 0 or at < 2 or clause.low[at - 1] != ":":
        return None
    opening = subject(clause)
    if opening is None:
        return None
    opening = owner(clause, opening) or opening
    return Attribution(Phrase(at - 1, at), opening, "say", False) if is_source(clause, opening) else None


def _joined(places: list[int], chosen: list[Attribution | None], number: int) -> bool:
    """Whether two quotations of a sentence are the halves of one that its attribution splits."""
    left, right = places[number - 1], places[number]
    first, second = chosen[number - 1], chosen[number]
    return first is not None and first is second and left < first.cue.first < right


def _reporting(clause: Clause, found: list[Attribution], chosen: list[Attribution | None]) -> list[Attribution]:
    reports = [one for one in found if one.reports and (one not in chosen or _tells_before_colon(clause, one))]
    if clause.text[-1] == ":" and not clause.quotations:
        return [one for one in reports if one.category in ACTS]
    if not clause.quotations:
        return reports
    return [one for one in reports if one.source is not None and (one.category in ACTS or one in chosen)]


def _tells_before_colon(clause: Clause, attribution: Attribution) -> bool:
    """Whether a sentence reports something before the colon and its quotation: ‘denied any part in it: “…”’"""
    at = attribution.cue.last
    colon = next((place - 1 for place in clause.quotations if place > at and clause.low[place - 1] == ":"), 0)
    if colon <= at:
        return False
    if attribution.category in ACTS:
        return clause.kind[at] not in ("time", "adverb") and clause.low[at] not in grammar("circumstance")
    return any(clause.kind[place] == "aux" or clause.low[place] == "that" for place in range(at, colon))


def _record(article: str, draft: _Draft) -> Statement:
    quote = draft.kind == "quote"
    spans = tuple(_without_comma(article, *span) for span in draft.spans) if quote else (draft.spans[0],)
    return Statement(
        text=" ".join(article[start:end] for start, end in spans),
        kind=draft.kind,
        speaker=draft.speaker.name,
        cue=draft.cue,
        start=spans[0][0],
        end=spans[-1][1],
        speaker_full=draft.speaker.full,
        spans=spans,
        problem=draft.problem,
    )


def _without_comma(article: str, start: int, end: int) -> Span:
    if end - start > 1 and article[end - 1] == ",":
        return trimmed(article, start, end - 1)
    return start, end
