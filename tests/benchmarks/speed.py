"""Statements a second on one core, beside what a user would train instead, in one run.

    OMP_NUM_THREADS=1 python -m tests.benchmarks.speed

The others are trained on the labels that statclass gives, and left out, with the reason, when not installed. Besides,
how fast the bytes are read and lower-cased, which no labelling can be faster than.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import islice

import statclass
from tests.benchmarks.corpus import statements

ROUNDS = 5
TRAINED_ON = 2000
Labeller = Callable[[list[str]], object]
FIRST_LABEL = "import statclass; statclass.classify('We will not be summoned by anyone.')"


def rate(label: Labeller, texts: list[str]) -> float:
    """The best of a few rounds, in statements a second of processor time, on which other work tells less."""
    label(texts[:2000])
    times = []
    for _ in range(ROUNDS):
        begin = time.process_time()
        label(texts)
        times.append(time.process_time() - begin)
    return len(texts) / min(times)


def tfidf(texts: list[str], labels: list[str]) -> Labeller:
    """scikit-learn: word 1-2-grams, TF-IDF, logistic regression."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    return (
        make_pipeline(TfidfVectorizer(ngram_range=(1, 2)), LogisticRegression(max_iter=200)).fit(texts, labels).predict
    )


def fasttext(texts: list[str], labels: list[str]) -> Labeller:
    """fastText: words, 2-grams, 10 dimensions, labelling line by line through its C++ as its own method does."""
    import fasttext as library

    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
        file.writelines(f"__label__{name} {' '.join(text.split())}\n" for text, name in zip(texts, labels, strict=True))
        file.flush()
        model = library.train_supervised(file.name, wordNgrams=2, dim=10, epoch=10, thread=1, verbose=0)
    return lambda batch: [model.f.predict(" ".join(text.split()) + "\n", 1, 0.0, "strict") for text in batch]


def spacy(texts: list[str], labels: list[str]) -> Labeller:
    """spaCy: its tokenizer and the bag-of-words text classifier."""
    from spacy.lang.en import English
    from spacy.training import Example

    nlp = English()
    bag = {
        "@architectures": "spacy.TextCatBOW.v2",
        "exclusive_classes": True,
        "ngram_size": 1,
        "no_output_layer": False,
    }
    nlp.add_pipe("textcat", config={"model": bag})
    kinds = sorted(set(labels))
    examples = [
        Example.from_dict(nlp.make_doc(text), {"cats": {kind: float(kind == label) for kind in kinds}})
        for text, label in zip(texts[:TRAINED_ON], labels, strict=False)
    ]
    nlp.initialize(lambda: examples)
    for at in range(0, len(examples), 128):
        nlp.update(examples[at : at + 128])
    return lambda batch: [max(doc.cats, key=doc.cats.get) for doc in nlp.pipe(batch, batch_size=1000)]


def lower_case(texts: list[str], labels: list[str]) -> Labeller:
    """Reading the bytes of a file line by line, and lower-casing them."""
    file = tempfile.NamedTemporaryFile("wb")  # noqa: SIM115
    file.write("".join(f"{' '.join(text.split())}\n" for text in texts).encode())
    file.flush()

    def read(batch: list[str]) -> list[str]:
        with open(file.name, encoding="utf-8") as stream:
            return [line.lower() for line in islice(stream, len(batch))]

    return read


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
    print(f"{len(texts)} statements of {sum(len(text.encode()) for text in texts) / len(texts):.0f} bytes on average")
    labels = [p.label for p in statclass.classify_many(texts)]
    others: dict[str, Callable[[list[str], list[str]], Labeller]] = {
        "fastText, words, 2-grams, dim 10": fasttext,
        "scikit-learn TF-IDF + log. regression": tfidf,
        "spaCy bag-of-words textcat": spacy,
        "reading and lower-casing the bytes": lower_case,
    }
    ours = rate(statclass.classify_many, texts)
    print(f"{'':38} {'a second':>10}   statclass is")
    print(f"{'statclass classify_many':38} {ours:10,.0f}")
    for name, train in others.items():
        try:
            found = rate(train(texts, labels), texts)
        except ImportError as error:
            print(f"{name:38} left out: {error}")
        else:
            print(f"{name:38} {found:10,.0f}   {ours / found:5.2g} times as fast", flush=True)


if __name__ == "__main__":
    main()
