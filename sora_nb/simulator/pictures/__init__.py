"""The simulator's drawing room: prompts become small illustrated films, and characters are cut out of clips."""

from __future__ import annotations

from sora_nb.simulator.pictures.cutout import cut_sprite
from sora_nb.simulator.pictures.film import render
from sora_nb.simulator.pictures.references import check_clip, still
from sora_nb.simulator.pictures.samples import CLIPS, sample
from sora_nb.simulator.pictures.scene import Figure, Scene
from sora_nb.simulator.pictures.sheets import as_avi, spritesheet, thumbnail
from sora_nb.simulator.pictures.sprite import Sprite
from sora_nb.simulator.pictures.words import read

__all__ = [
    "CLIPS",
    "Figure",
    "Scene",
    "Sprite",
    "as_avi",
    "check_clip",
    "cut_sprite",
    "read",
    "render",
    "sample",
    "spritesheet",
    "still",
    "thumbnail",
]
