"""Whether the best stretch is suggested first: python benchmarks/windows.py

Each film has ten segments in random order, and only one is good: the others are blurred, dark, over-exposed, shaken,
half out of the picture, with a second person, dissolving, and two without anybody. A film counts where the first
suggestion lies in the good one. Weights and thresholds were set with the clips of TUNED; the films of HELD_OUT show
people that were not looked at before. Needs the folder SORA_NB_REAL_VIDEOS.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from films import FPS, SIZE, Shot, dissolve, footage, machine, write
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from sora_nb.timerange import OPENAI
from sora_nb.video import scan, suggest
from sora_nb.video.faces import Detector, Dlib
from sora_nb.video.mtcnn import Mtcnn

SECONDS = 3.0
FILMS = 42
FACE = 0.42
"""How high every face is, as a share of the picture."""
KINDS = ("good", "blurred", "dark", "overexposed", "shaken", "half", "two", "dissolve", "nobody", "nobody")


@dataclass(frozen=True)
class Person:
    """Where one person is seen well: the shot, and the face's middle and height, as shares of the clip's frame."""

    shot: Shot
    x: float
    y: float
    height: float


TUNED = (
    Person(Shot("lp_s18.mp4", 0.0, 9.3), 0.575, 0.34, 0.41),
    Person(Shot("hamilton.mp4", 3.7, 7.8), 0.36, 0.34, 0.29),
)
HELD_OUT = (
    Person(Shot("consisid.mp4", 0.0, 8.0), 0.52, 0.10, 0.10),
    Person(Shot("lp_d0.mp4", 0.0, 3.1), 0.5, 0.5, 0.55),
)
EMPTY = (
    Shot("bbb1080.mp4", 2.5, 11.82),
    Shot("bbb1080.mp4", 11.93, 15.7),
    Shot("bikes.mp4", 5.53, 7.43),
    Shot("bikes.mp4", 7.53, 9.63),
    Shot("nasa_13013.mp4", 0.0, 4.6),
    Shot("nasa_13013.mp4", 8.13, 12.9),
    Shot("vtest.avi", 0.0, 29.9),
)
"""Landscapes, streets and a stage, in which nobody is seen near; each was looked at from end to end."""


def main() -> None:
    """Make the films, ask for suggestions, print how many were right."""
    options = argparse.ArgumentParser()
    options.add_argument("--films", type=int, default=FILMS)
    options.add_argument("--tuned", action="store_true", help="the clips that the weights were set with")
    options.add_argument(
        "--keep", type=Path, help="a folder to leave the films in, and to take them from the next time"
    )
    chosen = options.parse_args()
    people = TUNED if chosen.tuned else HELD_OUT
    print(machine())
    detectors: dict[str, Detector | None] = {"mtcnn": Mtcnn(), "dlib": Dlib(), "none": None}
    first = dict.fromkeys(detectors, 0)
    within = dict.fromkeys(detectors, 0)
    empty = dict.fromkeys(detectors, 0)
    with TemporaryDirectory() as place:
        for number in range(chosen.films):
            path = (chosen.keep or Path(place)) / f"{'tuned' if chosen.tuned else 'held'}{number:02}.mp4"
            told = path.with_suffix(".json")
            if told.exists():
                order = json.loads(told.read_text(encoding="utf-8"))
            else:
                order = film(path, people[number % len(people)], random.Random(f"{chosen.tuned} {number}"))  # noqa: S311
                told.write_text(json.dumps(order), encoding="utf-8")
            line = []
            for name, detector in detectors.items():
                chosen_kinds = [
                    order[best(one.span.start, one.span.end)] for one in suggest(scan(path, faces=detector), OPENAI)
                ]
                first[name] += chosen_kinds[:1] == ["good"]
                within[name] += "good" in chosen_kinds
                empty[name] += chosen_kinds[:1] == ["nobody"]
                line.append(f"{name}: {' '.join(chosen_kinds) or '-'}")
            print(f"{path.stem}  {'  '.join(line)}", flush=True)
            if not chosen.keep:
                path.unlink()
                told.unlink()
    for name in detectors:
        print(
            f"{name:6} first {first[name]:2} of {chosen.films}, among three {within[name]:2}, empty first {empty[name]}"
        )


def best(start: float, end: float) -> int:
    """The segment that a range lies in for the most part."""
    return min(len(KINDS) - 1, int((start + end) / 2 / SECONDS))


def film(path: Path, person: Person, rng: random.Random) -> list[str]:
    """Write one film, and tell the order of its segments."""
    order = list(KINDS)
    rng.shuffle(order)
    mirrored = rng.random() < 0.5

    def pictures() -> NDArray[np.uint8]:
        return np.concatenate([segment(kind, person, rng)[:, :, :: -1 if mirrored else 1] for kind in order])

    write(path, pictures())
    return order


def segment(kind: str, person: Person, rng: random.Random) -> NDArray[np.uint8]:
    """Three seconds of one kind."""
    if kind == "nobody":
        return empty_stretch(rng)
    good = framed(person, 0.5 + rng.uniform(-0.08, 0.08), rng)
    if kind == "blurred":
        radius = rng.uniform(4, 7)
        return each(good, lambda picture: picture.filter(ImageFilter.GaussianBlur(radius)))
    if kind == "dark":
        return (np.arange(256) * rng.uniform(0.08, 0.15)).astype(np.uint8)[good]
    if kind == "overexposed":
        return np.clip(np.arange(256) * rng.uniform(2.5, 3.5) + 60, 0, 255).astype(np.uint8)[good]
    if kind == "shaken":
        return shaken(good, rng)
    if kind == "half":
        return framed(person, rng.choice((0.0, 1.0)), rng)
    if kind == "two":
        other = rng.choice([one for one in (*TUNED, *HELD_OUT) if one != person])
        both = [framed(one, 0.5, rng)[:, :, SIZE[0] // 4 : -SIZE[0] // 4] for one in (person, other)]
        return np.concatenate(both, axis=2)
    if kind == "dissolve":
        after = framed(person, 0.35, rng)
        third = len(good) // 3
        middle = np.stack(list(dissolve(good[third:-third], after[third:-third])))
        return np.concatenate([good[:third], middle, after[-third:]])
    return good


def framed(person: Person, at: float, rng: random.Random) -> NDArray[np.uint8]:
    """Three seconds of the person, the face's middle at a share of the width; what lies outside repeats the edge."""
    scaled = near(person)
    count = round(SECONDS * FPS)
    last = min(len(scaled), round(person.shot.end * FPS)) - count
    start = rng.randint(min(last, round(person.shot.start * FPS)), max(0, last))
    height, width = scaled.shape[1:3]
    left, top = round(person.x * width - at * SIZE[0]), round(person.y * height - 0.42 * SIZE[1])
    rows = np.clip(np.arange(top, top + SIZE[1]), 0, height - 1)
    columns = np.clip(np.arange(left, left + SIZE[0]), 0, width - 1)
    return scaled[start : start + count, rows][:, :, columns]


