"""A file that is sent from the browser: slice by slice into the library, or not at all."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from sora_nb.errors import ConfigError
from sora_nb.library import incoming
from sora_nb.library.files import Files
from sora_nb.library.incoming import Incoming, in_megabytes
from sora_nb.widgets import Panel
from sora_nb.widgets.upload import Uploads
from tests.widgets.conftest import Said
from tests.widgets.fakes import FakeStudio


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path / "files")


@pytest.fixture
def came() -> list[tuple[Path, str]]:
    return []


@pytest.fixture
def uploads(files: Files, said: Said, came: list[Any]) -> Uploads:
    return Uploads(said.send, lambda name, size: Incoming(files, name, size), lambda *told: came.append(told), 3 << 20)


def send(uploads: Uploads, said: Said, content: bytes, name: str = "walk.MOV", slice: int = 1000) -> None:
    """What the page does: the next slice leaves when the one before was answered."""
    uploads.answer({"kind": "upload:begin", "upload": "u", "name": name, "bytes": len(content)}, [])
    while said[-1][0]["kind"] == "upload:go":
        offset = said[-1][0]["offset"]
        piece = memoryview(content[offset : offset + slice])
        uploads.answer({"kind": "upload:slice", "upload": "u", "offset": offset}, [piece])


def left_over(files: Files) -> list[Path]:
    return list((files.folder / "incoming").iterdir())


def test_a_video_arrives_whole_and_is_a_file_of_the_library(
    uploads: Uploads, said: Said, came: list[tuple[Path, str]], files: Files, clip: Path
) -> None:
    content = clip.read_bytes()
    send(uploads, said, content, slice=len(content) // 3)
    said.until("upload:done")
    ((path, name),) = came
    assert name == "walk.MOV" and path == files.path(f"{hashlib.sha256(content).hexdigest()}.mov")
    assert path.read_bytes() == content and left_over(files) == []
    offsets = [message["offset"] for message, _ in said if message["kind"] == "upload:go"]
    assert offsets == sorted(offsets) and len(offsets) >= 3


def test_what_is_no_video_is_refused_and_leaves_nothing(uploads: Uploads, said: Said, came: Any, files: Files) -> None:
    send(uploads, said, b"no video at all" * 100)
    assert ".mov" in said.until("upload:refused")[0]["words"]
    assert came == [] and [path for path in files.folder.rglob("*") if path.is_file()] == []


def test_too_large_empty_and_odd_are_refused_before_a_byte_leaves(uploads: Uploads, said: Said, files: Files) -> None:
    for size, words in ((0, "is empty"), ((3 << 20) + 1, "too large to send")):
        uploads.answer({"kind": "upload:begin", "upload": "u", "name": "a.mp4", "bytes": size}, [])
        assert words in said[-1][0]["words"]
    uploads.answer({"kind": "upload:begin", "upload": "u", "name": "a.mp4", "bytes": "many"}, [])
    assert "ValueError" in said[-1][0]["words"]
    assert left_over(files) == []


def test_a_full_disk_is_told_before(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(incoming.shutil, "disk_usage", lambda _folder: type("Usage", (), {"free": 65 << 20}))
    with pytest.raises(ConfigError, match=r"2 MB do not fit into .*, where 65 MB are free"):
        Incoming(files, "a.mp4", 2 << 20)
    Incoming(files, "a.mp4", 1 << 20).discard()
    assert left_over(files) == []


def test_a_cancelled_one_leaves_nothing_and_a_forgotten_one_is_said(uploads: Uploads, said: Said, files: Files) -> None:
    uploads.answer({"kind": "upload:begin", "upload": "u", "name": "a.mp4", "bytes": 10}, [])
    uploads.answer({"kind": "upload:slice", "upload": "u", "offset": 0}, [b"abc"])
    uploads.answer({"kind": "upload:cancel", "upload": "u"}, [])
    assert left_over(files) == []
    uploads.answer({"kind": "upload:slice", "upload": "u", "offset": 3}, [b"abc"])
    assert "no longer knows this file" in said[-1][0]["words"]
    uploads.answer({"kind": "upload:begin", "upload": "v", "name": "a.mp4", "bytes": 10}, [])
    uploads.close()
    assert left_over(files) == []


def test_more_than_was_announced_is_refused(uploads: Uploads, said: Said, files: Files) -> None:
    uploads.answer({"kind": "upload:begin", "upload": "u", "name": "../../etc/passwd", "bytes": 2}, [])
    assert [path.suffix for path in left_over(files)] == [".mp4"]
    uploads.answer({"kind": "upload:slice", "upload": "u", "offset": 0}, [b"abc"])
    assert "More came than the 2 bytes" in said[-1][0]["words"] and left_over(files) == []


def test_the_panel_takes_it_as_its_source(tmp_path: Path, clip: Path, said: Said) -> None:
    panel = Panel(FakeStudio(folder=str(tmp_path / "library")))
    panel._uploads._send = said.send
    content = clip.read_bytes()
    panel._handle_custom_msg({"kind": "upload:begin", "upload": "u", "name": "walk.mp4", "bytes": len(content)}, [])
    panel._handle_custom_msg({"kind": "upload:slice", "upload": "u", "offset": 0}, [memoryview(content)])
    said.until("upload:done")
    assert panel.title == "walk.mp4" and panel.source.read_bytes() == content
    assert panel.said["text"] == "Loaded walk.mp4." and panel.lines == [f"panel.load({str(panel.source)!r})"]
    assert not any(isinstance(value, (bytes, memoryview)) for value in panel.get_state().values())


def test_sizes_are_words() -> None:
    assert [in_megabytes(size) for size in (2048, 5 << 20, (5 << 20) + (1 << 19), 2 << 30)] == [
        "2 KB",
        "5 MB",
        "5.5 MB",
        "2 GB",
    ]
