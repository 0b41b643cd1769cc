"""Films that no one here made, from the folder named by SORA_NB_REAL_VIDEOS."""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path

import av
import pytest
from PIL import Image

from sora_nb.video import cut, filmstrip, measure, poster, preview, probe, scan

FOLDER = os.environ.get("SORA_NB_REAL_VIDEOS")
SUFFIXES = {".mp4", ".mov", ".webm", ".mkv", ".avi"}
FILMS = sorted(path for path in Path(FOLDER).iterdir() if path.suffix in SUFFIXES) if FOLDER else []

pytestmark = [
    pytest.mark.real_video,
    pytest.mark.skipif(not FILMS, reason="SORA_NB_REAL_VIDEOS names no folder with films"),
]


@pytest.fixture(params=FILMS or [None], ids=lambda path: path.name if path else "none")
def film(request):
    return request.param


def seconds(path):
    with av.open(str(path)) as container:
        track = container.streams.video[0]
        return float(track.duration * track.time_base)


def test_it_is_probed_cut_and_measured(film, tmp_path):
    info = probe(film)
    assert info.duration > 0
    middle = info.duration / 2
    clip = cut(film, (middle, min(middle + 1, info.duration)), tmp_path / "clip.mp4", need_audio=True)
    assert seconds(clip) == pytest.approx(min(1, info.duration - middle), abs=1 / info.fps)
    assert probe(clip).playable
    assert probe(clip).has_audio
    found = measure(clip)
    assert 0 < found.sharpness < 1


def test_the_preview_lasts_as_long(film, tmp_path):
    info, other = probe(film), probe(preview(film, tmp_path / "preview.mp4"))
    assert other.playable
    assert other.duration == pytest.approx(info.duration, abs=1.5 / info.fps)


def test_it_has_pictures(film):
    info = probe(film)
    assert Image.open(BytesIO(poster(film))).width == min(320, info.width)
    assert Image.open(BytesIO(filmstrip(film, 20))).size == (20 * round(info.width * 54 / info.height), 54)


def test_its_track_is_whole(film):
    track = scan(film)
    assert track.duration == pytest.approx(probe(film).duration, abs=2 / track.fps)
    assert track.cuts == pytest.approx(measure(film).cut_times, abs=0.001)
    assert all(not fade.start < cut_time < fade.end for fade in track.fades for cut_time in track.cuts)
