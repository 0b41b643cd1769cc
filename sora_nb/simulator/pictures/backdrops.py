"""Every place by its name."""

from __future__ import annotations

from collections.abc import Callable

from sora_nb.simulator.pictures import city, indoors, outdoors
from sora_nb.simulator.pictures.scene import Scene
from sora_nb.simulator.pictures.stage import Backdrop, Stage

_OUTDOORS: dict[str, Callable[[Stage], Backdrop]] = {
    "park": outdoors.park,
    "beach": outdoors.beach,
    "city": city.city,
    "forest": outdoors.forest,
    "mountains": outdoors.mountains,
}
_INDOORS: dict[str, Callable[[Stage], Backdrop]] = {
    "cafe": indoors.cafe,
    "kitchen": indoors.kitchen,
    "office": indoors.office,
    "home": indoors.home,
    "studio": indoors.studio,
}


def paint(scene: Scene, size: tuple[int, int], seed: int) -> Backdrop:
    """Paint the scene's place for a frame of *size* pixels; *seed* moves trees, clouds and cups."""
    scale = size[1] / 720
    endless = scene.place in _OUTDOORS
    stage = Stage(scene, size[0] / scale, scale, seed, endless)
    return (_OUTDOORS | _INDOORS)[scene.place](stage)
