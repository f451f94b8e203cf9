"""The reading of a statement: names, phrases, negation, subjects and culprits land on the right tokens."""

from __future__ import annotations

import pytest

from statclass.reading import StatementReader
from statclass.text import SEPARATOR, join, tokenize_joined

KNOWN = ("the", "talks", "ministers", "resume")


def read(text):
    reader = StatementReader(KNOWN)
    reading, tokens = reader.read([text]), tokenize_joined(join([text]))
    table = {}
    for place, token in enumerate(reading.token):
        if tokens[token] != SEPARATOR:
            states = {
                f: reader.state_name(f, int(getattr(reading, f)[place])) for f in ("subject", "negation", "predicate")
            }
            category = reader.category_name(int(reading.category[place]))
            table[tokens[token]] = {"category": category, "culprit": int(reading.culprit[place]), **states}
    return table


@pytest.mark.parametrize(
    "text", ["Türkiye refused.", "TÜRKİYE REFUSED.", "The United States refused.", "Ruritania refused."]
)
def test_a_name_is_the_subject_whatever_its_spelling(text):
    table = read(text)
    verb = table.get("refused") or table["REFUSED"]
    assert (verb["category"], verb["subject"]) == ("refuse_verb", "name")


@pytest.mark.parametrize("mark", ["'", "’", "ʼ"])
def test_a_contraction_negates_whatever_its_apostrophe(mark):
    assert read(f"We don{mark}t accept it.")["accept"]["negation"] == "not"


def test_negation_ends_with_its_clause():
    table = read("We do not hesitate, they accept.")
    assert table["accept"]["negation"] == "-"


def test_what_is_rejected_is_governed_by_the_verb():
    assert read("We reject the allegation.")["allegation"]["predicate"] == "reject_verb"


@pytest.mark.parametrize(
    ("text", "word", "culprit"),
    [
        ("We saw Russia's attack.", "attack", 2),
        ("We saw their attack.", "attack", 4),
        ("The town was bombed.", "bombed", 6),
        ("The town was bombed by Russia.", "bombed", 7),
    ],
)
def test_who_is_tied_to_a_wrong(text, word, culprit):
    assert read(text)[word]["culprit"] == culprit


@pytest.mark.parametrize(
    "text", ["GENEVA, May 3 (Agency) -- Chad refused.", "Chad refused. #Talks #Peace", "Chad refused 🙏"]
)
def test_datelines_trailing_hashtags_and_emoji_leave_no_token(text):
    assert list(read(text)) == ["Chad", "refused", "."][: len(read(text))]
    assert len(read(text)) in (2, 3)
