"""Train a model on labels of your own, save it, load it and use it."""

import tempfile
from pathlib import Path

import statclass

HERE = Path(__file__).parent

classifier = statclass.train(HERE / "settlement_labels.csv", folds=4, min_count=1)
print("cross-validation:", classifier.info_["cross_validation"])

with tempfile.TemporaryDirectory() as folder:
    classifier.save(folder)
    mine = statclass.load(folder)
print(mine.classify("We are ready to accept observers tomorrow.").label)
