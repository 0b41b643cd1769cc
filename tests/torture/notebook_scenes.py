"""What is done to one kernel, and what is counted.

    python -m tests.torture.notebook_scenes VERSION INTERRUPTS WINDOWS

prints one JSON object: the figures, and every broken promise in words.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from sora_nb.library import Library
from tests.torture.kernel import Heard, Kernel
from tests.torture.kernel_environments import ROOT, python_for, version_of

MODES = {"idle": "", "blocking": "video.wait()", "awaiting": "await video"}
"""What the cell that asks for a video does then."""

LATEST_SECONDS = 1.4
"""Interrupts come up to this long after the cell began: the POST takes 0.5 s, the job 2 s in all or longer."""

SETTLE_SECONDS = 60.0
BLOCKED_SECONDS = 2.0
SEED = 20

PRELUDE = """
import time
import sora_nb
studio = sora_nb.Studio("simulator", base_url={url!r}, library={library!r})

def ask(prompt, seconds=1):
    return studio.generate(prompt, seconds=seconds, size="128x128")
"""

LOUD = """
import logging, sys, warnings
logging.basicConfig(level=logging.DEBUG, stream=sys.stdout, format="%(threadName)s|%(name)s|%(message)s")
warnings.simplefilter("always")
"""

MAKE_IN_CELL = """
import httpx
known = []

async def post(prompt):
    asked = {{"prompt": prompt, "model": "sim-1", "seconds": "1", "size": "128x128"}}
    async with httpx.AsyncClient(headers={{"Authorization": "Bearer x"}}, timeout=30) as client:
        reply = await client.post({url!r} + "/v1/videos", json=asked)
    known.append(reply.json()["id"])
"""

PRINT_IN_THREAD = """
from sora_nb.jobs.notices import Notices
call = Notices._call

def chatty(self, job_id, callback):
    print("a job has changed")
    call(self, job_id, callback)

