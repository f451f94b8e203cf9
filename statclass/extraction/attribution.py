"""A cue with its source."""

from __future__ import annotations

from typing import NamedTuple

from statclass.extraction.clauses import Phrase

MOST_SOURCES = 6
"""So many sources of one sentence are kept."""
LONGEST_PASSIVE = 14
ACTS = frozenset({"accuse", "deny", "refuse", "condemn", "demand", "warn", "protest"})


class Attribution(NamedTuple):
    """A cue and its source.

    Parameters
    ----------
    cue : Phrase
        The tokens of the cue.
    source : Phrase or None
        The tokens of the source; None where a passive or a shared verb names none.
    category : str
        What the cue does.
    reports : bool
        False where it can only attribute a quotation beside it.
    """

    cue: Phrase
    source: Phrase | None
    category: str
    reports: bool


PRONOUN_OWNERS = frozenset({"his", "her", "its", "their"})
