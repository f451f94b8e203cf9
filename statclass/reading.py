"""A light, data-free reading of statements: who speaks, what is negated, what the predicate is, who is the culprit.

Many statements are read at once, as flat NumPy arrays over their tokens. Nothing is parsed: each token gets the state
of its surroundings (nearest subject, negation in its clause, the predicate that governs it ...) by carrying the last
marker forward to the end of its clause or sentence.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from statclass import cues
from statclass.text import SEPARATOR, canonical, join, stem, tokenize_joined

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Hashes = NDArray[np.uint64]

# What is known of a token by itself, as bits.
SENTENCE_END, CLAUSE_END, QUOTE, QUESTION = 1, 2, 4, 8
CAPITAL, KNOWN, NAMED, POSSESSIVE, HEAD, ARTICLE, OF = 16, 64, 128, 256, 512, 1024, 2048
DROPPED, TAG, BOUNDARY, PARTICIPLE, WORD, ACRONYM = 4096, 8192, 16384, 32768, 65536, 131072

_PHRASE_KEY = np.uint64(0x9E3779B97F4A7C15)
_SENTENCE_ENDS = frozenset(".!?")
_CLAUSE_ENDS = frozenset(",;:()[]-")
_SUBJECTS = ("we", "i", "you", "they", "he", "it", "no", "actor_noun", "bad_actor", "victim_noun", "name")
_GOVERNING_GROUPS = frozenset({"performative", "reporting", "action", "nominal", "phrase"})
_SUBORDINATORS = ("relative", "condition", "contrast", "question_word")
_MODALS = ("will", "must", "can", "may")
_NEGATIONS = ("not", "no", "never")


def word_hash(word: str) -> int:
    """A 64-bit hash of a word that is the same on every machine and in every process."""
    return int.from_bytes(hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


_NAME_HASH = np.uint64(word_hash(cues.NAME))
_DATE_HASH = np.uint64(word_hash(cues.DATE))


class TokenTable(dict[str, int]):
    """Every distinct surface token met so far, with what is known of it; analysed once, then looked up.

    Parameters
    ----------
    known : iterable of str
        Words that are no names although a sentence may begin with them, beside those of the lexicon.
    lexicon : Lexicon, optional
        The cues to use; the shipped ones by default.
    """

    LIMIT = 200_000

    def __init__(self, known: Iterable[str] = (), lexicon: cues.Lexicon | None = None) -> None:
        super().__init__()
        self.lexicon = lexicon or cues.lexicon()
        self.known = frozenset(known)
        self.name_code = len(self.lexicon.categories) + 1
        self.boundary_code = self.name_code + 1
        self._clear()

    def _clear(self) -> None:
        self.clear()
        self.words: list[str] = []
        self.word = np.zeros(1024, np.uint64)
        self.stem = np.zeros(1024, np.uint64)
        self.categories = np.zeros((1024, cues.MAX_CATEGORIES), np.int64)
        self.flags = np.zeros(1024, np.int64)
        self._pieces = _Pieces(self)

    def ids_of_joined(self, joined: str) -> Ints:
        """The number of each token of what :func:`~statclass.text.join` returned, analysing those not met before."""
        if max(len(self), len(self._pieces)) > self.LIMIT:
            self._clear()
        return self._pieces.tokens_of(joined.split())

    def __missing__(self, token: str) -> int:
        number = len(self)
        if number == len(self.word):
            self._grow()
        word, codes, flags = self._analyse(token)
        self.words.append(word)
        self.word[number] = word_hash(word)
        self.stem[number] = word_hash("~" + stem(word))
        self.categories[number, : len(codes)] = codes
        self.flags[number] = flags
        self[token] = number
        return number

    def _grow(self) -> None:
        self.word = np.concatenate([self.word, np.zeros_like(self.word)])
        self.stem = np.concatenate([self.stem, np.zeros_like(self.stem)])
        self.categories = np.concatenate([self.categories, np.zeros_like(self.categories)])
        self.flags = np.concatenate([self.flags, np.zeros_like(self.flags)])

    def _analyse(self, token: str) -> tuple[str, tuple[int, ...], int]:
        if token == SEPARATOR:
            return "<boundary>", (self.boundary_code,), BOUNDARY | SENTENCE_END | CLAUSE_END
        if token[0].isdigit():
            return cues.NUMBER, (), 0
        if not token[0].isalpha():
            return self._analyse_mark(token)
        word = canonical(token)
        flags = WORD | (CAPITAL if token[0].isupper() else 0)
        if len(token) > 1 and token.isupper():
            flags |= ACRONYM if self.lexicon.names.get(word) == "acronym" else 0
        word = self.lexicon.spelling(word)
        codes = self.lexicon.words.get(word, ())
        if not codes and word.endswith(("'s", "s'")):
            flags |= POSSESSIVE
            word = self.lexicon.spelling(word[:-2] if word.endswith("'s") else word[:-1])
            codes = self.lexicon.words.get(word, ())
        if not codes and "-" in word:
            codes = self.lexicon.words.get(word.rpartition("-")[2], ())
        return word, codes, flags | self._word_flags(word, codes)

    def _word_flags(self, word: str, codes: tuple[int, ...]) -> int:
        flags = PARTICIPLE if word.endswith(("ed", "en", "wn", "ne", "ught", "lt", "nt")) else 0
        flags |= KNOWN if codes or word in self.known else 0
        kind = self.lexicon.names.get(word) or self.lexicon.names.get(word.rpartition("-")[0])
        flags |= NAMED if kind in cues.PROPER_KINDS else 0
        flags |= DROPPED if kind == "date" and word != "may" and word != "march" else 0
        flags |= HEAD if kind == "head" else 0
        flags |= ARTICLE if word == "the" else 0
        return flags | (OF if word in ("of", "for") else 0)

    def _analyse_mark(self, token: str) -> tuple[str, tuple[int, ...], int]:
        mark = canonical(token)
        if mark.startswith(("#", "@")):
            return canonical(mark[1:]), (), TAG | CAPITAL | NAMED
        if not mark:
            return mark, (), DROPPED
        if mark == '"':
            return mark, (), QUOTE | CLAUSE_END
        if mark[0] in _SENTENCE_ENDS:
            return mark[0], (), SENTENCE_END | CLAUSE_END | (QUESTION if "?" in mark else 0)
        if mark[0] in _CLAUSE_ENDS:
            return mark[0], (), CLAUSE_END
        return mark, (), DROPPED


class _Pieces(dict[str, int]):
    """Every distinct piece of text between white space met so far, with the numbers of its tokens."""

    def __init__(self, table: TokenTable) -> None:
        super().__init__()
        self._table = table
        self._tokens = np.zeros(4096, np.int64)
        self._start = np.zeros(2048, np.int64)

    def tokens_of(self, pieces: Sequence[str]) -> Ints:
        """The numbers of the tokens of all the pieces, in order."""
        numbers = np.fromiter(map(self.__getitem__, pieces), np.int64, len(pieces))
        first = self._start.take(numbers)
        count = self._start.take(numbers + 1) - first
        end = np.cumsum(count)
        return self._tokens.take(np.repeat(first - end + count, count) + np.arange(end[-1]))

    def __missing__(self, piece: str) -> int:
        tokens = [self._table[token] for token in tokenize_joined(piece)]
        number = self[piece] = len(self)
        begin = int(self._start[number])
        end = begin + len(tokens)
        self._tokens = _with_room(self._tokens, end)
        self._start = _with_room(self._start, number + 2)
        self._tokens[begin:end] = tokens
        self._start[number + 1] = end
        return number


def _with_room(array: Ints, size: int) -> Ints:
    """The array, or a copy of at least twice its length when it is shorter than `size`."""
    return array if len(array) >= size else np.concatenate([array, np.zeros(max(size, len(array)), array.dtype)])


@dataclass(frozen=True)
class Reading:
    """What was read of a block of statements: one value per kept token, in order.

    All arrays have shape (n_tokens,); codes of categories are those of the lexicon.
    """

    n_statements: int
    token: Ints
    """Index of the token among all surface tokens of the block (boundaries included)."""
    type: Ints
    """Number of the token in the token table."""
    is_name: Bools
    row: Ints
    """Index of the statement."""
    word: Hashes
    stem: Hashes
    extent: Ints
    """How many tokens the cue spans that begins here; 1 but for phrases."""
    category: Ints
    second: Ints
    third: Ints
    subject: Ints
    """Category of the nearest subject before the token in its sentence."""
    source: Ints
    """Category of the first subject of the sentence."""
    negation: Ints
    """Category of a negation earlier in the clause."""
    modality: Ints
    predicate: Ints
    """Category of the last governing word before the token in its sentence."""
    depth: Ints
    """Category of the last subordinator before the token in its sentence."""
    culprit: Ints
    """How a party is tied to the token: 1 by a name before it, 2 by a possessive name, 3 by "by" or "of" and a name,
    4 by "their", 5 by "our", 6 passive without agent, 7 passive with "by", 0 not at all."""
    quoted: Ints
    voice: Ints
    """Of the whole statement: 1 when it says "we", 2 when it says "I", else 0; plus 4 with a question."""


class StatementReader:
    """Reads blocks of statements with one token table.

    Parameters
    ----------
    known, lexicon
        See :class:`TokenTable`.
    """

    def __init__(self, known: Iterable[str] = (), lexicon: cues.Lexicon | None = None) -> None:
        self.table = TokenTable(known, lexicon)
        lexicon = self.table.lexicon
        self._codes = {name: lexicon.code(name) for name in lexicon.categories}
        self._codes["name"] = self.table.name_code
        self._is_subject = self._flag(_SUBJECTS)
        self._is_negation = self._flag(_NEGATIONS)
        self._is_modal = self._flag(_MODALS)
        self._is_subordinator = self._flag(_SUBORDINATORS)
        governing = [c for c, g in zip(lexicon.categories, lexicon.groups, strict=True) if g in _GOVERNING_GROUPS]
        self._is_governing = self._flag(governing)
        self._phrases = _PhraseTable(lexicon.phrases)

    def _flag(self, categories: Iterable[str]) -> Bools:
        flags = np.zeros(self.table.boundary_code + 1, bool)
        flags[[self._codes[name] for name in categories]] = True
        return flags

    def read(self, statements: Sequence[str]) -> Reading:
        """Read a block of statements."""
        ids = self.table.ids_of_joined(join(statements))
        flags = self.table.flags[ids]
        keep, is_name, possessive = self._find_names(flags)
        ids, flags, is_name, possessive = ids[keep], flags[keep], is_name[keep], possessive[keep]
        word = np.where(is_name, _NAME_HASH, self.table.word[ids])
        stems = np.where(is_name, _NAME_HASH, self.table.stem[ids])
        categories = self.table.categories[ids].T.copy()
        categories[0][is_name] = self.table.name_code
        categories[1:, is_name] = 0
        extent = self._phrases.mark(word, categories)
        row = (np.cumsum(flags & BOUNDARY != 0) - 1) // 3
        states = self._states(flags, categories, possessive, row)
        return Reading(
            len(statements), np.flatnonzero(keep), ids, is_name, row, word, stems, extent, *categories, **states
        )

    def category_name(self, code: int) -> str:
        """The name of a category code; ``"-"`` for none."""
        if code == 0:
            return "-"
        special = {self.table.name_code: "name", self.table.boundary_code: "boundary"}
        return special.get(code) or self.table.lexicon.categories[code - 1]

    def state_name(self, field: str, value: int) -> str:
        """A readable form of the value of one of the fields of :class:`Reading`."""
        if field in ("culprit", "quoted", "voice"):
            return f"{field}{value}" if value else "-"
        return self.category_name(value)

    def word_at(self, reading: Reading, place: int) -> str:
        """The normalised word at a place of a reading, ``"<name>"`` for a name."""
        return cues.NAME if reading.is_name[place] else self.table.words[reading.type[place]]

    def _find_names(self, flags: Ints) -> tuple[Bools, Bools, Bools]:
        """Which tokens are kept, which of the kept stand for a name, which of those are possessive."""

        def has(flag: int) -> Bools:
            return np.asarray(flags & flag != 0)

        boundary, capital, known = has(BOUNDARY), has(CAPITAL), has(KNOWN)
        shouting = _share_by_row(capital & has(WORD), has(WORD), boundary) > 0.7
        opens = np.concatenate([[True], has(SENTENCE_END | CLAUSE_END | QUOTE)[:-1]])
        well_known, unknown_word = has(NAMED) & capital, capital & ~known & ~has(DROPPED)
        head = has(HEAD) & capital
        is_name = well_known | unknown_word | (head & known & ~opens & ~shouting) | (has(ACRONYM) & ~shouting)
        is_name &= ~boundary
        is_name |= has(OF) & _shift(is_name & head, 1) & _shift(is_name, -1)
        is_name |= head & _shift(is_name, -1)
        trailing_tag = has(TAG) & _until_boundary(has(TAG | DROPPED | SENTENCE_END), boundary)
        keep = ~has(DROPPED) & ~trailing_tag
        following = _shift(is_name, -1)
        keep &= ~(is_name & following) & ~(has(ARTICLE) & following)
        return keep, is_name, is_name & has(POSSESSIVE)

    def _states(self, flags: Ints, categories: Ints, possessive: Bools, row: Ints) -> dict[str, Ints]:
        category = categories[0]
        place = np.arange(len(category))
        sentence = _start_of(flags & SENTENCE_END != 0, place)
        clause = _start_of(flags & CLAUSE_END != 0, place)
        is_subject = self._is_subject[category]
        nearest = _last_before(is_subject, place)
        following = np.flip(np.minimum.accumulate(np.flip(np.where(is_subject, place, len(place)))))
        first = following[sentence]
        negation = _last_before(self._is_negation[category], place)
        modal = _last_before(self._is_modal[category], place)
        governing = _last_before(self._is_governing[category], place)
        subordinator = _last_before(self._is_subordinator[category], place)
        quote = flags & QUOTE != 0
        quotes = np.cumsum(quote)
        row_start = _start_of(flags & BOUNDARY != 0, place)
        states = {
            "subject": np.where(nearest >= sentence, category[nearest], 0),
            "source": np.where(first < place, category[np.minimum(first, len(place) - 1)], 0),
            "negation": np.where((negation >= clause) & (place - negation <= 7), category[negation], 0),
            "modality": np.where((modal >= clause) & (place - modal <= 4), category[modal], 0),
            "predicate": np.where(governing >= sentence, category[governing], 0),
            "depth": np.where(subordinator >= sentence, category[subordinator], 0),
            "culprit": self._culprits(flags, category, possessive, nearest, place, clause),
            "quoted": (quotes - quotes[row_start]) & 1,
        }
        inside = flags & BOUNDARY == 0
        return {name: state * inside for name, state in states.items()} | {"voice": self._voices(flags, category, row)}

    def _culprits(
        self, flags: Ints, category: Ints, possessive: Bools, nearest: Ints, place: Ints, clause: Ints
    ) -> Ints:
        code = self._codes
        party = self._flag(("name", "actor_noun", "bad_actor"))[category]
        distance = place - nearest
        close = (nearest >= clause) & (distance <= 2)
        owner = category[nearest]
        owned = possessive[nearest] | (flags[nearest] & POSSESSIVE != 0)
        by = (category == code["by"]) | (flags & OF != 0)
        agent_after = np.zeros(len(place), bool)
        for gap in (1, 2, 3):
            agent_after |= _shift(by, -gap) & (_shift(party, -gap - 1) | _shift(party, -gap - 2))
        be = category == code["be"]
        passive = (flags & PARTICIPLE != 0) & (_shift(be, 1) | _shift(be, 2))
        culprit = np.select(
            [
                passive & agent_after,
                passive,
                agent_after,
                close & party[nearest] & owned,
                close & party[nearest] & (distance == 1),
                close & (owner == code["they"]) & (distance <= 2),
                close & (owner == code["he"]) & (distance <= 2),
                close & (owner == code["we"]),
            ],
            [7, 6, 3, 2, 1, 4, 4, 5],
        )
        return culprit.astype(np.int64)

    def _voices(self, flags: Ints, category: Ints, row: Ints) -> Ints:
        size = int(row[-1]) + 1
        says_we = np.bincount(row, category == self._codes["we"], size) > 0
        says_i = np.bincount(row, category == self._codes["i"], size) > 0
        asks = np.bincount(row, flags & QUESTION != 0, size) > 0
        voice: Ints = np.where(says_we, 1, np.where(says_i, 2, 0)) + 4 * asks
        return voice[row]


class _PhraseTable:
    """Finds the phrases of the lexicon in arrays of word hashes, the longest first."""

    def __init__(self, phrases: dict[tuple[str, ...], int]) -> None:
        self._by_length: dict[int, tuple[Hashes, Ints]] = {}
        self._opening = np.zeros(1 << 16, bool)
        for length in range(cues.MAX_PHRASE, 1, -1):
            keys = {_phrase_hash(words): code for words, code in phrases.items() if len(words) == length}
            hashes = np.array(sorted(keys), np.uint64)
            self._by_length[length] = hashes, np.array([keys[int(h)] for h in hashes], np.int64)
        pairs = np.array([_phrase_hash(words[:2]) for words in phrases], np.uint64)
        self._opening[pairs >> np.uint64(48)] = True

    def mark(self, word: Hashes, categories: Ints) -> Ints:
        """Give the first word of each phrase the phrase's category and take the categories of its other words away.

        Returns how many tokens each token's cue spans.
        """
        extent = np.ones(len(word), np.int64)
        pairs = word[:-1] * _PHRASE_KEY + word[1:]
        places = np.flatnonzero(self._opening[pairs >> np.uint64(48)])
        covered = np.zeros(len(word), bool)
        for length, (hashes, codes) in self._by_length.items():
            if not len(hashes):
                continue
            here = places[(places + length <= len(word)) & ~covered[places]]
            keys = word[here]
            for step in range(1, length):
                keys = keys * _PHRASE_KEY + word[here + step]
            at = np.minimum(np.searchsorted(hashes, keys), len(hashes) - 1)
            hit = hashes[at] == keys
            here = here[hit]
            for step in range(length):
                covered[here + step] = True
                categories[:, here + step] = 0
            categories[0, here] = codes[at[hit]]
            extent[here] = length
        return extent


def _phrase_hash(words: Sequence[str]) -> int:
    value = 0
    for n, word in enumerate(words):
        value = (value * int(_PHRASE_KEY) if n else 0) + word_hash(word)
    return value & 0xFFFFFFFFFFFFFFFF


def _shift(array: Bools, by: int) -> Bools:
    """The array moved right by `by` places (left when negative), filled with False."""
    moved = np.zeros_like(array)
    if by > 0:
        moved[by:] = array[:-by]
    else:
        moved[:by] = array[-by:]
    return moved


def _last_before(marked: Bools, place: Ints) -> Ints:
    """For each place, the last marked place before it, or -1."""
    last = np.maximum.accumulate(np.where(marked, place, -1))
    return np.concatenate([[-1], last[:-1]])


def _start_of(ends: Bools, place: Ints) -> Ints:
    """For each place, the first place of its segment, where a segment ends with each marked place."""
    return _last_before(ends, place) + 1


def _share_by_row(part: Bools, whole: Bools, boundary: Bools) -> NDArray[np.float64]:
    """For each token, the share of `whole` tokens of its statement that are in `part` too."""
    row = np.cumsum(boundary)
    share = np.bincount(row, part) / np.maximum(np.bincount(row, whole), 4)
    return share[row]


def _until_boundary(passable: Bools, boundary: Bools) -> Bools:
    """Whether only passable tokens stand between a token and the end of its statement."""
    blocked = ~passable & ~boundary
    count = np.cumsum(blocked)
    place = np.arange(len(boundary))
    next_boundary = np.flip(np.minimum.accumulate(np.flip(np.where(boundary, place, len(place) - 1))))
    return np.asarray(count[next_boundary] == count)
