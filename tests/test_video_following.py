"""A box that was drawn says who is meant: remarks and suggestions are about that one, face or none."""

from __future__ import annotations

import numpy as np
import pytest

from sora_nb.errors import ConfigError
from sora_nb.timerange import APIYI
from sora_nb.video import Box, follow, guarded, scan, suggest
from sora_nb.video.following import BOXED, SUBJECT_SAMPLES, with_subject
from tests.test_video_findings import drifting
from tests.test_video_measure import SIZE, clip

FPS = 24
START = (0.1, 0.3, 0.2, 0.55)


def robot(seconds):
    """Left and top in pixels and the scale of a robot: near from 0 to 3 s, gone from 3 to 5, then far away."""
    if seconds < 3:
        return 32 + 20 * seconds, 54, 1.0
    return None if seconds < 5 else (200 + 5 * (seconds - 5), 120, 0.2)


def painter(i):
    picture = (drifting(0) // 4 + 60).astype(np.uint8)
    place = robot(i / FPS)
    if place is not None:
        left, top, scale = place
        wide, high = round(64 * scale), round(100 * scale)
        x, y = round(left), round(top)
        body = picture[y : y + high, x : x + wide]
        body[:] = (210, 40, 40)
        body[: high // 3] = (240, 220, 60)
        body[high // 3 : high // 2, wide // 4 : -max(1, wide // 4)] = (20, 20, 160)
    return picture


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    assert SIZE == (320, 180)
    return clip(tmp_path_factory.mktemp("robot") / "robot.mp4", painter, 7 * FPS)


@pytest.fixture(scope="module")
def track(film):
    return with_subject(scan(film, faces=None), follow(film, START, 0, samples=SUBJECT_SAMPLES))


def codes(track, span):
    return {finding.code for finding in track.findings(span, APIYI)}


def test_the_one_who_was_boxed_is_spoken_of(track):
    assert not {"no_character", "too_small"} & codes(track, "0.5,2.5")
    (gone,) = (one for one in track.findings("3.2,4.8", APIYI) if one.code == "no_character")
    assert gone.level == "warning" and "does not show who was boxed" in gone.message
    assert gone.fix is not None and gone.fix.end <= 3.3
    assert track.detector == BOXED and "faces by" not in repr(track)


def test_without_a_box_nobody_is_missed(film):
    assert "no_character" not in codes(scan(film, faces=None), "3.2,4.8")


def test_one_who_is_far_away_is_too_small(film):
    far = with_subject(scan(film, faces=None), follow(film, (200 / 320, 120 / 180, 0.04, 0.11), 5.1, samples=4))
    (small,) = (one for one in far.findings("5.2,6.8", APIYI) if one.code == "too_small")
    assert small.value == pytest.approx(0.11, abs=0.05)


def test_the_best_range_shows_who_was_boxed(film):
    found = suggest(film, APIYI, 1, box=START)
    assert found[0].span.end <= 3.3
    assert any(reason.startswith("the boxed one at 5") for reason in found[0].reasons)
    assert not {"alone", "looking ahead"} & set(found[0].reasons)
    assert BOXED in found.note
    box = found[0].box
    assert box is not None and box.x == pytest.approx((32 + 20 * found[0].span.start) / 320, abs=0.05)
    assert suggest(film, APIYI, 1)[0].box is None


def test_a_box_needs_pictures(film):
    with pytest.raises(ConfigError, match="path"):
        suggest(scan(film, faces=None), APIYI, box=START)
    with pytest.raises(ConfigError, match="outside"):
        suggest(film, APIYI, box=START, at=99)


def test_another_process_follows_it_just_so(film):
    there, here = guarded.follow(film, Box(*START), 0.0), follow(film, START, 0.0, samples=SUBJECT_SAMPLES)
    assert np.array_equal(there.boxes, here.boxes, equal_nan=True) and there.lost == here.lost
    assert np.array_equal(there.times, here.times)
