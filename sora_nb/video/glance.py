"""What every frame is asked, on a picture of 160 pixels: how bright, how it differs from the one before."""

from __future__ import annotations

from dataclasses import dataclass

import av
import numpy as np
from av.video.reformatter import Interpolation, VideoReformatter
from numpy.typing import NDArray

from sora_nb.video.upright import Picture, fit, planes

SIDE = 160
"""Pixels along the longer side."""

_CHROMA_SIDE = SIDE // 2
_PLANAR = frozenset({"yuv420p", "yuvj420p"})
_STORED = np.float32(219 / 255)
"""From brightness of 0 to 255 to the 16 to 235 that is stored, on which the cuts' thresholds were measured."""

_LEVELS = np.arange(256, dtype=np.float64)
_SUMS = np.stack([_LEVELS, _LEVELS**2, _LEVELS < 25, _LEVELS > 245], axis=1)

FIGURES = ("luma", "contrast", "dark", "bright", "motion", "change")
"""What `Glance.figures` gives, in order."""


@dataclass(frozen=True, slots=True)
class Glance:
    """One frame at a small size: brightness from 0 to 255, and its two colour differences at half of that size."""

    luma: Picture
    blue: Picture
    red: Picture

    def figures(self, before: Glance | None) -> tuple[float, ...]:
        """The figures of `FIGURES`; without a frame *before*, motion and change are 0.

        Brightness and its standard deviation on 0 to 255, the shares of pixels below 25 and above 245, the mean
        change of brightness, and the change that tells cuts: the mean of Y, U and V, the last two doubled.
        """
        sums = np.bincount(self.luma.ravel(), minlength=256) @ _SUMS / self.luma.size
        mean = float(sums[0])
        contrast = float(np.sqrt(max(0.0, float(sums[1]) - mean * mean)))
        motion = change = 0.0
        if before is not None:
            motion = _difference(self.luma, before.luma)
            colour = _difference(self.blue, before.blue) + _difference(self.red, before.red)
            change = (motion * float(_STORED) + 2 * colour) / 3
        return mean, contrast, float(sums[2]), float(sums[3]), motion, change

    def middle(self, *, across: bool = True) -> float:
        """How much it looks as if somebody were in the middle, 0 to 1: colours like skin there, and few beside.

        It knows no faces: wood and sand pass for skin, and whoever has fur does not. *across* takes columns for
        the picture's width, as they are unless it is turned.
        """
        step = tuple(-(-whole // part) for whole, part in zip(self.luma.shape, self.blue.shape, strict=True))
        lit = self.luma[:: step[0], :: step[1]] > 40
        skin = lit & (self.blue >= 77) & (self.blue <= 127) & (self.red >= 135) & (self.red <= 173)
        share = skin.mean(axis=0 if across else 1)
        third = len(share) // 3
        if third == 0:
            return 0.0
        inside, beside = float(share[third:-third].mean()), float(np.r_[share[:third], share[-third:]].mean())
        among = inside / (inside + beside + 0.02)
        return float(np.clip((inside - 0.05) / 0.2, 0, 1) * np.clip((among - 0.35) / 0.25, 0, 1))


class Glancer:
    """Makes the small pictures of one video, all of one size."""

    def __init__(self) -> None:
        self._luma, self._chroma = VideoReformatter(), VideoReformatter()
        self._size: tuple[int, int] | None = None

    def __call__(self, frame: av.VideoFrame) -> Glance:
        """The frame, small. Each pixel of brightness is the mean of an area, so that nothing flickers."""
        if self._size is None:
            width, height = fit((frame.width, frame.height), (SIDE, SIDE), enlarge=True)
            self._size = max(4, width), max(4, height)
        size = self._size
        grey = self._luma.reformat(frame, *size, "gray", interpolation=Interpolation.AREA)
        return Glance(planes(grey)[0].copy(), *self._colours(frame, (size[0] // 2, size[1] // 2)))

    def _colours(self, frame: av.VideoFrame, size: tuple[int, int]) -> tuple[Picture, Picture]:
        width, height = size
        if frame.format.name in _PLANAR and frame.width // 2 >= width and frame.height // 2 >= height:
            # Colour changes slowly from pixel to pixel, so single ones stand for areas at a tenth of the time.
            return _picked(planes(frame)[1], size), _picked(planes(frame)[2], size)
        small = self._chroma.reformat(frame, 2 * width, 2 * height, "yuv420p", interpolation=Interpolation.AREA)
        return planes(small)[1].copy(), planes(small)[2].copy()


def _picked(plane: Picture, size: tuple[int, int]) -> Picture:
    """The pixels of *plane* that lie in the middle of each cell of a grid of *size* (width, height)."""
    rows, columns = (
        ((2 * np.arange(count) + 1) * length // (2 * count))
        for count, length in ((size[1], plane.shape[0]), (size[0], plane.shape[1]))
    )
    return np.ascontiguousarray(plane[rows][:, columns])


def _difference(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> float:
    return float((np.maximum(a, b) - np.minimum(a, b)).sum(dtype=np.uint32)) / a.size
