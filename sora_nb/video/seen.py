"""What each sample shows, on scales from 0 to 1: the ground that remarks and suggestions both stand on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sora_nb.video.track import Rows, Track

Floats: TypeAlias = NDArray[np.floating[Any]]

_SHARP_ENOUGH = 0.16
"""A picture of this sharpness is not called blurred for being less sharp than the best of its video."""
_BLURRED = 0.06
"""A picture below this is blurred, though it were the best of its video."""
_BESIDE = 0.4
"""A face of less than this share of the largest one's height is someone in the background."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One value for each sample. Where no face is seen, what a face would say is NaN."""

    sharpness: Floats
    sharp: Floats
    """Sharpness beside the best of the video, 0 to 1."""
    best_sharpness: float
    light_of: Floats
    """Brightness of the face, else of the picture, 0 to 255."""
    light: Floats
    washed_out: NDArray[np.bool_]
    steady: Floats
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
        light_of = np.where(is_face & ~np.isnan(main["luma"]), main["luma"], here["luma"])
        # A lit face before a dark stage is not dark, and a white wall behind a face is not over-exposure.
        washed = np.where(is_face, light_of > 228, (here["bright"] > 0.35) & (here["luma"] > 190))
        nan = np.where(is_face, 1.0, np.nan)
        outside = np.maximum.reduce(
            [-main["left"], -main["top"], main["left"] + main["width"] - 1, main["top"] + main["height"] - 1]
        )
        return cls(
            sharpness=samples["sharpness"],
            sharp=_relative(samples["sharpness"], best),
            best_sharpness=best,
            light_of=light_of,
            light=_between(light_of, (20, 60), (200, 240)),
            washed_out=washed,
            steady=_calm(track),
            faces=faces,
            height=main["height"] * nan,
            size=_between(main["height"], (0.03, 0.25), (0.75, 1.1)) * nan,
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
    return np.asarray(np.clip(1 - ((total[last] - total[first]) / np.maximum(1, last - first) - 3) / 9, 0.05, 1))


def _relative(values: Floats, best: float) -> Floats:
    """0 to 1 against the best of the video, lifted where a picture is sharp by any standard."""
    against = np.clip(values / max(best, _BLURRED * 2), 0, 1)
    lifted = np.maximum(against, np.clip(values / _SHARP_ENOUGH, 0, 0.5))
    return np.asarray(lifted * np.clip(values / _BLURRED, 0.1, 1))


def _top(values: Floats) -> float:
    known = values[~np.isnan(values) & (values > 0)]
    return float(np.quantile(known, 0.9)) if known.size else 0.0


def _between(values: Floats, low: tuple[float, float], high: tuple[float, float]) -> Floats:
    """1 between the inner two of four figures, falling to 0.05 at the outer ones."""
    rising = (values - low[0]) / (low[1] - low[0])
    falling = (high[1] - values) / (high[1] - high[0])
    return np.asarray(np.clip(np.minimum(rising, falling), 0.05, 1))
