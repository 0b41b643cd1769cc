"""A real JupyterLab or Notebook 7 for a test: started afresh, driven through its own commands, ended by its pid.

    with LabServer(folder) as server:
        write_notebook(server.root / "sum.ipynb", ["2 + 3"])
        notebook = server.open(page, "sum.ipynb")
        notebook.run_all()
        notebook.kernel_eval("_1")

Nothing of the user's own Jupyter configuration is read or written. Everything is awaited, nothing is slept for:
the page's promises tell when a run is over, and values in the kernel are asked for until they are right.
"""

from __future__ import annotations

import ast
import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import nbformat
from playwright.sync_api import Locator, Page

App = Literal["lab", "notebook"]

QUIET_SETTINGS = {
    "@jupyterlab/apputils-extension/notification": {"checkForUpdates": False, "fetchNews": "false"},
    "@jupyterlab/docmanager-extension/plugin": {"autosave": False},
}
"""No pop-ups over the panel, no request to the outside, no saving behind the test's back."""

EXPOSE = {"lab": "--LabApp.expose_app_in_browser=True", "notebook": "--JupyterNotebookApp.expose_app_in_browser=True"}

START_SECONDS = 180
STOP_SECONDS = 10
ANSWER_SECONDS = 120
"""Playwright itself would wait for a promise for ever."""


class KernelError(AssertionError):
    """Code that a test ran in the kernel raised."""


def write_notebook(path: Path, cells: Sequence[str]) -> Path:
    """Write a notebook of code cells; a cell that begins with `md:` is Markdown. Returns the path."""
    book = nbformat.v4.new_notebook()
    book.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    for number, source in enumerate(cells):
        text = source.removeprefix("md:")
        new_cell = nbformat.v4.new_code_cell if text == source else nbformat.v4.new_markdown_cell
        book.cells.append(new_cell(text, id=f"cell-{number}"))
    nbformat.write(book, path)
    return path


def private_environment(private: Path) -> dict[str, str]:
    """The environment of a Jupyter program that reads and writes nothing of the user's, only below *private*."""
    places = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "IPYTHONDIR": "ipython",
    }
    for plugin, settings in QUIET_SETTINGS.items():
        file = private / "settings" / f"{plugin}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(settings), encoding="utf-8")
    return os.environ | {name: str(private / folder) for name, folder in places.items()}


class LabServer:
    """A Jupyter server of its own on a free port of the loopback, for as long as the `with` lasts.

    *root* is the folder it serves; *env* is added to what its kernels see.
    """

    def __init__(self, root: Path, *, app: App = "lab", env: Mapping[str, str] | None = None) -> None:
        self.root = root
        self.app: App = app
        self.url = ""
        self._env = dict(env or {})
        self._token = secrets.token_hex(16)

    def __enter__(self) -> LabServer:
        self._private = tempfile.TemporaryDirectory(prefix="sora-nb-jupyter-")
        self._log = Path(self._private.name, "server.log")
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                self._command(),
                cwd=self.root,
                env=private_environment(Path(self._private.name)) | self._env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # so that the last resort reaches this server and its kernels, and nobody else
            )
        try:
            self.url = self._ready()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._process.send_signal(signal.SIGTERM)  # the server ends its kernels before it goes
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._private.cleanup()

    def open(self, page: Page, path: str) -> NotebookPage:
        """Show the notebook at *path* (below `root`) and wait for its kernel.

        In JupyterLab a page that shows the application already opens it there, which is three times as fast.
        """
        here = self.app == "lab" and page.evaluate("() => Boolean(window.jupyterapp)")
        if not here:
            place = "lab" if self.app == "lab" else f"notebooks/{path}"
            page.goto(f"{self.url}{place}?reset&token={self._token}")
            page.wait_for_function("() => window.jupyterapp?.restored.then(() => true)")
        if self.app == "lab":
            page.evaluate("path => window.jupyterapp.commands.execute('docmanager:open', {path}).then(() => {})", path)
        notebook = NotebookPage(page, path)
        notebook.wait_for_kernel()
        return notebook

    def log(self) -> str:
        """What the server has said so far."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    def _command(self) -> list[str]:
        module = "jupyterlab" if self.app == "lab" else "notebook"
        return [
            *(sys.executable, "-m", module, EXPOSE[self.app]),
            f"--ServerApp.root_dir={self.root}",
            "--ServerApp.ip=127.0.0.1",
            "--ServerApp.port=0",
            "--ServerApp.open_browser=False",
            "--ServerApp.allow_root=True",
            f"--IdentityProvider.token={self._token}",
        ]

    def _ready(self) -> str:
        """The server's address, from the file it writes once it has a port, as soon as it answers there."""
        deadline = time.monotonic() + START_SECONDS
        runtime = Path(self._private.name, "runtime")
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise RuntimeError(f"The Jupyter server ended at its start:\n{self.log()}")
            try:
                (info,) = runtime.glob("jpserver-*.json")
                url: str = json.loads(info.read_text(encoding="utf-8"))["url"]
                urllib.request.urlopen(f"{url}api?token={self._token}", timeout=2).close()
            except (ValueError, OSError):
                time.sleep(0.05)
            else:
                return url
        raise TimeoutError(f"The Jupyter server was not ready after {START_SECONDS} s:\n{self.log()}")


