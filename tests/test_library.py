"""What the library acknowledges is there afterwards, and one job has one writer."""

from __future__ import annotations

import os
import stat
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from sora_nb.errors import LibraryError
from sora_nb.library import (
    CharacterRow,
    JobRow,
    LeaseLost,
    Library,
    database,
    default_folder,
    heard,
    schema,
    sqlite,
    told,
)
from sora_nb.library.ledger import Ledger
from sora_nb.timerange import Finding, TimeRange
from tests.shelves import Shelf


@pytest.fixture
def library(shelf: Shelf) -> Library:
    return shelf.open()


@pytest.fixture
def in_a_file(tmp_path: Path) -> Library:
    return Library(tmp_path / "library")


def job(job_id: str = "vid_1", **facts: object) -> JobRow:
    given = {
        "id": job_id,
        "kind": "video",
        "service": "simulator",
        "dialect": "openai",
        "base_url": "simulator:/v1",
        "request": {"prompt": "a cat", "take": 1},
        "key": f"key-{job_id}",
        "created_at": 1.0,
    }
    return JobRow(**{**given, **facts})  # type: ignore[arg-type]


def character(character_id: str = "chr_1", **facts: object) -> CharacterRow:
    given = {
        "id": character_id,
        "name": "Ada",
        "handle": "ada",
        "description": "",
        "source_kind": "task",
        "source": "vid_1",
        "start_ms": 2000,
        "end_ms": 5000,
        "created_at": 1.0,
    }
    return CharacterRow(**{**given, **facts})  # type: ignore[arg-type]


def claim(library: Library, job_id: str = "vid_1", owner: str = "me", *, alive: bool = True) -> JobRow | None:
    return library.jobs.claim(job_id, owner, time.time(), lambda _owner: alive)


def test_an_equal_request_is_the_job_that_exists(library: Library) -> None:
    assert library.jobs.intend(job()) == (job(), True)
    found, is_new = library.jobs.intend(job(key="another key"))
    assert not is_new
    assert found.key == "key-vid_1"


def test_a_refused_job_may_be_asked_for_again_and_a_failed_one_may_not(library: Library) -> None:
    library.jobs.intend(job())
    row = claim(library)
    assert row is not None
    row = library.jobs.advance(row, state="REJECTED", error="no key")
    again, to_send = library.jobs.intend(job(key="fresh"))
    assert (to_send, again.state, again.key, again.error) == (True, "INTENT", "fresh", None)
    row = library.jobs.advance(again, state="FAILED")
    assert library.jobs.intend(job(key="third"))[1] is False


def test_facts_survive_closing(library: Library, shelf: Shelf) -> None:
    library.jobs.intend(job(axes={"scene": "park"}, simulated=True))
    row = claim(library)
    assert row is not None
    library.jobs.advance(row, state="ACCEPTED", remote_id="video_9", measures={"cuts": 2})
    library.close()
    found = shelf.open().jobs.find("video_9")
    assert found is not None
    assert (found.id, found.state, found.measures, found.axes, found.simulated) == (
        "vid_1",
        "ACCEPTED",
        {"cuts": 2},
        {"scene": "park"},
        True,
    )


def test_one_writer_at_a_time(library: Library) -> None:
    library.jobs.intend(job())
    mine = claim(library)
    assert mine is not None
    assert claim(library, owner="you") is None


def test_a_dead_writer_is_replaced_and_can_write_no_more(library: Library) -> None:
    library.jobs.intend(job())
    dead = claim(library, owner="dead")
    heir = claim(library, owner="heir", alive=False)
    assert dead is not None and heir is not None
    library.jobs.advance(heir, state="SENDING")
    with pytest.raises(LeaseLost):
        library.jobs.advance(dead, state="FAILED")
    assert library.jobs.get("vid_1").state == "SENDING"


def test_unfinished_comes_in_the_order_of_expiry(library: Library) -> None:
    for job_id, expires_at in (("vid_1", None), ("vid_2", 50.0), ("vid_3", 20.0)):
        library.jobs.intend(job(job_id, expires_at=expires_at))
    library.jobs.intend(job("vid_4", state="STORED"))
    assert [row.id for row in library.jobs.unfinished()] == ["vid_3", "vid_2", "vid_1"]


def test_sqlite_is_set_up_to_keep_what_it_acknowledged(in_a_file: Library) -> None:
    with in_a_file._database.read() as connection:
        pragma = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "trusted_schema", "mmap_size")
        }
    assert pragma == {"journal_mode": "delete", "synchronous": 3, "trusted_schema": 0, "mmap_size": 0}


