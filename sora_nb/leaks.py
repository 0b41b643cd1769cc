"""Finds what must not be shared: keys and signed addresses in notebooks and other texts."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PATTERNS: Mapping[str, re.Pattern[str]] = {
    "signed address": re.compile(
        r"(?i)https?://[^\s\"'<>\\]+[?&](?:x-amz-signature|x-amz-credential|x-goog-signature|signature|sig|token)="
        r"([^\s&\"'<>\\]{8,})"
    ),
    "token": re.compile(r"(?<![\w-])(eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,})"),
    "key": re.compile(
        r"(?<![\w-])((?:sk|rk)[-_](?=[\w-]*\d)[\w-]{16,}|hf_\w{20,}|r8_\w{20,}|gsk_\w{20,}|AIza[\w-]{35}(?![\w-])"
        r"|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}:[0-9a-f]{32})"
    ),
    "header": re.compile(r"(?i)\bauthorization[\"']?\s*[:=]\s*[\"']?(?:bearer|basic)\s+([^\s\"'{}$*<\\]{8,})"),
    "password in an address": re.compile(
        r"(?i)\b[a-z][a-z0-9+.-]+://[^\s:/@\"'<>]*:(?!(?:pass|passwd|password|secret|x+)@)([^\s@/\"'<>{}*$\\]{4,})@[\w\[]"
    ),
    "assignment": re.compile(
        r"(?i)\b(?:\w*api[-_]?key|\w*secret|\w*access[-_]?token|password)[\"']?\s*[:=]\s*[rbf]?[\"']"
        r"(?=[^\"']*\d)([^\s\"'{}$*<>\\]{12,})[\"']"
    ),
}
"""What is looked for. The group is the secret itself; words for people, such as `YOUR_KEY`, have no digit in them."""

TEXTS = frozenset(
    {
        *(".cfg", ".csv", ".env", ".htm", ".html", ".ini", ".ipynb", ".js", ".json", ".jsonl", ".log", ".md", ".py"),
        *(".rst", ".sh", ".svg", ".toml", ".txt", ".xml", ".yaml", ".yml"),
    }
)
"""The kinds of files that are read in a folder; a file that is named itself is read whatever it is."""

PASSED_BY = frozenset({".git", ".venv", "node_modules", "__pycache__"})

KEPT_NAME = re.compile(r"(?i)(api_?key|token|secret)$")
"""Environment variables that hold keys: their values are looked for letter by letter."""

SHORTEST = 8
"""A value of fewer letters is a word, not a key."""


@dataclass(frozen=True, slots=True)
class Leak:
    """Something that must not be shared, and where it is. The secret itself is not in it."""

    kind: str
    shown: str
    """Its first letters and its length, enough to find it by."""
    where: str

    def __str__(self) -> str:
        return f"{self.where}: {self.kind} {self.shown}"


def find_leaks(text: str, where: str, *, known: Mapping[str, str] | None = None) -> list[Leak]:
    """Keys and signatures in a text, by their look and by the values of *known* ones."""
    found: dict[str, Leak] = {}
    for name, value in (known or {}).items():
        if value in text:
            found[value] = Leak(f"the value of {name}", _shown(value), where)
    for kind, pattern in PATTERNS.items():
        for match in pattern.finditer(text):
            if not any(match[1] in value for value in found):
                found[match[1]] = Leak(kind, _shown(match[1]), where)
    return list(found.values())


def leaks_in(path: Path, *, known: Mapping[str, str] | None = None) -> Iterator[Leak]:
    """The leaks of a file, or of every text in a folder, saved copies of notebooks included.

    A notebook is read cell by cell, with its outputs and its widgets' state. Raises `OSError` for what cannot be read.
    """
    if path.is_dir():
        for folder, inner, names in os.walk(path):
            inner[:] = sorted(name for name in inner if name not in PASSED_BY)
            for name in sorted(names):
                if Path(name).suffix.lower() in TEXTS or name.startswith(".env"):
                    yield from leaks_in(Path(folder, name), known=known)
        return
    if path.suffix == ".ipynb" and (notebook := _notebook(path)) is not None:
        yield from leaks_of(notebook, str(path), known=known)
        return
    with path.open(encoding="utf-8", errors="replace") as lines:
        for number, line in enumerate(lines, 1):
            yield from find_leaks(line, f"{path}:{number}", known=known)


def leaks_of(notebook: Mapping[str, Any], name: str, *, known: Mapping[str, str] | None = None) -> Iterator[Leak]:
    """The leaks of a notebook that was read already."""
    for number, cell in enumerate(notebook.get("cells") or (), 1):
        if isinstance(cell, Mapping):
            rest = {part: value for part, value in cell.items() if part not in ("source", "outputs")}
            parts = {"source": cell.get("source"), "output": cell.get("outputs"), "metadata": rest}
            for part, value in parts.items():
                yield from find_leaks(_words(value), f"{name}, cell {number}, {part}", known=known)
    for part, value in (notebook.get("metadata") or {}).items():
        yield from find_leaks(_words(value), f"{name}, metadata, {part}", known=known)


def keys_at_hand() -> dict[str, str]:
    """The keys that the environment of this process holds, by their variables' names."""
    return {name: value for name, value in os.environ.items() if KEPT_NAME.search(name) and len(value) >= SHORTEST}


def _notebook(path: Path) -> Mapping[str, Any] | None:
    try:
        read = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        return None
    return read if isinstance(read, Mapping) and isinstance(read.get("cells"), list) else None


def _words(value: Any) -> str:
    """Every text in a piece of JSON; the lines of one that was cut into lines are put together."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        cut = all(isinstance(one, str) for one in value)
        return ("" if cut else "\n").join(map(_words, value))
    if isinstance(value, Mapping):
        return "\n".join(
            f'{name}: "{inner}"' if isinstance(inner, str) else _words(inner) for name, inner in value.items()
        )
    return ""


def _shown(secret: str) -> str:
    return f"{secret[:4]}… ({len(secret)} letters)"
