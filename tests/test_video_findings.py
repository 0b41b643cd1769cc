"""What the pictures of a range say against it: found where it is, not found where it is not, and mended."""

from __future__ import annotations

import numpy as np
import pytest

from sora_nb.timerange import APIYI, TUTORIAL, TimeRange, check
from sora_nb.video import scan
from sora_nb.video.faces import Face
from tests.clips import make_clip
from tests.test_video_measure import SIZE, blurred, clip, scene

SECONDS, FPS = 8, 24
BAD = (3 * FPS, 5 * FPS)
"""The frames of the middle stretch, in which something is wrong."""


def drifting(i, seed=1):
    """A picture that moves a little, as a living one does."""
    return np.roll(scene(seed), i // 2, axis=1)


SPOILED = {
    "blurry": lambda i: blurred(drifting(i), 6),
    "dark": lambda i: (drifting(i) * 0.08).astype(np.uint8),
    "overexposed": lambda i: np.clip(drifting(i) * 1.5 + 190.0, 0, 255).astype(np.uint8),
    "fast_motion": lambda i: np.roll(scene(1), 31 * i, axis=1),
    "shaky": lambda i: np.roll(drifting(i), np.random.default_rng(i).integers(-16, 17, 2), axis=(0, 1)),
    "static_image": lambda i: drifting(BAD[0] - 1),
}


@pytest.fixture(scope="module")
def films(tmp_path_factory):
    """A track by what is wrong in its middle stretch."""
    folder = tmp_path_factory.mktemp("films")

    def made(code, spoil):
        def painter(i):
            return spoil(i) if BAD[0] <= i < BAD[1] else drifting(i)

        return scan(clip(folder / f"{code}.mp4", painter, SECONDS * FPS), faces=None)

    return {code: made(code, spoil) for code, spoil in SPOILED.items()}


def codes(track, span, limits=APIYI):
    return {finding.code for finding in track.findings(span, limits)}


@pytest.mark.parametrize("code", SPOILED)
def test_it_is_found_where_it_is_and_nowhere_else(films, code):
    track = films[code]
    assert code in codes(track, "3.1,4.9")
    assert code not in codes(track, "0.5,2.5")
    assert code not in codes(track, "5.5,7.5")


@pytest.mark.parametrize("code", SPOILED)
def test_the_mended_range_is_free_of_it(films, code):
    track = films[code]
    (found,) = (finding for finding in track.findings("3.1,4.9", APIYI) if finding.code == code)
    assert found.fix is not None and found.fix.seconds == pytest.approx(1.8)
    assert codes(track, found.fix) == set()
    assert str(found.fix) in found.message and check(found.fix, APIYI, track.duration, track) == []


@pytest.mark.parametrize("code", SPOILED)
def test_value_and_place_are_told(films, code):
    (found,) = (finding for finding in films[code].findings("3,4.9", APIYI) if finding.code == code)
    assert found.value is not None
    assert 2.9 < found.at < 3.5


def test_the_measured_value_is_the_one_in_the_track(films):
    (dark,) = (finding for finding in films["dark"].findings("3.1,4.9", APIYI) if finding.code == "dark")
    here = films["dark"].frames["luma"][BAD[0] : BAD[1]]
    assert dark.value == pytest.approx(float(np.median(here)), abs=3)
    assert f"brightness {dark.value:.0f} of 255" in dark.message


@pytest.fixture(scope="module")
def shots(tmp_path_factory):
    """A cut at 3 s and a dissolve from 5 to 6 s."""

    def painter(i):
        if i < 72:
            return drifting(i, 2)
        share = min(1.0, max(0.0, (i - 120) / 24))
        return (drifting(i, 1) * (1 - share) + drifting(i, 3) * share).astype(np.uint8)

    return scan(clip(tmp_path_factory.mktemp("shots") / "a.mp4", painter, SECONDS * FPS), faces=None)


def test_a_cut_is_told_to_the_moment_and_kept_out(shots):
    (found,) = shots.findings("2,4.5", APIYI)
    assert (found.code, found.level, found.at) == ("scene_cut", "warning", 3.0)
    assert "crosses a cut at 3 s" in found.message
    assert found.fix == TimeRange(0.5, 3)
    assert codes(shots, found.fix) == set()


@pytest.mark.parametrize("span", ["1,3", "3,4.5", "6.3,8"])
def test_a_range_may_begin_and_end_with_a_cut(shots, span):
    assert codes(shots, span) == set()


@pytest.mark.parametrize("span", ["4,5.6", "5.4,7", "5.2,5.8", "4.5,6.5"])
def test_a_fade_is_found_in_part(shots, span):
    (found,) = shots.findings(span, APIYI)
    assert found.code == "fade"
    assert codes(shots, found.fix) == set()


def test_the_mended_range_keeps_the_rules_too(shots):
    (found,) = shots.findings("2,6.9", APIYI)[:1]
    assert check(found.fix, APIYI, shots.duration, shots) == []


def test_the_judge_says_both(shots):
    found = check("2,6.9", APIYI, shots.duration, shots)
    assert [finding.code for finding in found] == ["too_long", "scene_cut", "fade"]


def test_a_reversed_range_has_no_pictures(shots):
    assert [finding.code for finding in check("5,2", TUTORIAL, shots.duration, shots)] == ["reversed"]


def test_where_nothing_is_free_of_it_that_is_said(tmp_path):
    track = scan(clip(tmp_path / "a.mp4", lambda i: (drifting(i) * 0.05).astype(np.uint8), 48), faces=None)
    found = next(finding for finding in track.findings("0,2", APIYI) if finding.code == "dark")
    assert found.fix is None and "No other range of this video" in found.message


ALONE = Face(0.4, 0.2, 0.2, 0.4, 0.99, 0.05)


@pytest.mark.parametrize(
    ("faces", "code"),
    [
        ([ALONE, Face(0.7, 0.2, 0.2, 0.35, 0.99, 0.05)], "several_faces"),
        ([], "no_character"),
        ([Face(0.5, 0.5, 0.05, 0.08, 0.99, 0.05)], "too_small"),
    ],
)
def test_faces_are_judged(tmp_path, faces, code):
    number = iter(range(10_000))

    def detector(picture):
        return faces if 12 <= next(number) < 20 else [ALONE]

    detector.blind_to = "ghosts"
    track = scan(clip(tmp_path / "a.mp4", drifting, SECONDS * FPS), faces=detector)
    (found,) = track.findings("3.1,4.9", APIYI)
    assert found.code == code
    assert codes(track, found.fix) == set() == codes(track, "0,2.5")
    assert ("ghosts" in found.message) == (code == "no_character")


def test_a_face_in_the_background_is_no_second_one(tmp_path):
    faces = [ALONE, Face(0.9, 0.9, 0.05, 0.1)]
    assert codes(scan(clip(tmp_path / "a.mp4", drifting), faces=lambda picture: faces), "0,2") == set()


def test_a_lit_face_before_a_dark_stage_is_not_dark(tmp_path):
    def painter(i):
        picture = (drifting(i) * 0.05).astype(np.uint8)
        picture[40:110, 128:192] = drifting(i)[40:110, 128:192] // 2 + 100
        return picture

    film = clip(tmp_path / "a.mp4", painter)
    unlit = Face(0.05, 0.65, 0.2, 0.3)
    assert "dark" in codes(scan(film, faces=lambda picture: [unlit]), "0,2")
    assert "dark" not in codes(scan(film, faces=lambda picture: [ALONE]), "0,2")


def test_without_a_detector_faces_are_not_spoken_of(films):
    assert not {"no_character", "several_faces", "too_small"} & codes(films["dark"], "0,8")


def dark_at_first(i, rate):
    """A dark scene for 4 s, then a bright one; nothing moves in either."""
    return (scene(1) * 0.08).astype(np.uint8) if i < 4 * rate else scene(2)


@pytest.fixture(scope="module")
def slow(tmp_path_factory):
    """Eight pictures, each for a second."""
    path = tmp_path_factory.mktemp("slow") / "slow.mp4"
    return scan(make_clip(path, 8, 1, SIZE, painter=lambda i, _: dark_at_first(i, 1)), faces=None)


@pytest.mark.parametrize("span", ["2.1,2.9", "2,3", "1.4,2.1", "2.1,4"])
def test_the_picture_that_is_there_when_a_range_begins_counts(slow, span):
    (dark,) = (one for one in slow.findings(span, TUTORIAL) if one.code == "dark")
    assert dark.value is not None and dark.value < 50
    assert dark.at == TimeRange.of(span).start


def test_a_range_within_one_picture_that_repeats_is_a_still(slow):
    assert "static_image" in codes(slow, "2.1,2.9") & codes(slow, "2,3")


@pytest.mark.parametrize("span", ["4,4.5", "4,5", "4.2,5.9", "5.1,5.2"])
def test_what_was_before_a_cut_does_not(slow, span):
    assert slow.cuts == (4.0,)
    assert "dark" not in codes(slow, span)


def test_a_moment_between_two_looks_is_judged_by_the_one_before(tmp_path):
    track = scan(clip(tmp_path / "a.mp4", lambda i: dark_at_first(i, FPS), 8 * FPS), faces=None)
    assert {"dark", "static_image"} <= codes(track, "2,2.2")
    assert track.cuts == (4.0,) and "dark" not in codes(track, "4.02,4.1")


def test_what_moved_before_a_range_does_not_move_in_it(films):
    assert "fast_motion" not in codes(films["fast_motion"], (4.97, 5.0)) | codes(films["fast_motion"], (5.01, 5.04))
