"""Verbs of saying and doing with their sources: before or after them, with ‘by’, or shared with another verb."""

from __future__ import annotations

from statclass.extraction.attribution import ACTS, LONGEST_PASSIVE, Attribution
from statclass.extraction.clauses import QUOTE, Clause, Phrase
from statclass.extraction.lexicon import VerbForm, grammar, verb_forms
from statclass.extraction.phrases import after, before, subject
from statclass.extraction.sources import is_source, plural

LONGEST_CIRCUMSTANCE = 10
"""So many words stand at most between a verb and its ‘that’: ‘wrote in a letter to the paper on Monday that’."""
RESUMED_INFINITIVES = frozenset({"on", "continue", "continues", "continued", "continuing"})


def is_noun_here(clause: Clause, at: int) -> bool:
    """Whether a word that can be a verb is a noun or an adjective at its place."""
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


def verbal(clause: Clause, at: int, form: VerbForm, found: list[Attribution]) -> Attribution | None:
    """The attribution that a verb makes, after those that the sentence made before it."""
    if _passive(clause, at, form):
        return _passive_attribution(clause, at, form)
    if form.shape == "base" and (_infinitive(clause, at) or has_helper(clause, at, grammar("be"))):
        return None
    if form.shape == "participle" and not has_helper(clause, at, grammar("have")):
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


def has_helper(clause: Clause, at: int, helpers: frozenset[str]) -> bool:
    """Whether one of some helpers stands before a verb."""
    for left in range(at - 1, max(-1, at - 5), -1):
        if clause.low[left] in helpers:
            return True
        if clause.kind[left] not in ("adverb", "aux") and not clause.low[left].endswith("ly"):
            return False
    return False


def _passive(clause: Clause, at: int, form: VerbForm) -> bool:
    if form.shape not in ("past", "participle"):
        return False
    if has_helper(clause, at, grammar("be")):
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
            if source is not None and form.category == "accuse":
                source = _before_charge(clause, source)
            if source is not None and is_source(clause, source):
                return Attribution(Phrase(at, at + 1), source, form.category, True)
    finite = has_helper(clause, at, grammar("be")) or (form.category == "accuse" and _is_headline_end(clause))
    unnamed = form.category in ACTS - {"demand"} and finite and not _negated(clause, at, form)
    unnamed = unnamed and _frame_fits(clause, at, form)
    return Attribution(Phrase(at, at + 1), None, form.category, True) if unnamed else None


def _before_charge(clause: Clause, source: Phrase) -> Phrase:
    """The source without the charge in ‘accused by prosecutors of theft’."""
    ofs = [at for at in range(source.first + 1, source.last) if clause.low[at] == "of"]
    charged = "of" in clause.low[source.last : source.last + LONGEST_PASSIVE]
    return Phrase(source.first, ofs[-1]) if ofs and not charged else source


def _is_headline_end(clause: Clause) -> bool:
    """Whether no stop ends the sentence, so that ‘Minister accused of lying’ has its helper left out."""
    return clause.low[-1][0].isalnum() and not any(kind == "aux" for kind in clause.kind)


def _source_of(clause: Clause, at: int, form: VerbForm, found: list[Attribution]) -> Phrase | None:
    if form.shape == "ing" and not has_helper(clause, at, grammar("be")):
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
