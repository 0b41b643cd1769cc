"""How a character looks: which colours it has, and where on it they are.

It tells a red jacket under black hair from black trousers under a red hat. It knows nothing of faces: who wears
the same clothes looks the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sora_nb.errors import ConfigError
from sora_nb.video.box import MOST, Box
from sora_nb.video.upright import Picture

Floats = NDArray[np.float32]
Windows = NDArray[np.intp]
"""`(4, n)`: left, top, right and bottom in pixels."""

StandingOut: TypeAlias = Callable[[Windows], NDArray[np.float64]]
"""How much windows stand out from what is right around them, -1 to 1: `(n,)`."""

_SIDE = 96
"""Pixels of the longer side that a character is looked for at."""
_ROWS, _COLUMNS = 6, 3
"""A character is seen as so many cells, each of one colour."""
_FAR = 30.0
"""Two colours this far apart in CIELAB are simply different ones."""
LIGHTS = ((0.75, 0.78, 0.95), (1.0, 0.86, 0.76))
"""Red, green and blue at night and at dusk, for those who are to be known there too."""
_RESIZED = (0.87, 1.0, 1.15)
_NEARER = (0.93, 1.0, 1.07)
_MOVED = (-0.16, -0.08, 0.0, 0.08, 0.16)
_BEST = 0.98
"""What is most alike beside it is the best but the luckiest fiftieth."""
_ELSEWHERE = 0.4
"""How alike something else mostly is, for a picture that shows nothing else."""
_STANDING = 0.3
"""What standing out counts for, beside being alike."""
_HEIGHTS = (0.22, 0.3, 0.4, 0.54, 0.72, 0.95)
"""Of a character, in shares of the picture's."""
_FLAT = 2.0
"""A picture whose brightness spreads less than this shows nothing."""

_BINS = (5, 9, 9)
_REACH = 72.0
"""Of the two axes of colour; more is as much."""
_SOFT = 0.6
"""Bins that a colour is spread over, so that a little more light is no other colour."""
_BANDS = 3


class View:
    """One picture, made ready to be searched."""

    def __init__(self, picture: Picture) -> None:
        small = searched(picture)
        self._picture, self._small = picture, small
        self.lab = _lab(small)
        self.height, self.width = self.lab.shape[:2]
        self.flat = float(self.lab[..., 0].std()) * 2.55 < _FLAT
        """Whether there is nothing to be seen."""
        self.sums = corner_sums(self.lab)

    @property
    def detail(self) -> Picture:
        """The picture in twice the detail that it is searched in."""
        picture = Image.fromarray(np.ascontiguousarray(self._picture))
        return np.asarray(picture.resize((2 * self.width, 2 * self.height), Image.Resampling.BOX))

    def under(self, light: Sequence[float]) -> View:
        """The same under another light: what is left of red, green and blue."""
        return View(np.clip(self._small * np.asarray(light), 0, 255).astype(np.uint8))

    def bins(self, steps: tuple[int, int, int] = _BINS) -> NDArray[np.intp]:
        """Which colour each pixel has, as a number, where each axis of CIELAB has so many *steps*."""
        low = np.array([0.0, -_REACH, -_REACH], np.float32)
        span = np.array([100.0, 2 * _REACH, 2 * _REACH], np.float32)
        bins = np.clip((self.lab - low) / span * steps, 0, np.array(steps) - 1).astype(np.intp)
        return np.asarray(np.ravel_multi_index((bins[..., 0], bins[..., 1], bins[..., 2]), steps))

    def own(self, window: tuple[int, int, int, int], bins: NDArray[np.intp]) -> Floats:
        """How much each pixel's colour belongs to what is in *window* rather than around it, 0 to 1."""
        left, top, right, bottom = window
        inside = np.zeros(bins.shape, bool)
        inside[top:bottom, left:right] = True
        count = int(np.prod(_BINS))
        within, around = (
            np.bincount(bins[place], minlength=count) / max(1, int(place.sum())) @ soft(_BINS)
            for place in (inside, ~inside)
        )
        share = within / (within + around + 1e-4)
        return np.asarray(share[bins], np.float32)


