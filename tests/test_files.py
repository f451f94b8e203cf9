"""Files in, labelled files out; labelled files in, problems out; the command that does both."""

from __future__ import annotations

import csv
import gzip
import io
import json
import subprocess
import sys

import pytest

from statclass import DataError, LabelledDataError
from statclass.cli import main
from statclass.formats import format_of, open_rows
from statclass.labelled import check_labelled, groups_of, read_labelled
from statclass.resources import shipped
from tests.conftest import ROOT, TINY, write_jsonl

QUOTES = ["We refuse to attend.", "Talks resume on Monday."]


def label(*arguments: object) -> int:
    return main(["label", *map(str, arguments)])


def rows_of(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_text_lines_become_labelled_rows(tmp_path):
    (tmp_path / "q.txt").write_text("\n".join(QUOTES) + "\n")
    assert label(tmp_path / "q.txt", "-o", tmp_path / "out.jsonl") == 0
    assert [row["label"] for row in rows_of(tmp_path / "out.jsonl")] == ["refusal", "other"]


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_csv_columns_come_out_as_they_came_in(tmp_path, mark):
    content = f'{mark}id,quote,note\r\n007,"We refuse,\nall of us.",é\r\n008,{QUOTES[1]},\r\n'
    (tmp_path / "q.csv").write_bytes(content.encode("utf-8"))
    assert label(tmp_path / "q.csv", "-o", tmp_path / "out.csv") == 0
    table = list(csv.DictReader(io.StringIO((tmp_path / "out.csv").read_text(encoding="utf-8"), newline="")))
    assert [(row["id"], row["quote"], row["note"]) for row in table] == [
        ("007", "We refuse,\nall of us.", "é"),
        ("008", QUOTES[1], ""),
    ]
    assert list(table[0])[3:] == [
        "label", "labels", "score_accusation", "score_refusal", "score_condemnation", "score_denial", "problem",
    ]  # fmt: skip


def test_compressed_input_and_output(tmp_path):
    with gzip.open(tmp_path / "q.tsv.gz", "wt", encoding="utf-8") as stream:
        stream.write(f"statement\n{QUOTES[0]}\n")
    assert label(tmp_path / "q.tsv.gz", "-o", tmp_path / "out.jsonl.gz") == 0
    assert json.loads(gzip.decompress((tmp_path / "out.jsonl.gz").read_bytes()))["label"] == "refusal"


def test_a_broken_line_keeps_its_place_and_says_why(tmp_path, capsys):
    lines = [json.dumps({"text": f"{QUOTES[0]} {n}"}) for n in range(1, 11)]
    lines[6] = '{"text": "We refuse'
    (tmp_path / "q.jsonl").write_text("\n".join(lines))
    assert label(tmp_path / "q.jsonl", "-o", tmp_path / "out.jsonl") == 0
    rows = rows_of(tmp_path / "out.jsonl")
    assert len(rows) == 10
    assert rows[6]["label"] is None
    assert "q.jsonl:7: not valid JSON at column" in rows[6]["problem"]
    assert "10 rows: 9 labelled" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("gone.csv", None, "gone.csv: cannot be opened"),
        ("q.csv", "id,body\n1,We refuse.\n", "the columns are 'id', 'body'"),
        ("q.csv", "", "the file is empty"),
        ("q.docx", "x", "unknown format 'docx'"),
    ],
)
def test_errors_are_one_line_that_names_the_file(tmp_path, capsys, name, content, words):
    if content is not None:
        (tmp_path / name).write_text(content)
    assert label(tmp_path / name, "-o", tmp_path / "out.jsonl") == 2
    error = capsys.readouterr().err
    assert words in error
    assert error.count("\n") == 1
    assert not (tmp_path / "out.jsonl").exists()


def test_the_installed_command_reads_a_pipe():
    command = [sys.executable, "-m", "statclass.cli", "label", "-"]
    done = subprocess.run(command, input="\n".join(QUOTES), capture_output=True, text=True, cwd="/")
    assert [json.loads(line)["label"] for line in done.stdout.splitlines()] == ["refusal", "other"]


