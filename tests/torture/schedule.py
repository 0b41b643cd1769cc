"""One life of a few jobs, drawn from a seed: what the user does, what the service does, what the machine does.

What it leaves behind is held against the service's own ledger by `audit`.
"""

from __future__ import annotations

import asyncio
import random
import re
import shutil
import tempfile
import uuid
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

from sora_nb.dialects import openai
from sora_nb.dialects.base import Service
from sora_nb.errors import SoraError
from sora_nb.jobs import reconcile
from sora_nb.library import JobRow
from sora_nb.simulator.faults import Fault, Faults, Keys, Kind
from sora_nb.simulator.faulty import Faulty
from tests.postgres import Server
from tests.shelves import Shelf, new_shelf
from tests.torture import virtual_time
from tests.torture.service import LedgerService, film
from tests.torture.virtual_kernel import Kernel, Killed, Wire, no_threads, rows_of

EPOCH = 1_800_000_000.0
"""When every life begins, in seconds since 1970."""

LONGEST = 12 * 3600.0
"""By then every job has come to an end, or never will."""

SETTLED = frozenset({"STORED", "REJECTED", "FAILED", "UNKNOWN", "NOT_FOUND", "AMBIGUOUS"})
UNTOLD = frozenset({"UNKNOWN", "AMBIGUOUS"})
"""States in which it is shown that a charge may be there which no job names."""

PROFILES: tuple[Keys, ...] = ("replay", "single_use", "list", "none")

RETRY_AFTERS = ("0", "1", "3.5", "40", "nan", "-5", "inf", "soon", "Wed, 15 Jan 2031 08:00:07 GMT", "200", "900")


@dataclass
class Findings:
    """What one life, or many, came to."""

    lives: int = 0
    intents: int = 0
    charges: int = 0
    double: int = 0
    """Charges that nobody asked for."""
    lost: int = 0
    """Charges that no job of the library names or shows as unknown."""
    wrong: int = 0
    """Jobs that were given another's video, or another's bytes."""
    stuck: int = 0
    """Jobs that came to no end."""
    unknown: int = 0
    """Answers that were lost where a key or a list exists."""
    resolved: int = 0
    """Of these, how many needed no user."""
    hidden: int = 0
    """Answers that were lost where there is neither, and that are not shown."""
    shown: int = 0
    not_found: int = 0
    kills: int = 0
    failed_seeds: list[int] = field(default_factory=list)

    @property
    def failures(self) -> int:
        return self.double + self.lost + self.wrong + self.stuck + self.hidden

    def add(self, other: Findings) -> None:
        """Take in another's figures."""
        for name in self.__dataclass_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


class Weather(Faults):
    """Faults as they come, instead of as they are planned, until they are over."""

    def __init__(self, dice: Random, keys: Keys, clock: object, rate: float) -> None:
        super().__init__(keys=keys, clock=clock)  # type: ignore[arg-type]
        self._dice = dice
        self._rate = rate
        self._spell = 0

    def calm(self) -> None:
        """From now on nothing goes wrong."""
        self._rate = 0.0
        self._spell = 0

    def take(self, kind: Kind) -> Fault | None:
        if self._spell > 0:
            self._spell -= 1
        elif self._dice.random() >= self._rate:
            return None
        elif self._dice.random() < 0.1:
            self._spell = self._dice.randrange(1, 6)
        return self._draw(kind)

    def _draw(self, kind: Kind) -> Fault:
        dice = self._dice
        after = dice.random() < 0.5
        if kind == "create":
            return dice.choice(
                (
                    Fault("drop", after=False),
                    Fault("drop", after=True),
                    Fault("drop", after=True),
                    Fault("drop", after=True, seconds=dice.uniform(1, 90)),
                    Fault("status", status=dice.choice((408, 409, 425, 500, 502, 503, 504, 524)), after=after),
                    Fault("status", status=dice.choice((408, 409, 425, 500, 502, 503, 504, 524)), after=after),
                    Fault("status", status=429, headers=_told_wait(dice)),
                    Fault("status", status=dice.choice((400, 401, 403, 404, 413, 422))),
                    Fault("garble"),
                    Fault("delay", seconds=dice.uniform(1, 60), after=after),
                    Fault("delay", seconds=dice.uniform(181, 400), after=after),
                )
            )
        common = (
            Fault("drop", to=kind, after=after),
            Fault("status", to=kind, status=dice.choice((404, 408, 409, 425, 500, 502, 503, 529))),
            Fault(
                "status", to=kind, status=dice.choice((429, 503)), headers={"retry-after": dice.choice(RETRY_AFTERS)}
            ),
            Fault("delay", to=kind, seconds=dice.uniform(1, 90)),
        )
        if kind == "list":
            lags = Fault("lag", to=kind, seconds=dice.choice((10, 60, 110)))
            return dice.choice((*common, Fault("garble", to=kind), lags, lags, Fault("repeat", to=kind)))
        return dice.choice((*common, Fault("garble", to=kind))) if kind == "poll" else dice.choice(common)


