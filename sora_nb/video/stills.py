"""Single pictures out of a video: a poster, a strip for a timeline, samples to look at."""

from __future__ import annotations

import math
import os
from collections import deque
from collections.abc import Iterator
from fractions import Fraction
from io import BytesIO

import numpy as np
from PIL import Image

from sora_nb.errors import ConfigError
from sora_nb.timerange import TimeRange, plain
from sora_nb.video.playback import Shown, key_frame, play, play_from_key
from sora_nb.video.probe import probe
from sora_nb.video.source import Footage, opened
from sora_nb.video.upright import Picture, Upright, fit

MOST_CROPPED = 0.25
"""A picture that would lose more than this share of itself to fill another shape is put on black instead, whole."""

_NEAR_MS = 2_000
"""Tiles less than this apart show the exact middle of their stretch."""
WIDEST_JPEG = 65_500
"""Pixels; a few less than the format has numbers for."""
_MOST_FRAMES = 60
"""Frames decoded for one tile at most, whatever a file's key frames are like."""


def poster(source: str | os.PathLike[str], at: float | None = None, *, width: int = 320) -> bytes:
    """One frame as a JPEG, *width* pixels wide and never wider than the video.

    *at* is in seconds, a tenth into the video if None; past the end it is the last frame.
    Raises `VideoFileError`.
    """
    with opened(source) as footage:
        shown = _shown_at(footage, source, at)
        upright = Upright.of(footage, shown.frame)
        return jpeg(upright.rgb(shown.frame, _wide(upright.size, min(width, upright.size[0]))))


def still(source: str | os.PathLike[str], size: tuple[int, int], at: float | None = None) -> bytes:
    """One frame as a PNG of exactly *size* (width, height) in pixels, for a service that begins a video with it.

    It is the frame that `poster` shows. It fills *size*, cropped around its middle, where that loses at most
    `MOST_CROPPED` of it; else it is there whole, centred on black. Raises `VideoFileError`.
    """
    with opened(source) as footage:
        shown = _shown_at(footage, source, at)
        upright = Upright.of(footage, shown.frame)
        whole = fit(upright.size, size, enlarge=True)
        filling = _filling(upright.size, size)
        scaled = whole if 1 - size[0] * size[1] / (filling[0] * filling[1]) > MOST_CROPPED else filling
        return _png(_centred(upright.rgb(shown.frame, scaled), size))


