"""A library that was damaged, deleted, forked, or put where it is not safe, and what becomes of it."""

from __future__ import annotations

import json
import os
import sqlite3
import warnings
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from sora_nb.errors import LibraryError
from sora_nb.library import LeaseLost, Library, disk, kinds, place
from sora_nb.library.ledger import Ledger
from tests.test_library import character, claim, job, make_older

PAGE = 4096


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "library"


@pytest.fixture
def library(folder: Path) -> Iterator[Library]:
    library = Library(folder)
    yield library
    library.close()


def make_history(library: Library) -> None:
    """One job at each place where it matters, and a character."""
    library.characters.add(character())
    library.characters.update("chr_1", clip="clip.mp4")
    for job_id in ("vid_accepted", "vid_stored", "vid_refused", "vid_sending", "vid_never_sent"):
        library.jobs.intend(job(job_id, request={"prompt": job_id, "take": 1}))
        row = claim(library, job_id)
        assert row is not None
        if job_id == "vid_never_sent":
            continue
        row = library.jobs.advance(row, state="SENDING", sent_at=5.0)
        if job_id == "vid_refused":
            library.jobs.advance(row, state="REJECTED", error="no such model")
        elif job_id != "vid_sending":
            row = library.jobs.advance(row, state="ACCEPTED", remote_id=f"remote_{job_id}", accepted_at=6.0)
        if job_id == "vid_stored":
            library.jobs.advance(row, state="STORED", file="film.mp4")
    library.close()


def states(library: Library) -> dict[str, tuple[str, str | None, str | None]]:
    return {row.id: (row.state, row.remote_id, row.file) for row in library.jobs.videos()}


KNOWN_AGAIN = {
    "vid_accepted": ("ACCEPTED", "remote_vid_accepted", None),
    "vid_stored": ("STORED", "remote_vid_stored", "film.mp4"),
    "vid_refused": ("REJECTED", None, None),
    "vid_sending": ("SENDING", None, None),
}


def test_a_deleted_database_is_made_again_from_the_ledger(library: Library, folder: Path) -> None:
    make_history(library)
    (folder / "library.db").unlink()
    again = Library(folder)
    assert states(again) == KNOWN_AGAIN
    assert [(one.id, one.clip) for one in again.characters.all()] == [("chr_1", "clip.mp4")]
    row = again.jobs.get("vid_accepted")
    assert (row.request, row.base_url, row.owner) == ({"prompt": "vid_accepted", "take": 1}, "simulator:/v1", None)


def test_one_that_no_table_can_hold_does_not_cost_the_others(library: Library, folder: Path) -> None:
    make_history(library)
    good = asdict(library.characters.get("chr_1"))
    for number, wrong in enumerate(({"description": None}, {"name": "a\ud800"})):
        bad = {**good, "id": f"chr_bad_{number}", "handle": f"bad_{number}", **wrong}
        library.ledger.append(event="character", character=bad)
    (folder / "library.db").unlink()
    with pytest.warns(UserWarning, match="could not be made again"):
        again = Library(folder)
    assert states(again) == KNOWN_AGAIN
    assert [one.id for one in again.characters.all()] == ["chr_1"]


@pytest.mark.parametrize("harm", ["first page", "middle", "cut off", "not a database", "empty"])
def test_a_damaged_database_is_set_aside_and_made_again(library: Library, folder: Path, harm: str) -> None:
    for number in range(60):
        library.jobs.intend(job(f"vid_{number}", request={"prompt": "long " * 100, "take": number}, state="STORED"))
    make_history(library)
    path = folder / "library.db"
    content = bytearray(path.read_bytes())
    assert len(content) > 20 * PAGE
    if harm == "first page":
        content[100:PAGE] = os.urandom(PAGE - 100)
    elif harm == "middle":
        content[4 * PAGE : 12 * PAGE] = bytes(8 * PAGE)
    elif harm == "cut off":
        del content[6 * PAGE + 100 :]
    else:
        content = bytearray(b"some text" * 1000 if harm == "not a database" else b"")
    path.write_bytes(content)
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        again = Library(folder)
    assert states(again) == KNOWN_AGAIN
    if harm != "empty":
        assert "submits.jsonl" in str(heard[0].message)
        aside = next(folder.glob("library-damaged-*.db"))
        assert aside.read_bytes() == content
        assert aside.name in str(heard[0].message)


