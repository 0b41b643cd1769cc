"""A clock that is set by hand, and pictures that are a line of JSON."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from sora_nb.errors import VideoFileError

DEADLINE_S = 20


class Clock:
    """Seconds since 1970, going only when told to."""

    def __init__(self, now: float = 1_700_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


class Sprite:
    """What was cut out of which clip."""

    def __init__(self, facts: dict[str, Any]) -> None:
        self.facts = facts

    def save(self, path: Path) -> None:
        path.write_text(json.dumps(self.facts))

    @classmethod
    def load(cls, path: Path) -> Sprite:
        return cls(json.loads(path.read_text()))


class Pictures:
    """Stands in for `sora_nb.simulator.pictures`: fast, and what it was asked for can be read back."""

    Sprite = Sprite

    def __init__(self) -> None:
        self.allowed = threading.Event()
        self.allowed.set()
        self.renders = 0

    def render(self, path: Path, prompt: str, *, progress: Callable[[float], None], **asked: Any) -> None:
        self.renders += 1
        while not self.allowed.wait(0.005):
            progress(0.5)
        if "impossible" in prompt:
            raise RuntimeError("no such colour")
        asked["characters"] = [sprite.facts for sprite in asked["characters"]]
        asked["opening"] = [picture.read_bytes().decode() for picture in asked["opening"]]
        path.write_text(json.dumps({"prompt": prompt, **asked}))

    def cut_sprite(self, clip: Path, start: float = 0, end: float | None = None) -> Sprite:
        if clip.read_bytes().startswith(b"text"):
            raise VideoFileError("This is text.")
        return Sprite({"clip": clip.read_bytes()[:40].decode(errors="replace"), "start": start, "end": end})

    def still(self, data: bytes) -> tuple[bytes, tuple[int, int]] | None:
        """A picture is a text such as `1280x720 of Ada`."""
        size = re.match(rb"(\d+)x(\d+) of ", data)
        return (data, (int(size[1]), int(size[2]))) if size else None

    def check_clip(self, data: bytes) -> None:
        if data.startswith(b"text"):
            raise VideoFileError("This is text.")

    def as_avi(self, video: Path) -> bytes:
        return b"avi of " + video.read_bytes()

    def thumbnail(self, video: Path) -> bytes:
        return b"thumbnail of " + video.read_bytes()

    def spritesheet(self, video: Path) -> bytes:
        return b"sheet of " + video.read_bytes()

    CLIPS = ("hero", "showcase", "cat", "walk")

    def sample(self, folder: Path, name: str) -> Path:
        folder.mkdir(exist_ok=True)
        path = folder / f"{name}.mp4"
        path.write_bytes(f"sample {path.name}".encode())
        return path


def probe(path: Path) -> SimpleNamespace:
    """Every sample lasts 12 s."""
    return SimpleNamespace(path=path, duration=12.0)


def until(condition: Callable[[], bool]) -> None:
    """Wait for what another thread is about to do."""
    deadline = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.002)
