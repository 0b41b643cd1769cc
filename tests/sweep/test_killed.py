"""A sweep whose kernel is killed half way, at a service where much goes wrong: every take once, every cent told."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import sora_nb as sora
from sora_nb.dialects import Service
from sora_nb.jobs import pacing, reconcile
from tests.sweep.conftest import LOOKED

SCENES = [f"scene {number}" for number in range(20)]
BUDGET = 0.30
"""Half of what 20 scenes, each taken three times for a cent, cost."""

FAULTS: list[dict[str, Any]] = [
    {"does": "drop", "to": "create", "after": True, "times": 4},
    {"does": "drop", "to": "create", "times": 3},
    {"does": "status", "to": "create", "status": 429, "headers": {"Retry-After": "0"}, "times": 3},
    {"does": "status", "to": "create", "after": True, "status": 502, "times": 2},
    {"does": "garble", "to": "create", "times": 2},
    {"does": "status", "to": "poll", "status": 503, "times": 4},
    {"does": "garble", "to": "poll", "times": 3},
    {"does": "drop", "to": "content", "times": 3},
]

KERNEL = """
import sys, time
from sora_nb.jobs import desk, pacing, reconcile
from tests.sweep.conftest import LOOKED
from tests.sweep.test_killed import BUDGET, the_sweep
desk._look = lambda *given: LOOKED
pacing.POLL_FIRST = 0.2
reconcile.LOOKS = (0.5, 1.0, 2.0)
sweep = the_sweep(sys.argv[1], sys.argv[2]).run(budget=BUDGET, parallel=8)
while sum(video.remote_id is not None for video in sweep.videos) < 12:
    time.sleep(0.02)
print("half way", flush=True)
time.sleep(60)
"""


SERVICE = """
import functools, math, pathlib, sys
from sora_nb.simulator.serve import serve
folder = pathlib.Path(sys.argv[1])
serve(port=0, speed=math.inf, folder=folder, keys="replay", announce=functools.partial(print, flush=True))
"""


def the_sweep(address: str, library: str | Path, folder: str | None = None, scenes: int = len(SCENES)) -> sora.Sweep:
    lab = Service.like("simulator", name="lab", base_url=address, reconcile="replay", usd_per_second={"sim-1": 0.01})
    studio = sora.Studio(lab, library=library, folder=folder)
    return studio.sweep("a red ball, {scene}", scene=SCENES[:scenes], seconds=1, size="96x54", repeats=3)


@pytest.fixture
def service(tmp_path: Path) -> Iterator[str]:
    """A simulator that knows a key again, in a process of its own."""
    command = [sys.executable, "-c", SERVICE, str(tmp_path / "world")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.terminate()


def plan_faults(address: str) -> None:
    told = urllib.request.Request(
        f"{address}/faults", json.dumps(FAULTS).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(told) as answer:
        assert len(json.load(answer)["plan"]) == len(FAULTS)


def charges(address: str) -> list[dict[str, Any]]:
    with urllib.request.urlopen(f"{address}/ledger") as answer:
        found: list[dict[str, Any]] = json.load(answer)["charges"]
        return found


@pytest.mark.slow
def test_a_killed_sweep_has_every_take_once_and_every_cent(
    service: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sora_nb.jobs.desk._look", lambda *given: LOOKED)
    monkeypatch.setattr(pacing, "POLL_FIRST", 0.2)
    monkeypatch.setattr(reconcile, "LOOKS", (0.5, 1.0, 2.0))
    plan_faults(service)
    command = [sys.executable, "-c", KERNEL, service, str(tmp_path / "library")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as kernel:
        assert kernel.stdout is not None and kernel.stdout.readline().strip() == "half way"
        os.kill(kernel.pid, signal.SIGKILL)

    sweep = the_sweep(service, tmp_path / "library")
    there = len(sweep.plan.there)
    assert 12 <= there < 60
    sweep.run(budget=BUDGET, parallel=8).wait(240)
    progress = sweep.progress
    assert (progress.completed, progress.waiting, progress.held) == (30, 30, True)
    assert sum(charge["usd"] for charge in charges(service)) == pytest.approx(BUDGET)

    table = sweep.run(budget=2 * BUDGET).wait(240).df
    assert list(table["status"]) == ["completed"] * 60
    assert table["id"].is_unique and table["remote_id"].is_unique
    assert sorted(zip(table["scene"], table["take"], strict=True)) == sorted(
        (scene, take) for scene in SCENES for take in (1, 2, 3)
    )
    assert all(Path(path).exists() for path in table["path"])
    told = charges(service)
    assert len(told) == 60
    assert sorted(charge["job"] for charge in told) == sorted(table["remote_id"])
    assert table["cost_usd"].sum() == pytest.approx(sum(charge["usd"] for charge in told))
    sweep._studio.close()
