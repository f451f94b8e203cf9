"""Labelled data comes in from files, frames and annotation tools, and what is wrong with it is said at once."""

from __future__ import annotations

import gzip
import json

import pytest

from statclass import DataError, LabelledDataError
from statclass.formats import FORMATS
from statclass.labelled import groups_of, problems_for_training, read_labelled
from statclass.labelled.annotators import annotated_by_file, settle
from tests.conftest import TINY, write_jsonl


def read(tmp_path, name, content, **options):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))
    return read_labelled([path], **options)


def labels_of(rows):
    return [(row.text, row.labels) for row in rows]


EXPECTED = [("We refuse.", ("refusal",)), ("A lie.", ("denial",)), ("Talks resume.", ())]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", "text,label\nWe refuse.,refusal\nA lie.,denial\nTalks resume.,other\n"),
        ("a.csv", "\ufeffStatement,Label\r\nWe refuse.,refusal\r\nA lie.,denial\r\nTalks resume.,other\r\n"),
        ("a.tsv", "id\tquote\tlabels\n1\tWe refuse.\trefusal\n2\tA lie.\tdenial\n3\tTalks resume.\t\n"),
        (
            "a.jsonl",
            '{"text": "We refuse.", "label": "refusal"}\n\n{"text": "A lie.", "labels": ["denial"]}\n'
            '{"text": "Talks resume.", "primary": "other", "labels": []}\n',
        ),
        (
            "a.json",
            '[{"text": "We refuse.", "label": "refusal"},\n {"text": "A lie.", "label": "denial"},\n'
            ' {"text": "Talks resume.", "label": "other"}]',
        ),
    ],
)
def test_tables_and_json_are_read_alike(tmp_path, name, content):
    assert labels_of(read(tmp_path, name, content)) == EXPECTED


def test_compressed_files_are_read(tmp_path):
    (tmp_path / "a.json.gz").write_bytes(gzip.compress(b'[{"text": "We refuse.", "label": "refusal"}]'))
    assert labels_of(read_labelled([tmp_path / "a.json.gz"])) == EXPECTED[:1]


@pytest.mark.skipif("parquet" not in FORMATS, reason="this version does not read .parquet")
def test_parquet_is_read(tmp_path):
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    pandas.DataFrame({"text": ["We refuse."], "label": ["refusal"]}).to_parquet(tmp_path / "a.parquet")
    assert labels_of(read_labelled([tmp_path / "a.parquet"])) == EXPECTED[:1]


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_data_frames_are_read(library):
    frames = pytest.importorskip(library)
    frame = frames.DataFrame({"text": ["We refuse.", "A lie."], "labels": [["refusal"], ["denial"]]})
    rows = read_labelled(frame)
    assert labels_of(rows) == EXPECTED[:2]
    assert rows[1].place == "data frame:2"
    with pytest.raises(LabelledDataError, match="data frame:2: column 'label' is empty"):
        read_labelled(frames.DataFrame({"text": ["We refuse.", "A lie."], "label": ["refusal", None]}))


def choices(*labels):
    return [{"type": "choices", "from_name": "act", "to_name": "text", "value": {"choices": list(labels)}}]


