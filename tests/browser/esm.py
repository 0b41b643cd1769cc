"""A widget's own JavaScript in Chromium, without a kernel: the test is the Python behind it."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

SHIM = Path(__file__).with_name("esm.js")
ADDRESS = "http://localhost/"
"""Answered by the test itself; a loopback name, so that the page may do what a real one may."""

BLANK = '<!doctype html><html lang="en"><meta charset="utf-8"><title>widget</title><body><div id="widget"></div></body>'


class Harness:
    """A widget that is on the screen, and both ends of its wire."""

    def __init__(self, page: Page) -> None:
        self.page = page
        """The page; the widget is in `#widget`."""
        self.errors: list[str] = []
        """What was thrown in the page and caught by nobody."""
        page.on("pageerror", lambda error: self.errors.append(error.message))

    def show(self, esm: str, css: str, state: Mapping[str, Any]) -> None:
        """Load the module into a blank page and let it draw."""
        self.page.route(f"{ADDRESS}**", lambda route: route.fulfill(body=BLANK, content_type="text/html"))
        self.page.add_init_script(path=SHIM)
        self.page.goto(ADDRESS)
        self.page.add_style_tag(content=css)
        self.page.evaluate("([esm, state]) => window.host.start(esm, state)", [esm, _encoded(state)])

    def get(self, name: str) -> Any:
        """A value as Python has it: what JavaScript set is there once it has called `save_changes`."""
        return self.page.evaluate("name => window.host.python[name]", name)

    def set(self, name: str, value: Any) -> None:
        """Set a value as Python does; the widget hears `change:`."""
        self.page.evaluate("state => window.host.receive(state)", _encoded({name: value}))

    def emit(self, message: Any, buffers: Sequence[bytes] = ()) -> None:
        """Send a custom message from Python to the widget."""
        self.page.evaluate(
            "([message, buffers]) => window.host.emit(message, buffers)", [message, [_text(data) for data in buffers]]
        )

    @property
    def sent(self) -> list[Any]:
        """The custom messages from the widget to Python, oldest first."""
        return self.page.evaluate("() => window.host.sent.map(message => message.content)")

    def buffers(self, index: int) -> list[bytes]:
        """The bytes that went along with one of `sent`."""
        found = self.page.evaluate("index => window.host.sent.at(index).buffers", index)
        return [base64.b64decode(data) for data in found]

    def wait_for_sent(self, count: int = 1) -> list[Any]:
        """`sent`, as soon as it holds so many messages."""
        self.page.wait_for_function("count => window.host.sent.length >= count", arg=count)
        return self.sent

    def wait_for(self, name: str, value: Any) -> None:
        """Wait until Python has this value."""
        self.page.wait_for_function(
            "([name, value]) => JSON.stringify(window.host.python[name]) === JSON.stringify(value)", arg=[name, value]
        )

    def remove(self) -> list[str]:
        """Take the widget off the screen; returns the events that it still listens to, which should be none."""
        return self.page.evaluate("() => window.host.remove().then(() => window.host.listening())")


def _encoded(state: Mapping[str, Any]) -> dict[str, Any]:
    return {name: {"base64": _text(value)} if isinstance(value, bytes) else value for name, value in state.items()}


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