class Life:
    """A user, a machine and a service. *story* is what each of them does, *mishaps* what befalls the wire."""

    def __init__(self, seed: int, where: Path | Shelf, profile: Keys, *, rate: float | None = None) -> None:
        self.seed = seed
        self.dice = Random(seed)
        self.where = where
        self.profile = profile
        self.slept = 0.0
        self.set_ahead = 0.0
        self.findings = Findings(lives=1)
        self.weather = Weather(
            self.dice, profile, self.true_time, self.dice.choice((0.0, 0.2, 0.5)) if rate is None else rate
        )
        self.ledger = LedgerService(self.weather.clock, lambda: self.dice.uniform(1, 90))
        self.wire = Wire(Faulty(self.ledger, self.weather), lambda: self.dice.random() < 0.1 * self.weather._rate)
        lists = profile == "list" or (profile == "single_use" and seed % 8 < 6)
        self.findable = lists or profile == "replay"
        told = {"needs_key": False, "reconcile": profile, "can_list": lists, "usd_per_second": {"sim-1": 0.1}}
        capabilities = replace(openai.COMPATIBLE, **told)  # type: ignore[arg-type]
        self.service = Service("bench", openai.OpenAIDialect(), "simulator:/v1", capabilities)
        self.asked: dict[str, JobRow] = {}
        self.words: Counter[str] = Counter()
        """How often the user had each prompt sent."""
        self.lost_once: set[str] = set()
        self.kernels: list[Kernel] = []

    def true_time(self) -> float:
        """What a clock that nobody sets would show."""
        return EPOCH + asyncio.get_running_loop().time() + self.slept

    def machine_time(self) -> float:
        """What the user's machine shows."""
        return self.true_time() + self.set_ahead

    def intent(self, prompt: str, take: int = 1, size: str = "64x64") -> JobRow:
        """What one cell of the notebook asks for, the same each time it is run."""
        asked = {"prompt": prompt, "seconds": 4, "size": size, "model": "sim-1", "characters": [], "take": take}
        row = JobRow(
            id=f"vid_{prompt}_{take}_{size}".replace(" ", "-"),
            kind="video",
            service="bench",
            dialect="openai",
            base_url="simulator:/v1",
            request=asked,
            key=str(uuid.UUID(int=random.getrandbits(128))),
            created_at=self.machine_time(),
            est_cost_usd=0.4,
        )
        if row.id not in self.asked:
            self.asked[row.id] = row
            self.words[prompt] += 1
        return row

    def boot(self, risk: float = 0.0) -> Kernel:
        """Start a kernel."""
        kernel = Kernel(self.where, self.service, self.wire, self.machine_time, self._seen, self.dice, risk)
        self.kernels.append(kernel)
        return kernel

    def _seen(self, row: JobRow) -> None:
        if row.state in ("RECONCILING", "UNKNOWN"):
            self.lost_once.add(row.id)

    def stranger(self, prompt: str) -> None:
        """Someone else on the same account makes something that is alike, but long ago or not quite."""
        asked = {"prompt": prompt, "seconds": "4", "size": "64x64", "model": "sim-1"}
        match self.dice.randrange(4):
            case 0:
                self.ledger.make(asked, "", stranger=True, age=self.dice.uniform(8000, 90000))
            case 1:
                self.ledger.make({**asked, "prompt": prompt + " again"}, "", stranger=True)
            case 2:
                self.ledger.make({**asked, "seconds": "8"}, "", stranger=True)
            case _:
                self.ledger.make({**asked, "size": "128x128"}, "", stranger=True)

    async def settle(self, kernel: Kernel) -> Kernel:
        """Wait for every job to come to an end, starting again what stopped or died."""
        loop = asyncio.get_running_loop()
        deadline, look = loop.time() + LONGEST, 2.0
        with suppress(Killed):
            await kernel.resume()
        while loop.time() < deadline:
            if kernel.dead.is_set():
                kernel = await self.reboot(kernel)
            rows = rows_of(kernel.library)
            stopped = [row for row in rows if row.unfinished and kernel.engine.settled(row.id)]
            for row in stopped:
                await asyncio.sleep(self.dice.uniform(1, 60))
                with suppress(Killed):
                    await kernel.start(row.id)
            if all(row.state in SETTLED for row in rows):
                return kernel
            if all(not row.unfinished for row in rows):
                return kernel
            await asyncio.sleep(look)
            look = min(120.0, look * 1.2)
        return kernel

    async def reboot(self, kernel: Kernel, risk: float = 0.0) -> Kernel:
        """The kernel is dead, or is killed; the user starts another, and calls resume()."""
        self.findings.kills += 1
        await kernel.kill()
        self.kernels.remove(kernel)
        await asyncio.sleep(self.dice.choice((0.1, 1.0, 20.0, 400.0)))
        kernel = self.boot(risk)
        with suppress(Killed):
            await kernel.resume()
        return kernel

    def known_again(self, row: JobRow) -> list[str]:
        """Of the videos that a job's error names, those that its user, who looks at them, knows to be theirs."""
        taken = {one.remote_id for one in rows_of(self.kernels[-1].library)}
        named = [self.ledger.made[id_] for id_ in re.findall(r"video_\d+", row.error or "")]
        prompt = row.request["prompt"]
        return [one.id for one in named if one.id not in taken and not one.stranger and one.prompt == prompt]

    def judge(self) -> None:
        """Hold the library against the service's ledger; adds to the findings what is wrong."""
        rows = rows_of(self.kernels[-1].library)
        files = self.kernels[-1].library.files
        findings = self.findings
        named = Counter(row.remote_id for row in rows if row.remote_id)
        findings.wrong += sum(count - 1 for count in named.values())
        for row in rows:
            if row.state not in SETTLED:
                findings.stuck += 1
            made = self.ledger.made.get(row.remote_id or "")
            if row.remote_id and (made is None or made.stranger or made.prompt != row.request["prompt"]):
                findings.wrong += 1
            if row.state == "STORED" and files.path(row.file or "").read_bytes() != film(row.remote_id or ""):
                findings.wrong += 1
        for prompt, words in self.words.items():
            ours = [one for one in self.ledger.made.values() if one.prompt == prompt and not one.stranger]
            alike = [row for row in rows if row.request["prompt"] == prompt]
            unnamed = sum(one.id not in named for one in ours)
            given_up = words - len(alike)  # charges the user risked by sending again
            open_ = sum(row.state in UNTOLD for row in alike)
            findings.double += max(0, len(ours) - words)
            findings.lost += max(0, unnamed - open_ - given_up)

    def count(self) -> None:
        """The figures that are no failures, before the user helps."""
        rows = {row.id: row for row in rows_of(self.kernels[-1].library)}
        findings = self.findings
        findings.intents += len(self.asked)
        for id_ in self.lost_once & rows.keys():
            state = rows[id_].state
            findings.not_found += state == "NOT_FOUND"
            if self.findable:
                findings.unknown += 1
                findings.resolved += state not in UNTOLD
            elif state in ("UNKNOWN", "STORED"):
                findings.shown += 1
            else:
                findings.hidden += 1


