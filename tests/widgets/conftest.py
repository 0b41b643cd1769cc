"""What the widgets' tests share: clips, a studio without a service, and what a widget says to its page."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.clips import make_clip


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """Ten seconds at 24 frames a second."""
    return make_clip(tmp_path / "clip.mp4", 240, 24)


class Said(list[tuple[dict[str, Any], list[bytes]]]):
    """The messages of a widget, oldest first; `until` waits for one."""

    def __init__(self) -> None:
        super().__init__()
        self._arrived = threading.Condition()

    def send(self, content: dict[str, Any], buffers: list[bytes] | None = None) -> None:
        with self._arrived:
            self.append((content, buffers or []))
            self._arrived.notify_all()

    def until(self, kind: str, timeout: float = 20) -> tuple[dict[str, Any], list[bytes]]:
        """The newest message of that kind, as soon as there is one."""
        with self._arrived:
            assert self._arrived.wait_for(lambda: self._of(kind), timeout), f"no {kind} among {self.kinds}"
            return self._of(kind)[-1]

    @property
    def kinds(self) -> list[str]:
        return [content["kind"] for content, _ in self]

    def _of(self, kind: str) -> list[tuple[dict[str, Any], list[bytes]]]:
        return [message for message in self if message[0]["kind"] == kind]


@pytest.fixture
def said() -> Said:
    return Said()


@pytest.fixture
def until() -> Callable[[Any, str, Callable[[Any], bool]], Any]:
    """Wait until a trait is as a test wants it, and give its value."""

    def wait(widget: Any, name: str, right: Callable[[Any], bool], timeout: float = 20) -> Any:
        changed = threading.Event()
        widget.observe(lambda _change: changed.set(), name)
        while not right(getattr(widget, name)):
            assert changed.wait(timeout), f"{name} is still {getattr(widget, name)!r}"
            changed.clear()
        return getattr(widget, name)

    return wait
