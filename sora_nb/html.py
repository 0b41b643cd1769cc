"""HTML from data: the one place that escapes.

A `str` is text and is escaped; only what `element` returns is markup. So a prompt, a name or an
error message can be put anywhere without thought.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from html import escape
from typing import TypeVar

Take = TypeVar("Take")

_NAME = re.compile(r"[a-z][a-z0-9-]*")
_VOID = frozenset({"br", "hr", "img", "input", "meta", "source"})
_REFUSED = frozenset({"base", "embed", "form", "iframe", "link", "object", "script"})
_ADDRESSES = frozenset({"href", "src", "poster"})
# A browser drops tabs and line breaks from an address and takes \ for /, so a relative one keeps to these letters.
_SAFE_ADDRESS = re.compile(
    r"https?://.*|blob:.*|data:(image|video)/.*|#[\w.\-]*|(?!//)[\w./%\-]+([?#]\S*)?", re.IGNORECASE
)

PLAN_ROWS = 20
"""So many takes of a plan are shown in a cell; its table has them all."""

_CELL = "padding:2px 12px 2px 0;text-align:left;vertical-align:top"


class Html(str):
    """Markup that was built here and needs no escaping."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        return as_output(self)


Child = str | int | float | None | Iterable["Child"]


def element(name: str, /, *children: Child, **attributes: str | int | float | bool | None) -> Html:
    """One element. Attributes: `class_` for `class`, underscores become hyphens, None and False leave them out.

    Addresses must be http, https, blob, an image or video as data, a fragment, or relative; others are left out,
    since `javascript:` is an address too.
    """
    if not _NAME.fullmatch(name) or name in _REFUSED:
        raise ValueError(f"{name!r} is not an element this builder makes")
    written = "".join(_attribute(key, value) for key, value in attributes.items())
    if name in _VOID:
        return Html(f"<{name}{written}>")
    return Html(f"<{name}{written}>{join(children)}</{name}>")


def as_output(markup: Html) -> str:
    """Markup as a cell's output, whose text stays text.

    Notebook front ends set what stands between two dollar signs as a formula, in HTML too: "$5 and $" of a prompt.
    MathJax passes by these classes, in its versions 2 (nbconvert) and 3 (JupyterLab).
    """
    return str(element("div", markup, class_="tex2jax_ignore mathjax_ignore"))


def plan_output(
    lines: Iterable[tuple[str, str | None]],
    columns: Iterable[Child],
    takes: Sequence[Take],
    row: Callable[[Take], tuple[Iterable[Child], str | None]],
) -> str:
    """A plan as a cell's output: its lines, a table of its first takes, and how many more `plan.df` has.

    A line, and the cells of a take's *row*, come with the style that sets them off, or None.
    """
    body = [
        element("tr", [element("td", cell, style=f"{_CELL};{tone}" if tone else _CELL) for cell in cells])
        for cells, tone in map(row, takes[:PLAN_ROWS])
    ]
    rest = len(takes) - len(body)
    page = element(
        "div",
        [element("div", line, style=tone) for line, tone in lines],
        element(
            "table",
            element("thead", element("tr", [element("th", column, style=_CELL) for column in columns])),
            element("tbody", body),
            style="border-collapse:collapse;margin-top:8px",
        ),
        element("div", f"and {rest} more; plan.df has them all") if rest else None,
        style="font:13px/20px system-ui,sans-serif",
    )
    return as_output(page)


def join(children: Iterable[Child]) -> Html:
    """Children one after another, text escaped, None left out."""
    return Html("".join(_child(child) for child in children))


# In a Markdown file a blank line ends the HTML, and what follows it is Markdown: a picture that is fetched, a link.
_BREAKS = str.maketrans({"\n": "&#10;", "\r": "&#13;"})


def _text(text: str) -> str:
    return escape(text).translate(_BREAKS)


def script(text: str) -> Html:
    """The script of a page: a module of our own, never a user's words, which must not end its element early.

    It runs only where the page's policy names its `fingerprint`.
    """
    if re.search(r"</script|<!--", text, re.IGNORECASE):
        raise ValueError("a script that says </script or <!-- would not be read to its end")
    return Html(f'<script type="module">{text}</script>')


def fingerprint(text: str) -> str:
    """How a Content-Security-Policy names a script, so that it runs that one and no other."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _child(child: Child) -> str:
    if child is None:
        return ""
    if isinstance(child, Html):
        return str(child)
    if isinstance(child, (str, int, float)):
        return _text(str(child))
    return join(child)


def _attribute(key: str, value: str | int | float | bool | None) -> str:
    name = key.rstrip("_").replace("_", "-")
    if not _NAME.fullmatch(name) or name.startswith("on"):
        raise ValueError(f"{name!r} is not an attribute this builder writes")
    if value is None or value is False:
        return ""
    if value is True:
        return f" {name}"
    if name in _ADDRESSES and not _SAFE_ADDRESS.fullmatch(str(value)):
        return ""
    return f' {name}="{_text(str(value))}"'
