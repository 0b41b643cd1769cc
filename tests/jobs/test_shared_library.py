"""One library for several kernels, in a file and in PostgreSQL: whose turn it is, and what is left of a limit."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from starlette.responses import JSONResponse, Response

from sora_nb.jobs import Engine, engine
from sora_nb.library import Library, Limit, Withheld
from tests.jobs.bench import BenchService, service, video_job
from tests.postgres import Server
from tests.shelves import KERNELS, Shelf, at_once, new_shelf
from tests.test_library import job
from tests.torture.planted import PLANTED, SHOWS_AT
from tests.torture.schedule import Findings, one_life

LIVES = 8
"""A few lives of each of the four kinds of service; `benchmarks/postgres.py` lives many."""

PLANTED_HERE = ("sent before SENDING is on disk", "Run All asks anew", "a new key for each attempt")


def ask_for_one(library: Library, name: str) -> bool:
    """Ask for a job of this kernel's own under a limit of two, which is looked at slowly."""

    def allows() -> bool:
        room = len(library.jobs.videos()) < 2
        time.sleep(0.05)
        return room

    try:
        return library.jobs.intend(job(f"vid_{id(library)}"), Limit(name, allows))[1]
    except Withheld:
        return False


def test_a_limit_holds_where_many_ask_at_one_moment(shelf: Shelf) -> None:
    shelf.open()
    found = at_once(shelf, lambda library: ask_for_one(library, "swp_1"))
    assert found.count(True) == 2 and found.count(False) == KERNELS - 2, found


def test_a_limit_that_everyone_calls_otherwise_does_not_hold(postgres: Server, tmp_path: Path) -> None:
    shelf = new_shelf("postgresql", tmp_path / "library", lambda: postgres)
    shelf.open()
    assert at_once(shelf, lambda library: ask_for_one(library, f"{id(library)}")).count(True) > 2
    shelf.close()


def test_what_is_there_needs_no_room(shelf: Shelf) -> None:
    library = shelf.open()
    library.jobs.intend(job())
    assert library.jobs.intend(job(), Limit("swp_1", lambda: False)) == (job(), False)
    with pytest.raises(Withheld, match="swp_1 leaves no room"):
        library.jobs.intend(job("vid_2"), Limit("swp_1", lambda: False))
    assert [row.id for row in library.jobs.videos()] == ["vid_1"]


def test_two_kernels_make_one_job_once(shelf: Shelf, film: bytes) -> None:
    bench = BenchService(film, polls_to_finish=5)
    kernels = [Engine(shelf.open()) for _ in range(2)]
    try:
        for one in kernels:
            one.connect(service(), None, bench.app())
            one.submit(video_job())
        assert all(one.wait("vid_1", 60) for one in kernels)
        assert [one.row("vid_1").state for one in kernels] == ["STORED", "STORED"]
    finally:
        for one in kernels:
            one.close()
    assert len(bench.posts) == 1


@pytest.fixture
def server(postgres: Server) -> Server:
    """One that may be ended in the midst of a job: it is there again afterwards."""
    return postgres


@pytest.mark.parametrize("moment", ["make", "job"])
def test_a_job_goes_on_by_itself_when_the_server_is_back(
    server: Server, tmp_path: Path, film: bytes, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    monkeypatch.setattr(engine, "AWAY_SECONDS", 0.2)
    shelf = new_shelf("postgresql", tmp_path / "library", lambda: server)
    kernel, bench = Engine(shelf.open()), BenchService(film)
    kernel.connect(service(), None, bench.app())
    gone = []

    def crash() -> Response:
        server.stop()
        gone.append(True)
        return JSONResponse({"id": "r1", "status": "in_progress"})

    bench.script[moment] = [crash]
    bench.polls["r1"] = 0
    kernel.submit(video_job())
    deadline = time.monotonic() + 60
    while not gone and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.5)
    server.start()
    try:
        assert kernel.wait("vid_1", 60)
        assert (kernel.row("vid_1").state, kernel.row("vid_1").remote_id) == ("STORED", "r1")
        assert len(bench.posts) == 1
    finally:
        kernel.close()


def test_lives_of_jobs_in_postgresql_are_as_good_as_in_a_file(postgres: Server) -> None:
    total = Findings()
    for seed in range(LIVES):
        total.add(one_life(seed, server=postgres))
    assert total.lives == LIVES and total.intents > LIVES
    assert not total.failures, total.failed_seeds


@pytest.mark.parametrize("name", PLANTED_HERE)
def test_a_planted_mistake_shows_there_as_well(postgres: Server, name: str) -> None:
    with PLANTED[name]():
        # Which life meets it depends on what the database answers first, so a few may try.
        assert any(one_life(SHOWS_AT[name] + more, server=postgres).failures for more in range(12))
