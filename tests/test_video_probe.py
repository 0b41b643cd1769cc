"""What a file says about itself, and what is said of files that are no videos."""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.stream import Disposition
from PIL import Image

from sora_nb.errors import VideoFileError
from sora_nb.video import cut, guarded, probe, scan
from tests.clips import make_clip, paint, tell_rate


def test_an_mp4(tmp_path):
    path = make_clip(tmp_path / "a.mp4", frames=60, fps=30, size=(320, 180), beeps=[])
    info = probe(path)
    assert (info.path, info.bytes) == (path, path.stat().st_size)
    assert (info.width, info.height, info.fps, info.duration) == (320, 180, 30, 2)
    assert (info.container, info.codec, info.playable) == ("mp4", "h264", True)
    assert (info.has_audio, info.rotation, info.first_pts) == (True, 0, 0)


def test_a_path_may_be_text(tmp_path):
    path = make_clip(tmp_path / "a.mp4", frames=4)
    assert probe(str(path)) == probe(path)


@pytest.mark.parametrize(
    ("name", "codec", "pix_fmt", "container", "playable"),
    [
        ("a.webm", "libvpx", "yuv420p", "webm", True),
        ("a.webm", "libvpx-vp9", "yuv420p", "webm", True),
        ("a.mov", "libx264", "yuv420p", "mov", True),
        ("a.mkv", "libx264", "yuv420p", "mkv", False),
        ("a.mp4", "libx265", "yuv420p", "mp4", False),
        ("a.mp4", "libx264", "yuv444p", "mp4", False),
        ("a.mp4", "libx264", "yuv420p10le", "mp4", False),
        ("a.mp4", "mpeg4", "yuv420p", "mp4", False),
        ("a.avi", "mpeg4", "yuv420p", "avi", False),
        ("a.ts", "libx264", "yuv420p", "ts", False),
        ("a.flv", "flv", "yuv420p", "flv", False),
        ("a.gif", "gif", "rgb8", "gif", False),
    ],
)
def test_what_a_browser_plays(tmp_path, name, codec, pix_fmt, container, playable):
    info = probe(make_clip(tmp_path / name, codec=codec, pix_fmt=pix_fmt, size=(128, 72)))
    assert (info.container, info.playable) == (container, playable)
    assert info.duration == pytest.approx(2, abs=0.06)
    assert (info.width, info.height) == (128, 72)


def test_the_content_decides_and_not_the_name(tmp_path):
    path = make_clip(tmp_path / "a.webm", frames=4).rename(tmp_path / "holiday.mp4")
    assert probe(path).container == "webm"


@pytest.mark.parametrize("name", [b"\x85webm\0", b"\x88webm\0\0\0\0", b"\x40\x04webm", b"\x01\0\0\0\0\0\0\x04webm"])
def test_a_webm_is_one_however_its_name_is_written(tmp_path, name):
    path = make_clip(tmp_path / "a.webm", frames=4)
    blob = path.read_bytes()
    head = blob[5 : 5 + (blob[4] & 0x7F)] if blob[4] != 1 else blob[12 : 12 + blob[11]]
    body = blob[blob.index(head) + len(head) :]
    head = head.replace(b"\x42\x82\x84webm", b"\x42\x82" + name)
    path.write_bytes(b"\x1a\x45\xdf\xa3" + bytes([0x80 | len(head)]) + head + body)
    info = probe(path)
    assert (info.container, info.playable) == ("webm", True)


def test_a_gif_with_a_g_where_a_broadcast_has_one_is_a_gif(tmp_path):
    path = make_clip(tmp_path / "a.gif", codec="gif", pix_fmt="rgb8", size=(128, 72))
    blob = bytearray(path.read_bytes())
    assert blob[10] & 0x80  # its colours come next, so that the byte is one of them
    blob[188] = ord("G")
    path.write_bytes(blob)
    assert probe(path).container == "gif"


def test_words_that_begin_with_a_g_are_no_broadcast(tmp_path):
    (tmp_path / "a.ts").write_bytes(b"G" + b"x" * 187 + b"G" + b"x" * 900)
    with pytest.raises(VideoFileError, match="is not a video"):
        probe(tmp_path / "a.ts")