def test_articles_become_one_row_a_statement(tmp_path):
    assert label("--articles", ROOT / "examples" / "article.txt", "-o", tmp_path / "out.jsonl") == 0
    rows = rows_of(tmp_path / "out.jsonl")
    article = (ROOT / "examples" / "article.txt").read_text(encoding="utf-8")
    assert {"quote", "reported"} == {row["kind"] for row in rows}
    assert all(" ".join(article[a:b] for a, b in row["spans"]) == row["text"] for row in rows)


def test_explain_and_evaluate_print_their_tables(tmp_path, capsys):
    assert main(["explain", "We deny it."]) == 0
    write_jsonl(tmp_path / "l.jsonl", [{"text": "We deny it.", "label": "denial"}])
    assert main(["evaluate", str(tmp_path / "l.jsonl")]) == 0
    assert "macro-F1 1.000" in capsys.readouterr().out


def test_train_writes_a_model_that_label_takes(tmp_path):
    rows = [{"text": text, "label": label} for label in ("refusal", "denial") for text in TINY[label]]
    write_jsonl(tmp_path / "l.jsonl", rows)
    assert main(["train", str(tmp_path / "l.jsonl"), "-o", str(tmp_path / "mine"), "--folds", "2"]) == 0
    (tmp_path / "q.txt").write_text("We refuse to attend.")
    assert label(tmp_path / "q.txt", "--model", tmp_path / "mine", "-o", tmp_path / "out.jsonl") == 0
    assert rows_of(tmp_path / "out.jsonl")[0]["label"] in ("refusal", "denial")


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ({"text": "x", "primary": "lie", "labels": ["lie"]}, "unknown label 'lie'"),
        ({"text": "x", "primary": "denial", "labels": ["refusal"]}, "primary 'denial' is not among the labels"),
        ({"text": "  ", "primary": "other", "labels": []}, "the text is empty"),
        ({"text": "One two three four.", "primary": "other", "labels": []}, "the same text as"),
        ({"text": "One, two, three four!", "primary": "other", "labels": []}, "the same text as"),
    ],
)
def test_the_check_names_file_line_and_problem(tmp_path, row, problem):
    first = {"text": "One two three four.", "primary": "refusal", "labels": ["refusal"]}
    path = write_jsonl(tmp_path / "l.jsonl", [first, row])
    found = check_labelled(read_labelled([path]), ["refusal", "denial"])
    assert len(found) == 1
    assert f"l.jsonl:2: {problem}" in found[0] or "nearly" in found[0]


def test_near_copies_are_found_and_kept_on_one_side_of_a_split(tmp_path):
    text = "The delegation of the northern province walked out of the hall before the vote on the harbour"
    path = write_jsonl(
        tmp_path / "l.jsonl", [{"text": text, "label": "other"}, {"text": text + " today", "label": "other"}]
    )
    rows = read_labelled([path])
    assert "nearly the same text as" in check_labelled(rows)[0]
    assert len(set(groups_of(rows))) == 1


def test_every_unreadable_row_is_reported_at_once(tmp_path):
    (tmp_path / "l.jsonl").write_text('{"text": "a"}\nnonsense\n{"label": "b"}\n{"text": 7, "label": "b"}\n')
    with pytest.raises(LabelledDataError) as raised:
        read_labelled([tmp_path / "l.jsonl"])
    assert [problem.split(": ")[0].rpartition(":")[2] for problem in raised.value.problems] == ["1", "2", "3", "4"]


def test_the_corpus_passes_its_check(capsys):
    assert main(["check", *(str(path) for path in sorted(shipped("seeds").rglob("*.jsonl")))]) == 0
    assert "0 problems" in capsys.readouterr().err


def test_labels_of_ones_own_are_checked_when_asked_for(capsys):
    labels = str(ROOT / "examples" / "settlement_labels.csv")
    assert main(["check", labels]) == 1
    assert "--any-labels" in capsys.readouterr().err
    assert main(["check", labels, "--any-labels"]) == 0
    assert "--any-labels" not in capsys.readouterr().err


