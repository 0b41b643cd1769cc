"""The front end's text: small ES modules and style sheets of `front/`, joined into what a widget needs.

A widget's module is loaded from a `blob:` address, where `import "./dom.js"` finds nothing. So the
files stay real modules, which an editor and a reader understand, and are joined here.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from posixpath import dirname, join, normpath

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

_IMPORT = re.compile(r'^import \{[^}]*\} from "(\.\.?/[\w./]+)";\n', re.MULTILINE)
_DEFAULT = re.compile(r"^export default .*;\n", re.MULTILINE)


@cache
def module(name: str) -> str:
    """One ES module made of *name* and everything it imports, each file once and before its users."""
    order: list[str] = []
    _visit(name, order)
    texts = [_IMPORT.sub("", read(file)) for file in order]
    return "".join([*(_DEFAULT.sub("", text) for text in texts[:-1]), texts[-1]])


@cache
def style() -> str:
    """All style sheets in their order, whichever widget asks.

    Every widget brings its style into the page, and the last to come stands behind the others. Were each to
    bring only what it draws with, a second widget's shared rules would overrule the first one's own.
    """
    return "".join(map(read, SHEETS))


def read(name: str) -> str:
    """The text of one file of `front/`, by its path in there."""
    return files(__package__).joinpath("front", name).read_text(encoding="utf-8")


def _visit(name: str, order: list[str]) -> None:
    for needed in _IMPORT.findall(read(name)):
        path = normpath(join(dirname(name), needed))
        if path not in order:
            _visit(path, order)
    order.append(name)
