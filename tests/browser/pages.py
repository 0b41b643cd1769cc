"""A widget in a page with its own Python behind it, in this process. Nothing is faked but the wire.

A widget draws what has changed with the page's next picture, so whoever looks at once may see the one before:
`until`, `press` and `drag` return when that picture is drawn. `--late-frames` finds a test that looks too early.
"""

from __future__ import annotations

import queue
import time
from collections.abc import Callable
from typing import Any

from tests.browser.esm import Harness
from tests.browser.jupyter import NotebookPage

POLL_MS = 10


class LivePage:
    """The page of a widget, and the widget that answers it. `until` keeps both talking while it waits."""

    def __init__(self, show: Callable[..., Harness], widget: Any) -> None:
        self.widget = widget
        self._heard = 0
        self._outgoing: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        names = [name for name in widget.keys if not name.startswith("_") and name not in NOT_OURS]
        widget.send = self._send
        widget._feed._send = self._send
        if (uploads := getattr(widget, "_uploads", None)) is not None:
            uploads._send = self._send
        widget.observe(self._changed, names)
        self.harness = show(str(widget._esm), str(widget._css), widget.get_state(names))
        self._last = {name: self.harness.get(name) for name in names}

    @property
    def page(self) -> Any:
        return self.harness.page

    def until(self, holds: Callable[[], Any], timeout_ms: int = 20_000) -> Any:
        """Carry messages to and fro until something holds and is drawn, and return it."""
        late = time.monotonic() + timeout_ms / 1000
        while time.monotonic() < late:
            self.carry()
            if value := holds():
                self.drawn()
                return value
            self.page.wait_for_timeout(POLL_MS)
        raise AssertionError(f"Still {holds()!r} after {timeout_ms / 1000} s; {self.widget!r}")

    def drawn(self) -> None:
        """Wait for the pictures in which the page shows what it knows by now, and what drawing that has asked for."""
        self.page.evaluate(
            "() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(() => drawn())))"
        )

    def carry(self) -> None:
        """Bring what either side has said to the other."""
        while not self._outgoing.empty():
            self._outgoing.get()()
        # What the page saves at once arrives at once.
        python, sent = self.page.evaluate("() => [window.host.python, window.host.sent.map(({ content }) => content)]")
        news = {name: python.get(name) for name in self._last if python.get(name) != self._last[name]}
        self._last |= news
        if news:
            self.widget.set_state(news)
        for content in sent[self._heard :]:
            buffers = [memoryview(data) for data in self.harness.buffers(self._heard)]
            self._heard += 1
            self.widget._handle_custom_msg(content, buffers)

    def _send(self, content: dict[str, Any], buffers: list[bytes] | None = None) -> None:
        self._outgoing.put(lambda: self.harness.emit(content, buffers or []))

    def _changed(self, change: Any) -> None:
        value = self.widget.get_state([change.name])[change.name]

        def tell() -> None:
            told = list(value) if isinstance(value, tuple) else value
            if self._last[change.name] != told:
                self._last[change.name] = told
                self.harness.set(change.name, told)

        self._outgoing.put(tell)


def commands_from_now_on(book: NotebookPage) -> Callable[[], list[str]]:
    """Listen to Jupyter; what is returned tells which of its commands have run since."""
    book.page.evaluate(
        """() => {
            window.ran = [];
            window.jupyterapp.commands.commandExecuted.connect((_, { id }) => window.ran.push(id));
        }"""
    )
    return lambda: book.page.evaluate("() => window.ran")


NOT_OURS = frozenset({"layout", "tabbable", "tooltip", "comm"})
"""What every ipywidget has and no page of ours reads."""
