"""Who is meant, where no one has drawn a box: who stands out from the edges of the picture, moves, and is central."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageFilter

from sora_nb.video.appearance import Floats, View, corner_sums, grid
from sora_nb.video.box import Box
from sora_nb.video.standing import moving

_EDGE = (0.2, 0.1)
"""Shares of the width on either side, and of the height on top, that show what is around a character."""
_SHAPES = (-6, -3, -1, 1)
"""Of the windows tried, wide to high, in quarters of an octave."""
_OWN = 0.55
"""Below this a pixel belongs to what is around rather than to a character."""
_REACH = 8
"""Pixels around what moves that are likely the same body."""
_CALM, _LIVELY = -0.4, 0.5
"""What stillness takes from a pixel, and what the liveliest place adds, where someone moves."""
_LARGE = 0.2
"""How little a large window gains by its size: 0 takes all that stands out, 0.5 the densest part of it."""


def subjects(views: Sequence[View]) -> list[Box]:
    """Where the character is in each of a few pictures of one shot, as far as it can be told. It is a guess.

    A box that a person drew is better, and a face detector is, where it has a face.
    """
    middle = Box(_EDGE[0], _EDGE[1], 1 - 2 * _EDGE[0], 1 - _EDGE[1])
    return [_standing_out(view, middle, moving) for view, moving in zip(views, _moved(views), strict=True)]


def _standing_out(view: View, inside: Box, moving: Floats) -> Box:
    """The window with most in it that has the colours of *inside* rather than those around it."""
    own = view.own(inside.pixels(view.width, view.height), view.bins())
    gain = corner_sums(np.minimum(1, own + moving)[..., None] - _OWN)[..., 0]
    windows = np.concatenate([grid(view.width, view.height, shape) for shape in _SHAPES], axis=1)
    left, top, right, bottom = windows
    total = gain[bottom, right] - gain[top, right] - gain[bottom, left] + gain[top, left]
    aside = (left + right) / 2 / view.width - 0.5
    best = int((total / ((right - left) * (bottom - top)) ** _LARGE * np.exp(-4 * aside**2)).argmax())
    x, y, end_x, end_y = windows[:, best].tolist()
    return Box(x / view.width, y / view.height, (end_x - x) / view.width, (end_y - y) / view.height)


def _moved(views: Sequence[View]) -> Floats:
    """How much each place moves, from `_CALM` to `_LIVELY`; everywhere 0 where the camera moves, or nobody does."""
    moved = moving(views)
    if moved is None:
        return np.zeros((len(views), *views[0].lab.shape[:2]), np.float32)
    return np.stack([_CALM + (_LIVELY - _CALM) * _spread(np.maximum(one, moved.max(0) / 2)) for one in moved])


def _spread(moved: Floats) -> Floats:
    """A map of what moves, 0 or more, spread over the body it belongs to, 0 to 1."""
    soft = np.asarray(Image.fromarray((moved * 255).astype(np.uint8)).filter(ImageFilter.BoxBlur(_REACH)), np.float32)
    return np.asarray(np.sqrt(soft / max(1.0, float(soft.max()))))
