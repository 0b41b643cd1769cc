"""G5, the notebook: interrupts, Run All, restarts, views and threads on four generations of the kernel.

Real kernels are driven over their sockets as JupyterLab does it, against a service in a process of its own.
Each interrupted cell has asked for a video; afterwards the service's list is held against the library.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.torture.kernel_environments import NEWEST, ROOT, VERSIONS, python_for
from tests.torture.result import Result

LATEST_RETURN = 0.5
"""Seconds that 99 of 100 interrupts may take until the kernel is free again."""

QUICK_SHARE = 0.9
"""Of a few interrupts the slowest tells how busy the machine is; nine of ten have to keep the limit."""

KEPT_PACE = 0.95
"""The share of progress that a blocked cell must leave."""

INTERRUPTS, QUICK_INTERRUPTS = 100, 5
"""Of each kind, on each kernel."""

WINDOWS, QUICK_WINDOWS = 10, 1
"""How often a cell blocks."""

MOST_SECONDS = 900


def run(*, quick: bool) -> Result:
    """Do it to the oldest and the newest kernel, or to all four."""
    began = time.monotonic()
    versions = (VERSIONS[0], NEWEST) if quick else VERSIONS
    counts = (QUICK_INTERRUPTS, QUICK_WINDOWS) if quick else (INTERRUPTS, WINDOWS)
    try:
        for version in versions:
            python_for(version)
    except subprocess.CalledProcessError as error:
        return Result("G5", 0, 0, False, skipped=f"an ipykernel could not be installed: {error.stderr or error}"[:300])
    with ThreadPoolExecutor(2) as pool:
        seen = list(pool.map(lambda version: _act(version, *counts), versions))
    late = [seconds for one in seen for times in one["latencies"].values() for seconds in times]
    p99, share = _quantile(late, 0.99), QUICK_SHARE if quick else 0.99
    broken = [words for one in seen for words in one["broken"]]
    if _quantile(late, share) > LATEST_RETURN:
        broken.append(f"of 100 interrupts, {share * 100:.0f} return within {_quantile(late, share):.2f} s")
    shares = {}
    for name in ("ticks", "strokes"):
        blocked, free = (sum(one[name][place] for one in seen) for place in (0, 1))
        shares[name] = blocked / free if free else 0.0
        # A window's edges cut off up to one, whichever way.
        if blocked + len(seen) * counts[1] < KEPT_PACE * free or not free:
            broken.append(f"only {blocked} of {free} {name} while a cell blocked")
    for words in broken:
        print(f"    {words}", flush=True)
    return Result(
        "G5",
        runs=sum(one["runs"] for one in seen) + len(late),
        failures=len(broken),
        control_caught=all(len(one["controls"]) == 2 and all(one["controls"].values()) for one in seen),
        seconds=time.monotonic() - began,
        baseline={
            "kernels": ", ".join(one["version"] for one in seen),
            "interrupts": len(late),
            "ended_by_the_kernel_itself": sum(one["swallowed"] for one in seen),
            "p99_s": round(p99, 3),
            **{
                f"p99_{mode}_s": round(_quantile([s for one in seen for s in one["latencies"][mode]], 0.99), 3)
                for mode in seen[0]["latencies"]
            },
            "looks_kept": round(shares["ticks"], 3),
            "view_updates_kept": round(shares["strokes"], 3),
        },
        notes=f"{len(late)} interrupts on {len(seen)} kernels, p99 {p99:.2f} s",
    )


def _act(version: str, interrupts: int, windows: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.torture.notebook_scenes", version, str(interrupts), str(windows)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=MOST_SECONDS, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"The scenes on ipykernel {version} broke off:\n{done.stderr[-4000:]}")
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def _quantile(times: Sequence[float], share: float) -> float:
    return sorted(times)[math.ceil(share * len(times)) - 1]
