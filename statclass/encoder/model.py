"""The accurate model, and the cascade that asks it only where the fast model is unsure.

Both are classifiers like the fast one and give the same records.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from os import PathLike
from typing import Any, Self

import numpy as np

from statclass.encoder.runtime import Encoder, Floats32
from statclass.errors import InputError
from statclass.features import check_statements
from statclass.model import MAX_LENGTH, Calibration, Floats, Labels, Margins, StatementClassifier
from statclass.records import Contribution, Prediction
from statclass.text import tokenize

_MOST_PIECES = 100
_MOST_WORDS_READ = 400


@dataclass(frozen=True)
class Heads:
    """Linear layers over an embedding.

    Parameters
    ----------
    types : float array of shape (width + 1, n_types)
        For each type by itself; the last row is added whatever the embedding.
    primary : float array of shape (width + 1, n_types)
        For each type as the primary label.
    """

    types: Floats32
    primary: Floats32

    def of_types(self, embedded: Floats32) -> Floats:
        """Log-odds of the types, shape (n_statements, n_types)."""
        return _applied(self.types, embedded)

    def of_primary(self, embedded: Floats32) -> Floats:
        """How well each type would do as the primary label, shape (n_statements, n_types)."""
        return _applied(self.primary, embedded)


class EncoderClassifier(StatementClassifier):
    """Labels statements by a fast model and by a transformer's embedding, both combined and calibrated.

    Made by :func:`statclass.load` and by ``train --encoder accurate``; it follows the conventions of
    :class:`~statclass.StatementClassifier`. In its margins the fast model stands for the linear part and the heads over
    the embedding for the network.

    Attributes
    ----------
    fast_ : StatementClassifier
        The model over cue features.
    encoder_ : Encoder
    heads_ : Heads
    calibration_ : Calibration
        Of the combination.
    """

    def restore_encoder(
        self,
        fast: StatementClassifier,
        encoder: Encoder,
        heads: Heads,
        calibration: Calibration,
        info: dict[str, Any],
    ) -> Self:
        """Set what fitting learns: called by the training and by the loader."""
        self.fast_ = fast
        self.encoder_ = encoder
        self.heads_ = heads
        self.calibration_ = calibration
        self.types_ = fast.types_
        self.exclusive_ = fast.exclusive_
        self.classes_ = fast.classes_
        self.info_ = info
        return self

    def fit(
        self,
        statements: Iterable[str],
        labels: Iterable[Labels],
        groups: Sequence[Any] | None = None,
        sample_weight: Sequence[float] | None = None,
    ) -> Self:
        """Learn heads on the shipped encoder's embedding, beside a fast model of the same labels.

        Parameters and errors are those of :meth:`StatementClassifier.fit`.
        """
        from statclass.encoder.heads import fit_beside

        fit_beside(self, check_statements(statements), list(labels), groups, sample_weight)
        return self

    def margins(self, statements: Iterable[str]) -> Margins:
        """What the fast model and the heads say of each statement, before both are combined."""
        texts = self._ready(statements)
        embedded = self.encoder_.embed(texts)
        return Margins(
            self.fast_.decision_function(texts), self.heads_.of_types(embedded), self.heads_.of_primary(embedded)
        )

    def explain(self, statement: str) -> list[Contribution]:
        """Which words moved which type, strongest first; approximate.

        Each word is left out by itself, and what a type's log-odds lose is its weight: words that only tell something
        together share nothing of it. In long statements several words are left out at a time.
        """
        if not isinstance(statement, str):
            raise InputError(f"expected one statement as str, found {type(statement).__name__}")
        self._ready([])
        spans = _pieces(statement)
        log_odds = self.decision_function([statement, *(statement[:a] + statement[b:] for a, b in spans)])
        lost = np.round(log_odds[0] - log_odds[1:], 3)
        found = [
            Contribution(name, f"without:{statement[a:b]}", float(weight), ((a, b),), (statement[a:b],))
            for (a, b), weights in zip(spans, lost, strict=True)
            for name, weight in zip(self.types_, weights, strict=True)
            if weight
        ]
        return sorted(found, key=lambda c: -abs(c.weight))

    def save(self, folder: str | PathLike[str]) -> None:
        """Write the model as a folder of data; see :mod:`statclass.encoder.folder`."""
        from statclass.encoder.folder import save_heads

        save_heads(self, folder)

    def _ready(self, statements: Iterable[str]) -> list[str]:
        if not hasattr(self, "encoder_"):
            raise InputError(f"this {type(self).__name__} is not fitted; call fit, or load a saved one")
        return check_statements(statements)


class CascadeClassifier(EncoderClassifier):
    """The fast model where it is sure, the accurate one where it is not.

    Attributes
    ----------
    border_ : float
        Statements for which :func:`sureness` of the fast model's scores is below it are sent on.
    seen_, sent_on_ : int
        How many statements were classified so far, and how many of them the accurate model read.
    """

    def restore_cascade(self, accurate: EncoderClassifier, border: float) -> Self:
        """Set what it needs: the accurate model, which holds the fast one, and the border."""
        self.accurate_ = accurate
        self.border_ = border
        self.seen_ = self.sent_on_ = 0
        return self.restore_encoder(
            accurate.fast_, accurate.encoder_, accurate.heads_, accurate.calibration_, accurate.info_
        )

    @property
    def share_sent_on(self) -> float:
        """Share of the statements classified so far that the accurate model read."""
        return self.sent_on_ / max(self.seen_, 1)

    def classify_many(self, statements: Iterable[str]) -> list[Prediction]:
        """What each statement does, in order."""
        texts = self._ready(statements)
        found = self.fast_.classify_many(texts)
        sent = self._unsure(np.array([list(record.scores.values()) for record in found]))
        for n, record in zip(sent, self.accurate_.classify_many(texts[n] for n in sent), strict=True):
            found[n] = record
        self.seen_ += len(texts)
        self.sent_on_ += len(sent)
        return found

    def decision_function(self, statements: Iterable[str]) -> Floats:
        """Calibrated log-odds of the types, shape (n_statements, n_types), in the order of `types_`."""
        texts = self._ready(statements)
        log_odds = self.fast_.decision_function(texts)
        sent = self._unsure(self.fast_.scores(texts))
        if sent:
            log_odds[sent] = self.accurate_.decision_function(texts[n] for n in sent)
        return log_odds

    def scores(self, statements: Iterable[str]) -> Floats:
        """Calibrated scores of the types, shape (n_statements, n_types), in the order of `types_`."""
        records = self.classify_many(statements)
        return np.array([list(record.scores.values()) for record in records]).reshape(-1, len(self.types_))

    def _unsure(self, scores: Floats) -> list[int]:
        if not len(scores):
            return []
        found: list[int] = np.flatnonzero(sureness(scores, self.fast_.calibration_.threshold) < self.border_).tolist()
        return found


def sureness(scores: Floats, threshold: Floats) -> Floats:
    """How far, in log-odds, the scores of each statement are from a threshold, which would change its labels.

    Examples
    --------
    >>> sureness(np.array([[0.9, 0.1], [0.5, 0.1]]), np.array([0.5, 0.5])).round(2).tolist()
    [2.2, 0.0]
    """
    found: Floats = np.abs(_log_odds(scores) - _log_odds(threshold)).min(1)
    return found


def _log_odds(scores: Floats) -> Floats:
    clipped = np.clip(scores, 1e-6, 1 - 1e-6)
    found: Floats = np.log(clipped / (1 - clipped))
    return found


def _pieces(statement: str) -> list[tuple[int, int]]:
    """Spans to leave out, one at a time: words, or runs of words where there are many."""
    places = [(a, b) for _, a, b in tokenize(statement[:MAX_LENGTH]) if statement[a:b].strip()][:_MOST_WORDS_READ]
    words = [(a, b) for a, b in places if any(map(str.isalnum, statement[a:b]))]
    size = -(-len(words) // _MOST_PIECES)
    return [(words[at][0], words[min(at + size, len(words)) - 1][1]) for at in range(0, len(words), max(size, 1))]


def _applied(weights: Floats32, embedded: Floats32) -> Floats:
    """Products summed statement by statement: the result does not depend on how many are given together."""
    found: Floats = np.einsum("nw,wt->nt", embedded.astype(float), weights[:-1].astype(float)) + weights[-1]
    return np.round(found, 3)
