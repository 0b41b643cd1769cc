"""How much a hand trembles that holds the camera."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sora_nb.video.upright import Picture

Floats = NDArray[np.floating[Any]]

_STEP = 4
"""Pixels of the small picture that are one here: a tremble is larger than the detail that hides it."""
_FLAT = 4.0
"""What is added to a slope's square, in levels: where nothing slopes, nothing tells a movement."""


class Shaking:
    """Takes the small pictures of a video one by one, and knows how the whole picture jerks.

    The movement of the whole between two frames is the one that leaves least of their difference (Lucas and Kanade,
    1981). A camera that pans and a person who walks keep it from frame to frame; a hand that trembles does not.
    """

    def __init__(self) -> None:
        self._before: Floats | None = None
        self._movement: tuple[float, float] | None = None
        self._jerks: list[float] = []

    def add(self, luma: Picture) -> None:
        """The next frame's brightness."""
        after = _coarse(luma)
        if self._before is not None and min(after.shape) >= 3:
            movement = _movement(self._before, after)
            if self._movement is not None:
                x, y = movement[0] - self._movement[0], movement[1] - self._movement[1]
                self._jerks.append(float(np.hypot(x, y)) / max(after.shape))
            self._movement = movement
        self._before = after

    def taken(self) -> float:
        """How far the picture jerks from frame to frame, as a share of its longer side, since this was asked before.

        It is the median, so that a cut is none. Measured on real clips, each quarter of a second: 99 of 100 stay below
        0.010 and a dancing singer below 0.015; with a tremble planted into them all are above 0.016.
        """
        jerks, self._jerks = self._jerks, []
        return float(np.median(jerks)) if jerks else 0.0


def _coarse(luma: Picture) -> Floats:
    height, width = (side // _STEP * _STEP for side in luma.shape)
    if not height * width:
        return np.zeros((0, 0), np.float32)
    rows = luma[:height:_STEP, :width].astype(np.uint16)
    for line in range(1, _STEP):
        rows += luma[line:height:_STEP, :width]
    cells = rows[:, ::_STEP].astype(np.float32)
    for column in range(1, _STEP):
        cells += rows[:, column::_STEP]
    return np.asarray(cells / np.float32(_STEP**2))


def _movement(before: Floats, after: Floats) -> tuple[float, float]:
    """Along the width and the height, in pixels."""
    both, change = before + after, (after - before)[1:-1, 1:-1].ravel()
    across = ((both[1:-1, 2:] - both[1:-1, :-2]) / 4).ravel()
    down = ((both[2:, 1:-1] - both[:-2, 1:-1]) / 4).ravel()
    flat = _FLAT * change.size
    xx, xy, yy = float(across @ across) + flat, float(across @ down), float(down @ down) + flat
    x, y = float(across @ change), float(down @ change)
    apart = xx * yy - xy * xy
    return (yy * x - xy * y) / apart, (xx * y - xy * x) / apart
