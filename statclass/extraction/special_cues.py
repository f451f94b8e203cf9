"""Sources named by a phrase or an idiom: ‘according to’, ‘in his words’, ‘does not want to’, ‘was quoted as saying’."""

from __future__ import annotations

from statclass.extraction.attribution import LONGEST_PASSIVE, PRONOUN_OWNERS, Attribution
from statclass.extraction.clauses import Clause, Phrase
from statclass.extraction.lexicon import grammar, verb_forms
from statclass.extraction.nominal import first_of_possessor
from statclass.extraction.phrases import after, before
from statclass.extraction.sources import is_source
from statclass.extraction.verbal import has_helper


def _in_the_words(clause: Clause, at: int) -> Attribution | None:
    """‘In his words’, ‘in the minister’s words’, ‘in the words of the minister’."""
    if at >= 2 and clause.low[at - 2] == "in" and clause.low[at - 1] in PRONOUN_OWNERS:
        return Attribution(Phrase(at, at + 1), Phrase(at - 1, at), "say", True)
    if at >= 2 and clause.possessive(at - 1):
        return Attribution(Phrase(at, at + 1), Phrase(first_of_possessor(clause, at - 1), at), "say", True)
    if at + 2 < len(clause) and clause.low[at - 2 : at + 2] == ["in", "the", "words", "of"]:
        source = after(clause, at + 2)
        return Attribution(Phrase(at, at + 1), source, "say", True) if source is not None else None
    return None


def _according(clause: Clause, at: int) -> Attribution | None:
    if at + 1 >= len(clause) or clause.low[at + 1] != "to":
        return None
    source = after(clause, at + 2)
    if source is None or not is_source(clause, source, any_noun=True):
        return None
    if clause.low[source.first] in PRONOUN_OWNERS and "own" in clause.low[source.first + 1 : source.first + 2]:
        source = Phrase(source.first, source.first + 1)
    return Attribution(Phrase(at, at + 2), source, "say", True)


def _does_not_want(clause: Clause, at: int) -> Attribution | None:
    """‘Does not want to reopen the question’ refuses."""
    if clause.low[at + 1 : at + 3] == ["to", "be"]:
        return None
    if at + 2 < len(clause) and clause.low[at + 1] == "to" and has_helper(clause, at, grammar("negation")):
        source = before(clause, at)
        if source is not None and is_source(clause, source):
            return Attribution(Phrase(at, at + 1), source, "refuse", True)
    return None


def _heard(clause: Clause, at: int) -> Attribution | None:
    """‘The court heard that …’, ‘…, an inquest heard’ in the reports of hearings."""
    content = at + 1 == len(clause) or clause.low[at + 1] in ("that", "how", ".") or clause.kind[at + 1] == "time"
    source = before(clause, at) if content or clause.kind[at + 1] == "adverb" else None
    if source is None or clause.low[source.last - 1] not in grammar("hearing"):
        return None
    return Attribution(Phrase(at, at + 1), source, "say", True)


def _quoted_as_saying(clause: Clause, at: int) -> Attribution | None:
    """‘The agency quoted an official as saying’: the official is the source."""
    if has_helper(clause, at, grammar("be")):
        return _was_quoted(clause, at)
    source = after(clause, at + 1)
    last = source.last if source is not None else at
    last += clause.low[last : last + 1] == [","]
    form = verb_forms().get(clause.low[last + 1]) if last + 1 < len(clause) and clause.low[last] == "as" else None
    if source is None or form is None or form.shape != "ing":
        return None
    return Attribution(Phrase(at, at + 1), source, "say", True)


def _was_quoted(clause: Clause, at: int) -> Attribution | None:
    """‘He was quoted by the agency as saying’."""
    saying = any(clause.low[place : place + 2] == ["as", "saying"] for place in range(at + 1, at + LONGEST_PASSIVE))
    source = before(clause, at) if saying else None
    return Attribution(Phrase(at, at + 1), source, "say", True) if source is not None else None


def _would_say(clause: Clause, at: int) -> Attribution | None:
    """‘Would not say’, ‘could not say’, ‘would say only’."""
    if at >= 1 and clause.low[at - 1 : at + 2] == ["would", "say", "only"]:
        source = before(clause, at)
        return Attribution(Phrase(at, at + 1), source, "say", True) if source is not None else None
    refusing = {"couldn't", "wouldn't"}
    if at >= 2 and (clause.low[at - 1] in refusing or clause.low[at - 2 : at] in (["could", "not"], ["would", "not"])):
        source = before(clause, at)
        if source is not None and is_source(clause, source):
            return Attribution(Phrase(at, at + 1), source, "refuse", True)
    return None


def _no_comment(clause: Clause, at: int) -> Attribution | None:
    """‘Would not comment’, ‘did not want to comment’, ‘would not be drawn’."""
    if (at and clause.low[at - 1] == "for") or (clause.low[at] == "drawn" and clause.low[at - 1] != "be"):
        return None
    for left in range(at - 1, max(0, at - 5), -1):
        if clause.low[left] in grammar("negation"):
            source = before(clause, left)
            if source is not None and is_source(clause, source):
                return Attribution(Phrase(at, at + 1), source, "refuse", True)
    return None


PHRASE_CUES = {
    "according": _according,
    "words": _in_the_words,
    "comment": _no_comment,
    "drawn": _no_comment,
    "say": _would_say,
    "want": _does_not_want,
    "wants": _does_not_want,
    "wanted": _does_not_want,
    "heard": _heard,
    "hears": _heard,
    "quoted": _quoted_as_saying,
    "quotes": _quoted_as_saying,
    "cited": _quoted_as_saying,
}
