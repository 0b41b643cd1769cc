"""Many takes at once: `python benchmarks/sweep.py frame [ROWS]` and `python benchmarks/sweep.py flight [TAKES]`.

`frame`: a library of ROWS takes (100,000) as a DataFrame, against `pandas.read_sql` of the same rows. Processor time
decides, since both do nothing else; the goal is twice the time.

`flight`: TAKES (1,000) in flight at a simulator in a process of its own, against a bare httpx script that sends the
same requests, asks every 5 s, writes the files, and keeps no journal. Goals: 1.15 times its wall time, no more than
1.2 times the polls of someone who knows when each is done, and memory that does not grow with the takes.
"""

from __future__ import annotations

import asyncio
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pandas as pd
import sqlalchemy as sa

from sora_nb import Studio
from sora_nb.library.journal import JobRow, _values
from sora_nb.library.schema import jobs

ASKED = {"seconds": 30, "size": "96x54", "model": "sim-1"}
"""Half a minute of video takes the simulator 19 s, as a quick service would."""

SERVICE = """
import functools, pathlib, shutil, sys
sys.path.insert(0, sys.argv[2])
from sora_nb.simulator import pictures, serve as serving
from tests.clips import make_clip
folder = pathlib.Path(sys.argv[1])
folder.mkdir()
film = make_clip(folder / "film.mp4", frames=8, size=(96, 54))
pictures.render = lambda path, prompt, **asked: shutil.copyfile(film, path)
create = serving.create_app
def counted(*given, **options):
    app = create(*given, **options)
    async def count(scope, receive, send):
        path = scope.get("path", "")
        if path.startswith("/v1/videos/") and not path.endswith("content"):
            with open(folder / "polls", "a") as file:
                file.write("x")
        await app(scope, receive, send)
    return count
serving.create_app = counted
serving.serve(port=0, folder=folder / "world", announce=functools.partial(print, flush=True))
"""


def frame(rows: int) -> dict[str, float]:
    """Seconds of processor time for each way."""
    with tempfile.TemporaryDirectory() as folder:
        studio = Studio("simulator", library=folder)
        database = studio._engine.library._database
        for start in range(0, rows, 5000):
            with database.write() as connection:
                filled = [_values(_row(number)) for number in range(start, min(rows, start + 5000))]
                connection.execute(sa.insert(jobs), filled)
        pandas_s = ours_s = float("inf")
        with sa.create_engine(f"sqlite:///{folder}/library.db").connect() as connection:
            for _ in range(3):
                pandas_s = min(pandas_s, _cpu(lambda: pd.read_sql(sa.select(jobs), connection)))
                ours_s = min(ours_s, _cpu(studio.videos_df))
        studio.close()
    return {"rows": rows, "read_sql_s": pandas_s, "videos_df_s": ours_s, "ratio": ours_s / pandas_s}


def flight(takes: int) -> dict[str, float]:
    """Wall times, polls and memory of both."""
    found: dict[str, float] = {"takes": takes}
    for name, work in (("bare", _bare), ("sora_nb", _ours)):
        with tempfile.TemporaryDirectory() as folder:
            root = str(Path(__file__).parents[1])
            command = [sys.executable, "-c", SERVICE, f"{folder}/service", root]
            with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as service:
                assert service.stdout is not None
                try:
                    address = service.stdout.readline().strip()
                    before, began = _memory(), time.perf_counter()
                    work(address, Path(folder), takes)
                    found[f"{name}_s"] = time.perf_counter() - began
                    found[f"{name}_mb"] = _memory() - before
                    found[f"{name}_polls"] = Path(folder, "service", "polls").stat().st_size
                finally:
                    service.terminate()
    found["wall_ratio"] = found["sora_nb_s"] / found["bare_s"]
    found["polls_ratio"] = found["sora_nb_polls"] / takes
    return found


def _ours(address: str, folder: Path, takes: int) -> None:
    studio = Studio("simulator", base_url=address, library=folder / "library")
    sweep = studio.sweep("a red ball, {scene}", scene=[f"scene {n}" for n in range(takes)], **ASKED).run().wait()
    done = int((sweep.df["status"] == "completed").sum())
    studio.close()
    if done != takes:
        sys.exit(f"{done} of {takes} came through: {sweep.progress}")


def _bare(address: str, folder: Path, takes: int) -> None:
    asyncio.run(_bare_script(f"{address}/v1/videos", folder, takes))


async def _bare_script(address: str, folder: Path, takes: int) -> None:
    async def one(number: int) -> None:
        asked = {**ASKED, "seconds": str(ASKED["seconds"]), "prompt": f"a red ball, scene {number}"}
        told = (await client.post(address, json=asked)).raise_for_status().json()
        while told["status"] != "completed":
            await asyncio.sleep(5)
            told = (await client.get(f"{address}/{told['id']}")).raise_for_status().json()
        film = (await client.get(f"{address}/{told['id']}/content")).raise_for_status().content
        (folder / f"{number}.mp4").write_bytes(film)

    # A server closes what was idle for 5 s, and a client that does so as well may ask just then.
    limits = httpx.Limits(max_connections=32, keepalive_expiry=2)
    async with httpx.AsyncClient(headers={"Authorization": "Bearer k"}, limits=limits, timeout=None) as client:  # noqa: S113
        await asyncio.gather(*(one(number) for number in range(takes)))


def _row(number: int) -> JobRow:
    when, digits = 1.8e9 + number, f"{number:032x}"
    return JobRow(
        id=f"vid_{digits[16:]}",
        kind="video",
        service="simulator",
        dialect="openai",
        base_url="simulator:/v1",
        request={**ASKED, "prompt": f"@ada walks in scene {number}, slowly", "characters": ["chr_1"], "take": 1},
        key=digits,
        created_at=when,
        state="STORED",
        remote_id=f"video_{digits}",
        sent_at=when,
        completed_at=when + 40.5,
        est_cost_usd=0.3,
        cost_usd=0.3,
        file=f"{digits}{digits}.mp4",
        width=96,
        height=54,
        fps=24.0,
        duration_s=30.0,
        measures={"sharpness": 0.5, "motion": 1.25, "cuts": 0},
        sweep="swp_1",
        axes={"scene": str(number)},
    )


def _cpu(work: Callable[[], Any]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _memory() -> float:
    """The most that this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    wanted = {"frame": (frame, 100_000), "flight": (flight, 1_000)}
    if len(sys.argv) < 2 or sys.argv[1] not in wanted:
        sys.exit(__doc__)
    measure, default = wanted[sys.argv[1]]
    sys.stdout.write(json.dumps(measure(int(sys.argv[2]) if len(sys.argv) > 2 else default), indent=1) + "\n")
