"""A kernel, a service that misbehaves as planned, and a clock that anyone may set, all in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from sora_nb.dialects.base import Service
from sora_nb.dialects.openai import COMPATIBLE, OpenAIDialect
from sora_nb.library import JobRow
from sora_nb.simulator.faults import Faults, Keys
from sora_nb.simulator.faulty import Faulty
from tests.shelves import Shelf
from tests.torture.service import LedgerService
from tests.torture.virtual_kernel import Kernel, Wire

EPOCH = 1_800_000_000.0
ASKED = {"prompt": "a fox", "seconds": 4, "size": "64x64", "model": "sim-1", "characters": []}


class Room:
    """A kernel, a service, and a clock that anyone may set."""

    def __init__(self, where: Path | Shelf, keys: Keys, *, lists: bool) -> None:
        self.where = where
        self.set_ahead = 0.0
        self.faults = Faults(keys=keys, clock=lambda: EPOCH + asyncio.get_running_loop().time())
        self.ledger = LedgerService(self.faults.clock)
        self.wire = Wire(Faulty(self.ledger, self.faults))
        told: dict[str, Any] = {"needs_key": False, "reconcile": keys, "can_list": lists}
        self.service = Service("bench", OpenAIDialect(), "simulator:/v1", replace(COMPATIBLE, **told))
        self.kernel = self.boot()

    def boot(self) -> Kernel:
        return Kernel(self.where, self.service, self.wire, self.now)

    def now(self) -> float:
        return EPOCH + asyncio.get_running_loop().time() + self.set_ahead

    async def restart(self) -> None:
        await self.kernel.kill()
        self.kernel = self.boot()
        await self.kernel.resume()

    async def ask(self, take: int = 1, **facts: Any) -> str:
        row = JobRow(
            id=f"vid_{take}",
            kind="video",
            service="bench",
            dialect="openai",
            base_url="simulator:/v1",
            request={**ASKED, "take": take, **facts},
            key=f"key-{take}",
            created_at=self.now(),
            est_cost_usd=0.4,
        )
        await self.kernel.submit(row)
        return row.id

    def row(self, id_: str = "vid_1") -> JobRow:
        return self.kernel.library.jobs.get(id_)

    async def settled(self, id_: str = "vid_1", within: float = 7 * 3600.0) -> JobRow:
        end = asyncio.get_running_loop().time() + within
        while not self.kernel.engine.settled(id_):
            assert asyncio.get_running_loop().time() < end, self.row(id_)
            await asyncio.sleep(1.0)
        return self.row(id_)

    async def decide(self, id_: str, word: Callable[..., Awaitable[JobRow]], *said: str) -> None:
        await self.kernel.engine._decide(id_, word, *said)  # type: ignore[arg-type]

    def elsewhere(self, **facts: Any) -> str:
        """Someone else on the same account asks for the same."""
        asked = {"prompt": "a fox", "seconds": "4", "size": "64x64", "model": "sim-1"}
        age = facts.pop("age", 0.0)
        return self.ledger.make({**asked, **facts}, "", stranger=True, age=age).id

    @property
    def ours(self) -> int:
        return sum(not one.stranger for one in self.ledger.made.values())
