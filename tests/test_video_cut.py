"""A clip begins with the very frame, and keeps picture, sound and time together."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np
import pytest

from sora_nb.errors import ConfigError, RangeError, VideoFileError
from sora_nb.timerange import TimeRange
from sora_nb.video import cut, guarded, preview, probe, scan
from sora_nb.video.shrink import shrink
from tests.clips import beeps_in, make_clip, number, paint, shown


def length(path):
    with av.open(str(path)) as container:
        track = container.streams.video[0]
        return float(track.duration * track.time_base)


@pytest.mark.parametrize("name", ["a.mp4", "a.mov", "a.mkv", "a.webm", "a.avi", "a.ts"])
@pytest.mark.parametrize(
    ("fps", "span", "first", "last"),
    [
        (24, (0.5, 1.5), 12, 35),
        (30, (0.5, 1.5), 15, 44),
        (30, (1.033, 1.1), 31, 32),
        (25, (0, 1.96), 0, 48),
        (24, (0.99, 1.01), 23, 24),
    ],
)
def test_the_exact_frames(tmp_path, name, fps, span, first, last):
    source = make_clip(tmp_path / name, frames=50, fps=fps, size=(96, 54))
    clip = cut(source, span, tmp_path / "clip.mp4")
    numbers = [n for _, n in shown(clip)]
    assert numbers == list(range(first, last + 1))
    assert length(clip) == pytest.approx(span[1] - span[0], abs=1 / fps)


@pytest.mark.parametrize("gop", [1, 7, 250])
@pytest.mark.parametrize("start", [0.0, 0.3, 1.0, 1.7])
def test_wherever_the_key_frames_are_and_with_b_frames(tmp_path, gop, start):
    source = make_clip(tmp_path / "a.mp4", gop=gop, b_frames=3)
    clip = cut(source, (start, start + 0.25), tmp_path / "clip.mp4")
    assert shown(clip)[0] == (0.0, int(start * 24 + 1e-6))


@pytest.mark.parametrize(("codec", "gop"), [("libx264", 40), ("libx264", 250), ("libx265", 250), ("mpeg2video", 12)])
def test_a_broadcast_with_b_frames_has_its_first_group_of_pictures(tmp_path, codec, gop):
    source = make_clip(tmp_path / "a.ts", frames=60, fps=25, size=(96, 54), codec=codec, gop=gop, b_frames=3)
    assert len(scan(source, faces=None)) == 60
    begun = probe(source).first_pts
    for start in (0, 1, 1.8):
        clip = cut(source, (start, start + 0.5), tmp_path / "clip.mp4")
        assert shown(clip)[0] == (0.0, max(0, int((start - begun) * 25 + 0.01)))


def test_times_of_a_variable_rate_are_kept(tmp_path):
    times = [0, 0.1, 0.15, 0.4, 1.0, 1.05, 1.2, 1.9]
    source = make_clip(tmp_path / "a.mp4", frames=len(times), times=times)
    clip = cut(source, (0.2, 1.5), tmp_path / "clip.mp4")
    moments, numbers = zip(*shown(clip), strict=True)
    assert numbers == (2, 3, 4, 5, 6)
    assert moments == pytest.approx((0, 0.2, 0.8, 0.85, 1.0), abs=0.001)
    assert length(clip) == pytest.approx(1.3, abs=0.001)


@pytest.mark.parametrize("name", ["a.mp4", "a.webm"])
def test_a_picture_that_starts_late_is_where_a_browser_shows_it(tmp_path, name):
    source = make_clip(tmp_path / name, first=0.5, beeps=[1.25])
    clip = cut(source, (1, 2), tmp_path / "clip.mp4")
    assert [n for _, n in shown(clip)] == list(range(12, 36))
    assert beeps_in(clip) == pytest.approx([0.25], abs=0.01)


def test_before_the_first_picture_there_is_the_first_picture(tmp_path):
    source = make_clip(tmp_path / "a.mp4", first=0.5)
    clip = cut(source, (0.25, 1), tmp_path / "clip.mp4")
    assert shown(clip)[:2] == [(0.0, 0), (pytest.approx(0.25 + 1 / 24), 1)]
    assert length(clip) == pytest.approx(0.75, abs=0.001)


def test_a_range_without_a_picture_is_refused(tmp_path):
    source = make_clip(tmp_path / "a.mp4", first=1.5, beeps=[0.5])
    with pytest.raises(VideoFileError, match=r"no picture from 0\.000 to 1\.000 s"):
        cut(source, (0, 1), tmp_path / "clip.mp4")
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]


@pytest.mark.parametrize("turn", [0, 90, 180, -90])
@pytest.mark.parametrize("mirror", [False, True])
def test_a_turned_picture_comes_out_upright(tmp_path, turn, mirror):
    upright = paint(1234, (96, 54))
    stored = np.rot90(upright[:, ::-1] if mirror else upright, -turn // 90)
    size = (stored.shape[1], stored.shape[0])
    source = make_clip(
        tmp_path / "a.mp4", frames=4, size=size, turn=turn, mirror=mirror, painter=lambda _, size: stored.copy()
    )
    clip = cut(source, (0, 0.1), tmp_path / "clip.mp4")
    assert shown(clip)[0][1] == 1234
    assert (probe(clip).width, probe(clip).height, probe(clip).rotation) == (96, 54, 0)


def test_wide_pixels_become_square(tmp_path):
    source = make_clip(tmp_path / "a.mp4", frames=4, size=(176, 144), pixel_aspect=Fraction(16, 11))
    clip = cut(source, (0, 0.1), tmp_path / "clip.mp4")
    with av.open(str(clip)) as container:
        stream = container.streams.video[0]
        assert (stream.width, stream.height, stream.sample_aspect_ratio or 1) == (256, 144, 1)


@pytest.mark.parametrize(
    ("size", "max_side", "expected"),
    [
        ((320, 180), 160, (160, 90)),
        ((180, 320), 160, (90, 160)),
        ((320, 180), 1280, (320, 180)),
        ((320, 180), None, (320, 180)),
        ((320, 240), 101, (100, 74)),
    ],
)
def test_the_size(tmp_path, size, max_side, expected):
    source = make_clip(tmp_path / "a.mp4", frames=4, size=size)
    info = probe(cut(source, (0, 0.1), tmp_path / "clip.mp4", max_side=max_side))
    assert (info.width, info.height) == expected


def test_odd_sides_become_even(tmp_path):
    source = make_clip(tmp_path / "a.mkv", frames=4, size=(95, 53), pix_fmt="yuv444p")
    info = probe(cut(source, (0, 0.1), tmp_path / "clip.mp4"))
    assert (info.width, info.height, info.playable) == (94, 52, True)


@pytest.mark.parametrize("turn", [0, -90])
def test_padding_centres_the_picture_on_black(tmp_path, turn):
    white = lambda _, size: np.full((size[1], size[0], 3), 255, np.uint8)  # noqa: E731
    size = (90, 160) if turn == 0 else (160, 90)
    source = make_clip(tmp_path / "a.mp4", frames=4, size=size, turn=turn, painter=white)
    clip = cut(source, (0, 0.1), tmp_path / "clip.mp4", pad_to=(320, 180))
    with av.open(str(clip)) as container:
        picture = next(container.decode(video=0)).to_ndarray(format="rgb24").mean(axis=(0, 2))
    assert picture.shape == (320,)
    assert picture[:104].max() < 10
    assert picture[216:].max() < 10
    assert picture[112:208].min() > 245


def test_padding_to_an_odd_size_is_refused(tmp_path):
    source = make_clip(tmp_path / "a.mp4", frames=4)
    with pytest.raises(ConfigError, match="321x180"):
        cut(source, (0, 0.1), tmp_path / "clip.mp4", pad_to=(321, 180))


@pytest.mark.parametrize("name", ["a.mp4", "a.webm", "a.mkv"])
def test_sound_stays_with_the_picture(tmp_path, name):
    source = make_clip(tmp_path / name, frames=96, beeps=[1.0, 2.5])
    clip = cut(source, (0.75, 3.25), tmp_path / "clip.mp4")
    assert beeps_in(clip) == pytest.approx([0.25, 1.75], abs=0.01)
    assert probe(clip).has_audio


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.webm", "a.avi"])
def test_a_long_tone_has_no_gap(tmp_path, name):
    source = make_clip(tmp_path / name, frames=72, beeps=[tenth / 10 for tenth in range(5, 25)])
    clip = cut(source, (0, 3), tmp_path / "clip.mp4")
    assert beeps_in(clip, pause=0.002) == pytest.approx([0.5], abs=0.03)


def test_sound_that_starts_late_is_not_pulled_forward(tmp_path):
    source = make_clip(tmp_path / "a.mp4", frames=72, beeps=[2.0], sound_from=1.5)
    clip = cut(source, (0.5, 3), tmp_path / "clip.mp4")
    assert beeps_in(clip) == pytest.approx([1.5], abs=0.01)


def test_sound_is_as_long_as_the_picture(tmp_path):
    clip = cut(make_clip(tmp_path / "a.mp4", beeps=[0.2]), (0, 1.5), tmp_path / "clip.mp4")
    with av.open(str(clip)) as container:
        sound = container.streams.audio[0]
        assert (sound.codec_context.name, sound.rate) == ("aac", 48_000)
        assert float(sound.duration * sound.time_base) == pytest.approx(1.5, abs=0.03)


def test_silence_where_a_service_wants_a_track(tmp_path):
    source = make_clip(tmp_path / "a.mp4")
    assert not probe(cut(source, (0, 1), tmp_path / "without.mp4")).has_audio
    clip = cut(source, (0, 1), tmp_path / "with.mp4", need_audio=True)
    assert probe(clip).has_audio
    assert beeps_in(clip) == []


def test_the_file_is_what_everybody_plays(tmp_path):
    clip = cut(make_clip(tmp_path / "a.webm", beeps=[0.5]), (0.5, 1.5), tmp_path / "clip.mp4")
    info, blob = probe(clip), clip.read_bytes()
    assert (info.container, info.codec, info.playable, info.first_pts) == ("mp4", "h264", True, 0)
    assert blob.index(b"moov") < blob.index(b"mdat")
    with av.open(str(clip)) as container:
        assert container.streams.video[0].pix_fmt == "yuv420p"


def test_equal_cuts_are_equal_bytes(tmp_path):
    source = make_clip(tmp_path / "a.mp4", beeps=[0.5])
    one, two, other = (
        cut(source, span, tmp_path / name).read_bytes()
        for span, name in [((0.2, 1), "1.mp4"), ((0.2, 1), "2.mp4"), ((0.3, 1), "3.mp4")]
    )
    assert one == two != other


def test_colours_survive(tmp_path):
    def stripes(_, size):
        colours = np.array([[200, 40, 40], [40, 180, 60], [40, 60, 200], [230, 220, 60]], np.uint8)
        return np.tile(np.repeat(colours, size[0] // 4, axis=0), (size[1], 1, 1))

    source = make_clip(tmp_path / "a.mp4", frames=4, size=(128, 72), painter=stripes)
    with av.open(str(source)) as before, av.open(str(cut(source, (0, 0.1), tmp_path / "b.mp4"))) as after:
        pictures = [next(c.decode(video=0)).to_ndarray(format="rgb24").astype(int) for c in (before, after)]
    assert np.abs(pictures[0] - pictures[1])[:, 16::32].max() <= 8


@pytest.mark.parametrize("span", ["1,1", "1.5,1", "-1,1", "1,2.5", "3,4", "1 to 2"])
def test_a_range_outside_the_video_is_refused(tmp_path, span):
    source = make_clip(tmp_path / "a.mp4")
    with pytest.raises(RangeError):
        cut(source, span, tmp_path / "clip.mp4")
    assert not (tmp_path / "clip.mp4").exists()


def test_the_tail_of_the_sound_is_no_reason_to_refuse(tmp_path):
    clip = cut(make_clip(tmp_path / "a.mp4"), TimeRange(1.5, 2.05), tmp_path / "clip.mp4")
    assert length(clip) == pytest.approx(0.5, abs=0.001)


def test_nothing_is_left_behind_and_nothing_destroyed_by_a_failure(tmp_path, monkeypatch):
    source = make_clip(tmp_path / "a.mp4")
    target = tmp_path / "clip.mp4"
    target.write_bytes(b"before")

    def fail(*_):
        raise MemoryError

    monkeypatch.setattr("sora_nb.video.upright.Upright.yuv", fail)
    with pytest.raises(MemoryError):
        cut(source, (0, 1), target)
    assert target.read_bytes() == b"before"
    assert sorted(path.name for path in tmp_path.iterdir() if path.suffix != "") == ["a.mp4", "clip.mp4"]


def test_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(VideoFileError, match="could not be written"):
        cut(make_clip(tmp_path / "a.mp4"), (0, 1), tmp_path / "file" / "clip.mp4")


@pytest.mark.parametrize(
    "write",
    [
        lambda source, target: cut(source, (0.5, 1), target),
        lambda source, target: guarded.cut(source, (0.5, 1), target),
        preview,
        lambda source, target: shrink(source, target, most_bytes=1, max_side=64),
    ],
)
@pytest.mark.parametrize("by", ["a.mp4", "folder/../a.mp4", "other.mp4"])
def test_the_source_is_never_written_over(tmp_path, write, by):
    source = make_clip(tmp_path / "a.mp4")
    (tmp_path / "folder").mkdir()
    (tmp_path / "other.mp4").symlink_to(source)
    before = source.read_bytes()
    with pytest.raises(ConfigError, match="is the source itself"):
        write(source, tmp_path / by)
    assert source.read_bytes() == before
    assert {path.name for path in tmp_path.iterdir()} == {"a.mp4", "folder", "other.mp4"}


@pytest.mark.parametrize("target", [".", "", "a\0b.mp4", "folder"])
def test_a_target_that_is_no_file_is_refused(tmp_path, monkeypatch, target):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    source = make_clip(tmp_path / "a.mp4")
    for write in (lambda: cut(source, "0,1", target), lambda: preview(source, target)):
        with pytest.raises(ConfigError, match="names no file to write"):
            write()


@pytest.mark.parametrize("side", [-5, 0, 1, float("nan"), float("inf"), "640", True])
def test_a_size_that_is_none_is_refused(tmp_path, side):
    with pytest.raises(ConfigError, match=r"max_side=.* is no size"):
        cut(tmp_path / "a.mp4", "0,1", tmp_path / "b.mp4", max_side=side)


def test_a_damaged_stretch_costs_its_frames_and_not_the_clip(tmp_path):
    source = make_clip(tmp_path / "a.mp4", frames=72, gop=12)
    blob = bytearray(source.read_bytes())
    with av.open(str(source)) as container:
        packets = [(p.pos, p.size) for p in container.demux(video=0) if p.size]
    position, size = packets[30]
    blob[position : position + size] = b"\xff" * size
    source.write_bytes(blob)
    clip = cut(source, (0, 3), tmp_path / "clip.mp4")
    with av.open(str(clip)) as container:
        count = sum(1 for _ in container.decode(video=0))
    assert 60 <= count <= 72


def test_a_preview_keeps_the_times_and_has_many_key_frames(tmp_path):
    source = make_clip(tmp_path / "a.mkv", first=0.5, beeps=[1.0], gop=250)
    target = preview(source, tmp_path / "preview.mp4")
    info = probe(target)
    assert info.playable
    assert info.duration == pytest.approx(2.5, abs=0.03), "the last picture stands until the sound ends"
    assert shown(target)[0] == (0.0, 0)
    assert shown(target)[1] == (pytest.approx(0.5 + 1 / 24, abs=0.001), 1)
    assert beeps_in(target) == pytest.approx([1.0], abs=0.01)
    with av.open(str(target)) as container:
        keys = [index for index, packet in enumerate(container.demux(video=0)) if packet.is_keyframe]
    assert keys == [0, 12, 24, 36]


@pytest.mark.parametrize(("size", "expected"), [((1600, 900), (1280, 720)), ((900, 1600), (720, 1280))])
def test_a_preview_has_720_lines_at_most(tmp_path, size, expected):
    info = probe(preview(make_clip(tmp_path / "a.mp4", frames=2, size=size), tmp_path / "preview.mp4"))
    assert (info.width, info.height) == expected


@pytest.mark.parametrize("value", [0, 5, 1234, 4095])
def test_only_an_upright_picture_says_a_number(value):
    upright = paint(value, (96, 54))
    assert number(upright) == value
    for turned in (np.rot90(upright, turns) for turns in (1, 2, 3)):
        for picture in (turned, turned[:, ::-1], upright[:, ::-1]):
            with pytest.raises(AssertionError, match="number here"):
                number(picture)
