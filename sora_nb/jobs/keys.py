"""A key that can be used and cannot be seen."""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from sora_nb.errors import MissingKeyError

KEYRING = "sora_nb"
"""The name that keys are kept under in the operating system's keyring."""

SAFE_KEYRINGS = tuple(
    f"keyring.backends.{name}" for name in ("macOS", "Windows", "SecretService", "libsecret", "kwallet")
)
"""The modules that speak to an operating system's own store."""


class Key:
    """Holds how to get a key, never shows it: every text form is `***`, and it will not be pickled or copied."""

    __slots__ = ("_reveal", "source")

    def __init__(self, reveal: Callable[[], str | None], source: str) -> None:
        self._reveal = reveal
        self.source = source
        """Where it comes from, in words."""

    def reveal(self) -> str | None:
        """The key itself, for the one place that puts it into a header."""
        return self._reveal()

    def __repr__(self) -> str:
        return f"<Key *** from {self.source}>"

    __str__ = __repr__

    def __format__(self, _spec: str) -> str:
        return repr(self)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key is not copied or written; make a Studio where it is needed instead")


def find_key(
    api_key: str | Callable[[], str | None] | None,
    names: Sequence[str],
    *,
    needed: bool,
    service: str,
    may_ask: bool = True,
) -> Key | None:
    """The key to use, from the first of these that has one.

    The argument; the secrets of Google Colab and then the environment, under each of *names*; the keyring of the
    operating system, where the optional package `keyring` is there, as user *service* of `sora_nb`; the person in
    front, once, where one can be asked and *may_ask*. The last two only where a key is *needed*. A function given
    as *api_key* is asked anew for each request, so that a token may change; one that asks a person is asked once.

    Raises `MissingKeyError` where one is needed and none is there.
    """
    if callable(api_key):
        return _from_function(api_key, service, needed=needed)
    if api_key is not None:
        return _held(api_key, "the argument api_key")
    for name in names:
        if given := _colab_secret(name):
            return _held(given, f"the Colab secret {name}")
    for name in names:
        if os.environ.get(name, "").strip():
            return Key(lambda name=name: os.environ.get(name, "").strip(), f"the environment variable {name}")  # type: ignore[misc]
    if not needed:
        return None
    if given := _keyring_password(service):
        return _held(given, "the keyring")
    if may_ask and (given := _asked(service)):
        return _held(given, "the person in front")
    raise MissingKeyError(
        f"{service} wants a key and none was found. Set the environment variable {' or '.join(names)} before "
        f"starting the kernel, keep one with `keyring set {KEYRING} {service}`, or pass api_key=, best as a function "
        "such as getpass.getpass or as a box to type it into, KeyBox()."
    )


def _from_function(function: Callable[[], str | None], service: str, *, needed: bool) -> Key:
    if function in (getpass.getpass, input):
        return _held(function() or "", "the person in front")

    def reveal() -> str | None:
        key = function()
        if needed and not (key or "").strip():
            raise MissingKeyError(f"The function given as api_key= has no key for {service}. Nothing was sent.")
        return key

    return Key(reveal, "the function given")


def _held(key: str, source: str) -> Key:
    given = key.strip()
    return Key(lambda: given, source)


def _colab_secret(name: str) -> str | None:
    # A Colab kernel has the package loaded from the start; elsewhere one of that name is nobody's.
    if "google.colab" not in sys.modules:
        return None
    try:
        from google.colab import userdata

        return str(userdata.get(name) or "").strip() or None
    except Exception:  # there is no such secret, or this notebook may not read it, each a class of Colab's own
        return None


def _keyring_password(service: str) -> str | None:
    try:
        import keyring
    except ImportError:
        return None
    try:
        if not _keeps_safe(keyring.get_keyring()):
            return None
        return (keyring.get_password(KEYRING, service) or "").strip() or None
    except Exception:  # locked, or no one there to unlock it: each system has its own errors
        return None


def _keeps_safe(backend: Any) -> bool:
    """Is it the operating system's own store? Others may be a plain file."""
    parts = getattr(backend, "backends", None) or [backend]
    return all(type(part).__module__.startswith(SAFE_KEYRINGS) for part in parts)


def _asked(service: str) -> str | None:
    # While a cell runs, a kernel puts a method of its own in the place of getpass.
    in_notebook = hasattr(getpass.getpass, "__self__")
    if not in_notebook and not (sys.stdin is not None and sys.stdin.isatty()):
        return None
    try:
        return getpass.getpass(f"Key for {service} (it is neither shown nor written down): ").strip() or None
    except (NotImplementedError, EOFError):  # nobody is there to type, as when a notebook runs by itself
        return None