def test_a_new_library_has_nothing_to_tell(folder: Path) -> None:
    assert states(Library(folder)) == {}


def test_a_kernel_that_meets_the_damage_at_work_is_told_and_goes_on_when_it_is_mended(
    library: Library, folder: Path
) -> None:
    library.jobs.intend(job())
    row = claim(library)
    assert row is not None
    library.jobs.advance(row, state="SENDING", sent_at=1.0)
    with (folder / "library.db").open("r+b") as stream:
        stream.write(b"no longer a database" * 200)
    library._database._let_go()
    with pytest.raises(kinds.Damaged, match="not a database"):
        library.jobs.videos()
    with pytest.warns(UserWarning, match="set|moved"):
        Library(folder).close()
    assert states(library) == {"vid_1": ("SENDING", None, None)}


def test_a_library_that_is_deleted_under_a_kernel_is_not_written_into_the_void(library: Library, folder: Path) -> None:
    library.jobs.intend(job())
    (folder / "library.db").rename(folder / "elsewhere.db")
    with pytest.raises(LibraryError, match="moved or deleted"):
        library.jobs.intend(job("vid_2"))
    assert not (folder / "library.db").exists()
    (folder / "elsewhere.db").rename(folder / "library.db")
    library.jobs.intend(job("vid_2"))
    assert set(states(library)) == {"vid_1", "vid_2"}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_forked_process_uses_a_handle_of_its_own(library: Library, folder: Path) -> None:
    library.jobs.intend(job())
    parents = library._database._engine.pool
    with library._database.write() as connection, warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # other tests may have left threads
        connection.exec_driver_sql("UPDATE jobs SET state = 'SENDING'")
        if (child := os.fork()) == 0:
            found = library.jobs.get("vid_1").state
            os._exit(0 if found == "INTENT" and library._database._engine.pool is not parents else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert library.jobs.get("vid_1").state == "SENDING"


def test_two_kernels_may_bring_a_library_up_to_date_at_once(library: Library, folder: Path) -> None:
    make_older(library, 1)
    children = []
    for _ in range(4):
        if (child := os.fork()) == 0:
            try:
                Library(folder)
                os._exit(0)
            finally:
                os._exit(1)
        children.append(child)
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0] * 4


def test_the_tables_are_strict(library: Library, folder: Path) -> None:
    with sqlite3.connect(folder / "library.db") as connection:
        tables = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall()
    connection.close()
    assert {name for name, _ in tables} == {"jobs", "characters", "ratings", "votes", "schema_version"}
    assert all(sql.rstrip().endswith("STRICT") for _, sql in tables)