LABEL_STUDIO = [
    {
        "id": 1,
        "data": {"text": "We refuse.", "outlet": "Post"},
        "annotations": [
            {"completed_by": 1, "result": choices("refusal")},
            {"completed_by": {"email": "b@x"}, "result": choices("refusal")},
        ],
    },
    {
        "id": 2,
        "data": {"text": "A lie."},
        "annotations": [
            {"completed_by": 1, "was_cancelled": True, "result": []},
            {"completed_by": 2, "result": choices("denial", "accusation")},
        ],
    },
    {"id": 3, "data": {"text": "Never labelled."}, "annotations": []},
]
ARGILLA_2 = [
    {
        "id": "a",
        "status": "completed",
        "fields": {"text": "We refuse."},
        "metadata": {"outlet": "Post"},
        "responses": {
            "act": [
                {"value": "refusal", "user_id": "u1", "status": "submitted"},
                {"value": "denial", "user_id": "u2", "status": "discarded"},
            ]
        },
    },
    {"id": "b", "status": "pending", "fields": {"text": "Never labelled."}, "responses": {}},
]
ARGILLA_1 = [
    {
        "fields": {"text": "We refuse."},
        "responses": [{"user_id": "u1", "status": "submitted", "values": {"act": {"value": ["refusal"]}}}],
    }
]


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("ls.json", json.dumps(LABEL_STUDIO), [("We refuse.", ("refusal",)), ("A lie.", ("denial", "accusation"))]),
        (
            "ls-min.json",
            json.dumps(
                [
                    {
                        "id": 1,
                        "text": "We refuse.",
                        "act": "refusal",
                        "annotator": 1,
                        "annotation_id": 1,
                        "lead_time": 2,
                    },
                    {
                        "id": 2,
                        "text": "A lie.",
                        "act": {"choices": ["denial", "accusation"]},
                        "annotator": 1,
                        "annotation_id": 2,
                        "lead_time": 2,
                    },
                ]
            ),
            [("We refuse.", ("refusal",)), ("A lie.", ("denial", "accusation"))],
        ),
        (
            "ls.csv",
            "annotation_id,annotator,created_at,id,lead_time,sentiment,text,updated_at\n"
            "1,1,2024,1,2.0,refusal,We refuse.,2024\n"
            '2,1,2024,2,2.0,"{""choices"":[""denial"",""accusation""]}",A lie.,2024\n',
            [("We refuse.", ("refusal",)), ("A lie.", ("denial", "accusation"))],
        ),
        (
            "doccano.jsonl",
            '{"id": 1, "text": "We refuse.", "label": ["refusal"], "Comments": []}\n'
            '{"id": 2, "text": "Talks resume.", "label": []}\n',
            [("We refuse.", ("refusal",)), ("Talks resume.", ())],
        ),
        (
            "prodigy.jsonl",
            '{"text": "We refuse.", "options": [], "accept": ["refusal"], "answer": "accept", "_annotator_id": "ana"}\n'
            '{"text": "Odd.", "accept": [], "answer": "ignore"}\n',
            [("We refuse.", ("refusal",))],
        ),
        (
            "prodigy.jsonl",
            '{"text": "A lie.", "label": "denial", "answer": "accept"}\n'
            '{"text": "A lie.", "label": "accusation", "answer": "accept"}\n'
            '{"text": "A lie.", "label": "refusal", "answer": "reject"}\n'
            '{"text": "Talks resume.", "label": "refusal", "answer": "reject"}\n',
            [("A lie.", ("denial", "accusation")), ("Talks resume.", ())],
        ),
        ("argilla.json", json.dumps(ARGILLA_2), [("We refuse.", ("refusal",))]),
        ("argilla.json", json.dumps(ARGILLA_1), [("We refuse.", ("refusal",))]),
        (
            "argilla.json",
            json.dumps(
                [
                    {
                        "id": "a",
                        "text": "We refuse.",
                        "act.responses": ["refusal"],
                        "act.responses.users": ["u1"],
                        "act.responses.status": ["submitted"],
                    }
                ]
            ),
            [("We refuse.", ("refusal",))],
        ),
    ],
)
def test_exports_of_annotation_tools_are_read(tmp_path, name, content, expected):
    assert labels_of(read(tmp_path, name, content)) == expected


def test_who_said_what_is_kept(tmp_path):
    first = read(tmp_path, "ls.json", json.dumps(LABEL_STUDIO))[0]
    assert first.annotations == {"1": ("refusal",), "b@x": ("refusal",)}
    assert first.values["outlet"] == "Post"


@pytest.mark.parametrize(
    ("content", "options"),
    [
        ("text,label_ana,label_ben,label_eva\nWe refuse.,refusal,refusal,denial\n", {}),
        ("text,one,two,three\nWe refuse.,refusal,refusal,denial\n", {"annotators": ["one", "two", "three"]}),
        ("text,label,annotator\nWe refuse.,refusal,a\nWe refuse.,refusal,b\nWe refuse.,denial,c\n", {}),
    ],
)
def test_most_annotators_decide(tmp_path, content, options):
    (row,) = read(tmp_path, "a.csv", content, **options)
    assert row.labels == ("refusal",)
    assert len(row.annotations) == 3


def test_an_even_split_is_a_problem_by_line(tmp_path):
    rows = read(tmp_path, "a.csv", "text,label_ana,label_ben\nNo.,refusal,denial\n")
    (problem,) = problems_for_training(rows, folds=1)
    assert "a.csv:2: the annotators are evenly split (label_ana: refusal; label_ben: denial)" in str(problem)


