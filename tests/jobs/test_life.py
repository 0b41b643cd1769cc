"""A paid job from intent to file, and what each kind of trouble does to it."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import event
from starlette.responses import JSONResponse, Response

from sora_nb.errors import JobFailed, JobUnknown, LibraryError, ServerError, WaitTimeout
from sora_nb.handles import Video
from sora_nb.jobs import Engine, pacing
from sora_nb.jobs.keys import Key
from sora_nb.jobs.transport import AnswerLost, Transport
from sora_nb.library import JobRow, Library
from tests.jobs.bench import BenchService, service, video_job


def test_a_video_is_made_downloaded_and_looked_at(engine: Engine, bench: BenchService) -> None:
    row = engine.submit(video_job())
    assert engine.wait(row.id, 20)
    row = engine.row(row.id)
    assert (row.state, row.remote_id, len(bench.posts), bench.keys) == ("STORED", "r1", 1, ["key-vid_1"])
    assert engine.library.files.path(row.file or "").read_bytes() == bench.film
    assert (row.width, row.height) == (192, 108)
    assert set(row.measures) == {"sharpness", "motion", "cuts"}


def test_an_equal_request_is_not_sent_again(engine: Engine, bench: BenchService) -> None:
    for _ in range(3):
        engine.submit(video_job(key="whatever"))
    assert engine.wait("vid_1", 20)
    engine.submit(video_job())
    assert len(bench.posts) == 1


def test_intent_and_sending_are_on_disk_before_the_request_leaves(
    engine: Engine, bench: BenchService, tmp_path: Path
) -> None:
    seen: list[str] = []

    def look() -> Response:
        seen.append(Library(tmp_path / "library").jobs.get("vid_1").state)
        seen.extend(entry["event"] for entry in engine.library.ledger.read())
        return JSONResponse({"id": "r1", "status": "queued"})

    bench.script["make"] = [look]
    bench.polls["r1"] = 0
    engine.submit(video_job())
    assert engine.wait("vid_1", 20)
    assert seen == ["SENDING", "send"]
    assert [entry["event"] for entry in engine.library.ledger.read()][:2] == ["send", "accepted"]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 422, 302])
def test_a_refusal_is_final_and_says_so(engine: Engine, bench: BenchService, status: int) -> None:
    bench.script["make"] = [Response(status_code=status)]
    engine.submit(video_job())
    with pytest.raises(JobFailed, match=str(status)):
        Video(engine, "vid_1").wait(20)
    assert (engine.row("vid_1").state, len(bench.posts)) == ("REJECTED", 1)


@pytest.mark.parametrize(
    "answer",
    [
        Response(status_code=500),
        Response(status_code=502),
        Response(status_code=409),
        Response(status_code=408),
        Response("<html>", 200),
        JSONResponse({"status": "queued"}, 200),
    ],
    ids=["500", "502", "409", "408", "not json", "no id"],
)
def test_what_no_one_can_tell_is_shown_and_never_sent_again(
    engine: Engine, bench: BenchService, answer: Response
) -> None:
    bench.script["make"] = [answer]
    engine.submit(video_job())
    with pytest.raises(JobUnknown, match=r"about \$0.50"):
        Video(engine, "vid_1").wait(20)
    engine.submit(video_job())
    engine.start("vid_1")
    assert (engine.row("vid_1").state, len(bench.posts)) == ("UNKNOWN", 1)


def test_an_answer_that_comes_too_late_is_unknown(
    engine: Engine, bench: BenchService, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def lose(*_arguments: object) -> None:
        bench.posts.append({})
        raise AnswerLost("The request left and no answer came back.")

    monkeypatch.setattr(Transport, "pay", lose)
    engine.submit(video_job())
    assert engine.wait("vid_1", 20)
    assert (engine.row("vid_1").state, len(bench.posts)) == ("UNKNOWN", 1)


def test_too_many_requests_waits_and_sends_again_with_the_same_key(engine: Engine, bench: BenchService) -> None:
    slow_down = Response(status_code=429, headers={"retry-after-ms": "10"})
    bench.script["make"] = [slow_down, slow_down]
    engine.submit(video_job())
    assert engine.wait("vid_1", 20)
    assert engine.row("vid_1").state == "STORED"
    assert bench.keys == ["key-vid_1"] * 3


def test_a_used_up_quota_is_final(engine: Engine, bench: BenchService) -> None:
    bench.script["make"] = [JSONResponse({"code": "insufficient_quota"}, 429)]
    engine.submit(video_job())
    assert engine.wait("vid_1", 20)
    assert (engine.row("vid_1").state, len(bench.posts)) == ("REJECTED", 1)


def test_a_service_that_is_not_there_is_tried_and_nothing_is_spent(engine: Engine) -> None:
    engine.connect(service("http://127.0.0.1:9"), None)
    engine.submit(video_job(base_url="http://127.0.0.1:9"))
    with pytest.raises(JobFailed, match=r"is it running\? It was tried 6 times in \d+ s"):
        Video(engine, "vid_1").wait(20)
    row = engine.row("vid_1")
    assert (row.state, row.error_code) == ("REJECTED", "not_sent")
    assert [entry["event"] for entry in engine.library.ledger.read()].count("send") == 6


def test_a_state_that_nobody_knows_is_no_end_and_is_said_once(
    engine: Engine, bench: BenchService, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = JSONResponse({"id": "r1", "status": "zombified"}, headers={"openai-poll-after-ms": "10"})
    bench.script["job"] = [odd, odd, odd]
    rows: list[JobRow] = []
    monkeypatch.setattr(
        Engine, "publish", lambda engine, row, publish=Engine.publish: publish(engine, row) or rows.append(row)
    )
    engine.submit(video_job())
    assert engine.wait("vid_1", 20)
    said = [row for row in rows if row.error_code == "odd_status"]
    assert [(row.state, row.error) for row in said] == [
        ("RUNNING", "The service says zombified, which is no state known here; still asking.")
    ]
    assert (rows[-1].state, rows[-1].error) == ("STORED", None)


def test_failed_polls_do_not_give_the_job_up(engine: Engine, bench: BenchService) -> None:
    bench.script["job"] = [Response(status_code=500), Response("not json"), Response(status_code=404)]
    engine.submit(video_job())
    assert engine.wait("vid_1", 20)
    row = engine.row("vid_1")
    assert (row.state, row.error) == ("STORED", None)


def test_a_job_the_service_forgot_is_lost_after_a_grace(
    engine: Engine, bench: BenchService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pacing, "NOT_YET_VISIBLE_SECONDS", 0.0)
    bench.script["job"] = [Response(status_code=404)] * 3
    engine.submit(video_job())
    assert engine.wait("vid_1", 20)
    assert engine.row("vid_1").status == "lost"


def test_a_broken_download_is_repeated_and_leaves_nothing_behind(engine: Engine, bench: BenchService) -> None:
    bench.script["film"] = [
        Response(status_code=503),
        Response(b"", 200),
        JSONResponse({"oops": "not a video"}),
        Response(bench.film[:100], headers={"content-length": str(len(bench.film))}),
    ]
    engine.submit(video_job())
    assert engine.wait("vid_1", 20)
    row = engine.row("vid_1")
    assert engine.library.files.path(row.file or "").read_bytes() == bench.film
    assert list((engine.library.folder / "files" / "incoming").iterdir()) == []


def test_a_download_that_never_works_is_told_and_can_be_taken_up(engine: Engine, bench: BenchService) -> None:
    bench.script["film"] = [Response(status_code=503)] * 6
    engine.submit(video_job())
    with pytest.raises(ServerError, match=r"resume\(\)"):
        Video(engine, "vid_1").wait(20)
    engine.start("vid_1")
    assert Video(engine, "vid_1").wait(20).path is not None
    assert len(bench.posts) == 1


def test_a_wait_that_ends_leaves_the_job_alone(engine: Engine, bench: BenchService) -> None:
    bench.polls_to_finish = 60
    video = Video(engine, engine.submit(video_job()).id)
    with pytest.raises(WaitTimeout) as caught:
        video.wait(0.2)
    assert caught.value.job is video
    assert video.wait(20).status == "completed"


def test_await_is_the_same_as_wait(engine: Engine) -> None:
    video = Video(engine, engine.submit(video_job()).id)

    async def main() -> Video:
        return await video

    assert asyncio.run(main()).path is not None


def test_an_interrupt_detaches_and_loses_nothing(
    engine: Engine, bench: BenchService, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.delay = 0.3
    video = Video(engine, engine.submit(video_job()).id)
    with monkeypatch.context() as patch:
        patch.setattr(Engine, "wait", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt()))
        with pytest.raises(KeyboardInterrupt) as caught:
            video.wait()
    assert "goes on" in caught.value.__notes__[0]
    assert video.wait(20).status == "completed"
    assert len(bench.posts) == 1


def test_watchers_hear_of_changes_on_another_thread(engine: Engine) -> None:
    heard: list[tuple[str, str]] = []
    done = threading.Event()

    def listen(video: Video) -> None:
        heard.append((video.status, threading.current_thread().name))
        if video.status == "completed":
            done.set()

    video = Video(engine, engine.submit(video_job()).id)
    stop = video.on_change(listen)
    assert done.wait(20)
    stop()
    assert {thread for _, thread in heard} == {"sora-nb-notices"}
    assert len(heard) < 10


def test_a_watcher_that_fails_does_not_silence_the_others(engine: Engine) -> None:
    done = threading.Event()
    video = Video(engine, engine.submit(video_job()).id)
    video.on_change(lambda _: 1 / 0)
    video.on_change(lambda one: done.set() if one.status == "completed" else None)
    assert done.wait(20)
    assert isinstance(engine.notices.errors[0], ZeroDivisionError)


def test_a_job_that_was_being_sent_when_its_kernel_died(engine: Engine, bench: BenchService) -> None:
    for job_id in ("vid_told", "vid_silent"):
        engine.library.jobs.intend(video_job(job_id, state="SENDING", owner="elsewhere/1/dead", lease_until=1.0))
    engine.library.ledger.append(event="accepted", key="key-vid_told", intent="vid_told", id="r7", at=time.time())
    bench.polls["r7"] = 0
    engine.start("vid_told")
    engine.start("vid_silent")
    assert engine.wait("vid_told", 20) and engine.wait("vid_silent", 20)
    assert engine.row("vid_told").state == "STORED"
    assert engine.row("vid_silent").state == "UNKNOWN"
    assert bench.posts == []


def test_two_kernels_make_one_job_once(engine: Engine, bench: BenchService, tmp_path: Path) -> None:
    bench.polls_to_finish = 20
    other = Engine(Library(tmp_path / "library"))
    other.connect(service(), None, bench.app())
    engine.submit(video_job())
    other.submit(video_job())
    try:
        assert engine.wait("vid_1", 20) and other.wait("vid_1", 20)
        assert other.row("vid_1").state == "STORED"
    finally:
        other.close()
    assert len(bench.posts) == 1


class FullDisk:
    """A library's disk on which, once `full`, nothing more can be written."""

    def __init__(self, engine: Engine) -> None:
        self.full = False
        event.listen(engine.library._database._engine, "before_cursor_execute", self._refuse)
        self._write = engine.library.ledger._write
        engine.library.ledger._write = self._take  # type: ignore[method-assign]

    def fill(self) -> Response:
        """No room from now on; the job goes on at its service."""
        self.full = True
        return JSONResponse({"id": "r1", "status": "in_progress"})

    def _refuse(self, _connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if self.full and statement.startswith(("INSERT", "UPDATE")):
            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorcode = sqlite3.SQLITE_FULL
            raise error

    def _take(self, lines: list[bytes]) -> None:
        if self.full:
            raise LibraryError("no room")
        self._write(lines)


@pytest.mark.parametrize("moment", ["make", "job"])
def test_a_full_disk_is_told_by_the_handle_and_the_job_goes_on_when_there_is_room(
    engine: Engine, bench: BenchService, moment: str
) -> None:
    disk = FullDisk(engine)
    bench.script[moment] = [disk.fill]
    bench.polls["r1"] = 0
    video = Video(engine, engine.submit(video_job()).id)
    with pytest.raises(LibraryError, match=r"disk is full\. Make room on that disk, then call resume\(\)"):
        video.wait(20)
    assert "Make room" in (video.error or "")
    assert video.status in ("queued", "in_progress", "unknown")
    with pytest.raises(LibraryError, match="Make room"):
        video.rating = 3
    disk.full = False
    engine.start(video.id)
    # An id that came while nothing could be written is owed to the ledger, and known all the same.
    assert video.wait(20).path is not None
    assert (len(bench.posts), video.remote_id) == (1, "r1")


def test_a_second_connection_changes_the_key_and_leaves_open_what_is_open(engine: Engine, bench: BenchService) -> None:
    app = bench.app()
    first = engine.connect(service(), Key(lambda: "one", "the test"), app)
    second = engine.connect(service(), Key(lambda: "two", "the test"), app)
    assert second.transport is first.transport
    assert second.transport._headers() == {"Authorization": "Bearer two"}
    assert engine.connect(service(), None, bench.app()).transport is not first.transport
