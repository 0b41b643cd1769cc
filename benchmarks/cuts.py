"""Cuts and fades that are found, side by side with PySceneDetect: python benchmarks/cuts.py

Real shots are spliced at known times, by hard cuts in some films and by dissolves, fades through black and wipes in
others. Every threshold was fixed before these films were made. The second part are the real clips themselves.
Needs the folder SORA_NB_REAL_VIDEOS, and `pip install scenedetect` for the comparison.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from films import CLIPS, FPS, Shot, dissolve, folder, machine, piece, shots, write
from numpy.typing import NDArray

from sora_nb.video import scan

FILMS, PIECES = 12, 11
LENGTHS = (8, 16, 25)
"""Frames that a dissolve lasts; a fade through black takes as many out and in."""
SEED = "held out"
"""The threshold of fades was set on films of another seed."""
NEAR = 2.5 / FPS
"""A cut must be told this exactly, in seconds."""
KINDS = ("cut", "dissolve", "black", "wipe")

Stretch = tuple[float, float]


@dataclass
class Score:
    """Hits, misses and false alarms."""

    hits: int = 0
    misses: int = 0
    false: int = 0
    where: list[str] = field(default_factory=list)

    def add(self, name: str, true: Sequence[Stretch], told: Sequence[Stretch]) -> None:
        """Match what was told with what is true: each once, in time, and hardly longer than it is."""
        left = list(true)
        for start, end in told:
            match = next((one for one in left if matches(one, (start, end))), None)
            if match is None:
                self.false += 1
                self.where.append(f"{name} false at {start:.2f}")
            else:
                left.remove(match)
                self.hits += 1
        self.misses += len(left)
        self.where += [f"{name} missed {start:.2f}" for start, _ in left]

    def __str__(self) -> str:
        precision = self.hits / max(1, self.hits + self.false)
        recall = self.hits / max(1, self.hits + self.misses)
        f1 = 2 * precision * recall / max(1e-9, precision + recall)
        counts = f"{self.hits:4} found {self.misses:3} missed {self.false:3} false"
        return f"{counts}  P {precision:.3f} R {recall:.3f} F1 {f1:.3f}"


def matches(true: Stretch, told: Stretch) -> bool:
    """Whether the two are about the same change."""
    overlap = told[0] <= true[1] + NEAR and told[1] >= true[0] - NEAR
    return overlap and told[1] - told[0] <= true[1] - true[0] + 0.6


def spliced(kind: str, rng: random.Random) -> tuple[NDArray[np.uint8], list[Stretch]]:
    """A film of pieces with one kind of change between them, and when each change is, in seconds."""
    pictures: list[NDArray[np.uint8]] = []
    changes: list[Stretch] = []
    before: Shot | None = None
    tail: NDArray[np.uint8] | None = None
    length = 0
    for number in range(PIECES):
        lasting = LENGTHS[number % len(LENGTHS)] if kind != "cut" else 0
        seconds = rng.uniform(1.0, 2.2) + (length + lasting) / FPS
        shot = rng.choice([one for one in shots(seconds) if one != before])
        new = piece(shot, rng.uniform(shot.start, shot.end - seconds), seconds)
        if tail is not None:
            joined = list(joint(kind, tail, new[: len(tail)]))
            start = sum(map(len, pictures))
            changes.append((start / FPS, (start + len(joined)) / FPS))
            pictures += [np.stack(joined)] if joined else []
            new = new[len(tail) :]
        length = lasting
        pictures.append(new[: len(new) - length])
        tail, before = new[len(new) - length :], shot
    return np.concatenate(pictures), changes


def joint(kind: str, one: NDArray[np.uint8], two: NDArray[np.uint8]) -> Iterator[NDArray[np.uint8]]:
    """The frames between two pieces."""
    if kind == "dissolve":
        yield from dissolve(one, two)
    elif kind == "black":
        yield from dissolve(one, np.zeros_like(one))
        yield from dissolve(np.zeros_like(two), two)
    elif kind == "wipe":
        for number, (before, after) in enumerate(zip(one, two, strict=True), start=1):
            edge = before.shape[1] * number // (len(one) + 1)
            yield np.concatenate([after[:, :edge], before[:, edge:]], axis=1)


def ours(path: Path) -> tuple[list[Stretch], list[Stretch]]:
    """Cuts and fades."""
    track = scan(path)
    return [(at, at) for at in track.cuts], [(fade.start, fade.end) for fade in track.fades]


def theirs(path: Path) -> tuple[list[Stretch], list[Stretch]]:
    """Cuts by PySceneDetect's content detector as it comes."""
    from scenedetect import ContentDetector, detect

    scenes = detect(str(path), ContentDetector())
    return [(scene[0].seconds, scene[0].seconds) for scene in scenes[1:]], []


def detectors() -> dict[str, Callable[[Path], tuple[list[Stretch], list[Stretch]]]]:
    """Ours, and theirs where it is installed."""
    try:
        import scenedetect
    except ImportError:
        return {"sora_nb": ours}
    return {"sora_nb": ours, f"PySceneDetect {scenedetect.__version__} content": theirs}


def main() -> None:
    """Make the films, ask everyone, print the figures."""
    print(machine())
    everyone = detectors()
    scores = {
        (name, kind): Score() for name in everyone for kind in (*KINDS, "cuts in fades", "real cuts", "real fades")
    }
    with tempfile.TemporaryDirectory() as place:
        for kind in KINDS:
            for number in range(FILMS if kind == "cut" else FILMS // 2 if kind != "wipe" else 3):
                path = Path(place) / f"{kind}{number}.mp4"
                pictures, true = spliced(kind, random.Random(f"{kind} {number} {SEED}"))  # noqa: S311  # repeatable, not secret
                write(path, pictures)
                for name, ask in everyone.items():
                    cuts, fades = ask(path)
                    if kind == "cut":
                        scores[name, "cut"].add(path.stem, true, cuts)
                        scores[name, "dissolve"].add(path.stem, [], fades)
                    else:
                        inside = [one for one in cuts if any(a - NEAR <= one[0] <= b + NEAR for a, b in true)]
                        told = merged(fades) if kind == "black" else fades
                        scores[name, kind].add(path.stem, true, told or inside)
                        scores[name, "cuts in fades"].add(path.stem, [], [one for one in cuts if one not in inside])
                path.unlink()
    for clip, seen in CLIPS.items():
        for name, ask in everyone.items():
            cuts, fades = ask(folder() / clip)
            scores[name, "real cuts"].add(clip, [(at, at) for at in seen.cuts], cuts)
            scores[name, "real fades"].add(clip, seen.fades, fades)
    for (name, kind), score in scores.items():
        print(f"{name:32} {kind:14} {score}")
        if name == "sora_nb":
            for line in score.where:
                print(f"{'':48}{line}")


def merged(stretches: Sequence[Stretch]) -> list[Stretch]:
    """Out to black and in again is one change."""
    out: list[Stretch] = []
    for start, end in stretches:
        if out and start - out[-1][1] < 0.2:
            out[-1] = (out[-1][0], end)
        else:
            out.append((start, end))
    return out


if __name__ == "__main__":
    main()