def test_files_of_the_same_texts_are_annotators(tmp_path):
    for name, label in (("ana", "refusal"), ("ben", "denial")):
        write_jsonl(tmp_path / f"{name}.jsonl", [{"text": "No.", "label": label}])
    (row,) = annotated_by_file(read_labelled([tmp_path / "ana.jsonl", tmp_path / "ben.jsonl"]))
    assert row.annotations == {"ana": ("refusal",), "ben": ("denial",)}


def test_sets_are_settled_label_by_label():
    assert settle([("a", "b"), ("a",), ("a", "b")]) == (("a", "b"), False)
    assert settle([("a", "b"), ("a",)]) == (("a",), True)
    assert settle([(), (), ("a",)]) == ((), False)


def test_copies_and_speeches_share_a_group(tmp_path):
    rows = read(
        tmp_path,
        "a.csv",
        "text,label,speech\nThe ship left the old harbour today.,a,x\nThe ship left the old harbour today!,a,y\n"
        "Rates fell.,b,y\nNobody came.,b,z\n",
    )
    group = groups_of(rows)
    assert group[0] == group[1] == group[2] != group[3]


ROW = '{"text": "We refuse.", "label": "refusal"}\n'
MALFORMED = [
    ("e.csv", "", "e.csv:1: the file is empty"),
    ("e.jsonl", "", "no labelled statements in"),
    ("e.json", "[]", "no labelled statements in"),
    ("h.csv", "text,label\n", "no labelled statements in"),
    ("c.csv", "text,topic\nWe refuse.,refusal\n", "no label column (labels, primary, label); the columns are 'text'"),
    ("c.csv", "body,label\nWe refuse.,refusal\n", "no column named quote, quotation, text, statement"),
    ("s.csv", "text^label\nWe refuse.^refusal\n", "no column named quote, quotation, text, statement"),
    ("t.tsv", "text,label\nWe refuse.,refusal\n", "t.tsv: no label column"),
    ("u.xlsx", "x", "unknown format 'xlsx'"),
    ("n", "x", "unknown format (no ending)"),
    ("w.csv", "text,label\nWe refuse, all of us.,refusal\n", "w.csv:2: 3 cells where the header has 2"),
    ("w.csv", "text,label\nWe refuse.\n", "w.csv:2: 1 cells where the header has 2"),
    ("l.csv", "text,label\nWe refuse.,\n", "l.csv:2: column 'label' is empty; expected a label, 'other' for none"),
    ("l.csv", "text,label\nWe refuse.,   \n", "l.csv:2: column 'label' is empty"),
    ("x.csv", "text,label\n,refusal\n", "x.csv:2: the text is empty"),
    ("x.csv", 'text,label\n"  \n ",refusal\n', "x.csv:2: the text is empty"),
    (
        "d.csv",
        "text,label\nWe refuse.,refusal\nwe refuse!,denial\n",
        "d.csv:3: the same text as d.csv:2 and the labels differ",
    ),
    ("d.csv", "text,labels\nNo.,a;b\nNo.,a\n", "d.csv:3: the same text as d.csv:2 and the labels differ"),
    (
        "k.csv",
        "text,label\nWe refuse.,refusal\nNo.,refusel\n",
        "k.csv:3: unknown label 'refusel'; expected denial, other, refusal",
    ),
    (
        "f.csv",
        "text,label\nWe refuse.,refusal\nNo.,denial\n",
        "too few statements labelled 'refusal': found 1 (f.csv:2)",
    ),
    (
        "p.jsonl",
        '{"text": "No.", "primary": "denial", "labels": ["refusal"]}\n',
        "p.jsonl:1: primary 'denial' is not among the labels",
    ),
    ("j.jsonl", ROW + '{"text": "We ref\n', "j.jsonl:2: not valid JSON at column"),
    ("j.jsonl", ROW + "[1]\n", "j.jsonl:2: expected a JSON object, found list"),
    ("j.jsonl", ROW + '"text"\n', "j.jsonl:2: expected a JSON object, found str"),
    ("m.jsonl", ROW + '{"text": "No."}\n', "m.jsonl:2: no label column"),
    ("m.jsonl", ROW + '{"label": "refusal"}\n', "m.jsonl:2: no column named quote"),
    ("v.jsonl", '{"text": 7, "label": "refusal"}\n', "v.jsonl:1: column 'text' holds int, expected text"),
    ("v.jsonl", '{"text": null, "label": "refusal"}\n', "v.jsonl:1: column 'text' holds nothing, expected text"),
    ("v.jsonl", '{"text": ["No."], "label": "refusal"}\n', "v.jsonl:1: column 'text' holds list, expected text"),
    ("v.jsonl", '{"text": "No.", "label": 3}\n', "v.jsonl:1: column 'label' holds int, expected a label or a list"),
    ("v.jsonl", '{"text": "No.", "label": {"refusal": 1}}\n', "v.jsonl:1: column 'label' holds dict"),
    ("v.jsonl", '{"text": "No.", "label": null}\n', "v.jsonl:1: column 'label' is empty"),
    ("v.jsonl", '{"text": "No.", "label": [1, 2]}\n', "v.jsonl:1: column 'label' holds a list of int"),
    (
        "spans.jsonl",
        '{"text": "Oslo refused.", "label": [[0, 4, "PLACE"]]}\n',
        "spans.jsonl:1: column 'label' holds spans of characters",
    ),
    ("cut.json", '[{"text": "No.", "label": "refusal"},\n', "cut.json:2: not valid JSON: the list is cut off"),
    ("cut.json", '[{"text": "No.", "label": "refusal"},\n {"text": ', "cut.json:2: not valid JSON"),
    ("list.json", '[{"text": "No.", "label": "refusal"},\n\n 5]', "list.json:3: expected a JSON object, found int"),
    ("one.json", '{"rows":\n [{"text": "No."}]}', "one.json:1: not valid JSON"),
    (
        "latin.csv",
        "text,label\nNous refusons déjà.,refusal\n".encode("latin-1"),
        "latin.csv:2: the text holds bytes that are not UTF-8",
    ),
    (
        "ner.json",
        json.dumps(
            [{"data": {"text": "Oslo."}, "annotations": [{"result": [{"value": {"start": 0, "labels": ["P"]}}]}]}]
        ),
        "ner.json:1: the annotation has no choices",
    ),
    (
        "pr.jsonl",
        '{"text": "No.", "label": "a", "answer": "accept"}\n{"text": "No.", "label": "a", "answer": "yes"}\n',
        "pr.jsonl:2: the answer is 'yes', expected accept, reject or ignore",
    ),
    ("an.csv", "text,label_a,label_b\nNo.,,\n", "an.csv:2: no annotator gave a label"),
    ("an.csv", "text,label_a,label_b\nNo.,refusal,denial\n", "an.csv:2: the annotators are evenly split"),
    ("gone.csv", None, "gone.csv: cannot be opened (No such file or directory)"),
]


