"""Defects planted into real clips: which are found, and what is said of good stretches: python benchmarks/defects.py

Each film shows a person well for three seconds, then the same person spoiled for three, then well again; the spoiled
ones are made as in windows.py. Asked is what `findings` says about each of the three stretches, and where the track
has its cuts. A hit is the planted defect's own code on the spoiled stretch; a false alarm is any warning on a good
one, or a cut where there is none. Needs the folder SORA_NB_REAL_VIDEOS, and the detector of `sora-nb[faces]`.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from films import FPS, machine, write
from windows import HELD_OUT, SECONDS, TUNED, segment

from sora_nb.timerange import Limits
from sora_nb.video import Track, scan
from sora_nb.video.mtcnn import Mtcnn

PLANTED = {
    "blurred": "blurry",
    "dark": "dark",
    "overexposed": "overexposed",
    "shaken": "shaky",
    "two": "several_faces",
    "dissolve": "fade",
    "nobody": "no_character",
}
FREE = Limits("free")
NEAR = 2.5 / FPS
EDGE = 0.05
"""Seconds that a stretch is asked about less on either side, so that the cuts between them are not in it."""


def main() -> None:
    """Make the films, ask, and print a line for each kind of defect."""
    options = argparse.ArgumentParser()
    options.add_argument("--each", type=int, default=2, help="films of each defect with each person")
    options.add_argument("--seed", default="defects", help="another word plants them elsewhere")
    chosen = options.parse_args()
    each = chosen.each
    print(f"{machine()}; {each} of each, seed {chosen.seed!r}")
    hits, planted, other, false = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    good = cuts = found_cuts = false_cuts = 0
    detector = Mtcnn()
    with TemporaryDirectory() as place:
        for number, person in enumerate((*TUNED, *HELD_OUT)):
            for kind in PLANTED:
                for turn in range(each):
                    rng = random.Random(f"{chosen.seed} {number} {kind} {turn}")  # noqa: S311  # repeatable, not secret
                    path = Path(place) / "film.mp4"
                    write(path, np.concatenate([segment(name, person, rng) for name in ("good", kind, "good")]))
                    track = scan(path, faces=detector)
                    planted[kind] += 1
                    codes = said(track, 1, ("warning", "hint"))
                    hits[kind] += PLANTED[kind] in codes
                    other.update(f"{kind}: {code}" for code in codes - {PLANTED[kind]})
                    for stretch in (0, 2):
                        good += 1
                        false.update(said(track, stretch, ("warning",)))
                    joints = [SECONDS, 2 * SECONDS]
                    near = [at for at in track.cuts if any(abs(at - joint) < NEAR for joint in joints)]
                    cuts, found_cuts, false_cuts = (
                        cuts + 2,
                        found_cuts + len(near),
                        false_cuts + len(track.cuts) - len(near),
                    )
                    if PLANTED[kind] not in codes or len(near) < 2:
                        print(f"{person.shot.clip} {kind} {turn}: {sorted(codes)}, cuts {track.cuts}", flush=True)
    print(f"{'cut':12} found {found_cuts} of {cuts}, false {false_cuts}")
    for kind, code in PLANTED.items():
        also = ", ".join(f"{name.split(': ')[1]} {count}" for name, count in other.items() if name.startswith(kind))
        print(f"{kind:12} found {hits[kind]} of {planted[kind]} ({code}), also said of them: {also or 'nothing'}")
    told = ", ".join(f"{code} {count}" for code, count in false.items())
    print(f"{good} good stretches, false alarms: {told or 'none'}")


def said(track: Track, stretch: int, levels: tuple[str, ...]) -> set[str]:
    """The codes of what is found in one of the three stretches."""
    span = (stretch * SECONDS + EDGE, (stretch + 1) * SECONDS - EDGE)
    return {finding.code for finding in track.findings(span, FREE) if finding.level in levels}


if __name__ == "__main__":
    main()
