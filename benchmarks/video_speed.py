"""What looking costs beside decoding alone: python benchmarks/video_speed.py [film ...]

Every way is run in turn, several times over, on the same film; the least time of each is compared with the least time
of decoding alone: `ffmpeg -f null` with the threads that it takes by itself, else PyAV. CPU time (user and system, of
all threads and of ffmpeg's process) is given beside the time on the clock, since it says more on a busy machine.
Networks are loaded before, which is told apart. Without a film named there are three, made of the clips in
SORA_NB_REAL_VIDEOS: a talking head that decodes very fast, where looking weighs most, and an animation at two sizes.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import av
from films import folder, machine

from sora_nb.video import scan
from sora_nb.video.faces import Dlib
from sora_nb.video.glance import Glancer
from sora_nb.video.mtcnn import Mtcnn

RUNS = 9
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
    """Everything that is compared, decoding alone first. Detectors are loaded here, outside of what is timed."""
    found: dict[str, Way] = {"ffmpeg -f null": by_ffmpeg} if shutil.which("ffmpeg") else {}
    found["PyAV, decode alone"] = by_pyav
    found["per-frame figures"] = glances
    found["track, one sample in 10 s"] = lambda path: scan(path, faces=None, samples=0.1)
    found["all, no detector"] = lambda path: scan(path, faces=None)
    for kind in (Mtcnn, Dlib):
        wall = time.perf_counter()
        try:
            detector = kind()
        except ImportError:
            continue
        print(f"{kind.name} loaded in {time.perf_counter() - wall:.2f} s")
        found[f"all, {kind.name} at 4 a second"] = lambda path, detector=detector: scan(path, faces=detector)
    return found


def used() -> float:
    """CPU seconds so far, of this process and those it waited for."""
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def compare(path: str, compared: dict[str, Way]) -> None:
    """Time every way and print the ratios."""
    least: dict[str, tuple[float, float]] = {}
    for _ in range(RUNS):
        for name, way in compared.items():
            wall, cpu = time.perf_counter(), used()
            way(path)
            wall, cpu = time.perf_counter() - wall, used() - cpu
            known = least.get(name, (wall, cpu))
            least[name] = min(known[0], wall), min(known[1], cpu)
    with av.open(path) as container:
        stream = container.streams.video[0]
        size = f"{stream.codec.name} {stream.width}x{stream.height}"
        lasting, rate = float(container.duration / av.time_base), container.bit_rate / 1e6
        print(f"\n{Path(path).name}: {size}, {float(stream.average_rate):.3g} fps, {lasting:.0f} s, {rate:.2g} Mb/s")
    alone = next(iter(least.values()))
    for name, (wall, cpu) in least.items():
        print(f"{name:28} {wall:7.2f} s {wall / alone[0]:6.2f}x   CPU {cpu:7.2f} s {cpu / alone[1]:6.2f}x")


def smaller(source: Path, target: Path, size: tuple[int, int] = (1280, 720)) -> None:
    """The film, 24 frames a second of it, at another size."""
    with av.open(str(source)) as old, av.open(str(target), "w") as new:
        track = new.add_stream("libx264", rate=24, options={"crf": "20", "preset": "veryfast"})
        track.width, track.height, track.pix_fmt = *size, "yuv420p"
        for number, frame in enumerate(old.decode(video=0)):
            picture = frame.reformat(*size, "yuv420p")
            picture.pts, picture.time_base, picture.pict_type = number, Fraction(1, 24), 0
            new.mux(track.encode(picture))
        new.mux(track.encode(None))


def repeated(source: Path, target: Path, times: int) -> None:
    """The film so many times over, its packets copied as they are."""
    with av.open(str(source)) as old, av.open(str(target), "w") as new:
        stream = old.streams.video[0]
        track = new.add_stream_from_template(stream)
        lasting = stream.duration
        for number in range(times):
            old.seek(0)
            for packet in old.demux(stream):
                if packet.dts is None:
                    continue
                packet.pts, packet.dts = packet.pts + number * lasting, packet.dts + number * lasting
                packet.stream = track
                new.mux(packet)


def main() -> None:
    """Compare on the films that are named, or on three that are made."""
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    print(f"{machine()}; load before {load}; the least of {RUNS} interleaved runs")
    compared = ways()
    if sys.argv[1:]:
        for path in sys.argv[1:]:
            compare(path, compared)
        return
    with tempfile.TemporaryDirectory() as place:
        talk, film = Path(place) / "talk720.mp4", Path(place) / "bbb720.mp4"
        repeated(folder() / "lp_s18.mp4", talk, 4)
        compare(str(talk), compared)
        smaller(folder() / "bbb1080.mp4", film)
        compare(str(film), compared)
    compare(str(folder() / "bbb1080.mp4"), compared)


if __name__ == "__main__":
    main()