@pytest.mark.parametrize(("turn", "rotation"), [(0, 0), (-90, 90), (180, 180), (90, 270)])
def test_a_turned_phone(tmp_path, turn, rotation):
    info = probe(make_clip(tmp_path / "a.mp4", frames=4, size=(192, 108), turn=turn))
    assert info.rotation == rotation
    assert (info.width, info.height) == ((192, 108) if rotation in (0, 180) else (108, 192))


def test_wide_pixels_count_as_they_are_seen(tmp_path):
    path = make_clip(tmp_path / "a.mp4", frames=4, size=(176, 144), pixel_aspect=Fraction(16, 11))
    assert (probe(path).width, probe(path).height) == (256, 144)


def test_narrow_pixels_make_a_higher_picture(tmp_path):
    path = make_clip(tmp_path / "a.mp4", frames=4, size=(180, 120), pixel_aspect=Fraction(8, 9))
    assert (probe(path).width, probe(path).height) == (180, 135)


@pytest.mark.parametrize("name", ["a.mp4", "a.webm", "a.mkv"])
def test_a_picture_that_starts_late_ends_late(tmp_path, name):
    info = probe(make_clip(tmp_path / name, first=0.5))
    assert info.first_pts == 0.5
    assert info.duration == pytest.approx(2.5, abs=0.001)


def test_a_broadcast_counts_from_its_first_timestamp(tmp_path):
    info = probe(make_clip(tmp_path / "a.ts", first=500))
    assert info.first_pts == 0
    assert info.duration == pytest.approx(2, abs=0.001)


def test_a_variable_rate_has_its_average(tmp_path):
    info = probe(make_clip(tmp_path / "a.mp4", frames=5, times=[0, 0.1, 0.5, 1.5, 1.9]))
    assert info.duration == pytest.approx(2, abs=0.1)
    assert 2 < info.fps < 3


def test_a_rate_that_cannot_be_is_counted(tmp_path):
    film = tell_rate(make_clip(tmp_path / "a.webm", fps=30), 1 / 1000)
    assert probe(film).fps == pytest.approx(30, abs=0.1)
    assert probe(cut(film, (0, 1), tmp_path / "b.mp4")).fps == pytest.approx(30, abs=0.1)


@pytest.mark.parametrize("fps", [480, 1000])
def test_a_rate_that_is_high_is_not_made_low(tmp_path, fps):
    film = make_clip(tmp_path / "a.mp4", frames=96, fps=fps)
    assert probe(film).fps == fps
    assert scan(film, faces=None).fps == fps


def test_the_length_is_counted_where_none_is_written(tmp_path):
    path = make_clip(tmp_path / "a.webm", frames=60, fps=24)
    blob = bytearray(path.read_bytes())
    at = blob.index(b"\x44\x89\x88")  # Duration, 8 bytes
    blob[at : at + 2] = b"\xec\x89"  # Void, 9 bytes
    path.write_bytes(blob)
    with av.open(str(path)) as container:
        assert container.duration is None
    assert probe(path).duration == pytest.approx(2.5, abs=0.002)


def test_a_length_that_lies_is_not_believed(tmp_path):
    path = make_clip(tmp_path / "a.mkv", frames=240, fps=24, gop=12)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with av.open(str(path)) as container:
        assert container.duration == 10_000_000
    assert 3 < probe(path).duration < 7


def test_an_mp4_whose_end_is_missing_is_as_long_as_what_is_there(tmp_path):
    path = make_clip(tmp_path / "a.mp4", frames=240, fps=24, faststart=True)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 3 // 4])
    assert 3 < probe(path).duration < 9.5


def test_the_cover_of_an_album_is_not_a_video(tmp_path):
    path = tmp_path / "a.mp4"
    with av.open(str(path), "w") as container:
        track = container.add_stream("aac", rate=48_000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 4800), np.float32), format="fltp", layout="mono")
        frame.sample_rate = 48_000
        container.mux(track.encode(frame))
        container.mux(track.encode(None))
    with pytest.raises(VideoFileError, match=r"a\.mp4 has sound but no moving picture"):
        probe(path)