def test_a_write_takes_the_lock_of_the_file_at_once(in_a_file: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.1)
    with in_a_file._database.write(), in_a_file._database._engine.connect() as other:
        other = other.execution_options(sora_begin="PRAGMA busy_timeout=1")
        with pytest.raises(sa.exc.OperationalError, match="locked"):
            other.exec_driver_sql("BEGIN IMMEDIATE")


def test_a_library_from_the_future_is_left_alone(library: Library, shelf: Shelf) -> None:
    with library._database.write() as connection:
        connection.exec_driver_sql("UPDATE schema_version SET version = 99")
    with pytest.raises(LibraryError, match="newer sora_nb"):
        shelf.open()


ADDED = {
    2: ("jobs.next_poll_at",),
    3: ("jobs.mode", "jobs.findings"),
    4: ("characters.lineage",),
    5: ("characters.box",),
    6: ("jobs.rated_by", "jobs.rated_at", "ratings", "votes"),
    7: (),
}
"""The columns that each version brought, with their tables, and the tables."""


def make_older(library: Library, version: int) -> None:
    """Take away what later versions brought, and let go of it."""
    with library._database.write() as connection:
        for added in (name for later, names in ADDED.items() if later > version for name in names):
            table, _, column = added.partition(".")
            connection.exec_driver_sql(f"ALTER TABLE {table} DROP COLUMN {column}" if column else f"DROP TABLE {table}")
        connection.execute(sa.update(schema.schema_version).values(version=version))
    library.close()


