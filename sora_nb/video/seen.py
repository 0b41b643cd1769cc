"""What each sample shows, on scales from 0 to 1: the ground that remarks and suggestions both stand on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sora_nb.video.track import Rows, Track

Floats: TypeAlias = NDArray[np.floating[Any]]

_BLURRED = 0.1
"""A picture below this is blurred, though it were the best of its video."""
_BLURRED_HERE = 0.4
"""And so is one below this share of the best of its video."""
_CLEAR = 0.3
"""From here on it is sharp by any standard: a portrait before a soft ground has 0.31, a blurred film at most 0.2."""
_ENOUGH = 0.6
"""This share of the best is sharp: a person before a soft ground has less detail than a landscape."""
SHAKEN = 0.015
"""A picture that jerks by more than this share of itself from frame to frame is held by a hand that trembles."""
_LIVELY, _JUMPS = 2.0, 3.5
"""Widths of itself that a face moves in a second: a singer's 2, and what no one does unless a picture changes."""
_AWAY = 1.0
_BESIDE = 0.4
"""A face of less than this share of the largest one's height is someone in the background."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One value for each sample. Where no face is seen, what a face would say is NaN."""

    sharpness: Floats
    sharp: Floats
    """Sharpness beside the best of the video, 0 to 1, and less where even that is not clear."""
    blurred: NDArray[np.bool_]
    best_sharpness: float
    light_of: Floats
    """Brightness of the face, else of the picture, 0 to 255."""
    light: Floats
    dark: NDArray[np.bool_]
    washed_out: NDArray[np.bool_]
    clipped: Floats
    """The share of the picture that is as white as can be."""
    steady: Floats
    """1 where neither the picture nor the largest face moves fast, and nothing shakes."""
    somebody: Floats
    """How much it looks as if somebody were in the middle: by what moves there, and where nobody looked for faces by
    colours like skin as well. It is a guess."""
    faces: NDArray[np.int64]
    """Faces that are not in the background."""
    height: Floats
    """The largest face's height as a share of the picture's."""
    size: Floats
    ahead: Floats
    whole: Floats
    """1 where all of the face is in the picture."""
    sure: Floats
    face_sharp: Floats

    @classmethod
    def of(cls, track: Track) -> Seen:
        """What a track says."""
        frames, samples = track.frames, track.samples
        here = frames[samples["frame"]]
        main, faces = _main_faces(track)
        is_face = main["height"] > 0
        best = float(np.quantile(samples["sharpness"], 0.9)) if len(samples) else 0.0
        lit_face = is_face & ~np.isnan(main["luma"])
        light_of = np.where(lit_face, main["luma"], here["luma"])
        # A lit face before a dark stage is not dark, and a white wall behind a face is not over-exposure.
        lit = np.where(lit_face, light_of, here["luma"] + here["contrast"])
        washed = np.where(lit_face, light_of > 228, (here["bright"] > 0.35) & (here["luma"] > 190))
        nan = np.where(is_face, 1.0, np.nan)
        outside = np.maximum.reduce(
            [-main["left"], -main["top"], main["left"] + main["width"] - 1, main["top"] + main["height"] - 1]
        )
        return cls(
            sharpness=samples["sharpness"],
            sharp=np.minimum(_relative(samples["sharpness"], best), _rising(samples["sharpness"], _BLURRED, _CLEAR)),
            blurred=samples["sharpness"] < max(_BLURRED, _BLURRED_HERE * best),
            best_sharpness=best,
            light_of=light_of,
            light=np.minimum(_rising(lit, 25, 60), 1.05 - _rising(light_of, 200, 240)),
            dark=lit < np.where(lit_face, 40, 50),
            washed_out=washed,
            clipped=here["bright"],
            steady=np.minimum(
                np.minimum(_calm(track), _stays(track, main)), 1.05 - _rising(samples["shakes"], 0.011, SHAKEN)
            ),
            somebody=_stirring(track) if track.detector else np.maximum(_stirring(track), samples["skin"]),
            faces=faces,
            height=main["height"] * nan,
            size=np.minimum(_rising(main["height"], 0.03, 0.25), 1.05 - _rising(main["height"], 0.75, 1.1)) * nan,
            ahead=np.where(np.isnan(main["turned"]), 0.7, np.clip(1.15 - main["turned"] / 0.7, 0.05, 1)) * nan,
            whole=np.clip(1 - outside / np.maximum(main["height"], 1e-6) * 4, 0.05, 1) * nan,
            sure=main["confidence"] * nan,
            face_sharp=_relative(main["sharpness"], _top(main["sharpness"])) * nan,
        )


