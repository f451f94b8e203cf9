"""How fast `statclass.extract` reads, and that its time grows linearly whatever the input.

    python -m tests.benchmarks.extraction_speed [--largest 50]

Prints megabytes of article text a second on one core, first for news copy and then for input made to be slow, each at
a size and at four times that size: a linear reader takes four times as long.
"""

from __future__ import annotations

import argparse
import resource
import time
from pathlib import Path

from statclass.extraction import extract, extract_many
from tests.benchmarks.extraction_scores import ARTICLES, SEEDS
from tests.benchmarks.hard_input import HARD_INPUT

ROUNDS = 7
"""The speed of a stream is the best of so many rounds."""


def news(size: int) -> str:
    """News copy of about a size: the articles at hand, repeated."""
    folders = [folder for folder in (ARTICLES, SEEDS) if folder.is_dir()]
    copy = "\n\n".join(p.read_text(encoding="utf-8") for folder in folders for p in sorted(folder.glob("*.txt")))
    return (copy + "\n\n") * max(1, size // len(copy))


def seconds(text: str) -> float:
    """Processor time that one article takes."""
    begin = time.process_time()
    extract(text)
    return time.process_time() - begin


def stream(folder: Path) -> float:
    """Megabytes a second for all articles of a folder, one after the other: the best of some rounds."""
    copy = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.txt"))]
    copy *= max(1, 500_000 // sum(map(len, copy)))
    size = sum(len(article.encode("utf-8")) for article in copy)
    fastest = float("inf")
    for _ in range(ROUNDS):
        begin = time.process_time()
        for _ in extract_many(copy):
            pass
        fastest = min(fastest, time.process_time() - begin)
    return size / 1e6 / fastest


def report(name: str, text: str) -> None:
    """Print the speed for a text and for four of it."""
    once, four = seconds(text), seconds(text * 4)
    rate = len(text.encode("utf-8", "surrogatepass")) / 1e6 / once if once else float("inf")
    print(f"{name:26} {rate:8.2f} MB/s   four times the text takes {four / max(once, 1e-6):4.1f} times as long")


def main() -> None:
    """Print every figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--largest", type=int, default=50, help="megabytes of the largest article of news copy")
    options = parser.parse_args()
    extract(news(1000))
    for name, folder in (("our own articles", ARTICLES), ("the shared seed articles", SEEDS)):
        if folder.is_dir():
            print(f"a stream of {name}: {stream(folder):.2f} MB/s, the best of {ROUNDS}")
    report("news copy", news(2_000_000))
    for name, unit in HARD_INPUT.items():
        report(name, unit * (500_000 // len(unit)))
    large = news(options.largest * 1_000_000)
    print(f"{len(large) / 1e6:.0f} MB in one article: {len(large) / 1e6 / seconds(large):.2f} MB/s")
    line = large.replace("\n", " ")
    print(f"{len(line) / 1e6:.0f} MB on one line: {len(line) / 1e6 / seconds(line):.2f} MB/s")
    print(f"largest memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
