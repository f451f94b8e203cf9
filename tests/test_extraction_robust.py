"""What holds for any text: offsets are true, nothing raises, and the records keep their own rules."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from statclass.extraction import extract
from statclass.extraction.lexicon import grammar, read_rows, verb_forms
from tests.benchmarks.extraction_scores import ARTICLES, ROOT, SEEDS
from tests.benchmarks.hard_input import HARD_INPUT

FILES = [path for folder in (ARTICLES, SEEDS) if folder.is_dir() for path in sorted(folder.glob("*.txt"))]
LISTS = sorted(path.stem for path in (ROOT / "statclass" / "data" / "extraction").glob("*.tsv"))
PRONOUNS = {"he", "she", "it", "they", "his", "her", "its", "their"}

PIECES = [
    *"\"'“”‘’„‟«»‹›‚",
    *[" ", "\n", "\n\n", ". ", ", ", ": ", "; ", "! ", "? ", "… ", " — ", "(", ")"],
    *["said", "He said", "according to", "Lavrov", "Gen. J. P. Novak", "the ministry", "Kyiv denied it", "denied"],
    *["we will not go", "“We refuse,” said Lind", "‘No’", "ministers’ plan", "a “farce”", "that", "who", "by", "and"],
    *["\nQ: ", "\nA: ", "\nMS. BERG: ", "\nTHE ENVOY: ", "he said:\n\n", "the following:\n\n", "We go.\n\n"],
    *["Ana Berg", "Hugo Lind, ", "she", "was quoted as saying", "does not want to", "one of them, ", "called"],
    *[
        "U.N.",
        "Jan. 5",
        "2.5",
        "al-Assad",
        "İstanbul",
        "שלום",
        "مرحبا",
        "😀",
        "👩‍👩‍👧",
        "\ud800",
        "\x00",
        "\u2028",
        "\u200f",
    ],
]
ARTICLE = st.lists(st.sampled_from(PIECES), max_size=60).map("".join) | st.lists(
    st.sampled_from(PIECES), max_size=60
).map(" ".join)


def check(article: str) -> None:
    """The promises that every record keeps."""
    beginnings = []
    for statement in extract(article):
        assert statement.text == " ".join(article[a:b] for a, b in statement.spans)
        assert statement.text.strip()
        assert (statement.start, statement.end) == (statement.spans[0][0], statement.spans[-1][1])
        assert all(0 <= a < b <= len(article) for a, b in statement.spans)
        assert statement.kind in ("quote", "reported")
        assert (statement.speaker is None) == (statement.speaker_full is None)
        assert statement.speaker is None or statement.speaker.lower() not in PRONOUNS
        assert statement.cue is None or statement.cue in article
        beginnings.append(statement.start)
    assert beginnings == sorted(beginnings)


@given(ARTICLE)
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_offsets_are_true_for_generated_articles(article: str) -> None:
    """Articles put together from marks, names, verbs and odd characters keep every promise."""
    check(article)


@pytest.mark.parametrize("article", ["\"'", '"":', "“A b.\n\n“", "said “", "“ ”:", "‘\n‘", ":\n:", 'by\n"\n"'])
def test_found_by_fuzzing(article: str) -> None:
    """Texts that once raised, or gave an empty span."""
    check(article)


@given(st.text(max_size=400))
@settings(max_examples=200, deadline=None)
def test_any_text_is_read(article: str) -> None:
    """No text raises."""
    check(article)


@given(st.binary(max_size=2000))
@settings(max_examples=100, deadline=None)
def test_any_bytes_are_read(data: bytes) -> None:
    """Bytes that are no text, decoded as Latin-1 or with surrogates, do not raise."""
    check(data.decode("latin-1"))
    check(data.decode("utf-8", "surrogateescape"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_offsets_are_true_for_the_files_at_hand(path) -> None:
    """Whole articles, cut short at any place, and with their marks exchanged, keep every promise."""
    article = path.read_text(encoding="utf-8")
    check(article)
    shuffled = random.Random(path.name)
    for _ in range(20):
        check(article[: shuffled.randrange(len(article))])
    for marks in ('""', "„“", "«»", "‘’", "''"):
        check(article.translate(str.maketrans("“”", marks)))


@pytest.mark.parametrize("name", HARD_INPUT)
def test_hard_input_is_read(name: str) -> None:
    """Long runs of one thing, beyond the longest paragraph, are read to the end."""
    check(HARD_INPUT[name] * (70_000 // len(HARD_INPUT[name])))


@pytest.mark.parametrize("name", LISTS)
def test_lists_are_whole(name: str) -> None:
    """Every row of a list has a first column of its own and a note."""
    rows = read_rows(name)
    keys = [next(iter(row.values())) for row in rows]
    assert all(row["note"] for row in rows)
    assert name == "grammar" or len(set(keys)) == len(keys)


def test_verbs_are_known_in_all_inflections() -> None:
    """The forms of a verb carry its category."""
    for form in ("denies", "denied", "denying", "deny"):
        assert verb_forms()[form].category == "deny"
    assert "was" in grammar("be")
