"""Rules, findings and suggestions as plain data, with the words that the picker's page shows."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Protocol

from sora_nb.timerange import Finding, Limits, TimeRange, mend, plain
from sora_nb.widgets.ranges import box_row

STARTING_SECONDS = 4
"""How much is selected before anyone chose, where the service's limits allow it."""

MOST_CHIPS = 5
"""More suggestions than these are a list to read, and no longer a help."""

_FIGURES = re.compile(r" \([^)]*\)")


class Suggested(Protocol):
    """A range and why, such as a `Suggestion`."""

    @property
    def span(self) -> TimeRange: ...
    @property
    def reasons(self) -> tuple[str, ...]: ...


def drawn_limits(limits: Limits) -> dict[str, Any]:
    """The rules as the page draws them, with the words that it shows."""
    least, most = limits.min_seconds, limits.max_seconds
    if most is not None:
        window = f"{plain(least or 0)} to {plain(most)} s"
    else:
        window = f"at least {plain(least)} s" if least is not None else "no window is known, so any length may be tried"
    best = f", best {plain(limits.advised[0])} to {plain(limits.advised[1])} s" if limits.advised else ""
    return {
        "min_seconds": limits.min_seconds,
        "max_seconds": limits.max_seconds,
        "warn_above": limits.warn_above,
        "advised": list(limits.advised) if limits.advised else None,
        "unknown": least is None and most is None,
        "words": f"{limits.name}: {window}{best}",
        "passes": f"Passes the {limits.name} rules.",
    }


def first_span(limits: Limits, duration: float | None) -> TimeRange:
    """A range that breaks no rule, for a start."""
    wish = TimeRange(0, STARTING_SECONDS)
    return mend(wish, limits, duration, advised=True) or mend(wish, limits, duration) or TimeRange(0, duration or 0)


def findings_data(findings: list[Finding]) -> list[dict[str, Any]]:
    """Findings as plain data, each fix once, with the words for its button."""
    rows = []
    offered: set[TimeRange | None] = {None}
    for finding in findings:
        row: dict[str, Any] = {"level": finding.level, "code": finding.code, "message": finding.message}
        if finding.fix is not None and finding.fix not in offered:
            row |= {"fix": [finding.fix.start, finding.fix.end], "fix_text": f"Use {finding.fix}"}
        offered.add(finding.fix)
        rows.append(row)
    return rows


def suggestion_chips(suggestions: Iterable[Suggested]) -> list[dict[str, Any]]:
    """Suggestions as plain data: `2.1 to 5: sharp, one face, steady`, the reasons in full, and who is meant."""
    chips = []
    for one in list(suggestions)[:MOST_CHIPS]:
        place = f"{plain(one.span.start)} to {plain(one.span.end)}"
        short = ", ".join(_FIGURES.sub("", reason) for reason in one.reasons)
        chips.append(
            {
                "start": one.span.start,
                "end": one.span.end,
                "place": place,
                "words": short,
                "reasons": "; ".join(one.reasons),
                "box": box_row(getattr(one, "box", None)),
            }
        )
    return chips
