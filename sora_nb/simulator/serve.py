"""The simulator behind a real socket."""

from __future__ import annotations

import socket
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import uvicorn

from sora_nb.errors import ConfigError
from sora_nb.simulator.app import PLAYED, create_app
from sora_nb.simulator.faults import Faults, Keys
from sora_nb.simulator.hosts import LOOPBACK
from sora_nb.simulator.profiles import PROFILES
from sora_nb.simulator.world import World

PORT = 8750


def serve(
    host: str = "127.0.0.1",
    port: int = PORT,
    *,
    speed: float = 1.0,
    seed: int = 0,
    profile: str = "default",
    folder: Path | None = None,
    exposed: bool = False,
    keys: Keys | None = None,
    announce: Callable[[str], None],
) -> None:
    """Serve until interrupted. *announce* is given the address first, then what it is.

    Port 0 is any free one. Without a *folder* nothing is kept. Hosts other than this machine's own are refused
    unless *exposed*, since any key is accepted and anyone could fill the disk. With *keys*, the meaning of a
    repeated key, it misbehaves as `POST /faults` plans it. *profile* is a temper of the world, `default` or
    `strict`, or a server to play, such as `vllm-omni`.
    """
    if profile not in (*PROFILES, *PLAYED):
        raise ConfigError(f"There is no profile {profile!r}. Choose one of {', '.join((*PROFILES, *PLAYED))}.")
    if host not in LOOPBACK and not exposed:
        raise ConfigError(f"{host} is not a loopback address, and any key opens the simulator. Use 127.0.0.1.")
    with ExitStack() as stack:
        listener = stack.enter_context(_listen(host, port))
        if folder is None:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sora-nb-simulator-")))
        _make(folder)
        faults = None if keys is None else Faults(keys=keys)
        clock = time.time if faults is None else faults.clock
        played, temper = (profile, "default") if profile in PLAYED else (None, profile)
        world = stack.enter_context(World(folder, seed=seed, speed=speed, profile=temper, clock=clock))
        app = create_app(world, hosts=LOOPBACK | {host}, faults=faults, played=played)
        shown = f"[{host}]" if ":" in host else host
        announce(f"http://{shown}:{listener.getsockname()[1]}")
        announce(f"sora_nb simulator: drawn pictures, pretend money, any key. Files: {folder}")
        config = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False, lifespan="off")
        uvicorn.Server(config).run(sockets=[listener])


def _listen(host: str, port: int) -> socket.socket:
    if not 0 <= port <= 65535:
        raise ConfigError(f"{port} is not a port; they go from 1 to 65535, and 0 is any free one.")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise ConfigError(f"{host}:{port} cannot be listened on: {error.strerror}. Try --port 0.") from error


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"Nothing can be kept in {folder}: {error.strerror}. Name a folder of your own.") from error
