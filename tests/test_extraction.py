"""What `extract` promises: which statements it finds in an article, with which speakers."""

from __future__ import annotations

import pytest

from statclass.errors import InputError
from statclass.extraction import extract, extract_many


def test_refuses_what_is_no_text() -> None:
    """A value that is not a str is named in the error."""
    with pytest.raises(InputError, match="found int"):
        extract(3)  # type: ignore[arg-type]


def test_refuses_a_bare_string_where_articles_are_due() -> None:
    """A str given to `extract_many` would be read letter by letter, so it is refused at once."""
    with pytest.raises(InputError, match="bare str"):
        extract_many("Kyiv denied it.")


def test_reads_articles_one_at_a_time() -> None:
    """`extract_many` gives the first result before it asks for the second article."""
    asked = []

    def articles():
        for number in range(3):
            asked.append(number)
            yield "Kyiv denied it."

    next(extract_many(articles()))
    assert asked == [0]


@pytest.mark.parametrize("title", ["Sr.", "Mr.", "Lord", "Mir", "Ls"])
def test_words_like_titles_before_a_name_are_survived(title: str) -> None:
    (statement,) = extract(f"{title} Garcia denied the report on Monday.")
    assert "Garcia" in statement.speaker
