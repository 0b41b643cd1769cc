"""The clip that a range means, cut to the frame."""

from __future__ import annotations

import os
from pathlib import Path

from sora_nb.errors import ConfigError
from sora_nb.timerange import Limits, TimeRange, require, within
from sora_nb.video.clipfile import Encoding
from sora_nb.video.numbers import is_number
from sora_nb.video.probe import probe
from sora_nb.video.transcode import target_of, transcode
from sora_nb.video.upright import fit

_ANY_LENGTH = Limits("the video")
_LEAST_SIDE = 2


def cut(
    source: str | os.PathLike[str],
    span: TimeRange | str | tuple[float, float],
    target: str | Path,
    *,
    max_side: int | None = 1280,
    pad_to: tuple[int, int] | None = None,
    need_audio: bool = False,
) -> Path:
    """Write *span* of *source* as an MP4 of its own, and give its path.

    H.264 yuv420p and AAC, index in front; upright, with square pixels and even sides. The first frame
    is the one seen at the start of *span*, and the length is that of *span* within one frame.

    *max_side* scales a larger picture down to that many pixels. *pad_to* is a width and height to fill
    instead: the picture is scaled to fit and centred on black. Sound is kept; *need_audio* adds silence
    where there is none. The same call gives the same bytes.

    Raises `RangeError` where *span* lies outside the video, `ConfigError` where *target* is *source* or no file,
    `VideoFileError` where it cannot be read.
    """
    if max_side is not None and not (is_number(max_side) and max_side >= _LEAST_SIDE):
        raise ConfigError(
            f"max_side={max_side!r} is no size. Give {_LEAST_SIDE} pixels or more, or None to leave it as it is."
        )
    info = probe(source)
    path = target_of(info.path, target)
    span = _inside(TimeRange.of(span), info.duration)
    shape = (info.width, info.height)
    encoding = Encoding(
        size=fit(shape, pad_to or (max(shape) if max_side is None else max_side,) * 2, enlarge=pad_to is not None),
        canvas=_even(pad_to) if pad_to else None,
        sound=info.has_audio or need_audio,
    )
    transcode(info.path, span, path, encoding)
    return path


def preview(source: str | os.PathLike[str], target: str | Path) -> Path:
    """Write *source* as an MP4 that every browser plays and scrubs well, and give its path.

    At most 720 lines, a key frame every 12 frames. Its times are those of *source*, so a range that was
    chosen in the preview means the same in the original. Raises `VideoFileError`, and `ConfigError` where *target*
    is *source* or no file.
    """
    info = probe(source)
    path = target_of(info.path, target)
    shape = (info.width, info.height)
    box = (1280, 720) if info.width >= info.height else (720, 1280)
    encoding = Encoding(size=fit(shape, box), sound=info.has_audio, crf=23, gop=12)
    transcode(info.path, TimeRange(0, info.duration), path, encoding)
    return path


def _inside(span: TimeRange, duration: float) -> TimeRange:
    return require(within(span, duration), _ANY_LENGTH, duration)[0]


def _even(size: tuple[int, int]) -> tuple[int, int]:
    if any(side < 2 or side % 2 for side in size):
        raise ConfigError(
            f"A picture of {size[0]}x{size[1]} cannot be encoded: both sides must be even and at least 2."
        )
    return size
