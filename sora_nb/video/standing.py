"""Which pixels stand out from a shot: the colours of its middle, and of what moves in it, against those of its edges.

The colours are counted in all pictures together, and counted anew a few times by what they showed, as the models of
GrabCut are (Rother and others, 2004), without its cut.
"""

from __future__ import annotations

from collections.abc import Sequence
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
_ROUNDS = 3
_RARE = 1e-6
_AROUND = (0.3, 0.18)
"""How far the ring around a window reaches, in shares of its width and of its height."""
_STILL = 2.0
"""Where the edges change by less than this, in CIELAB, the camera stands, and what moves is a character."""
_MOVED = 8.0
_FEW = 0.002
"""Where a smaller share of the pixels moves, nobody does."""
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
    bins = np.stack([view.bins(_BINS) for view in views])
    likely, outside = _expected(views)
    known = _counted(bins, outside)
    ground, share, alpha = known, likely, likely * (1 - outside)
    for _ in range(_ROUNDS):
        own = _counted(bins, alpha * (1 - outside))
        ratio = _CAUTION * (own[bins] + _RARE) / (ground[bins] + _RARE)
        alpha = _blurred(share * ratio / (share * ratio + 1 - share), 0.8)
        share = np.clip(0.6 * _blurred(alpha, 2) + 0.4 * likely, 0.01, 0.9) * (1 - 0.95 * outside)
        ground = np.maximum(known, _counted(bins, (alpha < 0.15).astype(np.float32)) / 2)
    return [Standing(one) for one in alpha]


def moving(views: Sequence[View]) -> Floats | None:
    """Where something moves, 0 or 1: `(n, height, width)`. None where the camera moves, or nobody does."""
    pictures = np.stack([view.lab for view in views])
    far = np.abs(pictures - np.median(pictures, axis=0)).max(-1)
    side = max(1, far.shape[2] // 10)
    edges = np.concatenate([far[:, :, :side], far[:, :, -side:]], axis=2)
    moved = np.asarray(far > _MOVED, np.float32)
    known = len(views) > 2 and float(edges.mean()) <= _STILL and float(moved.mean()) >= _FEW
    return moved if known else None


def _expected(views: Sequence[View]) -> tuple[Floats, Floats]:
    """How likely a character is at each pixel before any colour is looked at, and where there surely is none."""
    height, width = views[0].height, views[0].width
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    y, x = (y + 0.5) / height, (x + 0.5) / width
    outside = ((x < _SIDE) | (x > 1 - _SIDE) | (y < _TOP)).astype(np.float32)
    high = np.maximum(0, 0.3 - y)
    likely = 0.02 + 0.4 * np.exp(-0.5 * (((x - 0.5) / _WIDE) ** 2 + (high / _HIGH) ** 2))
    everywhere = np.repeat(likely[None], len(views), axis=0)
    moved = moving(views)
    if moved is not None:
        lively = _blurred(np.maximum(moved, moved.max(axis=0) / 2), 4)
        lively = np.sqrt(lively / max(float(lively.max()), _RARE))
        everywhere = np.clip(everywhere * (0.35 + 4 * lively), 0.01, 0.9)
        outside = outside * (lively.max(axis=0) < 0.2)
    return np.asarray(everywhere, np.float32), np.broadcast_to(outside, everywhere.shape).astype(np.float32)


def _counted(bins: NDArray[np.intp], weights: Floats) -> NDArray[np.float64]:
    """How often each colour occurs, as a share."""
    counts = np.bincount(bins.ravel(), weights.ravel(), minlength=int(np.prod(_BINS))) @ soft(_BINS)
    return np.asarray(counts / (counts.sum() + 1e-9))


def _blurred(layers: NDArray[np.floating[Any]], radius: float) -> Floats:
    blur = ImageFilter.GaussianBlur(radius)
    pictures = [Image.fromarray((np.clip(layer, 0, 1) * 255).astype(np.uint8)) for layer in layers]
    return np.stack([np.asarray(picture.filter(blur), np.float32) / 255 for picture in pictures])
