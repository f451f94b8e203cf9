"""Files end to end: rate beside classify_many's, several processes, memory and time as files grow.

    OMP_NUM_THREADS=1 python -m tests.benchmarks.files [--rows 100000] [--many 5000000] [--model default] [--formats]

Prints, each with what is asked of it: ``label`` from JSON Lines to JSON Lines on one core beside ``classify_many`` on
the same statements in the same run (at least half); two processes beside one (at least 1.7 times, on a machine of two
idle cores); the time for ten times the rows (at most 10.5 times); and the peak memory at ``--many`` rows beside that
at 100,000 (at most 50 MB more, and less than 400 MB). With ``--formats`` also what each format costs a row.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from statclass.batch import Inputs, label_files
from statclass.blocks import classifier_of
from tests.benchmarks.corpus import write_rows

FORMATS = ("txt", "csv", "tsv", "jsonl", "parquet", "jsonl.gz", "jsonl.zst")


def label(source: Path, output: Path, jobs: int, model: str) -> tuple[float, float]:
    """Wall seconds and peak megabytes (of the largest process) of the command."""
    command = [sys.executable, "-m", "statclass.cli", "label", str(source), "-o", str(output), "--model", model]
    begin = time.perf_counter()
    process = subprocess.Popen([*command, "-j", str(jobs), "--overwrite"], stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0
    return time.perf_counter() - begin, usage.ru_maxrss / 1024


def beside_classify_many(source: Path, output: Path, model: str, clock: Callable[[], float]) -> tuple[float, float]:
    """Rows a second of ``classify_many`` and of the file path, in this process, the better of three of each in turn."""
    texts = [json.loads(line)["quote"] for line in source.read_text(encoding="utf-8").split("\n")[:-1]]
    classify_many = classifier_of(model).classify_many
    classify_many(texts[:2000])
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(3):
        begin = clock()
        for at in range(0, len(texts), 4096):
            classify_many(texts[at : at + 4096])
        middle = clock()
        label_files(Inputs((str(source),)), str(output), model=model, overwrite=True)
        times[0].append(middle - begin)
        times[1].append(clock() - middle)
    return len(texts) / min(times[0]), len(texts) / min(times[1])


def cost_of_formats(source: Path, folder: Path, model: str, rows: int) -> None:
    """Print the microseconds of processor time a row that reading and writing each format take beside labelling."""
    classifier = classifier_of(model)
    one = classifier.classify_many(["We refuse."])[0]
    classifier.classify_many = lambda texts: [one] * len(list(texts))  # type: ignore[method-assign]
    for given in ("jsonl", *(kind for kind in FORMATS if not kind.startswith("jsonl"))):
        for wanted in FORMATS:
            start = source if given == "jsonl" else folder / f"in.{given}"
            if not start.exists():
                label_files(Inputs((str(source),)), str(start), model=model)
            begin = time.process_time()
            column = "text" if given == "txt" else "quote"
            label_files(Inputs((str(start),), column=column), str(folder / f"o.{wanted}"), model=model, overwrite=True)
            print(f"{given:8} to {wanted:10} {(time.process_time() - begin) / rows * 1e6:6.1f} us a row", flush=True)


def main() -> None:
    """Print every figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--many", type=int, default=5_000_000, help="rows to measure memory at; 0 leaves it out")
    parser.add_argument("--model", default="default")
    parser.add_argument("--formats", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder, model = Path(place), options.model
        source, output = write_rows(folder / "q.jsonl", options.rows), folder / "out.jsonl"
        for name, clock in (("wall", time.perf_counter), ("processor", time.process_time)):
            alone, files = beside_classify_many(source, output, model, clock)
            rates = f"classify_many {alone:,.0f} a second, files {files:,.0f}: {files / alone:.2f} of it"
            print(f"{rates} (asked: 0.5), by {name} time", flush=True)
        ten = write_rows(folder / "ten.jsonl", 10 * options.rows)
        once, small = label(source, output, 1, model)
        seconds, peak = label(ten, output, 1, model)
        print(f"ten times the rows: {seconds / once:.2f} times as long (asked: 10.5)", flush=True)
        parallel, _ = label(ten, output, 2, model)
        print(f"two processes: {seconds / parallel:.2f} times as fast as one (asked: 1.7)", flush=True)
        print(
            f"peak memory: {small:.0f} MB at {options.rows:,} rows, {peak:.0f} MB at {10 * options.rows:,}", flush=True
        )
        if options.many:
            _, peak = label(write_rows(folder / "many.jsonl", options.many), output, 1, model)
            print(f"             {peak:.0f} MB at {options.many:,} (asked: 50 MB more, and under 400 MB)", flush=True)
        if options.formats:
            cost_of_formats(source, folder, model, options.rows)


if __name__ == "__main__":
    main()
