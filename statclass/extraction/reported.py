"""Who reports what in a sentence: verbs, nouns and idioms of saying, each with its source."""

from __future__ import annotations

from functools import cache

from statclass.extraction.attribution import MOST_SOURCES, Attribution
from statclass.extraction.clauses import Clause, Phrase
from statclass.extraction.lexicon import nouns_of_saying, places, verb_forms
from statclass.extraction.nominal import nominal
from statclass.extraction.phrases import after
from statclass.extraction.special_cues import PHRASE_CUES
from statclass.extraction.verbal import is_noun_here, verbal


def attributions(clause: Clause) -> list[Attribution]:
    """Every attribution of a sentence in order: verbs first, nouns only where no verb reports.

    Examples
    --------
    >>> text = "Kyiv denied the claim, according to two officials."
    >>> clause = Clause(text, 0, len(text))
    >>> [text[slice(*clause.span(a.source))] for a in attributions(clause)]
    ['two officials']
    """
    found: list[Attribution] = []
    if not clause.text:
        return found
    forms, cues = verb_forms(), _cues()
    cued = [at for at, low in enumerate(clause.low) if low in cues]
    for at in cued:
        low = clause.low[at]
        special = PHRASE_CUES[low](clause, at) if low in PHRASE_CUES else None
        if special is not None:
            _keep(found, special)
        elif low in forms and not is_noun_here(clause, at):
            _keep(found, verbal(clause, at, forms[low], found))
    found = _outer_ones(clause, found)
    noun = nominal(clause, cued, found)
    if noun is not None and noun.source not in [other.source for other in found]:
        found.append(noun)
        found.sort(key=lambda one: one.source.first if one.source is not None else one.cue.first)
    if not found:
        found.extend(_headline_source(clause))
    return found


_DASHES = frozenset({"-", "–", "—"})
_SPEAKING_KINDS = frozenset({"office", "organisation", "group"})


def _is_body(word: str) -> bool:
    return places().get(word) == "body" or word.endswith(("’s", "'s"))


def closing_attribution(clause: Clause) -> int | None:
    """The first token of an attribution that closes a sentence after a comma, if there is one."""
    for one in attributions(clause):
        if _closes(clause, one) and one.source is not None:
            return min(one.source.first, one.cue.first)
    return None


def _headline_source(clause: Clause) -> list[Attribution]:
    """The source of a headline like ‘Kremlin: West to blame’ or ‘West to blame - minister’."""
    dash = next((at for at in range(len(clause) - 1, max(1, len(clause) - 6), -1) if clause.low[at] in _DASHES), 0)
    if dash and dash + 1 < len(clause):
        source = after(clause, dash + 1)
        if source == Phrase(dash + 1, len(clause)) and clause.kind[source.last - 1] in _SPEAKING_KINDS:
            return [Attribution(Phrase(dash, dash + 1), source, "say", True)]
    colon = clause.low[:5].index(":") if ":" in clause.low[:5] else 0
    if not colon or colon + 1 >= len(clause) or clause.low[-1] in (".", ":", "?", "!"):
        return []
    source = Phrase(0, colon)
    named = clause.kind[colon - 1] in _SPEAKING_KINDS or any(_is_body(clause.text[at]) for at in range(colon))
    return [Attribution(Phrase(colon, colon + 1), source, "say", True)] if named else []


def _outer_ones(clause: Clause, found: list[Attribution]) -> list[Attribution]:
    """The attributions that are the article’s own, without those inside what is reported."""
    closing = next((one for one in found if _closes(clause, one)), None)
    if found and found[0].cue.first == 0 and clause.low[0] == "according":
        return found[:1]
    if clause.low[0] == "asked" and "," in clause.low:
        comma = clause.low.index(",")
        found = [one for one in found if one.cue.first > comma]
    if closing is not None:
        return [one for one in found if one.cue.first >= closing.cue.first]
    cue_ends = {one.cue.last for one in found}
    return [one for one in found if not _is_nested(clause, one, cue_ends)]


def _closes(clause: Clause, attribution: Attribution) -> bool:
    """Whether an attribution stands at the end of a sentence that it covers: ‘…, officials said.’"""
    source = attribution.source
    if attribution.category != "say" or source is None or not attribution.reports:
        return False
    first = min(source.first, attribution.cue.first)
    last = max(source.last, attribution.cue.last)
    if first < 2 or clause.low[first - 1] != "," or clause.quotations:
        return False
    rest = range(last, min(len(clause), last + 12))
    return not any(clause.low[at] in ("that", ",", ":") or at in clause.fragment for at in rest)


def _is_nested(clause: Clause, attribution: Attribution, cue_ends: set[int]) -> bool:
    source = attribution.source
    if source is None or source.first == 0 or source.first > attribution.cue.first:
        return False
    if source.first in cue_ends:
        return True
    before_source = source.first - 1
    if clause.low[before_source] != "that" or before_source == 0:
        return False
    return clause.low[before_source - 1] not in nouns_of_saying() and any(end <= before_source for end in cue_ends)


def _keep(found: list[Attribution], attribution: Attribution | None) -> None:
    if attribution is not None and len(found) < 4 * MOST_SOURCES:
        found.append(attribution)


@cache
def _cues() -> frozenset[str]:
    return frozenset({*verb_forms(), *nouns_of_saying(), *PHRASE_CUES})
