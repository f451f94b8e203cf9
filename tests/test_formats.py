"""Every format in and out, plain and compressed, in every encoding: columns as they came, and nothing lost."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import json
from collections import Counter

import pytest

from statclass import DataError
from statclass.batch import Written
from statclass.blocks import Counts
from statclass.cli import main
from statclass.formats import FORMATS, find_files, open_rows
from statclass.formats.tables import guessed_delimiter
from statclass.progress import Progress
from tests.conftest import write_jsonl

zstandard = pytest.importorskip("zstandard", reason=".zst needs the extra zstd")
pyarrow = pytest.importorskip("pyarrow", reason=".parquet needs the extra parquet")
pytest.importorskip("pyarrow.parquet")

QUOTES = ["We refuse to attend.", "Talks resume on Monday.", "Wir weigern uns, „nein“ – é."]
ROWS = [{"id": f"00{n}", "quote": quote, "note": 'a "b", c;d\te'} for n, quote in enumerate(QUOTES)]
ENDINGS = [
    f"{kind}{compression}"
    for kind in FORMATS
    for compression in ("", ".gz", ".zst")
    if kind != "parquet" or not compression
]


def label(*arguments: object) -> int:
    return main(["label", *map(str, arguments)])


def labelled_rows(path):
    """The rows of any labelled file as dicts."""
    data = path.read_bytes()
    if path.suffix == ".gz":
        data = gzip.decompress(data)
    elif path.suffix == ".zst":
        data = zstandard.ZstdDecompressor().stream_reader(io.BytesIO(data), read_across_frames=True).read()
    kind = path.name.split(".")[1]
    if kind == "parquet":
        return pyarrow.parquet.read_table(path).to_pylist()
    text = data.decode("utf-8")
    if kind == "txt":
        return [{"label": line} for line in text.splitlines()]
    if kind == "jsonl":
        return [json.loads(line) for line in text.splitlines()]
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter="\t" if kind == "tsv" else ","))


def write(path, rows, encoding="utf-8"):
    """Write rows in the format that a file's name tells."""
    kind, _, compression = path.name.partition(".")[2].partition(".")
    if kind == "parquet":
        pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), path)
        return path
    if kind == "txt":
        text = "".join(row["quote"] + "\r\n" for row in rows)
    elif kind == "jsonl":
        text = "".join(json.dumps(row, ensure_ascii=False) + "\r\n" for row in rows)
    else:
        stream = io.StringIO(newline="")
        writer = csv.DictWriter(stream, list(rows[0]), delimiter="\t" if kind == "tsv" else ",")
        writer.writeheader()
        writer.writerows(rows)
        text = stream.getvalue()
    data = text.encode(encoding)
    packed = {"": lambda x: x, "gz": gzip.compress, "zst": zstandard.ZstdCompressor().compress}[compression](data)
    path.write_bytes(packed)
    return path


@pytest.mark.parametrize("ending", ENDINGS)
def test_what_goes_in_in_any_format_comes_out_as_it_came(tmp_path, ending):
    source = write(tmp_path / f"q.{ending}", ROWS)
    assert label(source, "-o", tmp_path / "out.jsonl") == 0
    rows = labelled_rows(tmp_path / "out.jsonl")
    own = [{"text": quote} for quote in QUOTES] if ending.startswith("txt") else ROWS
    assert [dict(list(row.items())[: len(own[0])]) for row in rows] == own
    assert [row["label"] for row in rows[:2]] == ["refusal", "other"]


@pytest.mark.parametrize("ending", ENDINGS)
def test_any_format_comes_out_with_the_same_labels(tmp_path, ending):
    source = write(tmp_path / "q.jsonl", ROWS)
    assert label(source, "-o", tmp_path / f"out.{ending}") == 0
    rows = labelled_rows(tmp_path / f"out.{ending}")
    assert [row["label"] for row in rows[:2]] == ["refusal", "other"]
    if not ending.startswith("txt"):
        assert [row["note"] for row in rows] == [row["note"] for row in ROWS]
        assert list(rows[0])[3:5] == ["label", "labels"]
        assert list(rows[0])[-1] == "problem"


