"""What a likeness by looks means: what pairs that nothing was chosen on had, found in the same way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Way: TypeAlias = Literal["box", "face", "guess", "match"]
"""How a character was found: where a person drew a box, by a face, by what stands out, by what is most alike."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Pairs of a reference and a take, all found in one way."""

    same: float
    """Median of the pairs of one character."""
    different: float
    auc: float
    """The chance that a pair of the same is more alike than one of different characters: 0.5 tells nothing."""

    @property
    def words(self) -> str:
        """What it says of a figure."""
        return (
            f"Drawn characters found in this way are near {self.different:.2f} where they are different ones, "
            f"near {self.same:.2f} where they are the same, and {self.auc:.0%} of such pairs are in that order."
        )


BY_LOOKS: dict[tuple[Way, Way], Calibration] = {
    ("box", "match"): Calibration(0.55, 0.38, 0.94),
    ("guess", "match"): Calibration(0.53, 0.38, 0.91),
}
"""By how it was found in the reference and in the take: what `benchmarks/likeness.py` printed."""


def meaning(reference: Way, take: Way, *, by_looks: bool) -> str:
    """What a figure means in one sentence, or that no pairs say what it means."""
    if not by_looks:
        return "What is much differs from one embedder to another: compare it with takes judged by the same."
    known = BY_LOOKS.get((reference, take))
    return known.words if known else "No pairs were judged in this way: compare it with takes that were."
