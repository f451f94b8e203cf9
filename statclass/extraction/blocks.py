"""Quotations without marks: how many paragraphs after a colon, or after the label of a turn, still belong to them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import islice

from statclass.extraction.clauses import Clause
from statclass.extraction.lexicon import words_of
from statclass.extraction.paragraphs import Span
from statclass.extraction.quotations import opening_mark, quoted_in
from statclass.extraction.reported import attributions
from statclass.extraction.sentences import sentences

MOST_PARAGRAPHS = 12
"""A quotation without marks runs over at most so many paragraphs."""

LONGEST_LOOK = 600
"""So much of a paragraph is read to tell whether it belongs to a quotation without marks."""

WIDEST_GAP = 3
"""At most so many paragraphs without a sign of either kind stand between two that surely belong to a quotation."""

_WORD = re.compile(r"[^\W\d_]+")
_IN_FULL = re.compile(r"\b(?:following|follows|in full|full text|reads?|verbatim)\b")


def announces_text(article: str, start: int, end: int) -> bool:
    """Whether a sentence before a colon promises a text, as ‘the following statement:’ does.

    Examples
    --------
    >>> announces_text("The ministry published the following statement:", 0, 47)
    True
    """
    return _IN_FULL.search(article, max(start, end - LONGEST_LOOK), end) is not None


def paragraphs_of(article: str, spans: Sequence[Span], speaker: str | None, *, whole: bool = False) -> int:
    """How many of some paragraphs, of which the first surely belongs to a quotation without marks, belong to it.

    A paragraph in the first person belongs to it, and so does one in which the speaker is the source; one that
    reports somebody else, or opens with a quotation mark, ends it.

    Parameters
    ----------
    article : str
    spans : sequence of (int, int)
        The paragraphs.
    speaker : str or None
        Who is quoted.
    whole : bool
        Whether paragraphs without a sign of either kind belong to it as well.

    Examples
    --------
    >>> text = "We cannot sign.\\n\\nIt is late.\\n\\nWe will not sign.\\n\\nBerg denied it."
    >>> paragraphs_of(text, [(0, 15), (17, 28), (30, 47), (49, 64)], "Lind")
    3
    """
    last = 0
    for at, span in enumerate(spans[1:], start=1):
        sign = _sign(article, span, speaker)
        if sign == "outside" or (not whole and at - last > WIDEST_GAP):
            break
        if sign == "inside" or whole:
            last = at
    return last + 1


def _sign(article: str, span: Span, speaker: str | None) -> str:
    """``"inside"``, ``"outside"`` or an empty string where nothing tells."""
    start, end = span[0], min(span[1], span[0] + LONGEST_LOOK)
    if opening_mark(article, start):
        return "outside"
    quoted = quoted_in(article, start, end)
    left = [start, *(one.closing for one in quoted)]
    right = [*(one.opening for one in quoted), end]
    pieces = zip(left, right, strict=True)
    words = {word for piece in pieces for word in _WORD.findall(article, *piece)}
    if not words.isdisjoint(_first_person("speaker")):
        return "inside"
    for first, last in islice(sentences(article, start, end, quoted), 3):
        sources = _sources(article, first, last)
        if sources:
            return "inside" if speaker is not None and _same(sources[0], speaker) else "outside"
    return "" if words.isdisjoint(_first_person("other")) else "inside"


@cache
def _first_person(kind: str) -> frozenset[str]:
    """Words by which speakers mean themselves, and others that a reporter uses now and then as well."""
    return words_of("first_person", **{"class": kind})


def _sources(article: str, start: int, end: int) -> list[str]:
    clause = Clause(article, start, end)
    named = [one.source for one in attributions(clause) if one.reports and one.source is not None]
    return [article[slice(*clause.span(source))] for source in named if clause.kind[source.first] != "it"]


def _same(source: str, speaker: str) -> bool:
    shorter, longer = sorted((source.lower().removeprefix("the "), speaker.lower().removeprefix("the ")), key=len)
    return longer.startswith(shorter) or longer.endswith(shorter)
