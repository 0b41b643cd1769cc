"""Which films go into a page, and how large: decided from their weights, before a picture is encoded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from sora_nb.errors import VideoFileError
from sora_nb.video.guarded import shrink
from sora_nb.video.upright import fit as within

Fate = Literal["whole", "smaller", "left out", "none"]
"""A film goes into the page as it is, encoded anew to be `smaller`, or not at all; `none` is a take without a film."""

LEAST_BITS = 200_000
"""Bits a second, sound included, below which a film is not worth looking at, and its picture says more."""

_SIDES = ((1_200_000, 960), (500_000, 640), (280_000, 480), (0, 320))
"""From so many bits a second on, the longer side may have so many pixels: about 0.09 bits for each of 24 frames'."""

_STEPS = 40


@dataclass(frozen=True, slots=True)
class Clip:
    """A film that a page could hold."""

    number: int
    """The take's."""
    path: Path
    bytes: int
    seconds: float
    shape: tuple[int, int]
    """Width and height in pixels, as shown."""
    fps: float


@dataclass(frozen=True, slots=True)
class Fit:
    """What is to become of a film."""

    clip: Clip
    fate: Fate
    bytes: int
    """How many it takes at most, 0 where it is left out."""
    shape: tuple[int, int] | None = None
    """Width and height that it gets, where it is encoded anew."""


def fit(clips: Sequence[Clip], room: int) -> dict[int, Fit]:
    """What becomes of each film, by the number of its take, so that they have *room* bytes together.

    All keep what they have where that fits. Else there is one bit rate that none may pass, as high as there is room
    for: films below it stay as they are, the others are encoded anew. Where even `LEAST_BITS` are too many, the
    largest films are left out.
    """
    kept = sorted(clips, key=lambda clip: _weight(clip, LEAST_BITS))
    while kept and sum(_weight(clip, LEAST_BITS) for clip in kept) > room:
        kept.pop()
    bits = _most_bits(kept, room)
    inside = {clip.number for clip in kept}
    return {clip.number: _fit(clip, bits) if clip.number in inside else Fit(clip, "left out", 0) for clip in clips}


def content(fits: Fit) -> bytes:
    """The film as the page holds it. Raises `VideoFileError` where it is left out, is gone, or cannot be encoded."""
    clip = fits.clip
    if fits.fate == "left out":
        raise VideoFileError(f"{clip.path.name} has no room in the page. Allow more.", "too_large")
    if fits.shape is None:
        try:
            return clip.path.read_bytes()
        except OSError as error:
            raise VideoFileError(f"{clip.path.name} cannot be read: {error.strerror}.", "missing") from error
    with TemporaryDirectory(prefix="sora-nb-report-") as folder:
        made = Path(folder) / "film.mp4"
        return shrink(clip.path, made, most_bytes=fits.bytes, max_side=max(fits.shape)).read_bytes()


def _most_bits(clips: Sequence[Clip], room: int) -> float:
    """Bits a second that none may pass for all to have *room* together; found by halving, the same everywhere."""
    most = max((8 * clip.bytes / clip.seconds for clip in clips), default=0.0)
    if _sum(clips, most) <= room:
        return most
    low, high = float(LEAST_BITS), most
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if _sum(clips, middle) <= room else (low, middle)
    return low


def _sum(clips: Iterable[Clip], bits: float) -> int:
    return sum(_weight(clip, bits) for clip in clips)


def _weight(clip: Clip, bits: float) -> int:
    """The bytes of a film that has *bits* a second at most."""
    return min(clip.bytes, int(bits * clip.seconds / 8))


def _fit(clip: Clip, bits: float) -> Fit:
    least = _weight(clip, bits)
    # A byte may be lost in the division.
    if clip.bytes <= least + 1:
        return Fit(clip, "whole", clip.bytes)
    side = next(side for from_bits, side in _SIDES if bits >= from_bits)
    return Fit(clip, "smaller", least, within(clip.shape, (side, side)))
