"""The feature extractor: statements in, a sparse matrix of readable features out.

A feature is a conjunction of fields of a few neighbouring tokens (see :data:`TEMPLATES`), such as "a refuse_verb whose
nearest subject is we, negated". Conjunctions are formed as whole-array arithmetic on 64-bit hashes over blocks of
statements; the top bits of the hash are the feature's slot.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from statclass.cues import Lexicon, lexicon
from statclass.errors import InputError
from statclass.estimator import Estimator
from statclass.reading import Ints, Reading, StatementReader
from statclass.text import canonical

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

SLOT_BITS = 21
BLOCK = 384
_PIECES = 6


@dataclass(frozen=True)
class Template:
    """One way of forming features.

    Parameters
    ----------
    name : str
        Stands before the colon in feature names.
    track : str
        ``"token"``: one feature a token; ``"event"``: one for each token with a cue category, neighbours being the
        next such tokens; ``"sense"``: as event, once for each further category of the token.
    fields : tuple of (str, int)
        Fields of the reading, each with the offset of the token that it is taken from.
    group : str
        For ablation and the model card.
    """

    name: str
    track: str
    fields: tuple[tuple[str, int], ...]
    group: str


def _templates(track: str, group: str, specs: dict[str, str]) -> tuple[Template, ...]:
    def field(spec: str) -> tuple[str, int]:
        name, _, offset = spec.partition("+")
        return name, int(offset or 0)

    return tuple(Template(name, track, tuple(field(f) for f in spec.split()), group) for name, spec in specs.items())


TEMPLATES: tuple[Template, ...] = (
    *_templates(
        "token",
        "words",
        {
            "word": "word",
            "stem": "stem",
            "words": "word word+1",
            "stems": "stem stem+1",
            "words3": "word word+1 word+2",
            "gap": "stem stem+2",
            "wordvoice": "stem voice",
        },
    ),
    *_templates("sense", "cues", {"cue": "category"}),
    *_templates("sense", "negation", {"cue.neg": "category negation"}),
    *_templates("sense", "speaker", {"cue.src": "category source negation"}),
    *_templates(
        "sense",
        "object",
        {
            "cue.pred": "category predicate",
            "cue.pred.neg": "category predicate negation",
            "cue.pred.src": "category predicate source",
        },
    ),
    *_templates("sense", "culprit", {"cue.culprit": "category culprit"}),
    *_templates(
        "event",
        "order",
        {
            "cues2": "category category+1",
            "cues3": "category category+1 category+2",
            "cues4": "category category+1 category+2 category+3",
            "cuegap": "category category+2",
            "cues2.neg": "category negation category+1",
            "cues2.subj": "category subject category+1",
        },
    ),
    *_templates(
        "event",
        "worded",
        {
            "cueword": "category word+1",
            "stem.subj": "stem subject negation",
            "stem.pred": "stem predicate",
            "stem.src": "stem source negation",
            "stem.culprit": "stem culprit",
        },
    ),
)


def _odd_constants(count: int, seed: int) -> NDArray[np.uint64]:
    return np.random.RandomState(seed).randint(0, 2**63, count, dtype=np.uint64) * np.uint64(2) + np.uint64(1)


LEAN = (
    "words", "cues2", "cues3", "cues2.neg", "cues2.subj", "cueword", "stem.subj", "stem.pred", "stem.src",
    "stem.culprit",
)  # fmt: skip
"""Templates that lose nothing beside a network that has learned much; the others cost time."""

_KEYS = _odd_constants(_PIECES, 20240101)
_CODE_HASHES = _odd_constants(256, 20240102)
_TEMPLATE_HASHES = {t.name: h for t, h in zip(TEMPLATES, _odd_constants(len(TEMPLATES), 20240103), strict=True)}
_CODE_FIELDS = ("category", "subject", "source", "negation", "predicate", "culprit")


@dataclass(frozen=True)
class Hits:
    """The features of a block: one value per occurrence.

    Parameters
    ----------
    row : array of shape (n_hits,)
        Statement of the occurrence.
    slot : array of shape (n_hits,)
        Slot of the feature, from 0 to ``2 ** SLOT_BITS - 1``.
    template : array of shape (n_hits,)
        Index into the templates that were used.
    place : array of shape (n_hits,)
        Index along the template's track.
    """

    row: Ints
    slot: Ints
    template: Ints
    place: Ints


@dataclass(frozen=True)
class _Track:
    """Parallel arrays along which a template's offsets run."""

    place: Ints
    row: Ints
    category: Ints
    hashes: dict[str, NDArray[np.uint64]]


