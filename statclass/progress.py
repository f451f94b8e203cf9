"""How far a run is: for people on a terminal, for machines as JSON Lines, and for nobody in a pipe."""

from __future__ import annotations

import json
import shutil
import sys
import time
from typing import IO, Any

from statclass.batch import Written
from statclass.blocks import Counts

_SCREEN_SECONDS, _LOG_SECONDS = 0.2, 10.0


class Progress:
    """Tells on standard error how far a run is.

    Parameters
    ----------
    total : int
        Bytes of all inputs; 0 when it is not known, as of a pipe.
    as_json : bool
        Write JSON Lines: one with ``"event": "start"``, one of ``"progress"`` every ten seconds, one of ``"end"``.
        Otherwise a line that is written anew, when standard error is a terminal, and nothing when it is not.
    """

    def __init__(self, total: int = 0, as_json: bool = False, stream: IO[str] | None = None) -> None:
        self._stream = stream or sys.stderr
        self._total = total
        self._as_json = as_json
        self._on_screen = not as_json and self._stream.isatty()
        self._begun = self._told = time.monotonic()
        self._before: Written | None = None
        if as_json:
            self._log({"event": "start", "bytes": total})

    def __call__(self, written: Written) -> None:
        """Tell it, unless that was done a moment ago; the first call says where the run begins."""
        self._before = self._before or written
        wait = _LOG_SECONDS if self._as_json else _SCREEN_SECONDS
        if time.monotonic() - self._told < wait or not (self._as_json or self._on_screen):
            return
        self._told = time.monotonic()
        if self._as_json:
            self._log({"event": "progress", **self.state(written)})
        else:
            self._show(line_of(self.state(written)))

    def state(self, written: Written) -> dict[str, Any]:
        """Rows, rows a second in this run, share of the bytes and seconds left (None when not known), and labels."""
        seconds = max(time.monotonic() - self._begun, 1e-9)
        before = self._before or written
        rows, place = written.counts.read - before.counts.read, written.place - before.place
        left = self._total - written.place
        return {
            "rows": written.counts.read,
            "rate": round(rows / seconds, 1),
            "seconds": round(seconds, 1),
            "share": round(written.place / self._total, 4) if self._total else None,
            "left": round(left * seconds / place, 1) if self._total and place > 0 else None,
            "labels": dict(written.counts.labels.most_common()),
        }

    def end(self, counts: Counts) -> None:
        """The last word: the counts."""
        self.clear()
        if self._as_json:
            seconds = round(time.monotonic() - self._begun, 1)
            self._log({"event": "end", **counts.as_dict(), "seconds": seconds})
        else:
            print(counts, file=self._stream)

    def clear(self) -> None:
        """Take the line off the screen."""
        if self._on_screen:
            self._show("")

    def _show(self, line: str) -> None:
        width = shutil.get_terminal_size().columns - 1
        self._stream.write(f"\r\x1b[K{line[:width]}")
        self._stream.flush()

    def _log(self, event: dict[str, Any]) -> None:
        print(json.dumps(event), file=self._stream, flush=True)


def line_of(state: dict[str, Any]) -> str:
    """A state as a line for people.

    Examples
    --------
    >>> line_of({"rows": 20000, "rate": 9876.5, "share": 0.25, "left": 61.2, "labels": {"other": 15000}})
    '20,000 rows, 25%, 9,876 a second, 1:01 left: other 15,000'
    """
    parts = [f"{state['rows']:,} rows", f"{state['rate']:,.0f} a second"]
    if state["share"] is not None:
        parts.insert(1, f"{state['share']:.0%}")
    if state["left"] is not None:
        hours, rest = divmod(int(state["left"]), 3600)
        parts.append(f"{f'{hours}:{rest // 60:02d}' if hours else rest // 60}:{rest % 60:02d} left")
    labels = ", ".join(f"{name} {count:,}" for name, count in state["labels"].items())
    return f"{', '.join(parts)}: {labels}"
