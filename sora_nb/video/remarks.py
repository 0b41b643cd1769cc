"""What is wrong with a range, told from the pictures: the value, the place, and a range that mends it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sora_nb.timerange import Finding, Level, Limits, TimeRange, mend, plain
from sora_nb.video.seen import SHAKEN, Seen
from sora_nb.video.track import Track

Times = NDArray[np.float64]

_GRID_MS = 50
"""A mended range begins at a multiple of this."""
_STILL = 0.05
"""Motion below this is what coding leaves of none."""
_STEADY_RATE = 25
"""Motion is judged as it would be at so many frames a second."""
_LONG = 0.5
"""Seconds: what began before a range and is seen for so long into it is part of it. Two looks are a quarter apart."""
_SAME = 5e-4
"""Moments that lie closer than this are one: ranges are whole milliseconds."""


@dataclass(frozen=True, slots=True)
class Watch:
    """One thing to look for: the moments at which it is so, and how much of a range may be like that."""

    code: str
    level: Level
    times: Times
    flags: NDArray[np.bool_]
    values: NDArray[np.floating[Any]]
    share: float
    """More than this share of the moments in a range must be so; 0 where one is too many."""
    words: Callable[[float, str], str]
    """From the measured value and the place to a sentence without its end."""
    until: Times | None = None
    """When what is so at each moment may end: at the next one, or at a cut. None for what passes at once."""

    def count(self, starts: Times, ends: Times) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """How many moments lie in each range, and at how many of them it is so."""
        total = np.concatenate([[0], np.cumsum(self.flags)])
        first, last = np.searchsorted(self.times, starts + _SAME), np.searchsorted(self.times, ends - _SAME)
        first = first - self._holding(starts, ends, first, last)
        return np.maximum(0, last - first), np.maximum(0, total[last] - total[np.minimum(first, last)])

    def fires(self, starts: Times, ends: Times) -> NDArray[np.bool_]:
        """In which of the ranges it is to be spoken of."""
        moments, so = self.count(starts, ends)
        return np.asarray((so > 0) & (so > self.share * moments))

    def inside(self, span: TimeRange) -> tuple[NDArray[np.floating[Any]], Times]:
        """Values and times of those moments of a range at which it is so."""
        here = (self.times > span.start - _SAME) & (self.times < span.end - _SAME)
        starts, ends = np.array([span.start]), np.array([span.end])
        first, last = np.searchsorted(self.times, starts + _SAME), np.searchsorted(self.times, ends - _SAME)
        here[first - 1] |= self._holding(starts, ends, first, last)
        here &= self.flags
        return self.values[here], np.maximum(self.times[here], span.start)

    def _holding(
        self, starts: Times, ends: Times, first: NDArray[np.integer[Any]], last: NDArray[np.integer[Any]]
    ) -> NDArray[np.bool_]:
        """In which ranges what was so before is so for long, or for all of it; *first* to *last* begin within each.

        Where pictures follow one another as they mostly do, that is in none but those of a moment.
        """
        if self.until is None or not len(self.times):
            return np.zeros(len(starts), bool)
        until = self.until[np.maximum(first - 1, 0)]
        holds = (first > 0) & (until > starts + _SAME)
        return np.asarray(holds & ((last <= first) | (until - starts > _LONG)))


def watches(track: Track) -> list[Watch]:
    """Everything that is looked for in a video, the gravest first. Without a detector, faces are not spoken of."""
    frames, seen = track.frames, Seen.of(track)
    times, moments = frames["time"], track.sample_times
    cut_times = np.array(track.cuts)
    shown, seen_until = _until(times, cut_times), _until(moments, cut_times)
    fading = np.zeros(len(track), bool)
    for fade in track.fades:
        fading |= (times >= fade.start - 1e-6) & (times <= fade.end + 1e-6)
    motion = frames["motion"] * (track.fps / _STEADY_RATE)
    cut_frames = np.isin(times, cut_times)
    still = frames["motion"] < _STILL
    still[0] = False  # nothing is before it
    best = seen.best_sharpness
    # Without faces to measure by, a white wall cannot be told from too much light.
    found = [
        Watch(
            "scene_cut", "warning", cut_times, np.ones(len(cut_times), bool), cut_times, 0,
            lambda _, place: f"crosses a cut at {place}; a character is learned best from one shot",
        ),
        Watch("fade", "warning", times, fading, frames["fade"], 0, lambda _, place: f"fades {place}", shown),
        Watch(
            "blurry", "warning", moments, seen.blurred, seen.sharpness, 0.3,
            lambda value, place: f"is blurred {place}: sharpness {value:.2f}, where the best here has {best:.2f}",
            seen_until,
        ),
        Watch(
            "dark", "warning", moments, seen.dark, seen.light_of, 0.3,
            lambda value, place: f"is dark {place}: brightness {value:.0f} of 255",
            seen_until,
        ),
        Watch(
            "overexposed", "warning" if track.detector else "hint", moments, seen.washed_out, seen.light_of, 0.3,
            lambda value, place: f"is over-exposed {place}: brightness {value:.0f} of 255",
            seen_until,
        ),
        Watch(
            "fast_motion", "warning", times, (motion > 15) & ~cut_frames, motion, 0.3,
            lambda value, place: f"moves fast {place}: {value:.0f} levels a frame, a calm scene has 1",
        ),
        Watch(
            "shaky", "warning", moments, track.samples["shakes"] > SHAKEN, 100 * track.samples["shakes"], 0.3,
            lambda value, place: f"shakes {place}: it jerks by {value:.1f} % of itself from frame to frame",
            seen_until,
        ),
        Watch(
            "static_image", "warning", times, still, frames["motion"], 0.95,
            lambda _, place: f"shows a still {place}: no pixel changes, so no movement can be learned",
            shown,
        ),
    ]  # fmt: skip
    if track.detector is None:
        return found
    if track.followed:
        return [
            *found,
            Watch(
                "no_character", "warning", moments, seen.faces == 0, seen.faces.astype(float), 0.3,
                lambda _, place: f"does not show who was boxed {place}",
                seen_until,
            ),
            Watch(
                "too_small", "warning", moments, seen.height < 0.2, seen.height, 0.5,
                lambda value, place: f"shows who was boxed {place} at {value:.0%} of the height; 20 % is clear",
                seen_until,
            ),
        ]  # fmt: skip
    blind = f", who cannot see {track.blind_to}" if track.blind_to else ""
    return [
        *found,
        Watch(
            "several_faces", "warning", moments, seen.faces > 1, seen.faces.astype(float), 0.15,
            lambda value, place: f"shows up to {value:.0f} faces {place}; a character should be alone",
            seen_until,
        ),
        Watch(
            "no_character", "hint", moments, seen.faces == 0, seen.faces.astype(float), 0.5,
            lambda _, place: f"shows no face {place} to {track.detector}{blind}",
            seen_until,
        ),
        Watch(
            "too_small", "warning", moments, seen.height < 0.12, seen.height, 0.5,
            lambda value, place: f"shows a face of {value:.0%} of the height {place}; from 12 % on it is clear",
            seen_until,
        ),
    ]  # fmt: skip


def _until(times: Times, cut_times: Times) -> Times:
    """Until when what is seen at each moment may be seen: the next moment, or the cut before it."""
    following = np.append(times[1:], np.inf)
    cut = np.append(cut_times, np.inf)[np.searchsorted(cut_times, times, "right")]
    return np.asarray(np.minimum(following, cut), np.float64)


def findings(track: Track, span: TimeRange, limits: Limits) -> list[Finding]:
    """Everything there is to say of *span* by its pictures."""
    if span.end_ms <= span.start_ms:
        return []
    everything = watches(track)
    here = np.array([span.start]), np.array([span.end])
    firing = [watch for watch in everything if watch.fires(*here)[0]]
    if not firing:
        return []
    mended = _Mender(track, span, limits, everything)
    return [_finding(watch, span, mended.without(watch)) for watch in firing]


def _finding(watch: Watch, span: TimeRange, fix: TimeRange | None) -> Finding:
    values, times = watch.inside(span)
    value = float(values.max() if watch.code in ("several_faces", "fade") else np.median(values))
    try_ = f" Try {fix}." if fix is not None else " No other range of this video is free of it."
    message = f"{span} {watch.words(value, _place(watch, times))}.{try_}"
    return Finding(watch.level, watch.code, message, fix, value=round(value, 3), at=round(float(times[0]), 3))


def _place(watch: Watch, times: Times) -> str:
    if watch.code == "scene_cut":
        told = [f"{plain(float(time))} s" for time in times[:3]]
        return " and ".join(told) if len(times) <= 3 else f"{', '.join(told)} and {len(times) - 3} more times"
    start, end = plain(round(float(times[0]), 1)), plain(round(float(times[-1]), 1))
    return f"at {start} s" if start == end else f"between {start} and {end} s"


class _Mender:
    """Looks for the nearest range that is better."""

    def __init__(self, track: Track, span: TimeRange, limits: Limits, everything: Sequence[Watch]) -> None:
        fitting = mend(span, limits, track.duration)
        self._length = (fitting.end_ms - fitting.start_ms) if fitting is not None else None
        if self._length is None:
            return
        room = max(0, int(track.duration * 1000) - self._length)
        edges = [round(1000 * moment) for moment in (*track.cuts, *(fade.end + 0.05 for fade in track.fades))]
        starts = {*range(0, room + 1, _GRID_MS), *edges, *(edge - self._length for edge in edges)}
        self._starts = np.array(sorted((s for s in starts if 0 <= s <= room), key=lambda s: abs(s - span.start_ms)))
        begins = self._starts / 1000
        self._fires = {watch.code: watch.fires(begins, begins + self._length / 1000) for watch in everything}
        self._weight = np.sum(list(self._fires.values()), axis=0)
        here = np.array([span.start]), np.array([span.end])
        self._now = sum(bool(watch.fires(*here)[0]) for watch in everything)

    def without(self, watch: Watch) -> TimeRange | None:
        """The nearest range without a remark, or else without this one and with fewer than now."""
        if self._length is None:
            return None
        for good in (self._weight == 0, ~self._fires[watch.code] & (self._weight < self._now)):
            if good.any():
                start = int(self._starts[np.argmax(good)])
                return TimeRange.from_ms(start, start + self._length)
        return None
