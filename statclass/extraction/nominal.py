"""Nouns of saying with their sources: ‘its refusal to’, ‘accusations by Kyiv’."""

from __future__ import annotations

from statclass.extraction.attribution import ACTS, PRONOUN_OWNERS, Attribution
from statclass.extraction.clauses import Clause, Phrase
from statclass.extraction.lexicon import nouns_of_saying, verb_forms
from statclass.extraction.phrases import after
from statclass.extraction.sources import is_source


def nominal(clause: Clause, cues: list[int], found: list[Attribution]) -> Attribution | None:
    """The first noun of saying with a source: ‘its refusal to’, ‘accusations by Kyiv’."""
    nouns = nouns_of_saying()
    verbs = {one.cue.first for one in found}
    for at in [at for at in cues if clause.low[at] in nouns and at not in verbs]:
        source = _possessor(clause, at) or _agent_of_noun(clause, at)
        if source is not None and is_source(clause, source) and not _told(clause, at, found):
            return Attribution(Phrase(at, at + 1), source, nouns[clause.low[at]], True)
    return None


def _told(clause: Clause, at: int, found: list[Attribution]) -> bool:
    """Whether a noun of saying stands in the ‘that’ clause of a verb before it."""
    return any(one.cue.first < at and "that" in clause.low[one.cue.last : at] for one in found)


def _possessor(clause: Clause, at: int) -> Phrase | None:
    if nouns_of_saying()[clause.low[at]] not in ACTS or at == 0:
        return None
    if not (_has_object(clause, at) or at <= 3 or _is_answered(clause, at)):
        return None
    for left in range(at - 1, max(-1, at - 4), -1):
        if clause.low[left] in PRONOUN_OWNERS:
            return Phrase(left, left + 1)
        if clause.possessive(left):
            return Phrase(first_of_possessor(clause, left), left + 1)
        if clause.kind[left] in ("prep", "conj", "aux", "det") or not clause.low[left][0].isalpha():
            return None
    return None


def _is_answered(clause: Clause, at: int) -> bool:
    """Whether a verb before a noun of saying rejects it: ‘dismissed the North’s claim’."""
    forms = [verb_forms().get(low) for low in clause.low[max(0, at - 5) : at]]
    return any(form is not None and form.category in ("deny", "refuse") for form in forms)


def _has_object(clause: Clause, at: int) -> bool:
    return at + 1 < len(clause) and clause.low[at + 1] in ("to", "that", "of", "on", "for", "against")


def first_of_possessor(clause: Clause, last: int) -> int:
    """Where a phrase begins that ends in a possessive."""
    first = last
    while first > 0 and (clause.noun(first - 1) or clause.kind[first - 1] == "det") and clause.kind[first] != "det":
        first -= 1
    return first


def _agent_of_noun(clause: Clause, at: int) -> Phrase | None:
    if nouns_of_saying()[clause.low[at]] == "say" or "no" in clause.low[max(0, at - 3) : at]:
        return None
    for agent in range(at + 1, min(at + 6, len(clause) - 1)):
        if clause.low[agent] in ("by", "from"):
            return after(clause, agent + 1)
        if clause.low[agent] == "of" and nouns_of_saying()[clause.low[at]] in ("accuse", "condemn"):
            continue
        if clause.low[agent] == "of" and agent == at + 1 and nouns_of_saying()[clause.low[at]] == "refuse":
            source = after(clause, agent + 1)
            return source if source is not None and clause.low[source.last : source.last + 1] == ["to"] else None
        if clause.kind[agent] in ("prep", "conj", "rel") or not clause.low[agent][0].isalpha():
            return None
    return None
