"""Saved models come back the same, and what is not whole is refused."""

from __future__ import annotations

import hashlib
import io
import json
import pickle
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest

import statclass
from statclass import ModelError
from statclass.cli import main
from statclass.persistence import CARD, DESCRIPTION, LEXICON, PARTS, WEIGHTS
from tests.conftest import ROOT, tiny_rows

KEPT = sorted(path.parent for path in (ROOT / "tests" / "data" / "models").rglob(DESCRIPTION))


@pytest.fixture
def saved(tiny, tmp_path):
    tiny.save(tmp_path / "model")
    return tmp_path / "model"


def test_a_loaded_model_gives_the_same_scores(tiny, saved):
    texts, _ = tiny_rows()
    assert np.array_equal(statclass.load(saved).scores(texts), tiny.scores(texts))


def test_saving_twice_gives_the_same_bytes(tiny, saved, tmp_path):
    tiny.save(tmp_path / "again")
    statclass.load(saved).save(tmp_path / "loaded")
    for name in (*PARTS, DESCRIPTION):
        assert (saved / name).read_bytes() == (tmp_path / "again" / name).read_bytes()
        assert (saved / name).read_bytes() == (tmp_path / "loaded" / name).read_bytes()


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
    with pytest.raises(ModelError, match=r"format 99; this version of statclass reads formats 1, 2, 3, 4"):
        statclass.load(saved)


def test_no_folder_is_said_so(tmp_path):
    with pytest.raises(ModelError, match="no such model folder"):
        statclass.load(tmp_path / "nowhere")


@pytest.mark.parametrize("folder", KEPT, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_models_of_every_format_are_read_and_answer_as_they_did(folder):
    answers = json.loads((folder / "answers.json").read_text(encoding="utf-8"))
    predictions = statclass.load(folder).classify_many(answers)
    assert [list(prediction.labels) for prediction in predictions] == list(answers.values())


def test_a_model_of_each_format_is_kept():
    from statclass.persistence import READABLE

    formats = {json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))["format"] for folder in KEPT}
    assert formats == set(READABLE)


class Bomb:
    """Makes a file when it is unpickled."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self):
        return Path.touch, (self.target,)


def npz(**arrays):
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


def zipped(name, data):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, data)
    return buffer.getvalue()


def resealed(folder, name, data):
    """Another part in a model folder, with hashes and seal as whoever made it would have them."""
    (folder / name).write_bytes(data)
    description = json.loads((folder / DESCRIPTION).read_text())
    del description["seal"]
    description["sha256"][name] = hashlib.sha256(data).hexdigest()
    plain = (json.dumps(description, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
    description["seal"] = hashlib.sha256(plain).hexdigest()
    (folder / DESCRIPTION).write_text(json.dumps(description, ensure_ascii=False, indent=1, sort_keys=True) + "\n")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (WEIGHTS, lambda bomb: npz(slots=np.array([bomb], object))),
        (WEIGHTS, lambda bomb: pickle.dumps(bomb)),
        (WEIGHTS, lambda bomb: zipped("slots.npy", pickle.dumps(bomb))),
        (WEIGHTS, lambda bomb: zipped("../slots.npy", b"out of the folder")),
        (WEIGHTS, lambda bomb: b"PK\x03\x04 cut"),
        (WEIGHTS, lambda bomb: b""),
        (LEXICON, lambda bomb: pickle.dumps(bomb)),
        (LEXICON, lambda bomb: b"[" * 100_000),
        (LEXICON, lambda bomb: b'{"categories": 1}'),
    ],
    ids=["object array", "pickle", "pickle in zip", "path", "cut zip", "nothing", "pickled words", "deep", "odd"],
)
def test_opening_a_model_runs_no_code_whatever_it_holds(saved, tmp_path, name, content):
    resealed(saved, name, content(Bomb(tmp_path / "ran")))
    with pytest.raises(ModelError, match="not a whole statclass model"):
        statclass.load(saved)
    assert not (tmp_path / "ran").exists()


def test_code_beside_the_parts_is_not_looked_at(saved, tmp_path, monkeypatch):
    for name in ("__init__.py", "statclass.py", "numpy.py", "sitecustomize.py"):
        (saved / name).write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    (saved / "model.pkl").write_bytes(pickle.dumps(Bomb(tmp_path / "ran")))
    statclass.load(saved)
    assert not (tmp_path / "ran").exists()


def test_a_description_nested_too_deep_is_refused(saved):
    (saved / DESCRIPTION).write_text('{"a":' * 100_000)
    with pytest.raises(ModelError, match="not valid JSON"):
        statclass.load(saved)


def test_the_command_prints_the_card_of_a_whole_model_only(saved, capsys):
    assert main(["info", str(saved)]) == 0
    assert capsys.readouterr().out.startswith("# Model card")
    (saved / CARD).write_text("# The best model there is")
    assert main(["info", str(saved)]) == 2
    assert CARD in capsys.readouterr().err


def test_a_folder_made_elsewhere_is_read(saved, tmp_path):
    shutil.copytree(saved, tmp_path / "moved" / "elsewhere")
    assert statclass.load(tmp_path / "moved" / "elsewhere").types_ == ("refusal", "denial")
