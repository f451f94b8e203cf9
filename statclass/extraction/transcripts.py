"""Transcripts: turns that open with a label, such as ‘Q:’, ‘MS. BERG:’ or ‘THE SPOKESPERSON:’."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from statclass.extraction.lexicon import places, word_classes
from statclass.extraction.paragraphs import Span
from statclass.extraction.quotations import DOUBLE, SINGLE

FEWEST_TURNS = 3
"""An article is a transcript if so many of its paragraphs open with a label and one label comes back."""

LONGEST_LABEL = 120
"""A label with its colon is at most so long."""

QUESTION = frozenset({"q", "question"})
ANSWER = frozenset({"a", "answer"})

_NOTE = r"(?: ?\([^()\n]{1,60}\))?"
_LABEL = re.compile(
    rf"(?:(Q(?:uestion)?|A(?:nswer)?|QUESTION|ANSWER){_NOTE} ?(?:[:.]|[-–—](?= ))"
    rf"|([^\W\d_a-z][\w.’'-]*+(?: [^\W_][\w.’'-]*+){{0,5}}+){_NOTE}:)\s+(?=\S)"
)


class Turn(NamedTuple):
    """The label that a paragraph opens with.

    Parameters
    ----------
    label : str
    start : int
        Where the words of the speaker begin.
    """

    label: str
    start: int


def turns(article: str, spans: Sequence[Span]) -> dict[int, Turn]:
    """The turns of a transcript by the number of their paragraph; empty for an article that is none.

    Examples
    --------
    >>> text = "Q: Why?\\nA: Because.\\nQ: Since when?"
    >>> turns(text, [(0, 7), (8, 19), (20, 34)])[1]
    Turn(label='A', start=11)
    """
    found = {number: turn for number, span in enumerate(spans) if (turn := _turn(article, *span)) is not None}
    if len(found) < FEWEST_TURNS:
        return {}
    counts = Counter(turn.label for turn in found.values())
    capitals = sum(turn.label.isupper() for turn in found.values())
    if max(counts.values()) < 2 or (capitals < FEWEST_TURNS and sum(count > 1 for count in counts.values()) < 2):
        return {}
    return found


def _turn(article: str, start: int, end: int) -> Turn | None:
    limit = min(end, start + LONGEST_LABEL)
    if not article.startswith(("Q", "A"), start) and article.find(":", start, limit) < 0:
        return None
    match = _LABEL.match(article, start, min(end, limit + 2))
    if match is None or match.end() >= end or article[match.end()] in DOUBLE | SINGLE:
        return None
    label = match.group(1) or match.group(2)
    return Turn(label, match.end()) if match.group(1) or _names_speaker(label) else None


def _names_speaker(label: str) -> bool:
    words = label.split()
    if label.isupper():
        return len(label) > 2 and label.title() not in places() and word_classes().get(label.lower()) != "time"
    if any(word_classes().get(word.lower(), "") in ("office", "person", "title") for word in words):
        return True
    return len(words) < 4 and all(word[0].isupper() for word in words) and label not in places()
