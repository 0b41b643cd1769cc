"""One pass over a video: what its track says, how it is kept, and that it can be stopped."""

from __future__ import annotations

import threading
import time
from io import BytesIO
from itertools import pairwise

import av
import numpy as np
import pytest
from PIL import Image

from sora_nb.errors import ConfigError, VideoFileError
from sora_nb.tables import TRACK_COLUMNS
from sora_nb.video import Track, measure, poster, scan, suggest
from sora_nb.video.faces import Face
from tests.clips import make_clip, tell_rate
from tests.test_video_measure import SIZE, blurred, clip, scene


def mixed(share: float) -> np.ndarray:
    """The first scene turning into the second."""
    return (scene(1) + (scene(2).astype(float) - scene(1)) * min(1.0, max(0.0, share))).astype(np.uint8)


def test_there_is_a_row_for_every_frame(tmp_path):
    track = scan(clip(tmp_path / "a.mp4", lambda i: np.roll(scene(i // 16), i, axis=1)))
    assert len(track) == 48
    assert track.frames["time"] == pytest.approx(np.arange(48) / 24)
    assert (track.duration, track.size, track.fps) == (2.0, SIZE, 24)
    assert track.cuts == pytest.approx((16 / 24, 32 / 24))
    assert track.sample_times == pytest.approx([0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75], abs=1 / 24)


@pytest.mark.parametrize("fps", [1 / 4, 12])
def test_still_pictures_are_cut_where_one_follows_another(tmp_path, fps):
    times = [i / fps for i in range(round(5 * 4 * fps))]
    film = tmp_path / "slides.mkv"
    make_clip(film, len(times), size=SIZE, times=times, painter=lambda i, _: scene(int(i / fps / 4)))
    track = scan(film, faces=None)
    assert track.cuts == measure(film).cut_times == pytest.approx((4, 8, 12, 16), abs=0.01)
    assert "scene_cut" in [one.code for one in track.findings((3, 6))]
    assert not any(one.span.start < cut < one.span.end for one in suggest(track) for cut in track.cuts)


def test_exposure_is_told(tmp_path):
    def painter(i):
        return np.full((180, 320, 3), (0, 128, 255)[i // 16], np.uint8)

    rows = scan(clip(tmp_path / "a.mp4", painter)).frames
    assert rows["luma"][[8, 24, 40]] == pytest.approx([0, 128, 255], abs=3)
    assert rows["dark"][[8, 24, 40]].tolist() == [1, 0, 0]
    assert rows["bright"][[8, 24, 40]].tolist() == [0, 0, 1]


def test_the_track_and_the_measures_agree(tmp_path):
    film = clip(tmp_path / "a.mp4", lambda i: np.roll(scene(i // 16), 3 * i, axis=1))
    track, figures = scan(film), measure(film)
    assert track.cuts == pytest.approx(figures.cut_times, abs=0.001)
    assert float(np.median(track.samples["sharpness"])) == pytest.approx(figures.sharpness, abs=0.05)


def test_sharpness_follows_the_picture(tmp_path):
    track = scan(clip(tmp_path / "a.mp4", lambda i: scene(1) if i < 24 else blurred(scene(1), 4)))
    sharp = track.samples["sharpness"]
    assert sharp[:4].min() > 2 * sharp[4:].max()


@pytest.mark.parametrize(("first", "last"), [(16, 24), (12, 32), (4, 44)])
def test_a_dissolve_is_a_fade(tmp_path, first, last):
    track = scan(clip(tmp_path / "a.mp4", lambda i: mixed((i - first) / (last - first))))
    assert track.cuts == ()
    (fade,) = track.fades
    assert fade.start == pytest.approx(first / 24, abs=0.2) and fade.end == pytest.approx(last / 24, abs=0.2)


def test_a_dissolve_of_little_on_a_plain_ground_is_a_fade(tmp_path):
    def standing(left):
        picture = np.full((180, 320, 3), 230, np.uint8)
        picture[60:120, left : left + 40] = scene(1)[60:120, :40]
        return picture.astype(float)

    def painter(i):
        share = min(1.0, max(0.0, (i - 12) / 24))
        return (standing(120) * (1 - share) + standing(180) * share).astype(np.uint8)

    track = scan(clip(tmp_path / "a.mp4", painter))
    assert len(track.fades) == 1 and abs(track.frames["luma"] - 230).max() < 20


def test_a_fade_to_black_is_one(tmp_path):
    track = scan(clip(tmp_path / "a.mp4", lambda i: (scene(1) * min(1.0, (47 - i) / 15)).astype(np.uint8)))
    assert len(track.fades) == 1


@pytest.mark.parametrize("step", [0, 1, 4, 9])
def test_motion_is_no_fade(tmp_path, step):
    track = scan(clip(tmp_path / "a.mp4", lambda i: np.roll(scene(1), step * i, axis=1)))
    assert track.fades == () and track.cuts == ()


def test_a_soft_picture_that_slides_is_no_fade(tmp_path):
    soft = blurred(scene(1), 12)
    wide = np.concatenate([soft, soft[:, ::-1]], axis=1)

    def painter(i):
        return wide[:, 3 * i : 3 * i + SIZE[0]]

    assert scan(clip(tmp_path / "a.mp4", painter)).fades == ()
    one, two = (blurred(scene(seed), 8).astype(float) for seed in (1, 2))
    mix = scan(clip(tmp_path / "b.mp4", lambda i: (one + (two - one) * i / 47).astype(np.uint8)))
    assert len(mix.fades) == 1


def test_a_cut_is_no_fade(tmp_path):
    assert scan(clip(tmp_path / "a.mp4", lambda i: scene(1 + i // 24))).fades == ()


def test_faces_are_asked_for_upright_and_kept(tmp_path):
    sizes = []

    def detector(picture):
        sizes.append(picture.shape)
        return [Face(0.25, 0.25, 0.5, 0.5, 0.9, 0.1)] if len(sizes) > 4 else []

    film = make_clip(tmp_path / "a.mp4", size=(320, 180), turn=90, painter=lambda i, _: scene(1))
    track = scan(film, faces=detector)
    assert set(sizes) == {(480, 270, 3)}
    assert track.size == (180, 320)
    assert track.faces["sample"].tolist() == [4, 5, 6, 7]
    assert track.faces["turned"] == pytest.approx([0.1] * 4)
    assert 0 < track.faces["sharpness"][0] <= 1 and 20 < track.faces["luma"][0] < 235
    assert track.detector == "detector"
    assert np.isnan(track.faces["sharpness"]).sum() == 0


def test_a_face_outside_the_picture_costs_nothing(tmp_path):
    film = clip(tmp_path / "a.mp4", lambda i: scene(1), 12)
    faces = [Face(1.2, 0.1, 0.1, 0.1), Face(-0.1, -0.1, 0.15, 0.15), Face(0.5, 0.5, 0.01, 0.01)]
    track = scan(film, faces=lambda picture: faces)
    assert np.isnan(track.faces["luma"][0]) and np.isnan(track.faces["sharpness"][2])
    assert not np.isnan(track.faces["luma"][1])


def test_the_table_has_its_columns(tmp_path):
    table = scan(clip(tmp_path / "a.mp4", lambda i: scene(i // 24)), faces=lambda picture: [Face(0, 0, 0.5, 0.5)]).df
    assert {name: str(kind) for name, kind in table.dtypes.items()} == dict(TRACK_COLUMNS)
    assert table.cut.sum() == 1 and table.time[table.cut].item() == pytest.approx(1.0)
    assert table.sharpness.notna().sum() == table.faces.sum() == 8


def test_without_a_detector_faces_are_unknown_and_not_none(tmp_path):
    assert scan(clip(tmp_path / "a.mp4", lambda i: scene(1), 12), faces=None).df.faces.isna().all()


def test_it_is_kept_in_bytes(tmp_path):
    track = scan(clip(tmp_path / "a.mp4", lambda i: mixed(i / 47)), faces=lambda picture: [Face(0, 0, 0.5, 0.5)])
    again = Track.from_bytes(track.to_bytes())
    assert again.df.equals(track.df)
    assert (again.cuts, again.fades, again.size, again.detector) == (track.cuts, track.fades, SIZE, track.detector)
    assert (again.filmstrip, again.poster, again.tiles) == (track.filmstrip, track.poster, track.tiles)


@pytest.mark.parametrize(
    "spoil", [lambda b: b"", lambda b: b[:-99], lambda b: b"PK" + b[9:], lambda b: b"\x93NUMPY" + b]
)
def test_damaged_bytes_are_an_error_of_ours(tmp_path, spoil):
    data = scan(clip(tmp_path / "a.mp4", lambda i: scene(1), 12)).to_bytes()
    with pytest.raises(VideoFileError):
        Track.from_bytes(spoil(data))


def test_pictures_come_out_of_the_same_pass(tmp_path):
    track = scan(clip(tmp_path / "a.mp4", lambda i: scene(1) if 24 <= i < 36 else np.zeros((180, 320, 3), np.uint8)))
    strip = np.asarray(Image.open(BytesIO(track.filmstrip)).convert("L"))
    assert strip.shape == (54, track.tiles * 96) and track.tiles == 4
    assert [strip[:, 96 * i : 96 * i + 96].mean() > 20 for i in range(4)] == [False, False, True, False]
    poster = Image.open(BytesIO(track.poster))
    assert poster.size == (320, 180) and np.asarray(poster).mean() > 20


@pytest.mark.parametrize("size", [(1280, 720), (720, 1280), (640, 360)])
@pytest.mark.parametrize("pixels", ["yuv420p", "yuvj420p", "rgb24"])
def test_tiles_have_the_colours_of_the_film(tmp_path, size, pixels):
    path = tmp_path / "a.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264rgb" if pixels == "rgb24" else "libx264", rate=24)
        stream.width, stream.height, stream.pix_fmt = *size, pixels
        picture = np.full((size[1], size[0], 3), (200, 60, 30), np.uint8)
        for number in range(3):
            frame = av.VideoFrame.from_ndarray(picture, "rgb24").reformat(format=pixels)
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    tile, still = (
        np.asarray(Image.open(BytesIO(each)).convert("RGB"), int) for each in (scan(path).filmstrip, poster(path))
    )
    assert tile.mean(axis=(0, 1)) == pytest.approx(still.mean(axis=(0, 1)), abs=5)


def test_progress_grows_to_one(tmp_path):
    told = []
    scan(clip(tmp_path / "a.mp4", lambda i: scene(1), 600), progress=told.append)
    assert told[0] == 0 and told[-1] == 1 and len(told) >= 4
    assert all(before <= after for before, after in pairwise(told))


def test_what_progress_raises_ends_the_scan(tmp_path):
    def stop(share):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        scan(clip(tmp_path / "a.mp4", lambda i: scene(1)), progress=stop)


def test_what_a_detector_raises_ends_the_scan(tmp_path):
    def broken(picture):
        raise LookupError("no weights")

    with pytest.raises(LookupError, match="no weights"):
        scan(clip(tmp_path / "a.mp4", lambda i: scene(1)), faces=broken)


def test_a_detector_works_in_one_thread_and_stops_with_the_scan(tmp_path):
    threads, seen = set(), []

    def slow(picture):
        threads.add(threading.current_thread())
        seen.append(len(seen))
        time.sleep(0.02)
        return [Face(0.1, 0.1, 0.2, len(seen) / 100)]

    film = clip(tmp_path / "a.mp4", lambda i: scene(1), 96)
    assert scan(film, faces=slow, samples=8).faces["height"] == pytest.approx([(1 + i) / 100 for i in range(32)])
    assert len(threads) == 1 and not any(thread.is_alive() for thread in threads)

    def stop(share):
        if share:
            raise InterruptedError

    seen.clear()
    with pytest.raises(InterruptedError):
        scan(clip(tmp_path / "b.mp4", lambda i: scene(1), 600), faces=slow, progress=stop)
    assert len(seen) < 100 and not any(thread.is_alive() for thread in threads)


def test_a_varying_rate_is_no_matter(tmp_path):
    times = [0, 0.04, 0.3, 0.34, 0.38, 0.9, 0.94, 1.2, 1.24, 1.28]
    film = make_clip(tmp_path / "a.mp4", len(times), size=SIZE, times=times, painter=lambda i, _: scene(i // 5))
    track = scan(film)
    assert track.frames["time"] == pytest.approx(times, abs=0.001)
    assert track.cuts == pytest.approx((0.9,))


@pytest.mark.parametrize("told", [1000, 100, 10])
def test_the_rate_is_that_of_the_frames_where_the_header_says_another(tmp_path, told):
    film = tmp_path / "a.webm"
    clip(film, lambda i: np.roll(scene(1), 2 * i, axis=1))
    truth = scan(film, faces=None)
    track = scan(tell_rate(film, 1 / told), faces=None)
    assert (truth.fps, track.fps) == (24, pytest.approx(24, abs=0.2))
    assert [finding.code for finding in track.findings("0,1.5")] == [
        finding.code for finding in truth.findings("0,1.5")
    ]


def test_the_rate_that_a_header_rounds_is_kept(tmp_path):
    assert scan(tell_rate(make_clip(tmp_path / "a.webm", fps=30), 1 / 29.97), faces=None).fps == pytest.approx(29.97)


def test_times_that_begin_anew_tell_no_rate(tmp_path):
    film = make_clip(tmp_path / "a.ts", fps=25)
    film.write_bytes(2 * film.read_bytes())
    assert scan(film, faces=None).fps == 25


@pytest.mark.parametrize("pix_fmt", ["yuv420p", "yuv444p", "yuv422p", "yuv420p10le"])
def test_every_kind_of_pixel_gives_the_same(tmp_path, pix_fmt):
    film = make_clip(tmp_path / "a.mp4", size=SIZE, pix_fmt=pix_fmt, painter=lambda i, _: scene(1 + i // 24))
    rows = scan(film).frames
    assert rows["luma"][0] == pytest.approx(scene(1).mean(), abs=20)
    assert rows["change"][24] > 11 > rows["change"][23]


@pytest.mark.parametrize("size", [(16, 16), (2, 64), (4096, 16)])
def test_odd_sizes_are_no_error(tmp_path, size):
    film = make_clip(
        tmp_path / "a.mp4", 12, size=size, painter=lambda i, wh: np.full((wh[1], wh[0], 3), 9 * i, np.uint8)
    )
    assert len(scan(film)) == 12


def test_a_wide_film_has_a_strip_that_a_jpeg_holds(tmp_path):
    film = make_clip(tmp_path / "a.mp4", 35, fps=1, size=(1536, 64))
    track = scan(film, faces=None)
    assert track.tiles == 60
    with Image.open(BytesIO(track.filmstrip)) as strip:
        assert strip.height == 54
        assert strip.width % 60 == 0 and 65_000 < strip.width < 65_536


@pytest.mark.parametrize("samples", [0, -1, float("nan"), float("inf"), "4", None, True])
def test_no_samples_are_refused(tmp_path, samples):
    with pytest.raises(ConfigError, match="samples a second are none"):
        scan(tmp_path / "a.mp4", samples=samples)


@pytest.mark.parametrize("faces", ["mtcnn", 5, True, ("installed",)])
def test_a_detector_that_is_none_is_refused_before_anything_is_read(tmp_path, faces):
    with pytest.raises(ConfigError, match="cannot look for faces"):
        scan(tmp_path / "a.mp4", faces=faces)


def test_what_is_no_video_is_an_error_of_ours(tmp_path):
    (tmp_path / "a.mp4").write_bytes(b"no video")
    with pytest.raises(VideoFileError):
        scan(tmp_path / "a.mp4")
