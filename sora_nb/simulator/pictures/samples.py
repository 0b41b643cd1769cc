"""The clips that the simulator offers to everyone, drawn when first asked for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sora_nb.simulator.pictures.film import CRF, PRESET, Film
from sora_nb.simulator.pictures.words import read
from sora_nb.video.encode import Mp4Writer

SIZE = (960, 540)
_FPS = 24

CLIPS: dict[str, Sequence[tuple[str, float]]] = {
    "hero": [("A young woman with curly brown hair and glasses in a blue sweater waves in a studio", 12.5)],
    "showcase": [
        ("A man with short red hair and a beard in a green jacket standing in a studio", 5.0),
        ("A girl with a blonde ponytail in a yellow raincoat waves in the forest", 4.5),
        ("An orange robot waves in the mountains", 4.5),
    ],
    "cat": [("An orange cat with glasses waves in a studio", 8.0)],
    "walk": [("A man with black hair and a mustard sweater walks past in a park", 10.0)],
}
"""Name of each clip, and its shots: what is seen, and for how many seconds."""


def sample(folder: str | Path, name: str) -> Path:
    """The public clip called *name*, one of `CLIPS`; drawn into *folder* when it is not there."""
    path = Path(folder) / f"{name}.mp4"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draw(path, CLIPS[name], SIZE)
    return path


def draw(path: Path, shots: Sequence[tuple[str, float]], size: tuple[int, int]) -> None:
    """One film of several shots with hard cuts between them."""
    with Mp4Writer(path, size, _FPS, audio=True, preset=PRESET, crf=CRF) as writer:
        for number, (prompt, seconds) in enumerate(shots):
            film = Film(read(prompt, number), size=size, seed=number, fps=_FPS)
            film.write(writer, round(seconds * _FPS))