def tracks(reading: Reading, templates: Iterable[Template]) -> dict[str, _Track]:
    """The sequences that some templates run over: all tokens, tokens with a category, or their further senses."""
    names = dict.fromkeys(template.track for template in templates)
    return {name: _TRACKS[name](reading) for name in names}


def _token_track(reading: Reading) -> _Track:
    hashes = {"word": reading.word, "stem": reading.stem, "voice": _CODE_HASHES.take(reading.voice)}
    return _Track(np.arange(len(reading.row)), reading.row, reading.category, hashes)


def _event_track(reading: Reading) -> _Track:
    events = np.flatnonzero(reading.category)
    category = reading.category[events]
    worded = {"word": reading.word[events], "stem": reading.stem[events]}
    return _Track(events, reading.row[events], category, _coded(reading, events, category) | worded)


def _sense_track(reading: Reading) -> _Track:
    events = np.flatnonzero(reading.category)
    events = events[_one_boundary_a_statement(reading, events)]
    seconds, thirds = np.flatnonzero(reading.second), np.flatnonzero(reading.third)
    senses = np.concatenate([events, seconds, thirds])
    category = np.concatenate([reading.category[events], reading.second[seconds], reading.third[thirds]])
    order = np.argsort(senses, kind="stable")
    senses, category = senses[order], category[order]
    return _Track(senses, reading.row[senses], category, _coded(reading, senses, category))


_TRACKS = {"token": _token_track, "event": _event_track, "sense": _sense_track}


def _one_boundary_a_statement(reading: Reading, events: Ints) -> NDArray[np.bool_]:
    """Events without the second and third boundary of each statement, which say nothing new."""
    row = reading.row[events]
    starts = np.searchsorted(row, np.arange(row[-1] + 1))
    kept = np.ones(len(events), bool)
    kept[np.concatenate([starts + 1, starts + 2])] = False
    return kept


def _coded(reading: Reading, places: Ints, category: Ints) -> dict[str, NDArray[np.uint64]]:
    codes = {f: _CODE_HASHES.take(getattr(reading, f).take(places)) for f in _CODE_FIELDS if f != "category"}
    return codes | {"category": _CODE_HASHES.take(category)}


def feature_name(template: Template, track: _Track, place: int, reading: Reading, reader: StatementReader) -> str:
    """The readable name of the feature at one place of a track, such as ``"cue.neg:refuse_verb|not"``."""
    parts = []
    for field, offset in template.fields:
        at = int(track.place[(place + offset) % len(track.place)])
        if field in ("word", "stem"):
            parts.append(reader.word_at(reading, at))
        elif field == "category":
            parts.append(reader.category_name(int(track.category[(place + offset) % len(track.place)])))
        else:
            parts.append(reader.state_name(field, int(getattr(reading, field)[at])))
    return f"{template.name}:{'|'.join(parts)}"


def slots_of(template: Template, track: _Track) -> NDArray[np.uint64]:
    """The slot of a template's feature at each place of its track (the last few places wrap and belong to no row)."""
    total = np.full(len(track.place), _TEMPLATE_HASHES[template.name])
    for piece, (field, offset) in enumerate(template.fields):
        values = track.hashes[field]
        total += (np.roll(values, -offset) if offset else values) * _KEYS[piece]
    total ^= total >> np.uint64(29)
    total *= _KEYS[0]
    return total >> np.uint64(64 - SLOT_BITS)


