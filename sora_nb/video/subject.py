"""Who is meant, where no one has drawn a box: who stands out from the edges of the picture, moves, and is central."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sora_nb.video.appearance import Floats, View, corner_sums, grid
from sora_nb.video.box import Box
from sora_nb.video.standing import belonging

_SHAPES = (-6, -4, -3, -2, -1, 1)
"""Of the windows tried, wide to high, in quarters of an octave."""
_OWN = 0.3
"""Below this a pixel belongs to what is around rather than to a character."""
_LARGE = 0.2
"""How little a large window gains by its size: 0 takes all that stands out, 0.5 the densest part of it."""
_ASIDE = 4.0
"""How much a window loses by being off the middle."""


def subjects(views: Sequence[View]) -> list[Box]:
    """Where the character is in each of a few pictures of one shot, as far as it can be told. It is a guess.

    A box that a person drew is better, and a face detector is, where it has a face.
    """
    return [_densest(one) for one in belonging(views)]


def _densest(own: Floats) -> Box:
    """The window with most of what surely belongs to a character in it, and little else."""
    height, width = own.shape
    gain = corner_sums(own[..., None] - _OWN)[..., 0]
    windows = np.concatenate([grid(width, height, shape) for shape in _SHAPES], axis=1)
    left, top, right, bottom = windows
    total = gain[bottom, right] - gain[top, right] - gain[bottom, left] + gain[top, left]
    aside = (left + right) / 2 / width - 0.5
    best = int((total / ((right - left) * (bottom - top)) ** _LARGE * np.exp(-_ASIDE * aside**2)).argmax())
    x, y, end_x, end_y = windows[:, best].tolist()
    return Box(x / width, y / height, (end_x - x) / width, (end_y - y) / height)
