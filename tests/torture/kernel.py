"""One ipykernel, driven as a front end drives it: messages over its sockets, and no browser."""

from __future__ import annotations

import ast
import os
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from queue import Empty
from typing import Any

from jupyter_client import KernelManager
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.kernelspec import KernelSpecManager

from tests.torture.kernel_environments import ROOT, write_spec

START_SECONDS = 60.0
ANSWER_SECONDS = 60.0

LATE_REPLY_SECONDS = 2.0
"""A reply and the news that a cell is done come on two sockets, in either order."""

COLOURS = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True, slots=True)
class Heard:
    """A message of the kernel to every front end, and when it came."""

    at: float
    kind: str
    content: Mapping[str, Any]
    parent: str
    """The request in whose name it was sent."""


@dataclass(frozen=True, slots=True)
class Answer:
    """How a cell ended."""

    at: float
    status: str
    """`ok`, `error`, or `swallowed`."""
    error: str
    """The name of the exception, empty where there was none."""
    words: str
    """The traceback as it is shown."""


class Kernel:
    """A kernel of its own in *folder*, for as long as the `with` lasts."""

    def __init__(self, python: Path, folder: Path) -> None:
        specs = KernelSpecManager(kernel_dirs=[str(write_spec(python, folder))])
        self._manager = KernelManager(kernel_name="bench", kernel_spec_manager=specs)
        homes = ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "SORA_NB_HOME")
        private = {name: str(folder / name.lower()) for name in homes}
        self._env = {**os.environ, **private, "PYTHONPATH": str(ROOT)}
        self._log = folder / "kernel.log"
        self.heard: list[Heard] = []
        self._news = threading.Condition()
        self._over = False

    def __enter__(self) -> Kernel:
        self._out = self._log.open("wb")
        self._manager.start_kernel(env=self._env, stdout=self._out, stderr=self._out)
        self._connect()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._disconnect()
        self._manager.shutdown_kernel(now=True)
        self._manager.cleanup_resources()
        self._out.close()

    def kill_and_restart(self) -> None:
        """What `Restart kernel` comes to when the kernel does not go by itself: SIGKILL, and a new one."""
        self._disconnect()
        self._manager.restart_kernel(now=True)
        self._connect()

    def begin(self, code: str) -> str:
        """Send a cell and return its id as soon as the kernel has taken it up."""
        cell = self.client.execute(code, stop_on_error=False)
        self.until(lambda: self.said(cell, "execute_input"))
        return cell

    def end(self, cell: str, timeout: float = ANSWER_SECONDS) -> Answer:
        """Wait for a cell's end, until all that it said was heard.

        An interrupt that lands in the kernel's own lines, before or behind the cell's, ends the cell without a
        reply, whatever ran in it; its status is then `swallowed`.
        """
        answer: Answer | None = None
        deadline = time.monotonic() + timeout
        while answer is None:
            idle = self.idle(cell)
            try:
                reply = self.client.get_shell_msg(timeout=0.2)
            except Empty:
                if idle and time.monotonic() > idle.at + LATE_REPLY_SECONDS:
                    return Answer(idle.at, "swallowed", "", "")
                if time.monotonic() > deadline:
                    raise TimeoutError(f"the cell did not end in {timeout} s") from None
                continue
            if reply["parent_header"].get("msg_id") == cell and reply["msg_type"] == "execute_reply":
                content = reply["content"]
                words = COLOURS.sub("", "\n".join(content.get("traceback", ())))
                answer = Answer(time.monotonic(), content["status"], content.get("ename", ""), words)
        self.until(lambda: self.idle(cell), timeout)
        return answer

    def swallowed(self) -> int:
        """How many interrupts the kernel caught in its own lines, by its own account."""
        return self._log.read_text(errors="replace").count("KeyboardInterrupt caught in kernel")

    def idle(self, cell: str) -> Heard | None:
        """When the kernel said that it is done with a cell."""
        states = self.said(cell, "status")
        return next((one for one in states if one.content["execution_state"] == "idle"), None)

    def run(self, code: str, timeout: float = ANSWER_SECONDS) -> Answer:
        """Run a cell that has to succeed."""
        answer = self.end(self.begin(code), timeout)
        assert answer.status == "ok", f"{answer.error}: {answer.words}"
        return answer

    def value(self, expression: str, timeout: float = ANSWER_SECONDS) -> Any:
        """A literal out of the kernel."""
        cell = self.client.execute("", user_expressions={"value": expression}, silent=True)
        deadline = time.monotonic() + timeout
        while True:
            reply = self.client.get_shell_msg(timeout=max(0.0, deadline - time.monotonic()))
            if reply["parent_header"].get("msg_id") == cell:
                told = reply["content"]["user_expressions"]["value"]
                assert told["status"] == "ok", told
                return ast.literal_eval(told["data"]["text/plain"])

    def interrupt(self) -> float:
        """Press the stop button; returns when."""
        at = time.monotonic()
        self._manager.interrupt_kernel()
        return at

    def tell(self, comm_id: str, kind: str, data: Mapping[str, Any] | None = None, subshell: str | None = None) -> None:
        """Send `comm_msg` or `comm_close` as the page does."""
        message = self.client.session.msg(kind, {"comm_id": comm_id, "data": dict(data or {})})
        if subshell is not None:
            message["header"]["subshell_id"] = subshell
        self.client.shell_channel.send(message)

    def subshell(self) -> str | None:
        """A second shell, as JupyterLab opens one for widgets; None where this kernel knows none."""
        if "kernel subshells" not in self._info().get("supported_features", ()):
            return None
        message = self.client.session.msg("create_subshell_request", {})
        self.client.control_channel.send(message)
        reply = self.client.get_control_msg(timeout=ANSWER_SECONDS)
        return str(reply["content"]["subshell_id"])

    def said(self, cell: str | None, kind: str) -> list[Heard]:
        """What was heard of one kind, in the name of one cell or of any."""
        return [one for one in self.heard if one.kind == kind and cell in (None, one.parent)]

    def until(self, condition: Callable[[], object], timeout: float = ANSWER_SECONDS) -> None:
        """Listen until *condition* holds."""
        with self._news:
            if not self._news.wait_for(condition, timeout):
                raise TimeoutError(f"it was not heard in {timeout} s")

    def _info(self) -> Mapping[str, Any]:
        request = self.client.kernel_info()
        while True:
            reply = self.client.get_shell_msg(timeout=ANSWER_SECONDS)
            if reply["parent_header"].get("msg_id") == request:
                content: Mapping[str, Any] = reply["content"]
                return content

    def _connect(self) -> None:
        self.client: BlockingKernelClient = self._manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=START_SECONDS)
        self._over = False
        self._ear = threading.Thread(target=self._listen, args=(self.client,), daemon=True)
        self._ear.start()
        self.run("pass")

    def _disconnect(self) -> None:
        self._over = True
        self._ear.join()
        self.client.stop_channels()

    def _listen(self, client: BlockingKernelClient) -> None:
        while not self._over:
            try:
                message = client.get_iopub_msg(timeout=0.2)
            except Empty:
                continue
            heard = Heard(
                time.monotonic(),
                message["msg_type"],
                message["content"],
                message["parent_header"].get("msg_id", ""),
            )
            with self._news:
                self.heard.append(heard)
                self._news.notify_all()
