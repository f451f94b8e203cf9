"""The floors that extraction must hold on the articles at hand, with the figures of the benchmark script."""

from __future__ import annotations

import pytest

from tests.benchmarks.extraction_scores import SEEDS, score_articles, score_seeds

QUOTE_F1, REPORTED_F1, SPEAKERS = 0.97, 0.85, 0.92


@pytest.mark.parametrize("part", ["all", "held-out"])
def test_own_articles(part: str) -> None:
    """Quotations, reported statements and speakers reach their floors, also where no rule was made on the articles."""
    score = score_articles(part=part)
    assert score.gold["quote"] >= 40
    assert score.f1("quote") >= QUOTE_F1
    assert score.f1("reported") >= REPORTED_F1
    assert score.speaker_accuracy >= SPEAKERS


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the shared seed articles are not beside the repository")
def test_seed_articles() -> None:
    """All 22 statements of the shared seed articles are found, at least 20 with the right speaker."""
    score = score_seeds()
    assert score.found == score.gold == {"quote": 10, "reported": 12}
    assert score.speakers >= 20