def filmstrip(
    source: str | os.PathLike[str],
    count: int = 20,
    *,
    height: int = 54,
    span: TimeRange | str | tuple[float, float] | None = None,
) -> bytes:
    """*count* frames side by side as one JPEG, each *height* pixels high, spread over *span*, or all of the video.

    Every frame comes from its own stretch of the video. Where the stretches are long it is the one that
    is cheapest to reach, so two hours take little longer than two minutes; where key frames are very rare,
    a tile may show what is a little earlier. Raises `VideoFileError`.
    """
    if count < 1:
        raise ConfigError(f"A filmstrip of {count} frames is none. Ask for 1 or more.")
    info = probe(source)
    width = max(1, min(round(info.width * height / info.height), WIDEST_JPEG // count))
    start_ms, end_ms = 0, max(1, round(info.duration * 1000))
    if span is not None:
        part = TimeRange.of(tuple(span) if isinstance(span, list) else span)
        start_ms, end_ms = max(start_ms, part.start_ms), min(end_ms, part.end_ms)
        if end_ms <= start_ms:
            raise ConfigError(f"There is nothing of {part} in {plain(info.duration)} s. Ask for a part of the video.")
    with opened(source) as footage, opened(source) as scout:
        footage.stream.codec_context.skip_frame = "NONREF"
        strip = np.zeros((height, count * width, 3), np.uint8)
        upright: Upright | None = None
        for index, shown in enumerate(_spread(footage, scout, start_ms, end_ms - start_ms, count)):
            upright = upright or Upright.of(footage, shown.frame)
            strip[:, index * width : (index + 1) * width] = upright.rgb(shown.frame, (width, height))
    return jpeg(strip, quality=70)


def frames(
    source: str | os.PathLike[str],
    span: TimeRange | str | tuple[float, float] | None = None,
    *,
    every: float,
    width: int,
) -> Iterator[tuple[float, Picture]]:
    """What is seen every *every* seconds of *span*, the whole video if None, as (seconds, picture).

    A picture is RGB uint8, `(height, width, 3)`, upright. Raises `VideoFileError`.
    """
    if every <= 0:
        raise ConfigError(f"Frames every {every} s have no end. Ask for more than 0 s.")
    info = probe(source)
    span = TimeRange.of(span if span is not None else (0, info.duration))
    size = _wide((info.width, info.height), width)
    with opened(source) as footage:
        upright: Upright | None = None
        taken = 0
        for shown in play(footage, span.start_ms):
            upright = upright or Upright.of(footage, shown.frame)
            picture: Picture | None = None
            while (at_ms := span.start_ms + round(taken * every * 1000)) < min(shown.end_ms, span.end_ms):
                picture = upright.rgb(shown.frame, size) if picture is None else picture
                yield at_ms / 1000, picture
                taken += 1
            if shown.end_ms >= span.end_ms:
                return


def _spread(footage: Footage, scout: Footage, start_ms: int, length_ms: int, count: int) -> Iterator[Shown]:
    """One frame for each of *count* equal stretches of a part of the video."""
    stretch = length_ms / count
    playing = play_from_key(footage, start_ms)
    shown = next(playing)
    for index in range(count):
        middle = start_ms + round((index + 0.5) * stretch)
        good_from = middle if stretch < _NEAR_MS else start_ms + round(index * stretch)
        if shown.end_ms <= good_from and key_frame(scout, middle) > shown.end_ms:
            playing = play_from_key(footage, middle)
            shown = next(playing, shown)
        for _ in range(_MOST_FRAMES):
            if shown.end_ms > good_from:
                break
            shown = next(playing, shown)
        yield shown


def _shown_at(footage: Footage, source: str | os.PathLike[str], at: float | None) -> Shown:
    """The frame seen at *at* seconds, a tenth into the video if None; past the end it is the last one."""
    at_ms = round(1000 * (probe(source).duration / 10 if at is None else max(0.0, at)))
    return next(play(footage, at_ms), None) or deque(play_from_key(footage, at_ms), maxlen=1).pop()


def _filling(shape: tuple[int, int], box: tuple[int, int]) -> tuple[int, int]:
    """The smallest size of about the shape of *shape* that leaves nothing of *box* free."""
    scale = max(Fraction(box[0], shape[0]), Fraction(box[1], shape[1]))
    return math.ceil(shape[0] * scale), math.ceil(shape[1] * scale)


def _centred(picture: Picture, size: tuple[int, int]) -> Picture:
    """The middle of *picture* in the middle of a black one of *size*."""
    ground = np.zeros((size[1], size[0], 3), np.uint8)
    rows, columns = (_middle(picture.shape[axis], ground.shape[axis]) for axis in (0, 1))
    ground[rows[1], columns[1]] = picture[rows[0], columns[0]]
    return ground


def _middle(part: int, whole: int) -> tuple[slice, slice]:
    """Which of *part* lines go where among *whole* ones, middle on middle."""
    count = min(part, whole)
    return slice((part - count) // 2, (part + count) // 2), slice((whole - count) // 2, (whole + count) // 2)


def _wide(size: tuple[int, int], width: int) -> tuple[int, int]:
    return width, max(1, round(size[1] * width / size[0]))


def jpeg(picture: Picture, quality: int = 82) -> bytes:
    """The picture as a JPEG file."""
    file = BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=quality)
    return file.getvalue()


def _png(picture: Picture) -> bytes:
    file = BytesIO()
    Image.fromarray(picture).save(file, "PNG", compress_level=3)
    return file.getvalue()
