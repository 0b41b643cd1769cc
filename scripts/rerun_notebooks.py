"""Runs notebooks from the top and keeps their outputs: scripts/rerun_notebooks.py [NOTEBOOK ...]"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient

GUIDE = Path(__file__).parents[1] / "notebooks"


def rerun(path: Path) -> None:
    """Run one notebook in a library of its own. The state of widgets and the times of the run are not kept."""
    notebook = nbformat.read(path, as_version=4)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        os.environ["SORA_NB_HOME"] = home
        where = {"metadata": {"path": str(path.parent)}}
        NotebookClient(notebook, store_widget_state=False, timeout=300, resources=where).execute()
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
    nbformat.write(notebook, path)


if __name__ == "__main__":
    for path in [Path(name) for name in sys.argv[1:]] or sorted(GUIDE.glob("*.ipynb")):
        print(path, flush=True)
        rerun(path)
