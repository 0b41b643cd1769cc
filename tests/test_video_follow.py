"""A box that is drawn once stays on its character, and is given up where there is nothing to stay on."""

from __future__ import annotations

import sys
import tracemalloc

import numpy as np
import pytest

from sora_nb.errors import ConfigError, RangeError
from sora_nb.video import Box, follow
from sora_nb.video.appearance import Appearance, View, searched
from tests.clips import make_clip
from tests.figures import ADA, BEN, SIZE, around, figure, room

FRAMES, FPS = 36, 12


def film(path, place_of, seed_of=lambda index: 1, colours=ADA):
    def painter(index, _):
        place = place_of(index)
        return room(seed_of(index)) if place is None else figure(room(seed_of(index)), colours, place)

    return make_clip(path, frames=FRAMES, fps=FPS, size=SIZE, painter=painter)


def overlap(box, other):
    across = min(box[0] + box[2], other[0] + other[2]) - max(box[0], other[0])
    down = min(box[1] + box[3], other[1] + other[3]) - max(box[1], other[1])
    both = max(0, across) * max(0, down)
    return both / (box[2] * box[3] + other[2] * other[3] - both)


def walking(index):
    return 0.2 + 0.016 * index, 0.95, 0.6


def coming(index):
    return 0.5, 0.95, 0.4 + 0.014 * index


@pytest.mark.parametrize("way", [walking, coming])
@pytest.mark.parametrize("drawn", [0, 18, 35])
def test_it_stays_on_who_walks_and_who_comes_nearer(tmp_path, way, drawn):
    clip = film(tmp_path / "a.mp4", way)
    found = follow(clip, around(way(drawn)), drawn / FPS)
    assert found.lost == () and found.coverage == 1
    for time, box in zip(found.times, found.boxes, strict=True):
        assert overlap(box, around(way(round(time * FPS)))) > 0.5


def test_the_box_that_was_drawn_is_kept(tmp_path):
    clip = film(tmp_path / "a.mp4", walking)
    box = Box(*around(walking(12)))
    found = follow(clip, box, 1.0)
    assert found.box(1.0) == box
    assert found.scores[8] == 1


def test_it_is_lost_at_a_cut_though_one_like_it_is_there(tmp_path):
    clip = film(tmp_path / "a.mp4", lambda index: (0.5, 0.95, 0.8), seed_of=lambda index: 1 if index < 18 else 7)
    found = follow(clip, around((0.5, 0.95, 0.8)), 0.5)
    assert found.lost == (pytest.approx(1.5, abs=0.13),)
    assert np.isnan(found.scores[found.times >= 1.5]).all()
    assert np.isfinite(found.boxes[found.times < 1.5]).all()
    backwards = follow(clip, around((0.5, 0.95, 0.8)), 2.5)
    assert np.isfinite(backwards.scores).tolist() == (backwards.times >= 1.5).tolist()


@pytest.mark.parametrize("drawn", [1.25, 1.4, 1.45, 1.49])
def test_a_box_drawn_just_before_a_cut_stays_in_its_shot(tmp_path, drawn):
    def painter(index, _):
        before = index < 18
        return figure(room(1 if before else 7), ADA if before else BEN, (0.3 if before else 0.7, 0.95, 0.8))

    clip = make_clip(tmp_path / "a.mp4", frames=FRAMES, fps=FPS, size=SIZE, painter=painter)
    box = Box(*around((0.3, 0.95, 0.8)))
    found = follow(clip, box, drawn, samples=4)
    assert found.box(drawn) == box and drawn in found.times
    assert np.isfinite(found.scores).tolist() == (found.times < 1.5).tolist()
    assert (np.diff(found.times) > 0).all() and len(found.times) <= 13


@pytest.mark.parametrize(("drawn", "span"), [(3.0, None), (2.99, None), (1.5, "0,1.5"), (1.49, "0,1.5")])
def test_the_picture_it_is_drawn_on_is_a_sample_at_the_very_end_too(tmp_path, drawn, span):
    box = Box(*around(walking(min(35, int(drawn * FPS)))))
    found = follow(film(tmp_path / "a.mp4", walking), box, drawn, span, samples=6)
    assert found.times[-1] == drawn and found.box(drawn) == box
    assert found.coverage == 1
    assert overlap(found.boxes[0], around(walking(0))) > 0.5


def test_it_is_lost_when_it_leaves(tmp_path):
    clip = film(tmp_path / "a.mp4", lambda index: (0.5 + 0.03 * index, 0.95, 0.6))
    found = follow(clip, around((0.5, 0.95, 0.6)), 0.0)
    assert len(found.lost) == 1 and 1.0 < found.lost[0] < 2.6
    assert np.isnan(found.scores[-1]) and found.box(2.9) is None