Notices._call = chatty
"""


@dataclass
class Seen:
    """The figures of one kernel."""

    version: str
    runs: int = 0
    broken: list[str] = field(default_factory=list)
    """Every promise that was not kept, in words."""
    swallowed: int = 0
    """Interrupts that the kernel itself ended a cell with, without a word."""
    latencies: dict[str, list[float]] = field(default_factory=dict)
    """Seconds from an interrupt until the kernel was free, by what the cell did."""
    ticks: list[int] = field(default_factory=lambda: [0, 0])
    """Looks at a job while a cell blocked, and in an equal while without a cell."""
    strokes: list[int] = field(default_factory=lambda: [0, 0])
    """The same for what its view was told."""
    controls: dict[str, bool] = field(default_factory=dict)
    """Was each planted defect noticed?"""

    def expect(self, kept: object, promise: str) -> None:
        """Count one promise."""
        self.runs += 1
        if not kept:
            self.broken.append(f"{self.version}: {promise}")


class Stage:
    """A kernel, a service in a process of its own, and a library."""

    def __init__(self, kernel: Kernel, url: str, library: Path, seen: Seen, dice: random.Random) -> None:
        self.kernel = kernel
        self.url = url
        self.library = library
        self.seen = seen
        self.dice = dice
        self.printed = 0

    def begin(self) -> None:
        """Run the first cell of a notebook."""
        self.kernel.run(PRELUDE.format(url=self.url, library=str(self.library)))

    def jobs(self) -> list[dict[str, str]]:
        """What the service created."""
        return self._told("jobs")  # type: ignore[no-any-return]

    def looks(self, remote_id: str) -> int:
        """How often a job was asked after."""
        return int(self._told(f"polls?id={remote_id}"))

    def settle(self) -> None:
        """Let everything that was asked for come to its end."""
        self.kernel.run(f"for job in studio.resume(): job.settle({SETTLE_SECONDS})", SETTLE_SECONDS + 10)

    def expect_quiet(self, scene: str) -> None:
        """Nothing may have been printed but what cells print."""
        streams = self.kernel.said(None, "stream")
        self.seen.expect(not streams, f"{scene}: printed {[str(one.content['text'])[:200] for one in streams[:3]]}")
        self.kernel.heard.clear()

    def _told(self, what: str) -> Any:
        with urllib.request.urlopen(f"{self.url}/bench/{what}", timeout=20) as reply:
            return json.load(reply)


def interrupts(stage: Stage, count: int) -> None:
    """Press stop at random points of the POST and of the wait."""
    stage.begin()
    # The first traceback of a kernel loads what IPython draws tracebacks with: 0.2 s, whosever it is.
    stage.kernel.end(stage.kernel.begin("1 / 0"))
    for number in range(count):
        for mode, then in MODES.items():
            late = interrupt(stage, f"video = ask('{mode} {number}')\n{then}", cut_off=bool(then))
            stage.seen.latencies.setdefault(mode, []).append(late)
    stage.settle()
    expect_accounts(stage, "interrupts", 3 * count)
    stage.expect_quiet("interrupts")


def interrupt(stage: Stage, code: str, *, cut_off: bool) -> float:
    """Run a cell, interrupt it at a random moment, and return how long the kernel was then kept."""
    kernel = stage.kernel
    cell = kernel.begin(code)
    time.sleep(LATEST_SECONDS * stage.dice.random() ** 2)
    at = kernel.interrupt()
    answer = kernel.end(cell)
    if answer.status == "swallowed":
        stage.seen.swallowed += 1
        stage.seen.expect(stage.seen.swallowed <= kernel.swallowed(), "a cell ended without a word")
        return max(answer.at, at) - at
    if cut_off:
        named = answer.error in ("KeyboardInterrupt", "CancelledError")
        told = "goes on; wait() takes it up again" in answer.words or "wait" not in code
        stage.seen.expect(named and answer.status == "error", f"an interrupted cell ended as {answer.error or 'ok'}")
        # Stopped before there was a job to speak of, the cell cannot speak of it.
        stage.seen.expect(told or "in _detached" not in answer.words, f"the interrupt said nothing: {answer.words}")
    else:
        kernel.end(kernel.begin(""))
    return max(answer.at, at) - at if cut_off else time.monotonic() - at


def expect_accounts(stage: Stage, scene: str, most: int) -> None:
    """Hold the service's list against the library: nothing twice, nothing lost, all of it here."""
    library = Library(stage.library)
    rows = library.jobs.videos()
    library.close()
    jobs = stage.jobs()
    asked = Counter(job["prompt"] for job in jobs)
    known = {row.remote_id for row in rows}
    expect = stage.seen.expect
    expect(len(jobs) <= most, f"{scene}: {len(jobs)} jobs at the service, {most} asked for")
    for job in jobs:
        expect(job["id"] in known, f"{scene}: lost {job}")
        expect(asked[job["prompt"]] == 1, f"{scene}: {asked[job['prompt']]} jobs for {job['prompt']!r}")
    for row in rows:
        expect(row.state == "STORED", f"{scene}: {row.request['prompt']!r} ended as {row.state}: {row.error}")


def run_all_twice(stage: Stage) -> None:
    """Run All, Run All again, and once more in a kernel that was killed while the jobs went on."""
    cells = [
        PRELUDE.format(url=stage.url, library=str(stage.library)),
        "takes = [ask('a red ball', 4), ask('a blue ball', 4)]",
        "for take in takes: take.remote_id or take.settle(0.7)",
    ]
    before = len(stage.jobs())
    for _ in range(2):
        for cell in cells:
            stage.kernel.run(cell)
    stage.seen.expect(len(stage.jobs()) == before + 2, "Run All twice sent something twice")
    stage.kernel.kill_and_restart()
    stage.begin()
    stage.kernel.run("found = studio.resume()")
    stage.seen.expect(stage.kernel.value("len(found)") == 2, "resume() did not find the two jobs of the dead kernel")
    for cell in cells:
        stage.kernel.run(cell)
    stage.kernel.run("paths = [take.wait().path for take in takes]", SETTLE_SECONDS)
    stage.seen.expect(len(stage.jobs()) == before + 2, "Run All in a new kernel sent something again")
    expect_accounts(stage, "run all twice", before + 2)
    stage.expect_quiet("run all twice")


