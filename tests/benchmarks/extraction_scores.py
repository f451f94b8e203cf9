"""How well `statclass.extract` finds statements and speakers: on our own articles and on the shared seed articles.

    python -m tests.benchmarks.extraction_scores [--part development|held-out] [--errors]

Quotations count when their text is the gold one but for final punctuation, reported statements when it is the gold
sentence, each gold statement once. A speaker is right when `speaker` or `speaker_full` is the gold one as named or in
full; a longer form of the same name is right too. For a gold pronoun only the name behind it is right.
"""

from __future__ import annotations

import argparse
import json
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from statclass.extraction import extract
from statclass.records import Statement

ROOT = Path(__file__).resolve().parents[2]
ARTICLES = ROOT / "tests" / "data" / "articles"
SEEDS = Path(os.environ.get("STATCLASS_SHARED", ROOT.parent / "shared")) / "seeds"
HELD_OUT_FROM = "c17"
"""Articles from this one on were not looked at while the rules were written."""

PRONOUNS = {"he", "she", "it", "they", "his", "her", "its", "their", "i", "we"}

Gold = dict[str, Any]


@dataclass
class Score:
    """Counts over a set of articles, with the misses for reading."""

    found: dict[str, int] = field(default_factory=lambda: {"quote": 0, "reported": 0})
    gold: dict[str, int] = field(default_factory=lambda: {"quote": 0, "reported": 0})
    predicted: dict[str, int] = field(default_factory=lambda: {"quote": 0, "reported": 0})
    speakers: int = 0
    errors: list[str] = field(default_factory=list)

    def f1(self, kind: str) -> float:
        """F1 of the statements of one kind."""
        return 2 * self.found[kind] / max(1, self.gold[kind] + self.predicted[kind])

    @property
    def speaker_accuracy(self) -> float:
        """Share of right speakers among the statements found."""
        return self.speakers / max(1, sum(self.found.values()))


def score_articles(folder: Path = ARTICLES, part: str = "all") -> Score:
    """Score every article of a folder that holds `gold.jsonl` and the articles beside it."""
    score = Score()
    for name, gold in _by_file(folder / "gold.jsonl", part):
        _score_one(score, name, gold, extract((folder / name).read_text(encoding="utf-8")))
    return score


def score_seeds(folder: Path = SEEDS) -> Score:
    """Score the seed articles, whose gold names some of their statements, by a beginning or a part of the sentence."""
    score = Score()
    for name, gold in _by_file(folder / "gold.jsonl", "all"):
        article = (folder / name).read_text(encoding="utf-8")
        found = extract(article)
        for one in gold:
            score.gold[one["kind"]] += 1
            match = next((s for s in found if s.kind == one["kind"] and _holds(s.text, one, article)), None)
            _count(score, name, one, match)
    return score


def _by_file(path: Path, part: str) -> Iterator[tuple[str, list[Gold]]]:
    files: dict[str, list[Gold]] = {}
    for article in sorted(path.parent.glob("*.txt")):
        files[article.name] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        files[json.loads(line)["file"]].append(json.loads(line))
    return ((name, gold) for name, gold in files.items() if part in ("all", part_of(name)))


def part_of(name: str) -> str:
    """The part of the corpus that an article is in."""
    return "held-out" if name >= HELD_OUT_FROM else "development"


def _score_one(score: Score, name: str, gold: list[Gold], found: list[Statement]) -> None:
    left = list(found)
    for statement in found:
        score.predicted[statement.kind] += 1
    for one in gold:
        score.gold[one["kind"]] += 1
        same = [s for s in left if s.kind == one["kind"] and plain(s.text) == plain(one["text"])]
        match = next((s for s in same if same_speaker(s, one)), same[0] if same else None)
        if match is not None:
            left.remove(match)
        _count(score, name, one, match)
    score.errors += [f"{name} EXTRA {s.kind}: {s.text!r} [{s.speaker} | {s.cue}]" for s in left]


def _count(score: Score, name: str, one: Gold, match: Statement | None) -> None:
    if match is None:
        score.errors.append(f"{name} MISSED {one['kind']}: {one['text']!r} [{one['speaker']}]")
        return
    score.found[one["kind"]] += 1
    if same_speaker(match, one):
        score.speakers += 1
    else:
        score.errors.append(f"{name} SPEAKER {match.speaker!r} for {one['speaker']!r}: {one['text'][:100]!r}")


def plain(text: str) -> str:
    """A statement without final punctuation and with single spaces."""
    return " ".join(text.split()).rstrip(".,!?…;: ")


def _holds(text: str, one: Gold, article: str) -> bool:
    wanted = plain(one["text"])
    if one["kind"] == "quote":
        return plain(text).startswith(wanted)
    return wanted in text or (wanted not in article and _begins_alike(text, wanted))


def _begins_alike(text: str, wanted: str) -> bool:
    """Whether all words of a gold text that the article has differently stand in the sentence in their order."""
    words = iter(re.findall(r"\w+", text))
    return all(word in words for word in re.findall(r"\w+", wanted))


def same_speaker(statement: Statement, one: Gold) -> bool:
    """Whether the speaker is the gold one, as named or in full, or a longer form of the name."""
    wanted = {name_of(one[key]) for key in ("speaker", "speaker_full") if one.get(key)}
    if not wanted:
        return statement.speaker is None
    if statement.speaker is None:
        return False
    given = [f" {name_of(name)} " for name in (statement.speaker, statement.speaker_full) if name]
    return any(f" {name} " in spoken for name in wanted - PRONOUNS for spoken in given)


def name_of(name: str) -> str:
    """A name without article, possessive and difference of apostrophes, in lower case."""
    lowered = name.lower().replace("’", "'").removesuffix("'s").removesuffix("'")
    return re.sub(r"^(?:the|a|an) ", "", " ".join(lowered.split()))


def lines(title: str, score: Score) -> Iterable[str]:
    """The figures of a score as lines of text."""
    found, gold = sum(score.found.values()), sum(score.gold.values())
    yield f"{title}: {found} of {gold} statements found, {score.speakers} of their speakers right"
    for kind in ("quote", "reported"):
        counts = f"{score.found[kind]} right, {score.predicted[kind]} given, {score.gold[kind]} wanted"
        yield f"  {kind:9} F1 {score.f1(kind):.3f} ({counts})"
    yield f"  speakers  {score.speaker_accuracy:.3f}"


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=Path, default=ARTICLES)
    parser.add_argument("--part", choices=("all", "development", "held-out"), default="all")
    parser.add_argument("--errors", action="store_true", help="list every error as well")
    options = parser.parse_args()
    own = score_articles(options.articles, options.part)
    print("\n".join([*lines(f"own articles ({options.part})", own), *(own.errors if options.errors else [])]))
    if SEEDS.is_dir():
        seeds = score_seeds()
        print(f"seeds: {sum(seeds.found.values())} of 22 found, {seeds.speakers} speakers")
        print("\n".join(seeds.errors if options.errors else []))


if __name__ == "__main__":
    main()
