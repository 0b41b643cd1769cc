"""Which service is meant, at whose prices, and the way to it: from what a person says to a connection of the engine."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from numbers import Real
from pathlib import Path
from typing import Any

from sora_nb.dialects import Service, service_for
from sora_nb.dialects.prices import with_prices
from sora_nb.errors import ConfigError
from sora_nb.jobs import Engine, find_key
from sora_nb.library import JobRow, Library
from sora_nb.library.prices import read_prices

ApiKey = str | Callable[[], str | None] | None

Prices = Mapping[str, Any] | str | Path | None

TWO_WAYS = (
    "No service is named. There are two ways to begin:\n"
    '  Studio("simulator")                                  offline and free; the videos are drawn, not generated\n'
    '  Studio("openai", base_url="http://localhost:8000/v1")  a server that you or your lab runs\n'
    "SORA_NB_SERVICE and SORA_NB_BASE_URL in the environment do the same."
)


KINDS: Mapping[str, tuple[tuple[Any, ...], str]] = {
    "service": ((str, Service), 'a name such as "simulator", an address, or a Service'),
    "dialect": ((str,), 'a name such as "openai"'),
    "base_url": ((str,), 'an address such as "http://localhost:8000/v1"'),
    "profile": ((str,), 'the name of a server such as "vllm-omni"'),
    "api_key": ((str, Callable), "text, or a function that gives it, such as getpass.getpass"),
    "library": ((str, os.PathLike), "a folder, or the address of a database"),
    "folder": ((str, os.PathLike), "a folder"),
    "prices": ((Mapping, str, os.PathLike), 'a table such as {"wan": 0.02}, or the path of one'),
    "speed": ((Real,), "a number above 0, such as 2"),
}
"""What each argument of a studio may be, and the words for it."""


def require_kinds(**given: object) -> None:
    """Raise `ConfigError` for an argument of a studio that is something else; None is always allowed."""
    for name, value in given.items():
        kinds, words = KINDS[name]
        if value is not None and not isinstance(value, kinds):
            # What stands for a key is never shown.
            shown = f"of type {type(value).__name__}" if name == "api_key" else repr(value)
            raise ConfigError(f"{name}= is {words}, not {shown}.")


def choose(service: str | Service | None, dialect: str | None, base_url: str | None, profile: str | None) -> Service:
    """The service that is meant; the environment is asked where nothing is said. Raises `ConfigError`."""
    if isinstance(service, Service):
        if dialect or base_url or profile:
            raise ConfigError(
                f"The service {service.name} says itself where it is and what is spoken there. Leave dialect=, "
                "base_url= and profile= out, or say them where the service is made."
            )
        return service
    if service is None and base_url is None:
        service, base_url = os.environ.get("SORA_NB_SERVICE"), os.environ.get("SORA_NB_BASE_URL")
    service = service or base_url
    if service is None:
        raise ConfigError(TWO_WAYS)
    return service_for(service, dialect=dialect, base_url=base_url, profile=profile)


def service_of(row: JobRow) -> Service:
    """Where a job was sent: the simulator in the temper it had then, or whatever answers at the address."""
    name = "simulator" if row.simulated else row.service
    return service_for(name, dialect=row.dialect, base_url=row.base_url)


def priced(service: Service, prices: Prices, library: Library) -> Service:
    """The service with the user's prices over its own. Raises `ConfigError` for what is no price."""
    if isinstance(prices, (str, Path)):
        prices = read_prices(Path(prices).expanduser(), service.name)
    table = library.prices(service.name) if prices is None else prices
    return with_prices(service, table) if table else service


def connect(
    engine: Engine, service: Service, api_key: ApiKey, *, speed: float | None = None, may_ask: bool = True
) -> None:
    """Let the engine know the way to *service*. Raises `MissingKeyError` where it wants a key and there is none."""
    app = None
    if in_process(service):
        from sora_nb.simulator import local_app

        app = local_app(engine.library.folder / "simulator", speed)
    if service.capabilities.simulated:
        api_key = api_key or "simulated"  # it wants a key as the real ones do, and takes any
    needed = service.capabilities.needs_key
    engine.connect(
        service, find_key(api_key, service.key_names, needed=needed, service=service.name, may_ask=may_ask), app
    )


def in_process(service: Service) -> bool:
    """Is it the simulator of this process?"""
    return (service.base_url or "").startswith("simulator:")
