"""What holds for every test is itself seen to hold."""

from __future__ import annotations

import asyncio
import os
import socket

import pytest

from tests.conftest import TogetherScheduling


def test_no_test_reaches_another_machine():
    with pytest.raises(RuntimeError, match=r"reached for 192\.0\.2\.1:80"):
        socket.create_connection(("192.0.2.1", 80), timeout=1)


def test_nor_does_it_from_an_event_loop():
    with pytest.raises(RuntimeError, match="stay on this machine"):
        asyncio.run(asyncio.open_connection("192.0.2.1", 80))


def test_this_machine_is_within_reach():
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=5).close()


def test_each_test_has_a_home_and_no_key(home):
    assert os.environ["SORA_NB_HOME"] == str(home)
    assert not [name for name in os.environ if name.endswith("_API_KEY")]


@pytest.mark.parametrize(
    ("test", "group"),
    [
        ("tests/browser/test_panel.py::test_it_opens", "browser"),
        ("notebooks/01-start::ipynb::Cell 3", "notebooks/01-start"),
        ("tests/test_models.py::test_a", "tests/test_models.py::test_a"),
    ],
)
def test_what_belongs_together_stays_together(test, group):
    assert TogetherScheduling.__dict__["_split_scope"](None, test) == group
