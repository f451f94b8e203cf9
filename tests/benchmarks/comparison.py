"""What a user would train instead, on the same corpus in the same run, scored on a labelled file.

    python -m tests.benchmarks.comparison ../shared/eval/dev.jsonl [SENTENCE_TRANSFORMER_FOLDER]

TF-IDF needs nothing more; fastText and the sentence transformer are left out, and said so, when not installed.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Sequence

import numpy as np

import statclass
from statclass.evaluation import macro_f1
from statclass.labelled import read_labelled
from statclass.resources import shipped

Labeller = Callable[[Sequence[str]], Sequence[str]]


def tfidf(texts: list[str], labels: list[str]) -> Labeller:
    """scikit-learn: TF-IDF of words and pairs of words, logistic regression."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2)
    model = make_pipeline(words, LogisticRegression(C=10, class_weight="balanced", max_iter=1000))
    return model.fit(texts, labels).predict  # type: ignore[no-any-return]


def fasttext(texts: list[str], labels: list[str], **settings: object) -> Labeller:
    """fastText: words, pairs of words and subwords, unless the settings say otherwise."""
    import fasttext as library

    def line(text: str) -> str:
        return " ".join(text.lower().split())

    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
        file.writelines(f"__label__{label} {line(text)}\n" for text, label in zip(texts, labels, strict=True))
        file.flush()
        usual = {"wordNgrams": 2, "dim": 50, "epoch": 25, "lr": 0.5, "minn": 3, "maxn": 5}
        model = library.train_supervised(file.name, thread=1, seed=0, verbose=0, **(usual | settings))
    return lambda batch: [model.f.predict(line(t) + "\n", 1, 0.0, "strict")[0][1][len("__label__") :] for t in batch]


def sentence_transformer(texts: list[str], labels: list[str], folder: str) -> Labeller:
    """Sentence-transformer embeddings, logistic regression."""
    from sentence_transformers import SentenceTransformer
    from sklearn.linear_model import LogisticRegression

    encoder = SentenceTransformer(folder, device="cpu")
    head = LogisticRegression(C=10, class_weight="balanced", max_iter=2000)
    head.fit(encoder.encode(texts, batch_size=128), labels)
    return lambda batch: head.predict(encoder.encode(list(batch), batch_size=128))  # type: ignore[no-any-return]


def main(path: str, folder: str | None) -> None:
    """Print a row for each."""
    corpus, real = read_labelled([shipped("seeds")]), read_labelled([path])
    texts, labels = [row.text for row in corpus], [row.primary for row in corpus]
    gold = np.array([row.primary for row in real])
    peers: dict[str, Callable[[], Labeller]] = {
        "statclass": lambda: lambda batch: [p.label for p in statclass.classify_many(batch)],
        "TF-IDF + logistic regression": lambda: tfidf(texts, labels),
        "fastText": lambda: fasttext(texts, labels),
    }
    if folder:
        peers["sentence transformer + logistic regression"] = lambda: sentence_transformer(texts, labels, folder)
    for name, train in peers.items():
        try:
            found = np.array(train()([row.text for row in real]))
        except ImportError as error:
            print(f"{name:44s} left out: {error}")
            continue
        print(
            f"{name:44s} macro-F1 {macro_f1(gold, found, sorted(set(gold))):.3f}  accuracy {(gold == found).mean():.3f}"
        )


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None)
