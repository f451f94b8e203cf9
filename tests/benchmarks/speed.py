"""Statements a second on one core, beside scikit-learn and (when installed) fastText, in one run.

OMP_NUM_THREADS=1 python -m tests.benchmarks.speed
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable

import statclass
from statclass.resources import shipped

ROUNDS = 5
FIRST_LABEL = "import statclass; statclass.classify('We will not be summoned by anyone.')"


def statements(count: int = 12_000, size: int = 160) -> list[str]:
    """Statements of the corpus of about `size` bytes on average."""
    texts = [
        json.loads(line)["text"]
        for path in sorted(shipped("seeds").glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    longer = sorted(texts, key=len)[len(texts) * 4 // 10 :]
    chosen = (longer * (count // len(longer) + 1))[:count]
    print(f"{len(chosen)} statements of {sum(len(t.encode()) for t in chosen) / len(chosen):.0f} bytes (aim {size})")
    return chosen


def rate(label: Callable[[list[str]], object], texts: list[str]) -> float:
    """The best of a few rounds, in statements a second."""
    label(texts[:2000])
    times = []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        label(texts)
        times.append(time.perf_counter() - begin)
    return len(texts) / min(times)


def tfidf(texts: list[str], labels: list[str]) -> Callable[[list[str]], object]:
    """scikit-learn: word 1-2-grams, TF-IDF, logistic regression."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    return (
        make_pipeline(TfidfVectorizer(ngram_range=(1, 2)), LogisticRegression(max_iter=200)).fit(texts, labels).predict
    )


def fasttext(texts: list[str], labels: list[str]) -> Callable[[list[str]], object] | None:
    """fastText: words, 2-grams, 10 dimensions; None when it is not installed."""
    try:
        import fasttext as library
    except ImportError:
        return None
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
        file.writelines(f"__label__{name} {' '.join(text.split())}\n" for text, name in zip(texts, labels, strict=True))
        file.flush()
        model = library.train_supervised(file.name, wordNgrams=2, dim=10, epoch=10, thread=1, verbose=0)
    return lambda batch: [model.f.predict(" ".join(text.split()) + "\n", 1, 0.0, "strict") for text in batch]


def first_label() -> tuple[float, float]:
    """Wall seconds and peak megabytes of a fresh process to its first label (median of five)."""
    walls, peaks = [], []
    for _ in range(5):
        begin = time.perf_counter()
        process = subprocess.Popen([sys.executable, "-c", FIRST_LABEL])
        _, _, usage = os.wait4(process.pid, 0)
        walls.append(time.perf_counter() - begin)
        peaks.append(usage.ru_maxrss / 1024)
    return sorted(walls)[2], sorted(peaks)[2]


def main() -> None:
    """Print the table."""
    wall, peak = first_label()
    print(f"fresh process to first label: {wall:.2f} s, {peak:.0f} MB")
    texts = statements()
    labels = [p.label for p in statclass.classify_many(texts)]
    rows = {
        "statclass classify_many": rate(statclass.classify_many, texts),
        "TF-IDF + logistic regression": rate(tfidf(texts, labels), texts),
    }
    if quick := fasttext(texts, labels):
        rows["fastText, 2-grams, 10 dimensions"] = rate(quick, texts)
    for name, found in rows.items():
        print(f"{name:34s} {found:10,.0f} a second   {found / rows['statclass classify_many']:6.2f} of statclass")


if __name__ == "__main__":
    main()
