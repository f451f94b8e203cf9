"""Statements in, embeddings out: the exported transformer, run by onnxruntime. Nothing here needs torch."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from statclass.errors import MissingExtraError

Floats32 = NDArray[np.float32]

GRAPH, TOKENIZER = "encoder.onnx", "tokenizer.json"
POOLED = "pooled"
MAX_TOKENS = 128
_BATCH_TOKENS = 2048
_MOST_CHARACTERS = 4000
_NEEDED = 'the accurate model needs onnxruntime and tokenizers: pip install "statclass[accurate]"'


class Encoder:
    """A sentence transformer as two files of data: the graph and the tokenizer.

    An embedding depends on its statement alone, not on what stands in the same batch. The session is opened at first
    use, in each process anew.

    Parameters
    ----------
    graph : bytes
        ONNX, with inputs ``ids`` and ``mask`` of shape (n, tokens) and the output ``pooled``.
    tokenizer : bytes
        ``tokenizer.json`` of the library tokenizers.

    Raises
    ------
    MissingExtraError
        When onnxruntime or tokenizers is not installed.
    """

    def __init__(self, graph: bytes, tokenizer: bytes) -> None:
        check_extra()
        self.graph = graph
        self.tokenizer = tokenizer
        self._opened: tuple[int, Any, Any] | None = None

    @property
    def sha256(self) -> str:
        """Hash of the graph."""
        return hashlib.sha256(self.graph).hexdigest()

    def embed(self, texts: Sequence[str]) -> Floats32:
        """Embeddings of shape (n_texts, width), in the order of the texts; the first 128 tokens of each are read."""
        width = self._open()[1].get_outputs()[0].shape[1]
        embedded = np.zeros((len(texts), width), np.float32)
        for chosen, _, (pooled,) in self.run([_readable(text) for text in texts], [POOLED]):
            embedded[chosen] = pooled
        return embedded

    def run(
        self, texts: Sequence[str], outputs: Sequence[str]
    ) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int32], list[Any]]]:
        """Outputs of the graph by name, batch by batch, with the indices of the texts and which tokens are there."""
        tokenizer, session = self._open()
        rows = [encoding.ids for encoding in tokenizer.encode_batch(list(texts))]
        for chosen in length_buckets([len(row) for row in rows], _BATCH_TOKENS):
            ids, mask = _padded([rows[n] for n in chosen])
            yield chosen, mask, session.run(list(outputs), {"ids": ids, "mask": mask})

    def _open(self) -> tuple[Any, Any]:
        """Tokenizer and session of this process: a session does not outlive a fork."""
        if self._opened is None or self._opened[0] != os.getpid():
            self._opened = (os.getpid(), _tokenizer(self.tokenizer), _session(self.graph))
        return self._opened[1], self._opened[2]

    def __getstate__(self) -> dict[str, Any]:
        return {"graph": self.graph, "tokenizer": self.tokenizer, "_opened": None}


def check_extra() -> None:
    """Raise MissingExtraError when onnxruntime or tokenizers is not installed."""
    from importlib.util import find_spec

    if not (find_spec("onnxruntime") and find_spec("tokenizers")):
        raise MissingExtraError(_NEEDED)


def length_buckets(lengths: Sequence[int], tokens: int) -> list[NDArray[np.int64]]:
    """Indices of statements in batches of like length, each of about `tokens` tokens with its padding.

    Examples
    --------
    >>> [batch.tolist() for batch in length_buckets([5, 2, 9, 2], 10)]
    [[1, 3], [0], [2]]
    """
    order = np.argsort(lengths, kind="stable")
    found, start = [], 0
    for end in range(1, len(order) + 1):
        if end == len(order) or lengths[order[end]] * (end + 1 - start) > tokens:
            found.append(order[start:end])
            start = end
    return found


def threads() -> int:
    """Threads for one session: every core that this process may use, or one where processes already share them."""
    if multiprocessing.parent_process() is not None:
        return 1
    given = os.environ.get("OMP_NUM_THREADS", "")
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return int(given) if given.isdigit() and int(given) else usable


def _tokenizer(data: bytes) -> Any:
    from tokenizers import Tokenizer

    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")  # its threads warn when a process forks later
    tokenizer = Tokenizer.from_buffer(data)
    tokenizer.enable_truncation(MAX_TOKENS)
    tokenizer.no_padding()
    return tokenizer


def _session(graph: bytes) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads()
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])


def _readable(text: str) -> str:
    """What the tokenizer takes: the beginning, without lone surrogates."""
    return text[:_MOST_CHARACTERS].encode("utf-8", "replace").decode("utf-8")


def _padded(rows: Sequence[Sequence[int]]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    ids = np.zeros((len(rows), max(map(len, rows))), np.int32)
    mask = np.zeros_like(ids)
    for n, row in enumerate(rows):
        ids[n, : len(row)] = row
        mask[n, : len(row)] = 1
    return ids, mask
