"""Kill -9 at random moments, then --resume: is the output that of a run that was left alone, to the byte?

    OMP_NUM_THREADS=1 python -m tests.benchmarks.kill_and_resume [--rows 300000] [--times 20] [-j 1] [--to jsonl]

Every time the run is killed, with its processes, at a random moment of the time that the first one took; it is then
resumed, and killed again at another, before it may end. Ends with 1 when an output is another.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks.corpus import write_rows


def start(*arguments: object) -> subprocess.Popen[bytes]:
    """Run ``statclass label`` as the leader of its own group of processes."""
    command = [sys.executable, "-m", "statclass.cli", "label", *map(str, arguments)]
    return subprocess.Popen(command, stderr=subprocess.DEVNULL, start_new_session=True)


def killed_after(seconds: float, *arguments: object) -> bool:
    """Kill a run after a while; returns whether it had not ended by then."""
    running = start(*arguments)
    try:
        running.wait(seconds)
    except subprocess.TimeoutExpired:
        os.killpg(running.pid, signal.SIGKILL)
    return running.wait() == -signal.SIGKILL


def main() -> int:
    """Print a line for each time, and how many outputs were the same."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=300_000)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("-j", "--jobs", type=int, default=1)
    parser.add_argument("--to", default="jsonl", help="ending of the output, such as csv.gz or parquet")
    parser.add_argument("--model", default="default")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    same = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = write_rows(folder / "quotes.jsonl", options.rows)
        whole, output = folder / f"whole.{options.to}", folder / f"out.{options.to}"
        settings = ("-j", options.jobs, "--model", options.model)
        begin = time.perf_counter()
        assert start(source, "-o", whole, *settings).wait() == 0
        seconds = time.perf_counter() - begin
        print(f"{options.rows:,} rows, left alone: {seconds:.1f} s", flush=True)
        for number in range(options.times):
            killed: list[float] = []
            while not killed:
                output.unlink(missing_ok=True)
                moments = [chance.uniform(0, seconds) for _ in range(2)]
                killed = [at for at in moments if killed_after(at, source, "-o", output, *settings, "--resume")]
            code = start(source, "-o", output, *settings, "--resume").wait()
            equal = code == 0 and output.read_bytes() == whole.read_bytes()
            left = [path.name for path in folder.glob("out.*") if path != output]
            same += equal and not left
            shown = " and ".join(f"{moment:.1f} s" for moment in killed)
            print(
                f"{number + 1:3}: killed after {shown}: {'the same' if equal else 'ANOTHER'} {left or ''}", flush=True
            )
            output.unlink(missing_ok=True)
    print(f"{same} of {options.times} the same")
    return int(same != options.times)


if __name__ == "__main__":
    sys.exit(main())
