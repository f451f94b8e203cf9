"""Speed of the accurate and large models and of the cascade on all cores, and how soon the first label is there.

    python -m tests.benchmarks.accurate [--labelled ../shared/eval/dev.jsonl]

The statements are of the corpus, about 140 bytes each. With a labelled file it also tells how well each labels it. A
model whose extra is not installed is left out, and named.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time

import statclass
from statclass.evaluation import evaluate
from statclass.labelled import read_labelled
from tests.benchmarks.corpus import statements

MODELS = ("default", "cascade", "accurate", "large")
STATEMENTS = 2000
ROUNDS = 3
STARTS = 3
FIRST_LABEL = "import statclass; statclass.load({!r}).classify('We will not be summoned by anyone.')"


def is_installed(model: str) -> bool:
    """Whether a model can be loaded here; says why not."""
    try:
        statclass.load(model)
    except statclass.MissingExtraError as error:
        print(f"{model}: left out; {error}")
        return False
    return True


def rate(model: str, texts: list[str]) -> float:
    """Statements a second by the clock, the best of a few rounds."""
    classifier = statclass.load(model)
    classifier.classify_many(texts[:100])
    times = []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        classifier.classify_many(texts)
        times.append(time.perf_counter() - begin)
    return len(texts) / min(times)


def first_label(model: str) -> float:
    """Seconds from a fresh start to the first label, the best of a few."""
    times = []
    for _ in range(STARTS):
        begin = time.perf_counter()
        subprocess.run([sys.executable, "-c", FIRST_LABEL.format(model)], check=True)
        times.append(time.perf_counter() - begin)
    return min(times)


def main(labelled: str | None) -> None:
    """Print one table."""
    texts = [text for text in statements(20 * STATEMENTS) if 120 <= len(text.encode()) <= 200][:STATEMENTS]
    print(f"{len(texts)} statements of {sum(len(t.encode()) for t in texts) / len(texts):.0f} bytes on average")
    models = [model for model in MODELS if is_installed(model)]
    for model in models:
        print(
            f"{model:10s} {rate(model, texts):8.0f} a second, first label after {first_label(model):.2f} s", flush=True
        )
    cascade = statclass.load("cascade")
    cascade.classify_many(texts)
    print(f"the cascade sends on {cascade.share_sent_on:.0%} of them")  # type: ignore[attr-defined]
    for model in models if labelled else ():
        scores = evaluate(statclass.load(model), read_labelled([str(labelled)])).overall
        print(
            f"{model:10s} macro-F1 {scores.macro_f1:.3f}, accuracy {scores.accuracy:.3f}, "
            f"calibration error {scores.calibration_error:.3f}"
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--labelled")
    main(parser.parse_args().labelled)
