"""The guides as they lie in the repository: nothing of a machine in them, nothing blank, and all of them named."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sora_nb.freeze import SHOWN, VIEW
from sora_nb.leaks import leaks_of

ROOT = Path(__file__).parents[1]
GUIDES = sorted((ROOT / "notebooks").glob("*.ipynb"))

OF_A_MACHINE = re.compile(r"(?<![\w.:/])(?:/(?:home|root|tmp|work|Users|private|var|mnt)/|[A-Z]:\\\\?Users)[\w.\\/-]+")
PICTURE = re.compile(r"data:[a-z]+/[a-z0-9]+;base64,[A-Za-z0-9+/=]+")


def complaints(notebook: dict[str, Any]) -> Iterator[str]:
    """Everything that keeps a notebook from being shown as it is, in words."""
    yield from (str(leak) for leak in leaks_of(notebook, "guide"))
    if "widgets" in notebook["metadata"]:
        yield "the state of widgets is in it"
    for number, cell in enumerate(notebook["cells"], start=1):
        if cell["cell_type"] != "code":
            continue
        if cell["execution_count"] is None:
            yield f"cell {number} was not run"
        for output in cell["outputs"]:
            text = PICTURE.sub("", json.dumps(output))
            yield from (f"cell {number} names {path}" for path in OF_A_MACHINE.findall(text))
            if output["output_type"] == "error" or output.get("name") == "stderr":
                yield f"cell {number} ended in an error, or complained"
            if VIEW in output.get("data", {}) and not SHOWN & output["data"].keys():
                yield f"cell {number} is blank without a kernel"


@pytest.mark.parametrize("path", GUIDES, ids=lambda path: path.stem)
def test_a_guide_can_be_shown_as_it_is(path: Path) -> None:
    assert list(complaints(json.loads(path.read_text(encoding="utf-8")))) == []


@pytest.mark.parametrize(
    ("output", "heard"),
    [
        ({"output_type": "stream", "name": "stdout", "text": "kept at /home/ada/films/take.mp4\n"}, "names /home/ada"),
        ({"output_type": "stream", "name": "stdout", "text": "sk-" + "Zx81" * 8}, "output"),
        ({"output_type": "stream", "name": "stderr", "text": "a warning"}, "complained"),
        ({"output_type": "error", "ename": "E", "evalue": "", "traceback": []}, "error"),
        ({"output_type": "display_data", "data": {VIEW: {}, "text/plain": "Picker()"}, "metadata": {}}, "blank"),
    ],
)
def test_what_must_not_be_in_one_is_seen(output: dict[str, Any], heard: str) -> None:
    cell = {"cell_type": "code", "source": "", "execution_count": 1, "metadata": {}, "outputs": [output]}
    said = list(complaints({"metadata": {}, "cells": [cell]}))
    assert len(said) == 1 and heard in said[0]


def test_one_that_was_not_run_or_holds_its_widgets_is_seen() -> None:
    cell = {"cell_type": "code", "source": "", "execution_count": None, "metadata": {}, "outputs": []}
    said = list(complaints({"metadata": {"widgets": {}}, "cells": [cell]}))
    assert said == ["the state of widgets is in it", "cell 1 was not run"]


def test_the_readme_names_every_guide() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [f"notebooks/{path.name}" for path in GUIDES] == re.findall(r"\((notebooks/[\w.]+\.ipynb)\)", readme)
