"""The simulator's drawing room: prompts become small illustrated films, and characters are cut out of clips."""

from __future__ import annotations

from sora_nb.simulator.pictures.cutout import cut_sprite
from sora_nb.simulator.pictures.film import render
from sora_nb.simulator.pictures.samples import CLIPS, sample
from sora_nb.simulator.pictures.scene import Figure, Scene
from sora_nb.simulator.pictures.sheets import spritesheet, thumbnail
from sora_nb.simulator.pictures.sprite import Sprite
from sora_nb.simulator.pictures.words import read

__all__ = [
    "CLIPS",
    "Figure",
    "Scene",
    "Sprite",
    "cut_sprite",
    "read",
    "render",
    "sample",
    "spritesheet",
    "thumbnail",
]
