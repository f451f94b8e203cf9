"""The model card: what a saved model was trained on, how good it is, and what it is bad at.

After Mitchell et al. (2019), "Model cards for model reporting".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from statclass.records import OTHER

if TYPE_CHECKING:
    from statclass.model import StatementClassifier

_FIRST_SCORES = ("macro_f1", "accuracy")
_FIRST_VERSIONS = ("statclass", "python")
_STILL_RISING = 0.01
_RISING = "The score was still rising: more statements should help."
_RISEN = (
    "The score had nearly stopped rising: better labels, or unlike statements, will help more than many like these."
)
LIMITS = """\
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
        thresholds(classifier),
        _cross_validation(info, [*classifier.types_, OTHER]),
        _curve(info.get("learning_curve")),
        *(_real(name, text) for name, text in info.get("held_out", {}).items()),
        f"## Limits\n\n{LIMITS}",
        info.get("notes", ""),
    ]
    return "\n".join(section for section in sections if section)


def _training(info: dict[str, Any]) -> str:
    data = info.get("training_data")
    lines = ["## Training", ""]
    if data:
        counts = ", ".join(f"{count} {label}" for label, count in data["primaries"].items())
        lines += [f"- {data['statements']} statements by primary label: {counts}", f"- SHA-256 `{data['sha256']}`"]
        if lesson := data.get("lesson"):
            lines.append(
                f"- A lesson of a slower model on {lesson['statements']} of them and on {lesson['variations']} "
                f"variations: SHA-256 `{lesson['sha256']}`"
            )
        if base := data.get("base"):
            weight = base["weight_of_others"]
            lines.append(f"- {base['statements']} of them are of the base; each of the others counts {weight:g} times")
        if before := data.get("adapted_model"):
            lines.append(
                f"- The shipped model, trained on {before['statements']} other statements, adapted to them; each "
                f"counts {before['weight_of_others']:g} times"
            )
    if began := info.get("network_began_as"):
        lines.append(f"- The network began as that of the shipped model, trained on SHA-256 `{began['trained_on']}`")
    return "\n".join([*lines, made_with(info["versions"]), ""])


def made_with(versions: Mapping[str, str]) -> str:
    """The line that tells the versions of all that a model was made with."""
    return f"- Made with {', '.join(f'{name} {version}' for name, version in _ordered(versions, _FIRST_VERSIONS))}"


def _ordered(items: Mapping[str, Any], first: Sequence[str]) -> list[tuple[str, Any]]:
    """Names and values: those named first in that order, then the others by name.

    A description is saved with sorted keys. The card of a model that was loaded must be that of the model once trained.
    """
    names = [name for name in first if name in items]
    return [(name, items[name]) for name in [*names, *sorted(set(items) - set(names))]]


def thresholds(classifier: StatementClassifier) -> str:
    """The section that tells when a type is given."""
    if classifier.exclusive_:
        return "## Decision\n\nA label is always given: the one whose score is best for how common the label is.\n"
    pairs = zip(classifier.types_, classifier.calibration_.threshold, strict=True)
    rows = "\n".join(f"| {name} | {threshold:.2f} |" for name, threshold in pairs)
    return f"## Decision\n\nA type is given when its score reaches:\n\n| type | threshold |\n|---|---|\n{rows}\n"


def _cross_validation(info: dict[str, Any], labels: Sequence[str]) -> str:
    intervals = info.get("cross_validation_intervals", {})
    lines = [
        "## Cross-validation on the training data, groups of near-duplicates kept whole",
        "",
        "| score | | 95% interval |",
        "|---|---|---|",
        *(
            _score(name, value, intervals.get(name))
            for name, value in _ordered(info["cross_validation"], _FIRST_SCORES)
        ),
    ]
    lines += [
        _score(f"{name}, of the model before it was adapted", value, None)
        for name, value in _ordered(info.get("before", {}), _FIRST_SCORES)
    ]
    added = info.get("cross_validation_of_added", {})
    lines += [
        _score(f"{name}, of the statements added to the base", value, None)
        for name, value in _ordered(added, _FIRST_SCORES)
    ]
    if by_label := info.get("cross_validation_by_label"):
        lines += ["", "| label | precision | recall | F1 | 95% interval | statements |", "|---|---|---|---|---|---|"]
        lines += [
            f"| {label} | {of['precision']:.3f} | {of['recall']:.3f} | {of['f1']:.3f} | {_span(of['interval'])} | "
            f"{of['statements']} |"
            for label, of in _ordered(by_label, labels)
        ]
    if pairs := info.get("minimal_pairs"):
        right, total = pairs["right_on_both_sides"], pairs["pairs"]
        lines += ["", f"Of {total} minimal pairs, {right} ({right / total:.0%}) were right on both sides."]
    return "\n".join([*lines, ""])


def _score(name: str, value: float, interval: list[float] | None) -> str:
    return f"| {name.replace('_', ' ')} | {value:.3f} | {_span(interval) if interval else ''} |"


def _span(interval: list[float]) -> str:
    return f"{interval[0]:.3f} to {interval[1]:.3f}"


def _curve(curve: list[list[float]] | None) -> str:
    if not curve:
        return ""
    rows = "\n".join(f"| {size:.0f} | {score:.3f} |" for size, score in curve)
    rising = len(curve) > 1 and curve[-1][1] - curve[-2][1] >= _STILL_RISING
    table = f"| trained on | macro-F1 on the same held-out statements |\n|---|---|\n{rows}\n"
    return f"## Learning curve\n\n{table}\n{_RISING if rising else _RISEN}\n"


def _real(name: str, text: str) -> str:
    return f"## On {name}, which the training did not see\n\n```\n{text}\n```\n"
