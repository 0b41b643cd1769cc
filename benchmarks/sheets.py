"""The best suggestions of every clip, to be looked at: python benchmarks/sheets.py [folder]

For each clip in SORA_NB_REAL_VIDEOS one PNG in *folder*, build/sheets if none is named: a line of pictures for each of
the three best suggestions, the first and the last frame among them, under its score and its reasons. Nothing is judged
here: a person is to see no cut, no fade and no blur.
"""

from __future__ import annotations

import sys
from pathlib import Path

from films import CLIPS, folder, machine
from PIL import Image, ImageDraw

from sora_nb.timerange import OPENAI
from sora_nb.video import Suggestion, scan, suggest
from sora_nb.video.stills import frames

ACROSS = 10
WIDTH, GAP, LINE = 180, 2, 16


def main() -> None:
    """Draw every sheet."""
    print(machine())
    out = Path(sys.argv[1] if sys.argv[1:] else "build/sheets")
    out.mkdir(parents=True, exist_ok=True)
    for clip in CLIPS:
        path = folder() / clip
        track = scan(path)
        found = suggest(track, OPENAI)
        rows = [row(path, one) for one in found]
        sheet(rows, [f"{track!r}  {found.note}", *map(written, found)]).save(out / f"{path.stem}.png")
        print(f"{clip:16} {'; '.join(f'{one.span} {one.score:.2f}' for one in found) or found.note}")


def written(one: Suggestion) -> str:
    """What stands above a line of pictures."""
    parts = " ".join(f"{name} {value:.2f}" for name, value in one.parts.items())
    return f"{one.span} s  {one.score:.2f}  {'; '.join(one.reasons)}  [{parts}]"


def row(path: Path, one: Suggestion) -> Image.Image:
    """The range in pictures side by side."""
    every = (one.span.seconds - 0.001) / (ACROSS - 1) - 0.001  # the last one just before the end
    pictures = [Image.fromarray(picture) for _, picture in frames(path, one.span, every=every, width=WIDTH)][:ACROSS]
    out = Image.new("RGB", (ACROSS * (WIDTH + GAP), pictures[0].height))
    for number, picture in enumerate(pictures):
        out.paste(picture, (number * (WIDTH + GAP), 0))
    return out


def sheet(rows: list[Image.Image], words: list[str]) -> Image.Image:
    """Lines of pictures, each under its words; the first words stand alone."""
    out = Image.new("RGB", (ACROSS * (WIDTH + GAP), LINE * len(words) + sum(each.height for each in rows)), "white")
    draw, y = ImageDraw.Draw(out), 0
    for text, pictures in zip(words, [None, *rows], strict=True):
        draw.text((2, y + 2), text, "black")
        y += LINE
        if pictures is not None:
            out.paste(pictures, (0, y))
            y += pictures.height
    return out


if __name__ == "__main__":
    main()
