"""How well a likeness by looks tells characters apart: python benchmarks/likeness.py [--identity] [FILMS]

Drawn characters, each of their own kind, hair, skin and clothes, are filmed by the simulator: once by daylight as the
reference, twice in other places at any time of day. A pair is a reference and a take of the same character, or of
another, most of them in the reference's own place. The formula was chosen on other characters (seeds 1, 101 and 102,
with 104 of them) in other places (studio, park, cafe, city, forest); nothing was chosen on these. Real clips, where
SORA_NB_REAL_VIDEOS names them, are a check of their own; --identity compares the faces in them, and nothing else.
FILMS is a folder in which the drawn films are kept for the next time.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sora_nb.errors import VideoFileError
from sora_nb.html import element
from sora_nb.simulator.pictures.film import Film
from sora_nb.simulator.pictures.palette import COLOURS, HAIR, SKIN
from sora_nb.simulator.pictures.scene import Figure, Scene
from sora_nb.video import Box, likeness
from sora_nb.video.encode import Mp4Writer

SEEDS = (3, 4, 5)
"""Nothing was chosen on these; how often they were judged is said in docs/likeness.md."""
CHARACTERS = 24
"""For each seed."""
PLACES = ("beach", "kitchen", "office", "home", "mountains")
TIMES = ("day", "day", "sunset", "night")
SIZE, FPS, SECONDS = (480, 270), 4, 2
DIFFERENT = 5
"""Takes of others that each reference is compared with."""
CHANGED = 12
"""Every so many of the takes of the reference's own character are changed, to see what moves it."""
LIGHTS = {"colour cast": (1.08, 1.0, 0.88), "a third of the light": (0.33, 0.33, 0.33)}
"""What each of red, green and blue is multiplied by."""
CHANGES = ("colour cast", "mirror", "re-encode")
CHANGED_FACES = (*CHANGES, "half size", "a third of the light")
BOX, GUESS = "a box on the reference", "nobody said who is meant"
IMAGES = Path(__file__).parents[1] / "docs" / "images"

REAL = {
    "consisid.mp4": ("0,3", "4,7"),
    "lp_d0.mp4": ("0,1.4", "1.6,3"),
    "lp_s18.mp4": ("0,4", "5,9"),
    "hamilton.mp4": ("3.7,5.5", "6,7.7"),
    "bbb1080.mp4": ("16,18.5", "19,22"),
    "pancake.mkv": ("1,4", "5,8"),
}
"""One subject each: two stretches without a cut in which it is seen."""

PEOPLE = {
    "consisid.mp4": ("0,2", "2,4", "4,6", "6,8"),
    "lp_d0.mp4": ("0,1", "1,2", "2,3"),
    "lp_s18.mp4": ("0,2.2", "2.2,4.4", "4.4,6.6", "6.6,8.8"),
    "hamilton.mp4": ("3.7,5", "5,6.3", "6.3,7.7"),
}
"""Those of them whose faces are seen: stretches of one shot each."""


@dataclass(frozen=True)
class Shot:
    """A film of one character, and where it stands in its first picture."""

    who: tuple[int, int]
    """Seed and number."""
    place: str
    time: str
    path: Path
    box: Box


def character(rng: random.Random) -> Figure:
    """Anyone whom the simulator can draw."""
    colours, scarf = list(COLOURS.values()), rng.random() < 0.2
    if rng.random() < 0.25:
        kind = rng.choice(["cat", "dog", "fox", "rabbit", "bear", "bird", "robot"])
        return Figure(kind, colour=rng.choice(colours), scarf=rng.choice(colours) if scarf else None)
    look = rng.choice(["woman", "man"])
    shapes = ["long", "bob", "bun", "ponytail", "curly"] if look == "woman" else ["short", "curly", "bald"]
    return Figure(
        "person",
        age=rng.choice(["child", "young", "adult", "old"]),
        look=look,
        skin=rng.choice(list(SKIN.values())),
        hair=rng.choice(list(HAIR.values())),
        hair_shape=rng.choice(shapes),
        beard=look == "man" and rng.random() < 0.4,
        glasses=rng.random() < 0.3,
        hat=rng.choice([None, None, None, "cap", "beanie", "brim"]),
        hat_colour=rng.choice(colours),
        scarf=rng.choice(colours) if scarf else None,
        clothes=rng.choice(["sweater", "shirt", "tshirt", "jacket", "suit", "dress", "apron", "raincoat"]),
        colour=rng.choice(colours),
    )


