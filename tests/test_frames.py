"""Data frames come back with their rows in order, their own columns untouched, and ours beside them."""

from __future__ import annotations

import pytest

import statclass
from statclass import DataError, InputError

pandas = pytest.importorskip("pandas")
polars = pytest.importorskip("polars")
pyarrow = pytest.importorskip("pyarrow")

QUOTES = ["We refuse to attend.", None, "", "Talks resume on Monday."]
OURS = ["label", "labels", "score_accusation", "score_refusal", "score_condemnation", "score_denial", "problem"]
LABELS = ["refusal", None, None, "other"]


def test_pandas_keeps_index_and_columns():
    frame = pandas.DataFrame({"id": [4, 3, 2, 1], "quote": QUOTES}, index=list("abcd"))
    before = frame.copy()
    labelled = statclass.label_frame(frame)
    assert list(labelled.columns) == ["id", "quote", *OURS]
    assert list(labelled.index) == list("abcd")
    assert labelled["label"].tolist() == LABELS
    assert labelled["problem"].tolist() == [None, "empty", "empty", None]
    pandas.testing.assert_frame_equal(frame, before)


@pytest.mark.parametrize("make", [polars.DataFrame, pyarrow.table])
def test_polars_and_pyarrow_give_the_same(make):
    labelled = statclass.label_frame(make({"quote": QUOTES}))
    assert [list(row.values())[1] for row in _rows(labelled)] == LABELS
    assert list(_rows(labelled)[0])[1:] == OURS


def _rows(frame):
    return frame.to_dicts() if hasattr(frame, "to_dicts") else frame.to_pylist()


@pytest.mark.parametrize("make", [pandas.DataFrame, polars.DataFrame, pyarrow.table])
def test_an_empty_frame_has_the_types_of_a_full_one(make):
    full = statclass.label_frame(make({"quote": QUOTES}))
    empty = statclass.label_frame(make({"quote": QUOTES})[:0])
    kinds = "schema" if not isinstance(full, pandas.DataFrame) else "dtypes"
    assert str(getattr(empty, kinds)) == str(getattr(full, kinds))


def test_a_column_of_the_users_is_never_overwritten():
    frame = pandas.DataFrame({"quote": QUOTES, "label": 1, "predicted_label": 2})
    labelled = statclass.label_frame(frame)
    assert labelled["predicted_predicted_label"].tolist() == LABELS
    assert labelled["label"].tolist() == [1] * 4


def test_every_kind_of_missing_value_is_empty_and_numbers_are_told():
    values = [float("nan"), None, pandas.NA, pandas.NaT, 7]
    labelled = statclass.label_frame(pandas.DataFrame({"text": pandas.Series(values, dtype="object")}))
    assert labelled["problem"].tolist() == ["empty"] * 4 + ["the text is int, expected a string"]


def test_what_is_no_frame_or_has_no_statements_is_refused():
    with pytest.raises(InputError, match="expected a DataFrame of pandas or polars"):
        statclass.label_frame({"quote": QUOTES})
    with pytest.raises(DataError, match="the columns are 'body'"):
        statclass.label_frame(pandas.DataFrame({"body": QUOTES}))


def test_dask_maps_it_over_the_partitions_of_a_frame():
    dataframe = pytest.importorskip("dask.dataframe")
    frame = pandas.DataFrame({"quote": QUOTES * 3})
    mapped = dataframe.from_pandas(frame, npartitions=3).map_partitions(statclass.label_frame)
    labelled = mapped.compute(scheduler="synchronous")
    assert labelled["label"].tolist() == LABELS * 3
