"""The noun phrase that stands before or after a verb."""

from __future__ import annotations

from statclass.extraction.appositions import name_in
from statclass.extraction.clauses import NAMING, QUOTE, Clause, Phrase
from statclass.extraction.lexicon import grammar, nouns_of_saying, places, verb_forms
from statclass.extraction.sources import LINKS, PEOPLE, given_name, is_particle, plural_word

LONGEST_PHRASE = 25
"""A noun phrase is looked for in so many tokens."""
HELPERS = frozenset({"aux", "adverb"})


def before(clause: Clause, verb: int) -> Phrase | None:
    """The noun phrase that is the subject of a verb, read leftwards from it.

    Examples
    --------
    >>> text = "On Monday Jan Novak, the Czech envoy, flatly refused."
    >>> clause = Clause(text, 0, len(text))
    >>> phrase = before(clause, clause.low.index("refused"))
    >>> text[slice(*clause.span(phrase))]
    'Jan Novak'
    """
    at = _skip_helpers(clause, verb - 1)
    if at >= 0 and clause.kind[at] == "rel" and clause.low[at] != "whom":
        at -= 1 + (at > 0 and clause.low[at - 1] == ",")
        return _phrase_ending(clause, at)
    if at >= 0 and clause.low[at] in (",", ")", "—", "–", "-"):
        return _around_parenthesis(clause, at)
    return _phrase_ending(clause, at)


def _skip_helpers(clause: Clause, at: int) -> int:
    at = _before_phrase_after_helper(clause, at)
    while at >= 0 and (
        clause.kind[at] in HELPERS
        or clause.kind[at] == "time"
        or clause.low[at] == "since"
        or (clause.low[at].endswith("ly") and not clause.capital[at])
        or (clause.low[at] in ("on", "in", "last", "this", "late", "early") and _time(clause, at + 1))
    ):
        at -= 1
    return at


def _before_phrase_after_helper(clause: Clause, at: int) -> int:
    """Skip the phrase between helper and verb in ‘has in the past accused’."""
    for left in range(at, max(0, at - 6), -1):
        if clause.kind[left] == "aux" and left < at:
            return left if clause.kind[left + 1] in ("prep", "conj") else at
        if not clause.low[left][0].isalpha() or clause.low[left] == QUOTE or clause.kind[left] in ("rel", "and"):
            break
    return at


def _time(clause: Clause, at: int) -> bool:
    return at < len(clause) and (clause.kind[at] == "time" or clause.low[at][0].isdigit())


_PARTNER = {",": ",", ")": "(", "—": "—", "–": "–", "-": "-"}


def _around_parenthesis(clause: Clause, at: int) -> Phrase | None:
    partner = _PARTNER[clause.low[at]]
    for left in range(at - 1, max(-1, at - LONGEST_PHRASE), -1):
        if clause.low[left] == partner:
            phrase = _named_inside(clause, left, at) or _phrase_ending(clause, _skip_helpers(clause, left - 1))
            if phrase is not None and not clause.low[phrase.first][0].isdigit():
                return phrase
        if clause.low[left] in (QUOTE, ";", ":"):
            return None
    return None


def _named_inside(clause: Clause, left: int, right: int) -> Phrase | None:
    """The name between commas in ‘the minister, Jan Novak, said’, where the phrase before has none."""
    described = _one_of_them(clause, left - 1) or _phrase_ending(clause, left - 1)
    return name_in(clause, left + 1, right, described) if described is not None else None


def _one_of_them(clause: Clause, last: int) -> Phrase | None:
    return Phrase(last - 2, last + 1) if clause.low[max(0, last - 2) : last + 1] == ["one", "of", "them"] else None


def _phrase_ending(clause: Clause, last: int) -> Phrase | None:
    """The noun phrase whose last token is given."""
    if last < 0 or not _can_end(clause, last):
        return None
    if clause.kind[last] in ("he", "she", "it", "they"):
        return Phrase(last, last + 1)
    first = last + 1
    at = last
    limit = max(0, last - LONGEST_PHRASE)
    while at >= limit:
        step = _step_left(clause, at, last)
        if step == 0:
            break
        first, at = at, at - step
        if clause.kind[first] == "det" and not _linked(clause, at) and not _coordinated(clause, at):
            break
    phrase = _trim(clause, first, last + 1)
    return _antecedent(clause, phrase) if phrase is not None else None


def _antecedent(clause: Clause, phrase: Phrase) -> Phrase:
    """The phrase before ‘who’ where the verb follows a relative clause without commas."""
    for at in range(phrase.first - 1, max(0, phrase.first - 8), -1):
        if clause.low[at] == "who":
            if at == phrase.first - 1:
                break
            return _phrase_ending(clause, at - 1) or phrase
        if not clause.low[at][0].isalpha() or clause.low[at] == "that":
            break
    return phrase


