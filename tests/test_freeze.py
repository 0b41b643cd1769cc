"""Freezing a notebook: what goes, what stays, and that what is left can be seen."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nbformat
import pytest

from sora_nb.cli import main
from sora_nb.errors import ConfigError
from sora_nb.freeze import VIEW, freeze

VIEW_DATA = {"model_id": "a1", "version_major": 2, "version_minor": 0}
KERNEL = {"name": "python3", "display_name": "Python 3"}


def output(**data: Any) -> Any:
    metadata = {VIEW: {"x": 1}, "text/html": {"isolated": False}} if VIEW in data else {}
    return nbformat.from_dict({"output_type": "display_data", "data": data, "metadata": metadata})


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    cells: list[Any] = [
        nbformat.v4.new_markdown_cell("# A demo"),
        nbformat.v4.new_code_cell("studio.panel()", outputs=[]),
        nbformat.v4.new_code_cell("slider", outputs=[]),
        nbformat.v4.new_code_cell("frame", outputs=[]),
    ]
    cells[1]["outputs"] = [output(**{VIEW: VIEW_DATA, "text/html": "<p>a panel</p>", "text/plain": "<Panel>"})]
    cells[2]["outputs"] = [output(**{VIEW: VIEW_DATA, "text/plain": "FloatSlider()"})]
    cells[3]["outputs"] = [output(**{"text/html": "<table></table>", "text/plain": "ä table"})]
    written = nbformat.v4.new_notebook(cells=cells, metadata={"widgets": {"state": {"a1": {}}}, "kernelspec": KERNEL})
    path = tmp_path / "demo.ipynb"
    nbformat.write(written, path)
    return path


def test_views_give_way_to_their_other_form(notebook: Path) -> None:
    before = notebook.read_bytes()
    done = freeze(notebook)
    assert notebook.read_bytes() == before
    assert done.path == notebook.with_name("demo-frozen.ipynb")
    assert (done.views, done.blank) == (2, 1)
    assert (done.bytes_before, done.bytes_after) == (len(before), done.path.stat().st_size)
    read = nbformat.read(done.path, as_version=4)
    nbformat.validate(read)
    panel, slider, frame = (cell.outputs[0].data for cell in read.cells[1:])
    assert panel == {"text/html": "<p>a panel</p>", "text/plain": "<Panel>"}
    assert "Run the notebook" in slider["text/html"]
    assert frame == {"text/html": "<table></table>", "text/plain": "ä table"}
    assert VIEW not in done.path.read_text()
    assert read.metadata == {"kernelspec": KERNEL}
    assert not list(notebook.parent.glob(".*"))


def test_a_notebook_can_be_frozen_in_its_place_and_twice(notebook: Path) -> None:
    freeze(notebook, notebook)
    once = notebook.read_bytes()
    again = freeze(notebook, notebook)
    assert again.views == 0 and notebook.read_bytes() == once


def test_a_copy_that_cannot_be_written_says_so_and_leaves_what_is_there(notebook: Path) -> None:
    before = notebook.read_bytes()
    with pytest.raises(ConfigError, match=r"no/demo\.ipynb cannot be written: No such file or directory"):
        freeze(notebook, notebook.parent / "no" / "demo.ipynb")
    assert notebook.read_bytes() == before


def test_keys_that_stay_are_told(notebook: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["freeze", str(notebook)]) == 0
    assert "2 live views made still" in capsys.readouterr().out
    read = nbformat.read(notebook, as_version=4)
    read.cells[1]["source"] = "studio = sora.Studio(api_key='sk-proj-Ab3dEf6hIj9kLmN0pQ')"
    nbformat.write(read, notebook)
    assert main(["freeze", str(notebook), "--to", str(notebook.with_name("out.ipynb"))]) == 1
    told = capsys.readouterr().out
    assert "out.ipynb, cell 2, source: key sk-p…" in told and "mN0pQ" not in told


@pytest.mark.parametrize(
    "text", ["", "not json", "[]", '{"nbformat": 3, "cells": []}', '{"nbformat": 4}', '{"nbformat": 4, "cells": [1]}']
)
def test_what_is_not_a_notebook_is_left_alone(text: str, tmp_path: Path) -> None:
    path = tmp_path / "odd.ipynb"
    path.write_text(text)
    with pytest.raises(ConfigError, match=r"odd\.ipynb"):
        freeze(path)
    assert list(tmp_path.glob("*frozen*")) == []
    with pytest.raises(ConfigError, match="cannot be read"):
        freeze(tmp_path / "nowhere.ipynb")


def test_the_guide_frozen_shows_something_in_every_view(tmp_path: Path) -> None:
    guide = Path(__file__).parents[1] / "notebooks" / "01_first_character.ipynb"
    done = freeze(guide, tmp_path / "guide.ipynb")
    assert json.loads(done.path.read_text())["cells"]
    assert (done.blank, done.leaks) == (0, ())
