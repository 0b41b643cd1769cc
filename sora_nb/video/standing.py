"""Which pixels stand out from a shot: the colours of its middle, and of what moves in it, against those of its edges.

The colours are counted in all pictures together, and counted anew a few times by what they showed, as the models of
GrabCut are (Rother and others, 2004), without its cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from sora_nb.video.appearance import Floats, View, Windows, corner_sums, soft

_SIDE, _TOP = 0.2, 0.06
"""Shares of the picture at its sides and its top that show what is around a character."""
_WIDE, _HIGH = 0.2, 0.15
"""How far from the middle, and how far into the upper third, a character is likely to be, in shares of the picture."""
_CAUTION = 0.6
"""A colour has to be so much more common in the character than around it (1 / this) to count for it."""
_ROUNDS = 2
_RARE = 1e-6
_AROUND = (0.3, 0.18)
"""How far the ring around a window reaches, in shares of its width and of its height."""
_MOVES = (8.0, 24.0)
"""A channel of 0 to 255 that is off its median by less than the first does not move, by the second it surely does."""
_STILL = 0.3
"""Where a smaller share of the edges moves, the camera stands, and what moves is a character."""
_FEW = 0.002
"""Where a smaller share of the pixels moves, nobody does."""
_STAYS = 0.36
"""Of all the pixels that ever move, one picture has at least this share of one who stays, less of a passer-by."""
_ACROSS, _DOWN, _UNDER = 0.85, 0.9, 0.97
"""What is left of an outline that moves one pixel aside, below it, and below its whole body, where legs stand still."""
_CALM, _LIVELY, _LEGS = 0.3, 12.0, 0.7
"""How likely a character is where nothing moves, inside of what moves, and below it, beside what its place makes it."""
_BESIDE = 0.2
"""What is less than so surely inside of what moves may be the edge of the picture."""
_BINS = (6, 12, 12)


class Standing:
    """One picture's map of what stands out, ready to be asked about windows."""

    def __init__(self, alpha: Floats) -> None:
        """*alpha* is how surely each pixel belongs to a character, 0 to 1."""
        self._sums = corner_sums(alpha[..., None])[..., 0]

    def of(self, windows: Windows) -> NDArray[np.float64]:
        """How much more stands out in each window than right around it, -1 to 1.

        It is low where a window shows nobody, and where it cuts through one.
        """
        height, width = (side - 1 for side in self._sums.shape)
        left, top, right, bottom = windows
        aside = np.maximum(2, (right - left) * _AROUND[0]).astype(np.intp)
        above = np.maximum(2, (bottom - top) * _AROUND[1]).astype(np.intp)
        wider = np.stack(
            [
                np.maximum(0, left - aside),
                np.maximum(0, top - above),
                np.minimum(width, right + aside),
                np.minimum(height, bottom + above),
            ]
        )
        inside, area = self._total(windows), (right - left) * (bottom - top)
        ring = (wider[2] - wider[0]) * (wider[3] - wider[1]) - area
        return np.asarray(inside / area - (self._total(wider) - inside) / np.maximum(ring, 1))

    def _total(self, windows: Windows) -> NDArray[np.float64]:
        left, top, right, bottom = windows
        sums = self._sums
        return np.asarray(sums[bottom, right] - sums[top, right] - sums[bottom, left] + sums[top, left])


def standing(views: Sequence[View]) -> list[Standing]:
    """What stands out in each of some pictures of one shot, all of one size. Several shots together show less."""
    return [Standing(one) for one in belonging(views)]


def belonging(views: Sequence[View]) -> Floats:
    """How surely each pixel of some pictures of one shot belongs to a character, 0 to 1: `(n, height, width)`."""
    bins = np.stack([view.bins(_BINS) for view in views])
    likely, outside, around = _expected(views)
    known = _counted(bins, around)
    ground, share, alpha = known, likely, likely * (1 - outside)
    for _ in range(_ROUNDS):
        own = _counted(bins, alpha * (1 - outside))
        ratio = _CAUTION * (own[bins] + _RARE) / (ground[bins] + _RARE)
        alpha = _blurred(share * ratio / (share * ratio + 1 - share), 0.8)
        share = np.clip(0.6 * _blurred(alpha, 2) + 0.4 * likely, 0.01, 0.9) * (1 - 0.95 * outside)
        ground = np.maximum(known, _counted(bins, (alpha < 0.15).astype(np.float32)) / 2)
    return alpha


