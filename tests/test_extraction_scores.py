"""The floors that extraction must hold on the articles at hand, with the figures of the benchmark script."""

from __future__ import annotations

import pytest

from tests.benchmarks.extraction_scores import SEEDS, score_articles, score_seeds

QUOTE_F1, REPORTED_F1, SPEAKERS = 0.97, 0.85, 0.92


def test_own_articles() -> None:
    """Quotations, reported statements and speakers of our own articles reach their floors."""
    score = score_articles()
    assert score.gold["quote"] > 50
    assert score.f1("quote") >= QUOTE_F1
    assert score.f1("reported") >= REPORTED_F1
    assert score.speaker_accuracy >= SPEAKERS


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the shared seed articles are not beside the repository")
def test_seed_articles() -> None:
    """All 22 statements of the shared seed articles are found, at least 20 with the right speaker."""
    score = score_seeds()
    assert score.found == score.gold == {"quote": 10, "reported": 12}
    assert score.speakers >= 20
