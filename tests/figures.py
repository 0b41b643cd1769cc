"""Small drawn characters in small drawn places, for what looks at who is in a picture."""

from __future__ import annotations

from functools import cache

import numpy as np
from PIL import Image, ImageDraw

SIZE = (320, 180)

ADA = ((60, 40, 30), (240, 200, 170), (200, 40, 50), (40, 60, 130))
"""Colours of hair, face, coat and legs."""
BEN = ((230, 190, 90), (120, 80, 60), (40, 150, 140), (235, 230, 225))

Place = tuple[float, float, float]
"""Middle, feet, and height of a character, in shares of the picture's width, height and height."""


@cache
def room(seed: int) -> np.ndarray:
    """A place with walls and things of its own colours."""
    rng = np.random.default_rng(seed)
    picture = Image.new("RGB", SIZE, tuple(rng.integers(90, 200, 3).tolist()))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 140, *SIZE), fill=tuple(rng.integers(60, 160, 3).tolist()))
    for _ in range(14):
        x, y = rng.integers(0, SIZE[0]), rng.integers(0, SIZE[1])
        draw.ellipse((x, y, x + 30, y + 24), fill=tuple(rng.integers(60, 220, 3).tolist()))
    return np.asarray(picture)


def figure(picture: np.ndarray, colours: tuple, place: Place) -> np.ndarray:
    """*picture* with a character in it."""
    hair, face, coat, legs = colours
    image = Image.fromarray(picture)
    draw = ImageDraw.Draw(image)
    middle, feet, high = place[0] * SIZE[0], place[1] * SIZE[1], place[2] * SIZE[1]

    def part(top: float, bottom: float, wide: float, colour: tuple) -> None:
        draw.rounded_rectangle(
            (middle - wide * high, feet - top * high, middle + wide * high, feet - bottom * high), high / 30, colour
        )

    part(1.0, 0.75, 0.13, hair)
    part(0.93, 0.75, 0.09, face)
    part(0.76, 0.35, 0.19, coat)
    part(0.37, 0.0, 0.14, legs)
    return np.asarray(image)


def around(place: Place) -> tuple[float, float, float, float]:
    """The box that a person would draw."""
    middle, feet, high = place
    wide = 0.38 * high * SIZE[1] / SIZE[0]
    return middle - wide / 2, feet - high, wide, high
