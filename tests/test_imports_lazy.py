"""`import sora_nb` is light: it loads nothing heavy and touches nothing outside."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = {
    "pandas",
    "matplotlib",
    "pyarrow",
    "av",
    "numpy",
    "PIL",
    "sqlalchemy",
    "starlette",
    "uvicorn",
    "httpx",
    "ipywidgets",
    "anywidget",
    "traitlets",
    "IPython",
}

WATCHED = """
import sys
touched = []
def watch(event, args):
    if event.startswith(("socket.", "subprocess.", "os.mkdir", "os.rename", "os.remove", "shutil.", "sqlite3.")):
        touched.append(event)
    if event == "open" and isinstance(args[1], str) and set(args[1]) & set("wax+"):
        touched.append(f"open {args[0]} for writing")
sys.addaudithook(watch)
sys.dont_write_bytecode = True
%s
sys.exit("\\n".join(touched))
"""


def loaded_by(statement: str) -> set[str]:
    """The top-level packages that a statement loads in a new interpreter."""
    result = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", statement], capture_output=True, text=True, check=True
    )
    lines = [line for line in result.stderr.splitlines() if line.startswith("import time:")]
    return {line.rpartition("|")[2].strip().partition(".")[0] for line in lines}


def touched_by(statement: str) -> str:
    """What a statement writes, starts or connects to in a new interpreter."""
    result = subprocess.run([sys.executable, "-c", WATCHED % statement], capture_output=True, text=True, check=False)
    return result.stderr.strip()


def test_nothing_heavy_is_loaded():
    loaded = loaded_by("import sora_nb")
    assert "sora_nb" in loaded
    assert not loaded & HEAVY


def test_a_heavy_package_would_be_seen():
    assert "httpx" in loaded_by("import sora_nb, httpx") & HEAVY


def test_nothing_is_written_started_or_reached():
    assert touched_by("import sora_nb") == ""


@pytest.mark.parametrize(
    ("statement", "seen"),
    [
        ("import socket; socket.socket()", "socket.__new__"),
        ("open('{folder}/x', 'w').close()", "for writing"),
        ("import os; os.mkdir('{folder}/y')", "os.mkdir"),
    ],
)
def test_a_touch_would_be_seen(statement, seen, tmp_path):
    assert seen in touched_by(statement.format(folder=tmp_path))
