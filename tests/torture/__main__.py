"""Runs goals: `python -m tests.torture [--quick] [G1 G2 ...]`. Prints a line for each and writes build/torture.json.

Ends with 1 where a goal was missed. A goal that had to be skipped is no failure, and says so.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path

from tests.torture.result import Result

GOALS = {
    "G1": "tests.torture.g1_money",
    "G2": "tests.torture.g2_kill",
    "G3": "tests.torture.g3_power",
    "G4": "tests.torture.g4_downloads",
    "G5": "tests.torture.g5_notebook",
}
"""Each module has `run(*, quick: bool) -> Result`."""

OUTPUT = Path(__file__).parents[2] / "build" / "torture.json"


def main() -> int:
    """Run what was asked for, and say how it went."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture")
    parser.add_argument("--quick", action="store_true", help="a part of each goal, for every day")
    parser.add_argument("goals", nargs="*", metavar="GOAL", help=f"of {', '.join(GOALS)}; all of them by default")
    options = parser.parse_args()
    if unknown := [goal for goal in options.goals if goal not in GOALS]:
        parser.error(f"there is no goal {', '.join(unknown)}")
    results = []
    for goal in options.goals or GOALS:
        results.append(_run(goal, quick=options.quick))
        print(results[-1].line, flush=True)
        _keep(results, quick=options.quick)
    return 0 if all(result.reached or result.skipped for result in results) else 1


def _run(goal: str, *, quick: bool) -> Result:
    started = time.monotonic()
    result: Result = importlib.import_module(GOALS[goal]).run(quick=quick)
    return replace(result, goal=goal, seconds=round(time.monotonic() - started, 1))


def _keep(results: list[Result], *, quick: bool) -> None:
    """Write the figures, those of goals that were not run now left as they were."""
    OUTPUT.parent.mkdir(exist_ok=True)
    path = OUTPUT.with_stem("torture-quick") if quick else OUTPUT
    known = {one["goal"]: one for one in json.loads(path.read_text())} if path.exists() else {}
    known |= {result.goal: asdict(result) for result in results}
    path.write_text(json.dumps([known[goal] for goal in GOALS if goal in known], indent=2) + "\n")


if __name__ == "__main__":
    sys.exit(main())
