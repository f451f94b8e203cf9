"""Thousands of damaged files of every format: no traceback, and counts that add up.

    OMP_NUM_THREADS=1 python -m tests.benchmarks.damaged_input [--files 5000] [--model default] [KIND ...]

Each format is read in a process of its own, so that one which brings the process down is noticed as well. Ends with 1
when a file was not borne; its seed is printed, and ``damaged_file(folder, kind, seed)`` makes it anew.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import traceback
from collections import Counter
from pathlib import Path

from tests.damage import KINDS, check_damaged, damaged_file


def check_kind(kind: str, files: int, model: str) -> int:
    """Label damaged files of a format; returns how many were not borne."""
    sums: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(files):
            print(seed, file=sys.stderr)
            try:
                counts = check_damaged(damaged_file(Path(folder), kind, seed), Path(folder) / "out.jsonl", model)
            except Exception:
                print(f"{kind}, seed {seed}:\n{traceback.format_exc()}")
                sums["not borne"] += 1
                continue
            if counts is None:
                sums["refused"] += 1
            else:
                sums.update({"read": counts.read, "labelled": counts.labelled, "rejected": counts.rejected})
                sums["with a problem"] += counts.with_problem
    print(f"{kind:10} {files:6} files: " + ", ".join(f"{count:,} {name}" for name, count in sums.items()), flush=True)
    return sums["not borne"]


def main() -> int:
    """Check every format; returns 1 when something was not borne."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kinds", nargs="*")
    parser.add_argument("--files", type=int, default=5000, help="damaged files of each format")
    parser.add_argument("--model", default="default")
    parser.add_argument("--here", action="store_true", help="in this process")
    options = parser.parse_args()
    if options.here:
        return min(1, sum(check_kind(kind, options.files, options.model) for kind in options.kinds))
    failed = 0
    for kind in options.kinds or KINDS:
        command = [sys.executable, "-m", __spec__.name, "--here", kind, "--files", str(options.files)]
        done = subprocess.run([*command, "--model", options.model], stderr=subprocess.PIPE, text=True)
        if done.returncode not in (0, 1):
            print(f"{kind}: ended with {done.returncode} at seed {done.stderr.split()[-1]}")
        failed += done.returncode != 0
    return min(1, failed)


if __name__ == "__main__":
    sys.exit(main())
