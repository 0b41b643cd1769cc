"""The figures order what people would order, and cuts are where the shots change."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from PIL import Image, ImageFilter

from sora_nb.errors import VideoFileError
from sora_nb.video import measure, scan
from sora_nb.video.cuts import cuts
from sora_nb.video.sharpness import sharpness
from tests.clips import make_clip

SIZE = (320, 180)


@cache
def scene(seed: int) -> np.ndarray:
    """A picture with edges and smooth places: overlapping discs, each of one colour."""
    rng = np.random.default_rng(seed)
    picture = np.full((SIZE[1], SIZE[0], 3), rng.integers(0, 255, 3), np.uint8)
    rows, columns = np.mgrid[: SIZE[1], : SIZE[0]]
    for _ in range(60):
        centre_x, centre_y, radius = rng.integers(0, SIZE[0]), rng.integers(0, SIZE[1]), rng.integers(5, 40)
        disc = (columns - centre_x) ** 2 + (rows - centre_y) ** 2 < radius**2
        picture[disc] = rng.integers(0, 255, 3)
    return picture


def clip(path, painter, frames=48):
    return make_clip(path, frames=frames, size=SIZE, painter=lambda index, _: painter(index))


def blurred(picture: np.ndarray, radius: float) -> np.ndarray:
    return np.asarray(Image.fromarray(picture).filter(ImageFilter.GaussianBlur(radius)))


def test_cuts_are_counted_and_timed(tmp_path):
    found = measure(clip(tmp_path / "a.mp4", lambda i: np.roll(scene(i // 16), i, axis=1)))
    assert found.cuts == 2
    assert found.cut_times == pytest.approx((16 / 24, 32 / 24), abs=0.001)


def test_motion_is_no_cut(tmp_path):
    found = measure(clip(tmp_path / "a.mp4", lambda i: np.roll(scene(1), 9 * i, axis=1)))
    assert found.cut_times == ()
    assert found.motion > 5


def test_a_dissolve_is_no_cut(tmp_path):
    one, two = scene(1).astype(float), scene(2).astype(float)
    found = measure(clip(tmp_path / "a.mp4", lambda i: (one + (two - one) * i / 47).astype(np.uint8)))
    assert found.cuts == 0


def test_more_motion_is_a_larger_figure(tmp_path):
    still, slow, fast = (
        measure(clip(tmp_path / f"{step}.mp4", lambda i, step=step: np.roll(scene(1), step * i, axis=1))).motion
        for step in (0, 1, 6)
    )
    assert still < 0.2 < slow < fast


def test_a_cut_is_no_motion(tmp_path):
    assert measure(clip(tmp_path / "a.mp4", lambda i: scene(i // 16))).motion < 0.2


def test_a_blurred_video_is_less_sharp(tmp_path):
    figures = [
        measure(clip(tmp_path / f"{radius}.mp4", lambda i, radius=radius: blurred(scene(1), radius), 12)).sharpness
        for radius in (0, 1, 2, 4)
    ]
    assert figures == sorted(figures, reverse=True)
    assert figures[0] > 2 * figures[-1]


@pytest.mark.parametrize("seed", range(5))
def test_sharpness_is_ordered_by_blur_and_not_fooled_by_noise(seed):
    grey = scene(seed).mean(axis=2).astype(np.uint8)
    rng = np.random.default_rng(seed)
    soft = blurred(grey, 3)
    noisy = np.clip(soft + rng.normal(0, 3, soft.shape), 0, 255).astype(np.uint8)
    assert 1 >= sharpness(grey) > sharpness(blurred(grey, 1.5)) > sharpness(soft) >= 0
    assert sharpness(noisy) < sharpness(grey) / 2


@pytest.mark.parametrize("shape", [(180, 320), (1, 1), (9, 640)])
@pytest.mark.parametrize("level", [0, 16, 255])
def test_a_flat_picture_is_not_sharp(shape, level):
    assert sharpness(np.full(shape, level, np.uint8)) == 0


@pytest.mark.parametrize(
    ("changes", "places"),
    [
        ([1, 1, 1, 30, 1, 1, 1], [3]),
        ([1, 1, 1, 8, 1, 1, 1], [3]),  # small, and far above its neighbours: a jump within one setting
        ([1, 1, 1, 5, 1, 1, 1], []),
        ([2, 2, 2, 8.5, 2, 2, 2], [3]),
        ([2, 2, 2, 7.5, 2, 2, 2], []),
        ([0.2, 0.2, 0.2, 3.4, 0.2, 0.2, 0.2], [3]),  # to almost the same picture
        ([0.2, 0.2, 0.2, 2.9, 0.2, 0.2, 0.2], []),  # such as a title that appears
        ([10, 11, 12, 15, 12, 11, 10], []),  # fast, and everywhere so
        ([0, 30, 0, 0, 2, 0, 0], [1]),
        ([10, 0, 12, 0, 11, 0, 12, 0, 11], []),  # frames shown twice
        ([30, 1, 1, 1], [0]),
        ([], []),
        ([50], [0]),
    ],
)
def test_what_counts_as_a_cut(changes, places):
    assert cuts(changes, np.arange(len(changes)) / 24) == places


def held(changes: list[float], frames: int) -> list[float]:
    """The same changes with each picture shown for so many frames."""
    return [value for size in changes for value in (size, *[0.0] * (frames - 1))]


@pytest.mark.parametrize(
    ("changes", "fps", "places"),
    [
        ([0, *held([26, 42, 63, 16, 21, 51], 100)], 25, [1, 101, 201, 301, 401, 501]),  # pictures of four seconds each
        ([0, 26, 42, 63, 16, 21, 51], 0.25, [1, 2, 3, 4, 5, 6]),  # the same, one frame each
        ([0, *held([0.3, 0.2, 40, 0.4, 0.2, 45, 0.3, 0.2], 30)], 25, [61, 151]),  # a cursor moves between them
        ([0, *held([8, 12, 9, 14, 11, 13, 8], 2)], 24, []),  # animation on twos
        ([0, *held([8, 12, 9, 14, 11, 13, 8], 3)], 24, []),  # and on threes
        ([0, *held([8, 12, 9, 40, 11, 13, 8], 3)], 24, [10]),  # with a cut
        ([0, *held([5, 7, 6, 8, 5, 9], 48)], 24, []),  # poses held for two seconds
        ([0, 8, 12, 9, 15, 11, 20, 13], 1, []),  # one frame a second
        ([0, *held([8, 12, 9, 15, 11, 20, 13], 25)], 25, []),  # and the same recorded at 25
        ([4, 5, 4, *[0] * 30, 13, 5, 4, 5, *[0] * 40, 12, 4, 5], 25, []),  # a recording that freezes for a second
    ],
)
def test_pictures_that_stand_are_told_from_frames_that_are_repeated(changes, fps, places):
    assert cuts(changes, np.arange(len(changes)) / fps) == places


def test_one_frame_is_enough(tmp_path):
    found = measure(clip(tmp_path / "a.mp4", lambda i: scene(1), 1))
    assert (found.motion, found.cut_times) == (0, ())
    assert 0 < found.sharpness <= 1


def test_what_is_no_video_is_an_error_of_ours(tmp_path):
    with pytest.raises(VideoFileError):
        measure(tmp_path / "none.mp4")


def test_a_video_may_change_its_size_on_the_way(tmp_path):
    parts = [
        make_clip(tmp_path / "a.ts", size=SIZE, painter=lambda *_: scene(1)),
        make_clip(tmp_path / "b.ts", size=SIZE[::-1], first=2.0, painter=lambda *_: scene(2).swapaxes(0, 1)),
    ]
    both = tmp_path / "both.ts"
    both.write_bytes(b"".join(part.read_bytes() for part in parts))
    found = measure(both)
    track = scan(both, faces=None)
    assert found.cut_times == pytest.approx((2.0,), abs=0.05)
    assert track.cuts == pytest.approx((2.0,), abs=0.05)
    assert len(track.frames) == 96
