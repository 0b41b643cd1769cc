"""Gradual changes: a picture that turns into another one, into black, or out of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sora_nb.video.upright import Picture

Floats: TypeAlias = NDArray[np.floating[Any]]

_SPANS = (0.32, 0.6, 1.0)
"""Seconds between the two pictures that a fade is looked for between; longer ones show as a part of themselves."""
_LEAST = 3.0
"""Mean difference of brightness between the two, 0 to 255, below which nothing has changed."""
_HALF = 0.5
_BESIDE_HALF = (0.25, 0.75)
_FADE = 0.74
"""From this score on it is a fade. Of what only moves in real clips, nothing comes so far."""
_FLATTER = 0.1
"""How much of a score is told by the mixture being flatter than its two pictures are."""
_LIVELY = 0.5
"""A mixture may be so far from that of the stretch's ends where those who are in it move on, if it is as flat."""
_AS_FLAT = 0.3
"""Around 1, the contrast that it has lost of what a mixture loses. Where something only moves, none is lost."""
_CHANGED = 8.0
"""What the ends must differ by then: less of them may be anything."""
_CELL = 14
"""Pixels, of those that are looked at, that move together where anything moves."""
_FLAT = 4.0
"""What is added to a slope's square, in levels: where nothing slopes, nothing tells a movement."""
_BY_CHANCE = 0.05
"""The share of a change that some movement explains in a fade as well. Beyond it a score loses as much.

Measured: half of all fades have a share below 0.08 and 95 of 100 below 0.16; of slow movements in a soft picture, which
look like mixtures, half have one above 0.3 and 95 of 100 above 0.17."""
_CLEARLY = 0.1
_BATCH = 32
_PACE = 0.07
"""Seconds between two stretches that are judged: at 30 frames a second, those that end with every second frame."""
_STEP = 2
"""Every second pixel of a small picture, both ways, says enough."""
_COARSE = 5
"""Of those pixels, the side of a cell by whose sums most stretches are known not to fade, at little cost."""
_ROUNDING = 1e-4


