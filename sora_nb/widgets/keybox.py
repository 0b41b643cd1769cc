"""A box to type a key into: it goes to the kernel in one message, and is in nothing that is saved."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import anywidget
import traitlets

from sora_nb.errors import MissingKeyError
from sora_nb.html import Html, element
from sora_nb.widgets import assets
from sora_nb.widgets.bundle import with_static

NO_KEY = "That is no key: it is empty, or holds a space or a letter that no key has."


class KeyBox(anywidget.AnyWidget):
    """A masked field for the key of *service*: `box = KeyBox("openrouter")`, then `Studio(..., api_key=box)`.

    The key lives in the kernel's memory alone. No trait holds it, since traits are saved into notebooks; `has_key`
    says that there is one. Until it is typed in, nothing is sent.
    """

    _esm = assets.module("keybox/keybox.js")
    _css = assets.style()

    service = traitlets.Unicode().tag(sync=True)
    """What the key is for. Python to browser."""
    has_key = traitlets.Bool(False).tag(sync=True)
    """Is there one? Python to browser."""
    said = traitlets.Unicode("").tag(sync=True)
    """What was wrong with what was typed last, or nothing. Python to browser."""

    def __init__(self, service: str = "the service") -> None:
        self._reveal: Callable[[], str | None] = lambda: None
        super().__init__(service=service)
        self.on_msg(self._hear)

    def __call__(self) -> str:
        """The key, for the one who puts it into a header. Raises `MissingKeyError` where none was typed in."""
        key = self._reveal()
        if key is None:
            raise MissingKeyError(f"The key box for {self.service} is empty. Type the key into it, then ask again.")
        return key

    def clear(self) -> None:
        """Forget the key."""
        self._reveal = lambda: None
        self.has_key, self.said = False, ""

    def _hear(self, _widget: object, content: Any, _buffers: object) -> None:
        kind = content.get("kind") if isinstance(content, dict) else None
        if kind == "key":
            self._keep(str(content.pop("key", "")).strip())
        elif kind == "forget":
            self.clear()

    def _keep(self, given: str) -> None:
        if not given or not given.isascii() or not given.isprintable() or " " in given:
            self.said = NO_KEY
            return
        self._reveal = lambda: given
        self.has_key, self.said = True, ""

    def __repr__(self) -> str:
        return f"<KeyBox for {self.service}: {'there is a key' if self.has_key else 'empty'}>"

    def _static(self) -> Html:
        state = "was typed in; it is not in this notebook" if self.has_key else "is not there"
        return element("div", f"The key for {self.service} {state}.", style="font:13px/20px system-ui,sans-serif")

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        return with_static(super()._repr_mimebundle_(**kwargs), self._static)
