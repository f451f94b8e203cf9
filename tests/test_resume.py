"""A run that is killed goes on where it was: no statement lost, doubled or in another place."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from statclass import DataError
from statclass.batch import Inputs, label_files
from statclass.cli import main
from statclass.resume import JOURNAL, PART
from tests.conftest import ROOT, write_jsonl

ROWS = 400
KILLED = """
import os, signal, sys
from statclass import batch, resume
from statclass.formats import streams
streams.PIECE = 3000
moment, number, source, output, model = sys.argv[1:]
number = int(number)

def die():
    os.kill(os.getpid(), signal.SIGKILL)

write, writes = resume._write, 0
def cut_write(stream, data):
    global writes
    writes += str(stream.name) == output + resume.PART and len(data) > 0
    if writes == number:
        stream.write(data[: len(data) // 2])
        die()
    write(stream, data)

if moment == "in a block":
    resume._write = cut_write
elif moment == "before its name":
    os.fsync = lambda number, fsync=os.fsync: fsync(number)
    resume.Output._close = lambda self: die()
elif moment == "between two names":
    resume.Path.unlink = lambda self, missing_ok=False: die()
resume.SECONDS = 0.0
batch.label_files(batch.Inputs((source,)), output, model=model)
"""
GOES_ON = """
import sys
from statclass.formats import streams
from statclass.cli import main
streams.PIECE = 3000
sys.exit(main(sys.argv[1:]))
"""


def run(code: str, *arguments: object, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run a script beside the tests."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env={**os.environ, **(env or {})})


@pytest.fixture(scope="module")
def model(tiny, tmp_path_factory):
    folder = tmp_path_factory.mktemp("model") / "tiny"
    tiny.save(folder)
    return folder


@pytest.fixture
def quotes(tmp_path):
    rows = [{"id": n, "quote": f"We refuse to attend meeting {n}." if n % 7 else ""} for n in range(ROWS)]
    path = write_jsonl(tmp_path / "quotes.jsonl", rows)
    lines = path.read_text().splitlines()
    lines[50] = "nonsense"
    path.write_text("\n".join(lines) + "\n")
    return path


MOMENTS = [("in a block", 1), ("in a block", 6), ("before its name", 1), ("between two names", 1)]


@pytest.mark.parametrize("name", ["out.jsonl", "out.csv.gz", "out.jsonl.zst", "out.parquet"])
def test_killed_at_any_moment_and_resumed_the_output_is_the_same_to_the_byte(tmp_path, quotes, model, name):
    (tmp_path / "whole").mkdir()
    whole = tmp_path / "whole" / name
    assert run(GOES_ON, "label", quotes, "-o", whole, "--model", model).returncode == 0
    for moment, number in MOMENTS:
        output = tmp_path / name
        output.unlink(missing_ok=True)
        killed = run(KILLED, moment, number, quotes, output, model)
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        done = run(GOES_ON, "label", quotes, "-o", output, "--model", model, "--resume")
        assert done.returncode == 0, done.stderr
        assert output.read_bytes() == whole.read_bytes(), (moment, number)
        assert sorted(path.name for path in tmp_path.glob(f"{name}*")) == [name]


def stopped(tmp_path, quotes, model, at=2, **more):
    """A run that ends with an error after some blocks."""

    def stop(_):
        nonlocal at
        at -= 1
        if at < 0:
            raise KeyboardInterrupt

    output = tmp_path / "out.jsonl"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("statclass.formats.streams.PIECE", 3000)
        with pytest.raises(KeyboardInterrupt) as raised:
            label_files(Inputs((str(quotes),)), str(output), model=str(model), report=stop, **more)
    return output, raised.value


def test_nothing_has_the_outputs_name_before_it_is_complete_and_a_stop_says_how_to_go_on(tmp_path, quotes, model):
    output, error = stopped(tmp_path, quotes, model)
    assert not output.exists()
    assert "--resume" in error.__notes__[0]


def test_an_unfinished_run_is_neither_overwritten_nor_mixed_with_another(tmp_path, quotes, model, capsys):
    output, _ = stopped(tmp_path, quotes, model)
    assert main(["label", str(quotes), "-o", str(output), "--model", str(model)]) == 2
    assert "an unfinished run is there; add --resume" in capsys.readouterr().err
    assert main(["label", str(quotes), "-o", str(output), "--resume"]) == 2
    assert "the unfinished run had another model" in capsys.readouterr().err
    assert (tmp_path / ("out.jsonl" + PART)).exists()


def test_an_input_that_was_changed_meanwhile_is_noticed(tmp_path, quotes, model, capsys):
    output, _ = stopped(tmp_path, quotes, model)
    times = quotes.stat()
    quotes.write_text(quotes.read_text().replace("meeting 3.", "meeting X."))
    os.utime(quotes, ns=(times.st_atime_ns, times.st_mtime_ns))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("statclass.formats.streams.PIECE", 3000)
        assert main(["label", str(quotes), "-o", str(output), "--model", str(model), "--resume"]) == 2
    assert "no longer what the unfinished run read" in capsys.readouterr().err


def test_resume_begins_when_there_is_nothing_and_ends_when_all_is_done(tmp_path, quotes, model, capsys):
    command = ["label", str(quotes), "-o", str(tmp_path / "out.jsonl"), "--model", str(model), "--resume"]
    assert main(command) == 0
    first = (tmp_path / "out.jsonl").read_bytes()
    assert main(command) == 0
    assert "nothing to resume" in capsys.readouterr().err
    assert (tmp_path / "out.jsonl").read_bytes() == first


def test_a_torn_last_line_of_the_journal_is_passed_over(tmp_path, quotes, model):
    output, _ = stopped(tmp_path, quotes, model)
    journal = tmp_path / ("out.jsonl" + JOURNAL)
    journal.write_bytes(journal.read_bytes() + b'{"blocks": 99, "si')
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("statclass.formats.streams.PIECE", 3000)
        counts = label_files(Inputs((str(quotes),)), str(output), model=str(model), resume=True)
    assert counts is not None
    assert counts.read == ROWS == len(output.read_text().splitlines())


def test_two_runs_do_not_write_the_same_output(tmp_path, quotes, model):
    pytest.importorskip("fcntl", reason="locks need a POSIX system")

    def second(_):
        label_files(Inputs((str(quotes),)), str(tmp_path / "out.jsonl"), model=str(model), overwrite=True)

    with pytest.raises(DataError, match="another run is writing it"):
        label_files(Inputs((str(quotes),)), str(tmp_path / "out.jsonl"), model=str(model), report=second)


def test_a_full_disk_ends_the_run_with_a_line_that_says_how_to_go_on(tmp_path, quotes, model, capsys, monkeypatch):
    monkeypatch.setattr("statclass.formats.streams.PIECE", 3000)
    written = 0

    def full(stream, data):
        nonlocal written
        written += len(data)
        if written > 20_000:
            raise OSError(28, "No space left on device")
        stream.write(data)

    monkeypatch.setattr("statclass.resume._write", full)
    command = ["label", str(quotes), "-o", str(tmp_path / "out.jsonl"), "--model", str(model)]
    assert main(command) == 2
    error = capsys.readouterr().err
    assert "No space left on device" in error
    assert "--resume" in error
    monkeypatch.undo()
    monkeypatch.setattr("statclass.formats.streams.PIECE", 3000)
    assert main([*command, "--resume"]) == 0
    ids = [json.loads(line).get("id") for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert ids == [n if n != 50 else None for n in range(ROWS)]


def test_strict_stops_at_the_first_problem_and_what_was_done_can_be_gone_on_with(tmp_path, quotes, model, capsys):
    command = ["label", str(quotes), "-o", str(tmp_path / "out.jsonl"), "--model", str(model)]
    assert main([*command, "--strict"]) == 2
    assert "quotes.jsonl:1: empty" in capsys.readouterr().err
    assert not (tmp_path / "out.jsonl").exists()
    assert main([*command, "--resume"]) == 0


def test_a_pipe_that_is_closed_ends_the_run_without_a_traceback(tmp_path, model):
    (tmp_path / "q.txt").write_text("We refuse.\n" * 60_000)
    command = f"{sys.executable} -m statclass.cli label {tmp_path / 'q.txt'} --model {model} | head -n 1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, cwd=ROOT)
    assert json.loads(done.stdout)["text"] == "We refuse."
    assert "the pipe was closed" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_run_that_is_told_to_stop_says_how_to_go_on(tmp_path, model):
    (tmp_path / "q.txt").write_text("We refuse.\n" * 400_000)
    command = [sys.executable, "-m", "statclass.cli", "label", str(tmp_path / "q.txt"), "--model", str(model)]
    running = subprocess.Popen(
        [*command, "-o", str(tmp_path / "out.jsonl")], stderr=subprocess.PIPE, text=True, cwd=ROOT
    )
    journal = tmp_path / ("out.jsonl" + JOURNAL)
    while running.poll() is None and not (journal.exists() and b'"blocks"' in journal.read_bytes()):
        time.sleep(0.02)
    running.send_signal(signal.SIGTERM)
    _, error = running.communicate()
    assert running.returncode == 130
    assert "statclass: stopped; what is done is kept" in error