class FadeFinder:
    """Takes the small pictures of a video one by one, keeps a second of them, and knows where it fades.

    Between two pictures that lie in a fade, each one is their mixture in proportion to time. The score of a
    stretch is 1 less the largest distance from that mixture, as a share of the distance between the ends. It
    is moved by up to 0.05 by how much contrast the middle has lost: half and half of two pictures is flat, and a
    thing that moves is not. A soft picture that slides a little is a mixture as well; it loses its score as far as
    one movement in each part of the picture explains the change. Where people move on while one picture turns into
    another, the distance is large; what tells the fade then is that it loses contrast as a mixture does, at all three
    places where it is looked at, and no movement does. Wipes are no mixtures and are not found.
    """

    def __init__(self) -> None:
        self._shape = (0, 0)
        self._pictures: NDArray[np.uint8] | None = None
        self._sums: Floats = np.zeros((0, 0), np.float32)
        self._means: Floats = np.zeros(0, np.float32)
        self._varied: Floats = np.zeros(0, np.float32)
        self._times: NDArray[np.float64] = np.zeros(0)
        self._fresh: list[Picture] = []
        self._fresh_times: list[float] = []
        self._found: list[NDArray[np.float64]] = []

    def add(self, luma: Picture, seconds: float) -> None:
        """The next picture and when it is shown."""
        self._fresh.append(luma[::_STEP, ::_STEP])
        self._fresh_times.append(seconds)
        if len(self._fresh) == _BATCH:
            self._look()

    def scores(self, times: NDArray[np.float64]) -> NDArray[np.float32]:
        """For each frame, shown at *times*, the best score of a stretch that it lies in; 0 where nothing fades."""
        if self._fresh:
            self._look()
        scores = np.zeros(len(times), np.float32)
        for start, end, score in np.concatenate(self._found) if self._found else ():
            stretch = slice(np.searchsorted(times, start), np.searchsorted(times, end) + 1)
            np.maximum(scores[stretch], score, out=scores[stretch])
        return scores

    def _look(self) -> None:
        self._shape = self._fresh[0].shape
        fresh = np.stack(self._fresh)
        flat = fresh.reshape(len(fresh), -1)
        sums, exact = _cell_sums(fresh), flat.astype(np.float32)
        known = len(self._times)
        self._times = np.concatenate([self._times, self._fresh_times])
        self._pictures = flat if self._pictures is None else np.concatenate([self._pictures, flat])
        self._sums = np.concatenate([self._sums, sums]) if known else sums
        self._means = np.concatenate([self._means, exact.mean(axis=1)])
        self._varied = np.concatenate([self._varied, exact.var(axis=1)])
        self._fresh, self._fresh_times = [], []
        for span in _SPANS:
            self._look_back(known, span)
        old = int(np.searchsorted(self._times, self._times[-1] - _SPANS[-1] - 0.1))
        self._pictures, self._times = self._pictures[old:], self._times[old:]
        self._sums, self._means, self._varied = self._sums[old:], self._means[old:], self._varied[old:]

    def _look_back(self, known: int, span: float) -> None:
        """Judge the stretches of *span* seconds that end with a picture from number *known* on."""
        pictures, times = self._pictures, self._times
        assert pictures is not None
        paces = times // _PACE
        ends = np.arange(known, len(times))
        ends = ends[(ends == 0) | (paces[ends] != paces[ends - 1])]
        starts = np.searchsorted(times, times[ends] - span + 1e-6, side="right") - 1
        fits = (starts >= 0) & (ends - starts >= 4)
        ends, starts = ends[fits], starts[fits]
        if not ends.size:
            return
        distance = _apart(pictures[starts], pictures[ends])
        changed = distance >= _LEAST
        starts, ends, distance = starts[changed], ends[changed], distance[changed]
        at_best = self._at_best(starts, ends, distance) >= _FADE - _ROUNDING
        hopeful = at_best | self._may_be_flat(starts, ends, distance)
        starts, ends, distance = starts[hopeful], ends[hopeful], distance[hopeful]
        if not ends.size:
            return
        furthest, lost = self._apart_from_mixture(starts, ends, distance, _HALF)
        score = 1 - furthest + _FLATTER * (np.clip(lost, 0, 1) - 0.5)
        uneven = np.where((furthest <= _LIVELY) & (distance >= _CHANGED), np.abs(lost - 1), np.inf)
        # Each further look can but lower it, so only what may still be a fade is looked at on.
        high = np.flatnonzero(score >= _FADE)
        if high.size:
            before, after = (pictures[place[high]].reshape(-1, *self._shape) for place in (starts, ends))
            score[high] -= np.maximum(0, moved(before, after) - _BY_CHANCE)
        likely = (score >= _FADE) | (uneven <= _AS_FLAT)
        starts, ends, distance = starts[likely], ends[likely], distance[likely]
        furthest, score, uneven = furthest[likely], score[likely], uneven[likely]
        if not ends.size:
            return
        for share in _BESIDE_HALF:
            further, lost = self._apart_from_mixture(starts, ends, distance, share)
            score -= np.maximum(0, further - furthest)
            furthest = np.maximum(furthest, further)
            uneven = np.maximum(uneven, np.abs(lost - 1))
        flat = (furthest <= _LIVELY) & (uneven <= _AS_FLAT)
        score[flat] = np.maximum(score[flat], _FADE + _AS_FLAT - uneven[flat])
        good = score > 0
        self._found.append(np.stack([times[starts][good], times[ends][good], score[good]], axis=1))

    def _at_best(self, starts: NDArray[np.intp], ends: NDArray[np.intp], distance: Floats) -> Floats:
        """What the score of each stretch is at most: cells are no further from the mixture than their pixels are."""
        assert self._pictures is not None
        middles, weight = self._between(starts, ends, _HALF)
        first = self._sums[starts]
        away = np.abs(self._sums[middles] - first - (self._sums[ends] - first) * weight[:, None]).sum(axis=1)
        return np.asarray(1 + _FLATTER / 2 - away / (self._pictures.shape[1] * distance))

    def _may_be_flat(self, starts: NDArray[np.intp], ends: NDArray[np.intp], distance: Floats) -> NDArray[np.bool_]:
        """Where half way so much contrast is lost as a mixture loses at least, by what is known of each picture."""
        middles, weight = self._between(starts, ends, _HALF)
        pair = self._varied[starts] * (1 - weight) + self._varied[ends] * weight
        brighter = self._means[ends] - self._means[starts]
        # No change of so much in the mean, of which so much is everywhere, varies less.
        least = weight * (1 - weight) * np.maximum(0, distance**2 - brighter**2)
        return np.asarray(
            (distance >= _CHANGED) & (pair - self._varied[middles] >= (1 - _AS_FLAT) * least * (1 - 1e-3))
        )

    def _between(
        self, starts: NDArray[np.intp], ends: NDArray[np.intp], share: float
    ) -> tuple[NDArray[np.intp], Floats]:
        """Which picture lies at a share of each stretch, and at which share it really lies."""
        begun, lasting = self._times[starts], self._times[ends] - self._times[starts]
        middles = np.searchsorted(self._times, begun + share * lasting)
        return middles, ((self._times[middles] - begun) / lasting).astype(np.float32)

    def _apart_from_mixture(
        self, starts: NDArray[np.intp], ends: NDArray[np.intp], distance: Floats, share: float
    ) -> tuple[Floats, Floats]:
        """At a share of each stretch: how far the picture is from the mixture, and how much contrast it has lost."""
        pictures, varied = self._pictures, self._varied
        assert pictures is not None
        middles, weight = self._between(starts, ends, share)
        first = pictures[starts].astype(np.float32)
        step = pictures[ends] - first
        seen = pictures[middles].astype(np.float32)
        away = np.abs(seen - first - step * weight[:, None]).mean(axis=1) / distance
        pair = varied[starts] * (1 - weight) + varied[ends] * weight
        return away, (pair - varied[middles]) / (weight * (1 - weight) * step.var(axis=1) + 1)


