"""A Dask cluster labels a folder as this machine does, also when one of its workers dies half-way."""

from __future__ import annotations

import json
import os
import signal

import pytest

from statclass.cli import main
from tests.conftest import ROOT

distributed = pytest.importorskip("distributed", reason="clusters need the extra dask")

PARTITIONS, ROWS = 12, 300


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """A scheduler and two worker processes."""
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), before]))
    with distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=True,
        dashboard_address=None,
        local_directory=str(tmp_path_factory.mktemp("dask")),
    ) as running:
        yield running
    os.environ["PYTHONPATH"] = before or ""


@pytest.fixture(scope="module")
def quotes(tmp_path_factory):
    """A folder of JSON Lines and Parquet, one file damaged and one with a broken line."""
    import pyarrow
    import pyarrow.parquet

    folder = tmp_path_factory.mktemp("quotes")
    for part in range(PARTITIONS):
        rows = [{"id": f"{part}-{n}", "quote": f"We refuse to attend meeting {n}."} for n in range(ROWS)]
        place = folder / f"year={2000 + part % 2}"
        place.mkdir(exist_ok=True)
        if part % 3:
            lines = [json.dumps(row) for row in rows]
            lines[part] = "nonsense"
            (place / f"part-{part:02d}.jsonl").write_text("\n".join(lines) + "\n")
        else:
            pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), place / f"part-{part:02d}.parquet")
    (folder / "cut.parquet").write_bytes(b"PAR1 and no more")
    return folder


def label(*arguments):
    return main(["label", *map(str, arguments)])


def files_of(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def here(quotes, tmp_path_factory):
    """What this machine makes of the folder."""
    folder = tmp_path_factory.mktemp("here")
    assert label(quotes, "-o", folder) == 1
    return files_of(folder)


def test_a_folder_keeps_its_shape_and_a_file_that_cannot_be_read_is_rejected(here):
    assert len(here) == PARTITIONS + 1
    (reject,) = here["cut.parquet.rejects.jsonl"].decode().splitlines()
    assert json.loads(reject)["file"].endswith("cut.parquet")
    rows = here["year=2001/part-01.jsonl"].decode().splitlines()
    assert len(rows) == ROWS
    assert "part-01.jsonl:2: not valid JSON" in json.loads(rows[1])["problem"]


def test_a_worker_killed_half_way_changes_nothing(cluster, quotes, here, tmp_path, capsys):
    from statclass import partitions
    from statclass.batch import Inputs

    killed = []

    def kill_one(written):
        if written.counts.read and not killed:
            with distributed.Client(cluster) as client:
                killed.append(next(iter(client.run(os.getpid).values())))
            os.kill(killed[0], signal.SIGKILL)

    counts = partitions.label_folder(
        Inputs((str(quotes),)), str(tmp_path / "out"), dask=cluster.scheduler_address, report=kill_one
    )
    assert killed
    assert files_of(tmp_path / "out") == here
    assert counts.read == PARTITIONS * ROWS + 1 == counts.labelled + counts.with_problem + counts.rejected


def test_partitions_that_are_done_are_not_done_again(cluster, quotes, here, tmp_path, capsys):
    output = tmp_path / "out"
    for name in list(here)[:5]:
        (output / name).parent.mkdir(parents=True, exist_ok=True)
        (output / name).write_bytes(here[name])
    done = {name: (output / name).stat().st_mtime_ns for name in list(here)[:5] if "rejects" not in name}
    command = (quotes, "-o", output, "--dask", cluster.scheduler_address)
    assert label(*command) == 2
    assert "add --resume or --overwrite" in capsys.readouterr().err
    assert label(*command, "--resume") == 1
    assert files_of(output) == here
    assert {name: (output / name).stat().st_mtime_ns for name in done} == done


def test_a_cluster_that_is_not_there_is_said_so(quotes, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("statclass.partitions.PATIENCE", "1s")
    assert label(quotes, "-o", tmp_path / "out", "--dask", "tcp://127.0.0.1:9") == 2
    assert "no Dask scheduler answers there" in capsys.readouterr().err