@pytest.mark.parametrize("kind", ["txt", "csv", "tsv", "jsonl"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_encodings_are_recognised_by_their_mark_or_declared(tmp_path, kind, encoding):
    source = write(tmp_path / f"q.{kind}", ROWS, encoding)
    declared = ("--encoding", encoding) if encoding == "cp1252" else ()
    assert label(source, "-o", tmp_path / "out.jsonl", *declared) == 0
    rows = labelled_rows(tmp_path / "out.jsonl")
    assert [row.get("quote", row.get("text")) for row in rows] == QUOTES
    assert all(row["problem"] is None for row in rows)


def test_an_encoding_that_is_none_is_said_so(tmp_path, capsys):
    assert label(write(tmp_path / "q.csv", ROWS), "-o", tmp_path / "out.jsonl", "--encoding", "klingon") == 2
    assert "unknown encoding 'klingon'" in capsys.readouterr().err


def test_a_json_object_comes_out_character_by_character_with_ours_behind(tmp_path):
    line = (
        '{ "n": 1.50e400, "big": 123456789012345678901234567890, "quote":"We refuse.", "s": "\\ud83d", "n": [1,  2] }'
    )
    (tmp_path / "q.jsonl").write_text(line + "\n\n  " + line + " \r\n")
    assert label(tmp_path / "q.jsonl", "-o", tmp_path / "out.jsonl") == 0
    first, second = (tmp_path / "out.jsonl").read_text().splitlines()
    assert first == second
    assert first.startswith(line[:-1] + ', "label": "refusal", "labels": ["refusal"], "score_accusation": 0.')
    assert json.loads(first)["problem"] is None


@pytest.mark.parametrize("own", ["label", "labels", "score_denial", "problem"])
def test_json_of_the_users_with_a_name_of_ours_stays(tmp_path, own):
    write_jsonl(tmp_path / "q.jsonl", [{own: "mine", "text": QUOTES[0]}, {"text": QUOTES[0]}])
    assert label(tmp_path / "q.jsonl", "-o", tmp_path / "out.jsonl") == 0
    first, second = labelled_rows(tmp_path / "out.jsonl")
    assert first[own] == "mine"
    assert first[f"predicted_{own}"] == second[own]


@pytest.mark.parametrize(
    ("lines", "delimiter"),
    [
        (["id;quote\n", "1;We refuse, and we deny\n"], ";"),
        (["id,quote\n", "1,We refuse; we deny\n"], ","),
        (["quote\n", "We refuse; we deny, too\n"], ","),
        (["quote,date;place\n", "We refuse,x;y\n"], ","),
        (["quote\tdate, time\n", "We refuse\t1, 2\n"], "\t"),
        (["a|statement\n", "1|x\n"], "|"),
        (['"id";"the, quote"\n', '1;"a\n', 'b"\n'], ";"),
        ([], ","),
    ],
)
def test_the_delimiter_is_the_one_that_makes_the_best_table(lines, delimiter):
    assert guessed_delimiter(lines) == delimiter


def test_a_quotation_mark_that_is_never_closed_costs_its_row_alone(tmp_path):
    lines = [f"{n},We refuse to attend meeting {n}." for n in range(1, 9)]
    lines[3] = '4,"We refuse'
    (tmp_path / "q.csv").write_text("id,quote\n" + "\n".join(lines) + "\n")
    assert label(tmp_path / "q.csv", "-o", tmp_path / "out.csv") == 0
    rows = labelled_rows(tmp_path / "out.csv")
    assert [row["id"] for row in rows] == list("12345678")
    assert [row["label"] for row in rows] == ["refusal"] * 3 + [""] + ["refusal"] * 4
    assert "q.csv:5: a quotation mark that opens here is not closed" in rows[3]["problem"]


def test_columns_with_the_same_name_are_both_kept(tmp_path):
    (tmp_path / "q.csv").write_text("id,quote,id\n1,We refuse.,2\n")
    assert label(tmp_path / "q.csv", "-o", tmp_path / "out.jsonl") == 0
    (row,) = labelled_rows(tmp_path / "out.jsonl")
    assert (row["id"], row["id_2"]) == ("1", "2")


def test_a_row_that_a_table_has_no_columns_for_is_rejected_and_counted(tmp_path, capsys):
    rows = [{"quote": QUOTES[0], "pad": "x" * 400}] * 3000 + [{"quote": QUOTES[0], "more": "é"}]
    source = write_jsonl(tmp_path / "q.jsonl", rows)
    assert label(source, "-o", tmp_path / "out.csv") == 1
    assert "3001 rows: 3000 labelled (3000 refusal), 0 with a problem, 1 rejected" in capsys.readouterr().err
    reject = json.loads((tmp_path / "out.csv.rejects.jsonl").read_text())
    assert (reject["file"], reject["line"]) == (str(source), 3001)
    assert "without the columns 'more'" in reject["reason"]
    assert reject["row"] == {"quote": QUOTES[0], "more": "é"}


@pytest.mark.parametrize("ending", ["jsonl.gz", "jsonl.zst"])
def test_a_compressed_file_that_was_cut_gives_what_it_holds_and_a_reject(tmp_path, ending):
    source = write(tmp_path / f"q.{ending}", [{"id": n, "quote": f"We refuse {n * n}."} for n in range(20_000)])
    source.write_bytes(source.read_bytes()[:-5000])
    assert label(source, "-o", tmp_path / "out.jsonl", "--to", "txt") == 1
    found = len((tmp_path / "out.jsonl").read_text().splitlines())
    assert 10 < found < 20_000
    reject = json.loads((tmp_path / "out.jsonl.rejects.jsonl").read_text())
    assert "cannot be read further" in reject["reason"]
    assert found - 1 <= reject["line"] <= found + 1


def test_folders_and_patterns_are_read_in_order_without_what_is_hidden_or_ours(tmp_path, monkeypatch):
    for name in ("b/2.csv", "a.jsonl.gz", "b/1.txt", ".hidden.txt", "_SUCCESS", "c.pdf", "x.csv.rejects.jsonl"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    names = [name.removeprefix(f"{tmp_path}/") for name in find_files([str(tmp_path)])]
    assert names == ["a.jsonl.gz", "b/1.txt", "b/2.csv"]
    assert find_files([str(tmp_path / "b" / "*.txt"), str(tmp_path / "b")]) == [
        str(tmp_path / "b" / "1.txt"),
        str(tmp_path / "b" / "2.csv"),
    ]
    with pytest.raises(DataError, match="matches no file"):
        find_files([str(tmp_path / "*.tsv")])


def test_a_file_of_a_folder_that_cannot_be_read_is_rejected_and_the_others_are_labelled(tmp_path, capsys):
    folder = tmp_path / "in"
    folder.mkdir()
    write(folder / "a.csv", ROWS)
    (folder / "b.csv").write_text("id,body\n1,x\n")
    write(folder / "c.csv", ROWS)
    assert label(folder, "-o", tmp_path / "out.jsonl") == 1
    assert "7 rows: 6 labelled" in capsys.readouterr().err
    reject = json.loads((tmp_path / "out.jsonl.rejects.jsonl").read_text())
    assert reject["file"].endswith("b.csv")
    assert reject["reason"].startswith("no column named quote")


def test_the_output_is_never_an_input(tmp_path, capsys):
    source = write(tmp_path / "q.jsonl", ROWS)
    before = source.read_bytes()
    assert label(source, "-o", source, "--overwrite") == 2
    assert "is one of the inputs" in capsys.readouterr().err
    assert label(tmp_path, "-o", tmp_path / "out.jsonl") == 0
    assert label(tmp_path, "-o", tmp_path / "out.jsonl", "--overwrite") == 0
    assert len(labelled_rows(tmp_path / "out.jsonl")) == len(ROWS)
    assert source.read_bytes() == before


def test_any_number_of_processes_gives_the_same_bytes(tmp_path, monkeypatch):
    rows = [{"id": n, "quote": f"{QUOTES[n % 2]} {n}" if n % 50 else None, "note": "x" * 300} for n in range(4000)]
    source = write_jsonl(tmp_path / "q.jsonl", rows)
    for jobs in (1, 2):
        assert label(source, "-o", tmp_path / f"{jobs}.jsonl.gz", "-j", jobs) == 0
    assert (tmp_path / "1.jsonl.gz").read_bytes() == (tmp_path / "2.jsonl.gz").read_bytes()
    assert [row["id"] for row in labelled_rows(tmp_path / "2.jsonl.gz")] == list(range(4000))


def test_parquet_keeps_its_types_and_pandas_its_index(tmp_path):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(
        {
            "quote": pandas.Categorical(QUOTES),
            "day": pandas.to_datetime(["2026-03-01", None, "2026-03-03"]),
            "n": pandas.array([1, None, 3], dtype="Int64"),
            "probs": [[["Ana", "0.9"]], [], None],
        },
        index=["a", "b", "c"],
    )
    frame.to_parquet(tmp_path / "q.parquet")
    assert label(tmp_path / "q.parquet", "-o", tmp_path / "out.parquet") == 0
    labelled = pandas.read_parquet(tmp_path / "out.parquet")
    pandas.testing.assert_frame_equal(labelled[list(frame)], pandas.read_parquet(tmp_path / "q.parquet"))
    assert labelled["label"].tolist()[:2] == ["refusal", "other"]
    assert label(tmp_path / "q.parquet", "-o", tmp_path / "out.jsonl") == 0
    row = labelled_rows(tmp_path / "out.jsonl")[1]
    assert (row["day"], row["n"], row["probs"]) == (None, None, [])


def test_json_of_many_types_becomes_parquet_with_nothing_lost(tmp_path, monkeypatch):
    monkeypatch.setattr("statclass.formats.streams.PIECE", 64)
    values = [1, 2.5, "x", None, {"a": 1}, [1, "b"], [], True, "\ud800", 2**70]
    source = tmp_path / "q.jsonl"
    source.write_text(
        "".join(json.dumps({"quote": QUOTES[0], "v": value, f"k{n}": n}) + "\n" for n, value in enumerate(values))
    )
    assert label(source, "-o", tmp_path / "out.parquet") == 0
    rows = labelled_rows(tmp_path / "out.parquet")
    found = [row["v"] for row in rows]
    assert found == ["1", "2.5", "x", None, '{"a": 1}', '[1, "b"]', "[]", "true", "\ufffd", str(2**70)]
    assert [rows[n][f"k{n}"] for n in range(len(values))] == list(range(len(values)))


def test_a_row_group_of_parquet_that_is_damaged_is_rejected_and_the_others_are_labelled(tmp_path, capsys):
    table = pyarrow.Table.from_pylist([{"quote": f"We refuse {n}."} for n in range(300)])
    path = tmp_path / "q.parquet"
    pyarrow.parquet.write_table(table, path, row_group_size=100, write_page_checksum=True, compression="none")
    data = bytearray(path.read_bytes())
    data[data.index(b"We refuse 150.") + 3] ^= 4
    path.write_bytes(data)
    assert label(path, "-o", tmp_path / "out.jsonl") == 1
    assert "300 rows: 200 labelled (200 refusal), 0 with a problem, 100 rejected" in capsys.readouterr().err
    assert "rows 101 to 200 cannot be read" in (tmp_path / "out.jsonl.rejects.jsonl").read_text()


@pytest.mark.parametrize(("name", "extra"), [("q.parquet", "parquet"), ("q.csv.zst", "zstd")])
def test_without_its_extra_a_format_names_it(tmp_path, capsys, monkeypatch, name, extra):
    source = write(tmp_path / name, ROWS)
    for module in ("pyarrow", "pyarrow.parquet", "zstandard"):
        monkeypatch.setitem(__import__("sys").modules, module, None)
    assert label(source, "-o", tmp_path / "out.jsonl") == 2
    assert f'pip install "statclass[{extra}]"' in capsys.readouterr().err


def test_progress_for_machines_is_json_with_counts_that_add_up(tmp_path, capsys):
    source = write(tmp_path / "q.jsonl", [*ROWS, {"quote": ""}])
    assert label(source, "-o", tmp_path / "out.jsonl", "--log-json") == 0
    events = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert (events[0]["event"], events[-1]["event"]) == ("start", "end")
    end = events[-1]
    assert end["read"] == 4 == end["labelled"] + end["with_problem"] + end["rejected"]
    assert sum(end["labels"].values()) == end["labelled"]


class Screen(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(("stream", "lines"), [(Screen(), 2), (io.StringIO(), 0)])
def test_progress_is_a_line_on_a_terminal_and_silence_in_a_pipe(monkeypatch, stream, lines):
    monkeypatch.setattr("statclass.progress._SCREEN_SECONDS", 0.0)
    progress = Progress(1000, stream=stream)
    for read in (100, 500):
        progress(Written(Counts(read, read, labels=Counter(denial=read)), read))
    assert stream.getvalue().count("\r") == lines
    assert ("500 rows, 50%" in stream.getvalue()) == bool(lines)
    progress.end(Counts(500, 500, labels=Counter(denial=500)))
    assert stream.getvalue().endswith("500 rows: 500 labelled (500 denial), 0 with a problem\n")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("-j", "0"), "-j 0 is no number of processes"),
        (("--dask", "tcp://x:1"), "name a folder with -o"),
        (("--dask", "tcp://x:1", "-o", "folder/", "-j", "2"), "leave -j out"),
        (("--articles", "--resume"), "--resume is for files of statements"),
    ],
)
def test_options_that_contradict_one_another_are_refused(tmp_path, capsys, arguments, words):
    assert label(write(tmp_path / "q.csv", ROWS), *arguments) == 2
    assert words in " ".join(capsys.readouterr().err.split())


def test_line_feeds_alone_end_lines_unless_a_file_has_none(tmp_path):
    (tmp_path / "a.txt").write_bytes("We refuse.\u2028We deny.\x85\x1cIt is false.\r\nTalks resume.".encode())
    (tmp_path / "b.txt").write_bytes(b"We refuse.\rTalks resume.\r")
    with open_rows(str(tmp_path / "a.txt")) as a, open_rows(str(tmp_path / "b.txt")) as b:
        assert [row.values["text"] for row in a.rows][1:] == ["Talks resume."]
        assert [row.values["text"] for row in b.rows] == ["We refuse.", "Talks resume."]


def test_a_mark_of_byte_order_in_the_middle_is_text(tmp_path):
    (tmp_path / "q.txt").write_bytes(codecs.BOM_UTF8 + b"a\n" + codecs.BOM_UTF8 + b"b\n")
    with open_rows(str(tmp_path / "q.txt")) as source:
        assert [row.values["text"] for row in source.rows] == ["a", "\ufeffb"]


def test_a_line_that_is_too_long_is_rejected_and_the_next_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr("statclass.formats.streams.PIECE", 100)
    monkeypatch.setattr("statclass.formats.lines.LONGEST_LINE", 1000)
    (tmp_path / "q.txt").write_text("We refuse.\n" + "x" * 5000 + "\nTalks resume.\n" + "y" * 2000)
    with open_rows(str(tmp_path / "q.txt")) as source:
        rows = list(source.rows)
    assert [(row.line, row.problem) for row in rows] == [
        (1, None), (2, "the line is longer than 1,000 bytes"), (3, None), (4, "the line is longer than 1,000 bytes"),
    ]  # fmt: skip
