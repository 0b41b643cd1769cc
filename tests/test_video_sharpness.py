"""Sharpness by its plain definition, which the quick way to it must give."""

from __future__ import annotations

import numpy as np
import pytest

from sora_nb.video.sharpness import _above_noise, _lost_by_blurring, _median, sharpness
from tests.test_video_measure import blurred, scene


def windows(picture, size):
    return np.lib.stride_tricks.sliding_window_view(picture, (size, size))


@pytest.mark.parametrize("shape", [(16, 16), (17, 40), (64, 33)])
def test_the_median_is_that_of_nine_pixels(shape):
    noise = np.random.default_rng(1).integers(0, 256, shape, dtype=np.uint8)
    assert np.array_equal(_median(noise), np.median(windows(noise, 3), axis=(2, 3)))
    wide = np.zeros((shape[0], shape[1] + 5), np.uint8)
    wide[:, : shape[1]] = noise
    assert np.array_equal(_median(wide[:, : shape[1]]), _median(noise)), "lines may lie apart in memory"


def test_what_a_blur_takes_away_is_what_a_blur_takes_away():
    lines = np.random.default_rng(2).integers(0, 256, (40, 30)).astype(np.int16)
    box = np.lib.stride_tricks.sliding_window_view(lines, 9, axis=0).mean(axis=2)
    before, after = np.abs(np.diff(lines, axis=0))[4:-4], np.abs(np.diff(box, axis=0))
    sharp = _above_noise(before.copy())
    assert _lost_by_blurring(lines) == pytest.approx(np.maximum(0, sharp - after).sum() / sharp.sum())
    assert _lost_by_blurring(np.asfortranarray(lines)) == _lost_by_blurring(lines)


def test_the_way_a_picture_is_turned_is_no_matter():
    picture = scene(1)[..., 0]
    assert sharpness(np.rot90(picture, 2)) == pytest.approx(sharpness(picture), rel=0.02)
    assert sharpness(picture) > 2 * sharpness(blurred(scene(1), 3)[..., 0]) > 0
    assert sharpness(np.full((40, 40), 90, np.uint8)) == 0
