"""How soon a mark has its verdict and a seek its frame: `python benchmarks/panels.py [--marks 100] [--seeks 15]`.

In a real JupyterLab. A key on the range's end moves it by a frame, and the clock runs from the key until Python's words
about the new range are painted. Beside it in the same notebook, turn by turn: a bare `ipywidgets.FloatSlider` and a
`Label` that Python sets. Goal: at most 1.3 times as long in the median. Then the same moments are sought in a long
1080p film with a frame of its own every ten seconds, and in the preview that is made of it.

`benchmarks/picker_large_film.py` has the film of two hours and 2 GB, `benchmarks/drift.py` the nine takes in step.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

import av
import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from sora_nb.video.guarded import preview  # noqa: E402  # the repository's own, wherever this is called from
from tests.browser.chromium import ARGS, MISSING, find_chromium  # noqa: E402
from tests.browser.jupyter import LabServer, write_notebook  # noqa: E402
from tests.clips import make_clip  # noqa: E402

GOAL = 1.3
FPS = 30
FILM_SECONDS = 60

BARE = """
import ipywidgets
slider, label = ipywidgets.FloatSlider(min=0, max=1000, step=1), ipywidgets.Label("0")
slider.observe(lambda change: setattr(label, "value", f"heard {change.new}"), "value")
ipywidgets.VBox([slider, label])
"""

PICK = """
from sora_nb.widgets import pick
p = pick("clip.mp4", limits="openai", value="1,7")  # beyond the best lengths, so that the words name the length
p
"""

ANSWERED = """([hand, words, key]) => new Promise((done, late) => {
  const before = words.textContent;
  const began = performance.now();
  const seen = new MutationObserver(() => {
    if (words.textContent === before || !words.textContent) return;
    seen.disconnect();
    // A frame's callbacks run before it is painted, a message posted from them after.
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => done(performance.now() - began);
      port2.postMessage(null);
    });
  });
  seen.observe(words, { childList: true, subtree: true, characterData: true });
  setTimeout(() => late(new Error("no answer in 20 s")), 20000);
  const code = { ArrowRight: 39, ArrowLeft: 37 }[key];
  hand.dispatchEvent(new KeyboardEvent("keydown", { key, code: key, keyCode: code, bubbles: true, cancelable: true }));
})"""

SOUGHT = """([video, second]) => new Promise((done) => {
  const began = performance.now();
  video.requestVideoFrameCallback(() => done(performance.now() - began));
  video.currentTime = second;
})"""


def main() -> None:
    """Measure, print, and end with 1 where the goal was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--marks", type=int, default=100)
    parser.add_argument("--seeks", type=int, default=15)
    asked = parser.parse_args()
    chromium = find_chromium()
    if chromium is None:
        sys.exit(MISSING)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGS)
        page = browser.new_page(viewport={"width": 1280, "height": 1000})
        page.set_default_timeout(120_000)
        bare, marks = round_trips(page, Path(folder, "notebooks"), asked.marks)
        page.context.close()
        original, proxy = seeks(browser, Path(folder), asked.seeks)
        browser.close()
    ratio = statistics.median(marks) / statistics.median(bare)
    print(f"bare slider to painted label   {told(bare)}")
    print(f"mark to painted verdict        {told(marks)}")
    print(f"ratio of the medians           {ratio:.2f} (goal: at most {GOAL})")
    print(f"seek to frame, the original    {told(original)}")
    print(f"seek to frame, the preview     {told(proxy)}")
    print(f"the preview is                 {statistics.median(original) / statistics.median(proxy):.1f} times as fast")
    sys.exit(ratio > GOAL)


def round_trips(page: Page, root: Path, count: int) -> tuple[list[float], list[float]]:
    """Milliseconds from a key to what Python answers it, for the bare slider and for the picker, turn by turn."""
    root.mkdir()
    make_clip(root / "clip.mp4", 250, 25, (320, 180))
    write_notebook(root / "marks.ipynb", [BARE, PICK])
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    with LabServer(root, env={"SORA_NB_HOME": str(root / "library"), "PYTHONPATH": path}) as server:
        book = server.open(page, "marks.ipynb")
        book.run_all()
        if book.errors():
            sys.exit(f"The notebook failed: {book.errors()}")
        picker = book.output(1).locator(".sora-picker")
        picker.and_(page.locator("[data-loaded]")).wait_for()
        pairs = [
            (book.output(0).locator(".noUi-handle"), book.output(0).locator(".widget-label").last),
            (picker.get_by_role("slider", name="Out"), picker.locator(".sora-remarks")),
        ]
        rng = np.random.default_rng(7)
        ends: list[Any] = [(hand.element_handle(), words.element_handle()) for hand, words in pairs]
        taken: tuple[list[float], list[float]] = ([], [])
        for number in range(count + 5):
            for times, (hand, words) in zip(taken, ends, strict=True):
                key = "ArrowRight" if number // 40 % 2 == 0 else "ArrowLeft"
                times.append(page.evaluate(ANSWERED, [hand, words, key]))
                # Beyond the pause that a drag's messages keep, and in no step with the screen: else a median is of one
                # phase of it, and tells by chance of one picture more or less.
                page.wait_for_timeout(120 + rng.uniform(0, 100))
        book.close()
    return taken[0][5:], taken[1][5:]


def seeks(browser: Browser, folder: Path, count: int) -> tuple[list[float], list[float]]:
    """Milliseconds from a seek to the frame, in a film with rare key frames and in its preview; the same moments."""
    film = long_groups(folder / "film.mp4")
    files = {"film.mp4": film, "preview.mp4": preview(film, folder / "preview.mp4")}
    taken: list[list[float]] = []
    for name in files:
        page = browser.new_page()
        (folder / f"{name}.html").write_text(f'<!doctype html><video muted preload="auto" src="{name}"></video>')
        page.goto((folder / f"{name}.html").as_uri())
        page.wait_for_function("() => document.querySelector('video').readyState > 2")
        video = page.query_selector("video")
        moments = [(7.3 + 17.9 * number) % (FILM_SECONDS - 1) for number in range(count)]
        taken.append([page.evaluate(SOUGHT, [video, moment]) for moment in moments])
        page.context.close()
    return taken[0], taken[1]


def long_groups(path: Path) -> Path:
    """1080p with a key frame every ten seconds, as cameras and streams have it."""
    rng = np.random.default_rng(7)
    ground = rng.integers(0, 255, (1080, 1920, 3), np.uint8)
    with av.open(str(path), "w", options={"movflags": "+faststart"}) as container:
        stream: Any = container.add_stream("libx264", rate=FPS, options={"preset": "ultrafast", "crf": "36"})
        stream.width, stream.height, stream.pix_fmt, stream.gop_size = 1920, 1080, "yuv420p", 10 * FPS
        for index in range(FILM_SECONDS * FPS):
            picture = np.roll(ground, 4 * index, axis=1) // 4 + 90
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")))
        container.mux(stream.encode(None))
    return path


def told(times: list[float]) -> str:
    """The median, and the time that nineteen of twenty stay below."""
    late = sorted(times)[int(len(times) * 0.95)]
    return f"median {statistics.median(times):6.1f} ms, p95 {late:6.1f} ms, n {len(times)}"


if __name__ == "__main__":
    main()
