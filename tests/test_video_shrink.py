"""A film is made as small as it has to be, keeps its sound and its times, or says that it cannot."""

from __future__ import annotations

from pathlib import Path

import av
import pytest

from sora_nb.errors import VideoFileError
from sora_nb.video import guarded, probe
from sora_nb.video.shrink import shrink
from tests.clips import beeps_in, make_clip, shown


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds of hard edges with two tones."""
    return make_clip(tmp_path_factory.mktemp("film") / "film.mp4", 48, 24, (640, 360), beeps=[0.5, 1.5])


def test_it_keeps_within_its_bytes_and_its_side_and_keeps_its_sound_and_times(film: Path, tmp_path: Path) -> None:
    made = shrink(film, tmp_path / "small.mp4", most_bytes=60_000, max_side=320)
    info, before = probe(made), probe(film)
    assert made.stat().st_size <= 60_000
    assert (info.width, info.height) == (320, 180)
    assert info.duration == pytest.approx(before.duration, abs=1 / 24)
    assert info.playable and info.has_audio
    assert [number for _, number in shown(made)] == [number for _, number in shown(film)]
    assert beeps_in(made) == pytest.approx(beeps_in(film), abs=0.05)


def test_nothing_is_enlarged_and_room_that_is_not_needed_is_not_used(film: Path, tmp_path: Path) -> None:
    made = shrink(film, tmp_path / "same.mp4", most_bytes=100_000_000, max_side=4000)
    assert (probe(made).width, probe(made).height) == (640, 360)
    assert made.stat().st_size < 1_000_000


def test_equal_calls_give_equal_bytes(film: Path, tmp_path: Path) -> None:
    first, second = (shrink(film, tmp_path / name, most_bytes=50_000, max_side=320) for name in ("a.mp4", "b.mp4"))
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize("look", [shrink, guarded.shrink])
def test_bytes_that_hold_no_film_are_an_error_and_leave_nothing(look, film: Path, tmp_path: Path) -> None:
    with pytest.raises(VideoFileError, match=r"lasts 2\.0 s and cannot be made smaller than 5000 bytes") as caught:
        look(film, tmp_path / "tiny.mp4", most_bytes=5_000, max_side=320)
    assert caught.value.code == "too_large"
    assert list(tmp_path.iterdir()) == []


def test_a_process_of_its_own_does_the_same(film: Path, tmp_path: Path) -> None:
    made = guarded.shrink(film, tmp_path / "small.mp4", most_bytes=60_000, max_side=320)
    with av.open(str(made)) as container:
        assert [stream.type for stream in container.streams] == ["video", "audio"]
    assert made.stat().st_size <= 60_000
