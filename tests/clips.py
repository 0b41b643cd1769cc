"""Test clips drawn here: every frame carries its own number, so a test can name the exact frame.

The number is painted as a row of upright blocks, the lowest bit first, bright for 1; inverted in the lower
half; and a mark lies between. A picture that is turned or mirrored is an error and not another number.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

BITS = 12
MARK = (1, 0, 1, 1, 0, 0, 0, 1, 0, 1, 0, 0)
RATE = 48_000
CODECS = {".webm": "libvpx", ".avi": "mpeg4", ".gif": "gif"}
SOUND = {".webm": "libopus", ".avi": "libmp3lame"}
OPTIONS = {
    "libx264": {"preset": "ultrafast", "crf": "18"},
    "libvpx": {"deadline": "realtime", "cpu-used": "8", "b": "2M"},
}

Painter = Callable[[int, tuple[int, int]], np.ndarray]


def paint(number: int, size: tuple[int, int]) -> np.ndarray:
    """A picture that says *number*: `(height, width, 3)` uint8, white on black."""
    width, height = size
    bits = np.array([number >> bit & 1 for bit in range(BITS)], dtype=np.uint8)
    bands = np.array([bits, bits, bits, bits, MARK, *[1 - bits] * 5], dtype=np.uint8)
    picture = bands[np.arange(height) * len(bands) // height][:, np.arange(width) * BITS // width]
    return np.repeat(picture[..., None] * np.uint8(255), 3, axis=2)


def number(picture: np.ndarray) -> int:
    """The number in an upright picture made by `paint`, at any size. `AssertionError` where there is none."""
    height, width = picture.shape[:2]
    columns = [int((bit + 0.5) * width / BITS) for bit in range(BITS)]
    bright = (picture.reshape(height, width, -1).mean(axis=2) > 127).astype(int)
    bits, mark, inverted = (bright[int(height * share), columns].tolist() for share in (0.2, 0.45, 0.75))
    assert mark == [*MARK], f"no upright number here: {mark}"
    assert all(a != b for a, b in zip(bits, inverted, strict=True)), f"no number here: {bits} over {inverted}"
    return sum(bit << place for place, bit in enumerate(bits))


def make_clip(
    path: Path,
    frames: int = 48,
    fps: int = 24,
    size: tuple[int, int] = (192, 108),
    *,
    times: Sequence[float] | None = None,
    first: float = 0.0,
    beeps: Sequence[float] | None = None,
    beep_hz: float = 1000.0,
    sound_from: float = 0.0,
    codec: str | None = None,
    pix_fmt: str = "yuv420p",
    gop: int = 12,
    b_frames: int = 0,
    turn: int = 0,
    mirror: bool = False,
    pixel_aspect: Fraction | None = None,
    faststart: bool = False,
    painter: Painter = paint,
) -> Path:
    """Write a clip whose frame *i* says *i*, and give its path back.

    *times* are the frames' times in seconds where the rate varies; *first* is added to all of them.
    *beeps* are times of 0.1 s tones on an otherwise silent track, which begins at *sound_from*.
    *turn* is counter-clockwise degrees in the display matrix, *mirror* flips it left to right.
    """
    suffix = path.suffix
    codec = codec or CODECS.get(suffix, "libx264")
    with av.open(str(path), "w", options={"movflags": "+faststart"} if faststart else {}) as container:
        stream: Any = container.add_stream(codec, rate=fps, options=OPTIONS.get(codec, {}))
        stream.width, stream.height, stream.pix_fmt = *size, pix_fmt
        stream.gop_size, stream.max_b_frames = gop, b_frames
        stream.codec_context.time_base = Fraction(1, 1000 if times else fps)
        if pixel_aspect:
            stream.codec_context.sample_aspect_ratio = pixel_aspect
        if turn or mirror:
            stream.set_display_rotation(turn, hflip=mirror)
        track: Any = None
        if beeps is not None:
            track = container.add_stream(SOUND.get(suffix, "aac"), rate=RATE, layout="mono")
            end = first + frames / fps if times is None else first + times[-1] + 1 / fps
            _beep(container, track, beeps, beep_hz, sound_from, end)
        for index in range(frames):
            frame = av.VideoFrame.from_ndarray(painter(index, size), format="rgb24").reformat(format=pix_fmt)
            base = stream.codec_context.time_base
            moment = first + (times[index] if times else index / fps)
            frame.pts, frame.time_base = round(moment / base), base
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def _beep(container: Any, track: Any, beeps: Sequence[float], hertz: float, start: float, end: float) -> None:
    clock = np.arange(round(start * RATE), round(end * RATE)) / RATE
    sounding = np.zeros(clock.shape, dtype=bool)
    for beep in beeps:
        sounding |= (clock >= beep) & (clock < beep + 0.1)
    wave = (0.5 * np.sin(2 * np.pi * hertz * clock) * sounding).astype(np.float32)
    frame = av.AudioFrame.from_ndarray(wave[None], format="fltp", layout="mono")
    frame.sample_rate, frame.pts, frame.time_base = RATE, round(start * RATE), Fraction(1, RATE)
    container.mux(track.encode(frame))
    container.mux(track.encode(None))


def shown(path: Path) -> list[tuple[float, int]]:
    """Every frame of a clip as `(seconds, number)`, read with nothing of the package's own."""
    with av.open(str(path)) as container:
        return [
            (float(frame.pts * frame.time_base), number(frame.to_ndarray(format="rgb24")))
            for frame in container.decode(video=0)
        ]


def beeps_in(path: Path, pause: float = 0.05) -> list[float]:
    """When the tones of a clip's sound begin, in seconds, each after a *pause* at least."""
    onsets, last = [], -1.0
    with av.open(str(path)) as container:
        if not container.streams.audio:
            return []
        for frame in container.decode(audio=0):
            loud = np.abs(frame.to_ndarray().reshape(-1, frame.samples if frame.format.is_planar else 1)).max(axis=0)
            for sample in np.flatnonzero(loud > 0.2):
                moment = frame.time + sample / frame.sample_rate
                if moment - last > pause:
                    onsets.append(float(moment))
                last = moment
    return onsets


def tell_rate(path: Path, seconds_a_frame: float) -> Path:
    """Let the header of a WebM say that every frame lasts so long, as those of some recorders do."""
    blob = bytearray(path.read_bytes())
    at = blob.index(b"\x23\xe3\x83") + 3  # DefaultDuration, in nanoseconds
    size = blob[at] & 0x7F
    blob[at + 1 : at + 1 + size] = round(seconds_a_frame * 1e9).to_bytes(size, "big")
    path.write_bytes(blob)
    return path
