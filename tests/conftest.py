"""What holds for every test: no network, no key and no library but its own."""

from __future__ import annotations

import getpass
import ipaddress
import os
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

from sora_nb.simulator import pictures
from sora_nb.simulator.pictures import samples
from tests.postgres import MISSING, Server, find_postgres
from tests.shelves import KINDS, Shelf, new_shelf

# The gate runs on two shared cores, where a time limit per example says nothing about the code.
settings.register_profile("sora_nb", deadline=None)
settings.load_profile("sora_nb")

_BROWSER_TESTS = Path(__file__).parent / "browser"
_HOME = pytest.StashKey[tempfile.TemporaryDirectory[str]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """What a run may be asked for besides."""
    parser.addoption(
        "--late-frames",
        type=int,
        metavar="MS",
        help="pages draw so many milliseconds later: shows which browser test looks before what it waits for is drawn",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Give the whole run a home of its own, notebooks and servers included."""
    config.stash[_HOME] = tempfile.TemporaryDirectory(prefix="sora-nb-tests-")
    os.environ["SORA_NB_HOME"] = config.stash[_HOME].name
    for name in [name for name in os.environ if name.endswith("_API_KEY")]:
        del os.environ[name]


def pytest_unconfigure(config: pytest.Config) -> None:
    """Take the home away again."""
    config.stash[_HOME].cleanup()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what drives a browser, so that nobody has to; leave out what has to be fetched, unless it is asked for."""
    asked_for = "foreign" in (config.getoption("markexpr") or "")
    for item in items:
        if item.path.is_relative_to(_BROWSER_TESTS):
            item.add_marker(pytest.mark.browser)
        if item.get_closest_marker("foreign") is not None and not asked_for:
            item.add_marker(pytest.mark.skip(reason="it fetches a program from elsewhere; pytest -m foreign runs it"))


class TogetherScheduling(LoadScopeScheduling):
    """Keeps on one worker what belongs together: the browser's tests, and the cells of a notebook.

    Every other test goes to whoever is free. `--dist loadgroup` is not used for this: it writes its groups
    into the tests' ids, which pytest 9.2 no longer lets it, and then it silently groups nothing.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        if file.startswith("tests/browser/"):
            return "browser"
        return file if file.startswith("notebooks/") else nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Share the tests out among the workers of `-n`."""
    return TogetherScheduling(config, log)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that the test's library lives in."""
    folder = tmp_path / "home"
    monkeypatch.setenv("SORA_NB_HOME", str(folder))
    return folder


@pytest.fixture(autouse=True)
def nobodys_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep a developer's keyring out of it, and their terminal."""

    def nobody(prompt: str = "", stream: Any = None) -> str:
        raise NotImplementedError(f"A test asked: {prompt}")

    monkeypatch.setitem(sys.modules, "keyring", None)
    monkeypatch.setattr(getpass, "getpass", nobody)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL for the run. Without one its tests are skipped, but for CI, which has to have one."""
    programs = find_postgres()
    if programs is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(MISSING)
    server = Server(programs)
    yield server
    server.close()


@pytest.fixture(params=KINDS)
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shelf]:
    """A place for a library in a file, and then for the same in PostgreSQL."""
    shelf = new_shelf(request.param, tmp_path / "library", lambda: request.getfixturevalue("postgres"))
    yield shelf
    shelf.close()


@pytest.fixture
def small_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the simulator draw what is asked, only smaller: for tests of the conversation, not of the pictures."""
    draw = pictures.render

    def small(path: Path, prompt: str, **asked: Any) -> None:
        draw(path, prompt, **{**asked, "size": (192, 108), "fps": 8})

    monkeypatch.setattr(pictures, "render", small)
    monkeypatch.setattr(samples, "SIZE", (320, 180))


@pytest.fixture(autouse=True)
def loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail a test that reaches for any machine but this one."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def checked(original: Any) -> Any:
        def call(self: socket.socket, address: Any) -> Any:
            if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_loopback(address[0]):
                self.close()  # the caller expects an OSError and would leave it open
                raise RuntimeError(f"A test reached for {address[0]}:{address[1]}; tests stay on this machine.")
            return original(self, address)

        return call

    monkeypatch.setattr(socket.socket, "connect", checked(connect))
    monkeypatch.setattr(socket.socket, "connect_ex", checked(connect_ex))


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
