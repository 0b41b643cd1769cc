"""Where one shot ends and another begins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

_REPEATED = 0.05
"""A smaller change is no change: the frame was shown twice."""
_NEIGHBOURS = 3
_SOON_SECONDS = 1.05
"""What is further away says nothing of a large change. A second, and what clocks are off, so that films of one frame
a second have neighbours: in real clips a second of motion is a change of up to 20, as large as between two stills."""
_STEPS = ((11.0, 3.0), (8.0, 4.0), (3.0, 6.0))
"""How large a change must be, and how many times its neighbours: the smaller, the more it must stand out.

Measured: in real clips no change of 1.5 or more that is no cut is 4 times its neighbours."""


def change(before: Sequence[NDArray[np.uint8]], after: Sequence[NDArray[np.uint8]]) -> float:
    """How far two small pictures differ, 0 to 255: mean absolute difference of Y, U and V, the last two doubled."""
    y, u, v = (float(np.abs(a.astype(np.int16) - b).mean()) for a, b in zip(after, before, strict=True))
    return (y + 2 * u + 2 * v) / 3


def cuts(
    changes: Sequence[float] | NDArray[np.floating[Any]], times: Sequence[float] | NDArray[np.floating[Any]]
) -> list[int]:
    """Which of *changes*, from frame to frame, are cuts: their places in the list. *times* are their seconds.

    A cut is large and stands out among its three neighbours on either side: 11 and three times their mean, or 8
    and four times, or 3 and six times, which is a jump within one setting. Repeated frames count as no neighbours.
    One of 11 need stand out only among those of them that are within a second, so that a picture that stands is
    not measured by the cuts before and after it. Dissolves and wipes are not found.
    """
    changes, times = np.asarray(changes, dtype=np.float64), np.asarray(times, dtype=np.float64)
    moving = np.flatnonzero(changes >= _REPEATED)
    values, moments = changes[moving], times[moving]
    found = []
    for index in np.flatnonzero(values >= min(least for least, _ in _STEPS)).tolist():
        near = np.arange(max(0, index - _NEIGHBOURS), min(len(values), index + 1 + _NEIGHBOURS))
        near = near[near != index]
        soon = near[np.abs(moments[near] - moments[index]) <= _SOON_SECONDS]
        if _stands_out(values[index], values[near], _STEPS) or _stands_out(values[index], values[soon], _STEPS[:1]):
            found.append(int(moving[index]))
    return found


def _stands_out(size: float, near: NDArray[np.float64], steps: Sequence[tuple[float, float]]) -> bool:
    ratio = size / near.mean() if near.size else np.inf
    return any(size >= least and ratio >= times for least, times in steps)