@pytest.mark.parametrize("name", ["a.mkv", "a.mp4"])
@pytest.mark.parametrize("default", [0, 1])
def test_of_two_tracks_the_default_one_is_seen(tmp_path, name, default):
    with av.open(str(tmp_path / name), "w") as container:
        tracks = [container.add_stream("libx264", rate=24) for _ in range(2)]
        for place, (track, size) in enumerate(zip(tracks, [(96, 54), (192, 108)], strict=True)):
            track.width, track.height, track.pix_fmt = *size, "yuv420p"
            track.disposition = Disposition.default if place == default else Disposition(0)
        for index in range(12):
            for track in tracks:
                frame = av.VideoFrame.from_ndarray(paint(index, (track.width, track.height)), format="rgb24")
                frame.pts, frame.time_base = index, Fraction(1, 24)
                container.mux(track.encode(frame))
        for track in tracks:
            container.mux(track.encode(None))
    assert probe(tmp_path / name).width == (96, 192)[default]


def _cut_off(path: Path) -> None:
    whole = make_clip(path.with_name("whole.mp4")).read_bytes()
    path.write_bytes(whole[: whole.index(b"moov") - 4])


def _still(path: Path) -> None:
    Image.new("RGB", (32, 32)).save(path, "PNG")


def _avif(path: Path, brand: bytes = b"avif") -> None:
    path.write_bytes(b"\0\0\0\x18ftyp%b\0\0\0\0mif1miaf\0\0\0\x10meta\0\0\0\0\0\0\0\0\0\0\0\x0cmdat1234" % brand)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (_avif, r"a\.mp4 is a still picture \(AVIF\) and no video"),
        (lambda path: _avif(path, b"heic"), r"a\.mp4 is a still picture \(HEIC\) and no video"),
        (lambda path: _avif(path, b"avis"), r"a\.mp4 is cut off"),
        (lambda path: None, "There is no file"),
        (lambda path: path.mkdir(), "is a folder"),
        (lambda path: path.write_bytes(b""), r"a\.mp4 is empty \(0 bytes\)"),
        (lambda path: path.write_text("I am a video, honestly." * 99), r"a\.mp4 is not a video"),
        (lambda path: path.write_text("#EXTM3U\n#EXTINF:2,\n/etc/passwd\n"), r"a\.mp4 is not a video"),
        (lambda path: path.write_text("ffconcat version 1.0\nfile b.mp4\n"), r"a\.mp4 is not a video"),
        (_still, r"a\.mp4 is not a video"),
        (_cut_off, r"a\.mp4 is cut off: its index \(moov\) is missing"),
        (lambda path: path.write_bytes(b"\x1a\x45\xdf\xa3" + b"\0" * 500), "damaged"),
        (lambda path: path.write_bytes(b"RIFF\0\0\0\0AVI " + bytes(range(256)) * 9), r"a\.mp4"),
    ],
    ids=[
        "avif",
        "heic",
        "cut off avif",
        "missing",
        "folder",
        "empty",
        "text",
        "playlist",
        "concat",
        "picture",
        "cut off",
        "broken mkv",
        "broken avi",
    ],
)
def test_what_is_no_video_is_told_in_words(tmp_path, make, words):
    path = tmp_path / "a.mp4"
    make(path)
    with pytest.raises(VideoFileError, match=words):
        probe(path)


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() == 0, reason="the superuser may read everything")
def test_a_file_that_may_not_be_read(tmp_path):
    path = make_clip(tmp_path / "a.mp4", frames=4)
    path.chmod(0)
    with pytest.raises(VideoFileError, match="cannot be opened: Permission denied"):
        probe(path)


@pytest.mark.parametrize("look", [probe, guarded.probe])
def test_a_name_that_no_file_can_have(look):
    with pytest.raises(VideoFileError, match=r"No file can be called 'a\\x00b\.mp4'") as caught:
        look("a\0b.mp4")
    assert caught.value.code == "missing"


def test_a_name_that_looks_like_a_protocol_is_a_name(tmp_path, monkeypatch):
    make_clip(tmp_path / "a.mp4", frames=4).rename(tmp_path / "concat:a.mp4")
    monkeypatch.chdir(tmp_path)
    assert probe("concat:a.mp4").container == "mp4"


def test_files_are_closed(tmp_path):
    path = make_clip(tmp_path / "a.mp4", frames=4)
    fd = Path("/proc/self/fd")
    if not fd.exists():
        pytest.skip("this system does not list open files")
    probe(path)
    assert not [link for link in fd.iterdir() if link.is_symlink() and os.path.realpath(link) == str(path)]
