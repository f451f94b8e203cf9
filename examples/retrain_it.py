"""Train a model on labels of your own, know how good it is, and find out what to label next."""

import tempfile
from pathlib import Path

import statclass
from statclass.evaluation import evaluate, worst_errors
from statclass.formats import open_rows
from statclass.labelled import check_labelled, read_labelled
from statclass.paired import compare
from statclass.suggestion import for_doccano, suggest

HERE = Path(__file__).parent if "__file__" in globals() else Path()

# Offers, threats and mere reports: a label set of our own, in a CSV with the columns text and label.
rows = read_labelled(HERE / "settlement_labels.csv")
print(len(rows), "statements; problems:", check_labelled(rows) or "none")

# Four folds: every label needs at least as many statements as there are folds.
classifier = statclass.train(HERE / "settlement_labels.csv", folds=4, min_count=1)
print("cross-validation:", classifier.info_["cross_validation"])

# A saved model is a folder of data; loading it runs no code.
with tempfile.TemporaryDirectory() as folder:
    classifier.save(folder)
    mine = statclass.load(folder)
print(mine.classify("We are ready to accept observers tomorrow.").label)

# How good is it on statements that it has not seen, and what misled it?
unseen = read_labelled(HERE / "settlement_more.csv")
print(evaluate(mine, unseen).as_text())
for error in worst_errors(mine, unseen, 2):
    print(error.as_text())

# Are other settings really better? On so few statements, nobody can tell.
other = statclass.train(HERE / "settlement_labels.csv", folds=4, min_count=2)
print(compare(other, mine, unseen).as_text())

# What to label next, ready for an annotation tool.
with open_rows(str(HERE / "quotes.csv")) as quotes:
    unlabelled = [(row, row.values["quote"]) for row in quotes.rows]
print(for_doccano(suggest(mine, unlabelled, 3, labelled=[row.text for row in rows])))
