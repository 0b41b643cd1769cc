"""What other clients pay for one video whose answer is lost, at the same service and over a real socket.

Each client is the package as it is published, with its defaults. A cell asks for one video, the service makes it, and
the answer is lost: once, or for as long as the client goes on trying. A cell that ended in an error may be run again.
"""

from __future__ import annotations

import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any
from unittest.mock import patch

import fal_client
import fal_client.client
import openai
import requests
import runwayml
import uvicorn

from sora_nb.dialects.base import Service
from sora_nb.dialects.openai import COMPATIBLE, OpenAIDialect
from sora_nb.jobs import Engine, desk
from sora_nb.library import JobRow, Library
from sora_nb.simulator.faults import Fault, Faults
from sora_nb.simulator.faulty import Faulty
from tests.torture.service import LedgerService, Made

ASK = {"prompt": "a fox", "model": "sim-1", "seconds": "4", "size": "64x64"}

Cell = Callable[[str], None]
"""Asks the service at an address for one video, once as a user sees it."""


class PeerService(LedgerService):
    """The same ledger, answering with what each of the clients looks for."""

    def read(self, body: bytes) -> dict[str, Any]:
        # The official client sends a form. What it asks for is known.
        return super().read(body) if body.startswith(b"{") else dict(ASK)

    def shown(self, one: Made) -> dict[str, Any]:
        ours = super().shown(one)
        urls = dict.fromkeys(("response_url", "status_url", "cancel_url"), "http://127.0.0.1/")
        return {**ours, "task_id": one.id, "request_id": one.id, **urls}


@contextmanager
def serving() -> Iterator[tuple[str, PeerService, Faults]]:
    """A service on a free port of this machine, its ledger, and what is to go wrong."""
    service, faults = PeerService(time.time, lambda: 0.0), Faults()
    config = uvicorn.Config(Faulty(service, faults), port=0, log_level="critical", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}", service, faults
    finally:
        server.should_exit = True
        thread.join(10)


def tutorial(address: str) -> None:
    """The way of the tutorials: `requests.post`, and whatever it raises."""
    session = requests.Session()
    session.trust_env = False
    session.post(f"{address}/v1/sora/generations", json=ASK, timeout=30).raise_for_status()


def official(address: str) -> None:
    """The official client with its defaults."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with openai.OpenAI(api_key="any", base_url=f"{address}/v1") as client:
            client.videos.create(**ASK)  # type: ignore[arg-type]


def fal(address: str) -> None:
    """fal's client with its defaults, but for how long it rests between two attempts."""
    with (
        patch.object(fal_client.client, "QUEUE_URL_FORMAT", f"{address}/"),
        patch.object(fal_client.client, "BASE_DELAY", 0.001),
    ):
        fal_client.SyncClient(key="any").submit("v1/videos", ASK)


def runway(address: str) -> None:
    """Runway's client with its defaults."""
    with runwayml.RunwayML(api_key="any", base_url=address) as client:
        client.text_to_video.create(model="veo3.1", prompt_text=ASK["prompt"], ratio="1280:720", duration=4)


class Ours:
    """This project: one library, whatever becomes of a cell."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self, address: str) -> None:
        capabilities = replace(COMPATIBLE, needs_key=False)
        service = Service("bench", OpenAIDialect(), f"{address}/v1", capabilities)
        engine = Engine(Library(self._folder))
        try:
            engine.connect(service, None)
            asked = {**ASK, "seconds": 4, "characters": [], "take": 1}
            row = JobRow("vid_fox", "video", "bench", "openai", f"{address}/v1", asked, "key", time.time())
            engine.submit(row)
            if not engine.wait(row.id, 60) or engine.row(row.id).state != "STORED":
                raise RuntimeError(f"{engine.row(row.id).state}: {engine.row(row.id).error}")
        finally:
            engine.close()


def charges() -> dict[str, dict[str, int]]:
    """For each client and each kind of loss, how often one wanted video was paid for."""

    async def look(*_given: object) -> dict[str, Any]:
        return {}

    with patch.object(desk.Desk, "look", look):
        return {
            name: {words: _charged(cell, fault, again=again) for words, (fault, again) in LOSSES.items()}
            for name, cell in CELLS.items()
        }


def _charged(cell_in: Callable[[Path], Cell], fault: Fault, *, again: bool) -> int:
    with serving() as (address, service, faults), tempfile.TemporaryDirectory() as folder:
        cell = cell_in(Path(folder))
        faults.add(fault)
        try:
            cell(address)
        except Exception:  # what the user sees in the cell, and runs it again for
            faults.clear()
            if again:
                cell(address)
        return len(service.made)


LOSSES = {
    "one answer lost": (Fault("drop", after=True), True),
    "every answer lost": (Fault("drop", after=True, times=99), False),
    "every answer lost, and the cell run again": (Fault("drop", after=True, times=99), True),
    "every answer a 502": (Fault("status", status=502, after=True, times=99), False),
}
"""What happens to answers, and whether the user then runs the cell again, in words."""

OURS = "sora_nb"

CELLS: dict[str, Callable[[Path], Cell]] = {
    OURS: Ours,
    "tutorial A, with requests": lambda _folder: tutorial,
    f"openai {version('openai')}": lambda _folder: official,
    f"runwayml {version('runwayml')}": lambda _folder: runway,
    f"fal-client {version('fal-client')}": lambda _folder: fal,
}
"""The clients by name. Ours alone keeps something in a folder."""