class Appearance:
    """A character's looks, taken from a few pictures of it."""

    def __init__(self, seen: Iterable[tuple[View, Box]]) -> None:
        """*seen* are pictures, and where it is in each; at least one."""
        cells, weights, colours, shares, aspects = [], [], [], [], []
        for view, box in seen:
            window = box.pixels(view.width, view.height)
            bins = view.bins()
            own = view.own(window, bins)
            means = _cells(
                corner_sums(np.concatenate([view.lab * own[..., None] ** 2, own[..., None] ** 2], -1)), _one(window)
            )[0]
            cells.append(means[:, :3] / (means[:, 3:] + 1e-6))
            weights.append(means[:, 3] + 1e-6)
            hist, share = _bands(bins, own, window)
            colours.append(hist)
            shares.append(share)
            aspects.append((window[2] - window[0]) / (window[3] - window[1]))
        self._cells, self._weights = _with_mirror(np.stack(cells)), _with_mirror(np.stack(weights)[..., None])[..., 0]
        self._weights /= self._weights.sum(1, keepdims=True)
        self._colours, self._shares = np.stack(colours), np.stack(shares)
        self._shape = round(np.log2(np.median(aspects)) * 4)

    def find(self, view: View, standing: StandingOut | None = None) -> Box | None:
        """The place most like it, of those that stand out; None in a picture that shows nothing."""
        if view.flat:
            return None
        windows = grid(view.width, view.height, self._shape)
        best = windows[:, self._fit(view, windows, standing).argmax()]
        return self._best(view, _around(best.astype(np.float64), _RESIZED, _RESIZED), standing)

    def near(self, view: View, box: Box) -> Box | None:
        """The place most like it next to *box*: moved a little, a little nearer or further away.

        None where that lies outside of the picture, as of one who has left it.
        """
        edges = np.array([box.x, box.y, box.x + box.w, box.y + box.h]) * ([view.width, view.height] * 2)
        return self._best(view, _around(edges, _NEARER, (1.0,)))

    def alike(self, view: View, box: Box) -> float:
        """How like it is what is seen at one place, 0 to 1."""
        window = box.pixels(view.width, view.height)
        return (float(self._layout(view, _one(window))[0]) + self._colours_alike(view, window)) / 2

    def likeness(self, view: View, box: Box, standing: StandingOut | None = None) -> float:
        """How like it is what is seen at one place, and how much more so than anything beside it, 0 to 1.

        One who shares a colour or two with the whole place is less surely the same than one who stands out.
        A place that was found, and not told, also has to stand out: dark trousers are no black bear.
        """
        left, top, right, bottom = window = box.pixels(view.width, view.height)
        layout = float(self._layout(view, _one(window))[0])
        windows = grid(view.width, view.height, self._shape)
        beside = windows[:, (windows[2] <= left) | (windows[0] >= right) | (windows[3] <= top) | (windows[1] >= bottom)]
        elsewhere = float(np.quantile(self._layout(view, beside), _BEST)) if beside.size else _ELSEWHERE
        alike = (layout + self._colours_alike(view, window) + layout - elsewhere) / 3
        if standing is not None:
            alike = (alike + _STANDING * float(standing(_one(window))[0])) / (1 + _STANDING)
        return max(0.0, alike)

    def vector(self, view: View, box: Box) -> Floats:
        """The colours of what is seen at one place, as a row whose cosine compares: `(d,)` of length 1."""
        window = box.pixels(view.width, view.height)
        bins = view.bins()
        hist, share = _bands(bins, view.own(window, bins), window)
        return np.asarray((hist * np.sqrt(share)[:, None]).ravel())

    def _fit(self, view: View, windows: Windows, standing: StandingOut | None) -> NDArray[np.floating[Any]]:
        """How well each window may be the place."""
        alike = self._layout(view, windows)
        return alike if standing is None else alike + _STANDING * standing(windows)

    def _best(self, view: View, edges: NDArray[np.float64], standing: StandingOut | None = None) -> Box | None:
        """The best of places whose edges lie between pixels, `(4, n)`, as it is: rounding would add up.

        None where it shows nothing of the picture.
        """
        edges = edges[:, _no_larger(edges, view)]
        left, top = (np.clip(np.round(edges[k]), 0, most - 2) for k, most in ((0, view.width), (1, view.height)))
        right, bottom = (
            np.clip(np.round(edges[k]), low + 2, most)
            for k, low, most in ((2, left, view.width), (3, top, view.height))
        )
        windows = np.stack([left, top, right, bottom]).astype(np.intp)
        left, top, right, bottom = edges[:, int(self._fit(view, windows, standing).argmax())].tolist()
        try:
            return Box(left / view.width, top / view.height, (right - left) / view.width, (bottom - top) / view.height)
        except ConfigError:  # what was compared was the picture's edge, beside which it lies
            return None

    def _layout(self, view: View, windows: Windows) -> Floats:
        """How alike the cells of each window are: 1 for the very colours, 0 where all are simply different."""
        seen = _cells(view.sums, windows)
        best = np.zeros(windows.shape[1], np.float32)
        for cells, weights in zip(self._cells, self._weights, strict=True):
            off = seen - cells
            far = np.minimum(np.sqrt(np.einsum("ncl,ncl->nc", off, off)), _FAR) @ weights
            np.maximum(best, 1 - far / _FAR, out=best)
        return best

    def _colours_alike(self, view: View, window: tuple[int, int, int, int]) -> float:
        """How much the colours of a window's bands are the same, 0 to 1."""
        bins = view.bins()
        seen, _ = _bands(bins, view.own(window, bins), window)
        return float((np.einsum("bc,rbc->rb", seen, self._colours) * self._shares).sum(1).max())