def test_an_old_library_is_brought_up_to_date_in_order(
    library: Library, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.jobs.intend(job())
    steps = [
        lambda connection: connection.exec_driver_sql("ALTER TABLE jobs ADD COLUMN mood TEXT DEFAULT 'calm'"),
        lambda connection: connection.exec_driver_sql("UPDATE jobs SET mood = mood || '!'"),
    ]
    monkeypatch.setattr(database, "MIGRATIONS", [*database.MIGRATIONS, *steps])
    newer = shelf.open()
    with newer._database.read() as connection:
        assert connection.exec_driver_sql("SELECT mood FROM jobs").scalar() == "calm!"
        assert connection.exec_driver_sql("SELECT version FROM schema_version").scalar() == 1 + len(database.MIGRATIONS)


def test_a_library_of_the_first_version_learns_when_to_ask_again(library: Library, shelf: Shelf) -> None:
    library.jobs.intend(job())
    make_older(library, 1)
    newer = shelf.open()
    assert newer.jobs.get("vid_1").next_poll_at is None
    row = newer.jobs.claim("vid_1", "me", 0.0, lambda _owner: True)
    assert row is not None
    newer.jobs.advance(row, next_poll_at=77.5)
    assert newer.jobs.get("vid_1").next_poll_at == 77.5


def test_a_library_of_the_second_version_knows_whose_characters_were_native(library: Library, shelf: Shelf) -> None:
    asked = {"prompt": 'says "characters": [] and smiles', "characters": ["chr_1"]}
    library.jobs.intend(job("vid_1", request={"prompt": "a cat", "characters": []}))
    library.jobs.intend(job("vid_2", request=asked))
    library.jobs.intend(job("prj_1", kind="character", request={"character": "chr_1"}))
    make_older(library, 2)
    newer = shelf.open()
    assert [newer.jobs.get(id_).mode for id_ in ("vid_1", "vid_2", "prj_1")] == [None, "native", "native"]
    assert newer.jobs.get("vid_2").findings == ()


def test_an_old_library_has_the_tables_of_a_new_one(library: Library, shelf: Shelf) -> None:
    def shape(of: Library) -> dict[str, tuple[set[tuple[str, str, bool]], list[str]]]:
        with of._database.read() as connection:
            look = sa.inspect(connection)
            names = look.get_table_names()
            columns = {
                name: {(one["name"], str(one["type"]), one["nullable"]) for one in look.get_columns(name)}
                for name in names
            }
            return {name: (columns[name], look.get_pk_constraint(name)["constrained_columns"]) for name in names}

    fresh = shape(library)
    make_older(library, 4)
    assert "votes" in fresh and shape(shelf.open()) == fresh


def test_a_library_of_the_third_version_takes_characters_of_elsewhere(library: Library, shelf: Shelf) -> None:
    library.characters.add(character())
    make_older(library, 3)
    newer = shelf.open()
    newer.characters.add(character("chr_2", source_kind="bundle", lineage={"kind": "file", "source": "walk.mp4"}))
    assert lineages(newer) == [None, {"kind": "file", "source": "walk.mp4"}]
    lose_the_tables(newer)
    assert lineages(shelf.open()) == [None, {"kind": "file", "source": "walk.mp4"}]


def test_a_library_of_the_fourth_version_learns_who_is_meant(library: Library, shelf: Shelf) -> None:
    library.characters.add(character())
    make_older(library, 4)
    newer = shelf.open()
    assert newer.characters.get("chr_1").box is None
    newer.characters.update("chr_1", box=(0.25, 0.1, 0.5, 0.8, 1.5))
    assert newer.characters.get("chr_1").box == (0.25, 0.1, 0.5, 0.8, 1.5)
    lose_the_tables(newer)
    again = shelf.open()
    assert again.characters.get("chr_1").box == (0.25, 0.1, 0.5, 0.8, 1.5), "the ledger tells it too"


def lose_the_tables(library: Library) -> None:
    """Delete the file, which is then made again from the ledger. A server keeps its own copies, so nothing is lost."""
    library.close()
    (library.folder / "library.db").unlink(missing_ok=True)


def lineages(library: Library) -> list[object]:
    return [one.lineage for one in library.characters.all()]


def test_what_was_remarked_is_kept_and_told_again_after_a_loss(library: Library, shelf: Shelf) -> None:
    remark = {"level": "warning", "code": "no_characters", "message": "They are not kept there."}
    row, _ = library.jobs.intend(job(mode="reference", findings=(remark,)))
    row = library.jobs.claim(row.id, "me", 0.0, lambda _owner: True) or row
    library.jobs.advance(row, state="SENDING", sent_at=1.0)
    lose_the_tables(library)
    again = shelf.open().jobs.get(row.id)
    assert (again.mode, again.findings) == ("reference", (remark,))


@pytest.mark.parametrize(
    "finding",
    [
        Finding("warning", "blurry", "Blurred.", TimeRange(0.5, 2.5), value=0.12, at=0.0),
        Finding("hint", "odd", "Odd."),
        Finding("error", "too_long", "Long.", TimeRange(0, 3)),
    ],
)
def test_a_finding_is_told_and_heard_whole(library: Library, finding: Finding) -> None:
    row, _ = library.jobs.intend(job(findings=(told(finding),)))
    assert [heard(one) for one in library.jobs.get(row.id).findings] == [finding]


def test_a_finding_of_an_older_library_has_its_words_and_one_without_a_figure_none() -> None:
    words = {"level": "warning", "code": "blurry", "message": "Blurred."}
    assert heard(words) == Finding("warning", "blurry", "Blurred.")
    assert told(Finding("warning", "blurry", "Blurred.", value=float("nan"))) == words


def test_an_error_names_the_library_and_not_what_was_written(library: Library) -> None:
    library.jobs.intend(job())
    with pytest.raises(LibraryError) as caught, library._database.write() as connection:
        connection.execute(sa.text("INSERT INTO jobs (id, key) VALUES (:id, 'a secret prompt')"), {"id": "vid_1"})
    assert library.name in str(caught.value)
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_handles_are_unique(library: Library) -> None:
    assert library.characters.add(character()).handle == "ada"
    assert library.characters.add(character("chr_2")).handle == "ada_2"
    assert library.characters.add(character("chr_2")).handle == "ada_2"
    assert [one.id for one in library.characters.all()] == ["chr_1", "chr_2"]


def test_a_file_is_named_by_its_content_and_kept_once(library: Library) -> None:
    first, second = library.files.add(b"pictures", ".mp4"), library.files.add(b"pictures", ".mp4")
    assert first == second
    assert library.files.path(first).read_bytes() == b"pictures"
    assert list((library.folder / "files" / "incoming").iterdir()) == []


def test_old_leavings_are_swept_and_fresh_ones_are_not(library: Library, shelf: Shelf) -> None:
    old, fresh = library.files.incoming(".mp4"), library.files.incoming(".mp4")
    old.write_bytes(b"half")
    fresh.write_bytes(b"half")
    os.utime(old, (1, 1))
    shelf.open()
    assert (old.exists(), fresh.exists()) == (False, True)


def test_the_ledger_reads_whole_lines_and_leaves_out_torn_ones(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "submits.jsonl")
    ledger.append(event="send", intent="vid_1")
    ledger.append(event="accepted", intent="vid_1", id="video_9")
    with ledger.path.open("r+b") as stream:
        stream.truncate(ledger.path.stat().st_size - 5)
    assert [entry["event"] for entry in ledger.read()] == ["send"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_only_its_owner_may_read_it(in_a_file: Library) -> None:
    assert stat.S_IMODE(in_a_file.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((in_a_file.folder / "library.db").stat().st_mode) == 0o600


def test_where_it_lies(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SORA_NB_HOME", str(tmp_path))
    assert default_folder() == tmp_path.resolve()