def ticks(stage: Stage, windows: int) -> None:
    """Count looks at a job and strokes of its view while a cell blocks, and in an equal while without one."""
    kernel = stage.kernel
    for number in range(windows):
        kernel.run(f"video = ask('ticking {number}', 30)\nvideo")
        kernel.until(lambda: kernel.said(None, "display_data") or kernel.said(None, "execute_result"))
        while (remote := kernel.value("video.remote_id")) is None or kernel.value("video.progress") == 0:
            time.sleep(0.1)
        view = opened(kernel)[-1]
        for place, code in ((1, None), (0, f"time.sleep({BLOCKED_SECONDS})")):
            looks, strokes, since = stage.looks(remote), len(view_states(kernel, view)), time.monotonic()
            if code:
                kernel.run(code)
            else:
                time.sleep(BLOCKED_SECONDS)
            # The views first: the service may be slow to say how often it was asked, and they go on meanwhile.
            strokes, share = len(view_states(kernel, view)) - strokes, BLOCKED_SECONDS / (time.monotonic() - since)
            stage.seen.strokes[place] += round(strokes * share)
            stage.seen.ticks[place] += round((stage.looks(remote) - looks) * share)
            stage.seen.runs += 1
    stage.expect_quiet("progress")


def views(stage: Stage) -> None:
    """Three views of one job, one of which the page throws away; and buttons pressed while a cell blocks."""
    kernel, expect = stage.kernel, stage.seen.expect
    kernel.heard.clear()
    kernel.run("video = ask('seen thrice', 1)\ndisplay(video, video, video)")
    closed, *left = opened(kernel)
    expect(len({closed, *left}) == 3, "a job shown three times has fewer views")
    kernel.tell(closed, "comm_close")
    kernel.run("video.wait()\ntime.sleep(0.6)")
    told = [shown(kernel, one) for one in left]
    expect(told[0] == told[1] and told[0]["status"] == "completed", f"two views of one job differ: {told}")

    before = len(stage.jobs())
    kernel.run("panel = studio.panel()\npanel")
    model = kernel.value("panel.model_id")
    subshell = kernel.subshell()
    cell = kernel.begin("video = ask('blocked by a wait', 1)\nvideo.wait()")
    draft = {"prompt": "asked by a button", "words": {}, "seconds": ["1"], "sizes": ["128x128"], "takes": "1"}
    press = {"kind": "panel:generate", "draft": draft}
    for shell in {None, subshell}:
        kernel.tell(model, "comm_msg", {"method": "custom", "content": press}, shell)
    kernel.end(cell)
    kernel.run("deadline = time.monotonic() + 30")
    while len(stage.jobs()) < before + 2 and kernel.value("time.monotonic() < deadline"):
        time.sleep(0.1)
    stage.settle()
    expect(len(stage.jobs()) == before + 2, f"the button made {len(stage.jobs()) - before - 1} jobs, not 1")
    expect(kernel.value("panel.said['level']") == "ok", "the panel has something to complain about")
    expect(not kernel.said(None, "error"), f"errors on the page: {kernel.said(None, 'error')[:2]}")
    stage.expect_quiet("views")


