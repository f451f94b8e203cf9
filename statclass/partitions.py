"""Many files in, as many labelled files out: here, or each in a task of a Dask cluster."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from statclass.batch import Inputs, Written, check_packages, label_files
from statclass.blocks import Counts, Job, seal_of
from statclass.errors import DataError, MissingExtraError, ModelError, OutputError, StatclassError
from statclass.formats import STANDARD_STREAM, Reject, find_files, format_of
from statclass.formats.names import REJECTS, compression_of, without_compression
from statclass.resume import is_complete, reject_lines

PATIENCE = "30s"
RETRIES = 5
"""How often a partition is tried again when its worker dies or cannot reach its files."""


@dataclass(frozen=True)
class Partition:
    """A file and the labelled file that is made of it, with all that another process has to know.

    Parameters
    ----------
    inputs : Inputs
        With the one file.
    target : str
    kind : str
        The format of the labelled file.
    model, seal : str
        The model, and the checksum that it must have wherever the partition is labelled.
    strict : bool
    """

    inputs: Inputs
    target: str
    kind: str
    model: str
    seal: str
    strict: bool = False


def is_folder(output: str) -> bool:
    """Whether a labelled file is wanted for each input, in a folder."""
    return output != STANDARD_STREAM and (output.endswith(("/", os.sep)) or Path(output).is_dir())


def label_folder(
    inputs: Inputs,
    folder: str,
    *,
    model: str = "default",
    kind: str | None = None,
    jobs: int = 1,
    overwrite: bool = False,
    resume: bool = False,
    strict: bool = False,
    dask: str | None = None,
    report: Callable[[Written], None] | None = None,
) -> Counts:
    """Label each file of some into a file of a folder, under its own name and in its own format unless `kind` is given.

    Parameters
    ----------
    inputs : Inputs
    folder : str
    model, kind, jobs, overwrite, resume, strict, report
        As in :func:`statclass.batch.label_files`. What `resume` finds complete is passed over and not counted.
    dask : str, optional
        The address of a scheduler: its workers label, a file a task; all must see the same files.

    Raises
    ------
    DataError
        When labelled files are there already, and neither `overwrite` nor `resume` is set.
    MissingExtraError
        With `dask`, when dask.distributed is not installed.
    """
    todo = list(partitions(inputs, folder, model, kind, strict))
    if resume:
        todo = [partition for partition in todo if not is_complete(partition.target)]
    there = [partition.target for partition in todo if Path(partition.target).exists()]
    if there and not overwrite:
        raise DataError(f"{there[0]}: is there already; choose another folder, add --resume or --overwrite")
    done = _on_cluster(todo, dask) if dask else _here(todo, jobs, overwrite, resume, report)
    counts, place = Counts(), 0
    for partition, found in done:
        counts += found
        place += os.path.getsize(partition.inputs.names[0])
        if report:
            report(Written(counts, place))
    return counts


def partitions(inputs: Inputs, folder: str, model: str, kind: str | None, strict: bool) -> Iterator[Partition]:
    """What is to be made of each input; files inside a folder keep their place in it.

    Raises
    ------
    DataError
        When two of them would be made into the same file, or one into itself.
    """
    seal = seal_of(model)
    sources: dict[str, str] = {}
    for name in inputs.names:
        if name == STANDARD_STREAM:
            raise DataError("standard input is one file; name the one to write with -o")
        for source in map(os.path.abspath, find_files([name])):
            inside = os.path.relpath(source, name) if Path(name).is_dir() else Path(source).name
            wanted = format_of(source, kind or inputs.kind)
            target = os.path.abspath(Path(folder) / _target_name(inside, wanted))
            if sources.setdefault(target, source) != source or target == source:
                raise DataError(f"{target}: would be written from {source} and from {sources[target]}")
            if kind == "parquet" or wanted == "parquet":
                check_packages(Job(model, "parquet"))
            yield Partition(replace(inputs, names=(source,)), target, wanted, model, seal, strict)


def _target_name(name: str, kind: str) -> str:
    """The name of a labelled file: that of its input, with another ending where the format is another.

    Examples
    --------
    >>> _target_name("a/part-1.csv.gz", "csv"), _target_name("part-1.csv.gz", "jsonl"), _target_name("x.csv", "parquet")
    ('a/part-1.csv.gz', 'part-1.jsonl.gz', 'x.parquet')
    """
    plain, compression = without_compression(name), compression_of(name)
    try:
        same = format_of(plain) == kind
    except DataError:
        plain, same = f"{plain}.{kind}", True
    plain = plain if same else str(Path(plain).with_suffix(f".{kind}"))
    return f"{plain}.{compression}" if compression and kind != "parquet" else plain


def _here(
    todo: list[Partition], jobs: int, overwrite: bool, resume: bool, report: Callable[[Written], None] | None
) -> Iterator[tuple[Partition, Counts]]:
    """Label partitions on this machine, one after the other."""
    counts, place = Counts(), 0

    def tell(written: Written) -> None:
        if report:
            report(Written(counts + written.counts, place + written.place))

    for one in todo:
        try:
            found = label_files(
                one.inputs,
                one.target,
                model=one.model,
                kind=one.kind,
                jobs=jobs,
                overwrite=overwrite,
                resume=resume,
                strict=one.strict,
                report=tell,
            )
        except OutputError:
            raise
        except DataError as error:
            found = _rejected(one, error)
        counts += found or Counts()
        place += os.path.getsize(one.inputs.names[0])
        yield one, found or Counts()


def _on_cluster(todo: list[Partition], address: str) -> Iterator[tuple[Partition, Counts]]:
    """Label partitions on the workers of a Dask cluster, in whatever order they become ready."""
    try:
        from distributed import Client, KilledWorker, as_completed
    except ImportError as error:
        raise MissingExtraError('--dask needs: pip install "statclass[dask]"') from error
    try:
        client = Client(address, timeout=PATIENCE)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise StatclassError(f"{address}: no Dask scheduler answers there ({error})") from error
    with client:
        futures = {client.submit(label_partition, one, pure=False, retries=RETRIES): one for one in todo}
        try:
            for future in as_completed(list(futures)):  # type: ignore[no-untyped-call]
                yield futures[future], future.result()
                future.release()
        except KilledWorker as error:
            raise StatclassError(f"workers died again and again ({error}); add --resume to go on") from error
    for one in todo:
        _clear_away(Path(one.target))


def label_partition(one: Partition) -> Counts:
    """Label a partition under a name of its own, and give it its name when it is complete.

    Two workers that label the same partition, because one was thought to be dead, do not get in each other's way.
    """
    if seal_of(one.model) != one.seal:
        raise ModelError(f"{one.model}: this worker has another model of that name; install the same on all")
    target = Path(one.target)
    mine = target.with_name(f".{uuid.uuid4().hex}.{target.name}")
    try:
        counts = label_files(one.inputs, str(mine), model=one.model, kind=one.kind, strict=one.strict)
    except OutputError:
        raise
    except DataError as error:
        return _rejected(one, error)
    rejects = Path(f"{mine}{REJECTS}")
    if rejects.exists():
        rejects.replace(one.target + REJECTS)
    mine.replace(target)
    return counts or Counts()


def _rejected(one: Partition, error: DataError) -> Counts:
    """A whole file that cannot be labelled is a reject, unless the run is strict."""
    if one.strict:
        raise error
    name = one.inputs.names[0]
    target = Path(one.target + REJECTS)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(reject_lines((Reject(name, 1, str(error).removeprefix(f"{name}:").strip()),)))
    return Counts(read=1, rejected=1)


def _clear_away(target: Path) -> None:
    """Remove what workers that died left of a partition."""
    for left in target.parent.glob(f".{'?' * 32}.{target.name}*"):
        left.unlink(missing_ok=True)
