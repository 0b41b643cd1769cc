"""Outlines: lists of points in drawing units, x to the right and y down."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from math import cos, pi, sin

import numpy as np
from numpy.typing import NDArray

Point = tuple[float, float]
Points = list[Point]


def oval(x: float, y: float, rx: float, ry: float | None = None, turn: float = 0) -> Points:
    """An ellipse around (x, y), turned by *turn* radians."""
    ry = rx if ry is None else ry
    count = 48
    angles = [2 * pi * i / count for i in range(count)]
    return turned([(x + rx * cos(a), y + ry * sin(a)) for a in angles], turn, (x, y))


def arc(x: float, y: float, rx: float, ry: float, start: float, end: float) -> Points:
    """Part of an ellipse's rim, from angle *start* to *end* in radians."""
    count = 16
    angles = [start + (end - start) * i / count for i in range(count + 1)]
    return [(x + rx * cos(a), y + ry * sin(a)) for a in angles]


def box(left: float, top: float, right: float, bottom: float, radius: float = 0) -> Points:
    """A rectangle with round corners."""
    radius = min(radius, (right - left) / 2, (bottom - top) / 2)
    if radius <= 0:
        return [(left, top), (right, top), (right, bottom), (left, bottom)]
    corners = ((right, bottom, 0.0), (left, bottom, pi / 2), (left, top, pi), (right, top, 1.5 * pi))
    points: Points = []
    for x, y, start in corners:
        cx = x - radius if x == right else x + radius
        cy = y - radius if y == bottom else y + radius
        points += arc(cx, cy, radius, radius, start, start + pi / 2)
    return points


def smooth(points: Sequence[Point], closed: bool = True, steps: int = 10) -> Points:
    """A soft curve through all *points* (Catmull-Rom)."""
    return _listed(_spline(np.asarray(points, dtype=np.float64), closed, steps))


def ribbon(path: Sequence[Point], widths: Sequence[float], steps: int = 8) -> Points:
    """A soft band along *path*, as wide as *widths* says at each point, with round ends: an arm, a stem, a tail."""
    corners = np.column_stack([np.asarray(path, dtype=np.float64), np.asarray(widths, dtype=np.float64) / 2])
    curve = _spline(corners, closed=False, steps=steps)
    middle, half = curve[:, :2], np.maximum(curve[:, 2:], 0)
    ahead = np.gradient(middle, axis=0)
    length = np.hypot(ahead[:, 0], ahead[:, 1])
    ahead = ahead / np.maximum(length, 1e-9)[:, None]
    across = np.column_stack([-ahead[:, 1], ahead[:, 0]]) * half
    tail = _cap(middle[-1], across[-1], ahead[-1] * half[-1])
    head = _cap(middle[0], -across[0], -ahead[0] * half[0])
    return _listed(np.concatenate([middle + across, tail, (middle - across)[::-1], head]))


def _spline(corners: NDArray[np.float64], closed: bool, steps: int) -> NDArray[np.float64]:
    """Points of any dimension, with *steps* of them between two corners."""
    if closed:
        padded = np.concatenate([corners[-1:], corners, corners[:2]])
    else:
        padded = np.concatenate([corners[:1], corners, corners[-1:]])
    windows = np.stack([padded[k : len(padded) - 3 + k] for k in range(4)], axis=1)
    curve = np.einsum("sk,nkd->nsd", _basis(steps), windows).reshape(-1, corners.shape[1])
    return curve if closed else np.concatenate([curve, corners[-1:]])


@lru_cache
def _basis(steps: int) -> NDArray[np.float64]:
    t = np.arange(steps) / steps
    columns = (-t + 2 * t**2 - t**3, 2 - 5 * t**2 + 3 * t**3, t + 4 * t**2 - 3 * t**3, t**3 - t**2)
    return np.stack(columns, axis=1) / 2


def _cap(at: NDArray[np.float64], side: NDArray[np.float64], out: NDArray[np.float64]) -> NDArray[np.float64]:
    """Half a circle from *at* + *side* by way of *at* + *out* to the other side."""
    angles = np.linspace(0, pi, 13)[:, None]
    half: NDArray[np.float64] = at + np.cos(angles) * side + np.sin(angles) * out
    return half


def _listed(points: NDArray[np.float64]) -> Points:
    return list(map(tuple, points.tolist()))


def turned(points: Sequence[Point], angle: float, about: Point = (0, 0)) -> Points:
    """*points* turned clockwise (on the screen) by *angle* radians."""
    c, s = cos(angle), sin(angle)
    return _listed((np.asarray(points, dtype=np.float64) - about) @ ((c, s), (-s, c)) + about)


def moved(points: Iterable[Point], dx: float, dy: float = 0) -> Points:
    """*points* moved."""
    return [(x + dx, y + dy) for x, y in points]


def mirrored(points: Iterable[Point], about: float = 0) -> Points:
    """*points* mirrored left to right."""
    return [(2 * about - x, y) for x, y in points]
