"""From the picture as it is stored to the picture that people see: turned, square in its pixels, scaled.

FFmpeg decodes a phone's video lying on its side and leaves the turning to the player. Here is the one
place that does it.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter
from numpy.typing import NDArray

from sora_nb.video.source import Footage

Picture = NDArray[np.uint8]
"""RGB, `(height, width, 3)`; or one plane of a picture, `(height, width)`."""

_UNTOLD = (0, 2)
_WIDEST = Fraction(4)
"""Pixels are at most this much wider than high, or higher than wide; those of broadcasts stay under 2."""
_HD_LINES = 720
"""From here on a video that does not name its colours is taken for BT.709, below for BT.601, as players do."""


@dataclass(frozen=True, slots=True)
class Upright:
    """How stored pictures become the ones that are seen: exchange the axes, then mirror."""

    size: tuple[int, int]
    """Width and height as shown."""
    transposed: bool
    mirrored_x: bool
    mirrored_y: bool
    _scaler: VideoReformatter

    @classmethod
    def of(cls, footage: Footage, frame: av.VideoFrame) -> Upright:
        """What *frame*, the first of *footage*, says about all of them."""
        a, b, c, d = _axes(frame)
        transposed = abs(a) < abs(b)
        aspect = Fraction(footage.stream.sample_aspect_ratio or 1)
        if not 1 / _WIDEST <= aspect <= _WIDEST:
            aspect = Fraction(1)  # a number that was damaged, and no camera's
        width, height = frame.width, frame.height
        # Browsers stretch and never shrink, so that no line of the picture is lost.
        wide, high = (round(width * aspect), height) if aspect > 1 else (width, round(height / aspect))
        size = (high, wide) if transposed else (wide, high)
        flips = (c < 0, b < 0) if transposed else (a < 0, d < 0)
        return cls(size, transposed, *flips, VideoReformatter())

    @property
    def rotation(self) -> int:
        """Degrees clockwise, leaving a mirror image aside."""
        if self.transposed:
            return 90 if self.mirrored_x else 270
        return 180 if self.mirrored_y else 0

    def rgb(self, frame: av.VideoFrame, size: tuple[int, int]) -> Picture:
        """The picture as RGB, `(height, width, 3)`, scaled to *size* (width, height)."""
        scaled = self._scaled(frame, size, "rgb24", ColorRange.JPEG)
        return self._turned(np.asarray(scaled.to_ndarray(), dtype=np.uint8))

    def smaller(self, frame: av.VideoFrame, side: int) -> av.VideoFrame:
        """The frame as it is stored, as yuv420p with its longer side at *side*: `rgb` takes it in its place."""
        width, height = fit((frame.width, frame.height), (side, side), enlarge=True)
        size = (height, width) if self.transposed else (width, height)
        return self._scaled(frame, size, "yuv420p", ColorRange.MPEG)

    def yuv(self, frame: av.VideoFrame, size: tuple[int, int], canvas: tuple[int, int] | None = None) -> av.VideoFrame:
        """The picture as yuv420p, scaled to *size* and, where a *canvas* is given, centred on its black. All even."""
        scaled = self._scaled(frame, size, "yuv420p", ColorRange.MPEG)
        if canvas in (None, size) and not (self.transposed or self.mirrored_x or self.mirrored_y):
            return scaled
        out = av.VideoFrame(*(canvas or size), "yuv420p")
        out.colorspace, out.color_range = scaled.colorspace, scaled.color_range
        out.color_primaries, out.color_trc = scaled.color_primaries, scaled.color_trc
        # Whole pairs of lines and columns, so that colour stays on its brightness.
        left, top = ((whole - part) // 4 * 2 for whole, part in zip(canvas or size, size, strict=True))
        for plane, ground, step, black in zip(planes(scaled), planes(out), (1, 2, 2), (16, 128, 128), strict=True):
            picture = self._turned(plane)
            height, width = picture.shape
            ground[:] = black
            ground[top // step : top // step + height, left // step : left // step + width] = picture
        return out

    def _scaled(self, frame: av.VideoFrame, size: tuple[int, int], pixels: str, levels: ColorRange) -> av.VideoFrame:
        width, height = reversed(size) if self.transposed else size
        guessed = taken_for(frame)
        return self._scaler.reformat(
            frame,
            width,
            height,
            pixels,
            src_colorspace=None if frame.format.is_rgb else guessed,
            dst_colorspace=guessed,
            interpolation=Interpolation.AREA,
            dst_color_range=levels,
            threads=1,  # two passes over a film at once, decoding and this, use the cores better
        )

    def _turned(self, picture: Picture) -> Picture:
        if self.transposed:
            picture = picture.swapaxes(0, 1)
        return picture[:: -1 if self.mirrored_y else 1, :: -1 if self.mirrored_x else 1]


def fit(size: tuple[int, int], box: tuple[int, int], *, enlarge: bool = False) -> tuple[int, int]:
    """The largest even size of the shape of *size* that lies within *box*, no larger than *size* unless *enlarge*."""
    scale = min(Fraction(box[0], size[0]), Fraction(box[1], size[1]))
    if not enlarge:
        scale = min(scale, Fraction(1))
    width, height = (max(2, int(side * scale) // 2 * 2) for side in size)
    return width, height


def taken_for(frame: av.VideoFrame) -> Colorspace | None:
    """The colours that players take a frame to have which does not name them; None where it does."""
    if frame.colorspace not in _UNTOLD:
        return None
    return Colorspace.ITU709 if min(frame.width, frame.height) >= _HD_LINES else Colorspace.ITU601


def planes(frame: av.VideoFrame) -> tuple[Picture, ...]:
    """The planes of an 8-bit frame such as yuv420p, as arrays over its own memory: `(height, width)` each."""
    return tuple(
        np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)[: plane.height, : plane.width]
        for plane in frame.planes
    )


def _axes(frame: av.VideoFrame) -> tuple[int, int, int, int]:
    """The four numbers of a display matrix that turn and mirror: (x, y) is shown at (ax + cy, bx + dy)."""
    side_data: Any = frame.side_data  # published as one entry, and is a mapping of them
    matrix = side_data.get("DISPLAYMATRIX")
    if matrix is None:
        return 1, 0, 0, 1
    a, b, _, c, d = np.frombuffer(bytes(matrix), np.int32)[:5].tolist()
    return a, b, c, d
