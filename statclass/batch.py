"""Quote files in, labelled files out: in order, in bounded memory, on as many processes as wanted."""

from __future__ import annotations

import os
import signal
import zlib
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from statclass.blocks import TABLES, Counts, Done, Job, classifier_of, label_block, seal_of
from statclass.errors import DataError, StatclassError
from statclass.formats import (
    STANDARD_STREAM,
    Block,
    Nothing,
    Reject,
    Source,
    find_files,
    format_of,
    open_source,
    text_column,
)
from statclass.formats.names import compression_of, stands_for_many
from statclass.formats.parquet import pyarrow
from statclass.formats.writing import compressed
from statclass.resume import HOW_TO_RESUME, Kept, Output, StandardOutput, is_complete

WAITING = 2
"""Blocks that wait for each process, so that none is ever idle."""
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass(frozen=True)
class Inputs:
    """Files to label, and how to read them.

    Parameters
    ----------
    names : sequence of str
        Files, folders, patterns, or ``"-"`` for standard input.
    kind : str, optional
        Their format, when their names do not tell.
    encoding : str
        Of the files that are text.
    column : str, optional
        The text column; found by its usual names when not given.
    """

    names: Sequence[str]
    kind: str | None = None
    encoding: str = "utf-8-sig"
    column: str | None = None

    def files(self, output: str = STANDARD_STREAM) -> list[str]:
        """The files, without the output should that lie among them.

        Raises
        ------
        DataError
            When one that was named is not there, or is the output.
        """
        if output != STANDARD_STREAM and any(_same_file(name, output) for name in self.names):
            raise DataError(f"{output}: is there already, and is one of the inputs; choose another name")
        return [name for name in find_files(self.names) if not _same_file(name, output)]

    def size(self) -> int:
        """Bytes of all files together; 0 when one is a pipe."""
        files = self.files()
        return 0 if STANDARD_STREAM in files else sum(os.path.getsize(name) for name in files if Path(name).exists())


class Read(NamedTuple):
    """A block, a checksum of the input up to its end, and how many bytes of the files were read."""

    block: Block
    mark: int
    place: int


class Written(NamedTuple):
    """What is known after each block of an output."""

    counts: Counts
    place: int


def label_files(
    inputs: Inputs,
    output: str = STANDARD_STREAM,
    *,
    model: str = "default",
    kind: str | None = None,
    jobs: int = 1,
    overwrite: bool = False,
    resume: bool = False,
    strict: bool = False,
    report: Callable[[Written], None] | None = None,
) -> Counts | None:
    """Label files of statements into one file.

    Parameters
    ----------
    inputs : Inputs
    output : str
        The file to write, which appears under its name when it is complete, or ``"-"`` for standard output.
    model : str
        A shipped name, or a folder.
    kind : str, optional
        The format of the output, when its name does not tell; JSON Lines for standard output.
    jobs : int
        Processes that label. The output is the same for any number of them.
    overwrite, resume : bool
        Replace an output that is there; go on with a run that did not end.
    strict : bool
        Stop at the first row that cannot be read or labelled.
    report : callable, optional
        Called after each block.

    Returns
    -------
    Counts or None
        None when there is a complete output already and `resume` has nothing to go on with.

    Raises
    ------
    DataError
        When an input cannot be opened, and with `strict` for the first problem.
    OutputError
        When the output cannot be written, or is there already.
    """
    kind = format_of(output, kind or ("jsonl" if output == STANDARD_STREAM else None))
    if output == STANDARD_STREAM and kind == "parquet":
        raise DataError("a .parquet file cannot be written to a pipe; name it with -o")
    if resume and output != STANDARD_STREAM and is_complete(output):
        return None
    job = Job(model, kind, compression_of(output), inputs.column)
    check_packages(job)
    classifier_of(model)
    files = inputs.files(output)
    check_inputs(inputs, kind)
    sink: Output | StandardOutput = StandardOutput()
    if output != STANDARD_STREAM:
        sink = Output(output, _settings(job, inputs, files), overwrite, resume)
    try:
        if not sink.kept.complete:
            _run(sink, job, read_blocks(inputs, files), jobs, strict, report)
        sink.finish()
    except BaseException as error:
        if sink.stop():
            error.add_note(HOW_TO_RESUME)
        raise
    return sink.kept.counts


def _run(
    sink: Output | StandardOutput,
    job: Job,
    reads: Iterator[Read],
    jobs: int,
    strict: bool,
    report: Callable[[Written], None] | None,
) -> None:
    columns = sink.columns
    if job.kind in TABLES:
        if columns is None:
            columns, reads = _columns_ahead(reads)
        job = replace(job, columns=tuple(columns))
    sink.begin(columns, job.header())
    place = _pass_over(reads, sink.kept)
    if report:
        report(Written(sink.kept.counts, place))
    with closing(label_in_order(job, reads, jobs)) as labelled:
        for done, mark, place in labelled:
            if strict and done.complaint:
                raise DataError(f"{done.complaint} (stopped by --strict)")
            sink.add(done, mark)
            if report:
                report(Written(sink.kept.counts, place))