async def live(life: Life, *, alike: bool) -> None:
    """A few minutes of work, and then whatever time it takes to come to an end."""
    dice, loop = life.dice, asyncio.get_running_loop()
    scenes = [f"scene {number}" for number in range(1 if alike else dice.randrange(1, 4))]
    cells = [(scene, take) for scene in scenes for take in range(1, 1 + (4 if alike else dice.choice((1, 1, 1, 2, 3))))]
    for scene in scenes:
        if dice.random() < 0.3:
            life.stranger(scene)
    risk = dice.choice((0.0, 0.0, 0.02, 0.08))
    kernel = life.boot(risk)
    doings = ["run"] + [
        dice.choice(("run", "run", "interrupt", "kill", "close", "second", "sleep", "clock", "stranger"))
        for _ in range(0 if alike else dice.randrange(0, 6))
    ]
    for doing in doings:
        if kernel.dead.is_set():
            kernel = await life.reboot(kernel, risk)
        match doing:
            case "run":
                for cell in cells:
                    with suppress(Killed):
                        await kernel.submit(life.intent(*cell))
                    if dice.random() < 0.3:
                        await asyncio.sleep(dice.uniform(0, 3))
            case "interrupt":
                # A wait is a view, so ending one is nothing but not looking any more.
                wait = loop.create_task(_watch(kernel))
                await asyncio.sleep(dice.uniform(0, 20))
                wait.cancel()
                await asyncio.gather(wait, return_exceptions=True)
            case "kill":
                kernel = await life.reboot(kernel, risk)
            case "close":
                await kernel.close()
                life.kernels.remove(kernel)
                kernel = life.boot(risk)
                with suppress(Killed):
                    await kernel.resume()
            case "second":
                other = life.boot()
                for cell in cells:
                    await other.submit(life.intent(*cell))
                await asyncio.sleep(dice.uniform(0, 60))
                await other.kill()
                life.kernels.remove(other)
            case "sleep":
                life.slept += dice.uniform(60, 3 * 3600)
            case "clock":
                life.set_ahead += dice.uniform(-3000, 3000)
            case "stranger":
                life.stranger(dice.choice(scenes))
        await asyncio.sleep(dice.choice((0.0, dice.uniform(0, 5), dice.uniform(0, 120))))
    kernel = await life.settle(kernel)
    life.count()
    life.judge()
    if life.findings.failures == 0:
        await _decide(life, kernel)
    life.findings.charges += len([one for one in life.ledger.made.values() if not one.stranger])


