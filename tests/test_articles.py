"""Articles are read from text, pages, tables and folders, and keep what is known of them."""

from __future__ import annotations

import json

import pytest

from statclass.articles import Article, read_articles
from statclass.cli import main
from statclass.cli.label import coloured_article
from tests.conftest import write_jsonl

SENTENCE = "Ana Silva denied the report."
PAGE = f"""<html><head><title>River talks fail</title><meta name="date" content="2026-03-02"></head>
<body><nav><a href="/">Home</a><a href="/w">World</a></nav><article><h1>River talks fail</h1>
<p>{SENTENCE} The delegations had met for two days in the old library above the harbour of Port Elise.</p>
<p>“We will not put our farmers' water on a negotiating table,” the foreign minister told reporters afterwards.</p>
</article><footer>Most read: ten ways to cook rice</footer></body></html>"""


def rows_of(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def label(*arguments):
    return main(["label", "--articles", *map(str, arguments)])


def test_a_table_keeps_id_title_and_date(tmp_path):
    row = {"id": 7, "title": "Talks", "date": "2026-03-02", "body": SENTENCE}
    path = write_jsonl(tmp_path / "articles.jsonl", [row])
    assert label(path, "-o", tmp_path / "out.jsonl") == 0
    (found,) = rows_of(tmp_path / "out.jsonl")
    assert (found["id"], found["title"], found["date"]) == (7, "Talks", "2026-03-02")
    assert SENTENCE[found["start"] : found["end"]] == found["text"]
    assert found["speaker"] == "Ana Silva"
    assert found["article"].endswith("articles.jsonl:1")


def test_a_page_gives_its_main_text_title_and_date(tmp_path):
    pytest.importorskip("trafilatura", reason="HTML pages need the extra html")
    (tmp_path / "page.html").write_text(PAGE, encoding="utf-8")
    (article,) = read_articles([str(tmp_path / "page.html")])
    assert SENTENCE in article.text
    assert "cook rice" not in article.text
    assert article.values == {"title": "River talks fail", "date": "2026-03-02"}


def test_a_folder_is_read_in_order_and_other_files_are_left(tmp_path):
    for name in ("b.txt", "a.txt", "c.pdf"):
        (tmp_path / name).write_text(SENTENCE)
    assert [article.place[-5:] for article in read_articles([str(tmp_path)])] == ["a.txt", "b.txt"]


def test_a_row_that_cannot_be_read_keeps_its_place(tmp_path):
    (tmp_path / "a.jsonl").write_text(f'{{"text": "{SENTENCE}"}}\nnonsense\n{{"text": 5}}\n{{"id": 1}}\n')
    assert label(tmp_path / "a.jsonl", "-o", tmp_path / "out.jsonl") == 0
    rows = rows_of(tmp_path / "out.jsonl")
    assert [row["label"] is None for row in rows] == [False, True, True, True]
    assert all(f"a.jsonl:{line}" in row["problem"] for line, row in enumerate(rows[1:], 2))


def test_a_table_without_articles_names_its_columns(tmp_path, capsys):
    (tmp_path / "a.csv").write_text("id,headline\n1,Talks\n")
    assert label(tmp_path / "a.csv", "-o", tmp_path / "out.jsonl") == 2
    assert "the columns are 'id', 'headline'" in capsys.readouterr().err


def test_on_a_terminal_statements_are_coloured_and_nothing_is_lost():
    text = f"Before. {SENTENCE} After."
    start = text.index(SENTENCE)
    shown = coloured_article(Article(text, "a.txt"), [{"label": "denial", "spans": [[start, start + len(SENTENCE)]]}])
    assert f"\x1b[36m{SENTENCE}\x1b[0m" in shown
    assert "[denial]" in shown
    assert shown.endswith("After.\n")
