"""Environments that differ in their ipykernel alone, made once and kept under `build/kernels/`.

Each is a venv that sees everything the bench itself is installed with, and has one version of ipykernel
in front of it. `newest` is the bench's own: a fresh installation gets the newest there is.
"""

from __future__ import annotations

import json
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "build" / "kernels"

NEWEST = "newest"
VERSIONS = ("6.29.5", "7.0.1", "7.3.0", NEWEST)
"""The behaviour of threads and widgets changed between each two of them."""

WHICH = "import ipykernel; print(ipykernel.__version__)"


def python_for(version: str) -> Path:
    """The Python that runs *version*; its environment is made where it is not there yet."""
    if version == NEWEST:
        return Path(sys.executable)
    home = FOLDER / version
    python, packages = home / "bin" / "python", sysconfig.get_path("purelib")
    stamp = home / "made-for.txt"
    if not stamp.exists() or stamp.read_text() != packages:
        venv.create(home, clear=True, with_pip=True)
        site = Path(_ask(python, "import sysconfig; print(sysconfig.get_path('purelib'))"))
        # Behind its own packages come the bench's, so that nothing but the kernel differs.
        (site / "bench.pth").write_text(f"{packages}\n")
        command = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", f"ipykernel=={version}"]
        subprocess.run(command, check=True, capture_output=True, text=True)
        stamp.write_text(packages)
    found = _ask(python, WHICH)
    assert found == version, f"{python} runs ipykernel {found}, not {version}"
    return python


def version_of(python: Path) -> str:
    """The ipykernel that *python* runs."""
    return _ask(python, WHICH)


def write_spec(python: Path, folder: Path) -> Path:
    """Write a kernel specification named `bench` for *python*; returns the folder to look for it in."""
    spec = folder / "kernels" / "bench" / "kernel.json"
    spec.parent.mkdir(parents=True)
    argv = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec.write_text(json.dumps({"argv": argv, "display_name": "bench", "language": "python"}))
    return spec.parent.parent


def _ask(python: Path, code: str) -> str:
    done = subprocess.run([python, "-c", code], check=True, capture_output=True, text=True)
    return done.stdout.strip()
