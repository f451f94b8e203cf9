"""Labelled statements: read from files, frames and annotation tools, checked, and grouped so that copies do not leak.

``statement`` holds the record, ``files`` reads, ``exports`` knows what annotation tools write, ``frames`` data frames,
``annotators`` settles several people's labels, ``checks`` finds problems, and ``groups`` what belongs together.
"""

from __future__ import annotations

from os import PathLike

from statclass.labelled.annotators import annotated_by_file
from statclass.labelled.checks import check_each, check_labelled, problems_for_training, refuse_problems
from statclass.labelled.files import Labelled, read_labelled
from statclass.labelled.groups import groups_of, refuse_missing_column, similar_pairs
from statclass.labelled.statement import LabelledStatement
from statclass.records import StatementType

__all__ = [
    "Labelled",
    "LabelledStatement",
    "annotated_by_file",
    "check_each",
    "check_labelled",
    "check_seeds",
    "groups_of",
    "problems_for_training",
    "read_labelled",
    "refuse_missing_column",
    "refuse_problems",
    "similar_pairs",
]


def check_seeds(folder: str | PathLike[str]) -> list[str]:
    """:func:`check_labelled` for a corpus under our codebook, such as the project's ``seeds/``."""
    return check_labelled(read_labelled([folder]), [str(kind) for kind in StatementType])
