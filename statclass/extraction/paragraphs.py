"""The paragraphs of an article: lines, with hard-wrapped ones joined, page furniture left out and long ones cut."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

from statclass.extraction.lexicon import read_rows

Span = tuple[int, int]

LONGEST_PARAGRAPH = 32_768
"""Longer paragraphs are read in pieces, so that memory and time stay bounded whatever the input."""

LONGEST_FURNITURE = 200
WIDEST_WRAP = 120

_LINE = re.compile(r"[^\n\r\u2028\u2029]+")
_FIRST_WORD = re.compile(r"\S{1,40}")


def paragraphs(article: str) -> Iterator[Span]:
    """Yield the paragraphs of running text as character spans.

    Parameters
    ----------
    article : str
        The article as plain text.

    Yields
    ------
    tuple of (int, int)
        Beginning and end of a paragraph, without white space around it.

    Examples
    --------
    >>> [text[a:b] for text in ["Kyiv denied it.\\n\\nMost Read\\n"] for a, b in paragraphs(text)]
    ['Kyiv denied it.']
    """
    for block in _blocks(article):
        for start, end in _joined(article, block):
            if not is_furniture(article[start : min(end, start + LONGEST_FURNITURE + 1)]):
                yield from _pieces(article, start, end)


def is_furniture(line: str) -> bool:
    """Whether a line is a byline, a link or another part of the page that is not the article.

    Examples
    --------
    >>> is_furniture("Written by Henrik Rothen"), is_furniture("Written replies were refused.")
    (True, False)
    """
    return len(line) <= LONGEST_FURNITURE and _furniture_pattern().match(line) is not None


@cache
def _furniture_pattern() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{row['pattern']})" for row in read_rows("furniture")))


def _lines(article: str) -> Iterator[Span]:
    for match in _LINE.finditer(article):
        line = match.group()
        start = match.start() + len(line) - len(line.lstrip())
        end = match.start() + len(line.rstrip())
        if start < end:
            yield start, end


def _blocks(article: str) -> Iterator[list[Span]]:
    block: list[Span] = []
    for line in _lines(article):
        if block and (_blank_line_between(article, block[-1][1], line[0]) or len(block) >= 200):
            yield block
            block = []
        block.append(line)
    if block:
        yield block


def _blank_line_between(article: str, end: int, start: int) -> bool:
    newlines = article.count("\n", end, start)
    return newlines > 1 or article.count("\r", end, start) > 1 + newlines


def _joined(article: str, block: list[Span]) -> list[Span]:
    return [(block[0][0], block[-1][1])] if _is_wrapped(article, block) else block


def _is_wrapped(article: str, block: list[Span]) -> bool:
    """Whether the lines of a block were broken at a fixed width: no line had room for the first word of the next."""
    width = max(end - start for start, end in block)
    if len(block) < 2 or width > WIDEST_WRAP:
        return False
    full = all(
        end - start + 1 + len(_first_word(article, following)) > width
        for (start, end), (following, _) in pairwise(block)
    )
    return full and any(article[start].islower() for start, _ in block[1:])


def _first_word(article: str, start: int) -> str:
    match = _FIRST_WORD.match(article, start)
    return match.group() if match else ""


def _pieces(article: str, start: int, end: int) -> Iterator[Span]:
    while end - start > LONGEST_PARAGRAPH:
        cut = _cut(article, start, start + LONGEST_PARAGRAPH)
        yield start, cut
        start = cut
    yield start, end


def _cut(article: str, start: int, limit: int) -> int:
    for mark in (". ", " "):
        found = article.rfind(mark, start + LONGEST_PARAGRAPH // 2, limit)
        if found > 0:
            return found + len(mark)
    return limit
