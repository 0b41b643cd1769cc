"""What looking costs beside decoding alone: python benchmarks/video_speed.py [film ...]

Every way is run in turn, several times over, on the same film; the least time of each is compared with the least time
of decoding alone: `ffmpeg -f null` where ffmpeg is installed, else PyAV with the same threads. CPU time is given too,
since it says more on a busy machine. Without a film named, one is made of bbb1080.mp4 in SORA_NB_REAL_VIDEOS.
"""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import av
from films import folder, machine

from sora_nb.video import scan
from sora_nb.video.faces import Dlib
from sora_nb.video.glance import Glancer
from sora_nb.video.mtcnn import Mtcnn

RUNS = 5
Way = Callable[[str], object]


def by_ffmpeg(path: str) -> None:
    """Decoding by whichever ffmpeg is installed."""
    subprocess.run(["ffmpeg", "-v", "error", "-i", path, "-f", "null", "-"], check=True)  # noqa: S607


def frames(path: str) -> Iterator[av.VideoFrame]:
    """Decoding by PyAV."""
    with av.open(path) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        yield from container.decode(stream)


def by_pyav(path: str) -> None:
    """Decoding alone."""
    for _ in frames(path):
        pass


def glances(path: str) -> None:
    """The small pictures and their figures, without samples and fades."""
    glancer, before = Glancer(), None
    for frame in frames(path):
        glance = glancer(frame)
        glance.figures(before)
        before = glance


def ways() -> dict[str, Way]:
    """Everything that is compared, decoding alone first."""
    found: dict[str, Way] = {"ffmpeg -f null": by_ffmpeg} if shutil.which("ffmpeg") else {}
    found["PyAV, decode alone"] = by_pyav
    found["per-frame figures"] = glances
    found["track, one sample in 10 s"] = lambda path: scan(path, faces=None, samples=0.1)
    found["all, no detector"] = lambda path: scan(path, faces=None)
    for kind in (Mtcnn, Dlib):
        try:
            detector = kind()
        except ImportError:
            continue
        found[f"all, {kind.name} at 4 a second"] = lambda path, detector=detector: scan(path, faces=detector)
    return found


def used() -> float:
    """CPU seconds so far, of this process and those it waited for."""
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def compare(path: str) -> None:
    """Time every way and print the ratios."""
    least: dict[str, tuple[float, float]] = {}
    for _ in range(RUNS):
        for name, way in ways().items():
            wall, cpu = time.perf_counter(), used()
            way(path)
            wall, cpu = time.perf_counter() - wall, used() - cpu
            known = least.get(name, (wall, cpu))
            least[name] = min(known[0], wall), min(known[1], cpu)
    with av.open(path) as container:
        stream = container.streams.video[0]
        size = f"{stream.codec.name} {stream.width}x{stream.height}"
        print(f"\n{Path(path).name}: {size}, {float(stream.average_rate):.3g} fps")
    alone = next(iter(least.values()))
    for name, (wall, cpu) in least.items():
        print(f"{name:28} {wall:7.2f} s {wall / alone[0]:6.2f}x   CPU {cpu:7.2f} s {cpu / alone[1]:6.2f}x")


def smaller(source: Path, target: Path) -> None:
    """The film with 720 lines."""
    with av.open(str(source)) as old, av.open(str(target), "w") as new:
        track = new.add_stream("libx264", rate=24, options={"crf": "20", "preset": "veryfast"})
        track.width, track.height, track.pix_fmt = 1280, 720, "yuv420p"
        for number, frame in enumerate(old.decode(video=0)):
            picture = frame.reformat(1280, 720, "yuv420p")
            picture.pts, picture.time_base, picture.pict_type = number, track.codec_context.time_base, 0
            new.mux(track.encode(picture))
        new.mux(track.encode(None))


def main() -> None:
    """Compare on the films that are named, or on one at two sizes."""
    print(machine())
    if sys.argv[1:]:
        for path in sys.argv[1:]:
            compare(path)
        return
    source = folder() / "bbb1080.mp4"
    with tempfile.TemporaryDirectory() as place:
        film = Path(place) / "bbb720.mp4"
        smaller(source, film)
        compare(str(film))
    compare(str(source))


if __name__ == "__main__":
    main()
