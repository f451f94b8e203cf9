"""The word lists of extraction, read once from ``statclass/data/extraction`` when first needed."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import NamedTuple

Row = dict[str, str]


class VerbForm(NamedTuple):
    """One inflected form of a verb of saying or doing.

    Parameters
    ----------
    category : str
        What the verb does: ``"say"``, ``"deny"``, ``"refuse"``, ...
    shape : str
        ``"base"``, ``"third"``, ``"past"``, ``"participle"`` or ``"ing"``; ``"past"`` too where both are the same.
    frame : frozenset of str
        Words of which one must follow for the verb to report something; empty when none is needed.
    quote_only : bool
        True for manners of speaking (``"laughed"``), which attribute a quotation but report nothing.
    """

    category: str
    shape: str
    frame: frozenset[str]
    quote_only: bool


def read_rows(name: str) -> list[Row]:
    """The rows of one list as dictionaries keyed by its header.

    Examples
    --------
    >>> read_rows("elisions")[0]["word"]
    'tis'
    """
    text = files("statclass").joinpath("data", "extraction", f"{name}.tsv").read_text(encoding="utf-8")
    header, *lines = (line.split("\t") for line in text.splitlines() if line)
    return [dict(zip(header, line, strict=True)) for line in lines]


@cache
def verb_forms() -> dict[str, VerbForm]:
    """Every inflected form in lower case, with what it does and what it needs; a column may hold two spellings.

    Examples
    --------
    >>> verb_forms()["refuses"].category, verb_forms()["refuses"].shape
    ('refuse', 'third')
    """
    forms: dict[str, VerbForm] = {}
    for row in read_rows("verbs"):
        frame, quote_only = _frame(row["frame"])
        for shape, column in _SHAPES:
            for form in row[column].split():
                forms.setdefault(form, VerbForm(row["category"], shape, frame, quote_only))
    return forms


_SHAPES = (("third", "third"), ("past", "past"), ("participle", "participle"), ("ing", "ing"), ("base", "verb"))


def _frame(column: str) -> tuple[frozenset[str], bool]:
    if column == "clause":
        return grammar("opener"), False
    if column == "content":
        return (grammar("opener") - {"to", "at"}) | {"content"}, False
    words = column.split()
    return frozenset(words) - {"free", "quote"}, "quote" in words


@cache
def nouns_of_saying() -> dict[str, str]:
    """Noun of saying to its category: ``"refusal"`` to ``"refuse"``."""
    return {row["noun"]: row["category"] for row in read_rows("nouns")}


@cache
def word_classes() -> dict[str, str]:
    """Lower-case word to its class in a sentence; function words win over words for sources.

    Examples
    --------
    >>> word_classes()["ministry"], word_classes()["the"]
    ('organisation', 'det')
    """
    classes = {row["word"]: row["class"] for row in read_rows("sources")}
    classes.update((row["word"], row["class"]) for row in read_rows("function_words"))
    return classes


@cache
def words_of(name: str, column: str = "word", **wanted: str) -> frozenset[str]:
    """The words of one list, those alone whose other columns have the wanted values.

    Examples
    --------
    >>> "Gen" in words_of("abbreviations", "abbreviation", **{"class": "title"})
    True
    """
    rows = read_rows(name)
    return frozenset(row[column] for row in rows if all(row[key] == value for key, value in wanted.items()))


@cache
def grammar(name: str) -> frozenset[str]:
    """The words of one class of ``grammar.tsv``: ``"be"``, ``"modal"``, ``"negation"``, ...

    Examples
    --------
    >>> "never" in grammar("negation")
    True
    """
    return words_of("grammar", **{"class": name})


@cache
def places() -> dict[str, str]:
    """Name of a place or body to its class: ``"country"``, ``"capital"``, ``"demonym"``, ``"place"``, ``"body"``."""
    return {row["name"]: row["class"] for row in read_rows("places")}


@cache
def cue_words() -> frozenset[str]:
    """Every lower-case word that can make a sentence a report."""
    reporting = {form for form, verb in verb_forms().items() if not verb.quote_only}
    return frozenset(reporting | set(nouns_of_saying()) | grammar("cue"))
