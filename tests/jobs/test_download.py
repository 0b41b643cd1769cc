"""Fetching over a real socket from a server that does as it is told, and what each trouble comes to."""

from __future__ import annotations

import asyncio
import errno
import gzip
import json
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import suppress
from email.utils import formatdate
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from sora_nb.dialects.base import Call
from sora_nb.errors import LibraryError, NotSentError, ServerError, ServiceError
from sora_nb.jobs import download as downloading
from sora_nb.jobs import part as parts
from sora_nb.jobs import transport
from sora_nb.jobs.download import download
from sora_nb.jobs.films import require_whole
from sora_nb.jobs.keys import Key
from sora_nb.jobs.origins import Reach
from sora_nb.jobs.part import DiskFull, Part
from sora_nb.jobs.transport import AnswerLost, Transport
from sora_nb.jobs.wire import Deadline, Wire
from sora_nb.library import JobRow, Library
from tests.jobs.bench import video_job
from tests.torture.hostile import Answer, Film, HostileServer, hostile_server
from tests.torture.transfers import box, desk_for, hurried

FILM = box(b"ftyp", bytes(16)) + box(b"moov", bytes(500)) + box(b"mdat", bytes(range(256)) * 80)
GOOD = Answer()
QUESTION = Call("GET", "/question")


@pytest.fixture
def server() -> Iterator[HostileServer]:
    with hostile_server() as server, hurried():
        yield server


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    library = Library(tmp_path / "library")
    yield library
    library.close()


Fetch = Callable[..., JobRow]


@pytest.fixture
def fetch(server: HostileServer, library: Library) -> Fetch:
    """Fetches a film in the way the answers say, and returns the job as the library then has it."""

    def fetch(*answers: Answer, job_id: str = "vid_1", **facts: Any) -> JobRow:
        server.films[f"/film/{job_id}"] = Film(FILM, list(answers))

        async def main() -> None:
            wire = Transport(server.url, Key(lambda: "the-key", "the test"))
            known = library.jobs.find(job_id) or video_job(job_id, state="READY", remote_id=job_id, **facts)
            row, _ = library.jobs.intend(known)
            try:
                await download(desk_for(library, wire, server.url), row)
            finally:
                await wire.close()

        try:
            asyncio.run(main())
        finally:
            assert list((library.files.folder / "incoming").iterdir()) == []
        return library.jobs.get(job_id)

    return fetch


def asked(server: HostileServer, name: str) -> list[str]:
    """What was asked for in a header, request by request."""
    return [told.get(name, "") for told in server.films["/film/vid_1"].asked]


def stored(library: Library, row: JobRow) -> bytes:
    return library.files.path(row.file or "").read_bytes()


def talk(url: str, work: Callable[[Transport], Coroutine[Any, Any, Any]]) -> Any:
    """Run *work* with a transport to *url*."""

    async def main() -> Any:
        wire = Transport(url, None)
        try:
            return await work(wire)
        finally:
            await wire.close()

    return asyncio.run(main())


def test_what_broke_off_goes_on_where_it_was(server: HostileServer, library: Library, fetch: Fetch) -> None:
    row = fetch(Answer(cut=0.5), GOOD)
    assert stored(library, row) == FILM
    first, second = asked(server, "range")
    assert first == "" and second.startswith("bytes=") and second != "bytes=0-"
    assert asked(server, "if-range") == ["", '"one"']
    assert asked(server, "accept-encoding") == ["identity"] * 2
    assert (row.error, row.error_code) == (None, None)


@pytest.mark.parametrize("etag", ['W/"one"', ""])
def test_without_a_strong_version_it_begins_anew(server: HostileServer, fetch: Fetch, etag: str) -> None:
    assert fetch(Answer(cut=0.5, etag=etag), Answer(etag=etag)).file
    assert asked(server, "range") == ["", ""]


@pytest.mark.parametrize(
    "second",
    [Answer(ranges=False), Answer(etag='"two"'), Answer(etag='"two"', heedless=True), Answer(heedless=True, shift=7)],
    ids=["200 for 206", "new version", "new version in pieces", "wrong piece"],
)
def test_a_piece_that_does_not_fit_is_not_used(library: Library, fetch: Fetch, second: Answer) -> None:
    assert stored(library, fetch(Answer(cut=0.5), second, GOOD)) == FILM


