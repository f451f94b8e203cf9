"""Statements that belong together: copies, near-duplicates, and those of one article or speaker."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from statclass.errors import InputError
from statclass.labelled.statement import LabelledStatement
from statclass.text import canonical

GROUP_COLUMNS = ("group", "pair", "article", "speech", "speaker")
SAME_GROUP = 0.55
_MOST_CANDIDATES = 60


def groups_of(rows: Sequence[LabelledStatement], column: str | None = None) -> list[int]:
    """A group number for each statement: those of one article, speaker, pair or near-duplicate cluster share it."""
    leader = list(range(len(rows)))

    def find(n: int) -> int:
        while leader[n] != n:
            leader[n] = leader[leader[n]]
            n = leader[n]
        return n

    first: dict[tuple[str, str], int] = {}
    refuse_missing_column(rows, column)
    columns = (column,) if column else GROUP_COLUMNS
    for n, row in enumerate(rows):
        for name in columns:
            if row.values.get(name):
                leader[find(n)] = find(first.setdefault((name, str(row.values[name])), n))
    for a, b, _ in similar_pairs([row.text for row in rows], SAME_GROUP):
        leader[find(a)] = find(b)
    return [find(n) for n in range(len(rows))]


def refuse_missing_column(rows: Sequence[LabelledStatement], column: str | None) -> None:
    """Raise InputError when there is no such column to group by."""
    if column and not any(column in row.values for row in rows):
        raise InputError(f"no column {column!r} to group by; the columns are {', '.join(map(repr, rows[0].values))}")


def similar_pairs(texts: Sequence[str], at_least: float) -> Iterator[tuple[int, int, float]]:
    """Pairs of texts whose sets of words overlap (Jaccard index) by `at_least`.

    Candidates are texts that share one of their rarest words, so very common wording alone makes no pair.
    """
    words = [frozenset(words_of(text)) for text in texts]
    sizes = [len(bag) for bag in words]
    frequency = Counter(word for bag in words for word in bag)
    holders: dict[str, list[int]] = defaultdict(list)
    for n, bag in enumerate(words):
        rare = sorted(bag, key=lambda word: (frequency[word], word))[: max(3, int(len(bag) * (1 - at_least)) + 2)]
        candidates = dict.fromkeys(other for word in rare for other in holders[word][-_MOST_CANDIDATES:])
        for other in candidates:
            size, least = sizes[n], sizes[other]
            if min(size, least) < at_least * max(size, least):
                continue
            shared = len(bag & words[other])
            overlap = shared / (size + least - shared)
            if overlap >= at_least:
                yield other, n, overlap
        for word in rare:
            holders[word].append(n)


def words_of(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", canonical(text))