def _main_faces(track: Track) -> tuple[Rows, NDArray[np.int64]]:
    """The largest face of each sample, its height 0 where there is none, and how many stand beside each other."""
    count = len(track.samples)
    main = np.zeros(count, track.faces.dtype)
    for row in track.faces[np.argsort(track.faces["height"], kind="stable")]:
        main[row["sample"]] = row
    near = track.faces["height"] >= _BESIDE * main["height"][track.faces["sample"]]
    return main, np.bincount(track.faces["sample"][near], minlength=count)


def _calm(track: Track) -> Floats:
    """1 where little moves around each sample, 0 where the picture is torn about."""
    motion = track.frames["motion"].astype(np.float64) * (track.fps / 25)
    motion[np.isin(track.frames["time"], track.cuts)] = 0
    total = np.concatenate([[0.0], np.cumsum(motion)])
    times, around = track.frames["time"], track.sample_times
    first, last = np.searchsorted(times, around - 0.125), np.searchsorted(times, around + 0.125, side="right")
    return np.asarray(
        np.clip(1 - ((total[last] - total[first]) / np.maximum(1, last - first) - 4) / 18, 0.05, 1) ** 0.5
    )


def _stays(track: Track, main: Rows) -> Floats:
    """0 at two samples of one shot between which the largest face jumps to another place, 1 where it does not."""
    times, (width, height) = track.sample_times, track.size
    x, y = (main["left"] + main["width"] / 2) * width, (main["top"] + main["height"] / 2) * height
    size = (main["width"][1:] + main["width"][:-1]) / 2 * width
    shot = np.searchsorted(track.cuts, times + 1e-6)
    both = (main["height"][1:] > 0) & (main["height"][:-1] > 0) & (shot[1:] == shot[:-1])
    speed = np.hypot(np.diff(x), np.diff(y)) / np.maximum(size * np.diff(times), 1e-6)
    calm = np.where(both, np.clip((_JUMPS - speed) / (_JUMPS - _LIVELY), 0.05, 1), 1)
    return np.asarray(np.minimum(np.append(calm, 1), np.insert(calm, 0, 1)))


def _stirring(track: Track) -> Floats:
    """What stirs in the middle, both at most a second before and after: who stands still for a moment is there.

    Where a shot begins or ends within that second, one of the two is enough.
    """
    times, stirs = track.sample_times, track.samples["stirs"]
    shot = np.searchsorted(track.cuts, times + 1e-6)
    before, after = stirs.astype(np.float64), stirs.astype(np.float64)
    for step in range(1, len(stirs)):
        near = (times[step:] - times[:-step] <= _AWAY) & (shot[step:] == shot[:-step])
        if not near.any():
            break
        before[step:] = np.maximum(before[step:], np.where(near, stirs[:-step], 0))
        after[:-step] = np.maximum(after[:-step], np.where(near, stirs[step:], 0))
    begins, ends = times[np.searchsorted(shot, shot)], times[np.searchsorted(shot, shot, "right") - 1]
    within = np.minimum(times - begins, ends - times) >= _AWAY
    return np.where(within, np.minimum(before, after), np.maximum(before, after))


def _relative(values: Floats, best: float) -> Floats:
    """0 to 1 against the best of the video, 1 from a good part of that on; sharp by any standard is 0.6 at least."""
    against = np.clip(values / (_ENOUGH * max(best, 2 * _BLURRED)), 0, 1) ** 1.5
    return np.asarray(np.maximum(against, np.clip((values - 1.2 * _BLURRED) / 0.2, 0.02, 0.6)))


def _top(values: Floats) -> float:
    known = values[~np.isnan(values) & (values > 0)]
    return float(np.quantile(known, 0.9)) if known.size else 0.0


def _rising(values: Floats, low: float, high: float) -> Floats:
    """0.05 up to *low*, 1 from *high* on."""
    return np.asarray(np.clip((values - low) / (high - low), 0.05, 1))