def moved(before: NDArray[np.uint8], after: NDArray[np.uint8]) -> NDArray[np.float64]:
    """How much of the difference between pictures, `(n, height, width)` each, small movements explain: 0 to 1.

    Each cell of `_CELL` pixels has one movement, that which leaves least (Lucas and Kanade, 1981).
    """
    one, other = before.astype(np.float32), after.astype(np.float32)
    middle, change = (one + other) / 2, (other - one)[:, 1:-1, 1:-1]
    across = (middle[:, 1:-1, 2:] - middle[:, 1:-1, :-2]) / 2
    down = (middle[:, 2:, 1:-1] - middle[:, :-2, 1:-1]) / 2
    rows, columns = (max(1, min(_CELL, side)) for side in change.shape[1:])
    height, width = (side // cell for side, cell in zip(change.shape[1:], (rows, columns), strict=True))
    if not height * width:
        return np.zeros(len(before))

    def cells(product: Floats) -> Floats:
        parts = product[:, : height * rows, : width * columns].reshape(-1, height, rows, width * columns)
        lines = parts.sum(axis=2, dtype=np.float64).reshape(-1, height, width, columns)
        return np.asarray(lines.sum(axis=3) / (rows * columns))

    xx, xy, yy = cells(across * across) + _FLAT, cells(across * down), cells(down * down) + _FLAT
    x, y = cells(across * change), cells(down * change)
    explained = (yy * x * x - 2 * xy * x * y + xx * y * y) / (xx * yy - xy * xy)
    return np.asarray(explained.sum(axis=(1, 2)) / np.maximum(1e-9, cells(change * change).sum(axis=(1, 2))))


def fades(times: NDArray[np.float64], scores: NDArray[np.float32]) -> list[tuple[float, float]]:
    """Start and end, in seconds, of every stretch of frames whose score says that it fades."""
    found = []
    for first, last in runs(scores >= _FADE):
        # A stretch that sticks out a little still scores, though less: the ends are where the good ones begin.
        left = slice(first, np.searchsorted(times, times[first] + _SPANS[-1]))
        right = slice(np.searchsorted(times, times[last] - _SPANS[-1]), last + 1)
        start = first + int(np.argmax(scores[left] >= scores[left].max() - _CLEARLY))
        end = last - int(np.argmax(scores[right][::-1] >= scores[right].max() - _CLEARLY))
        found.append((float(times[start]), float(times[max(start, end)])))
    return found


def runs(flags: NDArray[np.bool_]) -> Iterable[tuple[int, int]]:
    """First and last place of every row of True in *flags*."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return zip(edges[::2].tolist(), (edges[1::2] - 1).tolist(), strict=True)


def _apart(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> NDArray[np.float64]:
    return np.asarray((np.maximum(a, b) - np.minimum(a, b)).sum(axis=1, dtype=np.uint32) / a.shape[1])


def _cell_sums(pictures: NDArray[np.uint8]) -> Floats:
    """The sums of whole cells of `_COARSE` pixels of pictures, `(n, height, width)`, one row for each."""
    height, width = (side // _COARSE for side in pictures.shape[1:])
    count = len(pictures)
    cells = pictures[:, : height * _COARSE, : width * _COARSE].reshape(count, height, _COARSE, width * _COARSE)
    lines = cells.sum(axis=2, dtype=np.uint16)
    sums = np.zeros((count, height, width), np.float32)
    for column in range(_COARSE):
        sums += lines[:, :, column::_COARSE]
    return sums.reshape(count, height * width)
