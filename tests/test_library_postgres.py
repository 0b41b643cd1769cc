"""What is PostgreSQL's own: turns, the server's clock, its coming and going, and a password that nobody sees."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
import traceback
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from sora_nb.errors import ConfigError, LibraryError, SoraError
from sora_nb.library import Away, LeaseLost, Library, schema
from sora_nb.library.journal import LEASE_SECONDS
from sora_nb.library.postgres import Postgres
from tests.postgres import Server
from tests.shelves import KERNELS, Shelf, at_once, new_shelf
from tests.test_library import character, claim, job, make_older

PASSWORD = "Tr0ub4dor&3/hush"
QUOTED = "Tr0ub4dor%263%2Fhush"


@pytest.fixture
def shelf(postgres: Server, tmp_path: Path) -> Iterator[Shelf]:
    shelf = new_shelf("postgresql", tmp_path / "library", lambda: postgres)
    yield shelf
    shelf.close()


@pytest.fixture
def library(shelf: Shelf) -> Library:
    return shelf.open()


def without_turns(patch: pytest.MonkeyPatch) -> None:
    """A planted fault: nobody waits for a turn, and whoever has read lets others overtake."""
    patch.setattr(Postgres, "take_turn", lambda *_given: None)


def slowly(patch: pytest.MonkeyPatch) -> None:
    """Let time pass between what is read and what is written by it."""

    def wait(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("INSERT"):
            time.sleep(0.1)

    make = Postgres.__init__

    def slow(kind: Postgres, address: str) -> None:
        make(kind, address)
        sa.event.listen(kind.engine, "before_cursor_execute", wait)

    patch.setattr(Postgres, "__init__", slow)


@pytest.mark.parametrize("broken", [False, True])
def test_equal_requests_at_one_moment_are_one_job(shelf: Shelf, monkeypatch: pytest.MonkeyPatch, broken: bool) -> None:
    shelf.open()
    slowly(monkeypatch)
    if broken:
        without_turns(monkeypatch)
    found = at_once(shelf, lambda library: library.jobs.intend(job(key=f"key-{id(library)}"))[1])
    failed = [one for one in found if isinstance(one, SoraError)]
    assert bool(failed) == broken
    assert broken or sorted(map(bool, found)) == [False] * (KERNELS - 1) + [True]


@pytest.mark.parametrize("broken", [False, True])
def test_equal_names_at_one_moment_get_handles_of_their_own(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, broken: bool
) -> None:
    shelf.open()
    slowly(monkeypatch)
    if broken:
        without_turns(monkeypatch)
    found = at_once(shelf, lambda library: library.characters.add(character(f"chr_{id(library)}")).handle)
    assert broken == any(isinstance(one, SoraError) for one in found)
    assert broken or set(found) == {"ada", *(f"ada_{number}" for number in range(2, KERNELS + 1))}


def test_of_several_that_claim_a_job_at_one_moment_one_has_it(shelf: Shelf) -> None:
    first = shelf.open()
    for number in range(20):
        first.jobs.intend(job(f"vid_{number}"))
    won = at_once(shelf, lambda library: [claim(library, f"vid_{n}", f"{id(library)}") for n in range(20)])
    for number in range(20):
        rows = [mine[number] for mine in won if isinstance(mine, list) and mine[number] is not None]
        assert len(rows) == 1 and rows[0].fence == 1


def test_who_takes_a_dead_kernels_job_at_one_moment_is_told_apart_by_the_fence(shelf: Shelf) -> None:
    library = shelf.open()
    library.jobs.intend(job())
    assert claim(library, owner="dead") is not None

    def inherit(library: Library) -> object:
        row = claim(library, owner=f"{id(library)}", alive=False)
        assert row is not None
        time.sleep(0.1)
        return library.jobs.advance(row, state="SENDING", sent_at=1.0)

    found = at_once(shelf, inherit)
    assert sum(isinstance(one, LeaseLost) for one in found) == KERNELS - 1, found
    assert library.jobs.get("vid_1").fence == KERNELS + 1


def test_what_was_written_between_a_look_and_the_claim_is_in_the_claimed_row(
    shelf: Shelf, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.jobs.intend(job())
    dying = claim(library, owner="dying")
    assert dying is not None
    row = library.jobs.advance(dying, state="SENDING", sent_at=1.0)
    other = shelf.open()

    def late_word(_owner: str) -> bool:
        other.jobs.advance(row, state="ACCEPTED", remote_id="r1", accepted_at=2.0)
        return False

    heir = library.jobs.claim("vid_1", "heir", time.time(), late_word)
    assert heir is not None and (heir.state, heir.remote_id) == ("ACCEPTED", "r1")


def test_leases_run_out_by_the_servers_clock(library: Library) -> None:
    library.jobs.intend(job())
    hour = 3600.0
    # One machine is an hour behind, one an hour ahead; neither may think that the other's lease is over.
    theirs = library.jobs.claim("vid_1", "behind", time.time() - hour, lambda _owner: True)
    assert theirs is not None and theirs.lease_until is not None
    assert abs(theirs.lease_until - time.time() - LEASE_SECONDS) < 10
    assert library.jobs.claim("vid_1", "ahead", time.time() + hour, lambda _owner: True) is None
    library.jobs.renew("behind", time.time() - hour)
    assert library.jobs.claim("vid_1", "ahead", time.time() + hour, lambda _owner: True) is None


def test_times_and_sums_keep_all_their_digits(library: Library) -> None:
    exact = 1_795_690_961.717048
    library.jobs.intend(job(created_at=exact, est_cost_usd=123_456.789012))
    library.opinions.rate("vid_1", 4.5, "ann")
    row = library.jobs.get("vid_1")
    assert (row.created_at, row.est_cost_usd, row.rating) == (exact, 123_456.789012, 4.5)


def test_a_library_of_before_gets_all_its_digits_and_its_order(library: Library, shelf: Shelf) -> None:
    make_older(library, 6)
    again = shelf.open()
    again.close()
    with again._database.write() as connection:
        for table, column in (("jobs", "created_at"), ("jobs", "cost_usd"), ("ratings", "at"), ("votes", "at")):
            connection.exec_driver_sql(f"ALTER TABLE {table} ALTER COLUMN {column} TYPE REAL")
        connection.exec_driver_sql('ALTER TABLE jobs ALTER COLUMN id TYPE TEXT COLLATE "default"')
        connection.execute(sa.update(schema.schema_version).values(version=6))
    newer = shelf.open()
    newer.jobs.intend(job(created_at=1_795_690_961.717048))
    assert newer.jobs.get("vid_1").created_at == 1_795_690_961.717048
    with newer._database.read() as connection:
        kinds = {one["name"]: str(one["type"]) for one in sa.inspect(connection).get_columns("jobs")}
    assert (kinds["id"], kinds["cost_usd"]) == ('TEXT COLLATE "C"', "DOUBLE PRECISION")


def test_several_kernels_may_make_and_mend_the_tables_at_once(shelf: Shelf) -> None:
    def open_it(_number: int) -> int:
        library = Library(shelf.address, shelf.folder)
        try:
            return len(library.jobs.videos())
        finally:
            library.close()

    with ThreadPoolExecutor(KERNELS) as pool:
        assert list(pool.map(open_it, range(KERNELS))) == [0] * KERNELS
        make_older(shelf.open(), 1)
        assert list(pool.map(open_it, range(KERNELS))) == [0] * KERNELS


def test_a_step_that_fails_leaves_the_tables_as_they_were(
    library: Library, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sora_nb.library import database

    def half(connection: sa.Connection) -> None:
        connection.exec_driver_sql("ALTER TABLE jobs ADD COLUMN mood TEXT")
        connection.exec_driver_sql("ALTER TABLE no_such_table ADD COLUMN mood TEXT")

    with monkeypatch.context() as patch:
        patch.setattr(database, "MIGRATIONS", [*database.MIGRATIONS, half])
        with pytest.raises(LibraryError, match="no_such_table"):
            shelf.open()
    with library._database.read() as connection:
        assert "mood" not in {one["name"] for one in sa.inspect(connection).get_columns("jobs")}
    assert shelf.open().jobs.videos() == []


def test_words_that_no_database_likes_come_through(library: Library) -> None:
    words = "\u202eevil\u0000 'quoted' %s :name \\ \U0001f98a"
    library.jobs.intend(job(request={"prompt": words, "take": 1}))
    row = claim(library)
    assert row is not None
    library.jobs.advance(row, error=words)
    again = library.jobs.get("vid_1")
    assert again.request["prompt"] == words
    assert again.error == words.replace("\0", "\ufffd")


def test_ids_stand_in_the_order_that_a_file_has_them_in(library: Library) -> None:
    for name in ("vid_b", "vid_B", "vid_1", "vid_é", "vid_a"):
        library.jobs.intend(job(name))
    assert [row.id for row in library.jobs.videos()] == ["vid_1", "vid_B", "vid_a", "vid_b", "vid_é"]


def test_two_libraries_in_one_database_do_not_wait_for_each_other(library: Library, postgres: Server) -> None:
    other = Library(postgres.address(postgres.new_schema()), library.folder)
    with library._database.write("vid_1"):
        other.jobs.intend(job())
    assert library.jobs.videos() == []
    other.close()


def test_the_ledgers_of_all_machines_are_read(shelf: Shelf, library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    library.ledger.append(event="accepted", intent="vid_1", key="k1", id="r1")
    monkeypatch.setattr("socket.gethostname", lambda: "another machine")
    there = shelf.open()
    there.ledger.append(event="accepted", intent="vid_2", key="k2", id="r2")
    assert library.ledger.path != there.ledger.path
    assert {entry["id"] for entry in library.ledger.read()} == {"r1", "r2"}
    alone = Library(shelf.folder)  # a library of the folder's own has nothing to do with them
    assert alone.ledger.read() == [] and alone.jobs.videos() == []
    alone.close()


DYING = """
import os, signal, sys
from sora_nb.library import Library
library = Library(sys.argv[1], sys.argv[2])
with library._database.write("vid_1") as connection:
    connection.exec_driver_sql("UPDATE jobs SET state = 'SENDING'")
    print("in the midst", flush=True)
    os.kill(os.getpid(), signal.SIGKILL if sys.argv[3] == "dead" else signal.SIGSTOP)
