"""Sentences of news copy.

Our own splitter, because nltk's Punkt takes three seconds to import, needs a trained model for the abbreviations of
news copy and knows nothing of quotations, inside which a frame sentence must not be cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from statclass.extraction.lexicon import verb_forms, word_classes, words_of
from statclass.extraction.quotations import Quoted

_END = re.compile(r"[.!?…。！？](?<![.!?…。！？].)[.!?…。！？]*+[\"'”’»“‘›)\]]*+(?=\s)")
_NEXT_WORD = re.compile(r"[\"'“‘„«‚‹(\[]*\s*([^\s\"'“”‘’„«»,;:.!?()\[\]]{1,40})")
_WORDS_AHEAD = re.compile(r"(?:\s+[^\W\d_][\w.’'-]{0,30}){2,8}")


def sentences(article: str, start: int, end: int, quoted: Sequence[Quoted] = ()) -> Iterator[tuple[int, int]]:
    """Yield the sentences of one paragraph; a quotation is never cut, whatever stops are in it.

    Parameters
    ----------
    article : str
        The whole article.
    start, end : int
        The paragraph.
    quoted : sequence of Quoted
        Its quoted stretches, in order.

    Yields
    ------
    tuple of (int, int)

    Examples
    --------
    >>> text = "Gen. J. P. Novak met U.N. envoys on Jan. 5. He refused 2.5 million. “No. Never.” He left."
    >>> [text[a:b] for a, b in sentences(text, 0, len(text))]
    ['Gen. J. P. Novak met U.N. envoys on Jan. 5.', 'He refused 2.5 million.', '“No.', 'Never.”', 'He left.']
    """
    begin = start
    for boundary in _boundaries(article, start, end, quoted):
        yield begin, boundary
        begin = boundary
        while begin < end and article[begin].isspace():
            begin += 1
    if begin < end:
        yield begin, end


def _boundaries(article: str, start: int, end: int, quoted: Sequence[Quoted]) -> Iterator[int]:
    waiting = iter(quoted)
    current = next(waiting, None)
    for match in _END.finditer(article, start, end):
        while current is not None and current.closing <= match.start():
            current = next(waiting, None)
        inside = current is not None and current.opening < match.start()
        if inside and current is not None and (not current.closed or match.end() < current.closing):
            continue
        if _ends_sentence(article, match, end, inside):
            yield match.end()


def _ends_sentence(article: str, match: re.Match[str], end: int, in_quotation: bool) -> bool:
    following = _NEXT_WORD.match(article, match.end() + 1, end)
    rest = article[match.end() : match.end() + 3].strip()
    if rest and rest[0].islower():
        return False
    stop = match.group()
    if in_quotation:
        return "." in stop[0] or not _attribution_follows(article, match.end(), end)
    return stop[0] != "." or len(stop) > 1 or not _is_abbreviation(article, match.start(), following)


def _attribution_follows(article: str, at: int, end: int) -> bool:
    ahead = _WORDS_AHEAD.match(article, at, end)
    words = ahead.group().split()[1:] if ahead is not None else []
    return any(word.rstrip(".").lower() in _attributing_verbs() for word in words)


@cache
def _attributing_verbs() -> frozenset[str]:
    return frozenset(form for form, verb in verb_forms().items() if verb.shape in ("third", "past"))


def _is_abbreviation(article: str, stop: int, following: re.Match[str] | None) -> bool:
    word = _word_before(article, stop)
    if not word or following is None:
        return False
    if word in _never_final():
        return True
    if len(word) == 1 and word.isupper():
        if _before_initial(article, stop):
            return True
        return (word != "I" or _after_name(article, stop)) and following.group(1) not in _starters()
    if word in _numbered():
        return following.group(1)[0].isdigit()
    if word in _clock():
        return following.group(1).isupper() or word_classes().get(following.group(1).lower()) == "time"
    if word in _maybe_final() or "." in word:
        return following.group(1) not in _starters()
    return False


def _before_initial(article: str, stop: int) -> bool:
    return article[stop + 2 : stop + 3].isupper() and article[stop + 3 : stop + 4] == "."


def _after_name(article: str, stop: int) -> bool:
    """Whether ‘I.’ stands after a comma or a name, whose initial it is."""
    before = article[max(0, stop - 30) : stop - 1].split()
    return bool(before) and (before[-1].endswith(",") or before[-1][0].isupper())


def _word_before(article: str, stop: int) -> str:
    word = article[max(0, stop - 12) : stop].split()
    return word[-1].lstrip("(\"'“‘[„«").rsplit("-", 1)[-1] if word else ""


@cache
def _never_final() -> frozenset[str]:
    return words_of("abbreviations", "abbreviation", **{"class": "title"})


@cache
def _numbered() -> frozenset[str]:
    return words_of("abbreviations", "abbreviation", **{"class": "number"})


@cache
def _clock() -> frozenset[str]:
    return words_of("abbreviations", "abbreviation", **{"class": "clock"})


@cache
def _maybe_final() -> frozenset[str]:
    return words_of("abbreviations", "abbreviation") - _never_final() - _numbered()


@cache
def _starters() -> frozenset[str]:
    return words_of("sentence_starters")
