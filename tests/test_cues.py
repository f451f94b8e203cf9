"""The lexicon of cues passes its checks, and the checks find what is wrong."""

from __future__ import annotations

import pytest

from statclass import cues
from statclass.errors import CueError


def test_the_shipped_lexicon_has_no_problems():
    assert cues.check_cues() == []


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("accuse\tz\taccuse_verb\t", "C1"),
        ("accuse\tv\tno_such_category\t", "C2"),
        ("Accuse\tv\taccuse_verb\t", "C5"),
        ("one two three four five six\tx\trefuse_phrase\t", "C6"),
    ],
)
def test_a_wrong_line_is_found_by_its_code_and_line(line, code):
    cue, pos, category, note = line.split("\t")
    problems = list(cues._check_lines([cues.Cue(cue, pos, category, note, 7)]))
    assert [p for p in problems if p.startswith("cues.tsv:7") and code in p]


def test_a_duplicate_is_found():
    twice = [cues.Cue("accuse", "v", "accuse_verb", "", line) for line in (2, 9)]
    assert "cues.tsv:9: C3" in next(iter(cues._check_duplicates(twice)))


def test_an_unknown_category_is_an_error():
    with pytest.raises(CueError, match="unknown cue category 'nonsense'"):
        cues.lexicon().code("nonsense")


@pytest.mark.parametrize(
    ("cue", "pos", "form"),
    [
        ("deny", "v", "denied"),
        ("veto", "n", "vetoes"),
        ("act of war", "n", "acts of war"),
        ("rule out", "v", "ruled out"),
    ],
)
def test_cues_are_inflected(cue, pos, form):
    assert form in cues.inflections(cue, pos, cues.irregular_forms())


def test_a_lexicon_survives_being_saved():
    lexicon = cues.lexicon()
    assert cues.Lexicon.from_json(lexicon.to_json()) == lexicon