def shoot(folder: Path, who: tuple[int, int], figure: Figure, place: str, time_of_day: str, rng: random.Random) -> Shot:
    """Film a character, and find its box by drawing the first picture without it too."""
    action = rng.choice(["standing", "waving", "dancing", "walking"])
    action = "waving" if place in ("kitchen", "office") and action == "walking" else action
    scene = Scene(place, time=time_of_day, action=action, figures=(figure,))
    seed = rng.randrange(10**6)
    path = folder / f"{who[0]}-{who[1]}-{place}-{time_of_day}.mp4"
    if not path.with_suffix(".npy").is_file():
        np.save(path.with_suffix(".npy"), expose(Film(scene, size=SIZE, seed=seed, fps=FPS), path))
    return Shot(who, place, time_of_day, path, Box(*np.load(path.with_suffix(".npy")).tolist()))


def expose(film: Film, path: Path) -> tuple[float, ...]:
    """Write the film, and return the box of its character in the first picture."""
    first = np.asarray(film.frame(0)).copy()
    with Mp4Writer(path, SIZE, FPS, preset="superfast") as writer:
        for index in range(FPS * SECONDS):
            writer.write(np.asarray(film.frame(index)))
    film._actors = []
    shown = np.abs(first.astype(int) - np.asarray(film.frame(0))).max(-1) > 30
    rows, columns = np.flatnonzero(shown.sum(1) > 1), np.flatnonzero(shown.sum(0) > 1)
    left, top, right, bottom = columns[0], rows[0], columns[-1] + 1, rows[-1] + 1
    width, height = SIZE
    return left / width, top / height, (right - left) / width, (bottom - top) / height


def films(folder: Path, seed: int) -> tuple[list[Shot], list[Shot]]:
    """A reference by daylight of each character, and two takes elsewhere at any time."""
    rng = random.Random(seed)  # noqa: S311  repeatable, not secret
    references, takes = [], []
    for number in range(CHARACTERS):
        figure = character(rng)
        home, *away = rng.sample(PLACES, 3)
        references.append(shoot(folder, (seed, number), figure, home, "day", rng))
        takes += [shoot(folder, (seed, number), figure, place, rng.choice(TIMES), rng) for place in away]
    return references, takes