LEAVING = (
    (151, (59.18634639, 27.45865276), (77.51145374, 106.01706692), (-6.49635717, 3.95835175), 1.0),
    (130, (34.19857275, 98.57430101), (56.96522143, 52.12231453), (-3.63567772, -3.75022237), 0.98),
)
"""Grey of the ground, and place, size, and what is added to and taken times them each frame, of a block that leaves."""


@pytest.mark.parametrize("samples", [4, 8])
@pytest.mark.parametrize(("grey", "place", "size", "step", "growth"), LEAVING)
def test_it_is_lost_where_its_box_leaves_the_picture(tmp_path, grey, place, size, step, growth, samples):
    def painter(index, _):
        picture = np.full((SIZE[1], SIZE[0], 3), grey, np.uint8)
        start = np.array(place) + np.array(step) * index
        (left, top), (right, bottom) = (
            np.maximum(0, corner.astype(int)) for corner in (start, start + np.array(size) * growth**index)
        )
        picture[top:bottom, left:right] = (200, 30, 30)
        picture[top : min(bottom, top + 10), left:right] = 20
        return picture

    clip = make_clip(tmp_path / "a.mp4", frames=48, fps=16, size=SIZE, painter=painter)
    x, y, w, h = np.array((*place, *size)) / (*SIZE, *SIZE)
    found = follow(clip, (x, y, w, h), 0.0, samples=samples)
    assert len(found.lost) == 1 and 0.5 < found.lost[0] < 2.5
    assert np.isnan(found.boxes[found.times >= found.lost[0]]).all()
    assert np.isfinite(found.scores[found.times < found.lost[0]]).all()


def test_one_who_comes_very_near_is_kept_no_larger_than_a_box_may_be():
    view = View(figure(room(1), ADA, (0.5, 0.95, 0.6)))
    near = Appearance([(view, Box(0, 0, 1, 1))]).near(view, Box(-0.9, 0, 2, 2))
    assert near is not None and near.w <= 2 and near.h <= 2


def test_a_stretch_of_it(tmp_path):
    found = follow(film(tmp_path / "a.mp4", walking), around(walking(12)), 1.0, "1,2", samples=4)
    assert found.times == pytest.approx([1, 1.25, 1.5, 1.75])


@pytest.mark.parametrize(
    ("at", "span", "samples"),
    [(5.0, None, 8), (0.5, "1,2", 8), (1.0, "1,2", 0), (1.0, "1,2", 1e6), (1.0, "1,2", float("nan"))],
)
def test_what_cannot_be_followed_is_refused(tmp_path, at, span, samples):
    clip = film(tmp_path / "a.mp4", walking)
    with pytest.raises(ConfigError):
        follow(clip, (0.2, 0.2, 0.2, 0.6), at, span, samples=samples)


@pytest.mark.parametrize(
    ("at", "span"), [(3, "3,4"), (7, "7,9"), (1, "1,1"), (2, (2, 2)), (1, "2,1"), (0, "-2,-1"), (0, "0,0")]
)
def test_a_range_with_nothing_of_the_video_is_refused_with_its_length(tmp_path, at, span):
    with pytest.raises(RangeError, match=r"a\.mp4 lasts 3 s"):
        follow(film(tmp_path / "a.mp4", walking), (0.2, 0.2, 0.2, 0.6), at, span)


def test_little_is_held_of_each_picture(tmp_path, monkeypatch):
    held = []

    def counted(picture):
        held.append(picture.nbytes)
        return View(picture)

    monkeypatch.setattr(sys.modules["sora_nb.video.follow"], "View", counted)
    follow(film(tmp_path / "a.mp4", walking), around(walking(0)), 0.0, samples=8)
    assert held and max(held) <= 96 * 54 * 3


def test_what_comes_after_the_box_is_not_held(tmp_path):
    noise = np.random.default_rng(1).integers(0, 255, (64, 64, 3)).astype(np.uint8)

    def most(frames):
        clip = make_clip(tmp_path / "a.mp4", frames, 30, (64, 64), painter=lambda i, _: np.roll(noise, i // 20, 1))
        follow(clip, (0.2, 0.2, 0.5, 0.5), 0.0, samples=1)  # what is made once is not counted
        tracemalloc.start()
        try:
            follow(clip, (0.2, 0.2, 0.5, 0.5), 0.0, samples=30)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert most(250) - most(50) < 100 * 96 * 96 * 3


def test_what_is_held_of_a_picture_is_all_that_is_searched():
    picture = figure(room(1), ADA, walking(0))
    assert np.array_equal(View(searched(picture)).lab, View(picture).lab)


def test_another_who_takes_the_place_is_not_followed(tmp_path):
    def painter(index, _):
        return figure(room(1), ADA if index < 18 else BEN, (0.5, 0.95, 0.3))

    clip = make_clip(tmp_path / "a.mp4", frames=FRAMES, fps=FPS, size=SIZE, painter=painter)
    found = follow(clip, around((0.5, 0.95, 0.3)), 0.0)
    assert len(found.lost) == 1 and np.isnan(found.scores[-1])
