"""A film of two hours and 2 GB in the range picker: how soon it is open, and what passes through the kernel.

    python benchmarks/picker_large_film.py [--far] [--runs 5]

The film is made here: two hours of small frames and a hole of 2 GB behind them, which costs no disk. JupyterLab serves
it through `files/`; with `--far` it lies outside of what Jupyter serves, and is shown by single frames. The clock runs
from the moment the cell is run to the first picture, and to a frame in the middle of the film.
"""

from __future__ import annotations

import argparse
import os
import statistics
import struct
import sys
import tempfile
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.browser.chromium import ARGS, MISSING, find_chromium  # noqa: E402  # it lies beside the package
from tests.browser.jupyter import LabServer, NotebookPage, write_notebook  # noqa: E402

SECONDS, FPS, GOP = 7200, 24, 48
BYTES = 2 << 30
BUDGET = 2.0

OPEN = """
from sora_nb.widgets import pick
sent = 0
p = pick({path!r}, value="3600,3603")
_send = p.send
def counted(content, buffers=None):
    global sent
    sent += sum(map(len, buffers or []))
    _send(content, buffers)
p.send = p._feed._send = counted
p
"""


def main() -> None:
    """Make the film, open it some times, print the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--far", action="store_true", help="keep the film outside of the served folder")
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_args()
    far, count = given.far, given.runs
    chromium = find_chromium()
    if chromium is None:
        sys.exit(MISSING)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        root = Path(folder, "notebooks")
        root.mkdir()
        film = make_film((Path(folder) if far else root) / "two hours.mp4")
        path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGS)
        with LabServer(root, env={"SORA_NB_HOME": str(root / "library"), "PYTHONPATH": path}) as server:
            page = browser.new_page(viewport={"width": 1400, "height": 1000})
            page.set_default_timeout(120_000)
            # The first notebook pays for JupyterLab, for the imports, and for the process that opens files.
            runs = [measure(server, root, page, film, number) for number in range(count + 1)][1:]
        browser.close()
    opened, seen, sought, sent, trait = (statistics.median(column) for column in zip(*runs, strict=True))
    print(f"two hours, {film_size(BYTES)}, {'outside of' if far else 'in'} the served folder; medians of {count} runs")
    print(f"poster or frame on the screen  {opened:6.2f} s")
    print(f"first frame of the video       {seen:6.2f} s" if not far else "first frame of the video            -")
    print(f"a frame of the middle          {sought:6.2f} s")
    print(f"through the kernel             {sent / 1e6:6.2f} MB")
    print(f"in the widget's state          {trait / 1e3:6.2f} kB")
    if opened > BUDGET or trait > 200_000:
        sys.exit(f"Over the budget: {BUDGET} s, 200 kB.")


def measure(server: LabServer, root: Path, page: Page, film: Path, number: int) -> tuple[float, ...]:
    """Open it once: seconds to the poster, to the video and to a far frame, bytes sent, bytes of state."""
    name = f"large-{number}.ipynb"
    write_notebook(root / name, ["import sora_nb.widgets", OPEN.format(path=str(film))])
    book = server.open(page, name)
    book.kernel_exec("import sora_nb.widgets, sora_nb.video.guarded as g; g.probe(" + repr(str(film)) + ")")
    begin = time.perf_counter()
    page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells') }")
    picker = book.output(1).locator(".sora-picker")
    picker.locator("video[poster], .sora-frame[src]").first.wait_for()
    opened = time.perf_counter() - begin
    frame = picker.locator(".sora-frame[src]:not([hidden])")
    near = film.parent == root
    if near:
        picker.and_(page.locator("[data-loaded]")).wait_for()
    seen = time.perf_counter() - begin
    picker.focus()
    before = frame.get_attribute("src") if not near else None
    begin = time.perf_counter()
    page.keyboard.press("Shift+I")
    if near:
        wait_for_frame(picker, 3600)
    else:
        page.wait_for_function("src => document.querySelector('.sora-frame').src !== src", arg=before)
    sought = time.perf_counter() - begin
    state = book.kernel_eval("len(str({k: v for k, v in p.get_state().items() if not k.startswith('_')}))")
    sent = book.kernel_eval("sent")
    close(book)
    return opened, seen, sought, sent, state


def wait_for_frame(picker: Any, second: int) -> None:
    """Until the video shows that second."""
    video = picker.locator("video").element_handle()
    picker.page.wait_for_function(
        "([video, second]) => !video.seeking && video.readyState > 1 && Math.abs(video.currentTime - second) < 0.1",
        arg=[video, second],
    )


def close(book: NotebookPage) -> None:
    """End its kernel."""
    book.close()


def make_film(path: Path) -> Path:
    """Two hours of a moving grey, and a hole that makes 2 GB of it."""
    picture = np.zeros((180, 320, 3), np.uint8)
    with av.open(str(path), "w", options={"movflags": "+faststart"}) as container:
        stream: Any = container.add_stream("libx264", rate=FPS, options={"preset": "ultrafast", "crf": "40"})
        stream.width, stream.height, stream.pix_fmt, stream.gop_size = 320, 180, "yuv420p", GOP
        # One group is encoded, and put down again and again: two hours of encoding would be minutes of waiting.
        group = []
        for index in range(GOP):
            picture[:] = 40 + 4 * index
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts = index
            group += stream.encode(frame)
        group += stream.encode(None)
        blocks = [(bytes(packet), packet.pts, packet.dts, packet.is_keyframe) for packet in group]
        for start in range(0, SECONDS * FPS, GOP):
            for data, pts, dts, key in blocks:
                packet = av.Packet(data)
                packet.stream, packet.time_base = stream, Fraction(1, FPS)
                packet.pts, packet.dts, packet.is_keyframe = start + pts, start + dts, key
                packet.duration = 1
                container.mux(packet)
    hole = BYTES - path.stat().st_size
    with path.open("ab") as file:
        file.write(struct.pack(">I4sQ", 1, b"free", hole))
        file.truncate(BYTES)
    return path


def film_size(size: int) -> str:
    """`2.1 GB`."""
    return f"{size / 1e9:.1f} GB"


if __name__ == "__main__":
    main()
