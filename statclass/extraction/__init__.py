"""From a news article to who said what: its quoted and reported statements with their speakers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from statclass.errors import InputError
from statclass.extraction.reading import Reader
from statclass.records import Statement

__all__ = ["extract", "extract_many"]


def extract(article: str) -> list[Statement]:
    """Find the statements in a news article.

    Parameters
    ----------
    article : str
        The article as plain text, paragraphs on lines of their own.

    Returns
    -------
    list of Statement
        Direct quotations (``kind="quote"``) and sentences that report a statement (``kind="reported"``), in the
        order in which they begin. A sentence that reports several sources gives a record for each.

    Raises
    ------
    InputError
        If `article` is not a string.

    Examples
    --------
    >>> text = 'Foreign Minister Jan Novak refused to attend. "We were not asked," Novak said.'
    >>> for statement in extract(text):
    ...     print(statement.kind, "|", statement.text, "|", statement.speaker, "|", statement.speaker_full)
    reported | Foreign Minister Jan Novak refused to attend. | Jan Novak | Jan Novak
    quote | We were not asked | Novak | Jan Novak
    """
    if not isinstance(article, str):
        raise InputError(f"extract takes the text of one article as a str, found {type(article).__name__}")
    return Reader(article).statements()


def extract_many(articles: Iterable[str]) -> Iterator[list[Statement]]:
    """Find the statements in a stream of articles, one list for each, in their order.

    Parameters
    ----------
    articles : iterable of str
        The articles. They are read one at a time, so a stream of any length takes no more memory than its longest.

    Returns
    -------
    iterator of list of Statement

    Raises
    ------
    InputError
        If `articles` is a bare string, or holds something that is not a string.

    Examples
    --------
    >>> [len(statements) for statements in extract_many(["Kyiv denied it.", "It rained."])]
    [1, 0]
    """
    if isinstance(articles, str):
        raise InputError("extract_many takes an iterable of articles, found a bare str; use extract for one article")
    return (extract(article) for article in articles)
