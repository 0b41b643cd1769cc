"""One of four, by evidence: over a real socket where the evidence is the socket's."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from sora_nb.dialects.base import Call, RemoteVideo, Reply
from sora_nb.dialects.openai import OpenAIDialect
from sora_nb.errors import ConfigError
from sora_nb.jobs.outcome import Attempt, Outcome, attempt
from sora_nb.jobs.transport import Transport

DIALECT = OpenAIDialect()
CALL = Call("POST", "/videos", json={"prompt": "a fox"}, paid=True)


@contextmanager
def listening(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """The address of a server that reads one request, and does *answer* to its connection."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                answer(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        thread.join(5)


def tried(address: str) -> Attempt[RemoteVideo]:
    async def main() -> Attempt[RemoteVideo]:
        transport = Transport(address, None)
        try:
            return await attempt(
                lambda: transport.pay(CALL, "key"), DIALECT.read_video, DIALECT.read_error, lambda: 0.0
            )
        finally:
            await transport.close()

    return asyncio.run(main())


def judged(reply: Reply) -> Attempt[RemoteVideo]:
    async def send() -> Reply:
        return reply

    return asyncio.run(attempt(send, DIALECT.read_video, DIALECT.read_error, lambda: 0.0))


def _reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


@pytest.mark.parametrize(
    "answer",
    [
        lambda _connection: None,
        _reset,
        lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 90\r\n\r\n{"),
        lambda connection: connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n"),
    ],
    ids=["closed", "reset", "cut off", "not HTTP"],
)
def test_a_connection_that_breaks_tells_nothing(answer: Callable[[socket.socket], None]) -> None:
    with listening(answer) as address:
        assert tried(address).outcome is Outcome.UNKNOWN


def test_nobody_there_means_that_nothing_was_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    found = tried(f"http://127.0.0.1:{port}")
    assert (found.outcome, found.again) == (Outcome.NOT_SENT, True)


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 405, 413, 415, 422, 302])
def test_a_refusal_is_final(status: int) -> None:
    found = judged(Reply(status, {}, b"{}"))
    assert (found.outcome, found.again) == (Outcome.REJECTED, False)


def test_too_many_requests_is_paced_unless_the_money_is_gone() -> None:
    slow = judged(Reply(429, {"retry-after": "7"}, b"{}"))
    assert (slow.outcome, slow.again, slow.wait) == (Outcome.REJECTED, True, 7.0)
    broke = judged(Reply(429, {"retry-after": "7"}, b'{"error": {"code": "insufficient_quota"}}'))
    assert (broke.outcome, broke.again) == (Outcome.REJECTED, False)


@pytest.mark.parametrize("status", [408, 409, 425, 500, 502, 503, 504, 524, 599, 102])
def test_other_answers_tell_nothing(status: int) -> None:
    assert judged(Reply(status, {"retry-after": "1"}, b"{}")).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"status": "queued"}', b'{"id": "", "status": "queued"}'])
def test_success_without_an_id_tells_nothing(body: bytes) -> None:
    assert judged(Reply(200, {}, body)).outcome is Outcome.UNKNOWN


def test_success_with_an_id_is_acceptance() -> None:
    found = judged(Reply(201, {}, b'{"id": "video_1", "status": "queued"}'))
    assert (found.outcome, found.answer and found.answer.id) == (Outcome.ACCEPTED, "video_1")


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (ConfigError("no such address"), Outcome.NOT_SENT),
        (FileNotFoundError("clip.mp4"), Outcome.NOT_SENT),
        (RuntimeError("of our own"), Outcome.UNKNOWN),
    ],
)
def test_a_fault_of_ours_is_judged_by_when_it_happened(fault: Exception, outcome: Outcome) -> None:
    async def send() -> Reply:
        raise fault

    found = asyncio.run(attempt(send, DIALECT.read_video, DIALECT.read_error, lambda: 0.0))
    assert (found.outcome, found.again) == (outcome, False)


@pytest.mark.parametrize("status", [400, 429, 500, 502])
def test_what_support_will_ask_for_is_told(status: int) -> None:
    told = judged(Reply(status, {"x-request-id": "req_7"}, b"{}"))
    assert told.words.endswith("Its request id: req_7.")
    assert "request id" not in judged(Reply(status, {}, b"{}")).words
