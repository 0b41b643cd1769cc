"""What a box that was followed says of a video: where who is meant is seen, in place of faces."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sora_nb.video.box import Box
from sora_nb.video.follow import Followed
from sora_nb.video.track import FACE, Track

SUBJECT_SAMPLES = 4.0
"""Pictures a second in which a box is looked for through a whole video: those that a scan looks at closely."""

BOXED = "the box that was drawn"
"""What a track says of who looked, where no face was looked for."""


def first_box(track: Track, samples: slice) -> Box | None:
    """Where the one who was followed is in the first of some samples that show it."""
    rows = track.faces[(track.faces["sample"] >= samples.start) & (track.faces["sample"] < samples.stop)]
    if not track.followed or not len(rows):
        return None
    return Box(*(round(float(rows[0][name]), 4) for name in ("left", "top", "width", "height")))


def with_subject(track: Track, followed: Followed) -> Track:
    """The track, with the one who was followed in place of faces.

    Findings and suggestions are then about that one, who need not have a face. Where it was lost, and outside of
    the stretch in which it was followed, it counts as not seen.
    """
    moments = track.sample_times
    near = np.searchsorted((followed.times[1:] + followed.times[:-1]) / 2, moments)
    step = float(np.median(np.diff(followed.times))) if len(followed.times) > 1 else 1.0
    there = np.isfinite(followed.scores[near]) & (np.abs(followed.times[near] - moments) <= 2 * step)
    samples = np.flatnonzero(there)
    rows = np.zeros(len(samples), FACE)
    rows["sample"] = samples
    for name in ("turned", "sharpness", "luma"):
        rows[name] = np.nan
    for name, column in zip(("left", "top", "width", "height"), followed.boxes[near[samples]].T, strict=True):
        rows[name] = column
    rows["confidence"] = followed.scores[near[samples]]
    return replace(track, faces=rows, detector=BOXED, blind_to="", followed=True)