def read_blocks(inputs: Inputs, files: Sequence[str]) -> Iterator[Read]:
    """The blocks of files one after the other; a file that cannot be opened is a reject when there are others."""
    mark = before = 0
    for name in files:
        try:
            with open_source(name, inputs.kind, inputs.encoding) as source:
                _check_text_column(source, inputs)
                for block in source.blocks:
                    mark = zlib.crc32(block.mark(), mark)
                    yield Read(block, mark, before + source.place())
        except DataError as error:
            if len(files) == 1:
                raise
            mark = zlib.crc32(b"closed", mark)
            reason = str(error).removeprefix(f"{name}:").removeprefix("1:").strip()
            yield Read(Nothing(name, (Reject(name, 1, reason),)), mark, before)
        before += os.path.getsize(name) if os.path.exists(name) else 0


def label_in_order(job: Job, reads: Iterable[Read], jobs: int) -> Generator[tuple[Done, int, int], None, None]:
    """Label blocks, in this process or in others, and give each when those before it were given.

    Yields
    ------
    tuple of (Done, int, int)
        The labelled block, and the checksum and the place of what was read.
    """
    if jobs == 1:
        for read in reads:
            yield label_block(job, read.block), read.mark, read.place
        return
    from joblib import effective_n_jobs
    from joblib.externals.loky import get_reusable_executor
    from joblib.externals.loky.process_executor import BrokenProcessPool

    processes = effective_n_jobs(jobs)
    executor = get_reusable_executor(processes, env=dict.fromkeys(_THREADS, "1"), initializer=_leave_ctrl_c_alone)
    waiting: deque[tuple[Any, int, int]] = deque()
    try:
        for read in reads:
            waiting.append((executor.submit(label_block, job, read.block), read.mark, read.place))
            if len(waiting) > WAITING * processes:
                future, mark, place = waiting.popleft()
                yield future.result(), mark, place
        while waiting:
            future, mark, place = waiting.popleft()
            yield future.result(), mark, place
    except BrokenProcessPool as error:
        raise StatclassError(
            "a process was ended from outside, perhaps for want of memory; use a smaller -j"
        ) from error
    finally:
        executor.shutdown(kill_workers=bool(waiting))


def _leave_ctrl_c_alone() -> None:
    """In a process that labels: it is the first process that stops, and ends the others."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def check_inputs(inputs: Inputs, kind: str) -> None:
    """Before a long run: can the files that were named be opened, and do they have the columns they should have?

    Raises
    ------
    DataError
        For the first that does not.
    """
    first: list[str] | None = None
    for name in inputs.names:
        if name == STANDARD_STREAM or stands_for_many(name):
            continue
        with open_source(name, inputs.kind, inputs.encoding) as source:
            _check_text_column(source, inputs)
            first = first or source.columns
            if kind in TABLES and source.columns and source.columns != first:
                raise DataError(
                    f"{name}: a table has the same columns in every row; found {_listed(source.columns)} after "
                    f"{_listed(first or [])}. Write .jsonl, or label the files one by one"
                )


def check_packages(job: Job) -> None:
    """Raise MissingExtraError when the output needs a package that is not installed."""
    compressed(b" ", job.compression)
    if job.kind == "parquet":
        pyarrow("output")


def _check_text_column(source: Source, inputs: Inputs) -> None:
    if source.columns is not None:
        text_column(source.columns, inputs.column, source.name)


def _columns_ahead(reads: Iterator[Read]) -> tuple[list[str], Iterator[Read]]:
    """The columns of the first block that has any, and all blocks again."""
    passed = []
    for read in reads:
        passed.append(read)
        rows = read.block.parse()
        names = list(rows.columns) or list(dict.fromkeys(name for values in rows.values for name in values))
        if names:
            return names, chain(passed, reads)
    return [], iter(passed)


def _pass_over(reads: Iterator[Read], kept: Kept) -> int:
    """Pass over the blocks that an earlier run did; returns the place where it stopped.

    Raises
    ------
    DataError
        When those blocks are no longer what they were.
    """
    last = Read(Nothing(""), 0, 0)
    for _ in range(kept.blocks):
        last = next(reads, Read(Nothing(""), -1, 0))
    if last.mark != kept.mark:
        raise DataError("the input is no longer what the unfinished run read; add --overwrite to begin anew")
    return last.place


def _settings(job: Job, inputs: Inputs, files: Iterable[str]) -> dict[str, Any]:
    """What must be the same for a run to go on with another."""
    import statclass

    return {
        "version": statclass.__version__,
        "model": seal_of(job.model),
        "kind": job.kind,
        "text column": job.column,
        "input format": inputs.kind,
        "encoding": inputs.encoding,
        "input": [[name, *_size_and_time(name)] for name in files],
    }


def _size_and_time(name: str) -> tuple[int, ...]:
    if not Path(name).exists():
        return ()
    found = os.stat(name)
    return found.st_size, found.st_mtime_ns


def _same_file(name: str, other: str) -> bool:
    try:
        return os.path.samefile(name, other)
    except OSError:
        return False


def _listed(names: Iterable[str]) -> str:
    return ", ".join(map(repr, names))
