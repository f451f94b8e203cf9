"""How far several annotators agree: Cohen's kappa, Krippendorff's alpha, and the statements on which they do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from statclass.errors import LabelledDataError
from statclass.labelled import LabelledStatement
from statclass.records import OTHER


@dataclass(frozen=True)
class Agreement:
    """How far annotators agree.

    Parameters
    ----------
    statements : int
        Statements that at least two annotators labelled.
    kappa : dict of (str, str) to (float, int)
        Cohen's kappa of each pair of annotators, and the statements that both labelled.
    alpha : float
        Krippendorff's alpha of all annotators: 1 when they always agree, 0 when they agree as chance would have it.
        Sets of labels are compared as wholes.
    alpha_by_label : dict of str to float
        The same of each label by itself: given or not.
    disagreements : tuple of LabelledStatement
        The statements that not all labelled alike, in order.
    """

    statements: int
    kappa: dict[tuple[str, str], tuple[float, int]]
    alpha: float
    alpha_by_label: dict[str, float]
    disagreements: tuple[LabelledStatement, ...]

    def as_text(self) -> str:
        """Tables, then every disagreement with its place."""
        share = len(self.disagreements) / self.statements
        lines = [
            f"{self.statements} statements with two annotators or more; {len(self.disagreements)} ({share:.0%}) "
            "labelled differently",
            f"Krippendorff's alpha {self.alpha:.3f}",
        ]
        lines += [f"  {label:16s} {alpha:.3f}" for label, alpha in self.alpha_by_label.items()]
        lines.append("Cohen's kappa")
        lines += [f"  {a} and {b}: {kappa:.3f} ({count} statements)" for (a, b), (kappa, count) in self.kappa.items()]
        if self.disagreements:
            lines.append("Disagreements")
        for row in self.disagreements:
            said = "; ".join(f"{name}: {', '.join(labels) or OTHER}" for name, labels in row.annotations.items())
            lines.append(f"  {row.place}: {said}\n    {row.text}")
        return "\n".join(lines)


def agreement(rows: Sequence[LabelledStatement]) -> Agreement:
    """Agreement of the annotators of labelled statements, as nltk computes it.

    Parameters
    ----------
    rows : sequence of LabelledStatement
        With `annotations`.

    Raises
    ------
    LabelledDataError
        When no statement has two annotators.

    Examples
    --------
    >>> def row(text, ana, ben):
    ...     return LabelledStatement(text, ana, (ana,), {}, "my.csv", 2, False, {"ana": (ana,), "ben": (ben,)})
    >>> found = agreement([row("No.", "refusal", "refusal"), row("Never.", "refusal", "denial"),
    ...                    row("Not true.", "denial", "denial"), row("False.", "denial", "denial")])
    >>> round(found.alpha, 3), len(found.disagreements)
    (0.533, 1)
    """
    several = [row for row in rows if len(row.annotations) > 1]
    if not several:
        raise LabelledDataError(
            "no statement has the labels of two annotators; expected a column for each (such as label_ana, label_ben), "
            "a column 'annotator', an export with annotators, or a file for each annotator"
        )
    names = list(dict.fromkeys(name for row in several for name in row.annotations))
    labelled = [(name, n, given) for n, row in enumerate(several) for name, given in row.annotations.items()]
    labels = sorted({label for _, _, given in labelled for label in given or (OTHER,)})
    return Agreement(
        statements=len(several),
        kappa={pair: found for pair in combinations(names, 2) if (found := _kappa(several, *pair))},
        alpha=_alpha([(name, n, _as_one(given)) for name, n, given in labelled]),
        alpha_by_label={
            label: _alpha([(name, n, label in (given or (OTHER,))) for name, n, given in labelled]) for label in labels
        },
        disagreements=tuple(row for row in several if len(set(map(_as_one, row.annotations.values()))) > 1),
    )


def _as_one(labels: Sequence[str]) -> str:
    return "; ".join(sorted(labels)) or OTHER


def _kappa(rows: Sequence[LabelledStatement], first: str, second: str) -> tuple[float, int] | None:
    from nltk.metrics.agreement import AnnotationTask

    both = [row for row in rows if first in row.annotations and second in row.annotations]
    if not both:
        return None
    triples = [(name, n, _as_one(row.annotations[name])) for n, row in enumerate(both) for name in (first, second)]
    if len({label for _, _, label in triples}) == 1:
        return 1.0, len(both)
    return float(AnnotationTask(triples).kappa_pairwise(first, second)), len(both)


def _alpha(triples: list[tuple[str, int, object]]) -> float:
    from nltk.metrics.agreement import AnnotationTask

    if len({label for _, _, label in triples}) == 1:
        return 1.0
    return float(AnnotationTask([(name, n, str(label)) for name, n, label in triples]).alpha())
