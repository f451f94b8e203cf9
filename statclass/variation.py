"""Variations of statements, for a slower model to label.

A small model learns more of a large one when the large one also labels many machine-made neighbours of the training
statements (Tang et al. 2019, "Distilling task-specific knowledge from BERT into simple neural networks"). Clauses are
left out, sentences of two statements put together, cues changed for others of their category, words dropped. Most of
what comes out is broken English, and none of it is part of the corpus: it has no label but the large model's.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Sequence
from functools import cache

from statclass.cues import inflections, irregular_forms, lexicon, read_cues

_CHANGED_GROUPS = frozenset({"performative", "reporting", "action", "nominal", "object", "wrong", "censure", "actor"})
_CUT, _JOINED = 0.4, 0.2
_CHANGED, _DROPPED = 0.35, 0.08
_REACH = 200
_PIECES = re.compile(r"(?<=[,;:.!?])\s+|\s+(?=[—–-]\s)")
_SENTENCES = re.compile(r"(?<=[.!?])\s+(?=[\"“A-Z])")
_WORDS = re.compile(r"[A-Za-z]+")


def variations(statements: Sequence[str], each: int, seed: int = 0) -> list[str]:
    """Variations of statements: the same for the same statements and seed, on every machine.

    Chance begins anew with each statement, so that statements which come later change few variations of the others.

    Parameters
    ----------
    statements : sequence of str
        In an order in which neighbours are of one kind: sentences are put together with those of neighbours.
    each : int
        How many variations of each statement.
    seed : int, default=0

    Returns
    -------
    list of str, of length ``len(statements) * each``
        Those of the first statement first.

    Examples
    --------
    >>> made = variations(["We refuse to sign, and we will not attend.", "They shelled the port."], 3)
    >>> len(made), made == variations(["We refuse to sign, and we will not attend.", "They shelled the port."], 3)
    (6, True)
    """
    made = []
    for at, text in enumerate(statements):
        chance = random.Random(f"{seed} {text}")
        made += [_vary(statements, at, chance) for _ in range(each)]
    return made


def _vary(statements: Sequence[str], at: int, chance: random.Random) -> str:
    text, kind = statements[at], chance.random()
    if kind < _CUT:
        text = _with_less(text, chance)
    elif kind < _CUT + _JOINED:
        other = min(max(at + chance.randint(-_REACH, _REACH), 0), len(statements) - 1)
        text = f"{chance.choice(_SENTENCES.split(text))} {chance.choice(_SENTENCES.split(statements[other]))}"
    text = _WORDS.sub(lambda found: _changed(found.group(), chance), text)
    return _with_words_dropped(text, chance) if chance.random() < 0.5 else text


def _with_less(text: str, chance: random.Random) -> str:
    """The text without one of its clauses, or a few of its clauses alone."""
    pieces = _PIECES.split(text)
    left_out = chance.randrange(len(pieces))
    kept = [*pieces[:left_out], *pieces[left_out + 1 :]]
    if chance.random() < 0.4:
        first = chance.randrange(len(pieces))
        kept = pieces[first : chance.randrange(first, len(pieces)) + 1]
    found = " ".join(kept)
    return found if len(found.split()) >= 3 else text


def _changed(word: str, chance: random.Random) -> str:
    """Now and then another cue of the word's category in the same inflection."""
    families = _families()[0].get(word.lower())
    if not families or word[0].isupper() or chance.random() > _CHANGED:
        return word
    return chance.choice(_families()[1][chance.choice(families)])


def _with_words_dropped(text: str, chance: random.Random) -> str:
    words = text.split()
    return " ".join([word for word in words if chance.random() > _DROPPED] or words)


Family = tuple[str, str, int]


@cache
def _families() -> tuple[dict[str, list[Family]], dict[Family, list[str]]]:
    """The families (category, part of speech, inflection) of each one-word cue, and the cues of each family."""
    group = dict(zip(lexicon().categories, lexicon().groups, strict=True))
    irregular = irregular_forms()
    families: dict[str, list[Family]] = defaultdict(list)
    members: dict[Family, list[str]] = defaultdict(list)
    for cue in read_cues():
        forms = inflections(cue.cue, cue.pos, irregular)
        if group[cue.category] not in _CHANGED_GROUPS or " " in cue.cue or (cue.pos == "v" and len(forms) != 4):
            continue
        for number, form in enumerate(forms):
            families[form].append((cue.category, cue.pos, number))
            members[cue.category, cue.pos, number].append(form)
    return dict(families), dict(members)
