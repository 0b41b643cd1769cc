"""What a file says about itself: size, length, rate, codec, and whether a browser plays it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av

from sora_nb.errors import RangeError, VideoFileError
from sora_nb.timerange import Finding, TimeRange, plain
from sora_nb.video.playback import counted_rate, play, rate, seek
from sora_nb.video.source import Footage, is_whole, opened, packets, sound_track
from sora_nb.video.upright import Upright

_PLAYABLE = {"mp4": {"h264", "vp9", "av1"}, "mov": {"h264"}, "webm": {"vp8", "vp9", "av1"}}
_EIGHT_BIT_420 = ("yuv420p", "yuvj420p")


@dataclass(frozen=True, slots=True)
class VideoInfo:
    """The facts of a video file."""

    path: Path
    duration: float
    """When the last picture ends, in seconds on a player's clock."""
    width: int
    """Pixels as shown: after rotation, and with square pixels."""
    height: int
    fps: float
    """Frames per second, the average where they vary."""
    codec: str
    """FFmpeg's name for it: `h264 hevc vp9 av1` ..."""
    has_audio: bool
    rotation: int
    """Degrees clockwise that a player turns the stored picture: 0, 90, 180 or 270."""
    bytes: int
    container: str
    """`mp4 mov webm mkv avi ogg flv ts mpeg wmv gif`, read from the content and not from the name."""
    playable: bool
    """Whether today's browsers play it: 8-bit 4:2:0 H.264, VP8, VP9 or AV1, in MP4, QuickTime or WebM."""
    first_pts: float
    """When the first picture appears, in seconds on a player's clock; mostly 0."""

    def part(self, span: TimeRange | str | tuple[float, float] | None) -> TimeRange:
        """*span*, the whole video if None. `RangeError` where nothing of the video lies in it."""
        if span is None:
            return TimeRange(0, self.duration)
        span = TimeRange.of(span)
        lasts = f"{self.path.name} lasts {plain(self.duration)} s"
        if span.end_ms <= span.start_ms:
            code, wrong = "reversed", f"{span}: the end, {plain(span.end)} s, must come after the start. {lasts}."
        elif span.start >= self.duration or span.end_ms <= 0:
            code, wrong = "past_end", f"Nothing of the video lies in {span}: {lasts}."
        else:
            return span
        message = f"{wrong} Give a range within it."
        raise RangeError(message, [Finding("error", code, message)])


def probe(path: str | os.PathLike[str]) -> VideoInfo:
    """The facts of the video at *path*, from its headers and its first frame.

    Where the headers hold no length that can be believed, as in streamed WebM or a file that was cut
    off, the packets are counted without being decoded. Raises `VideoFileError` for a file that is
    missing, empty, cut off, not a video, or without a moving picture.
    """
    with opened(path) as footage:
        stream, codec = footage.stream, footage.stream.codec_context
        first = next(play(footage))
        end = _end(footage)
        if end <= first.start:
            raise VideoFileError(
                f"{footage.path.name} lasts 0 s. Use a video with more than one picture.", "no_picture"
            )
        upright = Upright.of(footage, first.frame)
        return VideoInfo(
            path=footage.path,
            duration=float(end),
            width=upright.size[0],
            height=upright.size[1],
            fps=float(counted_rate(footage)),
            codec=codec.codec.canonical_name,
            has_audio=sound_track(footage) is not None,
            rotation=upright.rotation,
            bytes=footage.path.stat().st_size,
            container=footage.kind,
            playable=_playable(footage.kind, codec.codec.canonical_name, stream.pix_fmt),
            first_pts=max(0.0, float(first.start)),
        )


def _playable(kind: str, codec: str, pixels: str | None) -> bool:
    return codec in _PLAYABLE.get(kind, ()) and (codec != "h264" or pixels in _EIGHT_BIT_420)


def _end(footage: Footage) -> Fraction:
    """When the last picture ends, in seconds on the player's clock."""
    stream, claimed = footage.stream, footage.container.duration
    if footage.kind in ("mp4", "mov") and stream.duration and is_whole(footage.path):
        return footage.seconds((stream.start_time or 0) + stream.duration)
    told = Fraction(claimed, av.time_base) if claimed else None
    found = (_last_packet(footage, round(told * 1000)) if told else None) or _last_packet(footage, 0)
    if told is None or found is None:
        return found or told or Fraction(0)
    # Matroska rounds a packet's length to the millisecond; its header does not.
    return told if abs(told - found) < 1 / rate(footage) else found


def _last_packet(footage: Footage, at_ms: int) -> Fraction | None:
    """When the last picture ends of those behind the key frame at or before *at_ms*, None where there are none."""
    if not seek(footage, at_ms):
        return None
    base = Fraction(footage.stream.time_base or 1)
    ends = (
        footage.seconds(time) + (packet.duration * base if packet.duration else 1 / rate(footage))
        for packet in packets(footage, footage.stream)
        if (time := packet.pts if packet.pts is not None else packet.dts) is not None
    )
    return max(ends, default=None)
