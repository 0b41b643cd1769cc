"""Memory over two hours of film: python benchmarks/memory.py [hours]

Half a minute of bbb1080.mp4 in SORA_NB_REAL_VIDEOS is made small and its packets are repeated; the film is scanned
with a detector that sees a face in every sample, so that all of its tables grow. Told is the memory of this process
(resident set) at every tenth of the film, and how large the track is in the end.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

from films import folder, machine
from video_speed import repeated, smaller

from sora_nb.video import scan
from sora_nb.video.faces import Face

SIZE = (320, 180)


def main() -> None:
    """Make the film, scan it, print the figures."""
    hours = float(sys.argv[1]) if sys.argv[1:] else 2.0
    print(machine())
    with tempfile.TemporaryDirectory() as place:
        short, film = Path(place) / "short.mp4", Path(place) / "film.mp4"
        smaller(folder() / "bbb1080.mp4", short, SIZE)
        repeated(short, film, round(hours * 120))
        told = -1

        def progress(share: float) -> None:
            nonlocal told
            if int(share * 10) > told:
                told = int(share * 10)
                print(f"{share:5.0%} of {hours:g} h  {resident():6.1f} MB", flush=True)

        began = time.perf_counter()
        track = scan(film, faces=lambda picture: [Face(0.4, 0.3, 0.2, 0.4, 0.9, 0.1)], progress=progress)
        seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    rows = sum(each.nbytes for each in (track.frames, track.samples, track.faces)) / 1e6
    print(f"{len(track)} frames in {seconds:.0f} s; {rows:.1f} MB of rows, {len(track.to_bytes()) / 1e6:.1f} MB kept")
    print(f"peak {peak:.1f} MB")


def resident() -> float:
    """Megabytes of this process in memory."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


if __name__ == "__main__":
    main()
