"""Asking for takes one after another, as far as a budget and a number in flight allow.

It runs on a thread of its own, so that a cell is free at once and an interrupt stops nothing. What it
knows of money it reads in the library before each take, and once more while no other kernel can ask for
one of the same sweep. It takes no locks that the main thread takes.
"""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from sora_nb.errors import ConfigError
from sora_nb.library.interrupts import kept_back

Order = Literal["round_robin", "cheapest", "given"]
"""`round_robin`: the first take of every point, then the second; `cheapest`: by price; `given`: as the grid stands."""

SLICE_SECONDS = 0.05
AT_ONCE = 32
"""So many are asked for before `run` returns, so that a small sweep is all there then."""

ROUNDING = 1e-9
"""Sums of prices are not exact, and a budget that fits exactly is to fit."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A take that is not asked for yet."""

    id: str
    turn: int
    """Which of its point's takes it is, counted from 0."""
    place: int
    """Where it stands in the grid."""
    price: float | None
    """What it is going to cost, with the characters that it needs first."""


def in_order(takes: Iterable[Waiting], order: Order) -> list[Waiting]:
    """The takes in the order they are asked for; those without a price are the dearest."""
    if order not in get_args(Order):
        raise ConfigError(f"order= is one of {', '.join(get_args(Order))}, not {order!r}.")

    def rank(take: Waiting) -> tuple[float, int, int, int]:
        price = 0.0 if order != "cheapest" else float("inf") if take.price is None else take.price
        return price, 0 if order == "given" else take.turn, take.place, take.turn

    return sorted(takes, key=rank)


class Run:
    """One run: what waits, and the thread that asks for it.

    *ask* asks for a take that a limit allows, and tells whether it was asked for; *used_with* tells how much money
    would be spent and at risk then, and *settled* whether a take has come to rest.
    """

    def __init__(
        self,
        waiting: list[Waiting],
        *,
        ask: Callable[[str, Callable[[], bool] | None], bool],
        used_with: Callable[[Waiting], float],
        settled: Callable[[str], bool],
        budget: float | None = None,
        parallel: int | None = None,
    ) -> None:
        if budget is not None and (isinstance(budget, bool) or not isinstance(budget, (int, float)) or not budget >= 0):
            raise ConfigError(f"budget= is US dollars, 0 or more, not {budget!r}.")
        if parallel is not None and (isinstance(parallel, bool) or not isinstance(parallel, int) or parallel < 1):
            raise ConfigError(f"parallel= is how many takes go on at a time, 1 or more, not {parallel!r}.")
        self._waiting = waiting
        self._ask, self._used_with, self._settled = ask, used_with, settled
        self._flying: set[str] = set()
        self.budget = budget
        self.parallel = parallel
        self.paused = False
        self.held = False
        """The budget leaves no room for what is waiting."""
        self.stopped = False
        self.trouble: Exception | None = None
        """What ended it before its time."""
        self._thread: threading.Thread | None = None

    @property
    def waiting(self) -> tuple[Waiting, ...]:
        """What is not asked for yet, the next one first."""
        return tuple(self._waiting)

    @property
    def alive(self) -> bool:
        """Is there something it is still going to ask for by itself?"""
        return bool(self._waiting) and not (self.held or self.stopped or self.trouble)

    def begin(self, under_way: Iterable[str] = ()) -> None:
        """Ask for the first ones at once, and for the rest on a thread. *under_way* are those that go on already."""
        self._flying = set(under_way)
        for _ in range(AT_ONCE):
            if not self._step():
                break
        if self.alive:
            with kept_back():  # half way into being, it would ask for nothing
                self._thread = threading.Thread(target=self._feed, name="sora-nb-sweep", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """Ask for nothing more; what goes on goes on."""
        self.stopped = True
        while self._thread is not None and self._thread.is_alive():
            time.sleep(SLICE_SECONDS / 5)

    def _feed(self) -> None:
        try:
            while self.alive:
                if self.paused or not self._step():
                    time.sleep(SLICE_SECONDS)
        except Exception as error:  # told by wait(), for nobody hears this thread
            self.trouble = error

    def _step(self) -> bool:
        """Ask for the next take, where it may be asked for now."""
        if not self._waiting or self.stopped:
            return False
        if self.parallel is not None or self.budget is not None:  # else nobody asks how many there are
            self._flying = {id_ for id_ in self._flying if not self._settled(id_)}
        if self.parallel is not None and len(self._flying) >= self.parallel:
            return False
        take = self._waiting[0]
        fits = None if self.budget is None else functools.partial(self._fits, take, self.budget)
        # Looked at here, which holds up no one, and once more while no other kernel can ask, which is sure.
        if (fits is not None and not fits()) or not self._ask(take.id, fits):
            # A take that fails may cost nothing after all, so the end is only told when none goes on.
            self.held = not self._flying
            return False
        self._flying.add(take.id)
        del self._waiting[0]
        return True

    def _fits(self, take: Waiting, budget: float) -> bool:
        return self._used_with(take) <= budget + ROUNDING