def moving(views: Sequence[View]) -> Floats | None:
    """How surely each pixel moves, 0 to 1: `(n, height, width)`. None where the camera moves, or nobody does.

    It is looked at in twice the detail: where somebody only breathes, it is the outline that moves.
    """
    if len(views) < 3:
        return None
    pictures = np.stack([view.detail for view in views]).astype(np.float32)
    far = np.abs(pictures - np.median(pictures, axis=0)).max(-1)
    far = far.reshape(len(views), views[0].height, 2, views[0].width, 2).max((2, 4))
    low, high = _MOVES
    moved = np.clip((far - low) / (high - low), 0, 1)
    edges = far.max(axis=0)[_edges(views[0])]
    stands = float((edges > low).mean()) < _STILL
    return np.asarray(moved, np.float32) if stands and float((moved > _STILL).mean()) >= _FEW else None


def _expected(views: Sequence[View]) -> tuple[Floats, Floats, Floats]:
    """How likely a character is at each pixel before any colour is looked at, where surely none is, and around one."""
    height, width = views[0].height, views[0].width
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    y, x = (y + 0.5) / height, (x + 0.5) / width
    high = np.maximum(0, 0.3 - y)
    likely = 0.02 + 0.4 * np.exp(-0.5 * (((x - 0.5) / _WIDE) ** 2 + (high / _HIGH) ** 2))
    everywhere = np.repeat(likely[None], len(views), axis=0)
    outside = np.repeat(_edges(views[0])[None].astype(np.float32), len(views), axis=0)
    moved = moving(views)
    if moved is None:
        return np.asarray(everywhere, np.float32), outside, outside
    body, under = _bodies(moved)
    everywhere = np.clip(everywhere * (_CALM + _LIVELY * body + _LEGS * under), 0.005, 0.9)
    outside = outside * (body.max(axis=0) < _BESIDE)
    around = np.minimum(1, np.maximum(0, 1 - 2 * np.maximum(body, under)) + outside)
    return np.asarray(everywhere, np.float32), outside, np.asarray(around, np.float32)


def _edges(view: View) -> NDArray[np.bool_]:
    """The pixels at a picture's sides and its top."""
    y, x = np.mgrid[0 : view.height, 0 : view.width]
    aside = np.abs((x + 0.5) / view.width - 0.5)
    return np.asarray((aside > 0.5 - _SIDE) | ((y + 0.5) / view.height < _TOP))


def _bodies(moved: Floats) -> tuple[Floats, Floats]:
    """How surely each pixel is inside of what moves, which is on both sides and above it, and how surely below it."""
    ever = moved.max(axis=0)
    stays = float(moved.mean()) >= _STAYS * float(ever.mean())
    seen = np.maximum(moved, ever / 2) if stays else moved
    aside = np.minimum(_faded(seen, 2, _ACROSS), _faded(seen[..., ::-1], 2, _ACROSS)[..., ::-1])
    body = np.maximum(seen, np.minimum(aside, _faded(seen, 1, _DOWN)))
    return _blurred(body, 1.5), _faded(body, 1, _UNDER)


def _faded(layers: Floats, axis: int, kept: float) -> Floats:
    """The most that is seen on the way along an axis, where *kept* is left of it one pixel further."""
    faded = np.moveaxis(layers, axis, 0).copy()
    for before, here in pairwise(faded):
        np.maximum(here, before * kept, out=here)
    return np.moveaxis(faded, 0, axis)


def _counted(bins: NDArray[np.intp], weights: Floats) -> NDArray[np.float64]:
    """How often each colour occurs, as a share."""
    counts = np.bincount(bins.ravel(), weights.ravel(), minlength=int(np.prod(_BINS))) @ soft(_BINS)
    return np.asarray(counts / (counts.sum() + 1e-9))


def _blurred(layers: NDArray[np.floating[Any]], radius: float) -> Floats:
    blur = ImageFilter.GaussianBlur(radius)
    pictures = [Image.fromarray((np.clip(layer, 0, 1) * 255).astype(np.uint8)) for layer in layers]
    return np.stack([np.asarray(picture.filter(blur), np.float32) / 255 for picture in pictures])
