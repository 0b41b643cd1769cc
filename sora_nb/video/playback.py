"""Frames with the time during which each is seen, on the clock that a browser's player shows.

Times are compared in whole milliseconds, rounded as `TimeRange` rounds them. A frame at 2.0333 s is
the frame of a range that starts at 2.033, though it begins a third of a millisecond later.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice

import av
import numpy as np
from av.error import FFmpegError, InvalidDataError
from numpy.typing import NDArray

from sora_nb.errors import VideoFileError
from sora_nb.video.source import Footage, packets

_STEPS_BACK_MS = (0, 2_000, 12_000, 60_000)
"""How much further back to look, one try after another, where a seek led too far."""
_SEARCHED_BY_DECODING = ("ts", "mpeg")
"""Kinds searched by when a packet is decoded, so that a search for the first picture leads behind its packet."""
_BEFORE_ALL = 60
"""Seconds before the start to look for where these kinds begin; no picture is decoded that long before it is seen."""
_MOST_FRAMES_A_SECOND = 300
"""A header that says more mostly means the ticks of its clock: what Chrome records of a camera says 1000."""
_UNKNOWN_RATE = Fraction(25)
_COUNTED = 120
"""Packets whose times tell a rate that no header does."""
_SAME_RATE = 0.05
_TICK = Fraction(1, 1000)


@dataclass(frozen=True, slots=True)
class Shown:
    """One frame and when it is on the screen, in exact seconds."""

    start: Fraction
    end: Fraction
    frame: av.VideoFrame

    @property
    def start_ms(self) -> int:
        """When it appears, in milliseconds."""
        return _milliseconds(self.start)

    @property
    def end_ms(self) -> int:
        """When the next frame takes its place, in milliseconds."""
        return _milliseconds(self.end)


def play(footage: Footage, at_ms: int = 0) -> Iterator[Shown]:
    """The frames in order, the first being the one seen at *at_ms*, or the first of all before there is one.

    Past the end there is none. Raises `VideoFileError` where nothing at all can be decoded.
    """
    seen = False
    for shown in play_from_key(footage, at_ms):
        seen = True
        if shown.end_ms > at_ms:
            yield shown
    if not seen:
        raise VideoFileError(f"{footage.path.name} holds no picture that can be decoded. Get it again.", "damaged")


def play_from_key(footage: Footage, at_ms: int) -> Iterator[Shown]:
    """The frames in order from a key frame at or before *at_ms*, or from the first of all."""
    for back in _STEPS_BACK_MS:
        # A seek can lead too far: to a key frame that is decoded before the time and shown after it, or,
        # without an index, to the middle of a group whose frames cannot be decoded.
        frames = _from_seek(footage, max(0, at_ms - back))
        first = next(frames, None)
        if first is not None and first.start_ms <= at_ms:
            yield first
            yield from frames
            return
        if at_ms <= back:
            break
    yield from _from_seek(footage, 0)


def key_frame(footage: Footage, at_ms: int) -> int:
    """When a key frame comes that lies at or before *at_ms*, in milliseconds, undecoded; 0 if none is found."""
    for back in _STEPS_BACK_MS:
        if not seek(footage, max(0, at_ms - back)):
            break
        following = packets(footage, footage.stream)
        key = next((packet.pts for packet in following if packet.is_keyframe and packet.pts is not None), None)
        if key is not None and (start_ms := round(footage.seconds(key) * 1000)) <= at_ms:
            return start_ms
    return 0


def seek(footage: Footage, at_ms: int) -> bool:
    """Go to the key frame at or before *at_ms*; False where the file cannot be searched."""
    base = Fraction(footage.stream.time_base or 1)
    before = _BEFORE_ALL if at_ms <= 0 and footage.kind in _SEARCHED_BY_DECODING else 0
    moment, start = round((Fraction(at_ms, 1000) + footage.zero - before) / base), footage.stream.start_time
    # FLV refuses to go to what lies before its first picture.
    for place in (moment, *([start] if start is not None and start > moment else [])):
        try:
            footage.container.seek(place, stream=footage.stream)
        except (FFmpegError, OverflowError):
            continue
        return True
    return False


def rate(footage: Footage) -> Fraction:
    """Frames per second, the average where they vary; 25 where the file does not say, or says what cannot be."""
    return _told_rate(footage) or _UNKNOWN_RATE


def counted_rate(footage: Footage) -> Fraction:
    """As `rate`, and counted where the file does not say; it leads to the start, so nothing may be playing."""
    told = _told_rate(footage)
    if told is None and seek(footage, 0):
        some = islice(packets(footage, footage.stream), _COUNTED)
        times = np.unique([float(footage.seconds(packet.pts)) for packet in some if packet.pts is not None])
        told = Fraction(_pace(np.diff(times))).limit_denominator(1001) if len(times) > 1 else None
    return told or _UNKNOWN_RATE


def true_rate(told: float, times: NDArray[np.float64]) -> float:
    """*told* frames per second where frames at *times*, in seconds, agree with it; else what they say."""
    steps = np.diff(times)
    # A tick apart are frames whose own times step back, as where a file's times begin anew.
    steps = steps[steps > 1.5 * float(_TICK)]
    if not len(steps):
        return told
    seen, average = _pace(steps), (len(times) - 1) / float(times[-1] - times[0])
    return told if any(abs(told / each - 1) < _SAME_RATE for each in (seen, average)) else seen


def _pace(steps: NDArray[np.float64]) -> float:
    """Frames per second by how long each is seen, pauses and doubled frames left out."""
    usual = float(np.median(steps))
    # The mean of those, since times in whole milliseconds are each a little wrong.
    return 1 / float(steps[(steps >= usual / 2) & (steps <= 2 * usual)].mean())


def _told_rate(footage: Footage) -> Fraction | None:
    told = (footage.stream.average_rate, footage.stream.guessed_rate)
    return next((Fraction(each) for each in told if each and 0 < each <= _MOST_FRAMES_A_SECOND), None)


def _from_seek(footage: Footage, at_ms: int) -> Iterator[Shown]:
    """The frames in order from where a seek to *at_ms* leads."""
    if not seek(footage, at_ms):
        # Some files cannot be searched without an index; then the way leads through all that comes before.
        seek(footage, 0)
    held: av.VideoFrame | None = None
    begun = Fraction(0)
    for frame in _decoded(footage):
        if held is None:
            start = footage.seconds(frame.pts) if frame.pts is not None else begun
        else:
            # AVI with packed B-frames has times that step back; the order of decoding is the right one.
            least = begun + _TICK
            start = footage.seconds(frame.pts) if frame.pts is not None else begun + _lasting(footage, held)
            start = start if _later(start, least) else least
            yield Shown(begun, start, held)
        held, begun = frame, start
    if held is not None:
        yield Shown(begun, begun + _lasting(footage, held), held)


def _decoded(footage: Footage) -> Iterator[av.VideoFrame]:
    for packet in packets(footage, footage.stream):
        try:
            frames = footage.stream.decode(packet)
        except InvalidDataError:
            continue  # a damaged packet costs its frame and not the film, as in any player
        yield from frames


def _lasting(footage: Footage, frame: av.VideoFrame) -> Fraction:
    """How long a frame stays that no other follows, in seconds."""
    ticks = frame.duration
    return ticks * Fraction(footage.stream.time_base or 1) if ticks else 1 / rate(footage)


def _milliseconds(moment: Fraction) -> int:
    """As `round(moment * 1000)`, to the even one where it lies between two; Fractions take ten times as long."""
    thousands, unit = 1000 * moment.numerator, moment.denominator
    whole, rest = divmod(thousands, unit)
    return whole + (2 * rest > unit or (2 * rest == unit and whole % 2))


def _later(one: Fraction, other: Fraction) -> bool:
    return one.numerator * other.denominator > other.numerator * one.denominator
