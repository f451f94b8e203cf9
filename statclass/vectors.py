"""Word vectors distilled from sentence transformers, shipped as a small table of bytes.

Each word was embedded alone by all-MiniLM-L6-v2 (Wang et al. 2020, "MiniLM"; Apache-2.0), and once more, where it
stands in the corpus, by the same transformer fine-tuned on the corpus: there words are near each other that do the same
thing. Both were centred and reduced to their first principal components, which stand side by side. :func:`distil` makes
the table; nothing else needs the transformers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from statclass.errors import MissingExtraError
from statclass.text import canonical, tokenize

FIRST_WORD = 2
"""The first rows of the table stand for unknown words and for names."""
DIMENSIONS = 64
"""Kept of each of the two."""
_ALONE = 3
"""As many occurrences is the word by itself worth."""
_FEW = 3
_FILE = "vectors.npz"
TokenStates = tuple[str, Sequence[tuple[int, int]], NDArray[np.float32]]
"""A text, the places of its word pieces, and their states, shape (n_pieces, width)."""


@cache
def word_vectors() -> tuple[NDArray[np.float32], dict[str, int]]:
    """The shipped table: vectors of shape (n_words + 2, 128) and the row of each word."""
    source = files("statclass").joinpath("data", _FILE)
    with source.open("rb") as stream, np.load(stream, allow_pickle=False) as arrays:
        values = arrays["vectors"].astype(np.float32) * arrays["scale"]
        words = arrays["words"].tobytes().decode("ascii").split("\n")
    blank = np.zeros((FIRST_WORD, values.shape[1]), np.float32)
    return np.vstack([blank, values]), {word: row for row, word in enumerate(words, FIRST_WORD)}


def words_for_table(statements: Iterable[str]) -> list[str]:
    """The words of the shipped table, and those that occur in at least a few of some statements.

    Examples
    --------
    >>> "qqq" in words_for_table(["A qqq.", "The qqq.", "No qqq."]), "qqq" in words_for_table(["A qqq."])
    (True, False)
    """
    held_by = Counter(word for text in statements for word in {canonical(token) for token, _, _ in tokenize(text)})
    more = (word for word, count in held_by.items() if count >= _FEW and word.isascii() and word.isalpha())
    return [*word_vectors()[1], *(word for word in more if len(word) > 1)]


def distil(
    words: Iterable[str],
    statements: Sequence[str],
    plain: str,
    tuned: Callable[[Sequence[str]], Iterable[TokenStates]],
    target: Path,
) -> None:
    """Embed words with two sentence transformers and write the reduced table.

    Parameters
    ----------
    words : iterable of str
        In canonical form, ASCII.
    statements : sequence of str
        In which the tuned transformer meets the words.
    plain : str
        Folder of the transformer that meets words alone.
    tuned : callable
        Takes texts; returns for each, in any order, the text, the places of its word pieces, and their states.
    target : Path
        File to write.

    Raises
    ------
    MissingExtraError
        When sentence-transformers is not installed (extra ``vectors``).
    """
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise MissingExtraError('distilling word vectors needs: pip install "statclass[vectors]"') from error
    chosen = sorted({word for word in words if word.isascii()})
    alone = SentenceTransformer(plain, device="cpu").encode(chosen, batch_size=256, normalize_embeddings=True)
    met = _in_context(chosen, statements, tuned)
    reduced = [_principal(alone), _principal(met)]
    reduced[1] *= reduced[0].std() / reduced[1].std()
    scale = np.float32(np.abs(reduced[0]).max() / 127)
    np.savez_compressed(
        target,
        vectors=np.clip(np.round(np.hstack(reduced) / scale), -127, 127).astype(np.int8),
        scale=np.float32(scale * 2),
        words=np.frombuffer("\n".join(chosen).encode("ascii"), np.uint8),
    )


def _principal(embedded: NDArray[np.float32]) -> NDArray[np.float32]:
    centred = embedded - embedded.mean(0)
    _, _, components = np.linalg.svd(centred, full_matrices=False)
    reduced: NDArray[np.float32] = centred @ components[:DIMENSIONS].T
    return reduced


def _in_context(
    words: Sequence[str], statements: Sequence[str], tuned: Callable[[Sequence[str]], Iterable[TokenStates]]
) -> NDArray[np.float32]:
    """The mean state of each word over the statements and by itself."""
    row = {word: n for n, word in enumerate(words)}
    total, count = np.zeros((0, 0), np.float32), np.full(len(words), 1e-9)
    for texts, weight in ((words, _ALONE), (statements, 1)):
        for text, offsets, states in tuned(texts):
            total = total if total.size else np.zeros((len(words), states.shape[1]), np.float32)
            for word, state in _states(text, offsets, states):
                if word in row:
                    total[row[word]] += weight * state
                    count[row[word]] += weight
    return np.asarray(total / count[:, None], np.float32)


def _states(
    text: str, offsets: Sequence[tuple[int, int]], states: NDArray[np.float32]
) -> Iterator[tuple[str, NDArray[np.float32]]]:
    """The words of a statement, each with the mean state of its word pieces."""
    for token, start, end in tokenize(text):
        pieces = [n for n, (a, b) in enumerate(offsets) if start <= a < b <= end]
        if pieces:
            yield canonical(token), states[pieces].mean(0)
