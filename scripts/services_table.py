"""Writes the tables of docs/services.md from the data of the services: `.venv/bin/python scripts/services_table.py`."""

from __future__ import annotations

from pathlib import Path

from sora_nb.dialects.base import Capabilities, Service
from sora_nb.dialects.services import SERVICES
from sora_nb.timerange import Limits, plain

PAGE = Path(__file__).parents[1] / "docs" / "services.md"
BEGIN, END = "<!-- tables: made by scripts/services_table.py -->", "<!-- end of tables -->"

WAYS = {"clip": "from the cut clip", "url": "from an address", "task": "from a task"}
SHOWN = {"first_frame": "first frame", "image": "image", "clip": "clip", "words": "words"}
NAMING = {"name": "name, and a list of ids", "id": "`@id`", "handle": "its own `@handle`", "words": "name, description"}
SECONDS = {"text": '`"8"`', "whole": "`8`", "number": "`8` or `4.5`"}
DELETION = {"none": "no", "ended": "ended videos", "cancels": "stops it too", "forgets": "forgets, goes on"}
UNKNOWN = {
    "ignored": "**dropped without a word**",
    "refused": "refused",
    "passed_on": "passed on",
    "untold": "not told",
}
RECONCILE = {"replay": "by its key", "single_use": "by its key", "list": "by the list", "none": "by you"}


def tables() -> str:
    """What each service can do, and how its words differ, as Markdown."""
    can = ["| service | characters | in the prompt | most | range | a field it does not know | closed |"]
    words = ["| service | address | length | lengths | sizes | list | DELETE | a lost answer is found |"]
    for rows in (can, words):
        rows.append("|" + "---|" * (rows[0].count("|") - 1))
    for service in SERVICES.values():
        can.append(_row(*_can(service)))
        words.append(_row(*_words(service)))
    return "\n".join([*can, "", *words])


def rewrite(page: str) -> str:
    """*page* with the tables between its markers. `ValueError` where it has none."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"The page has no lines {BEGIN!r} and {END!r} to put the tables between.")
    return f"{before}{BEGIN}\n{tables()}\n{END}{after}"


def _can(service: Service) -> list[str]:
    can = service.capabilities
    shown = ", ".join(SHOWN[way] for way in can.reference_ways)
    made = " or ".join(WAYS[way] for way in can.character_ways) or f"none: {shown}"
    most = can.max_characters if can.native else f"{can.max_references} shown"
    return [
        f"`{service.name}`",
        made,
        NAMING[can.naming],
        str(most),
        _range(can.limits),
        UNKNOWN[can.unknown_fields],
        service.retired or "",
    ]


def _words(service: Service) -> list[str]:
    can = service.capabilities
    address = service.base_url or "yours"
    return [
        f"`{service.name}`",
        "in this process" if address.startswith("simulator:") else address.partition("://")[2] or address,
        SECONDS[can.seconds_as],
        _lengths(can),
        ", ".join(can.sizes) or "any",
        "yes" if can.can_list else "no",
        DELETION[can.deletion],
        RECONCILE[can.reconcile],
    ]


def _range(limits: Limits) -> str:
    if limits.max_seconds is None:
        return f"{plain(limits.min_seconds)} s or more"
    return f"{plain(limits.min_seconds)} to {plain(limits.max_seconds)} s"


def _lengths(can: Capabilities) -> str:
    if not can.seconds:
        return f"{plain(can.seconds_range[0])} to {plain(can.seconds_range[1])} s"
    if len(can.seconds) > 9:
        return f"{plain(can.seconds[0])} to {plain(can.seconds[-1])} s, whole"
    return f"{', '.join(map(plain, can.seconds))} s"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    PAGE.write_text(rewrite(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
