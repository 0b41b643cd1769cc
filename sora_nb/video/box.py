"""A place in the picture: where the character is."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Real
from typing import TypeAlias

from sora_nb.errors import ConfigError
from sora_nb.video.upright import Picture

MOST = 2.0
"""How many times as wide or as high as the picture a box may be, as that of one who has come very near is."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in shares of the upright picture: its left upper corner, its width and its height.

    >>> Box(0.25, 0.1, 0.5, 0.8)

    It may reach over the picture's edge, as one who walks in does. Raises `ConfigError` where nothing of
    it would be seen.
    """

    x: float
    y: float
    w: float
    h: float

    def __post_init__(self) -> None:
        if not all(isinstance(number, Real) for number in (self.x, self.y, self.w, self.h)):
            raise ConfigError(
                f"{self.x!r}, {self.y!r}, {self.w!r}, {self.h!r} are not the four numbers of a box. "
                "Give left, top, width and height, such as Box(0.25, 0.1, 0.5, 0.8)."
            )
        inside = -self.w < self.x < 1 and -self.h < self.y < 1
        if not (inside and 0 < self.w <= MOST and 0 < self.h <= MOST):
            raise ConfigError(
                f"A box of {self.x:g}, {self.y:g}, {self.w:g}, {self.h:g} shows nothing of the picture. "
                "Give left, top, width and height in shares of it, such as Box(0.25, 0.1, 0.5, 0.8)."
            )

    @classmethod
    def of(cls, box: BoxLike) -> Box:
        """A box, or four numbers that mean one."""
        if isinstance(box, Box):
            return box
        try:
            x, y, w, h = map(float, box)
        except (TypeError, ValueError):
            raise ConfigError(
                f"{box!r} is no box. Give left, top, width and height, such as (0.25, 0.1, 0.5, 0.8)."
            ) from None
        return cls(x, y, w, h)

    def pixels(self, width: int, height: int) -> tuple[int, int, int, int]:
        """Left, top, right and bottom in a picture of that size, what lies outside left out; at least one pixel."""
        left = min(max(round(self.x * width), 0), width - 1)
        top = min(max(round(self.y * height), 0), height - 1)
        right = min(max(round((self.x + self.w) * width), left + 1), width)
        bottom = min(max(round((self.y + self.h) * height), top + 1), height)
        return left, top, right, bottom

    def crop(self, picture: Picture) -> Picture:
        """What is in the box."""
        left, top, right, bottom = self.pixels(picture.shape[1], picture.shape[0])
        return picture[top:bottom, left:right]


BoxLike: TypeAlias = Box | tuple[float, float, float, float]
"""A box, or its four numbers."""
