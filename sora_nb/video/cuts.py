"""Where one shot ends and another begins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

_REPEATED = 0.05
"""A smaller change is no change: the frame was shown twice."""
_NEIGHBOURS = 3
_STEPS = ((11.0, 3.0), (8.0, 4.0), (3.0, 6.0))
"""How large a change must be, and how many times its neighbours: the smaller, the more it must stand out.

Measured: in real clips no change of 1.5 or more that is no cut is 4 times its neighbours."""


def change(before: Sequence[NDArray[np.uint8]], after: Sequence[NDArray[np.uint8]]) -> float:
    """How far two small pictures differ, 0 to 255: mean absolute difference of Y, U and V, the last two doubled."""
    y, u, v = (float(np.abs(a.astype(np.int16) - b).mean()) for a, b in zip(after, before, strict=True))
    return (y + 2 * u + 2 * v) / 3


def cuts(changes: Sequence[float] | NDArray[np.floating[Any]]) -> list[int]:
    """Which of *changes*, from frame to frame, are cuts: their places in the list.

    A cut is large and stands out among its three neighbours on either side: 11 and three times their mean, or 8
    and four times, or 3 and six times, which is a jump within one setting. Repeated frames count as no neighbours.
    Dissolves and wipes are not found.
    """
    changes = np.asarray(changes, dtype=np.float64)
    moving = np.flatnonzero(changes >= _REPEATED)
    values = changes[moving]
    found = []
    for index in np.flatnonzero(values >= min(least for least, _ in _STEPS)).tolist():
        size = values[index]
        near = np.concatenate(
            [values[max(0, index - _NEIGHBOURS) : index], values[index + 1 : index + 1 + _NEIGHBOURS]]
        )
        ratio = size / near.mean() if near.size else np.inf
        if any(size >= least and ratio >= times for least, times in _STEPS):
            found.append(int(moving[index]))
    return found