def loud(stage: Stage) -> None:
    """Everything logs and warns as much as it can, and our threads still say nothing."""
    kernel = stage.kernel
    kernel.run(LOUD)
    kernel.run("loud = ask('loud', 1)\nloud.wait()")
    kernel.run("logging.getLogger('cell').debug('from the cell')\ntime.sleep(0.5)")
    local = stage.library.with_name("local")
    kernel.run(f"local = sora_nb.Studio('simulator', library={str(local)!r}, speed=20)")
    kernel.run("local.generate('a cat', seconds=1).wait()")
    kernel.run("logging.getLogger().setLevel(logging.WARNING)\ntime.sleep(0.5)")
    lines = [line for one in kernel.said(None, "stream") for line in str(one.content["text"]).splitlines()]
    stage.seen.expect(any("from the cell" in line for line in lines), "the cell's own log line was not heard")
    ours = [line for line in lines if not line.startswith("MainThread|")]
    stage.seen.expect(not ours, f"{len(ours)} lines from our threads, such as {ours[:3]}")
    kernel.heard.clear()


def control_ids(stage: Stage, count: int) -> None:
    """Planted: the cell sends the request itself. Ids must get lost, and the accounts must show it."""
    kernel = stage.kernel
    kernel.run(MAKE_IN_CELL.format(url=stage.url))
    before = {job["id"] for job in stage.jobs()}
    for number in range(count):
        cell = kernel.begin(f"await post('by hand {number}')")
        time.sleep(0.1 + 0.3 * stage.dice.random())
        kernel.interrupt()
        kernel.end(cell)
    time.sleep(1)
    lost = {job["id"] for job in stage.jobs()} - before - set(kernel.value("known"))
    stage.seen.controls["in-cell await post"] = bool(lost)
    kernel.heard.clear()


def control_printing(stage: Stage) -> None:
    """Planted: the thread that tells watchers prints. It must be heard."""
    kernel = stage.kernel
    kernel.run(PRINT_IN_THREAD)
    kernel.run("video = ask('chatty', 1)\nvideo.on_change(repr)\nvideo.wait()\ntime.sleep(0.6)")
    stage.seen.controls["printing thread"] = bool(kernel.said(None, "stream"))


def opened(kernel: Kernel) -> list[str]:
    """The views of jobs that the page was asked to show, the first in front."""
    found = {}
    for one in kernel.said(None, "display_data") + kernel.said(None, "execute_result"):
        view = one.content["data"].get("application/vnd.jupyter.widget-view+json")
        if view:
            found[view["model_id"]] = one.at
    return list(found)


def shown(kernel: Kernel, model: str) -> Any:
    """What a view shows of its job: what it was opened with, or was told since."""
    opened_with = [one for one in kernel.said(None, "comm_open") if one.content["comm_id"] == model]
    return [*opened_with, *view_states(kernel, model)][-1].content["data"]["state"]["facts"]


def view_states(kernel: Kernel, model: str | None = None) -> list[Heard]:
    """What views were told about their jobs."""
    return [
        one
        for one in kernel.said(None, "comm_msg")
        if model in (None, one.content["comm_id"])
        and one.content["data"].get("method") == "update"
        and "facts" in one.content["data"]["state"]
    ]


@contextmanager
def staged(version: str, seen: Seen) -> Iterator[Callable[[], Stage]]:
    """A service, and fresh kernels on fresh libraries for as long as the `with` lasts."""
    with tempfile.TemporaryDirectory(prefix="sora-nb-g5-", ignore_cleanup_errors=True) as scratch:
        folder = Path(scratch)
        command = [sys.executable, "-m", "tests.torture.notebook_service", str(folder / "service")]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as service:
            assert service.stdout is not None
            url = service.stdout.readline().strip()
            try:
                with Kernel(python_for(version), folder / "kernel") as kernel:
                    yield lambda: Stage(kernel, url, folder / "library", seen, random.Random(SEED))
            finally:
                service.terminate()


def main(version: str, count: int, windows: int) -> None:
    """Do all of it to one kernel."""
    seen = Seen(version_of(python_for(version)))
    with staged(version, seen) as stages:
        stage = stages()
        interrupts(stage, count)
        run_all_twice(stage)
        ticks(stage, windows)
        views(stage)
        loud(stage)
        control_ids(stage, 2)
        control_printing(stage)
    print(json.dumps(asdict(seen)))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
