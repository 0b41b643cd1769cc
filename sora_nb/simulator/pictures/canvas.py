"""A drawing board: shapes in units, painted large and shrunk once, so that every edge is smooth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, floor
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from sora_nb.simulator.pictures.curves import Point, ribbon, turned
from sora_nb.simulator.pictures.palette import Colour


class Gradient(NamedTuple):
    """Paint that runs from *top* to *bottom* of the shape, or from its left to its right side."""

    top: Colour
    bottom: Colour
    sideways: bool = False


Paint = Colour | Gradient


@dataclass(frozen=True)
class Stencil:
    """Where a shape was painted, for shading that must stay inside it."""

    mask: Image.Image
    left: int
    top: int


class Canvas:
    """A transparent board of *width* x *height* units around an origin; one unit becomes *scale* pixels.

    `oversample` is how much larger the painting is than the picture. Colours are kept multiplied
    by their opacity until `picture` is called; that keeps soft edges free of dark seams.
    """

    def __init__(
        self, width: float, height: float, scale: float, *, origin: Point = (0, 0), oversample: int = 3
    ) -> None:
        self.size = (max(1, round(width * scale)), max(1, round(height * scale)))
        self._oversample = oversample
        self._zoom = scale * oversample
        self._origin = origin
        self._image = Image.new("RGBa", (self.size[0] * oversample, self.size[1] * oversample))
        self._turn = 0.0
        self._pivot: Point = (0, 0)
        self._shift: Point = (0, 0)

    def place(self, dx: float = 0, dy: float = 0, turn: float = 0, pivot: Point = (0, 0)) -> None:
        """Turn everything painted from now on by *turn* radians about *pivot*, then move it."""
        self._turn, self._pivot, self._shift = turn, pivot, (dx, dy)

    def fill(
        self,
        points: Sequence[Point],
        paint: Paint,
        opacity: float = 1,
        *,
        blur: float = 0,
        within: Stencil | None = None,
    ) -> Stencil | None:
        """Paint a shape; *blur* in units softens its edge, *within* keeps it inside an earlier shape.

        Returns the shape's stencil, or None where nothing of it lies on the board.
        """
        pixels = self._pixels(points)
        soft = blur * self._zoom
        margin = ceil(soft * 2.5) + 1
        low, high = pixels.min(axis=0), pixels.max(axis=0)
        left, top = (max(0, floor(value) - margin) for value in low)
        right = min(self._image.width, ceil(high[0]) + margin)
        bottom = min(self._image.height, ceil(high[1]) + margin)
        if within is not None:
            left, top = max(left, within.left), max(top, within.top)
            right = min(right, within.left + within.mask.width)
            bottom = min(bottom, within.top + within.mask.height)
        if right <= left or bottom <= top:
            return None
        mask = _soft_mask(pixels - (left, top), (right - left, bottom - top), soft)
        if within is not None:
            corner = (left - within.left, top - within.top)
            mask = ImageChops.multiply(
                mask, within.mask.crop((*corner, corner[0] + mask.width, corner[1] + mask.height))
            )
        stencil = Stencil(mask, left, top)
        if opacity < 1:
            mask = mask.point(_fade(opacity))
        where = (left, top, right, bottom)
        coat = _gradient(paint, pixels, where) if isinstance(paint, Gradient) else _plain(paint, mask.size)
        self._image.paste(coat, where, mask)
        return stencil

    def stroke(
        self,
        path: Sequence[Point],
        width: float,
        paint: Paint,
        opacity: float = 1,
        *,
        blur: float = 0,
        within: Stencil | None = None,
    ) -> Stencil | None:
        """Paint a soft line of one width with round ends."""
        return self.fill(ribbon(path, [width] * len(path)), paint, opacity, blur=blur, within=within)

    def glow(self, x: float, y: float, radius: float, colour: Colour, opacity: float = 1) -> None:
        """Paint a round light that fades to nothing at *radius*."""
        ((cx, cy),) = self._pixels([(x, y)])
        reach = radius * self._zoom
        left, top = floor(cx - reach), floor(cy - reach)
        side = max(2, ceil(2 * reach))
        strength = Image.radial_gradient("L").point(lambda v: round(max(0.0, 1 - v / 181) ** 2 * 255 * opacity))
        mask = strength.resize((side, side), Image.Resampling.BILINEAR)
        self._image.paste(_plain(colour, mask.size), (left, top, left + side, top + side), mask)

    def write(
        self, x: float, y: float, text: str, font: ImageFont.FreeTypeFont, colour: Colour, opacity: float
    ) -> None:
        """Paint a line of text whose left end and middle are at (x, y); the font is as large as the board's pixels."""
        ((px, py),) = self._pixels([(x, y)])
        mask = Image.new("L", self._image.size)
        ImageDraw.Draw(mask).text((px, py), text, round(255 * opacity), font, anchor="lm")
        self._image.paste(_plain(colour, mask.size), (0, 0), mask)

    def picture(self) -> Image.Image:
        """The finished picture as RGBA, `size` pixels large."""
        return self._image.reduce(self._oversample).convert("RGBA")

    def _pixels(self, points: Sequence[Point]) -> NDArray[np.float64]:
        if self._turn:
            points = turned(points, self._turn, self._pivot)
        shift = (self._shift[0] + self._origin[0], self._shift[1] + self._origin[1])
        return (np.asarray(points, dtype=np.float64) + shift) * self._zoom


def _soft_mask(pixels: NDArray[np.float64], size: tuple[int, int], soft: float) -> Image.Image:
    """The mask of a polygon; a strong blur is done on a smaller mask, where it costs less."""
    step = max(1, int(soft / 3))
    mask = Image.new("L", (ceil(size[0] / step), ceil(size[1] / step)))
    ImageDraw.Draw(mask).polygon((pixels / step).ravel().tolist(), fill=255)
    if soft:
        mask = mask.filter(ImageFilter.GaussianBlur(soft / step))
    return mask if step == 1 else mask.resize(size, Image.Resampling.BILINEAR)


@lru_cache(maxsize=256)
def _fade(opacity: float) -> list[int]:
    return [round(value * opacity) for value in range(256)]


def _plain(colour: Colour, size: tuple[int, int]) -> Image.Image:
    # Pillow's paste of a bare colour skips the blending where the board is still empty.
    return Image.new("RGBa", size, (*colour, 255))


def _gradient(paint: Gradient, pixels: NDArray[np.float64], where: tuple[int, int, int, int]) -> Image.Image:
    """The part of a gradient inside *where*, which runs over the whole extent of *pixels*."""
    axis = 0 if paint.sideways else 1
    begin, end = where[axis], where[axis + 2]
    values = pixels[:, axis]
    low, reach = values.min(), max(1e-6, np.ptp(values))
    share = np.clip((np.arange(begin, end) - low) / reach, 0, 1)[:, None]
    ramp = np.full((end - begin, 4), 255, np.uint8)
    ramp[:, :3] = np.rint(np.array(paint.top) * (1 - share) + np.array(paint.bottom) * share)
    size = (1, end - begin) if axis else (end - begin, 1)
    strip = Image.frombytes("RGBa", size, ramp.tobytes())
    return strip.resize((where[2] - where[0], where[3] - where[1]), Image.Resampling.NEAREST)
