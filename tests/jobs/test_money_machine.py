"""Anything a user, a service and a machine can do, in any order: the bill is never more than what was asked for."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections import Counter
from collections.abc import Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from sora_nb.errors import SoraError
from sora_nb.jobs import reconcile
from sora_nb.simulator.faults import Fault
from tests.jobs.room import Room
from tests.postgres import Server
from tests.shelves import Shelf, new_shelf
from tests.torture.virtual_kernel import no_threads, rows_of
from tests.torture.virtual_time import finish, new_loop

CREATE_FAULTS = st.one_of(
    st.builds(Fault, st.just("drop"), after=st.booleans(), seconds=st.sampled_from((0.0, 20.0))),
    st.builds(Fault, st.just("status"), status=st.sampled_from((408, 409, 425, 500, 503)), after=st.booleans()),
    st.builds(Fault, st.just("status"), status=st.sampled_from((400, 403, 429))),
    st.just(Fault("garble")),
    st.builds(Fault, st.just("delay"), seconds=st.sampled_from((5.0, 200.0)), after=st.booleans()),
)
OTHER_FAULTS = st.one_of(
    st.builds(Fault, st.just("drop"), to=st.sampled_from(("poll", "list", "content"))),
    st.builds(Fault, st.just("status"), to=st.sampled_from(("poll", "list")), status=st.sampled_from((404, 429, 500))),
    st.builds(Fault, st.just("lag"), to=st.just("list"), seconds=st.sampled_from((10.0, 100.0))),
    st.just(Fault("repeat", to="list")),
)


class Money(RuleBasedStateMachine):
    """The model is a count: how often the user asked for each prompt."""

    @initialize(keys=st.sampled_from(("replay", "single_use", "list", "none")), lists=st.booleans())
    def open(self, keys: Any, lists: bool) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="sora-nb-machine-"))
        self.stand_ins = no_threads()
        self.stand_ins.__enter__()
        self.loop = new_loop()
        self.words: Counter[str] = Counter()
        self.asked: set[tuple[str, int]] = set()
        self.room = self.run(self.make_room(keys, lists or keys == "list"))

    async def make_room(self, keys: Any, lists: bool) -> Room:
        return Room(self.where(), keys, lists=lists and keys != "none")

    def where(self) -> Path | Shelf:
        return self.folder / "library"

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(work)

    @rule(prompt=st.sampled_from(("a fox", "a cat")), take=st.integers(1, 2))
    def ask(self, prompt: str, take: int) -> None:
        number = take + 10 * (prompt == "a cat")
        if (prompt, take) not in self.asked:
            self.asked.add((prompt, take))
            self.words[prompt] += 1
        self.run(self.room.ask(number, prompt=prompt))

    @rule(fault=CREATE_FAULTS)
    def trouble_sending(self, fault: Fault) -> None:
        self.room.faults.add(fault)

    @rule(fault=OTHER_FAULTS)
    def trouble_asking(self, fault: Fault) -> None:
        self.room.faults.add(fault)

    @rule(seconds=st.sampled_from((0.01, 1.0, 6.0, 60.0, 700.0)))
    def wait(self, seconds: float) -> None:
        self.run(self.sleep(seconds))

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    @rule(seconds=st.sampled_from((-900.0, 40.0, 7200.0)))
    def set_the_clock(self, seconds: float) -> None:
        self.room.set_ahead += seconds

    @rule()
    def restart(self) -> None:
        self.run(self.room.restart())

    @rule(pick=st.integers(0, 3))
    def resend(self, pick: int) -> None:
        rows = [row for row in rows_of(self.room.kernel.library) if row.state in reconcile.UNDECIDED]
        if rows:
            row = rows[pick % len(rows)]
            # What was not found was not charged, so sending it again is not a second charge.
            self.words[row.request["prompt"]] += row.state != "NOT_FOUND"
            with suppress(SoraError):
                self.run(self.room.decide(row.id, reconcile.reopen))

    @invariant()
    def nothing_is_paid_for_that_was_not_asked_for(self) -> None:
        if hasattr(self, "room"):
            made = Counter(one.prompt for one in self.room.ledger.made.values())
            assert not made - self.words, (made, self.words)

    def teardown(self) -> None:
        if not hasattr(self, "room"):
            return
        try:
            self.room.faults.clear()
            self.run(self.room.restart())
            rows = [self.run(self.room.settled(row.id)) for row in rows_of(self.room.kernel.library)]
            self.nothing_is_paid_for_that_was_not_asked_for()
            named = [row.remote_id for row in rows if row.remote_id]
            assert len(named) == len(set(named))
            for prompt, words in self.words.items():
                alike = [row for row in rows if row.request["prompt"] == prompt]
                made = {one.id for one in self.room.ledger.made.values() if one.prompt == prompt}
                shown = sum(row.state in ("UNKNOWN", "AMBIGUOUS") for row in alike)
                assert len(made - set(named)) <= shown + words - len(alike), [(row.id, row.state) for row in alike]
        finally:
            self.run(self.room.kernel.kill())
            self.stand_ins.__exit__(None, None, None)
            finish(self.loop)
            shutil.rmtree(self.folder, ignore_errors=True)


def test_the_same_where_the_library_is_in_postgresql(postgres: Server) -> None:
    class SharedMoney(Money):
        def where(self) -> Shelf:
            return new_shelf("postgresql", self.folder / "library", lambda: postgres)

    run_state_machine_as_test(
        SharedMoney,
        settings=settings(
            max_examples=8,
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
        ),
    )


TestMoney = Money.TestCase
TestMoney.settings = settings(
    max_examples=25, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)