def searched(picture: Picture) -> Picture:
    """A picture in the detail that it is searched in, which is all that a `View` needs of it but for `View.detail`."""
    height, width = picture.shape[:2]
    scale = _SIDE / max(width, height)
    size = (max(8, round(width * scale)), max(8, round(height * scale)))
    return np.asarray(Image.fromarray(np.ascontiguousarray(picture)).resize(size, Image.Resampling.BOX))


def _lab(picture: Picture) -> Floats:
    """CIELAB under D65, of sRGB, after IEC 61966-2-1."""
    linear = _linear()[picture]
    xyz = linear @ _TO_XYZ
    cubes = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    x, y, z = cubes[..., 0], cubes[..., 1], cubes[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1).astype(np.float32)


_TO_XYZ = (
    np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]])
    / np.array([[0.95047], [1.0], [1.08883]])
).T.astype(np.float32)


@lru_cache
def _linear() -> Floats:
    share = np.arange(256) / 255
    return np.where(share > 0.04045, ((share + 0.055) / 1.055) ** 2.4, share / 12.92).astype(np.float32)


@lru_cache
def soft(steps: tuple[int, int, int]) -> NDArray[np.float64]:
    """Spreads a histogram of so many *steps* on each axis over neighbouring bins."""
    spread = np.ones((1, 1))
    for count in steps:
        each = np.arange(count)
        near = np.exp(-((each[:, None] - each) ** 2) / (2 * _SOFT**2))
        spread = np.kron(spread, near / near.sum(1, keepdims=True))
    return spread


def _bands(bins: NDArray[np.intp], own: Floats, window: tuple[int, int, int, int]) -> tuple[Floats, Floats]:
    """The colours of a window from top to bottom, as the root of their shares, and how much of it each band is."""
    left, top, right, bottom = window
    edges = np.round(np.linspace(top, bottom, _BANDS + 1)).astype(int)
    count = int(np.prod(_BINS))
    hist = np.stack(
        [
            np.bincount(bins[a:b, left:right].ravel(), own[a:b, left:right].ravel(), minlength=count)
            for a, b in pairwise(edges)
        ]
    )
    total = hist.sum(1, keepdims=True)
    roots = np.sqrt(hist @ soft(_BINS) / (total + 1e-6))
    return roots.astype(np.float32), (total[:, 0] / (total.sum() + 1e-6)).astype(np.float32)


