"""Two kernels and a script work on one sweep, one of them is killed: every take once, and the budget kept."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import sora_nb as sora
from sora_nb.jobs import pacing, reconcile
from tests.shelves import Shelf
from tests.sweep.conftest import LOOKED
from tests.sweep.test_killed import charges, plan_faults, service, the_sweep

__all__ = ["service"]  # a fixture

SCENES = 6
BUDGET = 0.09
"""Half of what six scenes, each taken three times for a cent, cost."""

KERNEL = """
import sys, time
from sora_nb.jobs import desk, pacing, reconcile
from tests.sweep.conftest import LOOKED
from tests.sweep.test_shared import BUDGET, shared_sweep
desk._look = lambda *given: LOOKED
pacing.POLL_FIRST = 0.2
reconcile.LOOKS = (0.5, 1.0, 2.0)
sweep = shared_sweep(*sys.argv[1:4])
print("ready", flush=True)
sys.stdin.readline()
sweep.run(budget=BUDGET, parallel=4, order=sys.argv[4])
while sys.argv[5] == "dies" and sum(video.remote_id is not None for video in sweep.videos) < 3:
    time.sleep(0.02)
print("half way", flush=True)
if sys.argv[5] == "dies":
    time.sleep(60)
progress = sweep.wait(240).progress
assert progress.held and progress.spent_usd + progress.at_risk_usd <= BUDGET + 1e-9, progress
sweep._studio.close()
"""


def shared_sweep(address: str, library: str, folder: str) -> sora.Sweep:
    shared = {"library": library, "folder": folder} if "://" in library else {"library": library}
    return the_sweep(address, scenes=SCENES, **shared)


@pytest.mark.slow
def test_a_sweep_that_three_work_on_is_made_once(
    service: str, shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sora_nb.jobs.desk._look", lambda *given: LOOKED)
    monkeypatch.setattr(pacing, "POLL_FIRST", 0.2)
    monkeypatch.setattr(reconcile, "LOOKS", (0.5, 1.0, 2.0))
    plan_faults(service)
    place = (shelf.place["library"], str(shelf.folder))
    kernels = []
    for order, fate in (("round_robin", "dies"), ("given", "lives"), ("cheapest", "lives")):
        command = [sys.executable, "-c", KERNEL, service, *place, order, fate]
        kernels.append(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
    try:
        assert [kernel.stdout.readline() for kernel in kernels if kernel.stdout] == ["ready\n"] * 3
        for kernel in kernels:
            assert kernel.stdin is not None
            kernel.stdin.write("go\n")
            kernel.stdin.flush()
        assert kernels[0].stdout is not None and kernels[0].stdout.readline() == "half way\n"
        os.kill(kernels[0].pid, signal.SIGKILL)
        assert [kernel.wait(300) for kernel in kernels[1:]] == [0, 0]
    finally:
        for kernel in kernels:
            kernel.kill()
            kernel.communicate()

    sweep = shared_sweep(service, *place)
    assert len(sweep.plan.there) == round(BUDGET / 0.01)
    # What the dead kernel had asked for and not sent is paid for later.
    assert sum(charge["usd"] for charge in charges(service)) <= BUDGET + 1e-9
    table = sweep.run(budget=2 * BUDGET).wait(240).df
    assert list(table["status"]) == ["completed"] * 3 * SCENES
    told = charges(service)
    assert sorted(charge["job"] for charge in told) == sorted(table["remote_id"])
    assert table["cost_usd"].sum() == pytest.approx(sum(charge["usd"] for charge in told)) == pytest.approx(2 * BUDGET)
    assert all(Path(path).exists() for path in table["path"])
    sweep._studio.close()
