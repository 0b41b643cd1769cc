"""A box is a place in shares of the picture, and is refused where it shows nothing."""

from __future__ import annotations

import numpy as np
import pytest

from sora_nb.errors import ConfigError
from sora_nb.video.box import Box


def test_pixels_are_within_the_picture_and_never_none():
    assert Box(0.25, 0.1, 0.5, 0.8).pixels(200, 100) == (50, 10, 150, 90)
    assert Box(-0.2, 0.5, 0.5, 0.9).pixels(200, 100) == (0, 50, 60, 100)
    assert Box(0.999, 0.999, 0.0001, 0.0001).pixels(200, 100) == (199, 99, 200, 100)


def test_a_crop_is_what_is_in_the_box():
    picture = np.arange(100 * 200 * 3, dtype=np.uint8).reshape(100, 200, 3)
    assert np.array_equal(Box(0.25, 0.1, 0.5, 0.8).crop(picture), picture[10:90, 50:150])


def test_four_numbers_mean_a_box():
    assert Box.of((0, 0, 1, 1)) == Box(0, 0, 1, 1) == Box.of(Box(0, 0, 1, 1))


@pytest.mark.parametrize(
    "wrong",
    [
        (0.2, 0.2, 0, 0.5),
        (1.0, 0, 0.5, 0.5),
        (-0.5, 0, 0.5, 1),
        (0, 0, 3, 1),
        (0, float("nan"), 1, 1),
        (200, 10, 300, 90),
    ],
)
def test_what_shows_nothing_is_refused(wrong):
    with pytest.raises(ConfigError, match="shares of it"):
        Box.of(wrong)


@pytest.mark.parametrize("sides", [("a", 0, 1, 1), (0, 0, None, 1), (0, 0, 1, "1")])
def test_sides_that_are_no_numbers_are_refused(sides):
    with pytest.raises(ConfigError, match="are not the four numbers of a box"):
        Box(*sides)


@pytest.mark.parametrize("wrong", ["face", (0, 1), None, 5])
def test_what_is_no_box_is_refused(wrong):
    with pytest.raises(ConfigError, match="is no box"):
        Box.of(wrong)
