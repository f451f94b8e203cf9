"""Word vectors distilled from a sentence transformer, shipped as a small table of bytes.

Each word was embedded alone by all-MiniLM-L6-v2 (Wang et al. 2020, "MiniLM"; Apache-2.0), the vectors were centred and
reduced to their first principal components. :func:`distil` makes the table; nothing else needs the transformer.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from statclass.errors import MissingExtraError

FIRST_WORD = 2
"""The first rows of the table stand for unknown words and for names."""
DIMENSIONS = 64
_FILE = "vectors.npz"


@cache
def word_vectors() -> tuple[NDArray[np.float32], dict[str, int]]:
    """The shipped table: vectors of shape (n_words + 2, 64) and the row of each word."""
    source = files("statclass").joinpath("data", _FILE)
    with source.open("rb") as stream, np.load(stream, allow_pickle=False) as arrays:
        values = arrays["vectors"].astype(np.float32) * arrays["scale"]
        words = arrays["words"].tobytes().decode("ascii").split("\n")
    blank = np.zeros((FIRST_WORD, values.shape[1]), np.float32)
    return np.vstack([blank, values]), {word: row for row, word in enumerate(words, FIRST_WORD)}


def distil(words: Iterable[str], model: str, target: Path) -> None:
    """Embed words with a sentence transformer and write the reduced table.

    Parameters
    ----------
    words : iterable of str
        In canonical form, ASCII.
    model : str
        Folder of the sentence transformer.
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
    embedded = SentenceTransformer(model, device="cpu").encode(chosen, batch_size=256, normalize_embeddings=True)
    centred = embedded - embedded.mean(0)
    _, _, components = np.linalg.svd(centred, full_matrices=False)
    reduced = centred @ components[:DIMENSIONS].T
    scale = np.float32(np.abs(reduced).max() / 127)
    np.savez_compressed(
        target,
        vectors=np.round(reduced / scale).astype(np.int8),
        scale=np.float32(scale * 2),
        words=np.frombuffer("\n".join(chosen).encode("ascii"), np.uint8),
    )