"""


def in_the_midst(shelf: Shelf, how: str) -> subprocess.Popen[str]:
    """A kernel that is ended, or put to sleep, in the midst of its turn."""
    command = [sys.executable, "-c", DYING, shelf.address or "", str(shelf.folder), how]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None and process.stdout.readline()
    return process


def test_a_kernel_that_is_killed_in_the_midst_of_its_turn_leaves_nothing_behind(shelf: Shelf, library: Library) -> None:
    library.jobs.intend(job())
    with in_the_midst(shelf, "dead") as process:
        process.wait(20)
        assert library.jobs.intend(job()) == (job(), False)
        assert claim(library) is not None


def test_a_kernel_that_sleeps_in_the_midst_of_its_turn_is_told_of_and_given_up(
    shelf: Shelf, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.jobs.intend(job())
    monkeypatch.setattr("sora_nb.library.postgres.BUSY_SECONDS", 0.3)
    with in_the_midst(shelf, "asleep") as process:
        try:
            with pytest.raises(LibraryError, match=r"it is not our turn\. Another kernel has been at work"):
                library.jobs.intend(job())
            # A laptop that is closed half way would hold the others up for ever; the server ends what idles.
            with library._database.read() as connection:
                limit = connection.exec_driver_sql("SHOW idle_in_transaction_session_timeout").scalar()
            assert limit == "30s"
        finally:
            process.kill()


@pytest.fixture
def comes_back(postgres: Server) -> Iterator[Server]:
    """A server that may be ended: it is there again for the next test."""
    yield postgres
    postgres.stop(signal.SIGQUIT)
    postgres.start()


def test_what_was_kept_is_there_after_the_server_crashed(shelf: Shelf, library: Library, comes_back: Server) -> None:
    library.jobs.intend(job())
    row = claim(library)
    assert row is not None
    library.jobs.advance(row, state="SENDING", sent_at=1.0)
    comes_back.stop(signal.SIGQUIT)
    for work in (lambda: library.jobs.get("vid_1"), lambda: library.jobs.intend(job("vid_2")), shelf.open):
        with pytest.raises(Away, match=r"could not be (read|written): .*Is it running.*resume\(\)"):
            work()
    comes_back.start()
    assert library.jobs.get("vid_1").state == "SENDING"
    library.jobs.advance(row, state="ACCEPTED", remote_id="r1")
    assert [one.id for one in library.jobs.videos()] == ["vid_1"]


def test_a_server_that_says_nothing_is_not_asked_at_every_turn(
    library: Library, comes_back: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = 0
    connect = library._database._engine.dialect.connect

    def slow(*given: object, **named: object) -> object:
        nonlocal tried
        tried += 1
        time.sleep(0.2)
        return connect(*given, **named)

    monkeypatch.setattr(library._database._engine.dialect, "connect", slow)
    library.close()
    comes_back.stop(signal.SIGQUIT)
    for _ in range(5):
        with pytest.raises(Away):
            library.jobs.videos()
    assert tried == 1
    comes_back.start()
    time.sleep(0.5)
    assert library.jobs.videos() == []


@pytest.fixture
def guarded(postgres: Server) -> Server:
    """A server with someone who needs a password."""
    postgres.execute("DROP ROLE IF EXISTS guarded")
    postgres.execute(f"CREATE ROLE guarded LOGIN SUPERUSER PASSWORD '{PASSWORD}'")
    return postgres


def test_a_password_is_used_and_never_shown(guarded: Server, tmp_path: Path) -> None:
    address = guarded.address(guarded.new_schema(), "guarded", QUOTED)
    library = Library(address, tmp_path)
    library.jobs.intend(job())
    shown = [repr(library), repr(library._database._kind), library.name, repr(vars(library._database._kind))]
    shown += [str(path) for path in tmp_path.rglob("*")] + [repr(library._database._engine)]
    library.close()
    wrong = address.replace(QUOTED, QUOTED + "x")
    for where in (wrong, f"{address.replace(':' + QUOTED, '')}&password={QUOTED}x"):
        with pytest.raises(LibraryError, match=r"password authentication failed.*PGPASSWORD") as caught:
            Library(where, tmp_path)
        shown += ["".join(traceback.format_exception(caught.value)), repr(caught.value)]
    for words in shown:
        assert "hush" not in words and "Tr0ub" not in words, words


def test_without_hiding_a_password_would_be_shown() -> None:
    kind = Postgres(f"postgresql://guarded:{QUOTED}@localhost/sora")
    kind._without_secrets = lambda words: words
    error = type("Error", (Exception,), {"sqlstate": None})(f"the server says {PASSWORD} to you")
    told = kind.refusal(error)
    assert told is not None and PASSWORD in told.words
    hidden = Postgres(f"postgresql://guarded:{QUOTED}@localhost/sora").refusal(error)
    assert hidden is not None and "hush" not in hidden.words


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("postgresql://ann:half@hidden@server/sora", "two @"),
        ("postgresql://ann:hidden@server:port/sora", "cannot be read"),
        ("postgresql+psycopg://ann:hidden@server", "names no database"),
        ("mysql://ann:hidden@server/sora", "mysql:// is not known"),
        ("://hidden", "cannot be read"),
    ],
)
def test_an_address_that_cannot_be_used_is_not_repeated(address: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=words) as caught:
        Library(address, tmp_path)
    told = "".join(traceback.format_exception(caught.value))
    assert "hidden" not in str(caught.value) and "half" not in str(caught.value)
    assert "hidden@" not in told.rpartition("raise ConfigError")[2]


def test_without_its_driver_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(ConfigError, match=r'pip install "sora-nb\[postgres\]"') as caught:
        Library("postgresql+psycopg://ann:hidden@server/sora", tmp_path)
    assert "hidden" not in str(caught.value)


def test_a_folder_keeps_its_files_itself(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="Leave folder= out"):
        Library(tmp_path / "library", tmp_path / "files")


def test_a_server_that_may_forget_is_told_of(shelf: Shelf, library: Library, postgres: Server) -> None:
    def set_fsync(value: str) -> None:
        postgres.execute(f"ALTER SYSTEM SET fsync = {value}")
        postgres.execute("SELECT pg_reload_conf()")
        deadline = time.monotonic() + 20
        while postgres.execute("SHOW fsync") != [(value,)] and time.monotonic() < deadline:
            time.sleep(0.05)

    set_fsync("off")
    try:
        with pytest.warns(UserWarning, match="fsync = off"):
            shelf.open()
    finally:
        set_fsync("on")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        shelf.open()


def test_a_server_that_keeps_less_is_asked_for_more(postgres: Server, library: Library) -> None:
    postgres.execute("ALTER ROLE sora SET synchronous_commit = off")
    try:
        library.close()
        with library._database.read() as connection:
            assert connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"
    finally:
        postgres.execute("ALTER ROLE sora RESET synchronous_commit")


def test_a_database_without_all_letters_is_refused(postgres: Server, tmp_path: Path) -> None:
    postgres.execute("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    try:
        with pytest.raises(LibraryError, match="kept in LATIN1"):
            Library(postgres.address().replace("/postgres?", "/latin?"), tmp_path)
    finally:
        deadline = time.monotonic() + 5
        while postgres.execute("SELECT 1 FROM pg_stat_activity WHERE datname = 'latin'"):
            assert time.monotonic() < deadline, "who is refused lets go"
            time.sleep(0.05)
        postgres.execute("DROP DATABASE latin")


def test_a_database_that_is_not_there_is_told_with_what_to_do(postgres: Server, tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match=r'database "nowhere" does not exist.*createdb'):
        Library(postgres.address().replace("/postgres?", "/nowhere?"), tmp_path)


def test_tables_that_are_taken_away_are_not_made_again_behind_ones_back(library: Library, postgres: Server) -> None:
    library.jobs.intend(job())
    with library._database.write() as connection:
        connection.exec_driver_sql("ALTER TABLE jobs RENAME TO hidden")
    with pytest.raises(LibraryError, match="Its tables are gone"):
        library.jobs.intend(job("vid_2"))
    with library._database.write() as connection:
        connection.exec_driver_sql("ALTER TABLE hidden RENAME TO jobs")
    assert [row.id for row in library.jobs.videos()] == ["vid_1"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_forked_process_uses_connections_of_its_own(library: Library) -> None:
    library.jobs.intend(job())
    parents = library._database._engine.pool
    with library._database.write() as connection:
        connection.exec_driver_sql("UPDATE jobs SET state = 'SENDING'")
        if (child := os.fork()) == 0:
            found = library.jobs.get("vid_1").state
            os._exit(0 if found == "INTENT" and library._database._engine.pool is not parents else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert library.jobs.get("vid_1").state == "SENDING"


def test_a_wait_for_another_kernels_turn_is_interrupted_at_once(shelf: Shelf, library: Library) -> None:
    other = shelf.open()
    sent: list[float] = []

    def strike() -> None:
        sent.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGINT)

    felt = []
    for delay in (0.05, 0.2, 0.3):
        striking = threading.Timer(delay, strike)
        with other._database._engine.begin() as theirs:
            other._database._kind.take_turn(theirs, "vid_1")
            striking.start()
            with pytest.raises(KeyboardInterrupt):
                library.jobs.intend(job())
            felt.append(time.monotonic() - sent[-1])
        striking.join()
    assert min(felt) < 0.5
    assert library.jobs.intend(job())[1]


def test_an_interrupt_in_the_midst_of_a_statement_is_felt_at_its_end(library: Library) -> None:
    striking = threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT))
    seen = []

    def work() -> None:
        with library._database.write() as connection:
            seen.append(connection.exec_driver_sql("SELECT 1 FROM pg_sleep(0.4)").scalar())
            connection.exec_driver_sql("CREATE TABLE whole (id TEXT)")

    striking.start()
    with pytest.raises(KeyboardInterrupt):
        work()
    striking.join()
    with library._database.read() as connection:
        assert seen == [1] and sa.inspect(connection).has_table("whole")