def _can_end(clause: Clause, at: int) -> bool:
    if clause.low[at] in ("that", "this", "which", "who", "both"):
        return False
    return clause.text[at][0].isalnum() and clause.kind[at] not in _NEVER_LAST


_NEVER_LAST = frozenset({"prep", "conj", "and", "rel", "first", "det", "never"})


def _step_left(clause: Clause, at: int, last: int) -> int:
    """One where the token belongs to the phrase that ends at `last`, else zero."""
    kind, low = clause.kind[at], clause.low[at]
    if kind == "det" or clause.noun(at) or low[0].isdigit() or is_particle(clause, at):
        return 1
    if low == "," and at == 1 and clause.text[0] in places() and clause.text[2] in places():
        return 1
    if kind == "and" or (low == "," and _in_list(clause, at, last)):
        return int(_joins_names(clause, at))
    if low in LINKS or low == "by":
        return int(_linked(clause, at))
    if at < last and low in verb_forms() and verb_forms()[low].shape == "base" and _names_people(clause, at + 1):
        return 1
    if kind or low in verb_forms() or not low[0].isalpha() or clause.low[at] == QUOTE:
        return 0
    return int(at == last or not clause.capital[at + 1] or clause.kind[at + 1] in NAMING)


def _names_people(clause: Clause, at: int) -> bool:
    return clause.kind[at] in NAMING or clause.low[at].endswith(PEOPLE)


def _linked(clause: Clause, at: int) -> bool:
    """Whether the preposition at a place joins a phrase to a noun before it."""
    if at < 1 or clause.low[at] not in LINKS:
        return at > 0 and clause.low[at] == "by" and clause.kind[at - 1] == "document"
    opening_plural = at <= 3 and plural_word(clause.low[at - 1]) and clause.low[at] != "of"
    if clause.low[at - 1] in grammar("joining") or opening_plural:
        return True
    if clause.low[at] == "of":
        return clause.noun(at - 1) or clause.low[at - 1] == "one" or _is_plain_word(clause, at - 1)
    return clause.kind[at - 1] in ("office", "person", "group", "organisation", "topic", "document")


def _is_plain_word(clause: Clause, at: int) -> bool:
    return clause.text[at].isalpha() and clause.kind[at] == ""


def _coordinated(clause: Clause, at: int) -> bool:
    return at > 0 and clause.kind[at] == "and" and _joins_names(clause, at)


def _in_list(clause: Clause, at: int, last: int) -> bool:
    return any(clause.kind[i] == "and" for i in range(at + 1, last))


def _joins_names(clause: Clause, at: int) -> bool:
    if at < 1 or at + 1 >= len(clause) or not clause.noun(at - 1):
        return False
    if clause.kind[at + 1] != "det" and not clause.noun(at + 1):
        return False
    for left in range(at - 1, max(-1, at - 8), -1):
        if clause.low[left] in (";", ":", ",") or clause.low[left] == QUOTE:
            return True
        if not clause.noun(left) and clause.kind[left] != "det" and clause.low[left] not in LINKS:
            return False
    return at <= 8


def _trim(clause: Clause, first: int, last: int) -> Phrase | None:
    while first < last and (
        (clause.kind[first] in ("time", "and", "prep") and not given_name(clause, first))
        or clause.low[first] == ","
        or (clause.low[first] == "that" and last - first > 1)
    ):
        first += 1
    while first < last and (clause.kind[last - 1] in ("time", "det", "prep", "and")):
        last -= 1
    if first > 0 and last - first > 1 and clause.low[first - 1] in ("in", "on", "at", "from") and _place(clause, first):
        first += 1
    return Phrase(first, last) if first < last else None


def _place(clause: Clause, at: int) -> bool:
    return places().get(clause.text[at], "") in ("capital", "country", "place") and clause.capital[at + 1]


def after(clause: Clause, at: int) -> Phrase | None:
    """The noun phrase that begins at a token.

    Examples
    --------
    >>> text = "said the spokesman for the ministry in a statement"
    >>> clause = Clause(text, 0, len(text))
    >>> text[slice(*clause.span(after(clause, 1)))]
    'the spokesman for the ministry'
    """
    if at >= len(clause):
        return None
    if clause.kind[at] in ("he", "she", "it", "they") or _is_object_pronoun(clause, at):
        return Phrase(at, at + 1)
    last = at
    limit = min(len(clause), at + LONGEST_PHRASE)
    while last < limit and _step_right(clause, last, at):
        last += 1
    phrase = _trim(clause, at, last)
    if phrase is None:
        return _name_after(clause, Phrase(at, at + 1)) if clause.low[at] in ("one", "another") else None
    return _name_after(clause, phrase) or phrase


