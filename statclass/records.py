"""The small frozen records that statclass hands out. This module imports nothing of ours."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

OTHER = "other"
"""The primary label of a statement that does none of the acts."""


class StatementType(StrEnum):
    """The four things a statement can do, with their CAMEO code and PLOVER event type.

    Members compare equal to their label, so ``StatementType.REFUSAL == "refusal"``.

    Attributes
    ----------
    cameo : str
        Code in CAMEO (Schrodt 2012, *CAMEO: Conflict and Mediation Event Observations*).
    plover : str or None
        Event type in PLOVER (Halterman et al. 2023), which has none for denials.

    Examples
    --------
    >>> StatementType("refusal").cameo
    '12'
    >>> StatementType.ACCUSATION.plover
    'ACCUSE'
    """

    cameo: str
    plover: str | None

    def __new__(cls, label: str, cameo: str, plover: str | None) -> StatementType:
        member = str.__new__(cls, label)
        member._value_ = label
        member.cameo = cameo
        member.plover = plover
        return member

    ACCUSATION = ("accusation", "112", "ACCUSE")
    REFUSAL = ("refusal", "12", "REJECT")
    CONDEMNATION = ("condemnation", "111", "ACCUSE")
    DENIAL = ("denial", "016", None)


@dataclass(frozen=True, slots=True)
class Prediction:
    """What one statement does, according to a model.

    Parameters
    ----------
    label : str
        The primary label: the type with the best score among those at or over their threshold, or ``"other"``.
    labels : tuple of str
        Every type at or over its threshold, best first; empty when ``label`` is ``"other"``.
    scores : dict of str to float
        One calibrated score per type, each from 0 to 1 and independent of the others.
    confidence : float
        From 0 to 1. The score of `label`; for ``"other"``, one minus the best score.
    problem : str or None
        Why the statement could not be read as it stands (for example ``"empty"``), or None.

    Examples
    --------
    >>> p = Prediction("refusal", ("refusal",), {"accusation": 0.1, "refusal": 0.9}, 0.9)
    >>> p.as_dict()["labels"]
    ['refusal']
    """

    label: str
    labels: tuple[str, ...]
    scores: dict[str, float]
    confidence: float
    problem: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """The record as plain JSON types."""
        return {
            "label": self.label,
            "labels": list(self.labels),
            "scores": dict(self.scores),
            "confidence": self.confidence,
            "problem": self.problem,
        }


@dataclass(frozen=True, slots=True)
class Statement:
    """One quoted or reported statement found in an article.

    Parameters
    ----------
    text : str
        The statement as it stands in the article; the halves of a split quotation joined by a space.
    kind : str
        ``"quote"`` for a direct quotation (text without its marks), ``"reported"`` for a sentence that reports one.
    speaker : str or None
        The source as named in the text; None when the text does not plainly say.
    cue : str or None
        The word that marks the attribution, such as ``"said"`` or ``"according to"``.
    start, end : int
        Character offsets in the article: from the beginning of the first span to the end of the last.
    speaker_full : str or None
        The longest form of the speaker's name that the article gives before or at this place.
    spans : tuple of (int, int)
        The pieces of the statement. ``" ".join(article[a:b] for a, b in spans) == text``.
    problem : str or None
        For example ``"unclosed quotation mark"``; None when nothing was wrong.
    """

    text: str
    kind: str
    speaker: str | None
    cue: str | None
    start: int
    end: int
    speaker_full: str | None = None
    spans: tuple[tuple[int, int], ...] = field(default=())
    problem: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """The record as plain JSON types."""
        return {
            "text": self.text,
            "kind": self.kind,
            "speaker": self.speaker,
            "speaker_full": self.speaker_full,
            "cue": self.cue,
            "start": self.start,
            "end": self.end,
            "spans": [list(span) for span in self.spans],
            "problem": self.problem,
        }


@dataclass(frozen=True, slots=True)
class Contribution:
    """How far one feature moved one type's score.

    Parameters
    ----------
    label : str
        The type that was moved.
    feature : str
        The readable name of the feature.
    weight : float
        What it added to the type's log-odds; negative when it spoke against the type.
    spans : tuple of (int, int)
        Where in the statement the feature was seen, as character offsets.
    words : tuple of str
        The statement's text at those spans.
    """

    label: str
    feature: str
    weight: float
    spans: tuple[tuple[int, int], ...]
    words: tuple[str, ...]