@pytest.mark.parametrize(
    ("status", "expires_in", "state"),
    [
        (410, None, "EXPIRED"),
        (410, 7200, "EXPIRED"),
        (404, None, "EXPIRED"),
        (404, -5, "EXPIRED"),
        (404, 7200, "READY"),
        (403, -5, "EXPIRED"),
        (403, None, "READY"),
    ],
)
def test_gone_for_good_or_not_yet(
    server: HostileServer, library: Library, fetch: Fetch, status: int, expires_in: float | None, state: str
) -> None:
    facts = {} if expires_in is None else {"expires_at": time.time() + expires_in}
    if state == "READY":
        with pytest.raises(ServerError, match=r"resume\(\)"):
            fetch(Answer(status, body=b"{}"), **facts)
    else:
        fetch(Answer(status, body=b"{}"), **facts)
    assert library.jobs.get("vid_1").state == state
    assert len(asked(server, "range")) >= 3


@pytest.mark.parametrize(("service_says", "state"), [(-3600, "READY"), (3600, "EXPIRED")])
def test_whether_its_time_is_over_is_told_by_the_services_clock(
    library: Library, fetch: Fetch, service_says: float, state: str
) -> None:
    late = Answer(404, {"Date": formatdate(time.time() + service_says, usegmt=True)}, b"{}")
    with suppress(ServerError):
        fetch(late, expires_at=time.time() + service_says / 2)
    assert library.jobs.get("vid_1").state == state


def test_no_room_is_told_and_the_job_stays_ready(library: Library, fetch: Fetch) -> None:
    with mock.patch.object(parts.shutil, "disk_usage", return_value=mock.Mock(free=10)), pytest.raises(DiskFull):
        fetch(GOOD)
    row = library.jobs.get("vid_1")
    assert (row.state, row.error_code) == ("READY", "disk_full")
    assert stored(library, fetch(GOOD)) == FILM


def test_a_disk_that_fills_up_on_the_way_is_told(library: Library, fetch: Fetch) -> None:
    class Filling:
        closed = False

        def write(self, chunk: bytes) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

        flush = seek = truncate = lambda self, *_: None

        def close(self) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

    with mock.patch.object(parts.os, "fdopen", return_value=Filling()), pytest.raises(DiskFull, match="full"):
        fetch(GOOD)
    assert library.jobs.get("vid_1").state == "READY"


def test_little_time_left_is_told(library: Library, fetch: Fetch) -> None:
    with pytest.raises(ServerError):
        fetch(Answer(500), expires_at=time.time() + 600)
    assert "deleted at the service in 10 min" in (library.jobs.get("vid_1").error or "")


def test_a_slow_download_is_warned_about_as_well(
    library: Library, fetch: Fetch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloading, "WARN_AFTER_SECONDS", 0.01)
    told: list[str] = []
    advance_all = type(library.jobs).advance_all

    def listen(self: Any, changes: Any) -> Any:
        told.extend(facts.get("error") or "" for _, facts in changes)
        return advance_all(self, changes)

    monkeypatch.setattr(type(library.jobs), "advance_all", listen)
    row = fetch(Answer(drip=0.05, grain=2**12), expires_at=time.time() + 600)
    assert (told, row.error) == (["It is deleted at the service in 10 min and is not here yet.", ""], None)
    assert stored(library, row) == FILM


def test_what_is_deleted_first_is_fetched_first(
    server: HostileServer, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloading, "AT_ONCE", 1)
    order: list[str] = []

    async def main() -> None:
        wire = Transport(server.url, None)
        desk = desk_for(library, wire, server.url)

        async def one(job_id: str, expires_at: float | None) -> None:
            server.films[f"/film/{job_id}"] = Film(FILM, [GOOD])
            row = video_job(job_id, state="READY", remote_id=job_id, expires_at=expires_at)
            await download(desk, library.jobs.intend(row)[0])
            order.append(job_id)

        now = time.time()
        jobs = {"first": now + 9000, "never": None, "late": now + 7200, "soon": now + 60}
        await asyncio.gather(*(one(*job) for job in jobs.items()))
        await wire.close()

    asyncio.run(main())
    assert order == ["first", "soon", "late", "never"]


