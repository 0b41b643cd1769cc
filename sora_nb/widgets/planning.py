"""What stands in the panel's fields, as a plan: every take of it with its price, before anything is sent."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Protocol

from sora_nb.errors import ConfigError
from sora_nb.models import MENTION
from sora_nb.timerange import plain
from sora_nb.widgets.player import money

MOST_TAKES = 200
"""More takes than these are not planned by hand; a sweep in a cell has no such limit."""

SETTINGS = ("seconds", "size", "model", "take")
"""What may have several values and is no word of the prompt, by its name as an axis of a sweep."""

_FIELD = re.compile(r"\{([A-Za-z_]\w*)\}")


class Planner(Protocol):
    """What a plan asks of a `Studio`."""

    @property
    def simulated(self) -> bool: ...
    @property
    def capabilities(self) -> Any: ...
    @property
    def prepare(self) -> Callable[..., Any]: ...
    def characters(self) -> Sequence[Any]: ...


@dataclass(frozen=True, slots=True)
class Form:
    """A prompt, the words that are put into it, and the settings; each of them may have several values."""

    prompt: str
    words: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """By the name of the field in the prompt, such as `scene`."""
    seconds: Sequence[float] = ()
    sizes: Sequence[str] = ()
    models: Sequence[str] = ()
    takes: int = 1

    @property
    def template(self) -> str:
        """The prompt as a sweep takes it: with the scene behind it, where it says nothing of one."""
        prompt = self.prompt.strip()
        if self.words.get("scene") and "{scene}" not in prompt:
            prompt = f"{prompt} {{scene}}".strip()
        names = {name for name in _FIELD.findall(prompt) if self.words.get(name)}
        # Other braces are text.
        pieces = re.split(r"(\{[A-Za-z_]\w*\})", prompt)
        return "".join(one if one[1:-1] in names else one.replace("{", "{{").replace("}", "}}") for one in pieces)

    @property
    def axes(self) -> dict[str, list[Any]]:
        """Every axis of the grid, the words first."""
        said = dict.fromkeys([*_FIELD.findall(self.prompt), "scene"])
        words = {name: list(self.words[name]) for name in said if self.words.get(name)}
        settings = {"seconds": self.seconds, "size": self.sizes, "model": self.models}
        chosen = {name: list(values) for name, values in settings.items() if values}
        return words | chosen | ({"take": list(range(1, self.takes + 1))} if self.takes > 1 else {})

    def points(self) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
        """Each take: its prompt, its settings, and its place in the grid. Raises `ConfigError` where it is none."""
        if type(self.takes) is not int or not 1 <= self.takes <= MOST_TAKES:
            raise ConfigError(f"takes={self.takes!r} is no number of takes. Ask for 1 to {MOST_TAKES}.")
        if not self.prompt.strip():
            raise ConfigError("The prompt is empty. Say what is to be seen, such as: @ada walks on a beach.")
        if taken := set(_FIELD.findall(self.prompt)) & set(SETTINGS):
            raise ConfigError(f"{{{min(taken)}}} is a setting and no word of a prompt. Call it otherwise.")
        empty = [name for name in _FIELD.findall(self.prompt) if not self.words.get(name)]
        if empty:
            raise ConfigError(f"{{{empty[0]}}} has no words yet. Give one on each line, or take it out of the prompt.")
        template, axes = self.template, self.axes
        for values in itertools.product(*axes.values()):
            point = dict(zip(axes, values, strict=True))
            words = {name: value for name, value in point.items() if name not in SETTINGS}
            yield template.format(**words), {name: point[name] for name in SETTINGS if name in point}, point


def read_form(draft: Mapping[str, Any]) -> Form:
    """The fields as the page tells them. Raises `ConfigError` where a number is none."""
    words = {name: lines(text) for name, text in dict(draft.get("words") or {}).items()}
    try:
        seconds = [float(one) for one in listed(draft.get("seconds"))]
        takes = int(draft.get("takes") or 1)
    except ValueError:
        raise ConfigError("Seconds and takes are numbers.") from None
    if not 1 <= takes <= MOST_TAKES or not all(0 < one < float("inf") for one in seconds):
        raise ConfigError(f"Takes are 1 to {MOST_TAKES}, and seconds more than 0.")
    named = {"sizes": listed(draft.get("sizes")), "models": listed(draft.get("models"))}
    return Form(str(draft.get("prompt") or ""), {k: v for k, v in words.items() if v}, seconds, takes=takes, **named)


def lines(text: Any) -> list[str]:
    """What stands on each line, the empty ones left out, each once."""
    return list(dict.fromkeys(line.strip() for line in str(text or "").splitlines() if line.strip()))


def listed(value: Any) -> list[str]:
    """Several values, given as a list or with commas between them."""
    given = value if isinstance(value, (list, tuple)) else str(value or "").split(",")
    return list(dict.fromkeys(str(one).strip() for one in given if str(one).strip()))


def lint(prompt: str, people: Sequence[Any]) -> list[dict[str, Any]]:
    """A finding for each name in a prompt that no character has, with the one that was meant, where that is plain."""
    found = []
    handles = [one.handle for one in people]
    known = {*handles, *(one.name.casefold() for one in people)}
    for name in dict.fromkeys(MENTION.findall(prompt)):
        if name.casefold() in known:
            continue
        near = get_close_matches(name.casefold(), handles, n=1, cutoff=0.5)
        message = f"There is no character @{name}." + ("" if near else " Create it above, or write its name without @.")
        fix = {"fix": [f"@{name}", f"@{near[0]}"], "fix_text": f"Use @{near[0]}"} if near else {}
        found.append({"level": "error", "code": "no_such_character", "message": message, **fix})
    return found


def plan(studio: Planner, form: Form) -> dict[str, Any]:
    """The plan as the page draws it: rows, totals, what there is to say, and whether a person is to agree first."""
    if not form.prompt.strip():
        return {"state": "empty", "words": "Write a prompt to see what it makes and costs.", "rows": [], "findings": []}
    if findings := lint(form.prompt, studio.characters()):
        return _refused("Mend the prompt first.", findings)
    try:
        points = list(itertools.islice(form.points(), MOST_TAKES + 1))
    except ConfigError as error:
        return _refused(str(error), [])
    if len(points) > MOST_TAKES:
        return _refused(
            f"These are more than {MOST_TAKES} takes. Take some away, or plan them in a cell: studio.sweep().", []
        )
    rows = [_row(studio, *point) for point in points]
    told: dict[str, dict[str, Any]] = {}
    for row in rows:
        told |= {each["message"]: each for each in row.pop("remarks")}
    new, there = (([row for row in rows if row["state"] == state]) for state in ("new", "there"))
    refused = [row for row in rows if row["state"] == "refused"]
    findings = list(told.values()) or [
        {"level": "error", "code": "refused", "message": why} for why in dict.fromkeys(row["why"] for row in refused)
    ]
    if refused:
        return _refused(f"{len(refused)} of {_videos(len(rows))} would be refused.", findings) | {"rows": rows}
    made_here = sum(one["code"] == "made_here" for one in told.values())
    each = studio.capabilities.usd_per_character
    cost = _sum([*(row["cost"] for row in new), *[each] * made_here])
    words = _words(new, there, None if studio.simulated else cost, studio.simulated)
    agree = bool(new) and not studio.simulated and cost != 0
    totals = {"new": len(new), "there": len(there), "cost": cost, "price": _price(cost, studio.simulated)}
    return {"state": "ready", "words": words, "rows": rows, "findings": findings, "agree": agree, **totals}


def agreed(plan: Mapping[str, Any]) -> list[Any]:
    """What a person agrees to: so many new takes, for so much."""
    return [plan.get("new"), plan.get("cost")]


def _row(studio: Planner, prompt: str, options: dict[str, Any], point: dict[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = {"prompt": prompt, "words": _place(point) or prompt, "cost": None, "why": "", "remarks": []}
    try:
        prepared = studio.prepare(prompt, **options)
    except ConfigError as error:
        return row | {"state": "refused", "why": str(error)}
    told = [{"level": one.level, "code": one.code, "message": one.message} for one in prepared.remarks]
    if prepared.there:
        return row | {"state": "there", "cost": 0.0, "price": "there already", "remarks": told}
    cost = prepared.est_cost_usd
    return row | {"state": "new", "cost": cost, "price": _price(cost, studio.simulated), "remarks": told}


def _place(point: Mapping[str, Any]) -> str:
    said = {"seconds": "{} s", "take": "take {}"}
    return " · ".join(said.get(k, "{}").format(plain(v) if isinstance(v, float) else v) for k, v in point.items())


def _words(new: Sequence[Any], there: Sequence[Any], cost: float | None, simulated: bool) -> str:
    if not new:
        return f"{_videos(len(there))}, there already. Nothing is sent and nothing costs."
    price = "free: drawn by the simulator" if simulated else "price unknown" if cost is None else f"about {money(cost)}"
    more = f" {len(there)} more {'is' if len(there) == 1 else 'are'} there already." if there else ""
    return f"{_videos(len(new))}, {price}.{more}"


def _price(cost: float | None, simulated: bool) -> str:
    if simulated:
        return "free"
    return "price unknown" if cost is None else str(money(cost))


def _videos(count: int) -> str:
    return "1 video" if count == 1 else f"{count} videos"


def _sum(costs: Iterable[float | None]) -> float | None:
    known = list(costs)
    return None if any(cost is None for cost in known) else round(sum(cost for cost in known if cost is not None), 6)


def _refused(words: str, findings: list[dict[str, Any]]) -> dict[str, Any]:
    return {"state": "refused", "words": words, "rows": [], "findings": findings}
