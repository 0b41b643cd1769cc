"""The simulator of this process: one world for each folder, whoever asks."""

from __future__ import annotations

import threading
from pathlib import Path

from starlette.applications import Starlette

from sora_nb.simulator.app import create_app
from sora_nb.simulator.world import World, above_zero

_WORLDS: dict[Path, World] = {}
_LOCK = threading.Lock()


def local_app(folder: Path, speed: float | None = None) -> Starlette:
    """The service over the world in *folder*, which outlives the kernel. A *speed* of None leaves it as it is."""
    with _LOCK:
        world = _WORLDS.get(folder)
        if world is None:
            world = _WORLDS[folder] = World(folder, speed=1.0 if speed is None else speed)
        elif speed is not None:
            world.speed = above_zero(speed)
        return create_app(world)
