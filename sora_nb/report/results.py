"""What a sweep tried and what came of it, on the page: the plan, then each point with its intervals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sora_nb.html import Html, element
from sora_nb.report.cells import counted, money
from sora_nb.report.experiment import Experiment
from sora_nb.report.parts import listing, section
from sora_nb.timerange import plain


def results(experiment: Experiment | None) -> list[Html]:
    """The two parts of the page that tell of it; none without a sweep."""
    if experiment is None:
        return []
    return [_plan(experiment), *([_points(experiment)] if experiment.points else [])]


def _plan(experiment: Experiment) -> Html:
    template = experiment.template
    axes = [
        element(
            "div", element("dt", name), element("dd", element("ul", [element("li", one, dir="auto") for one in values]))
        )
        for name, values in experiment.axes.items()
    ]
    return section(
        "plan",
        "What was tried",
        element("p", template, class_="template", dir="auto") if template else None,
        element("dl", axes, class_="axes"),
        listing(
            [("Takes", _takes(experiment)), ("Estimated", _estimate(experiment)), ("Cost", _cost(experiment))],
            class_="sums",
        ),
    )


def _takes(experiment: Experiment) -> str:
    each = f", {experiment.repeats} of each point" if experiment.repeats > 1 else ""
    left = experiment.takes - experiment.asked
    return f"{experiment.takes}{each}" + (f"; {left} not asked for" if left > 0 else "")


def _estimate(experiment: Experiment) -> str:
    return "not known" if experiment.est_cost_usd is None else money(experiment.est_cost_usd)


def _cost(experiment: Experiment) -> str:
    told = [point["cost_usd"] for point in experiment.points if point["cost_usd"] is not None]
    return money(sum(told)) if told else "not told"


def _points(experiment: Experiment) -> Html:
    axes = [name for name, values in experiment.axes.items() if len(values) > 1] or [*experiment.axes]
    axes = [name for name in axes if name in experiment.points[0]["axes"]]
    columns = [(words, draw) for words, draw in _COLUMNS if any(draw(point) for point in experiment.points)]
    head = [element("th", name, scope="col") for name in [*axes, *(words for words, _ in columns)]]
    rows = [
        element(
            "tr",
            [element("th", point["axes"][name], scope="row", data_label=name, dir="auto") for name in axes],
            [element("td", draw(point), data_label=words) for words, draw in columns],
        )
        for point in experiment.points
    ]
    sheet = element("table", element("thead", element("tr", head)), element("tbody", rows), class_="points")
    return section(
        "results",
        "What came of it",
        element(
            "p",
            f"{counted(len(experiment.points), 'point')} of the grid, each with its repeats together. A bar is where "
            "the true share lies 95 times in 100 (Wilson's interval): a long one says that there were few takes.",
            class_="words",
        ),
        element("div", sheet, class_="sheet", role="region", tabindex=0, aria_label="The table of what came of it"),
    )


def _success(point: Mapping[str, Any]) -> list[Html]:
    ended = point["completed"] + point["failed"]
    words = f"{point['completed']} of {ended}" if ended else "none ended"
    lost = f", {point['unknown']} unknown" if point["unknown"] else ""
    return _share(point["success_rate"], point["success_low"], point["success_high"], words + lost)


def _wins(point: Mapping[str, Any]) -> list[Html]:
    votes = point["wins"] + point["losses"]
    if not votes:
        return []
    return _share(point["win_rate"], point["win_low"], point["win_high"], f"{point['wins']} of {votes}")


def _share(share: float | None, low: float | None, high: float | None, words: str) -> list[Html]:
    """A share in words, and drawn on a line from none to all with its interval."""
    told = [element("span", words)]
    if share is None or low is None or high is None:
        return told
    reach = element("span", class_="reach", style=f"left:{100 * low:.1f}%;width:{100 * (high - low):.1f}%")
    dot = element("span", class_="dot", style=f"left:{100 * share:.1f}%")
    said = f"{100 * share:.0f} per cent, between {100 * low:.0f} and {100 * high:.0f}"
    return [*told, element("span", reach, dot, class_="interval", role="img", aria_label=said)]


def _likeness(point: Mapping[str, Any]) -> list[Html]:
    mean, spread = point["likeness"], point["likeness_sd"]
    if mean is None:
        return []
    low, high = point["likeness_min"], point["likeness_max"]
    told = f"{mean:.2f}" if spread is None else f"{mean:.2f} ± {spread:.2f}"
    return [
        element("span", told),
        *([element("span", f"{low:.2f} to {high:.2f}", class_="note")] if spread is not None else []),
    ]


def _rating(point: Mapping[str, Any]) -> list[Html]:
    if point["rating"] is None:
        return []
    note = element("span", f"{point['rated']} rated", class_="note")
    return [element("span", f"{plain(round(point['rating'], 1))} of 5"), note]


def _price(point: Mapping[str, Any]) -> list[Html]:
    return [] if point["cost_usd"] is None else [element("span", money(point["cost_usd"]))]


def _time(point: Mapping[str, Any]) -> list[Html]:
    return [] if point["elapsed_s"] is None else [element("span", f"{plain(round(point['elapsed_s'], 1))} s")]


_COLUMNS = (
    ("Completed", _success),
    ("Wins, blind", _wins),
    ("Likeness", _likeness),
    ("Rating", _rating),
    ("Cost", _price),
    ("Time for one", _time),
)
"""What is told of a point, and how; a column that is empty for all is not shown."""