def _name_after(clause: Clause, described: Phrase) -> Phrase | None:
    """The name after the comma in ‘said the minister, Jan Novak’."""
    first = described.last + 1
    if first >= len(clause) or clause.low[described.last] != ",":
        return None
    limit = min(len(clause), first + LONGEST_PHRASE)
    last = next((at for at in range(first, limit) if clause.low[at] in _STOPS or at in clause.fragment), limit)
    return name_in(clause, first, last, described) if last > first else None


_STOPS = frozenset({",", ".", ":", QUOTE, ";", "-", "–", "—"})


def _is_object_pronoun(clause: Clause, at: int) -> bool:
    if clause.low[at] == "her":
        return at + 1 == len(clause) or not clause.low[at + 1][0].isalnum() or clause.kind[at + 1] in ("prep", "aux")
    return clause.low[at] in ("him", "them")


def _step_right(clause: Clause, at: int, first: int) -> bool:
    kind, low = clause.kind[at], clause.low[at]
    if low == QUOTE or not (low[0].isalnum()):
        return low == "&"
    if kind == "det":
        return at == first or clause.low[at - 1] in LINKS or clause.kind[at - 1] == "and"
    if kind == "and":
        return _name_ahead(clause, at + 1)
    if low in LINKS:
        return at > first and _link_right(clause, at)
    if clause.noun(at) or is_particle(clause, at) or low[0].isdigit():
        return not (kind == "" and at > first and low in verb_forms() and not clause.capital[at])
    if kind == "modifier" and low in grammar("joining"):
        return True
    if kind or (at > first and _is_head(clause, at - 1)):
        return False
    return not (clause.capital[at - 1] and at > first and clause.kind[at - 1] not in NAMING) and low not in verb_forms()


def _is_head(clause: Clause, at: int) -> bool:
    if clause.low[at] in grammar("quantifier") or clause.low[at] == "chief":
        return False
    return clause.kind[at] in _HEADS and not clause.possessive(at)


_HEADS = frozenset({"office", "person", "group", "organisation", "document"})


def _name_ahead(clause: Clause, at: int) -> bool:
    if at >= len(clause):
        return False
    if clause.kind[at] == "det":
        return at + 1 < len(clause) and clause.noun(at + 1)
    return clause.noun(at)


def _link_right(clause: Clause, at: int) -> bool:
    if at + 1 >= len(clause) or clause.kind[at + 1] == "time":
        return False
    if clause.low[at - 1] in grammar("joining"):
        return True
    if clause.low[at] != "of" and clause.low[at + 1][0].isdigit():
        return False
    if clause.low[at] == "for" and clause.capital[at - 1] and clause.capital[at + 1]:
        return clause.kind[at - 1] in NAMING
    if clause.low[at] == "of":
        return clause.low[at + 1] not in ("a", "an") and not clause.low[at + 1].endswith("ing")
    if clause.low[at] in ("for", "to", "with", "on"):
        return clause.kind[at - 1] in ("office", "person", "topic") and clause.low[at + 1] not in _OWNED
    naming = clause.kind[at - 1] in ("office", "person", "group", "organisation", "topic", "document")
    return naming and clause.low[at + 1] not in _OWNED


_OWNED = frozenset({"a", "an", "his", "her", "their", "its"})


def subject(clause: Clause) -> Phrase | None:
    """The noun phrase that the sentence opens with, after an opening adverbial."""
    at = 0
    if clause.text and clause.kind[0] == "prep":
        comma = next((i for i in range(min(len(clause), LONGEST_PHRASE)) if clause.low[i] == ","), -1)
        at = comma + 1
    return after(clause, at) if at < len(clause) and _can_begin(clause, at) else None


def _can_begin(clause: Clause, at: int) -> bool:
    kind = clause.kind[at]
    return kind in ("det", "he", "she", "it", "they") or clause.noun(at)


def owner(clause: Clause, phrase: Phrase) -> Phrase | None:
    """Whose ‘answer’ or ‘message’ a phrase names.

    Examples
    --------
    >>> text = "The president’s message was simple"
    >>> clause = Clause(text, 0, len(text))
    >>> clause.low[slice(*owner(clause, Phrase(0, 3)))]
    ['the', "president's"]
    """
    for at in range(phrase.first, phrase.last - 1):
        if clause.possessive(at) and clause.low[phrase.last - 1] in nouns_of_saying():
            return Phrase(phrase.first, at + 1)
    return None
