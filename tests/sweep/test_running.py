"""When the next take may be asked for: the order, the number in flight, the budget, a pause."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from sora_nb.errors import ConfigError
from sora_nb.jobs import crossing
from sora_nb.sweep.running import Run, Waiting, in_order


class Desk:
    """Takes that go on until they are told to end, and what they cost."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.going: set[str] = set()
        self.used = 0.0
        self.meanwhile: list[float] = []
        """What another kernel asks for between our look at the budget and our asking."""

    def ask(self, id_: str, fits: Callable[[], bool] | None = None) -> bool:
        if self.meanwhile:
            self.used += self.meanwhile.pop()
        if fits is not None and not fits():
            return False
        self.asked.append(id_)
        self.going.add(id_)
        self.used += 1.0
        return True

    def end(self, *ids: str, cost: float = 1.0) -> None:
        self.going -= set(ids)
        self.used += (cost - 1.0) * len(ids)

    def run(self, count: int, **options: object) -> Run:
        waiting = [Waiting(f"t{n}", 0, n, 1.0) for n in range(count)]
        return Run(
            waiting,
            ask=self.ask,
            used_with=lambda take: self.used + (take.price or 0.0),
            settled=lambda id_: id_ not in self.going,
            **options,  # type: ignore[arg-type]
        )


def soon(condition: object) -> bool:
    return crossing.until(condition, 5)  # type: ignore[arg-type]


GRID = [
    Waiting(f"{place}{turn}", turn, place, price) for place, price in ((0, 3.0), (1, None), (2, 1.0)) for turn in (0, 1)
]


@pytest.mark.parametrize(
    ("order", "found"),
    [
        ("given", ["00", "01", "10", "11", "20", "21"]),
        ("round_robin", ["00", "10", "20", "01", "11", "21"]),
        ("cheapest", ["20", "21", "00", "01", "10", "11"]),
    ],
)
def test_takes_are_asked_for_in_the_order_that_is_wanted(order: str, found: list[str]) -> None:
    assert [take.id for take in in_order(reversed(GRID), order)] == found  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"budget": -1}, "0 or more"),
        ({"budget": float("nan")}, "0 or more"),
        ({"budget": "5"}, "0 or more"),
        ({"parallel": 0}, "1 or more"),
        ({"parallel": "2"}, "1 or more"),
        ({"parallel": 1.5}, "1 or more"),
    ],
)
def test_what_cannot_be_kept_is_refused(options: dict[str, float], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        Desk().run(1, **options)
    with pytest.raises(ConfigError, match="round_robin"):
        in_order([], "random")  # type: ignore[arg-type]


def test_no_more_go_on_at_a_time_than_may() -> None:
    desk = Desk()
    run = desk.run(5, parallel=2)
    run.begin()
    assert desk.asked == ["t0", "t1"]
    desk.end("t0")
    assert soon(lambda: desk.asked == ["t0", "t1", "t2"])
    run.stop()


def test_what_goes_on_already_counts() -> None:
    desk = Desk()
    desk.going = {"old"}
    run = desk.run(2, parallel=2)
    run.begin(["old"])
    assert desk.asked == ["t0"]
    run.stop()


def test_a_budget_is_never_passed_and_what_fails_for_nothing_makes_room() -> None:
    desk = Desk()
    run = desk.run(5, budget=2.0)
    run.begin()
    assert desk.asked == ["t0", "t1"] and run.alive  # one may fail and leave room
    desk.end("t0", cost=0.0)
    assert soon(lambda: desk.asked == ["t0", "t1", "t2"])
    desk.end("t1", "t2")
    assert soon(lambda: run.held)
    assert [take.id for take in run.waiting] == ["t3", "t4"] and not run.alive


def test_what_another_kernel_asks_for_meanwhile_counts() -> None:
    desk = Desk()
    desk.meanwhile = [1.0]
    run = desk.run(2, budget=1.5)
    run.begin()
    assert (desk.asked, desk.used, run.held) == ([], 1.0, True)


def test_a_budget_that_fits_to_the_cent_is_used_whole() -> None:
    desk = Desk()
    desk.used = 0.1 + 0.2 - 1.0  # with one more it is above 0.3 by a rounding
    assert desk.used + 1.0 > 0.3
    run = desk.run(1, budget=0.3)
    run.begin()
    assert desk.asked == ["t0"]


def test_a_pause_asks_for_nothing_until_it_ends() -> None:
    desk = Desk()
    run = desk.run(4, parallel=1)
    run.begin()
    run.paused = True
    desk.end("t0")
    assert not crossing.until(lambda: len(desk.asked) > 1, 0.3)
    run.paused = False
    assert soon(lambda: len(desk.asked) == 2)
    run.stop()


def test_what_goes_wrong_on_the_thread_is_kept() -> None:
    desk = Desk()
    run = desk.run(3, parallel=1)
    run.begin()

    def broken(id_: str, _fits: object) -> bool:
        raise ConfigError(f"no {id_}")

    run._ask = broken
    desk.end("t0")
    assert soon(lambda: run.trouble is not None)
    assert str(run.trouble) == "no t1" and not run.alive and len(run.waiting) == 2


def test_a_stopped_run_leaves_no_thread() -> None:
    desk = Desk()
    run = desk.run(100, parallel=1)
    run.begin()
    run.stop()
    assert not any(thread.name == "sora-nb-sweep" and thread.is_alive() for thread in threading.enumerate())
