"""What was seen is kept by content: found again by whoever has the same file, made again where it is damaged."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import pytest

from sora_nb.errors import VideoFileError
from sora_nb.jobs import looking
from sora_nb.library import Library
from sora_nb.video import Track, guarded, scan
from sora_nb.video import track as tracks
from tests.clips import make_clip


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(tmp_path_factory.mktemp("secret-folder") / "holiday.mp4", frames=24)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "library")


@pytest.fixture
def scans(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files that are scanned, each time; here, since a process of its own is tested once."""
    seen: list[Path] = []

    def counted(path: Path, *, name: str, faces: object, samples: float, progress: object, stop: object) -> Track:
        seen.append(path)
        return replace(scan(path, faces=None, samples=samples), name=name or path.name)

    monkeypatch.setattr(guarded, "scan", counted)
    monkeypatch.setattr("sora_nb.video.faces.installed_name", lambda: None)
    return seen


def kept(library: Library) -> list[Path]:
    return sorted((library.folder / "tracks").rglob("*.track"))


def test_a_process_of_its_own_sees_the_same_and_tells_how_far_it_is(clip: Path) -> None:
    heard: list[float] = []
    there, here = guarded.scan(clip, faces=None, progress=heard.append), scan(clip, faces=None)
    assert there.to_bytes() == here.to_bytes()
    assert heard[-1] == 1.0 and heard == sorted(heard)


def test_a_scan_can_be_stopped_from_another_thread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = guarded.Opener("import time; serve = lambda _: time.sleep(60)")
    monkeypatch.setattr(guarded, "_idle", [waiting])
    monkeypatch.setattr(guarded, "_for_all_of", lambda _source: 60.0)
    stop = guarded.Stop()
    threading.Timer(0.3, stop).start()
    began = time.monotonic()
    with pytest.raises(VideoFileError) as caught:
        guarded.scan(tmp_path / "a.mp4", stop=stop)
    assert caught.value.code == "stopped" and time.monotonic() - began < 10
    assert not waiting.alive
    with pytest.raises(VideoFileError, match="stopped"):
        guarded.scan(tmp_path / "a.mp4", stop=stop)
    guarded._close_all()


def test_what_progress_raises_ends_the_scan(clip: Path) -> None:
    def enough(_share: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        guarded.scan(clip, faces=None, progress=enough)
    assert guarded.probe(clip).duration == 1.0


def test_a_file_is_scanned_once_whatever_it_is_called(
    library: Library, clip: Path, tmp_path: Path, scans: list[Path]
) -> None:
    first = looking.track_of(library, clip)
    copy = tmp_path / "copy.mp4"
    copy.write_bytes(clip.read_bytes())
    again = looking.track_of(Library(library.folder), copy)
    assert len(scans) == 1
    assert (first.name, again.name) == ("holiday.mp4", "copy.mp4")
    assert replace(again, name="").to_bytes() == replace(first, name="").to_bytes()


def test_another_content_another_rate_and_another_version_are_looked_at_anew(
    library: Library, clip: Path, tmp_path: Path, scans: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    looking.track_of(library, clip)
    looking.track_of(library, make_clip(tmp_path / "other.mp4", frames=12))
    looking.track_of(library, clip, samples=8)
    assert len(scans) == 3 and len(kept(library)) == 3
    monkeypatch.setattr(tracks, "VERSION", tracks.VERSION + 1)
    looking.track_of(library, clip)
    assert len(scans) == 4
    assert len(kept(library)) == 2, "what an older scan saw of the same file is no longer kept"


@pytest.mark.parametrize("how", ["replaced", "written on", "gone"])
def test_what_was_seen_in_a_file_that_changed_meanwhile_is_not_kept(
    library: Library, clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    film, other = tmp_path / "render.mp4", make_clip(tmp_path / "other.mp4", frames=12)
    film.write_bytes(clip.read_bytes())

    def replacing(path: Path, *, name: str, **_options: object) -> Track:
        if how == "replaced":
            other.replace(path)
        elif how == "written on":
            path.write_bytes(other.read_bytes())
        seen = scan(path, faces=None)
        if how == "gone":
            path.unlink()
        return seen

    monkeypatch.setattr(guarded, "scan", replacing)
    with pytest.raises(VideoFileError, match="changed while it was looked at") as caught:
        looking.track_of(library, film, faces=None)
    assert caught.value.code == "changed" and not kept(library)
    assert looking.known_track(library, clip, faces=None) is None


@pytest.mark.parametrize("harm", ["cut off", "bit", "empty", "another track"])
def test_a_damaged_entry_is_made_again(library: Library, clip: Path, scans: list[Path], harm: str) -> None:
    looking.track_of(library, clip)
    (entry,) = kept(library)
    data = bytearray(entry.read_bytes())
    if harm == "bit":
        data[len(data) // 2] ^= 4
    entry.write_bytes({"cut off": bytes(data[:-9]), "empty": b"", "another track": b"\0" * 99}.get(harm, bytes(data)))
    assert looking.known_track(library, clip) is None
    assert looking.track_of(library, clip).duration == 1.0
    assert len(scans) == 2
    assert looking.known_track(library, clip) is not None


def test_what_is_kept_names_neither_a_path_nor_the_file(library: Library, clip: Path, scans: list[Path]) -> None:
    looking.track_of(library, clip, name="https://example.com/holiday.mp4?signature=abc")
    (entry,) = kept(library)
    with ZipFile(entry) as archive:
        inside = b"".join(archive.read(name) for name in archive.namelist())
    told = inside + str(entry.relative_to(library.folder)).encode()
    assert not [word for word in (b"holiday", b"secret-folder", b"example", b"signature") if word in told]


def test_a_disk_that_takes_nothing_costs_only_time(library: Library, clip: Path, scans: list[Path]) -> None:
    (library.folder / "tracks").write_text("in the way")
    assert looking.track_of(library, clip).duration == 1.0
    assert looking.known_track(library, clip) is None


def test_two_who_ask_at_once_have_it_scanned_once(library: Library, clip: Path, scans: list[Path]) -> None:
    threads = [threading.Thread(target=looking.track_of, args=(library, clip)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(scans) == 1


def test_what_is_long_is_not_scanned_without_being_asked_for(
    library: Library, clip: Path, scans: list[Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(looking, "CHEAP_PIXELS", 1.0)
    assert looking.remarked(library, clip) is None and not scans
    looking.track_of(library, clip)
    assert looking.remarked(library, clip) is not None
    (tmp_path / "no.mp4").write_bytes(b"no video")
    assert looking.remarked(library, tmp_path / "no.mp4") is None


def test_a_track_from_another_process_names_only_rows_that_are_there(
    clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    track = scan(clip, faces=None)
    samples = track.samples.copy()
    samples["frame"][-1] = 9_999
    for broken in (replace(track, samples=samples), replace(track, frames=track.frames[:0])):
        with pytest.raises(VideoFileError):
            Track.from_bytes(broken.to_bytes())
    assert len(Track.from_bytes(track.to_bytes())) == 24
    monkeypatch.setattr(tracks, "_MOST_BYTES", 1000)
    with pytest.raises(VideoFileError):
        Track.from_bytes(track.to_bytes())
