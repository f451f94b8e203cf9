"""How long training on 10,000 statements with five folds takes, and how much memory.

    python -m tests.benchmarks.training_speed [STATEMENTS]

The shipped corpus, some of its statements repeated with a number to reach the size asked for. Memory is that of the
process and its helpers together, sampled while they run (shared pages counted once).
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import threading
import time
from pathlib import Path

from statclass.labelled import read_labelled
from statclass.resources import shipped
from statclass.training import train

EVERY = 0.2


def megabytes() -> float:
    """Memory of this process and its children (proportional share of what they hold in common)."""
    total = 0.0
    for process in [Path("/proc/self"), *_children()]:
        try:
            line = next(line for line in (process / "smaps_rollup").read_text().splitlines() if line.startswith("Pss:"))
            total += float(line.split()[1]) / 1000
        except (OSError, StopIteration):
            continue
    return total


def _children() -> list[Path]:
    """Every process that descends from this one."""
    found, parents = [], {int(Path("/proc/self").resolve().name)}
    for process in sorted((p for p in Path("/proc").iterdir() if p.name.isdigit()), key=lambda p: int(p.name)):
        try:
            parent = int((process / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        if parent in parents:
            parents.add(int(process.name))
            found.append(process)
    return found


def main(statements: int) -> None:
    """Print seconds and megabytes."""
    rows = read_labelled([shipped("seeds")])
    several = [rows[n % len(rows)] for n in range(statements)]
    peak, done = [0.0], threading.Event()

    def watch() -> None:
        while not done.wait(EVERY):
            peak[0] = max(peak[0], megabytes())

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.jsonl"
        lines = (
            {"text": row.text + (f" ({n})" if n >= len(rows) else ""), "primary": row.primary, "labels": row.labels}
            for n, row in enumerate(several)
        )
        path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        watcher = threading.Thread(target=watch)
        watcher.start()
        began = time.perf_counter()
        train(path)
        took = time.perf_counter() - began
        done.set()
        watcher.join()
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    processor = sum(each.ru_utime + each.ru_stime for each in used)
    print(f"{statements} statements: {took:.0f} s ({processor:.0f} s of processors), at most {peak[0]:.0f} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
