"""How sharp a picture is, as one figure that noise does not lift."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.int16]

_REACH = 4
"""Half the width, in pixels, of the blur that a picture is compared with."""

_GREY_LEVEL = 1.0
"""Detail below one level of grey is none, so that a flat picture is not sharp."""

_MANY = 1 << 20
"""The detail of fewer pixels adds up to less than 2 ** 32."""


def sharpness(luma: NDArray[np.uint8]) -> float:
    """0 for a flat or fully blurred picture, towards 1 for one with detail in every pixel.

    *luma* is brightness, `(height, width)`; only pictures of one size compare. The figure is the geometric
    mean of two: the share of fine detail (Laplacian) in coarser detail, and how much of the detail a blur
    takes away (Crete and others, 2007). A 3x3 median and a floor under the detail keep noise out of both.
    """
    if min(luma.shape) < 4 * _REACH:
        return 0.0
    plane = _median(luma).astype(np.int16)
    across, down = plane[::2].T, plane[:, ::2].copy()
    return float(np.sqrt(_fine_detail(plane) * min(_lost_by_blurring(across), _lost_by_blurring(down))))


def _median(luma: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The middle of each pixel and its eight neighbours; the border is lost."""
    height, width = luma.shape
    pixels = luma.ravel()  # one long line is gone through twice as fast as many short ones
    low, middle, high = _sorted(pixels[: -2 * width], pixels[width:-width], pixels[2 * width :])
    left, centre, right = slice(-2), slice(1, -1), slice(2, None)
    out = np.zeros(low.size, np.uint8)
    out[left] = _sorted(
        np.maximum(np.maximum(low[left], low[centre]), low[right]),
        _sorted(middle[left], middle[centre], middle[right])[1],
        np.minimum(np.minimum(high[left], high[centre]), high[right]),
    )[1]
    return out.reshape(height - 2, width)[:, :-2]  # the last two of each line met the next one's first


def _sorted(a: NDArray[np.uint8], b: NDArray[np.uint8], c: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], ...]:
    """Three pictures as one of the lowest, one of the middle and one of the highest pixels."""
    a, b = np.minimum(a, b), np.maximum(a, b)
    b, c = np.minimum(b, c), np.maximum(b, c)
    return np.minimum(a, b), np.maximum(a, b), c


def _fine_detail(plane: Plane) -> float:
    """Detail at this scale as a share of the detail at half of it, at most 1."""
    plane = plane[: plane.shape[0] // 2 * 2, : plane.shape[1] // 2 * 2]
    rows = plane[::2] + plane[1::2]
    half = (rows[:, ::2] + rows[:, 1::2]) >> 2
    fine, coarse = (_total(each) / each.size for each in (_above_noise(_laplacian(one)) for one in (plane, half)))
    return min(1.0, fine / (coarse + _GREY_LEVEL))


def _laplacian(plane: Plane) -> Plane:
    """How far every second row's pixels are from those around them."""
    rows = plane[1:-1:2]
    around = plane[:-2:2, 1:-1] + plane[2::2, 1:-1]
    around += rows[:, :-2]
    around += rows[:, 2:]
    around -= 4 * rows[:, 1:-1]
    return np.asarray(np.abs(around, out=around))


def _lost_by_blurring(plane: Plane) -> float:
    """The share of the differences from line to line that a box blur along the columns takes away."""
    width = 2 * _REACH + 1
    sharp = _above_noise(np.abs(plane[_REACH + 1 : -_REACH] - plane[_REACH : -_REACH - 1]))
    # Two neighbours in a blurred column differ by what enters the box and what leaves it, shared by its width.
    lost = width * sharp - np.abs(plane[width:] - plane[:-width])
    before = _total(sharp)
    return _total(np.maximum(lost, np.zeros_like(lost), out=lost)) / (width * before) if before else 0.0


def _above_noise(detail: Plane) -> Plane:
    """What is left of *detail* above three times its median, or above the noise of rounding where that is more.

    Noise is everywhere and edges are few, so the median is noise; a quarter of the pixels tell it as well as all.
    """
    some = detail[::2, ::2].ravel("K")
    median = int(np.searchsorted(np.cumsum(np.bincount(some)), some.size / 2))
    # As an array: NumPy takes five times as long for the larger of an array and one number.
    floor = np.full_like(detail, 3 * max(1, median))
    return np.asarray(np.maximum(detail, floor, out=detail) - floor)


def _total(detail: Plane) -> int:
    return int(detail.sum(dtype=np.uint32 if detail.size < _MANY else np.uint64))
