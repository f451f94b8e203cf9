"""Where quotation marks open and close, in any style, told from apostrophes."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from statclass.extraction.lexicon import words_of

UNCLOSED = "unclosed quotation mark"

DOUBLE = frozenset('"“”„‟«»＂')
SINGLE = frozenset("'‘’‚‛‹›")
OPENING = frozenset("“„‟«‘‚‛‹")
CLOSING = frozenset("”»’›")
_DOUBLES, _MARKS = "".join(sorted(DOUBLE)), "".join(sorted(DOUBLE | SINGLE))
_MARK = re.compile(rf"[{_MARKS}](?:(?![^\W_])|(?<![^\W_].)|(?<=[{_DOUBLES}]))")
"""A quotation mark; no single one with letters on both sides, which is an apostrophe."""
_BEFORE_OPENING = frozenset("([{—–-/:;,")
_STRONG_END = frozenset(".,!?…;:")
_WORD_AHEAD = re.compile(r"[^\W_]+")
STRAIGHT = frozenset("\"'")
GUILLEMETS = frozenset("«»‹›")


class Quoted(NamedTuple):
    """The text between an outer pair of marks in one paragraph.

    Parameters
    ----------
    opening : int
        Offset of the opening mark; of the text itself where a paragraph carries on without a mark.
    start, end : int
        The text between the marks, without white space around it.
    closing : int
        Offset after the closing mark, or the end of the paragraph.
    closed : bool
        False when no mark closes it in this paragraph.
    """

    opening: int
    start: int
    end: int
    closing: int
    closed: bool


class _Mark(NamedTuple):
    at: int
    double: bool
    role: str


def quoted_in(article: str, start: int, end: int, *, carried_by: str = "") -> list[Quoted]:
    """The outermost quoted stretches of one paragraph, in order.

    Parameters
    ----------
    article : str
        The whole article.
    start, end : int
        The paragraph.
    carried_by : str
        The mark that the next paragraph opens with, if it does: a mark of that kind that never closes here runs on.

    Returns
    -------
    list of Quoted
        Nested quotations are inside their outer one. Single marks that never close are taken for apostrophes.

    Examples
    --------
    >>> text = "‘The ministers’ plan won’t “work”’, he said."
    >>> [text[q.start:q.end] for q in quoted_in(text, 0, len(text))]
    ['The ministers’ plan won’t “work”']
    """
    marks = _marks(article, start, end)
    if not marks:
        return []
    pairs = _outermost(article, _pairs(marks, carried_by), carried_by)
    return [_quoted(article, left, right, end) for left, right in pairs]


def _marks(article: str, start: int, end: int) -> list[_Mark]:
    found: list[_Mark] = []
    for at in [match.start() for match in _MARK.finditer(article, start, end)]:
        role = _role_of(article, at, start, end)
        if role != "apostrophe":
            found.append(_Mark(at, article[at] in DOUBLE, role))
    return _settle_possessives(found)


def _role_of(article: str, at: int, start: int, end: int) -> str:
    character = article[at]
    before = article[at - 1] if at > start else " "
    after = article[at + 1] if at + 1 < end else " "
    return _role(article, at, character, before, after, character in DOUBLE)


def _role(article: str, at: int, character: str, before: str, after: str, double: bool) -> str:
    if character in GUILLEMETS and before.isspace() and after.isspace():
        return "open" if character in OPENING else "close"
    free_left = before.isspace() or before in _BEFORE_OPENING or before in DOUBLE or before in SINGLE
    free_right = not after.isalnum() and after not in "([$€£#@" and after not in OPENING
    if not double:
        return _single_role(article, at, character, before, after)
    if free_left and not free_right:
        return "open"
    if free_right and not before.isspace():
        return "close"
    if character in OPENING:
        return "open"
    return "close" if character in CLOSING else "either"


def _single_role(article: str, at: int, character: str, before: str, after: str) -> str:
    if before.isalnum() and after.isalnum():
        return "apostrophe"
    opens = not before.isalnum() and not after.isspace() and before not in _STRONG_END
    if opens and character != "’" and (character != "‘" or not before.isspace() or after.isalnum() or after in DOUBLE):
        return "apostrophe" if character == "'" and _is_elision(article, at, after) else "open"
    if opens and character == "’" and after.isalnum():
        return "apostrophe"
    if before.isspace():
        return "apostrophe"
    if character == "‘" and after.isalnum():
        return "open"
    weak = before.isalnum() and (after.isspace() or after in ".,;") and article[at + 2 : at + 4].strip()[:1].isalnum()
    return "possessive" if weak else "strong" if before in _STRONG_END else "close"


def _is_elision(article: str, at: int, after: str) -> bool:
    if after.isdigit():
        return not article[at + 3 : at + 4].isspace() or article[at + 1 : at + 3].isdigit()
    word = _WORD_AHEAD.match(article, at + 1, at + 12)
    return word is not None and word.group().lower() in _elisions()


@cache
def _elisions() -> frozenset[str]:
    return words_of("elisions")


def _settle_possessives(marks: list[_Mark]) -> list[_Mark]:
    """Take ``s’`` for a possessive where a surer closing mark follows before the next opening one."""
    settled: list[_Mark] = []
    closer_ahead = False
    for mark in reversed(marks):
        if mark.role == "possessive":
            if closer_ahead:
                continue
            mark = mark._replace(role="close")
        elif not mark.double:
            closer_ahead = mark.role in ("close", "strong")
        settled.append(mark._replace(role="close") if mark.role == "strong" else mark)
    settled.reverse()
    return settled


def _pairs(marks: list[_Mark], carried_by: str) -> list[tuple[int, int | None]]:
    """Match marks like brackets; None as the second of a pair for a mark that never closes."""
    pairs: list[tuple[int, int | None]] = []
    open_marks: list[_Mark] = []
    open_doubles = 0
    for mark in marks:
        if mark.role == "open" or (mark.role == "either" and not open_doubles):
            open_marks.append(mark)
            open_doubles += mark.double
            continue
        if mark.double and open_doubles:
            while not open_marks[-1].double:
                open_marks.pop()
            open_doubles -= 1
        elif mark.double or not open_marks or open_marks[-1].double:
            continue
        pairs.append((open_marks.pop().at, mark.at))
    pairs.extend((mark.at, None) for mark in open_marks if mark.double or carried_by in SINGLE)
    return sorted(pairs, key=lambda pair: pair[0])


def _outermost(article: str, pairs: list[tuple[int, int | None]], carried_by: str) -> list[tuple[int, int | None]]:
    outer: list[tuple[int, int | None]] = []
    reach = -1
    next_of_kind = _next_of_kind(article, pairs)
    last_of = {article[left]: left for left, _ in pairs}
    for index, (left, right) in enumerate(pairs):
        if left < reach:
            continue
        following = next_of_kind[index]
        runs_on = article[left] == carried_by and last_of[carried_by] == left
        if right is None and following is not None and not runs_on:
            outer.append((left, -following))
            reach = following
            continue
        outer.append((left, right))
        if right is None:
            break
        reach = right if right is not None else reach
    return outer


def _next_of_kind(article: str, pairs: list[tuple[int, int | None]]) -> list[int | None]:
    """For each pair where the next one with marks of its family opens."""
    upcoming: dict[bool, int | None] = {True: None, False: None}
    found: list[int | None] = []
    for left, _ in reversed(pairs):
        double = article[left] in DOUBLE
        found.append(upcoming[double])
        upcoming[double] = left
    found.reverse()
    return found


def _quoted(article: str, left: int, right: int | None, paragraph_end: int) -> Quoted:
    closed = right is not None and right > 0
    end = paragraph_end if right is None else abs(right)
    start, end = trimmed(article, left + 1, end)
    closing = end if not closed else abs(right or 0) + 1
    return Quoted(left, start, end, closing, closed)


def opening_mark(article: str, at: int) -> str:
    """The mark that a paragraph opens with, or an empty string."""
    mark = article[at : at + 1]
    if mark and mark in STRAIGHT | OPENING and (mark in DOUBLE or article[at + 1 : at + 2].isalnum()):
        return mark
    return ""


def trimmed(article: str, start: int, end: int) -> tuple[int, int]:
    """The same span without white space at either end."""
    while start < end and article[start].isspace():
        start += 1
    while end > start and article[end - 1].isspace():
        end -= 1
    return start, end
