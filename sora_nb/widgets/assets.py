"""The front end's text: small ES modules and style sheets, joined into what one widget needs.

A widget's module is loaded from a `blob:` address, where `import "./dom.js"` finds nothing. So the
files stay real modules, which an editor and a reader understand, and are joined here.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

_IMPORT = re.compile(r'^import \{[^}]*\} from "\./([\w.]+)";\n', re.MULTILINE)
_SHEET = re.compile(r'^@import "\./([\w.]+)";\n', re.MULTILINE)
_DEFAULT = re.compile(r"^export default .*;\n", re.MULTILINE)


@cache
def module(name: str) -> str:
    """One ES module made of *name* and everything it imports, each file once and before its users."""
    order: list[str] = []
    _visit(name, order)
    texts = [_IMPORT.sub("", read(file)) for file in order]
    return "".join([*(_DEFAULT.sub("", text) for text in texts[:-1]), texts[-1]])


@cache
def style(*names: str) -> str:
    """The style sheets one after another, the shared one first, and each behind those that it imports."""
    return "".join(_SHEET.sub("", read(file)) for name in ("base.css", *names) for file in _sheets(name))


def read(name: str) -> str:
    """The text of one file of this folder."""
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _sheets(name: str) -> list[str]:
    return [*_SHEET.findall(read(name)), name]


def _visit(name: str, order: list[str]) -> None:
    for needed in _IMPORT.findall(read(name)):
        if needed not in order:
            _visit(needed, order)
    order.append(name)
