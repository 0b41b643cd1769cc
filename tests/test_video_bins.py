"""A track in bins, as a timeline draws it."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from sora_nb.video.bins import MOST_BINS, bins
from sora_nb.video.track import FACE, FRAME, SAMPLE, Track


def track(seconds: float = 10, fps: int = 25, *, detector: str | None = "eyes", faces: int = 1) -> Track:
    """Sharp in its first half, cut in the middle, dark at the end, with so many faces in the second half."""
    count, every = round(seconds * fps), 5
    frames = np.zeros(count, FRAME)
    frames["time"] = np.arange(count) / fps
    frames["luma"], frames["contrast"], frames["motion"] = 128, 40, 2
    frames["luma"][frames["time"] > 0.9 * seconds] = 5
    frames["change"] = 1
    middle = count // 2
    frames["change"][middle], frames["motion"][middle] = 90, 90
    samples = np.zeros(count // every, SAMPLE)
    samples["frame"] = np.arange(len(samples)) * every
    samples["sharpness"] = np.where(samples["frame"] < middle, 0.6, 0.3)
    rows = np.zeros(faces * (len(samples) // 2), FACE)
    rows["sample"] = np.tile(np.arange(len(samples) - len(samples) // 2, len(samples)), faces)
    rows["left"], rows["width"], rows["height"], rows["confidence"] = 0.4, 0.2, 0.3, 1
    rows["luma"], rows["sharpness"] = np.nan, np.nan
    return Track("a.mp4", seconds, (320, 180), fps, frames, samples, rows, detector)


def test_each_measure_is_where_it_was_seen() -> None:
    told = bins(track(), 10)
    assert told["sharpness"][0] > 95 and 45 < told["sharpness"][-1] < 55
    assert told["exposure"][:8] == [50] * 8 and told["exposure"][9] < 20
    assert told["faces"] == [0] * 5 + [1] * 5
    assert told["motion"] == [10] * 10  # and the cut's own change is no motion
    assert told["duration"] == 10 and told["cuts"] == [5.0]
    assert "10 s, 1 cut, no fades" in told["words"] and "a face in 50%" in told["words"]


def test_several_faces_are_counted_and_without_a_detector_none_means_nothing() -> None:
    assert bins(track(faces=3), 4)["faces"] == [0, 0, 3, 3]
    blind = bins(track(detector=None), 4)
    assert blind["faces"] is None and "face" not in blind["words"]


def test_where_a_box_was_followed_no_face_is_spoken_of() -> None:
    told = bins(replace(track(), followed=True))
    assert told["followed"] and "the boxed one in 50%" in told["words"] and "a face" not in told["words"]


def test_two_hours_are_no_larger_than_a_minute() -> None:
    told = bins(track(7200, 5))
    assert [len(told[name]) for name in ("sharpness", "exposure", "motion", "faces")] == [MOST_BINS] * 4
    assert len(json.dumps(told)) < 12_000


def test_few_frames_make_few_bins_and_gaps_are_gaps() -> None:
    told = bins(track(1, 25))
    assert len(told["sharpness"]) == 5 and len(told["motion"]) == 25
    gap = track(10)
    gap.samples["frame"] = np.arange(len(gap.samples))  # all of them in the first two seconds
    told = bins(gap)
    assert [value is None for value in told["sharpness"]] == [False] * 11 + [True] * 39  # and a neighbour's
    assert told["faces"][11:] == [None] * 39


@pytest.mark.parametrize("most", [1, 7, 600])
def test_it_is_plain_data(most: int) -> None:
    told = bins(track(), most)
    assert json.loads(json.dumps(told)) == told