@pytest.mark.parametrize(("name", "content", "message"), MALFORMED, ids=range(len(MALFORMED)))
def test_each_malformed_file_gets_its_message(tmp_path, monkeypatch, name, content, message):
    monkeypatch.chdir(tmp_path)
    if content is not None:
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    known = ["refusal", "denial"] if name == "k.csv" else None
    try:
        found = "\n".join(map(str, problems_for_training(read_labelled([name]), 5, known)))
    except DataError as error:
        found = str(error)
    assert message in found


def test_there_are_forty_malformed_files():
    assert len(MALFORMED) >= 40


def test_all_problems_are_told_at_once_before_anything_is_trained(tmp_path, monkeypatch):
    from statclass.training import train

    monkeypatch.chdir(tmp_path)
    lines = ["text,label", *(f"{text},{label}" for label in TINY for text in TINY[label])]
    lines += [",refusal", "We deny it!,refusal", "Perhaps.,rare"]
    (tmp_path / "l.csv").write_text("\n".join(lines))
    with pytest.raises(LabelledDataError) as raised:
        train("l.csv", folds=2)
    assert [problem.split(": ")[0] for problem in raised.value.problems] == ["l.csv:14", "l.csv:15", "l.csv:16"]


def test_statements_with_problems_can_be_left_out(tmp_path):
    from statclass.training import train

    rows = [{"text": text, "label": label} for label in TINY for text in TINY[label]]
    path = write_jsonl(tmp_path / "l.jsonl", [*rows, {"text": "", "label": "refusal"}])
    told: list[str] = []
    model = train(path, folds=2, min_count=1, skip_problems=True, progress=told.append)
    assert model.info_["training_data"]["statements"] == 12
    assert any("l.jsonl:13: the text is empty" in message for message in told)


def test_columns_about_labels_are_no_annotators_where_there_is_a_label(tmp_path):
    content = '{"text": "We refuse.", "label": "refusal", "label_score": 0.9, "label_source": "desk"}\n'
    (row,) = read(tmp_path, "a.jsonl", content)
    assert (row.labels, row.annotations) == (("refusal",), {})
