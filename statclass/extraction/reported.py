"""Who reports what in a sentence: verbs and nouns of saying, each with its source."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from statclass.extraction.clauses import QUOTE, Clause, Phrase
from statclass.extraction.lexicon import VerbForm, grammar, nouns_of_saying, places, verb_forms
from statclass.extraction.phrases import after, before, subject
from statclass.extraction.sources import is_source, plural

MOST_SOURCES = 6
"""So many sources of one sentence are kept."""

LONGEST_PASSIVE = 14

LONGEST_CIRCUMSTANCE = 10
"""So many words stand at most between a verb and its ‘that’: ‘wrote in a letter to the paper on Monday that’."""

ACTS = frozenset({"accuse", "deny", "refuse", "condemn", "demand", "warn", "protest"})
RESUMED_INFINITIVES = frozenset({"on", "continue", "continues", "continued", "continuing"})


class Attribution(NamedTuple):
    """A cue and its source.

    Parameters
    ----------
    cue : Phrase
        The tokens of the cue.
    source : Phrase or None
        The tokens of the source; None where a passive or a shared verb names none.
    category : str
        What the cue does.
    reports : bool
        False where it can only attribute a quotation beside it.
    """

    cue: Phrase
    source: Phrase | None
    category: str
    reports: bool


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
        special = _PHRASE_CUES[low](clause, at) if low in _PHRASE_CUES else None
        if special is not None:
            _keep(found, special)
        elif low in forms and not _is_noun_here(clause, at):
            _keep(found, _verbal(clause, at, forms[low], found))
    found = _outer_ones(clause, found)
    nominal = _nominal_one(clause, cued, found)
    if nominal is not None and nominal.source not in [other.source for other in found]:
        found.append(nominal)
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


def _in_the_words(clause: Clause, at: int) -> Attribution | None:
    """‘In his words’, ‘in the minister’s words’, ‘in the words of the minister’."""
    if at >= 2 and clause.low[at - 2] == "in" and clause.low[at - 1] in _PRONOUN_OWNERS:
        return Attribution(Phrase(at, at + 1), Phrase(at - 1, at), "say", True)
    if at >= 2 and clause.possessive(at - 1):
        return Attribution(Phrase(at, at + 1), Phrase(_first_of_possessor(clause, at - 1), at), "say", True)
    if at + 2 < len(clause) and clause.low[at - 2 : at + 2] == ["in", "the", "words", "of"]:
        source = after(clause, at + 2)
        return Attribution(Phrase(at, at + 1), source, "say", True) if source is not None else None
    return None


_PRONOUN_OWNERS = frozenset({"his", "her", "its", "their"})


def _keep(found: list[Attribution], attribution: Attribution | None) -> None:
    if attribution is not None and len(found) < 4 * MOST_SOURCES:
        found.append(attribution)


def _according(clause: Clause, at: int) -> Attribution | None:
    if at + 1 >= len(clause) or clause.low[at + 1] != "to":
        return None
    source = after(clause, at + 2)
    if source is None or not is_source(clause, source, any_noun=True):
        return None
    if clause.low[source.first] in _PRONOUN_OWNERS and "own" in clause.low[source.first + 1 : source.first + 2]:
        source = Phrase(source.first, source.first + 1)
    return Attribution(Phrase(at, at + 2), source, "say", True)


def _does_not_want(clause: Clause, at: int) -> Attribution | None:
    """‘Does not want to reopen the question’ refuses."""
    if clause.low[at + 1 : at + 3] == ["to", "be"]:
        return None
    if at + 2 < len(clause) and clause.low[at + 1] == "to" and _has_helper(clause, at, grammar("negation")):
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
    if _has_helper(clause, at, grammar("be")):
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


_PHRASE_CUES = {
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


@cache
def _cues() -> frozenset[str]:
    return frozenset({*verb_forms(), *nouns_of_saying(), *_PHRASE_CUES})


def _is_noun_here(clause: Clause, at: int) -> bool:
    if at and clause.low[at].endswith("ing") and clause.low[at - 1] in grammar("meanwhile"):
        return False
    if clause.low[at] in grammar("joining") and clause.low[at + 1 : at + 2] in (["to"], ["with"], ["on"]):
        return True
    if clause.capital[at] and at > 0 and not _headline(clause):
        return True
    if at == 0:
        return not (clause.low[0].endswith(("ing", "ed")) or (len(clause) > 1 and clause.low[0] == "said"))
    if clause.low[at] in grammar("plural_noun") and _is_plural_noun(clause, at):
        return True
    if clause.low[at] in grammar("plural_noun") and _follows_possessor(clause, at):
        return True
    if clause.low[at].endswith("ing") and clause.low[at + 1 : at + 2] in (["by"], ["of"]):
        return True
    previous = clause.kind[at - 1]
    if clause.low[at].endswith("ed") and previous == "prep":
        return False
    return previous in ("det", "prep") or (clause.possessive(at - 1) and not clause.low[at].endswith(("ed", "es")))


def _follows_possessor(clause: Clause, at: int) -> bool:
    for left in range(at - 1, max(-1, at - 4), -1):
        if clause.possessive(left) or not clause.low[left][0].isalpha():
            return clause.low[left][0].isalpha()
    return False


def _is_plural_noun(clause: Clause, at: int) -> bool:
    """Whether ‘states’ or ‘points’ is a noun: after a number, or before another verb."""
    if clause.kind[at - 1] == "modifier" or clause.low[at - 1][0].isdigit():
        return True
    if at + 1 >= len(clause):
        return False
    if clause.low[at + 1] == "." and clause.kind[at - 1] == "" and not clause.capital[at - 1]:
        return True
    if clause.low[at + 1] == ":" and clause.capital[at - 1]:
        return True
    following = verb_forms().get(clause.low[at + 1])
    return clause.kind[at + 1] == "aux" or (following is not None and following.shape in ("past", "third"))


def _headline(clause: Clause) -> bool:
    """Whether most words have capitals, as in the headlines of some papers."""
    words = [at for at in range(min(len(clause), 40)) if clause.text[at][0].isalpha() and len(clause.text[at]) > 3]
    return len(words) > 2 and sum(clause.capital[at] for at in words) > 0.7 * len(words)


def _verbal(clause: Clause, at: int, form: VerbForm, found: list[Attribution]) -> Attribution | None:
    if _passive(clause, at, form):
        return _passive_attribution(clause, at, form)
    if form.shape == "base" and (_infinitive(clause, at) or _has_helper(clause, at, grammar("be"))):
        return None
    if form.shape == "participle" and not _has_helper(clause, at, grammar("have")):
        return None
    source = _source_of(clause, at, form, found)
    if source is None:
        return None
    if form.category == "praise" and not _takes_object(clause, at):
        return None
    fits = not form.quote_only and _frame_fits(clause, at, form) and not _negated(clause, at, form)
    fits = fits and not _says_nothing(clause, at, form)
    if _names_a_person(clause, at, source):
        return None
    return Attribution(_cue(clause, at, form), source, form.category, fits)


def _names_a_person(clause: Clause, at: int, source: Phrase) -> bool:
    """Whether ‘called’ only gives a name: ‘a retired vet called Owen Pask’."""
    if clause.low[at] not in grammar("naming") or clause.low[source.first] not in ("a", "an", "one"):
        return False
    return at + 1 < len(clause) and clause.capital[at + 1] and not clause.possessive(at + 1)


def _says_nothing(clause: Clause, at: int, form: VerbForm) -> bool:
    nothing = form.category == "say" and clause.low[at + 1 : at + 2] in (["nothing"], ["little"])
    return nothing and clause.low[at + 2 : at + 3] in ([], ["."], [","], ["of"], ["about"], ["more"], ["else"])


def _takes_object(clause: Clause, at: int) -> bool:
    following = clause.low[at + 1] if at + 1 < len(clause) else "."
    return following[0].isalnum() and not following.endswith("ly")


def _cue(clause: Clause, at: int, form: VerbForm) -> Phrase:
    particle = form.frame and at + 1 < len(clause) and clause.low[at + 1] in form.frame & grammar("particle")
    return Phrase(at, at + 2 if particle else at + 1)


def _frame_fits(clause: Clause, at: int, form: VerbForm) -> bool:
    if not form.frame:
        return True
    if at + 1 >= len(clause):
        return False
    following = at + 1
    if clause.low[following] in form.frame:
        return True
    if "content" in form.frame and _has_content(clause, following):
        return True
    if form.category == "condemn" and "as" in form.frame and any(at < place <= at + 8 for place in clause.fragment):
        return True
    if "an" in form.frame and not {"a", "an", "as"}.isdisjoint(clause.low[following + 1 : following + 6]):
        return True
    return "that" in form.frame and "the" in form.frame and clause.capital[following]


def _has_content(clause: Clause, at: int) -> bool:
    """Whether a ‘that’, or ‘to’ with a verb of saying, follows: ‘wrote to the bank to demand an answer’."""
    ahead = range(at, min(len(clause), at + LONGEST_CIRCUMSTANCE))
    return any(clause.low[place] == "that" or (clause.low[place] in verb_forms() and place > at) for place in ahead)


def _negated(clause: Clause, at: int, form: VerbForm) -> bool:
    if form.category in ("refuse", "deny"):
        return False
    for left in range(at - 1, max(-1, at - 4), -1):
        if clause.low[left] in grammar("negation"):
            return True
        if clause.low[left] == ",":
            return False
    return False


def _infinitive(clause: Clause, at: int) -> bool:
    for left in range(at - 1, max(-1, at - 4), -1):
        if clause.low[left] == "to":
            return not (left > 0 and clause.low[left - 1] in RESUMED_INFINITIVES)
        if clause.low[left] in grammar("modal"):
            return True
        if clause.kind[left] not in ("adverb", "aux"):
            return False
    return False


def _has_helper(clause: Clause, at: int, helpers: frozenset[str]) -> bool:
    for left in range(at - 1, max(-1, at - 5), -1):
        if clause.low[left] in helpers:
            return True
        if clause.kind[left] not in ("adverb", "aux") and not clause.low[left].endswith("ly"):
            return False
    return False


def _passive(clause: Clause, at: int, form: VerbForm) -> bool:
    if form.shape not in ("past", "participle"):
        return False
    if _has_helper(clause, at, grammar("be")):
        return True
    following = clause.low[at + 1] if at + 1 < len(clause) else ""
    if following == "by" or (following == "of" and form.category == "accuse"):
        return True
    apposed = at > 2 and clause.low[at - 2] in ("a", "an", "the") and clause.low[at - 3] == ","
    return apposed and "by" in clause.low[at : at + LONGEST_PASSIVE]


def _passive_attribution(clause: Clause, at: int, form: VerbForm) -> Attribution | None:
    """The source after ‘by’; none, where a passive of an act names no one."""
    if form.quote_only or (form.category == "say" and not _frame_fits(clause, at, form)):
        return None
    for right in range(at + 1, min(len(clause), at + LONGEST_PASSIVE)):
        if clause.low[right] in (QUOTE, ",", ";", ".") or clause.kind[right] == "rel":
            break
        if clause.low[right] == "by":
            source = after(clause, right + 1)
            if source is not None and is_source(clause, source):
                return Attribution(Phrase(at, at + 1), source, form.category, True)
    finite = _has_helper(clause, at, grammar("be")) or (form.category == "accuse" and _is_headline_end(clause))
    unnamed = form.category in ACTS - {"demand"} and finite and not _negated(clause, at, form)
    unnamed = unnamed and _frame_fits(clause, at, form)
    return Attribution(Phrase(at, at + 1), None, form.category, True) if unnamed else None


def _is_headline_end(clause: Clause) -> bool:
    """Whether no stop ends the sentence, so that ‘Minister accused of lying’ has its helper left out."""
    return clause.low[-1][0].isalnum() and not any(kind == "aux" for kind in clause.kind)


def _source_of(clause: Clause, at: int, form: VerbForm, found: list[Attribution]) -> Phrase | None:
    if form.shape == "ing" and not _has_helper(clause, at, grammar("be")):
        return _source_of_participle(clause, at, form, found)
    any_noun = form.category == "say"
    source = None if _after_quotation(clause, at) else before(clause, at)
    if source is not None and any(source.first < one.cue.first < source.last for one in found):
        source = None
    if source is not None and _speaks(clause, source, form, any_noun):
        return source
    said = form.category == "say" or form.shape == "past"
    if _may_be_inverted(clause, at) and (said or not found or _after_quotation(clause, at)):
        inverted = _inverted(clause, at)
        if inverted is not None and _ends_there(clause, inverted) and _speaks(clause, inverted, form, any_noun):
            return inverted
    if _shares_subject(clause, at) and found:
        return found[-1].source
    if _shares_subject(clause, at):
        opening = subject(clause)
        return opening if opening is not None and _speaks(clause, opening, form, any_noun) else None
    return None


def _speaks(clause: Clause, source: Phrase, form: VerbForm, any_noun: bool) -> bool:
    if form.shape == "base" and not plural(clause, source):
        return False
    return is_source(clause, source, any_noun=any_noun)


def _inverted(clause: Clause, at: int) -> Phrase | None:
    """The subject after its verb, with ‘in this connection’ or ‘on Tuesday’ between them at most."""
    first = at + 1
    if _after_quotation(clause, at) and clause.kind[first] == "prep":
        ends = (place for place in range(first + 2, min(len(clause), first + 5)) if _can_open(clause, place))
        first = next(ends, first)
    return after(clause, first)


def _can_open(clause: Clause, at: int) -> bool:
    return clause.kind[at] in ("det", "title") or (clause.capital[at] and clause.kind[at] != "time")


def _may_be_inverted(clause: Clause, at: int) -> bool:
    if at == 0 or at + 1 >= len(clause):
        return at == 0
    return clause.low[at - 1] in (QUOTE, ",", "as", "so", "than", "—", "–") and clause.low[at + 1] not in (",", "that")


def _ends_there(clause: Clause, phrase: Phrase) -> bool:
    """Whether no verb follows a phrase, whose subject it would be."""
    if phrase.last >= len(clause) or not clause.low[phrase.last][0].isalnum():
        return True
    following = verb_forms().get(clause.low[phrase.last])
    if clause.kind[phrase.last] in ("aux", "adverb") or clause.low[phrase.last] == "never":
        return False
    return following is None or following.shape not in ("past", "third")


def _after_quotation(clause: Clause, at: int) -> bool:
    return at > 0 and (clause.low[at - 1] == QUOTE or (at > 1 and clause.low[at - 2 : at] == [QUOTE, ","]))


def _shares_subject(clause: Clause, at: int) -> bool:
    """Whether the verb goes with the subject of the verb before: ‘accused Kyiv and said’."""
    left = at - 1
    while left >= 0 and (clause.kind[left] in ("adverb", "aux") or clause.low[left].endswith("ly")):
        left -= 1
    return left > 0 and (clause.kind[left] == "and" or clause.low[left] in ("but", ",", "then"))


def _source_of_participle(clause: Clause, at: int, form: VerbForm, found: list[Attribution]) -> Phrase | None:
    if at == 0 or form.quote_only:
        return None
    previous = at - 1
    own = _phrase_with(clause, previous)
    if own is not None:
        return own
    if _is_gerund(clause, at):
        return None
    if form.category in ACTS and clause.low[previous] in grammar("meanwhile"):
        return found[-1].source if found else subject(clause)
    if clause.kind[previous] in ("prep", "det", "conj", "aux", "and", "modifier"):
        return None
    if clause.kind[previous] == "document" and any(low in grammar("receiving") for low in clause.low[:previous]):
        return None
    if found:
        return found[-1].source
    opening = subject(clause)
    return opening if opening is not None and is_source(clause, opening) else None


def _phrase_with(clause: Clause, last: int) -> Phrase | None:
    """The source in ‘with each side accusing the other’."""
    for first in range(last, max(0, last - 5), -1):
        if clause.low[first - 1] == "with":
            source = Phrase(first, last + 1)
            return source if is_source(clause, source) else None
    return None


def _is_gerund(clause: Clause, at: int) -> bool:
    """Whether a form in -ing is a noun, as in ‘the weekly briefing’."""
    return at >= 2 and clause.kind[at - 2] == "det" and clause.kind[at - 1] in ("", "organisation")


def _nominal_one(clause: Clause, cues: list[int], found: list[Attribution]) -> Attribution | None:
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
        if clause.low[left] in _PRONOUN_OWNERS:
            return Phrase(left, left + 1)
        if clause.possessive(left):
            return Phrase(_first_of_possessor(clause, left), left + 1)
        if clause.kind[left] in ("prep", "conj", "aux", "det") or not clause.low[left][0].isalpha():
            return None
    return None


def _is_answered(clause: Clause, at: int) -> bool:
    """Whether a verb before a noun of saying rejects it: ‘dismissed the North’s claim’."""
    forms = [verb_forms().get(low) for low in clause.low[max(0, at - 5) : at]]
    return any(form is not None and form.category in ("deny", "refuse") for form in forms)


def _has_object(clause: Clause, at: int) -> bool:
    return at + 1 < len(clause) and clause.low[at + 1] in ("to", "that", "of", "on", "for", "against")


def _first_of_possessor(clause: Clause, last: int) -> int:
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
