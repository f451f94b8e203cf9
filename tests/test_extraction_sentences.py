"""Sentences, paragraphs and page furniture of news copy."""

from __future__ import annotations

import pytest

from statclass.extraction.paragraphs import LONGEST_PARAGRAPH, paragraphs
from statclass.extraction.quotations import quoted_in
from statclass.extraction.sentences import sentences

ONE_SENTENCE = [
    "U.N. envoys met Gen. J. P. Novak and Mr. Hale in Washington, D.C. on Jan. 5.",
    "The bill of $2.5 million, 3.5 percent of it in cash, was sent to Acme Inc. of Ohio.",
    "He arrived at 9 a.m. on Monday.",
    "The U.S. Treasury and St. Petersburg’s No. 2 bank, e.g. its office, were named.",
    "“No. Never. Not once!” the minister said.",
    "“Why?” Lind asked.",
    "He waited … and waited.",
    "Rep. Ann Lee (D., Calif.) voted no.",
]
TWO_SENTENCES = [
    "He lives in the U.S. The trial is in May.",
    "It began at 9 a.m. The vote came later.",
    "It is over. “We leave,” he said.",
    "“We leave.” It was over.",
    "Is it over? No one knows.",
    "It is vitamin C. He takes it.",
    "He waited… Then he left.",
    "It rose by 2.5. That is much.",
    "He met Roy Haskell Jr. They spoke.",
]


def cut(text: str) -> list[str]:
    return [text[a:b] for a, b in sentences(text, 0, len(text), quoted_in(text, 0, len(text)))]


@pytest.mark.parametrize("text", ONE_SENTENCE)
def test_is_one_sentence(text: str) -> None:
    """Abbreviations, initials, decimals and stops inside a quotation do not end a sentence."""
    assert cut(text) == [text]


@pytest.mark.parametrize("text", TWO_SENTENCES)
def test_is_two_sentences(text: str) -> None:
    """A stop ends a sentence after an abbreviation too, when a word follows that begins one."""
    assert len(cut(text)) == 2
    assert " ".join(cut(text)) == text


def texts(article: str) -> list[str]:
    return [article[a:b] for a, b in paragraphs(article)]


def test_lines_are_paragraphs() -> None:
    """Without blank lines each line is a paragraph, whatever ends it."""
    assert texts("Kyiv denied it.\r\nMoscow did not.\n\tBoth left. ") == [
        "Kyiv denied it.",
        "Moscow did not.",
        "Both left.",
    ]


def test_hard_wrapped_lines_are_joined() -> None:
    """Lines that were broken at a fixed width are one paragraph."""
    article = "The ministry denied on Monday that\nits guns had shelled the market in\nthe town.\n\nTalks go on."
    assert texts(article) == [article[:79], "Talks go on."]


FURNITURE = [
    "By Jane Smith",
    "By JANE SMITH and John Doe",
    "Written by Henrik Rothen",
    "Most Read",
    "Trending Now",
    "More International coverage from The Hill",
    "Read more: Russia accuses Ukraine",
    "Reporting by Jane Smith; Editing by John Doe",
    "Sign up for our newsletter",
    "© 2024 Acme News",
]
COPY = ["By Monday the envoys had refused.", "Most of them refused.", "More than 20 states condemned it."]


@pytest.mark.parametrize("line", FURNITURE)
def test_furniture_is_left_out(line: str) -> None:
    """Bylines, links and headings of the page are no part of the article."""
    assert texts(f"{line}\n\nKyiv denied it.") == ["Kyiv denied it."]


@pytest.mark.parametrize("line", COPY)
def test_copy_is_kept(line: str) -> None:
    """A sentence that begins like page furniture is kept."""
    assert texts(line) == [line]


def test_long_paragraphs_are_read_in_pieces() -> None:
    """No piece is longer than the limit, and nothing but white space is lost between pieces."""
    article = "Kyiv denied it. " * 10_000
    pieces = texts(article.strip())
    assert max(map(len, pieces)) <= LONGEST_PARAGRAPH
    assert "".join(pieces) == article.strip()
