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


class FadeFinder:
    """Takes the small pictures of a video one by one, keeps a second of them, and knows where it fades.

    Between two pictures that lie in a fade, each one is their mixture in proportion to time. The score of a
    stretch is 1 less the largest distance from that mixture, as a share of the distance between the ends. It
    is moved by up to 0.05 by how much contrast the middle has lost: half and half of two pictures is flat, and a
    thing that moves is not. A soft picture that slides a little is a mixture as well; it loses its score as far as
    one movement in each part of the picture explains the change. Wipes are no mixtures and are not found.
    """

    def __init__(self) -> None:
        self._shape = (0, 0)
        self._pictures: NDArray[np.uint8] | None = None
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
        fresh = np.stack(self._fresh).reshape(len(self._fresh), -1)
        known = len(self._times)
        self._times = np.concatenate([self._times, self._fresh_times])
        self._pictures = fresh if self._pictures is None else np.concatenate([self._pictures, fresh])
        self._fresh, self._fresh_times = [], []
        for span in _SPANS:
            self._look_back(known, span)
        old = int(np.searchsorted(self._times, self._times[-1] - _SPANS[-1] - 0.1))
        self._pictures, self._times = self._pictures[old:], self._times[old:]

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
        if not ends.size:
            return
        furthest, lost = self._apart_from_mixture(starts, ends, distance, _HALF)
        score = 1 - furthest + _FLATTER * (np.clip(lost, 0, 1) - 0.5)
        likely = score >= _FADE  # the other places can but lower it
        starts, ends, distance = starts[likely], ends[likely], distance[likely]
        furthest, score = furthest[likely], score[likely]
        if not ends.size:
            return
        for share in _BESIDE_HALF:
            further, _ = self._apart_from_mixture(starts, ends, distance, share)
            score -= np.maximum(0, further - furthest)
            furthest = np.maximum(furthest, further)
        for number in np.flatnonzero(score >= _FADE).tolist():
            before, after = (
                pictures[place[number]].reshape(self._shape).astype(np.float32) for place in (starts, ends)
            )
            score[number] -= max(0.0, moved(before, after) - _BY_CHANCE)
        good = score > 0
        self._found.append(np.stack([times[starts][good], times[ends][good], score[good]], axis=1))

    def _apart_from_mixture(
        self, starts: NDArray[np.intp], ends: NDArray[np.intp], distance: Floats, share: float
    ) -> tuple[Floats, Floats]:
        """At a share of each stretch: how far the picture is from the mixture, and how much contrast it has lost."""
        pictures, times = self._pictures, self._times
        assert pictures is not None
        begun, lasting = times[starts], times[ends] - times[starts]
        middles = np.searchsorted(times, begun + share * lasting)
        weight = ((times[middles] - begun) / lasting).astype(np.float32)
        first = pictures[starts].astype(np.float32)
        step = pictures[ends] - first
        seen = pictures[middles].astype(np.float32)
        away = np.abs(seen - first - step * weight[:, None]).mean(axis=1) / distance
        if share != _HALF:
            return away, np.zeros(len(away))
        pair = first.var(axis=1) * (1 - weight) + (first + step).var(axis=1) * weight
        return away, (pair - seen.var(axis=1)) / (weight * (1 - weight) * step.var(axis=1) + 1)


def moved(before: Floats, after: Floats) -> float:
    """How much of the difference between two pictures, `(height, width)`, small movements explain: 0 to 1.

    Each cell of `_CELL` pixels has one movement, that which leaves least (Lucas and Kanade, 1981).
    """
    middle, change = (before + after) / 2, (after - before)[1:-1, 1:-1]
    across, down = (middle[1:-1, 2:] - middle[1:-1, :-2]) / 2, (middle[2:, 1:-1] - middle[:-2, 1:-1]) / 2
    rows, columns = (max(1, min(_CELL, side)) for side in change.shape)
    height, width = (side // cell for side, cell in zip(change.shape, (rows, columns), strict=True))
    if not height * width:
        return 0.0

    def cells(product: Floats) -> Floats:
        parts = product[: height * rows, : width * columns].reshape(height, rows, width, columns)
        return np.asarray(parts.mean(axis=(1, 3), dtype=np.float64))

    xx, xy, yy = cells(across * across) + _FLAT, cells(across * down), cells(down * down) + _FLAT
    x, y = cells(across * change), cells(down * change)
    explained = (yy * x * x - 2 * xy * x * y + xx * y * y) / (xx * yy - xy * xy)
    return float(explained.sum() / max(1e-9, float(cells(change * change).sum())))


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
    return np.asarray((np.maximum(a, b) - np.minimum(a, b)).mean(axis=1, dtype=np.float64))
