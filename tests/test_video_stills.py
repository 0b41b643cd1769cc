"""Single pictures: the right frame, upright, at a bounded cost."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from sora_nb.errors import ConfigError, VideoFileError
from sora_nb.video import filmstrip, frames, poster, still
from sora_nb.video import playback as playback_module
from tests.clips import make_clip, number, paint


def picture(jpeg):
    image = Image.open(BytesIO(jpeg))
    assert image.format == "JPEG"
    return np.asarray(image)


def tiles(jpeg, count):
    return [number(tile) for tile in np.split(picture(jpeg), count, axis=1)]


@pytest.mark.parametrize("name", ["a.mp4", "a.webm", "a.mkv", "a.avi"])
@pytest.mark.parametrize(("at", "expected"), [(0, 0), (1.0, 24), (1.02, 24), (1.25, 30), (None, 4), (99, 47), (-1, 0)])
def test_a_poster_is_the_frame_asked_for(tmp_path, name, at, expected):
    assert number(picture(poster(make_clip(tmp_path / name), at))) == expected


def test_a_poster_of_a_time_with_b_frames_and_one_key_frame(tmp_path):
    source = make_clip(tmp_path / "a.mp4", b_frames=3, gop=250)
    assert [number(picture(poster(source, n / 24))) for n in range(0, 48, 5)] == list(range(0, 48, 5))


def test_a_poster_stands_upright(tmp_path):
    source = make_clip(
        tmp_path / "a.mp4", size=(54, 96), turn=-90, painter=lambda n, _: np.rot90(paint(n, (96, 54))).copy()
    )
    jpeg = picture(poster(source, 0.5, width=96))
    assert jpeg.shape == (54, 96, 3)
    assert number(jpeg) == 12


@pytest.mark.parametrize(("width", "expected"), [(96, (54, 96)), (4000, (108, 192))])
def test_a_poster_is_never_wider_than_the_video(tmp_path, width, expected):
    assert picture(poster(make_clip(tmp_path / "a.mp4"), width=width)).shape[:2] == expected


def test_a_short_filmstrip_is_exact(tmp_path):
    source = make_clip(tmp_path / "a.mp4", frames=100, fps=25, gop=250)
    strip = filmstrip(source, 10)
    assert picture(strip).shape == (54, 960, 3)
    assert tiles(strip, 10) == [5 + 10 * index for index in range(10)]


@pytest.mark.parametrize(("gop", "b_frames"), [(60, 0), (250, 2), (10_000, 0)])
def test_every_tile_of_a_filmstrip_is_from_its_own_stretch(tmp_path, gop, b_frames):
    source = make_clip(tmp_path / "a.mp4", frames=600, fps=10, size=(96, 54), gop=gop, b_frames=b_frames)
    for index, shown in enumerate(tiles(filmstrip(source, 20), 20)):
        assert index * 30 - 1 <= shown <= index * 30 + 30


def test_a_filmstrip_of_a_part_is_of_that_part(tmp_path):
    source = make_clip(tmp_path / "a.mp4", frames=100, fps=25, gop=25)
    assert tiles(filmstrip(source, 5, span=(1, 3)), 5) == [30, 40, 50, 60, 70]
    assert tiles(filmstrip(source, 2, span=(3, 9)), 2) == pytest.approx([81, 93], abs=1)
    with pytest.raises(ConfigError, match="nothing of 5,6 in 4 s"):
        filmstrip(source, 2, span="5,6")


def test_more_tiles_than_frames(tmp_path):
    assert tiles(filmstrip(make_clip(tmp_path / "a.mp4", frames=3), 6), 6) == [0, 0, 1, 1, 2, 2]


@pytest.mark.parametrize("name", ["a.webm", "a.mkv", "a.avi", "a.ts", "a.gif"])
def test_a_filmstrip_of_any_container(tmp_path, name):
    extra = {"pix_fmt": "rgb8"} if name == "a.gif" else {}
    numbers = tiles(filmstrip(make_clip(tmp_path / name, **extra), 6), 6)
    assert numbers == pytest.approx([4, 12, 20, 28, 36, 44], abs=1)


def test_a_long_film_costs_a_few_frames_per_tile(tmp_path, monkeypatch):
    source = make_clip(tmp_path / "a.mp4", frames=2000, fps=1, size=(96, 54), gop=10)
    decoded = 0
    original = playback_module._decoded

    def counted(footage):
        nonlocal decoded
        for frame in original(footage):
            decoded += 1
            yield frame

    monkeypatch.setattr(playback_module, "_decoded", counted)
    numbers = tiles(filmstrip(source, 20), 20)
    assert numbers == sorted(set(numbers))
    assert all(100 * index - 10 <= shown < 100 * (index + 1) for index, shown in enumerate(numbers))
    assert decoded < 200


def test_frames_are_what_is_seen_then(tmp_path):
    source = make_clip(tmp_path / "a.mp4")
    taken = list(frames(source, "0.5,1.5", every=0.25, width=96))
    assert [moment for moment, _ in taken] == [0.5, 0.75, 1.0, 1.25]
    assert [number(rgb) for _, rgb in taken] == [12, 18, 24, 30]
    assert {(rgb.shape, rgb.dtype.name) for _, rgb in taken} == {((54, 96, 3), "uint8")}


def test_frames_of_a_slow_video_repeat(tmp_path):
    source = make_clip(tmp_path / "a.mp4", frames=3, times=[0, 1, 1.5])
    assert [number(rgb) for _, rgb in frames(source, (0, 1.5), every=0.5, width=96)] == [0, 0, 1]


def test_frames_of_the_whole_video(tmp_path):
    assert len(list(frames(make_clip(tmp_path / "a.mp4"), every=0.5, width=96))) == 4


def test_frames_may_be_left_early(tmp_path):
    source = make_clip(tmp_path / "a.mp4")
    stream = frames(source, every=0.1, width=96)
    assert next(stream)[0] == 0
    stream.close()
    source.unlink()


def test_counts_that_make_no_sense_are_refused(tmp_path):
    source = make_clip(tmp_path / "a.mp4", frames=4)
    with pytest.raises(ConfigError, match="0 frames"):
        filmstrip(source, 0)
    with pytest.raises(ConfigError, match="every 0 s"):
        next(frames(source, every=0, width=96))


@pytest.mark.parametrize("look", [poster, filmstrip, lambda path: next(frames(path, every=1, width=96))])
def test_what_is_no_video_is_an_error_of_ours(tmp_path, look):
    path = tmp_path / "a.mp4"
    path.write_text("no video")
    with pytest.raises(VideoFileError):
        look(path)


@pytest.mark.parametrize(
    ("size", "cropped"),
    [((192, 108), False), ((384, 216), False), ((960, 540), False), ((192, 128), True), ((108, 192), False)],
)
def test_a_still_has_the_size_asked_for_and_is_cropped_only_a_little(tmp_path, size, cropped):
    png = still(make_clip(tmp_path / "a.mp4"), size, 0.5)
    image = Image.open(BytesIO(png))
    assert (image.format, image.size, image.mode) == ("PNG", size, "RGB")
    seen = np.asarray(image)
    black = (seen.max(axis=(1, 2)) < 8).any()
    assert bool(black) == (size == (108, 192))
    if not cropped:
        height = round(108 * size[0] / 192)
        top = (size[1] - height) // 2
        assert number(seen[top : top + height]) == 12


def test_a_still_that_would_lose_much_is_there_whole_on_black(tmp_path):
    seen = np.asarray(Image.open(BytesIO(still(make_clip(tmp_path / "a.mp4"), (108, 192), 0.5))))
    assert number(seen[66:126]) == 12
    assert not seen[:60].any() and not seen[132:].any()


def test_a_still_is_the_one_that_the_poster_shows(tmp_path):
    source = make_clip(tmp_path / "a.mp4")
    assert number(np.asarray(Image.open(BytesIO(still(source, (192, 108)))))) == number(picture(poster(source))) == 4
    assert still(source, (192, 108)) == still(source, (192, 108))
