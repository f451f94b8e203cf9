"""Saved models come back the same, and what is not whole is refused."""

from __future__ import annotations

import json

import numpy as np
import pytest

import statclass
from statclass import ModelError
from statclass.persistence import DESCRIPTION, PARTS
from tests.conftest import tiny_rows


@pytest.fixture
def saved(tiny, tmp_path):
    tiny.save(tmp_path / "model")
    return tmp_path / "model"


def test_a_loaded_model_gives_the_same_scores(tiny, saved):
    texts, _ = tiny_rows()
    assert np.array_equal(statclass.load(saved).scores(texts), tiny.scores(texts))


def test_saving_twice_gives_the_same_bytes(tiny, saved, tmp_path):
    tiny.save(tmp_path / "again")
    for name in (*PARTS, DESCRIPTION):
        assert (saved / name).read_bytes() == (tmp_path / "again" / name).read_bytes()


@pytest.mark.parametrize("name", [*PARTS, DESCRIPTION])
def test_one_changed_byte_is_refused_by_file_name(saved, name):
    data = bytearray((saved / name).read_bytes())
    data[len(data) // 2] ^= 1
    (saved / name).write_bytes(bytes(data))
    with pytest.raises(ModelError, match=name):
        statclass.load(saved)


@pytest.mark.parametrize("name", [*PARTS, DESCRIPTION])
def test_a_missing_part_is_named(saved, name):
    (saved / name).unlink()
    with pytest.raises(ModelError, match=name):
        statclass.load(saved)


def test_an_unknown_format_says_which_is_read(saved):
    description = json.loads((saved / DESCRIPTION).read_text())
    (saved / DESCRIPTION).write_text(json.dumps({**description, "format": 99}))
    with pytest.raises(ModelError, match=r"format 99; this version of statclass reads format 1"):
        statclass.load(saved)


def test_no_folder_is_said_so(tmp_path):
    with pytest.raises(ModelError, match="no such model folder"):
        statclass.load(tmp_path / "nowhere")
