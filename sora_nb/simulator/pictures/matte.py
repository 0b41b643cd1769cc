"""Which pixels of a clip belong to its character: colours against the border's, motion against a still ground."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

Box = tuple[float, float, float, float]
Floats = NDArray[np.floating[Any]]

_HEIGHT = 120
"""Rows at which the decision is made; finer rows follow the picture's own edges."""
_BANDS = 8
_LIGHT, _CHROMA = 12, 26
"""Steps in which brightness and the two colour differences are told apart."""
_CAUTION = 0.25
"""A colour has to be so many times (1 / this) as common on the character as on the ground to count for it."""
_SIDE = 0.17
"""Share of the width, on each side, that is taken for background."""


@dataclass(frozen=True)
class Matte:
    """For every frame, how surely each pixel belongs to the character (0 to 1), and how far to trust that."""

    alpha: Floats
    """Of shape (count, rows, columns), at a reduced size."""
    confidence: float
    """From 0 to 1; below `USABLE` a portrait is better than this silhouette."""


USABLE = 0.42
CLEAN = 0.72
"""Above this, the silhouette needs no white rim to hide its faults."""


def find(frames: NDArray[np.uint8], box: Box | None = None) -> Matte:
    """Tell the character of *frames* (count, height, width, 3) from what is behind it.

    *box* is where to look: left, top, right, bottom as shares of the picture.
    """
    small = _reduced(frames)
    prior = _prior(small.shape[1], small.shape[2], box)
    plate = _plate(small)
    moving = None if plate is None else _moving(small, plate)
    if moving is not None and box is None and _travels(moving):
        alpha = moving
    else:
        alpha = _by_colour(small, prior, _ground(small, box, moving))
    alpha = _one_piece(alpha, prior)
    return Matte(alpha, _confidence(alpha, small))


def _reduced(frames: NDArray[np.uint8]) -> Floats:
    height, width = frames.shape[1:3]
    size = (max(8, round(width * _HEIGHT / height)), _HEIGHT)
    pictures = [Image.fromarray(frame).convert("YCbCr").resize(size, Image.Resampling.BOX) for frame in frames]
    return np.stack([np.asarray(picture, dtype=np.float32) for picture in pictures])


def _prior(rows: int, columns: int, box: Box | None) -> Floats:
    """Where a character is likely to be: in the middle, or inside the box."""
    y, x = np.mgrid[0:rows, 0:columns]
    y, x = (y + 0.5) / rows, (x + 0.5) / columns
    left, top, right, bottom = box or (0.2, 0.02, 0.8, 1.0)
    fall = 0.5 * (right - left)
    across = np.abs(x - (left + right) / 2) / max(fall, 1e-3)
    weight = np.exp(-0.5 * (across / 0.62) ** 2) * 0.36 + 0.02
    weight[(x < left) | (x > right) | (y < top) | (y > bottom)] = 0.01 if box else 0.04
    return np.asarray(weight, dtype=np.float32)


def _plate(small: Floats) -> Floats | None:
    """The ground behind everything that moves, or None where the camera moves."""
    if len(small) < 6:
        return None
    side = max(2, round(small.shape[2] * _SIDE))
    edges = np.concatenate([small[:, :, :side, 0], small[:, :, -side:, 0]], axis=2)
    if np.median(edges.std(axis=0)) > 2.5:
        return None
    return np.asarray(np.median(small, axis=0), dtype=np.float32)


def _moving(small: Floats, plate: Floats) -> Floats:
    change = np.abs(small - plate).max(axis=3)
    return np.asarray(1 / (1 + np.exp(-(change - 14) / 3)))


def _travels(moving: Floats) -> bool:
    """Whether what moves passes by, so that the ground was seen without it everywhere."""
    columns = (moving > 0.5).mean(axis=1)
    mass = columns.sum(axis=1)
    if np.median(mass) < 0.01 * columns.shape[1]:
        return False
    x = np.arange(columns.shape[1])
    middles = (columns * x).sum(axis=1) / np.maximum(mass, 1e-6)
    spread = np.sqrt((columns * (x - middles[:, None]) ** 2).sum(axis=1) / np.maximum(mass, 1e-6))
    return bool(np.ptp(middles) > 3.2 * np.median(spread))


