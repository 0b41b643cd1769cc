"""A hand that trembles is told from a camera that pans and from a person who moves."""

from __future__ import annotations

import numpy as np
import pytest

from sora_nb.video.seen import SHAKEN
from sora_nb.video.shaking import Shaking
from tests.test_video_measure import blurred, scene


def small(seed=1, right=0, down=0):
    picture = blurred(scene(seed), 2)[::2, ::2].mean(axis=2).astype(np.uint8)
    return np.roll(picture, (down, right), axis=(0, 1))


def shown(pictures):
    shaking = Shaking()
    for picture in pictures:
        shaking.add(picture)
    return shaking.taken()


def person(i):
    """Who walks before a plain wall."""
    picture = np.full((90, 160), 220, np.uint8)
    picture[20:90, 20 + 2 * i : 60 + 2 * i] = small()[20:90, 40:80]
    return picture


STEPS = [(5, -3), (-4, 4), (3, 5), (-5, -2), (4, -4), (-3, 3), (5, 2), (-5, -5)]


@pytest.mark.parametrize(
    ("pictures", "shakes"),
    [
        ([small(1, *STEPS[i % 8]) for i in range(24)], True),
        ([np.roll(person(10), STEPS[i % 8], axis=(1, 0)) for i in range(24)], True),
        ([small(1, i) for i in range(24)], False),
        ([small(1, 2 * i, i) for i in range(24)], False),
        ([person(i) for i in range(24)], False),
        ([small(1 + i // 12) for i in range(24)], False),
        ([small()] * 24, False),
    ],
    ids=["tremble", "before a wall", "pan", "fast pan", "walk", "cut", "still"],
)
def test_only_what_jerks_shakes(pictures, shakes):
    assert (shown(pictures) > SHAKEN) == shakes


def test_each_answer_is_about_what_came_since_the_one_before():
    shaking = Shaking()
    for i in range(12):
        shaking.add(small(1, *STEPS[i % 8]))
    assert shaking.taken() > SHAKEN
    for _ in range(12):
        shaking.add(small(1, *STEPS[11 % 8]))
    assert shaking.taken() < SHAKEN and shaking.taken() == 0


@pytest.mark.parametrize("size", [(1, 1), (2, 160), (90, 3), (8, 8), (12, 12)])
def test_tiny_pictures_are_no_error(size):
    assert shown([np.full(size, 9 * i, np.uint8) for i in range(6)]) == pytest.approx(0, abs=1)


def test_how_often_it_is_asked_changes_no_answer():
    pictures = [small(1, *STEPS[i % 8]) for i in range(40)]
    often, seldom = Shaking(), Shaking()
    told = []
    for i, picture in enumerate(pictures):
        often.add(picture)
        seldom.add(picture)
        if i > 1:
            told.append(often.taken())
    assert seldom.taken() == pytest.approx(np.median(told), rel=1e-5) and min(told) > SHAKEN