def _with_mirror(cells: Floats) -> Floats:
    """*cells* as they are and left for right: `(n, cells, k)` to `(2 n, cells, k)`."""
    turned = cells.reshape(len(cells), _ROWS, _COLUMNS, -1)[:, :, ::-1].reshape(cells.shape)
    return np.concatenate([cells, turned])


def corner_sums(values: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """Sums over everything left of and above each corner, with which a rectangle's mean takes four look-ups."""
    sums = np.zeros((values.shape[0] + 1, values.shape[1] + 1, values.shape[2]), np.float64)
    sums[1:, 1:] = values.cumsum(0, dtype=np.float64).cumsum(1)
    return sums


def _cells(sums: NDArray[np.float64], windows: Windows) -> Floats:
    """The mean of each cell of each window: `(n, cells, k)`."""
    left, top, right, bottom = windows
    rows = top + np.round(np.linspace(0, 1, _ROWS + 1)[:, None] * (bottom - top)).astype(np.intp)
    columns = left + np.round(np.linspace(0, 1, _COLUMNS + 1)[:, None] * (right - left)).astype(np.intp)
    corners = sums[rows[:, None], columns[None]]  # (rows + 1, columns + 1, n, k)
    total = corners[1:, 1:] - corners[:-1, 1:] - corners[1:, :-1] + corners[:-1, :-1]
    area = (rows[1:] - rows[:-1])[:, None] * (columns[1:] - columns[:-1])[None]
    means = total / np.maximum(area, 1)[..., None]
    return np.asarray(np.moveaxis(means.reshape(_ROWS * _COLUMNS, windows.shape[1], -1), 0, 1), np.float32)


def _one(window: Sequence[int]) -> Windows:
    return np.array(window, np.intp)[:, None]


@lru_cache(maxsize=64)
def grid(width: int, height: int, quarter_octaves: int) -> Windows:
    """Windows of one shape all over a picture, in several sizes.

    Of a shape so thin that none of them has a pixel for each cell, those that are just wide enough.
    """
    aspect = 2 ** (quarter_octaves / 4)
    highs = [round(share * height) for share in _HEIGHTS]
    sizes = [(min(width, round(high * aspect)), high) for high in highs]
    enough = [(wide, high) for wide, high in sizes if wide >= _COLUMNS and high >= _ROWS]
    found = []
    for wide, high in enough or [(max(_COLUMNS, wide), max(_ROWS, high)) for wide, high in sizes]:
        across, down = _steps(width - wide, max(1, wide // 5)), _steps(height - high, max(1, high // 8))
        lefts, tops = np.repeat(across, len(down)), np.tile(down, len(across))
        found.append(np.stack([lefts, tops, lefts + wide, tops + high]))
    return np.concatenate(found, axis=1)


def _steps(most: int, step: int) -> NDArray[np.intp]:
    return np.unique(np.append(np.arange(0, most + 1, step), most))


def _no_larger(edges: NDArray[np.float64], view: View) -> NDArray[np.bool_]:
    """Which places are no larger than a box may be."""
    wide, high = (edges[2] - edges[0]) / view.width, (edges[3] - edges[1]) / view.height
    return np.asarray((wide <= MOST) & (high <= MOST))


def _around(edges: NDArray[np.float64], sizes: Sequence[float], shapes: Sequence[float]) -> NDArray[np.float64]:
    """Places next to one: moved a little, and of other sizes and shapes."""
    left, top, right, bottom = edges.tolist()
    middle_x, middle_y, wide, high = (left + right) / 2, (top + bottom) / 2, right - left, bottom - top
    x, y, size, shape = (each.ravel() for each in np.meshgrid(_MOVED, _MOVED, sizes, shapes, indexing="ij"))
    half_w, half_h = wide * size * np.sqrt(shape) / 2, high * size / np.sqrt(shape) / 2
    middle_x, middle_y = middle_x + x * wide, middle_y + y * high
    return np.stack([middle_x - half_w, middle_y - half_h, middle_x + half_w, middle_y + half_h])
