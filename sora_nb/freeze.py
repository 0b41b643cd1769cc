"""Makes a notebook ready to be shared: every live view gives way to the form that needs no kernel."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sora_nb.atomic import atomically, or_refused
from sora_nb.errors import ConfigError
from sora_nb.leaks import Leak, keys_at_hand, leaks_of

VIEW = "application/vnd.jupyter.widget-view+json"

SHOWN = frozenset({"text/html", "text/markdown", "text/latex", "image/png", "image/jpeg", "image/svg+xml"})
"""Forms that are seen without a kernel; where a view has none, a sentence says what was there."""

GONE = "<em>An interactive view. Run the notebook to see it.</em>"


@dataclass(frozen=True, slots=True)
class Frozen:
    """What became of a notebook."""

    path: Path
    views: int
    """Live views that gave way to their other form."""
    blank: int
    """How many of them had no other form."""
    bytes_before: int
    bytes_after: int
    leaks: tuple[Leak, ...]
    """Keys and signed addresses that are still in it: freezing takes none away, since cells are the user's."""


def freeze(path: str | Path, to: str | Path | None = None) -> Frozen:
    """Write a copy of a notebook that shows the same everywhere, without a kernel and without trust.

    Widget views and the saved state of widgets are taken out; what they wrote as HTML, pictures or text stays.
    The copy is `name-frozen.ipynb` beside the notebook, or *to*; it may be the notebook itself.

    Raises `ConfigError` where *path* is not a notebook of format 4, and where the copy cannot be written.
    """
    path = Path(path)
    notebook, before = _read(path)
    to = path.with_name(f"{path.stem}-frozen.ipynb") if to is None else Path(to)
    views = blank = 0
    for cell in notebook["cells"]:
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            if data.pop(VIEW, None) is None:
                continue
            views += 1
            output.get("metadata", {}).pop(VIEW, None)
            if not SHOWN & data.keys():
                blank += 1
                data["text/html"] = GONE
    notebook.get("metadata", {}).pop("widgets", None)
    written = (json.dumps(notebook, indent=1, ensure_ascii=False) + "\n").encode()
    with or_refused(to), atomically(to) as part:
        part.write_bytes(written)
    leaks = tuple(leaks_of(notebook, str(to), known=keys_at_hand()))
    return Frozen(to, views, blank, before, len(written), leaks)


def _read(path: Path) -> tuple[dict[str, Any], int]:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror or error}. Is the name right?") from error
    try:
        notebook = json.loads(raw)
    except (ValueError, RecursionError):
        notebook = None
    if not isinstance(notebook, dict) or notebook.get("nbformat") != 4 or not isinstance(notebook.get("cells"), list):
        raise ConfigError(f"{path} is not a notebook of format 4. Save it from JupyterLab, which brings it up to date.")
    if not all(isinstance(cell, Mapping) for cell in notebook["cells"]):
        raise ConfigError(f"{path} has cells that are no objects; it is damaged.")
    return notebook, len(raw)
