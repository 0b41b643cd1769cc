"""The front end's text: small ES modules and style sheets of `front/`, joined into what a widget needs."""

from __future__ import annotations

from functools import cache

from sora_nb import esm

SHEETS = (
    "shared/base.css",
    "player/player.css",
    "picker/timeline.css",
    "picker/chosen.css",
    "picker/picker.css",
    "compare/compare.css",
    "panel/panel.css",
    "panel/takes.css",
    "keybox/keybox.css",
)
"""From the general to the particular: of two rules of equal weight the later one counts."""


def module(name: str) -> str:
    """One ES module made of *name* and everything it imports."""
    return esm.joined(f"widgets/front/{name}")


@cache
def style() -> str:
    """All style sheets in their order, whichever widget asks.

    Every widget brings its style into the page, and the last to come stands behind the others. Were each to
    bring only what it draws with, a second widget's shared rules would overrule the first one's own.
    """
    return "".join(map(read, SHEETS))


def read(name: str) -> str:
    """The text of one file of `front/`, by its path in there."""
    return esm.read(f"widgets/front/{name}")
