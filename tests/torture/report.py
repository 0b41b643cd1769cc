"""Puts the figures of `build/torture.json` where people read them: `python -m tests.torture.report`.

The table stands between two markers in `docs/reliability.md` and in `README.md`; nothing else there is touched.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
FIGURES = ROOT / "build" / "torture.json"
PAGES = (ROOT / "docs" / "reliability.md", ROOT / "README.md")
BEGIN, END = "<!-- figures: made by tests/torture/report.py -->", "<!-- end of figures -->"

TITLES = {
    "G1": "Money: lost answers, faults, restarts, running again",
    "G2": "`kill -9` at every write of a job's life",
    "G3": "Power loss and failing disks",
    "G4": "Downloads from hostile servers",
    "G5": "Notebook: interrupts, Run All, restarts, views",
}
"""What is done, in a few words."""


def tables(results: Sequence[Mapping[str, Any]]) -> str:
    """Our figures, and the peers' beside them, as Markdown."""
    rows = ["| | what is done | trials | broken promises | planted defects | s |", "|---|---|--:|--:|---|--:|"]
    rows += [_row(one) for one in results]
    money = next((one for one in results if one["goal"] == "G1" and not one["skipped"]), None)
    return "\n".join(rows + ([] if money is None else ["", *_charges(money["baseline"])]))


def _charges(measured: Mapping[str, Any]) -> list[str]:
    """How often each client paid for one video, a row each, as G1 has just seen it."""
    clients: Mapping[str, Mapping[str, int]] = measured["charges_for_one_video"]
    losses = list(next(iter(clients.values()), {}))
    if not losses:
        return []
    rows = [f"| charges for one video | {' | '.join(losses)} |", f"|---|{'--:|' * len(losses)}"]
    return rows + [
        f"| {name} | {' | '.join(str(charged[loss]) for loss in losses)} |" for name, charged in clients.items()
    ]


def rewrite(page: str, figures: str) -> str:
    """*page* with *figures* between its markers. `ValueError` where it has none."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"The page has no lines {BEGIN!r} and {END!r} to put the figures between.")
    return f"{before}{BEGIN}\n{figures}\n{END}{after}"


def main() -> None:
    """Rewrite every page that has room for the figures."""
    figures = tables(json.loads(FIGURES.read_text()))
    for path in PAGES:
        path.write_text(rewrite(path.read_text(), figures))


def _row(one: Mapping[str, Any]) -> str:
    title = TITLES[one["goal"]]
    if one["skipped"]:
        return f"| {one['goal']} | {title} | | | *skipped: {one['skipped']}* | |"
    caught = "all caught" if one["control_caught"] else "**not caught**"
    return f"| {one['goal']} | {title} | {one['runs']:,} | {one['failures']} | {caught} | {one['seconds']:.0f} |"


if __name__ == "__main__":
    main()
