"""An output that appears under its name only when it is complete, and that a later run can go on with.

While a run goes on, ``labelled.jsonl`` is ``labelled.jsonl.part``, and beside it lies ``labelled.jsonl.journal``: JSON
Lines, the first with what is labelled and how, the others with how far the output is, each written only after what it
speaks of is safe on the disk. A run that goes on cuts the output back to the last of them, passes over the blocks of
the input that are done, and writes the rest; as a block always gives the same bytes, the output is the same in the end.
"""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

from statclass.blocks import Counts, Done
from statclass.errors import OutputError
from statclass.formats import Reject
from statclass.formats.names import REJECTS
from statclass.formats.parquet import is_parquet, write_parquet
from statclass.formats.writing import json_lines

JOURNAL, PART = ".journal", ".part"
SECONDS = 1.0
"""How much work, at most, a run that goes on does again."""
HOW_TO_RESUME = "what is done is kept: run the same command with --resume to go on"


@dataclass
class Kept:
    """How much of an output is safe on the disk.

    Parameters
    ----------
    blocks : int
        Of the input, that are done.
    size, rejects : int
        Bytes of the output and of the file of rejects.
    mark : int
        A checksum of the input up to here.
    complete : bool
        Whether that is all.
    counts : Counts
    """

    blocks: int = 0
    size: int = 0
    rejects: int = 0
    mark: int = 0
    complete: bool = False
    counts: Counts = field(default_factory=Counts)

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON types."""
        return {**vars(self), "counts": self.counts.as_dict()}

    @classmethod
    def from_dict(cls, kept: dict[str, Any]) -> Kept:
        """The inverse of :meth:`as_dict`."""
        return cls(**{**kept, "counts": Counts.from_dict(kept["counts"])})


class Output:
    """An output file while it is being written.

    Parameters
    ----------
    path : str
    settings : dict
        What is labelled and how, as plain JSON types: a run goes on only with what one of the same settings began.
    overwrite, resume : bool

    Attributes
    ----------
    kept : Kept
        How far the output is.
    columns : list of str or None
        The columns that come in, as the earlier run found them.
    resumed : bool
        Whether an earlier run is gone on with.

    Raises
    ------
    OutputError
        When something is there already that is not to be replaced, when the earlier run had other settings, when
        another run is writing the same output, and when it cannot be written.
    """

    def __init__(self, path: str, settings: dict[str, Any], overwrite: bool = False, resume: bool = False) -> None:
        self.path = path
        self.kept = Kept()
        self.columns: list[str] | None = None
        self._settings = json.loads(json.dumps(settings))
        self._part, self._rejects_part = Path(path + PART), Path(path + REJECTS + PART)
        self._journal_path = Path(path + JOURNAL)
        self._streams: list[IO[bytes]] = []
        earlier, records = self._earlier()
        self.resumed = resume and earlier is not None
        if Path(path).exists() and not overwrite:
            raise OutputError(f"{path}: is there already; choose another name, or add --overwrite")
        if earlier is not None and not resume and not overwrite:
            raise OutputError(f"{path}: an unfinished run is there; add --resume to go on with it, or --overwrite")
        if self.resumed:
            self._check_settings(earlier or {})
        try:
            self._open()
            if self.resumed:
                self._cut_back(records)
        except OSError as error:
            raise self._cannot(error) from error

    def _earlier(self) -> tuple[dict[str, Any] | None, list[Kept]]:
        """The settings of an earlier run, and how far it came; a last line that was cut is passed over."""
        try:
            lines = self._journal_path.read_bytes().split(b"\n")[:-1] if self._part.exists() else []
        except OSError:
            lines = []
        found = []
        for line in lines:
            try:
                found.append(json.loads(line))
            except ValueError:
                break
        return (found[0] if found else None), [Kept.from_dict(record) for record in found[1:]]

    def _check_settings(self, earlier: dict[str, Any]) -> None:
        self.columns = earlier.pop("columns", None)
        other = [name for name, value in self._settings.items() if earlier.get(name) != value]
        if other:
            raise OutputError(
                f"{self.path}: the unfinished run had another {' and '.join(other)}; run it as it was, "
                "or add --overwrite to begin anew"
            )

    def _open(self) -> None:
        self._part.parent.mkdir(parents=True, exist_ok=True)
        mode = "r+b" if self.resumed else "wb"
        self._journal = self._opened(self._journal_path, "ab")
        _lock(self._journal, self.path)
        if not self.resumed:
            self._journal.truncate(0)
        self._out = self._opened(self._part, mode)
        self._rejects = self._opened(self._rejects_part, mode if self._rejects_part.exists() else "wb")
        self._safe_at = time.monotonic()

    def _opened(self, path: Path, mode: str) -> IO[bytes]:
        stream = open(path, mode, buffering=0)  # noqa: SIM115
        self._streams.append(stream)
        return stream

    def _cut_back(self, records: list[Kept]) -> None:
        """Cut the files back to the last record whose bytes are there, so that the next is written after them."""
        size = self._part.stat().st_size
        self.kept = next((kept for kept in reversed(records) if kept.complete or kept.size <= size), Kept())
        if not self.kept.complete:
            for stream, end in ((self._out, self.kept.size), (self._rejects, self.kept.rejects)):
                stream.truncate(end)
                stream.seek(end)

    def begin(self, columns: list[str] | None, header: bytes) -> None:
        """Write what comes before the first block, unless an earlier run did."""
        if self.resumed and self.kept.blocks:
            return
        try:
            self._journal.truncate(0)
            _write(self._journal, _line({**self._settings, "columns": columns}))
            self._out.truncate(0)
            _write(self._out, header)
            self.kept.size = len(header)
        except OSError as error:
            raise self._cannot(error) from error

    def add(self, done: Done, mark: int) -> None:
        """Write a labelled block; from time to time, what was written is made safe."""
        rejects = reject_lines(done.rejects)
        try:
            _write(self._out, done.data)
            _write(self._rejects, rejects)
            kept = self.kept
            self.kept = Kept(
                kept.blocks + 1,
                kept.size + len(done.data),
                kept.rejects + len(rejects),
                mark,
                counts=kept.counts + done.counts,
            )
            if time.monotonic() - self._safe_at >= SECONDS:
                self.keep()
        except OSError as error:
            raise self._cannot(error) from error

    def keep(self) -> None:
        """Make what was written safe, and say so in the journal."""
        os.fsync(self._out.fileno())
        os.fsync(self._rejects.fileno())
        _write(self._journal, _line(self.kept.as_dict()))
        os.fsync(self._journal.fileno())
        self._safe_at = time.monotonic()

    def stop(self) -> bool:
        """Close an output that is not complete; returns whether a later run can go on with it."""
        try:
            if self.kept.blocks:
                self.keep()
        except OSError:
            pass  # What the journal said before still holds.
        if not self.kept.blocks:
            self.discard()
        self._close()
        return self.kept.blocks > 0

    def discard(self) -> None:
        """Close an output that is not complete and leave nothing of it."""
        self._close()
        for path in (self._part, self._rejects_part, self._journal_path):
            path.unlink(missing_ok=True)

    def finish(self) -> None:
        """Give the complete output its name. Each step can be done again, should the run be killed between two."""
        try:
            if not self.kept.complete:
                self.kept.complete = True
                self.keep()
            self._close()
            if self._settings["kind"] == "parquet" and not is_parquet(self._part):
                made = self._part.with_name(self._part.name + PART)
                write_parquet(str(self._part), str(made))
                made.replace(self._part)
            rejects = Path(self.path + REJECTS)
            if self._rejects_part.stat().st_size:
                self._rejects_part.replace(rejects)
            else:
                self._rejects_part.unlink()
                if not self.kept.rejects:
                    rejects.unlink(missing_ok=True)
            self._part.replace(self.path)
            self._journal_path.unlink()
        except OSError as error:
            raise self._cannot(error) from error

    def _close(self) -> None:
        for stream in self._streams:
            stream.close()

    def _cannot(self, error: OSError) -> OutputError:
        reason = error.strerror or error
        if self.kept.blocks:
            return OutputError(f"{self.path}: cannot be written ({reason}); {HOW_TO_RESUME}")
        return OutputError(f"{self.path}: cannot be written ({reason})")


class StandardOutput:
    """Standard output, which is not resumed; what is rejected is told on standard error."""

    resumed = False
    columns: list[str] | None = None

    def __init__(self) -> None:
        self.kept = Kept()

    def begin(self, columns: list[str] | None, header: bytes) -> None:
        """Write what comes before the first block."""
        sys.stdout.buffer.write(header)

    def add(self, done: Done, mark: int) -> None:
        """Write a labelled block."""
        sys.stdout.buffer.write(done.data)
        sys.stdout.buffer.flush()
        for reject in done.rejects:
            print(f"rejected: {reject}", file=sys.stderr)
        self.kept = Kept(self.kept.blocks + 1, counts=self.kept.counts + done.counts)

    def stop(self) -> bool:
        """Nothing is kept."""
        return False

    def discard(self) -> None:
        """What was written cannot be taken back."""

    def finish(self) -> None:
        """All is written already."""


def is_complete(path: str) -> bool:
    """Whether an output is there, and no unfinished run that would replace it."""
    if not Path(path).exists() or Path(path + PART).exists():
        return False
    Path(path + JOURNAL).unlink(missing_ok=True)
    return True


def reject_lines(rejects: tuple[Reject, ...]) -> bytes:
    """Rejects as JSON Lines: file, line, reason, the row when there is one, and for how many rows it stands."""
    return json_lines(asdict(reject) for reject in rejects)


def _line(values: dict[str, Any]) -> bytes:
    return json.dumps(values).encode("ascii") + b"\n"


def _write(stream: IO[bytes], data: bytes) -> None:
    """Write all of the data to a file without a buffer, or raise OSError."""
    rest = memoryview(data)
    while rest:
        rest = rest[stream.write(rest) :]


def _lock(stream: IO[bytes], path: str) -> None:
    """Keep other runs from writing the same output, where the system can."""
    try:
        import fcntl
    except ImportError:
        return
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise OutputError(f"{path}: another run is writing it") from error
    except OSError:
        return