class FeatureExtractor(Estimator):
    """Turns statements into a sparse matrix of readable features, in scikit-learn's conventions.

    Parameters
    ----------
    min_count : int, default=2
        Features seen in fewer statements of the training data are left out.
    templates : tuple of str or None, default=None
        Names of the templates to use (see :data:`TEMPLATES`); None means all.

    Attributes
    ----------
    slots_ : ndarray of shape (n_features,)
        The learned slots in rising order; column ``j`` of the matrix is slot ``slots_[j]``.
    known_words_ : tuple of str
        Words seen in lower case in training: at the head of a sentence they are no names.

    Examples
    --------
    >>> extractor = FeatureExtractor(min_count=1).fit(["We refuse to attend.", "They deny it."])
    >>> extractor.transform(["We refuse."]).shape == (1, len(extractor.get_feature_names_out()))
    True
    """

    _estimator_type = "transformer"

    def __init__(self, min_count: int = 2, templates: tuple[str, ...] | None = None) -> None:
        self.min_count = min_count
        self.templates = templates

    def fit(self, statements: Iterable[str], y: object = None) -> Self:
        """Learn which features occur.

        Parameters
        ----------
        statements : iterable of str
            At least one statement. A bare string is refused: every letter would become a statement.
        """
        texts = check_statements(statements)
        self.known_words_ = lower_case_words(texts)
        self.lexicon_ = lexicon()
        self.slots_ = np.zeros(0, np.int64)
        self._prepare()
        counts = np.zeros(1 << SLOT_BITS, np.int64)
        for hits, _ in self.hits_in_blocks(texts):
            pairs = np.unique(hits.row.astype(np.int64) << SLOT_BITS | hits.slot)
            np.add.at(counts, pairs & ((1 << SLOT_BITS) - 1), 1)
        self.slots_ = np.flatnonzero(counts >= self.min_count)
        self._texts = texts
        self._prepare()
        return self

    def restore(self, slots: Ints, known_words: Sequence[str], cues: Lexicon) -> Self:
        """Set what :meth:`fit` would have learned, from a saved model."""
        self.slots_ = slots
        self.known_words_ = tuple(known_words)
        self.lexicon_ = cues
        self._texts = []
        self._prepare()
        return self

    def _prepare(self) -> None:
        self.reader_ = StatementReader(self.known_words_, self.lexicon_)
        self.templates_ = [t for t in TEMPLATES if self.templates is None or t.name in self.templates]
        self.column_of_slot_ = np.full(1 << SLOT_BITS, len(self.slots_), np.int32)
        self.column_of_slot_[self.slots_] = np.arange(len(self.slots_), dtype=np.int32)

    def hits(self, statements: Sequence[str]) -> tuple[Hits, Reading]:
        """Every feature occurrence in a block of statements, with the reading that it came from."""
        reading = self.reader_.read(statements)
        by_track = tracks(reading, self.templates_)
        pieces = []
        for number, template in enumerate(self.templates_):
            track = by_track[template.track]
            end = int(np.searchsorted(track.row, reading.n_statements))
            slot = slots_of(template, track)[:end].astype(np.int64)
            pieces.append((track.row[:end], slot, np.full(end, number), np.arange(end)))
        return Hits(*(np.concatenate(column) for column in zip(*pieces, strict=True))), reading

    def read(self, statements: Sequence[str]) -> Reading:
        """The reading of a block of statements."""
        return self.reader_.read(statements)

    def weighted_sums(self, reading: Reading, weights: NDArray[np.int32]) -> Ints:
        """For each statement of a block the sum of the weights of its features: the labelling path.

        Parameters
        ----------
        reading : Reading
            Of the block; memory grows with its length.
        weights : int32 array of shape (n_features + 1, n_outputs)
            Whole numbers, so that the sum is the same in whatever order; the last row is for unknown features. Rows of
            eight outputs are looked up in a fifth of the time that five take.

        Returns
        -------
        int64 array of shape (n_statements, n_outputs)
        """
        total = np.zeros((reading.n_statements, weights.shape[1]), np.int64)
        for name, track in tracks(reading, self.templates_).items():
            at_place = np.zeros((len(track.row), weights.shape[1]), weights.dtype)
            for template in self.templates_:
                if template.track == name:
                    at_place += weights.take(self.column_of_slot_[slots_of(template, track)], axis=0)
            starts = np.searchsorted(track.row, np.arange(reading.n_statements + 1))
            total += np.add.reduceat(at_place, starts, axis=0, dtype=np.int64)[:-1]
        return total

    def hits_in_blocks(self, texts: Sequence[str]) -> Iterator[tuple[Hits, int]]:
        """:meth:`hits` block by block, with the index of each block's first statement."""
        for start in range(0, len(texts), BLOCK):
            yield self.hits(texts[start : start + BLOCK])[0], start

    def transform(self, statements: Iterable[str]) -> csr_matrix:
        """Features of each statement.

        Returns
        -------
        csr_matrix of shape (n_statements, n_features)
            Each row holds 1 for a feature that occurs (damped for repeats) over the root of the row's sum, so that
            every row has length one.
        """
        from scipy.sparse import csr_matrix

        texts = check_statements(statements)
        if not hasattr(self, "slots_"):
            raise InputError("this FeatureExtractor is not fitted; call fit first")
        rows, columns = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
        for hits, start in self.hits_in_blocks(texts):
            column = self.column_of_slot_[hits.slot]
            learned = column < len(self.slots_)
            rows.append(hits.row[learned] + start)
            columns.append(column[learned].astype(np.int64))
        row, column = np.concatenate(rows), np.concatenate(columns)
        matrix = csr_matrix((np.ones(len(row)), (row, column)), shape=(len(texts), len(self.slots_)))
        length = np.sqrt(np.maximum(np.bincount(row, minlength=len(texts)), 1.0))
        matrix.data /= np.repeat(length, np.diff(matrix.indptr))
        return matrix

    def get_feature_names_out(self, input_features: object = None) -> NDArray[np.object_]:
        """The readable name of each column, such as ``"cue.neg:refuse_verb|not"``.

        A column may hold a few features whose hashes met; it is named after the first in the training data.

        Raises
        ------
        InputError
            When the extractor came from a saved model: names are made from the statements that it was fitted on.
        """
        if not self._texts:
            raise InputError("feature names are known only to an extractor that was fitted in this process")
        names = np.full(len(self.slots_) + 1, "", object)
        for start in range(0, len(self._texts), BLOCK):
            hits, reading = self.hits(self._texts[start : start + BLOCK])
            by_track = tracks(reading, self.templates_)
            columns, firsts = np.unique(self.column_of_slot_[hits.slot], return_index=True)
            for column, first in zip(columns, firsts, strict=True):
                if not names[column]:
                    template = self.templates_[hits.template[first]]
                    track = by_track[template.track]
                    names[column] = feature_name(template, track, int(hits.place[first]), reading, self.reader_)
        return names[:-1]

    def fit_transform(self, statements: Iterable[str], y: object = None) -> csr_matrix:
        """:meth:`fit`, then :meth:`transform`."""
        texts = check_statements(statements)
        return self.fit(texts).transform(texts)


def check_statements(statements: Iterable[str]) -> list[str]:
    """The statements as a list; raises InputError for a bare string or an item that is no string."""
    if isinstance(statements, str | bytes):
        raise InputError("expected a list of statements, found one bare string; put it in a list: [text]")
    if hasattr(statements, "columns"):
        raise InputError(f"expected statements, found a {type(statements).__name__}; pass one of its columns")
    texts = list(statements)
    for n, text in enumerate(texts):
        if not isinstance(text, str):
            hint = "; fill missing values first, as with .fillna('')" if text is None or text != text else ""
            raise InputError(f"expected statements to be str, found {type(text).__name__} at index {n}{hint}")
    return texts


def lower_case_words(texts: Iterable[str]) -> tuple[str, ...]:
    """The words that occur in lower case, sorted."""
    words: set[str] = set()
    for text in texts:
        words.update(word for word in text.replace("’", "'").split() if word[:1].islower())
    return tuple(sorted({canonical(w).strip(".,;:!?\"')(") for w in words}))