def test_the_key_stays_at_home(server: HostileServer, library: Library, fetch: Fetch) -> None:
    with hostile_server() as other:
        film = other.films["/there"] = Film(FILM, [Answer(headers={"Set-Cookie": "a=b"})])
        row = fetch(Answer(302, {"Location": f"{other.url}/there?signature=1", "Set-Cookie": "c=d; Domain=127.0.0.1"}))
    assert stored(library, row) == FILM
    assert asked(server, "authorization") == ["Bearer the-key"]
    assert not {"authorization", "cookie"} & set(film.asked[0])


def test_json_may_name_the_address_once(server: HostileServer, library: Library, fetch: Fetch) -> None:
    named = json.dumps({"status": "completed", "data": {"video_url": "/film/named"}}).encode()
    server.films["/film/named"] = Film(FILM, [GOOD])
    assert stored(library, fetch(Answer(body=named))) == FILM
    server.films["/film/named"] = Film(FILM, [Answer(body=named)])
    with pytest.raises(ServerError, match="another one"):
        fetch(Answer(body=named), job_id="vid_2")


@pytest.mark.parametrize(
    "there",
    [
        "https://10.0.0.1/film",
        "https://169.254.169.254/latest",
        "https://100.64.0.1/",
        "https://[::ffff:192.168.0.1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://0.0.0.0/",
        "https://224.0.0.1/",
        "http://example.com/film",
        "ftp://example.com/film",
        "https://key@example.com/",
        "https://example.com\\@service.example/",
        "https://[half",
    ],
)
def test_where_no_download_leads(there: str) -> None:
    with pytest.raises(ServiceError, match="refused"):
        Reach("https://service.example").follow("https://service.example/v1/videos/1/content", there)


def test_this_machine_is_within_reach_only_of_itself() -> None:
    local = "http://127.0.0.1:9/film"
    assert Reach("http://localhost:8000").follow("http://localhost:8000/a", local) == local
    with pytest.raises(ServiceError):
        Reach("https://service.example").follow("https://service.example/a", local)
    with pytest.raises(ServiceError):
        Reach("http://localhost:8000").follow("http://localhost:8000/a", "https://10.0.0.1/film")


def test_a_name_is_judged_by_what_it_means_when_it_is_connected_to() -> None:
    reached: list[str] = []

    class Inner:
        async def connect_tcp(self, host: str, port: int, **_options: Any) -> None:
            reached.append(host)

    async def main(address: str) -> None:
        found = [(0, 0, 0, "", ("93.184.216.34", 443)), (0, 0, 0, "", (address, 443))]
        loop = asyncio.get_running_loop()
        reach = Reach("https://service.example")
        with mock.patch.object(loop, "getaddrinfo", mock.AsyncMock(return_value=found)), Deadline(1, admit=reach.admit):
            await Wire(Inner(), through_proxy=False).connect_tcp("store.example", 443)

    with pytest.raises(ServiceError, match="refused"):
        asyncio.run(main("192.168.0.1"))
    assert reached == []
    asyncio.run(main("93.184.216.35"))
    assert reached == ["93.184.216.34"]


@pytest.mark.parametrize("purpose", ["pay", "ask"])
def test_a_byte_at_a_time_does_not_keep_a_call(
    server: HostileServer, monkeypatch: pytest.MonkeyPatch, purpose: str
) -> None:
    monkeypatch.setattr(transport, "PAID_SECONDS", 1.0)
    monkeypatch.setattr(transport, "FREE_SECONDS", 1.0)
    server.films["/question"] = Film(b"{}", [Answer(drip=0.3)])
    began = time.monotonic()
    with pytest.raises(AnswerLost):
        talk(server.url, lambda wire: wire.ask(QUESTION) if purpose == "ask" else wire.pay(QUESTION, "key"))
    assert time.monotonic() - began < 8, "the whole answer takes over ten seconds"


def test_an_answer_in_words_is_bounded(server: HostileServer) -> None:
    packed = {"Content-Encoding": "gzip"}
    for answer, match in (
        (Answer(body=b"", mebibytes=9), "over 8 MiB"),
        (Answer(headers=packed, body=gzip.compress(bytes(64 * 2**20))), "over 8 MiB"),
        (Answer(headers=packed, body=gzip.compress(b"{}")[:-1]), "broke off"),
        (Answer(headers={"Content-Encoding": "br"}, body=b"{}"), "not asked"),
    ):
        server.films["/question"] = Film(b"", [answer])
        with pytest.raises(AnswerLost, match=match):
            talk(server.url, lambda wire: wire.ask(QUESTION))
    server.films["/question"] = Film(b"", [Answer(headers=packed, body=gzip.compress(b'{"id": 1}'))])
    assert talk(server.url, lambda wire: wire.ask(QUESTION)).json() == {"id": 1}
    server.films["/question"] = Film(b"", [Answer(500, body=b"no", mebibytes=9)])
    assert len(talk(server.url, lambda wire: wire.ask(QUESTION)).body) == 2**16