class NotebookPage:
    """One open notebook: its page, its cells and its kernel."""

    def __init__(self, page: Page, path: str) -> None:
        self.page = page
        self.path = path

    def wait_for_kernel(self) -> None:
        """Wait until the kernel is connected and has nothing to do."""
        self.page.wait_for_function(
            """path => {
                const panel = [...window.jupyterapp.shell.widgets('main')].find(w => w.context?.path === path);
                const session = panel?.context.sessionContext;
                const kernel = session?.session?.kernel;
                return session?.isReady && kernel?.status === 'idle' && kernel.connectionStatus === 'connected';
            }""",
            arg=self.path,
        )

    def run_all(self) -> None:
        """Run every cell and wait for the last one; errors are for `errors` to tell."""
        self._command("notebook:run-all-cells")
        self.wait_for_kernel()

    def save(self) -> None:
        """Write the notebook to its file."""
        self._command("docmanager:save")

    def set_theme(self, theme: Literal["light", "dark"]) -> None:
        """Change Jupyter's theme, and the browser's preference with it."""
        self.page.emulate_media(color_scheme=theme)
        self._command("apputils:change-theme", {"theme": f"JupyterLab {theme.title()}"})
        is_light = "true" if theme == "light" else "false"
        self.page.locator(f"body[data-jp-theme-light='{is_light}']").wait_for(state="attached")

    def cell(self, index: int) -> Locator:
        """The cell at *index* as it stands in the page, from 0."""
        return self.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook .jp-Cell").nth(index)

    def output(self, index: int) -> Locator:
        """What the cell at *index* shows below itself."""
        return self.cell(index).locator(".jp-OutputArea-output").first

    def outputs(self, index: int) -> list[dict[str, Any]]:
        """The outputs of the cell at *index* as nbformat has them."""
        return self._in_panel("return panel.content.widgets[index].model.toJSON().outputs ?? []", index=index)

    def errors(self) -> list[str]:
        """Every error that the cells show, as `Name: what it says`."""
        return self._in_panel(
            "return panel.content.widgets.flatMap(cell => cell.model.toJSON().outputs ?? [])"
            ".filter(output => output.output_type === 'error').map(error => `${error.ename}: ${error.evalue}`)"
        )

    def kernel_exec(self, code: str) -> None:
        """Run code in the notebook's kernel, beside its cells; `KernelError` where it raises."""
        reply = self._in_panel(
            "return kernel.requestExecute({code, store_history: false}).done.then(reply => reply.content)", code=code
        )
        if reply["status"] != "ok":
            raise KernelError(f"{reply.get('ename')}: {reply.get('evalue')}")

    def kernel_eval(self, expression: str) -> Any:
        """The value of an expression in the kernel: literals as themselves, anything else as its repr."""
        reply = self._in_panel(
            "return kernel.requestExecute({code: '', silent: true, user_expressions: {value: expression}})"
            ".done.then(reply => reply.content.user_expressions.value)",
            expression=f"repr({expression})",
        )
        if reply["status"] != "ok":
            raise KernelError(f"{reply.get('ename')}: {reply.get('evalue')}")
        text = ast.literal_eval(reply["data"]["text/plain"])
        try:
            return ast.literal_eval(text)
        except (ValueError, SyntaxError):
            return text

    def wait_until(self, expression: str, holds: Callable[[Any], object] = bool, *, timeout: float = 10) -> Any:
        """Ask the kernel for an expression until its value *holds*; `AssertionError` after *timeout* seconds."""
        deadline = time.monotonic() + timeout
        while not holds(value := self.kernel_eval(expression)):
            if time.monotonic() > deadline:
                raise AssertionError(f"{expression} is still {value!r} after {timeout} s.")
            self.page.wait_for_timeout(20)  # time.sleep would stop the page's own events too
        return value

    def close(self) -> None:
        """End the kernel and leave the notebook without a question about saving."""
        self._in_panel(
            "await panel.context.sessionContext.shutdown(); panel.context.model.dirty = false; panel.close()"
        )

    def _command(self, name: str, args: Mapping[str, Any] | None = None) -> None:
        self._in_panel(
            "window.jupyterapp.shell.activateById(panel.id);await window.jupyterapp.commands.execute(name, args)",
            name=name,
            args=dict(args or {}),
        )

    def _in_panel(self, body: str, **given: Any) -> Any:
        """Run the body of an async function in the page, with `panel`, `kernel` and what is *given* by name."""
        names = ", ".join(["path", *given])
        return self.page.evaluate(
            f"""async ({{{names}}}) => {{
                const panel = [...window.jupyterapp.shell.widgets('main')].find(w => w.context?.path === path);
                const kernel = panel.context.sessionContext.session?.kernel;
                const late = new Promise((_, reject) => setTimeout(
                    () => reject(new Error('no answer from the kernel or the page in {ANSWER_SECONDS} s')),
                    {ANSWER_SECONDS} * 1000));
                return Promise.race([late, (async () => {{ {body} }})()]);
            }}""",
            {"path": self.path, **given},
        )
