"""A stretch of any video as an MP4, frame for frame, with a few frames in memory at a time."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import chain, takewhile
from pathlib import Path

from sora_nb.atomic import atomically
from sora_nb.errors import ConfigError, VideoFileError
from sora_nb.timerange import TimeRange
from sora_nb.video.clipfile import ClipFile, Encoding
from sora_nb.video.playback import Shown, counted_rate, play
from sora_nb.video.sound import sound
from sora_nb.video.source import opened
from sora_nb.video.upright import Upright

_MOST_HELD = Fraction(1, 2)
"""Seconds for which the last picture may stand in for those that are missing."""


def target_of(source: Path, target: str | Path) -> Path:
    """The path to write to. `ConfigError` where *target* names no file, or *source*, by whatever path."""
    if os.path.isdir(target or ".") or "\0" in str(target):
        raise ConfigError(f"{str(target)!r} names no file to write. Give one, such as 'clip.mp4'.")
    if os.path.exists(target) and os.path.samefile(source, target):
        raise ConfigError(f"{target} is the source itself, which would be lost. Write to another file.")
    return Path(target)


def transcode(source: Path, span: TimeRange, target: Path, encoding: Encoding) -> None:
    """Write *span* of *source* to *target*, which appears when it is whole and replaces what was there.

    The first frame is the one seen at the start of *span*. Each frame stays as long as it did, so a
    variable rate remains one. Equal input gives equal bytes. Raises `VideoFileError` where reading or
    writing fails.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with atomically(target) as part:
            _write(source, span, part, encoding)
    except OSError as error:
        raise VideoFileError(
            f"{target} could not be written: {error.strerror}. Choose another folder.", "not_written"
        ) from error


def _held(frames: Iterable[Shown], end: Fraction, source: Path) -> Iterator[Shown]:
    """*frames* with the last one held to *end*, as a player holds it. `VideoFileError` where too much is missing."""
    last: Shown | None = None
    for shown in frames:
        if last is not None:
            yield last
        last = shown
    if last is not None:
        if end - last.end > _MOST_HELD:
            raise _no_picture(source, TimeRange(float(last.end), float(end)))
        yield replace(last, end=max(last.end, end))


def _no_picture(source: Path, span: TimeRange) -> VideoFileError:
    return VideoFileError(
        f"{source.name} holds no picture from {span.start:.3f} to {span.end:.3f} s that can be decoded. "
        "Choose another range, or get it again.",
        "damaged",
    )


def _write(source: Path, span: TimeRange, part: Path, encoding: Encoding) -> None:
    with opened(source) as footage:
        fps = counted_rate(footage)
        frames = play(footage, span.start_ms)
        first = next(frames, None)
        if first is None or first.start_ms >= span.end_ms:
            raise _no_picture(source, span)
        upright = Upright.of(footage, first.frame)
        # A range is in whole milliseconds; where it means a frame, that frame's exact time is meant.
        start = first.start if first.start_ms == span.start_ms else Fraction(span.start_ms, 1000)
        end = Fraction(span.end_ms, 1000)
        pieces = sound(source, start, end - start) if encoding.sound else iter(())
        with ClipFile(part, encoding, fps) as clip:
            within = takewhile(lambda shown: shown.start_ms < span.end_ms, chain([first], frames))
            for number, shown in enumerate(_held(within, end, source)):
                begin = shown.start - start if number else Fraction(0)
                stay = min(shown.end, end) - start - begin
                clip.show(upright.yuv(shown.frame, encoding.size, encoding.canvas), begin, stay)
                while clip.heard < begin and (piece := next(pieces, None)) is not None:
                    clip.hear(piece)
            for piece in pieces:
                clip.hear(piece)
