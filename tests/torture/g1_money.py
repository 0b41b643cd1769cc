"""G1, money: no job is paid for twice and none that was paid for is lost, whatever goes wrong.

Thousands of lives, each drawn from a seed and lived in virtual time: several cells that ask for videos, run
once or again; waits that are interrupted; kernels that are killed around any commit, closed, or two at once;
laptops that sleep and clocks that are set; and a service that drops, delays, refuses, garbles and lags, under
four meanings of a repeated key. Afterwards the library is held against the service's own ledger.

The control: sixteen mistakes, planted one at a time. Beside it: what other clients pay for one lost answer.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from typing import Any

from tests.torture.planted import ALIKE, PLANTED, SHOWS_AT
from tests.torture.result import Result
from tests.torture.schedule import Findings, one_life

LIVES, QUICK_LIVES = 10_000, 60
PIECE = 25
PLANTED_FROM, PLANTED_LIVES = 50_000, 400
GOOD_SHARE = 0.99


def run(*, quick: bool) -> Result:
    """Live, plant, compare."""
    lives = QUICK_LIVES if quick else LIVES
    pieces = [range(start, min(start + PIECE, lives)) for start in range(0, lives, PIECE)]
    workers = os.cpu_count() or 2
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
        starts = [SHOWS_AT.get(name, PLANTED_FROM) if quick else PLANTED_FROM for name in PLANTED]
        caught = pool.map(noticed, PLANTED, starts)
        findings = Findings()
        for found in pool.map(live_all, pieces):
            findings.add(found)
        missed = [name for name, seen in zip(PLANTED, caught, strict=True) if seen is None]
    share = findings.resolved / findings.unknown if findings.unknown else 1.0
    failures = len(findings.failed_seeds) + (share < GOOD_SHARE)
    peers = {} if quick else _peers()
    return Result(
        goal="G1",
        runs=findings.lives,
        failures=failures,
        control_caught=not missed,
        baseline=_figures(findings, share, len(PLANTED) - len(missed), peers),
        notes="\n".join((_notes(findings, share, missed), *_double(peers))),
    )


def live_all(seeds: Iterable[int]) -> Findings:
    """What a number of lives come to."""
    total = Findings()
    for seed in seeds:
        total.add(_life(seed))
    return total


def _life(seed: int) -> Findings:
    try:
        return one_life(seed)
    except BaseException as error:  # whatever the bench did not expect is a failure too, and told by its seed
        if isinstance(error, KeyboardInterrupt):
            raise
        return Findings(lives=1, stuck=1, failed_seeds=[seed])


def noticed(name: str, start: int) -> int | None:
    """The seed of a life in which the mistake of this name shows, and which goes well without it."""
    for seed in range(start, start + PLANTED_LIVES):
        with PLANTED[name]():
            found = one_life(seed, alike=name in ALIKE)
        if found.failures and not one_life(seed, alike=name in ALIKE).failures:
            return seed
    return None


def _peers() -> dict[str, dict[str, int]]:
    from tests.torture.peers import charges

    return charges()


def _double(peers: dict[str, dict[str, int]]) -> list[str]:
    """How often each client paid again for the one video that was asked for, a line each."""
    return [
        f"  {name}: " + ", ".join(f"{count - 1} double charges for {loss}" for loss, count in charged.items())
        for name, charged in peers.items()
    ]


def _figures(findings: Findings, share: float, caught: int, peers: dict[str, dict[str, int]]) -> dict[str, Any]:
    names = ("intents", "charges", "double", "lost", "wrong", "stuck", "unknown", "resolved", "not_found", "shown")
    return {
        **{name: getattr(findings, name) for name in (*names, "kills")},
        "resolved_share": round(share, 5),
        "planted": len(PLANTED),
        "planted_caught": caught,
        "failed_seeds": findings.failed_seeds[:20],
        "charges_for_one_video": peers,
    }


def _notes(findings: Findings, share: float, missed: list[str]) -> str:
    words = (
        f"{findings.intents} jobs, {findings.double} double charges, {findings.lost} lost, "
        f"{share:.2%} of {findings.unknown} lost answers resolved, {findings.shown} shown where no way exists"
    )
    return f"{words}; not noticed: {', '.join(missed)}" if missed else words
