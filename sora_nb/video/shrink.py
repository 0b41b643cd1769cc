"""A film made small enough: for a page or a mail that has only so much room."""

from __future__ import annotations

from pathlib import Path

from sora_nb.errors import VideoFileError
from sora_nb.timerange import TimeRange
from sora_nb.video.clipfile import Encoding
from sora_nb.video.probe import probe
from sora_nb.video.transcode import target_of, transcode
from sora_nb.video.upright import fit

_TRIES = 3
_BEGINS = 0.5
"""Seconds of bits that the encoder may have spent ahead of its rate."""
_HEAD = 2_000
_PER_FRAME, _PER_SOUND, _SOUNDS = 16, 6, 47
"""Bytes of the index for a frame and for a packet of sound, and how many of those there are in a second."""
_SOUND_BITS = (64_000, 32_000)
_LEAST_PICTURE_BITS = 20_000


def shrink(source: str | Path, target: str | Path, *, most_bytes: int, max_side: int) -> Path:
    """Write *source* as an MP4 of at most *most_bytes*, its longer side at most *max_side* pixels, and give its path.

    H.264 and AAC, sound kept; nothing is enlarged. Where the film needs less it becomes less. Raises `VideoFileError`,
    with the code `too_large` where so few bytes hold no film of that length, `ConfigError` where *target* is *source*.
    """
    info = probe(source)
    target = target_of(info.path, target)
    size = fit((info.width, info.height), (max_side, max_side))
    index = _HEAD + info.duration * (info.fps * _PER_FRAME + info.has_audio * _SOUNDS * _PER_SOUND)
    bits = 8 * (most_bytes - index)
    for _ in range(_TRIES):
        sound_bits = _SOUND_BITS[bits < 8 * _SOUND_BITS[0] * info.duration] if info.has_audio else 0
        picture_bits = round((bits - sound_bits * info.duration) / (info.duration + _BEGINS))
        if picture_bits < _LEAST_PICTURE_BITS:
            break
        encoding = Encoding(size, sound=info.has_audio, crf=20, most_bits=picture_bits, sound_bits=sound_bits or None)
        transcode(info.path, TimeRange(0, info.duration), target, encoding)
        if (made := target.stat().st_size) <= most_bytes:
            return target
        bits *= 0.95 * most_bytes / made
    target.unlink(missing_ok=True)
    raise VideoFileError(
        f"{info.path.name} lasts {info.duration:.1f} s and cannot be made smaller than {most_bytes} bytes. "
        "Allow more, or cut a part of it.",
        "too_large",
    )