@cache
def near(person: Person) -> NDArray[np.uint8]:
    """The person's clip, scaled so that every face is equally high."""
    source = footage(person.shot.clip, None)
    scale = FACE * SIZE[1] / (person.height * source.shape[1])
    size = round(source.shape[2] * scale), round(source.shape[1] * scale)
    return np.stack([np.asarray(Image.fromarray(one).resize(size, Image.Resampling.BICUBIC)) for one in source])


def empty_stretch(rng: random.Random) -> NDArray[np.uint8]:
    """Three seconds in which no person is seen near."""
    shot = rng.choice(EMPTY)
    first, last = round(shot.start * FPS), round(shot.end * FPS)
    count = round(SECONDS * FPS)
    start = rng.randint(first, max(first, last - count))
    stretch = footage(shot.clip)[start : min(last, start + count)]
    there_and_back = np.concatenate([stretch, stretch[::-1]])
    return np.concatenate([there_and_back] * (count // len(there_and_back) + 1))[:count]


def shaken(pictures: NDArray[np.uint8], rng: random.Random) -> NDArray[np.uint8]:
    """A hand that trembles: each frame is moved, and smeared along the way."""
    out = []
    x = y = 0
    for picture in pictures:
        to_x, to_y = rng.randint(-24, 24), rng.randint(-14, 14)
        steps = [
            np.roll(picture, (round(y + (to_y - y) * k / 4), round(x + (to_x - x) * k / 4)), (0, 1)) for k in (2, 3, 4)
        ]
        out.append(np.mean(steps, axis=0).astype(np.uint8))
        x, y = to_x, to_y
    return np.stack(out)


def each(pictures: NDArray[np.uint8], change: Callable[[Image.Image], Image.Image]) -> NDArray[np.uint8]:
    """Every picture changed by a function of Pillow's."""
    return np.stack([np.asarray(change(Image.fromarray(picture))) for picture in pictures])


if __name__ == "__main__":
    main()
