"""How many gold statements of the real articles beside the project are found, with speaker and label.

python -m tests.benchmarks.seed_articles ../shared/seeds
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import statclass
from statclass import Statement


def match(folder: Path) -> tuple[int, int, int]:
    """Counts of gold statements found, of those with the right speaker, and of those with an accepted label."""
    found = speakers = labels = 0
    for line in (folder / "gold.jsonl").read_text(encoding="utf-8").splitlines():
        gold = json.loads(line)
        article = (folder / gold["file"]).read_text(encoding="utf-8")
        candidates = [s for s in statclass.extract(article) if s.kind == gold["kind"] and _fits(s, gold["text"])]
        if not candidates:
            print(f"missing: {gold['text']}")
            continue
        best = max(candidates, key=lambda s: _same_speaker(s, gold["speaker"]))
        label = statclass.classify(best.text).label
        found += 1
        speakers += _same_speaker(best, gold["speaker"])
        labels += label in gold["accept"]
        if not _same_speaker(best, gold["speaker"]) or label not in gold["accept"]:
            print(f"{best.speaker!r} for {gold['speaker']!r}; {label} for {gold['accept']}: {best.text}")
    return found, speakers, labels


def _fits(statement: Statement, gold: str) -> bool:
    """Whether the gold text stands at the statement's beginning or, for one that begins inside a sentence, in it."""
    found, wanted = _plain(statement.text), _plain(gold)
    if statement.kind == "quote":
        return found.startswith(wanted)
    return wanted in found or _share(wanted.split(), found.split()) > 0.9


def _share(wanted: list[str], found: list[str]) -> float:
    return len(set(wanted) & set(found)) / len(set(wanted))


def _same_speaker(statement: Statement, gold: str) -> bool:
    names = {_plain(name) for name in (statement.speaker, statement.speaker_full) if name}
    return any(_plain(gold) in name or name in _plain(gold) for name in names)


def _plain(text: str) -> str:
    text = re.sub(r"[“”\"]", "", text.replace("’", "'"))
    return re.sub(r"^(the)\s+|[\s,.;:]+$", "", text, flags=re.IGNORECASE).strip()


if __name__ == "__main__":
    print("found {}, speakers {}, labels {}".format(*match(Path(sys.argv[1]))))
