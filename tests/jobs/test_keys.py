"""Where a key comes from, in which order, and that it is seen nowhere."""

from __future__ import annotations

import copy
import getpass
import logging
import pickle
import sys
import traceback
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from jupyter_client.manager import start_new_kernel

from sora_nb.errors import MissingKeyError
from sora_nb.jobs.keys import Key, find_key

CANARY = "sk-c4n4ry-7h1s-1s-s3cr37"
NAMES = ("SORA_API_KEY", "LAB_API_KEY")


def key(given: Any = None, *, needed: bool = True, may_ask: bool = True) -> Key | None:
    return find_key(given, NAMES, needed=needed, service="lab", may_ask=may_ask)


def revealed(given: Any = None, **how: bool) -> tuple[str | None, str]:
    found = key(given, **how)
    assert found is not None
    return found.reveal(), found.source


class Kernel:
    """What stands in the place of getpass while a cell runs."""

    def __init__(self, answer: str | None) -> None:
        self.answer = answer
        self.asked: list[str] = []

    def getpass(self, prompt: str = "") -> str:
        self.asked.append(prompt)
        if self.answer is None:
            raise NotImplementedError("this front end does not support input requests")
        return self.answer


@pytest.fixture
def colab(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    secrets: dict[str, str] = {}

    def get(name: str) -> str:
        if name not in secrets:
            raise RuntimeError(f"Secret {name} does not exist.")  # a class of Colab's own
        return secrets[name]

    module = ModuleType("google.colab")
    module.userdata = SimpleNamespace(get=get)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "google", ModuleType("google"))
    monkeypatch.setitem(sys.modules, "google.colab", module)
    return secrets


def backend(module: str, **facts: Any) -> Any:
    return type("Keyring", (), {"__module__": module, **facts})()


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    kept: dict[tuple[str, str], str] = {}
    fake = SimpleNamespace(kept=kept, backend=backend("keyring.backends.macOS"))
    module = ModuleType("keyring")
    module.get_keyring = lambda: fake.backend  # type: ignore[attr-defined]
    module.get_password = lambda service, user: kept.get((service, user))  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", module)
    return fake


def test_the_first_that_has_one_is_taken(
    monkeypatch: pytest.MonkeyPatch, colab: dict[str, str], keyring: SimpleNamespace
) -> None:
    kernel = Kernel("from-the-person")
    monkeypatch.setattr(getpass, "getpass", kernel.getpass)
    assert revealed() == ("from-the-person", "the person in front")
    keyring.kept["sora_nb", "lab"] = "from-the-keyring"
    assert revealed() == ("from-the-keyring", "the keyring")
    monkeypatch.setenv("LAB_API_KEY", " from-the-environment ")
    assert revealed() == ("from-the-environment", "the environment variable LAB_API_KEY")
    colab["LAB_API_KEY"] = "from-colab"
    assert revealed() == ("from-colab", "the Colab secret LAB_API_KEY")
    assert revealed(lambda: "from-a-function") == ("from-a-function", "the function given")
    assert revealed(" as-text ") == ("as-text", "the argument api_key")
    assert len(kernel.asked) == 1


def test_nobody_is_asked_where_no_key_is_needed(monkeypatch: pytest.MonkeyPatch, keyring: SimpleNamespace) -> None:
    kernel = Kernel("from-the-person")
    monkeypatch.setattr(getpass, "getpass", kernel.getpass)
    keyring.kept["sora_nb", "lab"] = "from-the-keyring"
    assert key(needed=False) is None
    keyring.kept.clear()
    with pytest.raises(MissingKeyError):
        key(may_ask=False)
    assert kernel.asked == []


def test_nobody_to_ask_is_said_with_every_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(getpass, "getpass", Kernel(None).getpass)
    with pytest.raises(MissingKeyError, match=r"SORA_API_KEY or LAB_API_KEY.*keyring set sora_nb lab.*api_key="):
        key()


@pytest.mark.parametrize(
    "unsafe",
    [
        backend("keyring.backends.fail"),
        backend("keyring.backends.null"),
        backend("keyrings.alt.file"),
        backend("keyring.backends.chainer", backends=[backend("keyring.backends.macOS"), backend("keyrings.alt.file")]),
    ],
)
def test_a_keyring_that_may_be_a_plain_file_is_not_asked(keyring: SimpleNamespace, unsafe: Any) -> None:
    keyring.kept["sora_nb", "lab"] = "from-the-keyring"
    keyring.backend = unsafe
    with pytest.raises(MissingKeyError):
        key()


def test_a_keyring_that_is_locked_is_none(keyring: SimpleNamespace) -> None:
    def locked(_service: str, _user: str) -> str:
        raise OSError("The keyring is locked")

    sys.modules["keyring"].get_password = locked  # type: ignore[attr-defined]
    with pytest.raises(MissingKeyError):
        key()


def test_a_function_that_asks_a_person_is_asked_once_and_others_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    kernel, tokens = Kernel("typed"), iter(["first", "second"])
    monkeypatch.setattr(getpass, "getpass", kernel.getpass)
    typed, token = key(getpass.getpass), key(lambda: next(tokens))
    assert typed is not None and token is not None
    assert [typed.reveal(), typed.reveal(), token.reveal(), token.reveal()] == ["typed", "typed", "first", "second"]
    assert len(kernel.asked) == 1


def test_a_function_without_a_key_stops_the_request_where_one_is_needed() -> None:
    with pytest.raises(MissingKeyError, match="Nothing was sent"):
        revealed(lambda: None)
    assert revealed(lambda: None, needed=False)[0] is None


ASK = """
import sora_nb.errors
from sora_nb.jobs.keys import find_key
try:
    found = find_key(None, ("NO_SUCH_KEY",), needed=True, service="lab")
    print(found, len(found.reveal()))
except sora_nb.errors.MissingKeyError as error:
    print(type(error).__name__)
"""


@pytest.mark.parametrize(
    ("front", "told"),
    [(True, f"<Key *** from the person in front> {len(CANARY)}\n"), (False, "MissingKeyError\n")],
)
def test_a_real_kernel_asks_where_there_is_someone_to_ask(front: bool, told: str) -> None:
    manager, client = start_new_kernel(kernel_name="python3")
    said: list[dict[str, Any]] = []
    try:
        client.execute_interactive(
            ASK,
            allow_stdin=front,
            timeout=120,
            stdin_hook=lambda asked: client.input(CANARY if asked["content"]["password"] else "in the open"),
            output_hook=lambda message: said.append(message["content"]),
        )
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    assert "".join(content.get("text", "") for content in said) == told
    assert CANARY not in repr(said)


def test_a_key_has_no_text_and_no_copy(caplog: pytest.LogCaptureFixture) -> None:
    found = key(CANARY)
    assert found is not None and found.reveal() == CANARY
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("x").debug("the key is %s %r", found, found)
    seen = [repr(found), str(found), f"{found}", f"{found!s:>40}", "%s" % found, caplog.text, repr([found])]  # noqa: UP031
    assert not [text for text in seen if CANARY in text]
    assert not hasattr(found, "__dict__")
    for copied in (lambda: pickle.dumps(found), lambda: copy.copy(found), lambda: copy.deepcopy(found)):
        with pytest.raises(TypeError, match="not copied"):
            copied()
    assert CANARY in repr(found.reveal()), "the check would see it"


def test_a_traceback_with_values_does_not_show_it() -> None:
    found = key(CANARY)
    try:
        assert found is None, "someone looks at what is there"
    except AssertionError as error:
        told = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    assert "found = <Key ***" in told and CANARY not in told
