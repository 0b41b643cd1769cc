"""A track in a few hundred bins, as plain data: what a timeline draws behind a range."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sora_nb.timerange import plain
from sora_nb.video.seen import Seen
from sora_nb.video.track import Track

MOST_BINS = 600
"""Nothing on a screen shows more of them."""

MOST_MOTION = 20.0
"""Levels a frame at 25 frames a second that fill a scale of motion; a calm scene has 1."""

_MOST_CUTS = 400
"""A film that is cut more often shows no single one of them on a timeline."""


def bins(track: Track, most: int = MOST_BINS) -> dict[str, Any]:
    """What was measured, each in at most *most* equal stretches of the video, as whole numbers from 0 to 100.

    `sharpness` beside the best of this video, `exposure` (brightness), `motion` (100 is a torn picture), and `faces`,
    the most that were counted at a time, None without a detector; where a box was followed, they are where it went.
    A stretch in which nothing was measured is None.
    `cuts` are seconds, `fades` pairs of seconds, `words` say the same for those who do not see it.
    """
    frames, samples, seen = track.frames, track.samples, Seen.of(track)
    count = max(1, min(most, len(samples)))
    best = max(seen.best_sharpness, 1e-6)
    moving = frames["motion"] * (track.fps / 25) / MOST_MOTION
    moving = np.where(np.isin(frames["time"], np.array(track.cuts)), 0, moving)
    at = _places(track, track.sample_times, count)
    counted, known = np.zeros(count, np.int64), np.zeros(count, bool)
    np.maximum.at(counted, at, seen.faces)
    known[at] = True
    beside = _beside(known)
    counted, known = counted[beside], known[beside]
    return {
        "duration": round(track.duration, 3),
        "sharpness": _whole(*_means(track, track.sample_times, seen.sharpness / best, count)),
        "exposure": _whole(*_means(track, track.sample_times, seen.light_of / 255, count)),
        "motion": _whole(*_means(track, frames["time"], moving, max(1, min(most, len(frames))))),
        "faces": [int(n) if so else None for n, so in zip(counted, known, strict=True)] if track.detector else None,
        "followed": track.followed,
        "cuts": [round(at, 3) for at in track.cuts[:_MOST_CUTS]],
        "fades": [[round(fade.start, 3), round(fade.end, 3)] for fade in track.fades[:_MOST_CUTS]],
        "words": _words(track, seen),
    }


def _words(track: Track, seen: Seen) -> str:
    blurred, dark = float(seen.blurred.mean()), float(seen.dark.mean())
    told = [
        f"{plain(round(track.duration, 1))} s",
        _many(len(track.cuts), "cut"),
        _many(len(track.fades), "fade"),
        f"blurred in {blurred:.0%}" if blurred else "nowhere blurred",
        f"dark in {dark:.0%}" if dark else "nowhere dark",
    ]
    if track.detector:
        whom = "the boxed one" if track.followed else "a face"
        told.append(f"{whom} in {float((seen.faces > 0).mean()):.0%}")
        if (seen.faces > 1).any():
            told.append(f"several in {float((seen.faces > 1).mean()):.0%}")
    return ", ".join(told) + "."


def _many(count: int, what: str) -> str:
    return f"{count or 'no'} {what}{'' if count == 1 else 's'}"


def _places(track: Track, times: NDArray[np.floating[Any]], count: int) -> NDArray[np.int64]:
    return np.clip((times / track.duration * count).astype(np.int64), 0, count - 1)


def _means(
    track: Track, times: NDArray[np.floating[Any]], values: NDArray[np.floating[Any]], count: int
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """The mean of each stretch, and where there is one."""
    right = np.isfinite(values)
    place = _places(track, times[right], count)
    found = np.bincount(place, minlength=count)
    means = np.bincount(place, weights=values[right], minlength=count) / np.maximum(found, 1)
    beside = _beside(found > 0)
    return means[beside], (found > 0)[beside]


def _beside(known: NDArray[np.bool_]) -> NDArray[np.int64]:
    """For each bin itself, or its neighbour where only the grid left it empty."""
    places = np.arange(len(known))
    before, after = np.roll(known, 1), np.roll(known, -1)
    before[0] = after[-1] = False
    return np.where(known, places, np.where(before, places - 1, np.where(after, places + 1, places)))


def _whole(means: NDArray[np.float64], known: NDArray[np.bool_]) -> list[int | None]:
    shares = np.clip(np.round(100 * means), 0, 100).astype(int)
    return [int(share) if so else None for share, so in zip(shares, known, strict=True)]
