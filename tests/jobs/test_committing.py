"""What many jobs commit at a moment: written together, answered each for itself."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from sora_nb.errors import LibraryError
from sora_nb.jobs.committing import Committer
from sora_nb.library import JobRow, LeaseLost, Library
from sora_nb.library.journal import Change
from tests.jobs.bench import video_job


class Bench:
    """A library with claimed jobs, and how large each write was."""

    def __init__(self, folder: Path, count: int, monkeypatch: pytest.MonkeyPatch) -> None:
        self.library = Library(folder)
        self.rows = [self._claimed(f"vid_{number}") for number in range(count)]
        self.sizes: list[int] = []
        self.seen: list[str] = []
        advance_all = self.library.jobs.advance_all

        def counted(changes: Sequence[Change]) -> list[JobRow | LibraryError]:
            self.sizes.append(len(changes))
            return advance_all(changes)

        monkeypatch.setattr(self.library.jobs, "advance_all", counted)
        self.committer = Committer(self.library.jobs, lambda row: self.seen.append(row.id))

    def _claimed(self, job_id: str) -> JobRow:
        self.library.jobs.intend(video_job(job_id))
        row = self.library.jobs.claim(job_id, "me", 0.0, lambda _owner: True)
        assert row is not None
        return row

    def state(self, row: JobRow) -> str:
        return self.library.jobs.get(row.id).state

    async def all(self, **facts: Any) -> list[Any]:
        return await asyncio.gather(*(self.committer.commit(row, facts) for row in self.rows), return_exceptions=True)


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    return Bench(tmp_path / "library", 30, monkeypatch)


def test_thirty_at_a_time_are_one_write_and_all_are_on_disk(bench: Bench) -> None:
    came = asyncio.run(bench.all(state="SENDING", sent_at=1.0))
    assert bench.sizes == [30] and bench.seen == [row.id for row in bench.rows]
    assert [row.state for row in came] == ["SENDING"] * 30 == [bench.state(row) for row in bench.rows]
    told = [entry["intent"] for entry in bench.library.ledger.read() if entry["event"] == "send"]
    assert sorted(told) == sorted(bench.seen)


def test_one_that_was_taken_over_is_told_so_and_the_others_go_on(bench: Bench) -> None:
    bench.library.jobs.claim("vid_7", "another", 1e12, lambda _owner: False)
    came = asyncio.run(bench.all(state="SENDING", sent_at=1.0))
    assert isinstance(came[7], LeaseLost) and sum(isinstance(one, JobRow) for one in came) == 29
    assert bench.state(bench.rows[7]) == "INTENT" and "vid_7" not in bench.seen


def test_what_the_ledger_does_not_take_is_not_sent(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_lines: object) -> None:
        raise LibraryError("no room")

    async def work() -> list[Any]:
        sends = [bench.committer.commit(row, {"state": "SENDING"}) for row in bench.rows[:5]]
        ends = [bench.committer.commit(row, {"state": "STORED"}) for row in bench.rows[5:9]]
        return await asyncio.gather(*sends, *ends, return_exceptions=True)

    monkeypatch.setattr(bench.library.ledger, "_write", full)
    came = asyncio.run(work())
    assert [type(one) for one in came] == [LibraryError] * 5 + [JobRow] * 4
    assert [bench.state(row) for row in bench.rows[:9]] == ["INTENT"] * 5 + ["STORED"] * 4
    monkeypatch.undo()
    bench.library.ledger.note(event="later")
    assert sum(entry["event"] == "stored" for entry in bench.library.ledger.read()) == 4, (
        "it is told with the next line"
    )


def test_a_disk_that_takes_nothing_is_told_to_all(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_changes: object) -> list[Any]:
        raise LibraryError("no disk")

    monkeypatch.setattr(bench.library.jobs, "advance_all", broken)
    came = asyncio.run(bench.all(state="STORED"))
    assert {str(one) for one in came} == {"no disk"} and len({id(one) for one in came}) == 30 and bench.seen == []


def test_what_was_begun_is_written_though_nobody_waits(bench: Bench) -> None:
    async def work() -> None:
        task = asyncio.create_task(bench.committer.commit(bench.rows[0], {"state": "ACCEPTED", "remote_id": "r1"}))
        await asyncio.sleep(0)
        task.cancel()
        bench.committer.flush()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(work())
    assert bench.library.jobs.get("vid_0").remote_id == "r1"