def pairs(references: Sequence[Shot], takes: Sequence[Shot], seed: int) -> list[tuple[Shot, Shot]]:
    """Each reference with its takes, and with takes of others: half of them in the reference's own place."""
    rng = random.Random(seed)  # noqa: S311  repeatable, not secret
    chosen = []
    for reference in references:
        chosen += [(reference, take) for take in takes if take.who == reference.who]
        others = [take for take in takes if take.who != reference.who]
        here = [take for take in others if take.place == reference.place]
        near = rng.sample(here, min(len(here), DIFFERENT // 2 + 1))
        far = rng.sample([take for take in others if take not in near], DIFFERENT - len(near))
        chosen += [(reference, take) for take in near + far]
    return chosen


def auc(same: NDArray[np.float64], different: NDArray[np.float64]) -> float:
    """The chance that a pair of the same is more alike than a pair of different ones."""
    return float((same[:, None] > different).mean() + (same[:, None] == different).mean() / 2)


def interval(same: NDArray[np.float64], different: NDArray[np.float64]) -> tuple[float, float]:
    """95 % of the AUC when pairs are drawn again."""
    rng = np.random.default_rng(0)
    again = [auc(rng.choice(same, len(same)), rng.choice(different, len(different))) for _ in range(1000)]
    low, high = np.percentile(again, [2.5, 97.5])
    return float(low), float(high)


def told(name: str, same: NDArray[np.float64], different: NDArray[np.float64]) -> None:
    """One line."""
    low, high = interval(same, different)
    print(
        f"{name:34} AUC {auc(same, different):.3f} [{low:.2f}-{high:.2f}]  same {np.median(same):.2f} ({len(same)}), "
        f"different {np.median(different):.2f} ({len(different)})",
        flush=True,
    )


def again(source: Path, target: Path, change: str) -> Path:
    """A take under another light, the other way round, encoded badly, or at half its size."""
    import av

    crf = 36 if change == "re-encode" else 18
    with av.open(str(source)) as container:
        stream = container.streams.video[0]
        part = 2 if change == "half size" else 1
        size = stream.width // part, stream.height // part
        with Mp4Writer(target, size, stream.average_rate, crf=crf) as writer:
            for frame in container.decode(stream):
                picture = frame.to_ndarray(format="rgb24")
                if change == "mirror":
                    picture = picture[:, ::-1]
                if change in LIGHTS:
                    picture = np.clip(picture * np.array(LIGHTS[change]), 0, 255).astype(np.uint8)
                writer.write(picture)
    return target


def drawn(folder: Path) -> None:
    """The drawn pairs, the two distributions, and what moves them."""
    chosen = [pair for seed in SEEDS for pair in pairs(*films(folder, seed), seed)]
    is_same = np.array([one.who == other.who for one, other in chosen])
    by_day = np.array([other.time == "day" for _, other in chosen])
    here = np.array([one.place == other.place for one, other in chosen])
    scores = {}
    for way in (BOX, GUESS):
        scores[way], seconds = judged([(take.path, one) for one, take in chosen], way)
        values = scores[way]
        told(f"{way}, all takes", values[is_same], values[~is_same])
        told(f"{way}, takes by day", values[is_same & by_day], values[~is_same & by_day])
        told(f"{way}, at dusk and night", values[is_same & ~by_day], values[~is_same & ~by_day])
        told(f"{way}, others in one place", values[is_same], values[~is_same & here])
        for seed in SEEDS:
            mine = np.array([one.who[0] == seed for one, _ in chosen])
            told(f"{way}, seed {seed}", values[is_same & mine], values[~is_same & mine])
        print(f"{'':34} {seconds:.2f} s of one core for a pair", flush=True)
    IMAGES.mkdir(exist_ok=True)
    (IMAGES / "likeness.svg").write_text(distributions(scores, is_same), encoding="utf-8")
    for way, values in scores.items():
        gap = float(np.median(values[is_same]) - np.median(values[~is_same]))
        for change in CHANGES:
            some = [(*pair, was) for pair, was, mine in zip(chosen, values, is_same, strict=True) if mine][::CHANGED]
            other = [
                (again(take.path, folder / f"{change}-{number}.mp4", change), one)
                for number, (one, take, _) in enumerate(some)
            ]
            moved = np.abs(judged(other, way)[0] - [was for *_, was in some])
            print(
                f"{way}: {change:18} moves {len(moved)} takes by {np.mean(moved):.3f} in the mean, "
                f"{np.max(moved):.3f} at most; the gap is {gap:.3f}",
                flush=True,
            )


def judged(pairs: Sequence[tuple[Path, Shot]], way: str) -> tuple[NDArray[np.float64], float]:
    """The likeness of each take to its reference, and the seconds of one core that a pair took."""
    with ProcessPoolExecutor() as pool:
        found = np.array(list(pool.map(_score, *zip(*pairs, strict=True), [way] * len(pairs), chunksize=4)))
    return found[:, 0], float(found[:, 1].mean())


def _score(take: Path, reference: Shot, way: str) -> tuple[float, float]:
    start = time.process_time()
    score = likeness(take, reference.path, box=reference.box if way == BOX else None).score
    return score, time.process_time() - start


def distributions(
    scores: dict[str, NDArray[np.float64]],
    is_same: NDArray[np.bool_],
    *,
    who: str = "character",
    where: str = "elsewhere",
    least: float = 0.0,
) -> str:
    """Both for each way as one SVG: shares of pairs over the likeness, without those that could not be compared."""
    edges = np.linspace(least, 1, 26)
    high, parts = 250, [element("rect", width=640, height=40 + 250 * len(scores), fill="#ffffff")]
    for row, (way, values) in enumerate(scores.items()):
        floor = high * (row + 1) - 10
        seen = ~np.isnan(values)
        same, different = values[is_same & seen], values[~is_same & seen]
        shares = [np.histogram(part, edges)[0] / len(part) for part in (different, same)]
        unit = min(500, 200 / np.max(shares))
        for part, colour, shift in ((shares[0], "#d1495b", 0), (shares[1], "#2e86ab", 1)):
            for left, share in zip(edges, part, strict=False):
                tall = unit * share
                x, y = 40 + 560 * (left - least) / (1 - least) + 11 * shift, floor - tall
                parts.append(element("rect", x=f"{x:.1f}", y=f"{y:.1f}", width=10, height=f"{tall:.1f}", fill=colour))
        parts += [
            element(
                "text", f"{least + (1 - least) * x:.2f}", x=f"{40 + 560 * x:.0f}", y=floor + 16, text_anchor="middle"
            )
            for x in np.linspace(0, 1, 6)
        ]
        said = f"{way}: AUC {auc(same, different):.3f}"
        parts.append(element("text", said, x=40, y=floor - high + 30, font_weight="bold"))
    words = (
        (f"different {who}s ({(~is_same).sum()} pairs)", "#d1495b", 40),
        (f"the same {who} {where} ({is_same.sum()} pairs)", "#2e86ab", 300),
    )
    parts += [element("text", said, x=x, y=high * len(scores) + 30, fill=colour) for said, colour, x in words]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 {40 + 250 * len(scores)}" '
        f'font-family="sans-serif" font-size="13">{"".join(parts)}</svg>\n'
    )


def real(folder: Path) -> None:
    """One stretch of each real clip against another of its own and of the others: the same shot, so an easy test."""
    same, different = [], []
    for clip, (first, _) in REAL.items():
        for other, (_, second) in REAL.items():
            found = likeness(folder / other, folder / clip, span=second, reference_span=first, samples=1)
            (same if clip == other else different).append(found.score)
    told("real clips, by looks", np.array(same), np.array(different))


class Remembered:
    """A detector, or an embedder of one picture, that is asked about each picture once."""

    def __init__(self, asked: Callable[[NDArray[np.uint8]], Any]) -> None:
        self._asked, self._known = asked, {}

    def __call__(self, picture: NDArray[np.uint8]) -> Any:
        """What it says."""
        key = picture.tobytes()
        if key not in self._known:
            self._known[key] = self._asked(picture)
        return self._known[key]


def people(folder: Path) -> None:
    """Every stretch in which a face is seen against every other, by the face: the same shots again, so as easy.

    Then each against takes that were changed, those of others in the same way, which makes it harder.
    """
    from sora_nb.video.identity import FaceIdentity
    from sora_nb.video.mtcnn import Mtcnn

    identity = FaceIdentity()
    faces, row = Remembered(Mtcnn()), Remembered(lambda picture: identity(picture[None])[0])

    def embedder(pictures: NDArray[np.uint8]) -> NDArray[np.float64]:
        return np.stack([row(picture) for picture in pictures])

    def score(take: Path, span: str, reference: Path, reference_span: str) -> float:
        with suppress(VideoFileError):  # no face in the reference that it can compare
            return likeness(
                take, reference, span=span, reference_span=reference_span, faces=faces, embedder=embedder
            ).score
        return float("nan")

    stretches = [(clip, span) for clip, spans in PEOPLE.items() for span in spans]
    chosen = list(permutations(stretches, 2))
    is_same = np.array([clip == other for (clip, _), (other, _) in chosen])
    scores: dict[str, NDArray[np.float64]] = {}
    with tempfile.TemporaryDirectory() as place:
        for change in ("as they are", *CHANGED_FACES):
            takes = {clip: folder / clip for clip in PEOPLE}
            if change != "as they are":
                takes = {
                    clip: again(path, Path(place, f"{change}-{path.stem}.mp4"), change) for clip, path in takes.items()
                }
            scores[change] = np.array(
                [score(takes[other], second, folder / clip, first) for (clip, first), (other, second) in chosen]
            )
            faced(f"faces, {change}", scores[change], is_same)
    faced("faces, all of these", np.concatenate(list(scores.values())), np.tile(is_same, len(scores)))
    shown = {way: scores[way] for way in ("as they are", *CHANGED_FACES[-2:])}
    drawing = distributions(shown, is_same, who="face", where="in another stretch of its shot", least=0.75)
    (IMAGES / "likeness-faces.svg").write_text(drawing, encoding="utf-8")
    plain = scores["as they are"]
    gap = float(np.nanmedian(plain[is_same]) - np.nanmedian(plain[~is_same]))
    for change in CHANGED_FACES:
        moved = np.abs(scores[change] - plain)[is_same]
        print(
            f"faces: {change:20} moves {len(moved)} pairs by {np.nanmean(moved):.3f} in the mean, "
            f"{np.nanmax(moved):.3f} at most; the gap is {gap:.3f}"
        )


def faced(name: str, values: NDArray[np.float64], is_same: NDArray[np.bool_]) -> None:
    """One line of those pairs whose faces could be compared, and one of how many could not."""
    seen = ~np.isnan(values)
    told(name, values[is_same & seen], values[~is_same & seen])
    if not seen.all():
        print(f"{'':34} {np.count_nonzero(~seen)} of {len(seen)} pairs could not be compared", flush=True)


def main() -> None:
    """Print all figures, and draw the two distributions."""
    named = os.environ.get("SORA_NB_REAL_VIDEOS")
    if "--identity" in sys.argv:
        if not named:
            sys.exit("SORA_NB_REAL_VIDEOS names no folder with clips of people.")
        people(Path(named))
        return
    if kept := [each for each in sys.argv[1:] if not each.startswith("-")]:
        Path(kept[0]).mkdir(parents=True, exist_ok=True)
        drawn(Path(kept[0]))
    else:
        with tempfile.TemporaryDirectory() as folder:
            drawn(Path(folder))
    if named:
        real(Path(named))


if __name__ == "__main__":
    main()
