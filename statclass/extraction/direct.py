"""Which quoted stretches are statements, and which are fragments, scare quotes or titles."""

from __future__ import annotations

import re

from statclass.extraction.lexicon import grammar, verb_forms, word_classes
from statclass.extraction.quotations import DOUBLE, SINGLE, Quoted

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_TERMINAL = frozenset(".!?…")
_STOPS = frozenset(".!?…,;—–-")
_INNER_MARKS = "".join(DOUBLE | SINGLE)
LONGEST_LOOK = 60

LONGEST_SAMPLE = 400
"""So much of a quotation is read to tell whether it has a verb."""


def is_statement(article: str, sentence: tuple[int, int], quoted: Quoted, *, follows_statement: bool) -> bool:
    """Whether a quoted stretch is a clause that someone says, and no fragment of the sentence around it.

    Parameters
    ----------
    article : str
    sentence : tuple of (int, int)
        The sentence that frames it.
    quoted : Quoted
    follows_statement : bool
        Whether the first half of a split quotation stands before it in the sentence.

    Examples
    --------
    >>> text = 'He said: "We refuse." Novak called it a "criminal" act.'
    >>> is_statement(text, (0, 21), Quoted(9, 10, 20, 21, True), follows_statement=False)
    True
    >>> is_statement(text, (22, 55), Quoted(41, 42, 50, 51, True), follows_statement=False)
    False
    """
    words = _WORD.findall(article, quoted.start, min(quoted.end, quoted.start + LONGEST_SAMPLE))
    if not words:
        return False
    before = article[sentence[0] : quoted.opening].rstrip()[-LONGEST_LOOK:]
    capital = not article[quoted.start].islower()
    if not before.strip("-–—•*·") or before[-1] == ";":
        return _opens_sentence(article, sentence, quoted, words, capital)
    if before[-1] == ":":
        return len(words) > 1 or _stopped(article, quoted)
    if before[-1] in ",—–-":
        return _after_comma(article, quoted, words, capital, follows_statement)
    return _after_word(before, article, quoted, words, capital)


def _opens_sentence(article: str, sentence: tuple[int, int], quoted: Quoted, words: list[str], capital: bool) -> bool:
    stopped = _stopped(article, quoted)
    rest = article[quoted.closing : sentence[1]].strip(" .")
    if not rest:
        return stopped or (has_clause(words) and len(words) > 3)
    if not stopped and rest[0] not in ",—–-":
        return len(words) > 3 and capital and _verb_follows(rest)
    return capital or len(words) > 3


def _verb_follows(rest: str) -> bool:
    first = _WORD.match(rest)
    return first is not None and first.group().lower() in verb_forms()


def _stopped(article: str, quoted: Quoted) -> bool:
    """Whether the text inside the marks ends with a stop or comma, or the sentence stops right after them."""
    return article[quoted.start : quoted.end].rstrip(_INNER_MARKS)[-1:] in _STOPS


def _after_comma(article: str, quoted: Quoted, words: list[str], capital: bool, follows_statement: bool) -> bool:
    if follows_statement:
        return True
    if not capital:
        return len(words) > 5 and has_clause(words)
    return article[quoted.end - 1] in _TERMINAL or has_clause(words)


def _after_word(before: str, article: str, quoted: Quoted, words: list[str], capital: bool) -> bool:
    previous = _WORD.findall(before)[-1:] or [""]
    last = previous[0].lower()
    if last not in verb_forms() and last != "that" and word_classes().get(last) not in ("adverb", "time"):
        return False
    if capital and len(words) > 2 and (article[quoted.end - 1] in _TERMINAL or has_clause(words)):
        return last in verb_forms() or len(words) > 4
    return len(words) > 4 and words[0].lower() in grammar("clause_subject") and has_clause(words)


def has_clause(words: list[str]) -> bool:
    """Whether some words hold a finite verb, as far as their form shows.

    Examples
    --------
    >>> has_clause("We will not go".split()), has_clause("War and Peace".split())
    (True, False)
    """
    lows = [word.lower().replace("’", "'") for word in words]
    if any(low in grammar("finite") or low.endswith(("n't", "'ll", "'re", "'ve", "'m", "t's", "e's")) for low in lows):
        return True
    return lows[0] in grammar("clause_subject") or any(_inflected(low) for low in lows[1:])


def _inflected(low: str) -> bool:
    form = verb_forms().get(low)
    return form is not None and form.shape in ("third", "past") and low not in grammar("plural_noun")
