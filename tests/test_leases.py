"""Who holds a job, and when another kernel may take it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sora_nb.jobs import Engine, owner
from sora_nb.library import LeaseLost, Library
from sora_nb.library.journal import LEASE_SECONDS
from sora_nb.library.postgres import Postgres
from tests.jobs.bench import video_job
from tests.shelves import Shelf, by_our_clock


@pytest.fixture
def library(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> Library:
    monkeypatch.setattr(Postgres, "clock", by_our_clock)
    return shelf.open()


LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells when a process began")


def test_this_process_lives() -> None:
    name = owner.new_name()
    assert owner.is_here(name) and owner.may_live(name)
    assert owner.new_name() != name


def test_a_process_that_ended_is_known_to_be_dead() -> None:
    told = subprocess.run(
        [sys.executable, "-c", "from sora_nb.jobs import owner; print(owner.new_name())"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert not owner.may_live(told.stdout.strip())


@LINUX
def test_a_process_number_that_was_given_again_is_not_the_old_process() -> None:
    machine, pid, start, token = owner.new_name().split("/")
    assert owner.may_live(f"{machine}/{pid}/{start}/{token}")
    assert not owner.may_live(f"{machine}/{pid}/{int(start) - 1}/{token}")


@LINUX
def test_a_dead_process_that_no_one_has_asked_about_is_dead() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        deadline = time.monotonic() + 20
        while owner.started(process.pid) is not None and time.monotonic() < deadline:
            time.sleep(0.01)
        assert owner.started(process.pid) is None


@pytest.mark.parametrize("name", ["elsewhere/1/2/3", "elsewhere/1/dead", "nonsense", ""])
def test_of_another_machine_nothing_can_be_told(name: str) -> None:
    assert owner.may_live(name)


def test_a_lease_of_another_machine_is_waited_for_and_then_taken(library: Library) -> None:
    library.jobs.intend(video_job())
    theirs = library.jobs.claim("vid_1", "elsewhere/1/2/3", 1000.0, owner.may_live)
    assert theirs is not None
    assert library.jobs.claim("vid_1", "me", 1000.0 + LEASE_SECONDS - 1, owner.may_live) is None
    mine = library.jobs.claim("vid_1", "me", 1000.0 + LEASE_SECONDS + 1, owner.may_live)
    assert mine is not None and mine.fence == theirs.fence + 1
    with pytest.raises(LeaseLost):
        library.jobs.advance(theirs, state="SENDING", sent_at=1.0)


@pytest.mark.parametrize("found_as", ["SENDING", "RECONCILING", "UNKNOWN", "NOT_FOUND"])
def test_an_id_that_comes_after_the_job_was_taken_over_is_not_lost(library: Library, found_as: str) -> None:
    library.jobs.intend(video_job())
    slow = library.jobs.claim("vid_1", "elsewhere/1/2/3", 1000.0, owner.may_live)
    assert slow is not None
    slow = library.jobs.advance(slow, state="SENDING", sent_at=1000.0)
    heir = library.jobs.claim("vid_1", "me", 2000.0, owner.may_live)
    assert heir is not None
    heir = library.jobs.advance(heir, state=found_as)
    with pytest.raises(LeaseLost):
        library.jobs.advance(slow, state="ACCEPTED", remote_id="r1", accepted_at=2001.0)
    assert (library.jobs.get("vid_1").state, library.jobs.get("vid_1").remote_id) == ("ACCEPTED", "r1")
    with pytest.raises(LeaseLost):
        library.jobs.advance(heir, state="NOT_FOUND")
    library.close()


def test_a_late_id_does_not_replace_one_that_is_known_or_one_of_another_sending(library: Library) -> None:
    for job_id, facts in (("vid_1", {"remote_id": "r2"}), ("vid_2", {"key": "a new one", "state": "SENDING"})):
        library.jobs.intend(video_job(job_id))
        slow = library.jobs.claim(job_id, "elsewhere/1/2/3", 1000.0, owner.may_live)
        heir = library.jobs.claim(job_id, "me", 2000.0, owner.may_live)
        assert slow is not None and heir is not None
        heir = library.jobs.advance(heir, **facts)
        with pytest.raises(LeaseLost):
            library.jobs.advance(slow, state="ACCEPTED", remote_id="r1", accepted_at=2001.0)
        assert library.jobs.get(job_id).remote_id == facts.get("remote_id")
    library.close()


def test_a_beating_heart_keeps_the_lease(library: Library) -> None:
    library.jobs.intend(video_job())
    assert library.jobs.claim("vid_1", "elsewhere/1/2/3", 1000.0, owner.may_live) is not None
    library.jobs.renew("elsewhere/1/2/3", 1025.0)
    assert library.jobs.claim("vid_1", "me", 1040.0, owner.may_live) is None
    library.close()


def test_a_closed_engine_says_so(tmp_path: Path) -> None:
    engine = Engine(Library(tmp_path / "library"))
    engine.close()
    with pytest.raises(ValueError, match="anew"):
        engine.submit(video_job())


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_an_engine_in_a_forked_process_says_so_instead_of_hanging(tmp_path: Path) -> None:
    engine = Engine(Library(tmp_path / "library"))
    if (child := os.fork()) == 0:
        try:
            engine.submit(video_job())
        except ValueError:
            os._exit(0)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    engine.close()