@pytest.fixture
def broken_flush(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    def fail(_handle: int) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(disk.os, "fsync", fail)
        yield patch


def test_nothing_is_said_to_be_sent_where_the_ledger_cannot_be_flushed(
    library: Library, broken_flush: pytest.MonkeyPatch
) -> None:
    library.jobs.intend(job())
    row = claim(library)
    assert row is not None
    with pytest.raises(LibraryError, match="flushed"):
        library.jobs.advance(row, state="SENDING", sent_at=1.0)
    assert library.jobs.get("vid_1").state == "INTENT"


def test_an_id_is_kept_even_where_the_ledger_cannot_be_flushed(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.jobs.intend(job())
    row = claim(library)
    assert row is not None
    row = library.jobs.advance(row, state="SENDING", sent_at=1.0)
    with monkeypatch.context() as patch:
        patch.setattr(disk.os, "fsync", lambda _handle: (_ for _ in ()).throw(OSError(28, "No space left on device")))
        row = library.jobs.advance(row, state="ACCEPTED", remote_id="video_9", accepted_at=2.0)
    assert library.jobs.get("vid_1").remote_id == "video_9"
    assert [entry["id"] for entry in library.ledger.read() if entry["event"] == "accepted"][-1] == "video_9"
    library.jobs.advance(row, state="STORED")
    fresh = Ledger(library.ledger.path).read()
    assert {"send", "accepted", "stored"} == {entry["event"] for entry in fresh}


def test_a_file_that_cannot_be_flushed_does_not_get_its_name(
    library: Library, broken_flush: pytest.MonkeyPatch
) -> None:
    with pytest.raises(LibraryError, match="flushed"):
        library.files.add(b"pictures", ".mp4")
    assert [path for path in library.files.folder.rglob("*") if path.is_file()] == []


def test_a_line_after_a_torn_one_is_whole(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "submits.jsonl")
    ledger.append(event="send", intent="vid_1")
    torn = ledger.path.read_bytes()[:-9]
    for rubbish in (b"", b"\xff\xfe\x00", bytes(100)):
        ledger.path.write_bytes(torn + rubbish)
        ledger.append(event="accepted", intent="vid_1", id="video_9")
        assert [entry["event"] for entry in ledger.read()] == ["accepted"]


def test_a_late_word_of_a_kernel_that_lost_the_job_does_not_hide_its_id(library: Library, folder: Path) -> None:
    library.jobs.intend(job())
    stale = claim(library)
    heir = claim(library)
    assert stale is not None and heir is not None
    heir = library.jobs.advance(heir, state="SENDING", sent_at=1.0)
    library.jobs.advance(heir, state="ACCEPTED", remote_id="video_9", accepted_at=2.0)
    with pytest.raises(LeaseLost):
        library.jobs.advance(stale, state="SENDING", sent_at=3.0)
    library.close()
    (folder / "library.db").unlink()
    assert states(Library(folder)) == {"vid_1": ("ACCEPTED", "video_9", None)}


def test_facts_of_a_newer_version_are_passed_over(library: Library, folder: Path) -> None:
    row = {"id": "vid_1", "kind": "video", "service": "s", "dialect": "d", "base_url": "b", "request": {}, "key": "k"}
    library.close()
    (folder / "library.db").unlink()
    library.ledger.append(event="send", intent="vid_1", job={**row, "created_at": 1.0, "mood": "calm"}, facts={})
    library.ledger.append(event="sold", intent="vid_1", facts={"state": "ACCEPTED", "remote_id": "r", "mood": "x"})
    assert states(Library(folder)) == {"vid_1": ("ACCEPTED", "r", None)}


@pytest.mark.parametrize(
    ("kind", "words"),
    [("nfs4", "NFS"), ("cifs", "SMB"), ("fuse.sshfs", "FUSE"), ("ext4", None), ("fuse.fuse-overlayfs", None)],
)
def test_a_drive_that_is_not_safe_is_named_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, words: str | None
) -> None:
    mounts = tmp_path / "mountinfo"
    root = "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
    mounts.write_text(f"{root}40 22 0:35 / {str(tmp_path).replace(' ', chr(92) + '040')} rw - {kind} somewhere rw\n")
    monkeypatch.setattr(place, "MOUNTS", mounts)
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        for _ in range(2):
            place.warn_where_unsafe(tmp_path / "library")
        place.warn_where_unsafe(Path("/elsewhere"))
    assert [words in str(one.message) for one in heard] == ([True] if words else [])


@pytest.mark.parametrize(
    ("path", "program"),
    [
        ("/home/ada/Dropbox/films", "Dropbox"),
        ("/home/ada/Dropbox (Personal)/films", "Dropbox"),
        ("/Users/ada/Library/Mobile Documents/com~apple~CloudDocs/films", "iCloud"),
        ("/home/ada/OneDrive - Lab/films", "OneDrive"),
        ("/home/ada/films", None),
    ],
)
def test_a_folder_that_is_copied_elsewhere_is_known_by_its_name(path: str, program: str | None) -> None:
    told = place.synced(Path(path))
    assert told is None if program is None else program in (told or "")


def test_the_ledger_holds_no_key_but_the_requests_own(library: Library) -> None:
    make_history(library)
    told = [json.dumps(entry) for entry in library.ledger.read()]
    assert not any('owner": "' in line for line in told)
