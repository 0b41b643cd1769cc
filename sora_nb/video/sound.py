"""The sound of a stretch of video, sample by sample where the picture is."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.error import FFmpegError, InvalidDataError
from numpy.typing import NDArray

from sora_nb.video.source import Footage, opened, packets, sound_track

RATE = 48_000
"""Samples per second of every track written here."""

Samples = NDArray[np.float32]
"""Left and right, from -1 to 1: `(2, n)`."""

_RUN_UP = Fraction(1, 2)
_SLACK = RATE // 20
"""Samples by which a piece may seem to lie beside the end of the last one and still follow on it."""


def sound(path: Path, start: Fraction, seconds: Fraction) -> Iterator[Samples]:
    """The sound from *start* on, in pieces of a second at most, together *seconds* long to the sample.

    *start* is on the player's clock. Where the file has no sound, or a gap in it, there is silence.
    """
    total = round(seconds * RATE)
    done = 0
    with opened(path) as footage:
        for at, samples in _decoded(footage, start):
            # Containers round times to the millisecond; only what is further off is a gap or an overlap.
            at = done if done and abs(at - done) < _SLACK else at
            if at > done:
                yield from silence(min(at, total) - done)
                done = min(at, total)
            piece = samples[:, done - at : max(0, total - at)]
            if piece.shape[1]:
                yield piece
                done += piece.shape[1]
            if done >= total:
                return
    yield from silence(total - done)


def silence(samples: int) -> Iterator[Samples]:
    """As many samples of nothing, in pieces of a second at most."""
    for at in range(0, samples, RATE):
        yield np.zeros((2, min(RATE, samples - at)), np.float32)


def _decoded(footage: Footage, start: Fraction) -> Iterator[tuple[int, Samples]]:
    """Pieces of sound as (where the first sample lies, counted from *start*; the samples)."""
    track = sound_track(footage)
    if track is None:
        return
    _seek(footage, track, start)
    origin = start + footage.zero
    heard: tuple[str, str, int] | None = None
    resampler = AudioResampler("fltp", "stereo", RATE)
    for frame in _frames(footage, track):
        form = (frame.format.name, frame.layout.name, frame.sample_rate)
        if heard not in (None, form):
            yield from _placed(resampler.resample(None), origin)
            resampler = AudioResampler("fltp", "stereo", RATE)
        heard = form
        yield from _placed(resampler.resample(frame), origin)
    yield from _placed(resampler.resample(None), origin)


def _frames(footage: Footage, track: AudioStream) -> Iterator[av.AudioFrame]:
    for packet in packets(footage, track):
        try:
            yield from track.decode(packet)
        except InvalidDataError:
            continue  # a damaged packet is a moment of silence


def _placed(frames: list[av.AudioFrame], origin: Fraction) -> Iterator[tuple[int, Samples]]:
    for frame in frames:
        if frame is not None and frame.pts is not None:
            at = round((frame.pts * Fraction(frame.time_base or 1) - origin) * RATE)
            yield at, np.asarray(frame.to_ndarray(), dtype=np.float32)


def _seek(footage: Footage, track: AudioStream, start: Fraction) -> None:
    # A little earlier, since the first sounds after a seek lack what they overlap with.
    moment = max(Fraction(0), start - _RUN_UP) + footage.zero
    try:
        footage.container.seek(round(moment / Fraction(track.time_base or 1)), stream=track)
    except FFmpegError:
        footage.container.seek(track.start_time or 0, stream=track, any_frame=True)
