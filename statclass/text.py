"""One normalisation and tokenisation, used in training and prediction alike.

Text is cut into surface tokens first; everything that normalises (case, accents, curly marks, British spelling)
happens once per distinct token, in :func:`canonical`. This module imports nothing of ours.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

SEPARATOR = "\ue000"
"""Stands between statements when many are tokenised at once; it is taken out of the statements themselves. From the
private-use area, so that it is neither a letter nor white space."""

BOUNDARY = SEPARATOR * 3
"""As many separators as keep a window of four tokens from reaching into the next statement."""

_BETWEEN = f" {BOUNDARY} "

_LETTER = r"A-Za-zªµºÀ-ÖØ-öø-\u1fff\u2c00-\ud7ff\uf900-\ufdcf\ufe20-\ufe2f\ufe70-\ufefe"
"""Letters and combining marks as plain ranges: matched in half the time that ``\\w`` takes."""

_TOKEN = re.compile(
    rf"""(?:[A-Za-z]\.){{2,}}                          # U.N., e.g.
    | https?:[^\s{SEPARATOR}]+                        # links
    | [{_LETTER}]+(?:['’ʼ‑-][{_LETTER}]+)*            # words, with inner apostrophes and hyphens
    | {SEPARATOR}
    | [.!?…]+ | --+ | [;:,"“”„«»()\[\]—–] | ['’‘](?!\w) | (?<!\w)['‘’] # marks
    | \d[\d.,:]*                                      # figures
    | [@\#]\w+                                        # handles, hashtags
    """,
    re.VERBOSE,
)
_DATELINE = re.compile(
    rf"""{BOUNDARY}[ ]*
    (?: [A-Z][A-Z.'’]+(?:[ ][A-Z.'’]+){{0,2}} (?:,[^{SEPARATOR}\n]{{0,40}}?)?   # GENEVA, Switzerland, May 3
      | [A-Z][a-z]+(?:[ ][A-Z][a-z]+)*,[^{SEPARATOR}\n]{{0,25}}?\d             # Geneva, 3
    ) [ ]?
    (?:\([A-Za-z./ ]{{2,24}}\)[ ]?)?                                          # (Agency)
    (?:--+|[—–-])[ ] (?=["“]?[A-Z](?:[a-z]|[ ][a-z]))
    """,
    re.VERBOSE,
)
_APOSTROPHES = str.maketrans({"’": "'", "ʼ": "'", "‘": "'", "‑": "-"})
_MARKS = {"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "—": "-", "–": "-", "…": "..."}
_STEM_ENDINGS = (
    ("ization", "iz"), ("izing", "iz"), ("ized", "iz"), ("izes", "iz"), ("ize", "iz"),
    ("ations", ""), ("ation", ""), ("ements", ""), ("ement", ""), ("ments", ""), ("ment", ""),
    ("ions", ""), ("ion", ""), ("ities", ""), ("ity", ""), ("ness", ""), ("ingly", ""), ("edly", ""),
    ("ings", ""), ("ing", ""), ("ies", "y"), ("ied", "y"), ("ed", ""), ("es", ""), ("ly", ""), ("s", ""), ("e", ""),
)  # fmt: skip


def join(statements: Iterable[str]) -> str:
    """One string of many statements, each with :data:`BOUNDARY` and a space before it and one boundary at the end.

    Examples
    --------
    >>> join(["No.", "Yes."]).count(BOUNDARY)
    3
    """
    clean = (s.replace(SEPARATOR, " ") if SEPARATOR in s else s for s in statements)
    return _blank_datelines(f"{BOUNDARY} {_BETWEEN.join(clean)} {BOUNDARY}")


def _blank_datelines(joined: str) -> str:
    """Overwrite agency datelines ("GENEVA, May 3 (Agency) -- ") with spaces; no offset moves."""
    return _DATELINE.sub(lambda m: BOUNDARY + " " * (len(m.group()) - len(BOUNDARY)), joined)


def tokenize_joined(joined: str) -> list[str]:
    """Surface tokens of what :func:`join` returned, separators included.

    No token reaches over white space, so that each piece between white space may as well be tokenised by itself.

    Examples
    --------
    >>> tokens = tokenize_joined(join(["“No,” he said."]))
    >>> tokens == [token for piece in join(["“No,” he said."]).split() for token in tokenize_joined(piece)]
    True
    """
    return _TOKEN.findall(joined)


def tokenize(statement: str) -> list[tuple[str, int, int]]:
    """Surface tokens of one statement with their character offsets.

    Examples
    --------
    >>> [t for t, _, _ in tokenize("We won’t go, they said.")]
    ['We', 'won’t', 'go', ',', 'they', 'said', '.']
    """
    found = _TOKEN.finditer(join([statement]))
    shift = len(BOUNDARY) + 1
    return [(m.group(), m.start() - shift, m.end() - shift) for m in found if m.group() != SEPARATOR]


def canonical(token: str) -> str:
    """Lower case, straight marks, no accents: what two spellings of the same token share.

    Examples
    --------
    >>> canonical("Türkiye’s"), canonical("WON’T"), canonical("”")
    ("turkiye's", "won't", '"')
    """
    if token.isascii():
        return token.lower()
    if token in _MARKS:
        return _MARKS[token]
    folded = unicodedata.normalize("NFKD", token.translate(_APOSTROPHES))
    return "".join(c for c in folded if not unicodedata.combining(c)).lower()


def stem(word: str) -> str:
    """A light stem: inflections and a few derivations of one word share it.

    After the suffix stripping of Harman (1991), "How effective is suffixing?", with the verbal endings added.

    Examples
    --------
    >>> stem("refused") == stem("refusing") == stem("refuses") == stem("refuse")
    True
    """
    for ending, put in _STEM_ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: len(word) - len(ending)] + put
            break
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "aeiouls":
        word = word[:-1]
    return word
