"""A box that was drawn once, followed through the pictures before and after."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import takewhile
from pathlib import Path

import numpy as np
from av.video.reformatter import Interpolation, VideoReformatter
from numpy.typing import NDArray

from sora_nb.errors import ConfigError, VideoFileError
from sora_nb.timerange import TimeRange
from sora_nb.video.appearance import Appearance, View, searched
from sora_nb.video.box import Box, BoxLike
from sora_nb.video.cuts import change, cuts
from sora_nb.video.numbers import require_moment, require_samples
from sora_nb.video.playback import Shown, play
from sora_nb.video.probe import probe
from sora_nb.video.source import opened
from sora_nb.video.upright import Picture, Upright, fit, planes

_SIDE = 192
_LOST = 0.5
"""A place that is less like the first one than this, 0 to 1, is somewhere else."""
_KNOWN = 0.7
"""From here on a picture is taken into what is known of the looks, so that one may turn and come nearer."""
_REFRESH = 8
_STEPS = 3
"""Small steps from one sample to the next: a box may move by half of itself."""
_MOST = 10_000
"""Samples: 20 minutes at 8 a second. Those before the box are held at once, of at most 27 kB each."""


@dataclass(frozen=True, eq=False, slots=True)
class Followed:
    """Where a box went."""

    times: NDArray[np.float64]
    """Seconds, `(n,)`."""
    boxes: NDArray[np.float64]
    """Left, top, width and height in shares of the picture, `(n, 4)`; NaN from where it was lost."""
    scores: NDArray[np.float64]
    """How like the first box each one is, 0 to 1, `(n,)`; NaN where it was lost."""
    lost: tuple[float, ...]
    """When it was lost, in seconds: at a cut, or because nothing near looked like it. Empty where it never was."""

    @property
    def coverage(self) -> float:
        """The share of samples in which it is known where it is."""
        return float(np.isfinite(self.scores).mean())

    def to_bytes(self) -> bytes:
        """All of it, as another process is told."""
        file = BytesIO()
        rows = np.column_stack([self.times, self.boxes, self.scores])
        np.savez(file, rows=rows, lost=np.array(self.lost))
        return file.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> Followed:
        """What `to_bytes` told."""
        with np.load(BytesIO(data), allow_pickle=False) as file:
            rows, lost = file["rows"], file["lost"]
        return cls(rows[:, 0], rows[:, 1:5], rows[:, 5], tuple(lost.tolist()))

    def box(self, at: float) -> Box | None:
        """Where it is at *at* seconds, by the nearest sample; None where that is not known."""
        near = int(np.abs(self.times - at).argmin())
        return Box(*self.boxes[near].tolist()) if np.isfinite(self.boxes[near]).all() else None


def follow(
    source: str | os.PathLike[str],
    box: BoxLike,
    at: float,
    span: TimeRange | str | tuple[float, float] | None = None,
    *,
    samples: float = 8.0,
) -> Followed:
    """Follow *box*, drawn on the picture at *at* seconds, through *span*, the whole video if None.

    It goes by colours and where they are, *samples* times a second and on the very picture that is seen at *at*, and
    survives coming nearer and going away. It never looks beyond a cut, and where nothing near is like it any more it
    is lost from there on, which is told and not guessed over. Raises `ConfigError` where *at* is outside of *span* or
    the stretch is too long, `RangeError` where nothing of the video lies in *span*, `VideoFileError` where the video
    cannot be read.
    """
    box = Box.of(box)
    require_moment(at)
    require_samples(samples)
    info = probe(source)
    span = info.part(span)
    if not span.start <= at <= min(span.end, info.duration):
        raise ConfigError(f"The box was drawn at {at:g} s, outside of {span}. Give a range with that moment in it.")
    if span.seconds * samples > _MOST:
        raise ConfigError(
            f"{samples:g} samples a second of {span.seconds:g} s cannot be followed. Take a shorter range."
        )
    times, breaks, before, ahead = _seen(source, span, samples, at, box)
    drawn = len(before) - 1
    behind = _Trail(before[drawn], box)
    for picture in before[_first_of_shot(breaks, drawn) : drawn][::-1]:
        behind.go_on(picture)
    places = np.full((len(times), 4), np.nan)
    scores = np.full(len(times), np.nan)
    places[drawn], scores[drawn] = (box.x, box.y, box.w, box.h), 1.0
    lost = []
    for way, trail in ((range(drawn + 1, len(times)), ahead), (range(drawn - 1, -1, -1), behind)):
        for number, index in enumerate(way):
            if number == len(trail.found) or breaks[max(index, index - way.step)]:
                lost.append(float(times[index]))
                break
            place, scores[index] = trail.found[number]
            places[index] = place.x, place.y, place.w, place.h
    return Followed(times, places, scores, tuple(sorted(lost)))


class _Trail:
    """Where a box goes, picture by picture, until it is lost."""

    def __init__(self, picture: Picture, box: Box) -> None:
        self.found: list[tuple[Box, float]] = []
        """Where it is in each picture so far, and how like the first that is."""
        self._box, self._lost = box, False
        self._known = [(View(picture), box)]
        self._original = self._looks = Appearance(self._known)

    def go_on(self, picture: Picture) -> None:
        """Look for it in the next picture; not any more where it was lost."""
        if self._lost:
            return
        view = View(picture)
        there = None if view.flat else _nearest(self._looks, view, self._box)
        if there is None or self._looks.alike(view, there) < _LOST:
            self._lost = True
            return
        self._box, score = there, self._original.alike(view, there)
        self.found.append((there, score))
        if len(self.found) % _REFRESH == 0 and score >= _KNOWN:
            self._looks = Appearance([*self._known, (view, there)])


def _first_of_shot(breaks: NDArray[np.bool_], index: int) -> int:
    """The first sample of the shot that one is in."""
    return int(np.flatnonzero(breaks[: index + 1]).max(initial=0))


def _nearest(looks: Appearance, view: View, box: Box) -> Box | None:
    """Where *box* has moved to, in small steps; None where it has left the picture."""
    for _ in range(_STEPS):
        there = looks.near(view, box)
        if there is None or there == box:
            return there
        box = there
    return box


def _seen(
    source: str | os.PathLike[str], span: TimeRange, samples: float, at: float, box: Box
) -> tuple[NDArray[np.float64], NDArray[np.bool_], list[Picture], _Trail]:
    """Times of the samples, before which of them there was a cut, small pictures of those up to *at*, and the trail on.

    What is seen at that moment is a sample too, since the one before or after it may show another shot. What comes
    later is followed as it is seen, so that it need not be held, and beyond cuts, which are known only afterwards.
    """
    small = VideoReformatter()
    times: list[float] = []
    pictures: list[Picture] = []
    changes: list[float] = []
    moments: list[float] = []
    places: list[int] = []
    last: tuple[Picture, ...] = ()
    trail: _Trail | None = None
    at_ms, taken = TimeRange(at, at).start_ms, 0

    def take(time: float, picture: Picture) -> None:
        times.append(time)
        places.append(len(changes) - 1)
        if trail is None:
            pictures.append(picture)
        else:
            trail.go_on(picture)

    with opened(source) as footage:
        upright: Upright | None = None
        shown: Shown | None = None
        for shown in _until(play(footage, span.start_ms), max(span.end_ms, at_ms + 1)):
            upright = upright or Upright.of(footage, shown.frame)
            size = fit((shown.frame.width, shown.frame.height), (160, 160), enlarge=True)
            now = planes(small.reformat(shown.frame, *size, "yuv420p", interpolation=Interpolation.AREA))
            changes.append(change(last, now) if last else 0.0)
            moments.append(float(shown.start))
            last = now
            due, here = float(shown.end) > span.start + taken / samples, trail is None and shown.end_ms > at_ms
            taken += due
            if due or here:
                take(at if here else max(float(shown.start), span.start), _small(upright, shown))
            if here:
                trail = _Trail(pictures[-1], box)
        if trail is None and upright is not None and shown is not None:  # past the end the last picture is seen
            take(at, _small(upright, shown))
            trail = _Trail(pictures[-1], box)
    if trail is None:
        raise VideoFileError(f"{Path(source).name} shows no picture from {span}. Choose another range.")
    breaks = np.zeros(len(times), bool)
    for cut in cuts(changes, moments):
        later = int(np.searchsorted(places, cut))
        if later < len(breaks):
            breaks[later] = True
    return np.array(times), breaks, pictures, trail


def _until(playing: Iterable[Shown], end_ms: int) -> Iterator[Shown]:
    """What is shown before a moment."""
    return takewhile(lambda shown: shown.start_ms < end_ms, playing)


def _small(upright: Upright, shown: Shown) -> Picture:
    """A picture as it is looked at, a quarter of what it is taken at: many of them are held at once."""
    return searched(upright.rgb(shown.frame, fit(upright.size, (_SIDE, _SIDE), enlarge=True)))
