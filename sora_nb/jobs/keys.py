"""A key that can be used and cannot be seen."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import NoReturn

from sora_nb.errors import MissingKeyError


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
    api_key: str | Callable[[], str | None] | None, names: Sequence[str], *, needed: bool, service: str
) -> Key | None:
    """The key to use: the argument, then the environment variables *names* in order.

    Raises `MissingKeyError` where one is *needed* and none is there.
    """
    if callable(api_key):
        return Key(api_key, "the function given")
    if api_key is not None:
        given = api_key.strip()
        return Key(lambda: given, "the argument api_key")
    for name in names:
        if os.environ.get(name, "").strip():
            return Key(lambda name=name: os.environ.get(name, "").strip(), f"the environment variable {name}")  # type: ignore[misc]
    if not needed:
        return None
    raise MissingKeyError(
        f"{service} wants a key and none was found. Set the environment variable {' or '.join(names)} before "
        "starting the kernel, or pass api_key=, best as a function such as getpass.getpass."
    )