def _ground(small: Floats, box: Box | None, moving: Floats | None) -> list[Floats]:
    """Where nothing but background can be: off the box, at the sides, and far from all that moves."""
    rows, columns = small.shape[1:3]
    sides = np.zeros((rows, columns), np.float32)
    if box is not None:
        left, top, right, bottom = (
            round(share * side) for share, side in zip(box, (columns, rows, columns, rows), strict=True)
        )
        sides[:] = 1
        sides[top:bottom, left:right] = 0
        return [sides]
    side = max(2, round(columns * _SIDE))
    sides[:, :side] = sides[:, -side:] = 1
    sides[: max(1, rows // 40)] = 1
    if moving is None or (stirred := moving.max(axis=0) > 0.6).mean() < 0.004:
        return [sides]
    still = (_blurred(stirred.astype(np.float32), _HEIGHT / 22) < 0.02).astype(np.float32)
    return [sides, still * (1 - sides)]


def _by_colour(small: Floats, prior: Floats, outside: list[Floats]) -> Floats:
    """Weigh each pixel's colour, at its height, against the colours of the ground and of the middle."""
    rows = small.shape[1]
    light = np.minimum(small[..., 0] * (_LIGHT / 256), _LIGHT - 1).astype(np.int32)
    chroma = np.clip((small[..., 1:] - 64) * (_CHROMA / 128), 0, _CHROMA - 1).astype(np.int32)
    band = (np.arange(rows) * _BANDS // rows)[None, :, None]
    cell = ((band * _LIGHT + light) * _CHROMA + chroma[..., 0]) * _CHROMA + chroma[..., 1]
    share = np.broadcast_to(prior, small.shape[:3])
    certain = np.broadcast_to(np.maximum.reduce(outside), small.shape[:3])
    alpha: Floats = share * (1 - certain)
    known = np.maximum.reduce([_histogram(cell, np.broadcast_to(part, small.shape[:3])) for part in outside])
    ground = known
    for _ in range(5):
        own = _histogram(cell, alpha * (1 - certain))
        ratio = _CAUTION * (own[cell] + 1e-7) / (ground[cell] + 1e-7)
        alpha = share * ratio / (share * ratio + 1 - share)
        alpha = np.stack([_blurred(layer, 1.0) for layer in alpha])
        near = np.stack([_blurred(layer, 2.5) for layer in alpha])
        share = np.clip(0.6 * near + 0.4 * prior, 0.01, 0.9) * (1 - 0.97 * certain)
        ground = np.maximum(known, _histogram(cell, (alpha < 0.12).astype(np.float32)))
    return alpha


def _histogram(cell: NDArray[np.int32], weight: Floats) -> Floats:
    """How often each colour occurs at each height, softened towards its neighbours."""
    shape = (_BANDS, _LIGHT, _CHROMA, _CHROMA)
    counts = np.bincount(cell.ravel(), weight.ravel(), int(np.prod(shape))).reshape(shape)
    for axis, strength in ((0, 0.12), (1, 0.28), (2, 0.28), (3, 0.28)):
        ahead, back = np.roll(counts, 1, axis), np.roll(counts, -1, axis)
        counts = (1 - 2 * strength) * counts + strength * (ahead + back)
    total = counts.sum()
    return np.asarray(counts / max(total, 1e-9), dtype=np.float32).ravel()


def _blurred(layer: Floats, radius: float) -> Floats:
    picture = Image.fromarray((np.clip(layer, 0, 1) * 255).astype(np.uint8))
    return np.asarray(picture.filter(ImageFilter.GaussianBlur(radius)), dtype=np.float32) / 255


def _one_piece(alpha: Floats, prior: Floats) -> Floats:
    """In every frame the piece of the silhouette that matters most, its holes filled."""
    solid = alpha > 0.5
    weight = np.stack([_blurred(layer * prior, 3.0) for layer in alpha]) * solid
    flat = weight.reshape(len(weight), -1)
    seeds = np.zeros_like(solid)
    seeds.reshape(len(weight), -1)[np.arange(len(weight)), flat.argmax(axis=1)] = True
    piece = _grown(seeds & solid, solid)
    outside = np.zeros_like(solid)
    outside[:, 0] = outside[:, :, 0] = outside[:, :, -1] = True
    closed = ~_grown(outside & ~piece, ~piece)
    near = np.stack([_blurred(layer.astype(np.float32), 1.2) for layer in closed]) > 0.2
    return np.where(closed & ~piece, 1, alpha * near).astype(np.float32)


def _grown(seeds: NDArray[np.bool_], allowed: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Everything in *allowed* that hangs together with *seeds*, frame by frame."""
    grown, size = seeds.copy(), -1
    while (now := int(grown.sum())) != size:
        size = now
        for _ in range(4):
            grown[:, 1:] |= grown[:, :-1]
            grown[:, :-1] |= grown[:, 1:]
            grown[:, :, 1:] |= grown[:, :, :-1]
            grown[:, :, :-1] |= grown[:, :, 1:]
            grown &= allowed
    return grown


def _confidence(alpha: Floats, small: Floats) -> float:
    """High where the silhouette is decided, of a fair size, off the sides and steady."""
    solid = alpha > 0.5
    areas = solid.mean(axis=(1, 2))
    area = float(np.median(areas))
    if area < 0.008 or area > 0.7:
        return 0.0
    decided = 1 - float(((alpha > 0.15) & (alpha < 0.85)).mean() / area)
    touching = float(np.median(solid[:, :, [0, -1]].mean(axis=(1, 2))))
    top = float(np.median(solid[:, 0].mean(axis=1)))
    steady = 1 - min(1.0, float(areas.std() / area) * 1.6)
    contrast = _edge_contrast(solid, small)
    score = max(0.0, decided) * steady * max(0.0, 1 - 4 * touching) * max(0.0, 1 - 3 * top)
    return float(np.clip(score * contrast, 0, 1))


def _edge_contrast(solid: NDArray[np.bool_], small: Floats) -> float:
    """From 0 to 1: how strongly the pictures change where the silhouette ends."""
    rim = np.zeros_like(solid)
    rim[:, :, 1:] |= solid[:, :, 1:] != solid[:, :, :-1]
    if not rim.any():
        return 0.0
    step = np.abs(small[:, :, 2:] - small[:, :, :-2]).max(axis=3)
    return float(np.clip(np.median(step[rim[:, :, 1:-1]]) / 26, 0.2, 1)) if rim[:, :, 1:-1].any() else 0.0
