"""What a likeness by looks means, from pairs of drawn films whose characters are known to be the same or not.

`benchmarks/likeness.py` makes the pairs and prints these figures; none of them was used to choose a formula.
"""

from __future__ import annotations

import numpy as np

DIFFERENT: tuple[float, ...] = tuple(0.3 + 0.02 * step for step in range(21))
"""Likeness of a take to the reference of another character: every 5 %, from the least to the most."""

SAME: tuple[float, ...] = tuple(0.5 + 0.02 * step for step in range(21))
"""Likeness of a take to the reference of its own character in another place, in the same steps."""


def share_below(score: float, known: tuple[float, ...]) -> float:
    """The share of known pairs whose likeness is below *score*, 0 to 1."""
    return float(np.interp(score, known, np.linspace(0, 1, len(known))))


def meaning(score: float) -> str:
    """What a likeness by looks says, in a sentence."""
    return (
        f"More alike than {share_below(score, DIFFERENT):.0%} of pairs of different drawn characters, "
        f"and than {share_below(score, SAME):.0%} of takes of one and the same."
    )
