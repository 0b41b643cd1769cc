"""A kernel that really dies loses no job and pays for none twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

import sora_nb.errors
from sora_nb import Studio, Video
from sora_nb.library import Library
from sora_nb.projecting import intent
from tests.clips import make_clip

KERNEL = """
import sys, time
import sora_nb.errors
from sora_nb import Studio
studio = Studio("simulator", base_url=sys.argv[1] or None, library=sys.argv[2])
videos = [studio.generate(f"a red ball, take {n}", seconds=4, size="320x180", model="sim-1") for n in range(3)]
while any(video.remote_id is None for video in videos):
    time.sleep(0.02)
print("accepted", flush=True)
time.sleep(60)
"""


LAB = """
import sys, time
from sora_nb import Studio
from sora_nb.dialects import Service
lab = Service.like("vllm-omni", name="lab", base_url=sys.argv[1], usd_per_second={"wan": 0.5}, seconds=(2, 4))
studio = Studio(lab, library=sys.argv[2])
ada = studio.create_character(sys.argv[3], "0,2", name="Ada", description="a red hat").wait()
videos = [studio.generate(f"@ada walks, take {n}", seconds=4, size="320x180") for n in range(2)]
while any(video.remote_id is None for video in videos):
    time.sleep(0.02)
print("accepted", flush=True)
time.sleep(60)
"""


@pytest.fixture
def simulator(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """A simulator in a process of its own, playing whom the test's parameter says."""
    command = [sys.executable, "-m", "sora_nb.cli", "serve", "--port", "0", "--folder", str(tmp_path / "world")]
    command += ["--profile", getattr(request, "param", "default")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.terminate()


def kill_a_kernel(service: str, library: Path, script: str = KERNEL, *arguments: str) -> None:
    """Let a kernel ask for videos, and kill it as soon as they are accepted."""
    command = [sys.executable, "-c", script, service, str(library), *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as kernel:
        assert kernel.stdout is not None
        assert kernel.stdout.readline().strip() == "accepted"
        os.kill(kernel.pid, signal.SIGKILL)


def test_three_videos_survive_their_kernel(simulator: str, tmp_path: Path) -> None:
    kill_a_kernel(simulator, tmp_path / "library")
    before = Library(tmp_path / "library").jobs.unfinished()
    assert [row.status for row in before] == ["queued"] * 3 or "in_progress" in {row.status for row in before}

    videos = Studio("simulator", base_url=simulator, library=tmp_path / "library").resume()
    files = {video.wait(60).path for video in videos}

    assert len(files) == 3 and all(path is not None and path.exists() for path in files)
    ledger = json.load(urllib.request.urlopen(f"{simulator}/ledger"))
    assert len(ledger["charges"]) == 3


def test_the_simulator_of_the_process_survives_it_too(tmp_path: Path) -> None:
    kill_a_kernel("", tmp_path / "library")
    videos = Studio("simulator", library=tmp_path / "library").resume()
    assert len([video.wait(60) for video in videos]) == 3
    ledger = (tmp_path / "library" / "simulator" / "world.jsonl").read_text().splitlines()
    assert sum(json.loads(line)["event"] == "job" for line in ledger) == 3


@pytest.mark.parametrize("simulator", ["vllm-omni"], indirect=True)
def test_a_service_of_ones_own_is_found_again_by_where_it_is(simulator: str, tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", size=(320, 180))
    kill_a_kernel(simulator, tmp_path / "library", LAB, str(clip))
    studio = Studio("simulator", library=tmp_path / "library")
    videos = [handle for handle in studio.resume() if isinstance(handle, Video)]
    rows = [video.wait(90).record for video in videos]
    assert [(row.service, row.mode, row.est_cost_usd, row.status) for row in rows] == [
        ("lab", "reference", 2.0, "completed")
    ] * 2
    ledger = json.load(urllib.request.urlopen(f"{simulator}/ledger"))
    assert len(ledger["charges"]) == 2
    studio.close()


def test_a_job_whose_key_is_not_here_says_so_and_holds_up_no_other(tmp_path: Path) -> None:
    with_key = Studio("openai", base_url="https://example.invalid/v1", api_key="k", library=tmp_path)
    far = intent(with_key.service, "video", with_key.prepare("a cat").row.request, None)
    with_key.close()
    Library(tmp_path).jobs.intend(far)
    studio = Studio("simulator", library=tmp_path)
    near = studio.generate("a ball", seconds=1, size="320x180")
    handles = {handle.id: handle for handle in studio.resume()}
    assert "SORA_API_KEY" in (handles[far.id].error or "")
    with pytest.raises(sora_nb.errors.MissingKeyError):
        handles[far.id].wait(5)
    assert near.wait(60).status == "completed"
    assert handles[far.id].status == "queued"
    studio.close()
