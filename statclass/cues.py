"""The lexicon of cues: words of the field by category, read from data files and checked.

The words are in ``data/cues.tsv`` (cue, part of speech, category, note); each category is explained in
``data/categories.tsv``. A cue is an American-spelt lemma: verbs and nouns are inflected here, by rule and by
``data/irregular.tsv``, and British spellings are mapped by ``data/british.tsv``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from statclass.errors import CueError
from statclass.text import canonical

PARTS_OF_SPEECH = ("v", "n", "a", "x")
NAME = "<name>"
DATE = "<date>"
NUMBER = "<number>"
PROPER_KINDS = frozenset({"country", "demonym", "city", "region", "organization", "group", "metonym"})
"""Kinds of names in ``data/names.tsv`` that stand for a party by themselves. The others: ``date``; ``head``, the first
word of many an institution's name; ``acronym``, a name only in capitals."""
MAX_CATEGORIES = 3
MAX_PHRASE = 5
_VOWELS = "aeiou"
_PREPOSITIONS = frozenset({"of", "against", "in", "on", "to", "for", "from", "by"})


@dataclass(frozen=True, slots=True)
class Cue:
    """One line of ``data/cues.tsv``."""

    cue: str
    pos: str
    category: str
    note: str
    line: int


@dataclass(frozen=True)
class Lexicon:
    """The cues, ready for look-up.

    Parameters
    ----------
    categories : tuple of str
        Category names; a category's code is its index plus one, and 0 means none.
    groups : tuple of str
        The group of each category, such as ``"performative"`` or ``"person"``.
    words : dict of str to tuple of int
        Category codes of each inflected single word, at most three.
    phrases : dict of tuple of str to int
        Category code of each inflected phrase of two to five words.
    names : dict of str to str
        Well-known proper names in lower case, with their kind.
    british : dict of str to str
        British spellings with the American spelling that is used inside.
    """

    categories: tuple[str, ...]
    groups: tuple[str, ...]
    words: dict[str, tuple[int, ...]]
    phrases: dict[tuple[str, ...], int]
    names: dict[str, str]
    british: dict[str, str]

    def to_json(self) -> dict[str, Any]:
        """The lexicon as plain JSON types; :meth:`from_json` reads it back."""
        return {
            "categories": list(self.categories),
            "groups": list(self.groups),
            "words": {word: list(codes) for word, codes in self.words.items()},
            "phrases": {" ".join(words): code for words, code in self.phrases.items()},
            "names": self.names,
            "british": self.british,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Lexicon:
        """A lexicon saved with a model."""
        return cls(
            tuple(data["categories"]),
            tuple(data["groups"]),
            {word: tuple(codes) for word, codes in data["words"].items()},
            {tuple(phrase.split()): code for phrase, code in data["phrases"].items()},
            data["names"],
            data["british"],
        )

    def code(self, category: str) -> int:
        """The code of a category name; raises CueError for one that is not there."""
        try:
            return self.categories.index(category) + 1
        except ValueError:
            raise CueError(f"unknown cue category {category!r}; data/categories.tsv lists them") from None

    def spelling(self, word: str) -> str:
        """The American spelling of a canonical word."""
        return self.british.get(word, word)


@cache
def lexicon() -> Lexicon:
    """The shipped lexicon (read once).

    Examples
    --------
    >>> lex = lexicon()
    >>> [lex.categories[c - 1] for c in lex.words["denounced"]]
    ['condemn_verb']
    """
    categories = _rows("categories.tsv")
    names = tuple(row[0] for row in categories)
    british = {row[0]: row[1] for row in _rows("british.tsv")}
    words: dict[str, tuple[int, ...]] = {}
    phrases: dict[tuple[str, ...], int] = {}
    irregular = irregular_forms()
    for cue in read_cues():
        code = names.index(cue.category) + 1
        for form in inflections(cue.cue, cue.pos, irregular):
            parts = tuple(british.get(part, part) for part in form.split())
            if len(parts) > 1:
                phrases.setdefault(parts, code)
            elif code not in words.get(parts[0], ()) and len(words.get(parts[0], ())) < MAX_CATEGORIES:
                words[parts[0]] = (*words.get(parts[0], ()), code)
    return Lexicon(names, tuple(row[1] for row in categories), words, phrases, proper_names(), british)


def read_cues() -> list[Cue]:
    """Every line of ``data/cues.tsv`` as it stands."""
    return [Cue(row[0], row[1], row[2], row[3] if len(row) > 3 else "", n) for n, row in _numbered_rows("cues.tsv")]


def irregular_forms() -> dict[str, tuple[str, ...]]:
    """Inflections that no rule gives, by lemma."""
    return {row[0]: tuple(row[1].split()) for row in _rows("irregular.tsv")}


def proper_names() -> dict[str, str]:
    """Well-known names (countries, demonyms, capitals, organisations, months) with their kind."""
    return {row[0]: row[1] for row in _rows("names.tsv")}


def inflections(cue: str, pos: str, irregular: dict[str, tuple[str, ...]] | None = None) -> list[str]:
    """The forms under which a cue is looked up: of a verb or noun all inflections, else the cue itself.

    Parameters
    ----------
    cue : str
        A word or phrase; in a verb phrase the first word is inflected, in a noun phrase the last one before a
        preposition.
    pos : str
        ``"v"``, ``"n"``, ``"a"`` or ``"x"``.
    irregular : dict, optional
        Forms by lemma for words that the rules get wrong.

    Examples
    --------
    >>> inflections("rule out", "v")
    ['rule out', 'rules out', 'ruled out', 'ruling out']
    >>> inflections("act of war", "n")
    ['act of war', 'acts of war']
    """
    parts = cue.split()
    if pos == "v":
        head, rest = parts[0], parts[1:]
        forms = (head, *irregular[head]) if irregular and head in irregular else _verb_forms(head)
        return [" ".join((form, *rest)) for form in forms]
    if pos == "n":
        at = next((n for n, part in enumerate(parts) if n and part in _PREPOSITIONS), len(parts)) - 1
        noun = parts[at]
        forms = (noun, *irregular[noun]) if irregular and noun in irregular else (noun, _plural(noun))
        return [" ".join((*parts[:at], form, *parts[at + 1 :])) for form in forms]
    return [cue]


def _verb_forms(lemma: str) -> tuple[str, ...]:
    if lemma.endswith("e"):
        return lemma, lemma + "s", lemma + "d", (lemma if lemma.endswith("ee") else lemma[:-1]) + "ing"
    if lemma.endswith("y") and lemma[-2:-1] not in _VOWELS:
        return lemma, lemma[:-1] + "ies", lemma[:-1] + "ied", lemma + "ing"
    return lemma, _plural(lemma), lemma + "ed", lemma + "ing"


def _plural(noun: str) -> str:
    if noun.endswith("y") and noun[-2:-1] not in _VOWELS:
        return noun[:-1] + "ies"
    return noun + ("es" if re.search(r"(s|x|z|ch|sh)$", noun) else "s")


def check_cues() -> list[str]:
    """Problems of the lexicon's data files, each with file, line and code; empty when all is well.

    Codes: ``C1`` unknown part of speech, ``C2`` unknown category, ``C3`` duplicate, ``C4`` too many categories for
    one cue, ``C5`` not in canonical form, ``C6`` phrase too long, ``C7`` category without an explanation or cue.

    Examples
    --------
    >>> check_cues()
    []
    """
    cues = read_cues()
    return [*_check_lines(cues), *_check_duplicates(cues), *_check_categories(cues)]


def _check_lines(cues: list[Cue]) -> Iterator[str]:
    known = {row[0] for row in _rows("categories.tsv")}
    for cue in cues:
        if cue.pos not in PARTS_OF_SPEECH:
            yield f"cues.tsv:{cue.line}: C1 part of speech {cue.pos!r}; expected one of {', '.join(PARTS_OF_SPEECH)}"
        if cue.category not in known:
            yield f"cues.tsv:{cue.line}: C2 category {cue.category!r} is not in categories.tsv"
        if cue.cue != canonical(cue.cue) or cue.cue != " ".join(cue.cue.split()):
            yield f"cues.tsv:{cue.line}: C5 {cue.cue!r} is not lower-case ASCII with single spaces"
        if len(cue.cue.split()) > MAX_PHRASE:
            yield f"cues.tsv:{cue.line}: C6 {cue.cue!r} has more than {MAX_PHRASE} words"


def _check_duplicates(cues: list[Cue]) -> Iterator[str]:
    seen: dict[tuple[str, str, str], int] = {}
    for cue in cues:
        key = (cue.cue, cue.pos, cue.category)
        if key in seen:
            yield f"cues.tsv:{cue.line}: C3 {cue.cue!r} stands in {cue.category} at line {seen[key]} already"
        seen.setdefault(key, cue.line)
    for (word, pos), count in Counter((cue.cue, cue.pos) for cue in cues).items():
        if count > MAX_CATEGORIES:
            yield f"cues.tsv: C4 {word!r} ({pos}) stands in {count} categories; at most {MAX_CATEGORIES}"


def _check_categories(cues: list[Cue]) -> Iterator[str]:
    used = {cue.category for cue in cues}
    for line, row in _numbered_rows("categories.tsv"):
        if len(row) != 3 or not row[2]:
            yield f"categories.tsv:{line}: C7 expected name, group and explanation, found {row}"
        elif row[0] not in used:
            yield f"categories.tsv:{line}: C7 category {row[0]!r} has no cue"


def _numbered_rows(name: str) -> list[tuple[int, list[str]]]:
    lines = files("statclass").joinpath("data", name).read_text(encoding="utf-8").splitlines()
    return [(n, line.split("\t")) for n, line in enumerate(lines[1:], 2) if line.strip()]


def _rows(name: str) -> list[list[str]]:
    return [row for _, row in _numbered_rows(name)]
