"""The Python that a button of the panel stands for, so that it can be taken into a cell."""

from __future__ import annotations

from typing import Any

from sora_nb.timerange import plain
from sora_nb.widgets.planning import Form


def generate_line(form: Form) -> str:
    """The line that asks for the same takes: one generation, or a sweep."""
    axes = form.axes
    several = len(list(form.points())) > 1
    if not several:
        prompt, options, _ = next(form.points())
        return f"studio.generate({prompt!r}{_arguments(options)})"
    return f"studio.sweep({form.template!r}{_arguments(axes)}).run()"


def source_text(source: Any) -> str:
    """A source as it would be written in Python, without what may be secret in an address."""
    if isinstance(source, str) and source.lower().startswith(("http://", "https://")):
        return repr(source) if "?" not in source else "url"
    return repr(str(getattr(source, "id", source)))


def _arguments(named: dict[str, Any]) -> str:
    return "".join(f", {name}={_value(value)}" for name, value in named.items())


def _value(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    return plain(value) if isinstance(value, float) else repr(value)
