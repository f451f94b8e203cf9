"""What training does differently with few statements, with many, and with a lesson."""

from __future__ import annotations

from dataclasses import dataclass, replace

from statclass.features import LEAN
from statclass.network_training import NetworkSettings

_BATCHES = 2400
"""About as many batches does the network see, however many statements there are."""
_MOST_EPOCHS = 60
_FEW_STATEMENTS = 5000
_STATEMENTS_A_COUNT = 3000
"""In a large corpus, features seen in fewer statements than one in so many are left out: they bring nothing."""
TAUGHT = NetworkSettings(
    filters=40, hidden=96, layers=2, epochs=12, batch=96, dropout=0.15, unknown=0.12, decay=0.05, smoothing=0.0
)
"""With a lesson there is more to learn, and less to fear from learning it by heart."""


@dataclass(frozen=True)
class Recipe:
    """What training does differently with few statements and with many.

    Parameters
    ----------
    network : NetworkSettings
    goes_on : bool
        Whether the network begins as the shipped one, whatever its labels, instead of from nothing (Yosinski et al.
        2014, "How transferable are features in deep neural networks?").
    rarity : float
        Features of the linear part are weighed by their inverse document frequency to this power.
    evidence : bool
        Whether the linear part is also fitted on features weighed by what they tell of each label; the
        cross-validation chooses between the two.
    min_count : int
        Features seen in fewer statements are left out in any case.
    templates : tuple of str or None
        Templates of the features; None for all.
    """

    network: NetworkSettings
    goes_on: bool
    rarity: float
    evidence: bool
    min_count: int
    templates: tuple[str, ...] | None = None


def recipe_for(n_statements: int, taught: bool = False) -> Recipe:
    """How to train on so many statements, and whether with a lesson.

    Examples
    --------
    >>> recipe_for(10_000).network.epochs, recipe_for(1_000).network.epochs
    (16, 38)
    """
    least = n_statements // _STATEMENTS_A_COUNT
    if taught:
        return Recipe(TAUGHT, False, 0.0, False, least, LEAN)
    usual = NetworkSettings()
    batch = usual.batch if n_statements >= _FEW_STATEMENTS else usual.batch // (2 if n_statements >= 2500 else 4)
    epochs = round(_BATCHES * batch / max(n_statements, 1))
    network = replace(usual, batch=batch, epochs=min(max(epochs, usual.epochs), _MOST_EPOCHS))
    few = n_statements < _FEW_STATEMENTS
    return Recipe(network, few, 1.0 if few else 0.0, few, least, None if few else LEAN)
