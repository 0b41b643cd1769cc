"""What drifts through the air: rain, snow, dust in the sun, fireflies, steam."""

from __future__ import annotations

from dataclasses import dataclass
from math import pi, sin

import numpy as np
from PIL import Image

from sora_nb.simulator.pictures.canvas import Canvas
from sora_nb.simulator.pictures.palette import Colour


@dataclass(frozen=True)
class _Kind:
    count: int
    speed: tuple[float, float]
    """Units per second to the right and down."""
    wander: float
    radius: tuple[float, float]
    colour: Colour
    opacity: float
    pulse: bool = False
    streak: float = 0
    """Length of a drop in units."""


_KINDS = {
    "rain": _Kind(130, (-130, 900), 0, (1.6, 2.4), (226, 236, 248), 0.5, streak=34),
    "snow": _Kind(110, (-18, 62), 22, (2.5, 6.5), (255, 255, 255), 0.9),
    "dust": _Kind(26, (9, -7), 16, (2.5, 5), (255, 250, 220), 0.5, pulse=True),
    "fireflies": _Kind(26, (7, -5), 34, (9, 15), (222, 255, 150), 0.95, pulse=True),
}
_FADES = 6


class Motes:
    """All the particles of one film, each a function of time."""

    def __init__(self, kind: str, width: float, height: float, scale: float, seed: int) -> None:
        self._kind = _KINDS[kind]
        dice = np.random.default_rng(seed)
        self._places = dice.uniform(0, 1, (self._kind.count, 4))
        self._area = (width + 120, height + 120)
        self._scale = scale
        self._stamps = [_stamps(self._kind, scale, size) for size in (0.0, 0.5, 1.0)]

    def paste(self, frame: Image.Image, seconds: float) -> None:
        """Set every particle into *frame*."""
        kind = self._kind
        for index, (px, py, pace, phase) in enumerate(self._places):
            quick = 0.7 + 0.6 * pace
            x = (
                px * self._area[0]
                + kind.speed[0] * quick * seconds
                + kind.wander * sin(seconds * quick + phase * 2 * pi)
            )
            y = py * self._area[1] + kind.speed[1] * quick * seconds
            fades = self._stamps[index % 3]
            glow = 0.5 + 0.5 * sin(seconds * 1.7 * quick + phase * 2 * pi) if kind.pulse else 1.0
            stamp = fades[round(glow * (_FADES - 1))]
            corner = ((x % self._area[0] - 60) * self._scale, (y % self._area[1] - 60) * self._scale)
            frame.paste(stamp, (round(corner[0]), round(corner[1])), stamp)


def _stamps(kind: _Kind, scale: float, size: float) -> list[Image.Image]:
    """One particle from faint to bright."""
    radius = kind.radius[0] + (kind.radius[1] - kind.radius[0]) * size
    stamps = []
    for step in range(_FADES):
        strength = kind.opacity * step / (_FADES - 1)
        side = kind.streak + 12 if kind.streak else 2 * radius + 2
        board = Canvas(side, side, scale)
        if kind.streak:
            lean = kind.speed[0] / kind.speed[1] * kind.streak
            board.stroke(
                [(side / 2 - lean / 2, 6), (side / 2 + lean / 2, 6 + kind.streak)], radius, kind.colour, strength
            )
        else:
            board.glow(side / 2, side / 2, radius, kind.colour, strength)
            if kind.pulse or radius > 4:
                board.glow(side / 2, side / 2, radius * 0.5, (255, 255, 255), strength)
        stamps.append(board.picture())
    return stamps


class Steam:
    """Puffs that rise over cups and pots."""

    def __init__(self, sources: tuple[tuple[float, float], ...], scale: float) -> None:
        self._sources, self._scale = sources, scale
        self._puffs = []
        for step in range(8):
            age = step / 7
            board = Canvas(60, 60, scale)
            board.glow(30, 30, 10 + 18 * age, (255, 255, 255), 0.5 * sin(pi * min(1.0, age + 0.08)))
            self._puffs.append(board.picture())

    def paste(self, frame: Image.Image, seconds: float) -> None:
        """Set every puff into *frame*."""
        for x, y in self._sources:
            for puff in range(4):
                age = (seconds / 2.4 + puff / 4 + x * 0.01) % 1
                picture = self._puffs[int(age * 7.999)]
                px = x + 12 * sin(age * 5 + puff * 1.7)
                corner = ((px - 30) * self._scale, (y - 100 * age - 30) * self._scale)
                frame.paste(picture, (round(corner[0]), round(corner[1])), picture)
