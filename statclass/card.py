"""The model card: what a saved model was trained on, how good it is, and what it is bad at.

After Mitchell et al. (2019), "Model cards for model reporting".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from statclass.model import StatementClassifier

_LIMITS = """\
- A score says how likely the label is for text like the training data; in other registers it is less to be trusted.
- Each statement is read by itself: who is speaking, and what was asked before, is unknown unless the statement says it.
- English only.
"""


def model_card(classifier: StatementClassifier) -> str:
    """The card of a fitted classifier, as Markdown."""
    info = classifier.info_
    sections = [
        f"# Model card: {len(classifier.types_)} labels ({', '.join(classifier.types_)})\n",
        _training(info),
        _thresholds(classifier),
        _scores(
            "Cross-validation on the training data, groups of near-duplicates kept whole", info["cross_validation"]
        ),
        *(_real(name, text) for name, text in info.get("held_out", {}).items()),
        f"## Limits\n\n{_LIMITS}",
    ]
    return "\n".join(section for section in sections if section)


def _training(info: dict[str, Any]) -> str:
    data = info.get("training_data")
    lines = ["## Training", ""]
    if data:
        counts = ", ".join(f"{count} {label}" for label, count in data["primaries"].items())
        lines += [f"- {data['statements']} statements by primary label: {counts}", f"- SHA-256 `{data['sha256']}`"]
    versions = ", ".join(f"{name} {version}" for name, version in info["versions"].items())
    return "\n".join([*lines, f"- Made with {versions}", ""])


def _thresholds(classifier: StatementClassifier) -> str:
    if classifier.exclusive_:
        return "## Decision\n\nThe best label is always given.\n"
    pairs = zip(classifier.types_, classifier.calibration_.threshold, strict=True)
    rows = "\n".join(f"| {name} | {threshold:.2f} |" for name, threshold in pairs)
    return f"## Decision\n\nA type is given when its score reaches:\n\n| type | threshold |\n|---|---|\n{rows}\n"


def _scores(title: str, scores: dict[str, float]) -> str:
    rows = "\n".join(f"| {name.replace('_', ' ')} | {value:.3f} |" for name, value in scores.items())
    return f"## {title}\n\n| score | |\n|---|---|\n{rows}\n"


def _real(name: str, text: str) -> str:
    return f"## On {name}, which the training did not see\n\n```\n{text}\n```\n"
