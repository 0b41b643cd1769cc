"""What every frame is asked, on a picture of 160 pixels: how bright, how it differs from the one before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import av
import numpy as np
from av.video.reformatter import ColorRange, Interpolation, VideoReformatter
from numpy.typing import NDArray

from sora_nb.video.upright import Picture, fit, planes, taken_for

SIDE = 160
"""Pixels along the longer side."""

_STORED = np.float32(219 / 255)
"""From brightness of 0 to 255 to the 16 to 235 that is stored, on which the cuts' thresholds were measured."""
_FULL = np.clip((np.arange(256) - 16) / _STORED + 0.5, 0, 255).astype(np.uint8).tobytes()
"""And back, by a table of the few small pixels: to stretch them while scaling would cost as much as the scaling."""

_CELLS = (9, 6)
"""Rows and columns in which it is asked how much of a picture's middle moves."""
_FAR, _NEAR = 0.13, 0.22
"""Shares of the middle. Measured: people on a street seen from above move 0.09 to 0.16 of it, whoever is near, down to
a bird in a tree, from 0.22 up to 0.6."""

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
        luma, size = self.luma, self.luma.size
        mean = float(luma.sum(dtype=np.uint32)) / size
        squares = float(np.square(luma, dtype=np.uint16).sum(dtype=np.uint32)) / size
        contrast = max(0.0, squares - mean * mean) ** 0.5
        dark, bright = np.count_nonzero(luma < 25) / size, np.count_nonzero(luma > 245) / size
        motion = change = 0.0
        if before is not None:
            motion = _difference(luma, before.luma)
            colour = _difference(self.blue, before.blue) + _difference(self.red, before.red)
            change = (motion * float(_STORED) + 2 * colour) / 3
        return mean, contrast, dark, bright, motion, change

    def skin(self, *, across: bool = True) -> float:
        """How much it looks by colours like skin as if somebody were in the middle, 0 to 1.

        It knows no faces: wood and sand pass for skin, and whoever has fur does not. *across* takes columns for
        the picture's width, as they are unless it is turned.
        """
        step = tuple(-(-whole // part) for whole, part in zip(self.luma.shape, self.blue.shape, strict=True))
        lit = self.luma[:: step[0], :: step[1]] > 40
        skin = lit & (self.blue >= 77) & (self.blue <= 127) & (self.red >= 135) & (self.red <= 173)
        inside, beside = _thirds(skin.mean(axis=0 if across else 1))
        among = inside / (inside + beside + 0.02)
        return float(np.clip((inside - 0.1) / 0.15, 0, 1) * np.clip((among - 0.5) / 0.15, 0, 1))


class Stirring:
    """What moves between two samples, and where: somebody moves in the middle of a picture that stands."""

    def __init__(self) -> None:
        self._sum: NDArray[np.uint32] | None = None
        self._count = 0

    def add(self, before: Glance, after: Glance) -> None:
        """What changes from one frame to the next."""
        change = _far(before.luma, after.luma)
        if self._sum is None:
            self._sum = np.zeros(change.shape, np.uint32)
        self._sum += change
        self._count += 1

    def middle(self, *, across: bool = True) -> float:
        """How much it looks as if somebody moved in the middle, 0 to 1, since this was asked before.

        A camera that moves moves everything, and people far away move little of the picture; water and traffic in
        the middle pass for somebody.
        """
        if self._sum is None:
            return 0.0
        moving = (self._sum if across else self._sum.T) / self._count
        self._sum, self._count = None, 0
        inside, beside = _thirds(moving.mean(axis=0))
        third = moving.shape[1] // 3
        among = np.clip((inside / (inside + beside + 0.1) - 0.6) / 0.2, 0, 1)
        near = np.clip((_spread(moving[:, third : moving.shape[1] - third]) - _FAR) / (_NEAR - _FAR), 0, 1)
        return float(np.clip((inside - 0.4) / 0.8, 0, 1) * among * near)


class Glancer:
    """Makes the small pictures of one video, all of one size."""

    frame: av.VideoFrame
    """The last of them, as it is stored: `Upright.rgb` takes it in the large one's place."""

    def __init__(self) -> None:
        self._scaler = VideoReformatter()
        self._size: tuple[int, int] | None = None

    def __call__(self, frame: av.VideoFrame) -> Glance:
        """The frame, small. Each pixel is the mean of an area, so that nothing flickers."""
        if self._size is None:
            width, height = fit((frame.width, frame.height), (SIDE, SIDE), enlarge=True)
            self._size = max(4, width), max(4, height)
        small = self._scaler.reformat(
            frame,
            *self._size,
            "yuv420p",
            interpolation=Interpolation.AREA,
            dst_color_range=ColorRange.MPEG,
            threads=1,  # the others decode, and waiting for them costs more than so small a picture
        )
        if not frame.format.is_rgb and (colours := taken_for(frame)) is not None:
            small.colorspace = colours  # so small a picture would be taken for another kind than the large one
        self.frame = small
        luma, blue, red = planes(small)
        full = np.frombuffer(luma.tobytes().translate(_FULL), np.uint8).reshape(luma.shape)
        return Glance(full, blue.copy(), red.copy())


def _thirds(profile: NDArray[np.floating[Any]]) -> tuple[float, float]:
    """The mean of what is in the middle third, and of what is beside it."""
    third = len(profile) // 3
    if third == 0:
        return 0.0, 0.0
    return float(profile[third:-third].mean()), float(np.r_[profile[:third], profile[-third:]].mean())


def _spread(moving: NDArray[np.floating[Any]]) -> float:
    """In how large a share of *moving* the movement is: that of as many cells as would, alike, have its squares."""
    rows, columns = (max(1, side // count) for side, count in zip(moving.shape, _CELLS, strict=True))
    height, width = (side // cell for side, cell in zip(moving.shape, (rows, columns), strict=True))
    if not height * width:
        return 1.0
    cells = moving[: height * rows, : width * columns].reshape(height, rows, width, columns).mean(axis=(1, 3))
    return float(cells.sum() ** 2 / max(1e-9, cells.size * float(np.square(cells).sum())))


def _far(a: Picture, b: Picture) -> Picture:
    return np.asarray(np.maximum(a, b) - np.minimum(a, b))


def _difference(a: Picture, b: Picture) -> float:
    return float(_far(a, b).sum(dtype=np.uint32)) / a.size
