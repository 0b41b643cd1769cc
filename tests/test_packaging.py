"""What is shipped: the wheel holds the package, all of it and nothing else, and says what it needs."""

from __future__ import annotations

import ast
import email
import email.message
import importlib.metadata
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import sora_nb

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

OPTIONAL = {
    "dlib": "faces-lite and identity: a detector and a measure of faces",
    "google": "google.colab is there on Colab alone",
    "matplotlib": "plots",
    "keyring": "one of several places a key may come from",
    "onnxruntime": "faces: the recommended detector",
}
"""Packages that are imported only where they happen to be installed."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from this tree."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def metadata(wheel: Path) -> email.message.Message:
    """What the wheel says about itself."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        return email.message_from_bytes(archive.read(name))


def normal(name: str) -> str:
    """A distribution's name as an index compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def outside_imports(text: str) -> set[str]:
    """The packages that are neither ours nor the standard library's."""
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add((node.module or "").partition(".")[0])
    return found - set(sys.stdlib_module_names) - {"sora_nb"}


def test_the_wheel_holds_the_whole_package_and_nothing_else(wheel):
    source = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "sora_nb").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    with zipfile.ZipFile(wheel) as archive:
        shipped = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert shipped == source
    assert "sora_nb/py.typed" in shipped


def test_the_wheel_says_what_it_is(metadata):
    assert metadata["Name"] == "sora-nb"
    assert metadata["Version"] == PROJECT["version"] == sora_nb.__version__
    assert metadata["Requires-Python"] == ">=3.11"
    assert metadata["License-Expression"] == "MIT"


def test_the_wheel_works_from_where_it_is_unpacked(wheel, tmp_path):
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
        (entry_points,) = [name for name in archive.namelist() if name.endswith("entry_points.txt")]
        assert "sora-nb = sora_nb.cli:main" in archive.read(entry_points).decode()
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import sora_nb; sys.stdout.write(sora_nb.__file__)"
    result = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert result.stdout.startswith(str(tmp_path))


def test_every_package_that_is_imported_is_a_stated_need():
    stated = {normal(re.split(r"[<>=\[ ]", need)[0]) for need in PROJECT["dependencies"]}
    providers = importlib.metadata.packages_distributions()
    unstated = {
        f"{path.relative_to(ROOT)}: {package}"
        for path in (ROOT / "sora_nb").rglob("*.py")
        for package in outside_imports(path.read_text(encoding="utf-8")) - set(OPTIONAL)
        if not stated & {normal(name) for name in providers.get(package, [])}
    }
    assert not unstated


def test_an_unstated_need_would_be_seen():
    assert outside_imports("import os\nfrom . import jobs\ndef f():\n    from yaml.nodes import Node") == {"yaml"}
