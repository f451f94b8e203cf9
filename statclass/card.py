"""The model card: what a saved model was trained on, how good it is, and what it is bad at."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from statclass.model import StatementClassifier


def model_card(classifier: StatementClassifier) -> str:
    """The card of a fitted classifier, as Markdown."""
    return "# Model card\n"
