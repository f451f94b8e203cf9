"""A sentence as tokens, with what is known of each."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import cache
from itertools import islice, repeat
from typing import NamedTuple

from statclass.extraction.lexicon import word_classes, words_of
from statclass.extraction.quotations import DOUBLE, SINGLE

_MARKS = "".join(sorted(DOUBLE | SINGLE))
_MARK = re.compile(f"[{_MARKS}]")
MOST_MARKS = 20
"""So many marks of fragments are looked at in one sentence."""
QUOTE = "\0quote"
"""Stands in the tokens of a sentence for a direct quotation in it."""
NAMING = frozenset({"office", "title", "person", "group", "organisation", "document", "modifier", "topic"})
POSSESSIVES = ("’s", "'s")


class Phrase(NamedTuple):
    """A noun phrase as a range of tokens, the last one not included."""

    first: int
    last: int


class Clause:
    """The tokens of one sentence, with direct quotations as one token each.

    Parameters
    ----------
    article : str
        The whole article.
    start, end : int
        The sentence.
    quotations : sequence of (int, int)
        Direct quotations in it, marks included.

    Examples
    --------
    >>> text = 'Gen. Novak said "No."'
    >>> [token.strip(chr(0)) for token in Clause(text, 0, len(text), [(16, 21)]).low]
    ['gen.', 'novak', 'said', 'quote']
    """

    def __init__(self, article: str, start: int, end: int, quotations: Sequence[tuple[int, int]] = ()) -> None:
        self.article = article
        self.text: list[str] = []
        self._gaps: list[tuple[int, int]] = []
        self._quoted: dict[int, tuple[int, int]] = {}
        self._begins: list[int] = []
        self._reached = start
        self._fragment: list[int] | None = None
        begin = start
        for left, right in quotations:
            self._read(begin, left)
            self._quoted[len(self.text)] = (left, right)
            self.text.append(QUOTE)
            begin = right
        self._read(begin, end)
        self.quotations = list(self._quoted)
        self.low = [word.lower() for word in self.text]
        sentence = article[start:end]
        if "’" in sentence:
            self.low = [low.replace("’", "'") for low in self.low]
        self.kind = list(map(word_classes().get, self.low, repeat("")))
        if "’s" in sentence or "'s" in sentence:
            self._class_possessives()
        self._plural_possessive = "s’" in sentence or "s'" in sentence
        self.capital = [
            word != low and (word[0].isupper() or is_arabic_name(word))
            for word, low in zip(self.text, self.low, strict=True)
        ]
        if "May" in self.text:
            self._class_names()

    def _read(self, start: int, end: int) -> None:
        self._gaps.append((start, end))
        self.text += _token_pattern().findall(self.article, start, end)

    def begin(self, at: int) -> int:
        """Where a token begins in the article."""
        if at >= len(self._begins):
            self._find_begins(at)
        return self._begins[at]

    def _find_begins(self, last: int) -> None:
        """Find where the tokens up to one begin, from the last that was looked for."""
        begins, index, reached = self._begins, self.article.index, self._reached
        for number in range(len(begins), last + 1):
            if number in self._quoted:
                begin, reached = self._quoted[number]
            else:
                word = self.text[number]
                begin = index(word, reached)
                reached = begin + len(word)
            begins.append(begin)
        self._reached = reached

    @property
    def fragment(self) -> list[int]:
        """The tokens before which a mark stands that makes no direct quotation."""
        if self._fragment is None:
            marked = [gap for gap in self._gaps if _MARK.search(self.article, *gap) is not None]
            marks = (mark for gap in marked for mark in islice(_MARK.finditer(self.article, *gap), MOST_MARKS))
            self._fragment = [bisect_left(range(len(self.text)), mark.start(), key=self.begin) for mark in marks]
        return self._fragment

    def _class_names(self) -> None:
        """‘May’ after a given name is a surname."""
        for at in range(1, len(self.text)):
            if self.text[at] == "May" and self.capital[at - 1] and self.kind[at - 1] in ("", "title"):
                self.kind[at] = ""

    def _class_possessives(self) -> None:
        classes = word_classes()
        for at, low in enumerate(self.low):
            if low[-2:] == "'s" and classes.get(low[:-2]) in NAMING:
                self.kind[at] = classes[low[:-2]]

    def __len__(self) -> int:
        return len(self.text)

    def span(self, phrase: Phrase) -> tuple[int, int]:
        """Where a phrase stands in the article."""
        return self.begin(phrase.first), self.end(phrase.last - 1)

    def end(self, at: int) -> int:
        """Where a token ends in the article."""
        return self._quoted[at][1] if at in self._quoted else self.begin(at) + len(self.text[at])

    def noun(self, at: int) -> bool:
        """Whether a token is a name or a word for a source."""
        return (self.capital[at] and self.kind[at] not in _NO_NOUN) or self.kind[at] in NAMING

    def possessive(self, at: int) -> bool:
        """Whether a token ends in ’s, or in s with an apostrophe after it."""
        if self.text[at].endswith(POSSESSIVES):
            return True
        plural = self._plural_possessive and self.text[at].endswith("s")
        return plural and self.article[self.end(at) : self.end(at) + 1] in ("’", "'")


def is_arabic_name(word: str) -> bool:
    """Whether a word is a name that begins with a lowercase article.

    Examples
    --------
    >>> is_arabic_name("al-Assad"), is_arabic_name("al-most")
    (True, False)
    """
    return word[2:3] == "-" and word[3:4].isupper() and word[:2].islower()


_NO_NOUN = frozenset({"det", "prep", "conj", "rel", "aux", "adverb", "first", "never", "he", "she", "it", "they"})


@cache
def _token_pattern() -> re.Pattern[str]:
    """Numbers, words with the stop of an acronym, initial or title, dots, and any other character but a mark."""
    titles = sorted(words_of("abbreviations", "abbreviation", **{"class": "title"}))
    after_title = "|".join(rf"(?<=\b{title})" for title in titles)
    stop = (
        r"(?=\.)(?:(?<=\.[^\W\d_])\.(?:['’]s\b)?"
        r"|(?<=\b[^\W\d_])\.(?=\s?[^\W\d_a-z])"
        rf"|(?:(?<=\bJr)|(?<=\bSr)|(?<=\bInc)|(?<=\bLtd)|(?<=\bCorp)|(?<=\bBros))\.|(?:{after_title})\.(?=\s)"
        r"|(?<=\bNo)\.(?=\s?\d))"
    )
    return re.compile(
        rf"[A-Za-z]++(?=[ ,])|\d+(?:[.,:]\d+)*[^\W_]*|[^\W_]+(?:[-'’.&/][^\W_]+)*(?:{stop})?|\.{{2,}}|[^\s{_MARKS}]"
    )