def test_who_stops_waiting_does_not_stop_the_request(server: HostileServer) -> None:
    server.films["/question"] = Film(b"{}", [Answer(drip=0.01, grain=10)])

    async def work(wire: Transport) -> bool:
        paying = asyncio.ensure_future(wire.pay(QUESTION, "key"))
        while not server.films["/question"].asked:
            await asyncio.sleep(0.01)
        (in_flight,) = wire._in_flight
        paying.cancel()
        await asyncio.gather(paying, return_exceptions=True)
        await wire.close()
        return in_flight.done() and in_flight.result().status == 200

    assert talk(server.url, work)


def test_after_a_sleep_dead_connections_are_let_go_of(server: HostileServer) -> None:
    server.films["/question"] = Film(b"{}", [Answer(cut=0.0, end="stall"), GOOD])
    server.films["/paid"] = Film(b"{}", [Answer(drip=0.02, grain=10)])

    async def work(wire: Transport) -> None:
        waiting = asyncio.ensure_future(wire.ask(QUESTION))
        paying = asyncio.ensure_future(wire.pay(Call("POST", "/paid"), "key"))
        while not (server.films["/question"].asked and server.films["/paid"].asked):
            await asyncio.sleep(0.01)
        await wire.forget_connections()
        with pytest.raises(AnswerLost):
            await asyncio.wait_for(waiting, 5)
        assert (await paying).status == 200
        assert (await wire.ask(QUESTION)).status == 200

    talk(server.url, work)


def test_a_key_with_odd_letters_is_not_sent(server: HostileServer) -> None:
    async def main() -> None:
        wire = Transport(server.url, Key(lambda: "sk-“quoted”", "the test"))
        with pytest.raises(NotSentError, match="letters"):
            await wire.pay(QUESTION, "key")

    asyncio.run(main())
    assert "/question" not in server.films


def test_nobody_else_writes_to_a_part(tmp_path: Path) -> None:
    path = tmp_path / "the.part"
    part = Part(path)
    with pytest.raises(LibraryError, match="exists"):
        Part(path)
    part.discard()
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(LibraryError):
        Part(path)
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize(
    ("content", "framed", "whole"),
    [
        (FILM, False, True),
        (FILM[:-1], True, False),
        (FILM + b"\0", True, False),
        (FILM + bytes(9), True, False),
        (box(b"ftyp", b"") + box(b"mdat", b""), True, False),
        (box(b"ftyp", bytes(16)) + box(b"moov", b"") + box(b"mdat", bytes(99), wide=True), False, True),
        (box(b"ftyp", bytes(16)) + box(b"moov", b"") + b"\0\0\0\0mdat" + bytes(99), False, True),
        (box(b"ftyp", bytes(16)) + b"\0\0\0\1moov", True, False),
        (box(b"ftyp", bytes(16)) + b"\0\0\0\7moov" + bytes(99), True, False),
        (b"\x1aE\xdf\xa3" + bytes(99), True, True),
        (b"\x1aE\xdf\xa3" + bytes(99), False, False),
        (b"RIFF" + (95).to_bytes(4, "little") + b"AVI " + bytes(91), False, True),
        (b"RIFF" + (96).to_bytes(4, "little") + b"AVI " + bytes(91), False, False),
        (b"RIFF" + (95).to_bytes(4, "little") + b"WAVE" + bytes(91), True, False),
        (b"<html>", True, False),
        (b"", True, False),
    ],
)
def test_a_whole_film_is_told_by_its_outside(tmp_path: Path, content: bytes, framed: bool, whole: bool) -> None:
    path = tmp_path / "film"
    path.write_bytes(content)
    if whole:
        assert require_whole(path, framed=framed) in (".mp4", ".webm", ".avi")
    else:
        with pytest.raises(ServerError):
            require_whole(path, framed=framed)