def test_a_name_tells_its_format():
    assert [format_of(name) for name in ("a.NDJSON", "b.csv.gz", "-")] == ["jsonl", "csv", "txt"]
    with pytest.raises(DataError, match="no ending"):
        format_of("quotes")


def test_rows_keep_their_line_numbers_over_quoted_newlines(tmp_path):
    (tmp_path / "q.csv").write_text('text\n"a\nb"\nc\n')
    with open_rows(str(tmp_path / "q.csv")) as source:
        assert [row.line for row in source.rows] == [2, 4]


def test_fewer_groups_than_folds_are_said_so(tmp_path, capsys):
    rows = [{"text": f"The ship left the harbour at {n}", "label": "ab"[n % 2]} for n in range(12)]
    write_jsonl(tmp_path / "l.jsonl", rows)
    assert main(["train", str(tmp_path / "l.jsonl"), "-o", str(tmp_path / "mine")]) == 2
    assert "near-duplicates count as one" in capsys.readouterr().err


def test_a_column_of_the_users_is_never_overwritten(tmp_path):
    (tmp_path / "q.csv").write_text(f"label,quote\nmine,{QUOTES[0]}\n")
    assert label(tmp_path / "q.csv", "-o", tmp_path / "out.jsonl") == 0
    (row,) = rows_of(tmp_path / "out.jsonl")
    assert (row["label"], row["predicted_label"]) == ("mine", "refusal")


def test_no_file_is_overwritten_unless_told(tmp_path, capsys):
    (tmp_path / "q.csv").write_text(f"quote\n{QUOTES[0]}\n")
    assert label(tmp_path / "q.csv", "-o", tmp_path / "q.csv") == 2
    assert "is there already" in capsys.readouterr().err
    assert (tmp_path / "q.csv").read_text() == f"quote\n{QUOTES[0]}\n"
    (tmp_path / "out.csv").write_text("old")
    assert label(tmp_path / "q.csv", "-o", tmp_path / "out.csv", "--overwrite") == 0


def test_tables_of_other_columns_are_not_mixed_into_one(tmp_path, capsys):
    (tmp_path / "a.csv").write_text(f"quote\n{QUOTES[0]}\n")
    (tmp_path / "b.txt").write_text(QUOTES[1])
    assert label(tmp_path / "a.csv", tmp_path / "b.txt", "-o", tmp_path / "out.csv") == 2
    assert "same columns in every row" in capsys.readouterr().err
    assert not (tmp_path / "out.csv").exists()


def test_an_empty_row_has_no_label_and_is_counted(tmp_path, capsys):
    (tmp_path / "q.csv").write_text(f"id,quote\n1,\n2,{QUOTES[0]}\n")
    assert label(tmp_path / "q.csv", "-o", tmp_path / "out.jsonl") == 0
    assert [row["label"] for row in rows_of(tmp_path / "out.jsonl")] == [None, "refusal"]
    assert "1 with a problem" in capsys.readouterr().err


def test_utf_16_is_recognised_and_other_bytes_are_flagged(tmp_path):
    (tmp_path / "a.csv").write_bytes(f"quote\n{QUOTES[0]} é\n".encode("utf-16"))
    (tmp_path / "b.csv").write_bytes(f"quote\n{QUOTES[0]} é\n".encode("latin-1"))
    assert label(tmp_path / "a.csv", tmp_path / "b.csv", "-o", tmp_path / "out.jsonl") == 0
    first, second = rows_of(tmp_path / "out.jsonl")
    assert (first["quote"], first["problem"]) == (f"{QUOTES[0]} é", None)
    assert "not in the file's encoding" in second["problem"]


def test_a_group_column_that_is_not_there_is_said_so(tmp_path, capsys):
    write_jsonl(tmp_path / "l.jsonl", [{"text": text, "label": label} for label in TINY for text in TINY[label]])
    arguments = ["train", str(tmp_path / "l.jsonl"), "-o", str(tmp_path / "mine"), "--group-column", "article"]
    assert main(arguments) == 2
    assert "no column 'article' to group by" in capsys.readouterr().err