async def _watch(kernel: Kernel) -> None:
    ids = [row.id for row in rows_of(kernel.library)]
    while not all(kernel.engine.settled(id_) for id_ in ids):
        await asyncio.sleep(0.1)


async def _decide(life: Life, kernel: Kernel) -> None:
    """The user says what becomes of what was left to them."""
    life.weather.calm()
    decided = False
    for row in rows_of(kernel.library):
        if row.state not in (*UNTOLD, "NOT_FOUND") or life.dice.random() < 0.3:
            continue
        decided = True
        mine = life.known_again(row) if row.state == "AMBIGUOUS" else []
        try:
            if mine and life.dice.random() < 0.5:
                await kernel.engine._decide(row.id, reconcile.take, mine[0])
            else:
                # What was not found was not paid for, so sending it again pays for it the first time.
                life.words[row.request["prompt"]] += row.state != "NOT_FOUND"
                await kernel.engine._decide(row.id, reconcile.reopen)
        except SoraError:
            life.findings.stuck += 1
        except Killed:
            kernel = await life.reboot(kernel)
    if decided:
        await life.settle(kernel)
        life.judge()


def _told_wait(dice: Random) -> dict[str, str]:
    return {"retry-after": dice.choice(RETRY_AFTERS)}


SHELF = Path("/dev/shm") if Path("/dev/shm").is_dir() else None  # noqa: S108  memory, so that no disk is waited for


def one_life(seed: int, *, alike: bool = False, server: Server | None = None) -> Findings:
    """What the life of this seed comes to. With *alike*, every job asks for the same, all at once, on a bad day.

    The library is in a file, or in PostgreSQL where there is a *server*.
    """
    random.seed(seed)
    folder = Path(tempfile.mkdtemp(prefix="sora-nb-life-", dir=SHELF))
    where = folder / "library" if server is None else new_shelf("postgresql", folder / "library", lambda: server)

    async def main() -> Findings:
        life = Life(seed, where, PROFILES[seed % len(PROFILES)], rate=0.7 if alike else None)
        try:
            await live(life, alike=alike or seed % 23 == 0)
        finally:
            for kernel in life.kernels:
                await kernel.kill()
        if life.findings.failures:
            life.findings.failed_seeds.append(seed)
        return life.findings

    try:
        with no_threads():
            return virtual_time.run(main())
    finally:
        shutil.rmtree(folder, ignore_errors=True)
