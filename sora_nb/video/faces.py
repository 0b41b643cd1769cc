"""Who looks for faces, and what a face is here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Literal, TypeAlias

import numpy as np
from PIL import Image

from sora_nb.errors import ConfigError
from sora_nb.video.upright import Picture


@dataclass(frozen=True, slots=True)
class Face:
    """One face in one picture. Lengths are shares of the picture's width and height; it may lie partly outside."""

    left: float
    top: float
    width: float
    height: float
    confidence: float = 1.0
    """The detector's own, 0 to 1."""
    turned: float = float("nan")
    """How far the nose is off the eyes' middle, in eye distances: 0 looks ahead, 0.3 half aside, 1 is a profile."""


Detector: TypeAlias = Callable[[Picture], Sequence[Face]]
"""Takes an RGB picture, `(height, width, 3)` uint8, upright, its longer side at 480 pixels, and gives its faces.

It may say who it is by `name`, and by `blind_to` what it cannot see, in words.
"""


def name_of(detector: Callable[..., object]) -> str:
    """What a detector, or an embedder, is called."""
    return str(getattr(detector, "name", None) or getattr(detector, "__name__", type(detector).__name__))


class Dlib:
    """A detector of upright faces that look ahead, by `dlib`: light, and blind to much."""

    name = "dlib"
    blind_to = "faces in profile, tilted, in part, or below a fifth of the picture, so a second person may go unseen"

    def __init__(self) -> None:
        import dlib

        self._find = dlib.get_frontal_face_detector()

    def __call__(self, picture: Picture) -> list[Face]:
        """The faces in *picture*, RGB uint8."""
        height, width = picture.shape[:2]
        # Without its colours the picture is searched a third faster, and the same faces are found.
        boxes, scores, _ = self._find.run(np.asarray(Image.fromarray(picture).convert("L")), 1, 0.0)
        return [
            Face(
                box.left() / width,
                box.top() / height,
                box.width() / width,
                box.height() / height,
                min(1.0, 0.5 + score / 2),
                _AHEAD,
            )
            for box, score in zip(boxes, scores, strict=True)
        ]


_AHEAD = 0.1
"""It finds no other faces."""


def require_detector(faces: object) -> None:
    """Raise `ConfigError` for what cannot look for faces."""
    if not (callable(faces) or faces is None or faces == "installed"):
        raise ConfigError(
            f"{faces!r} cannot look for faces. Give 'installed', None, or a callable that takes a picture."
        )


def detector_of(faces: Detector | Literal["installed"] | None) -> Detector | None:
    """Who is meant to look for faces. `ConfigError` for what cannot."""
    require_detector(faces)
    return faces if callable(faces) else installed() if faces is not None else None


def installed_name() -> str | None:
    """What `installed` is called, told without loading it."""
    needed = {"mtcnn": ("mtcnnruntime", "onnxruntime"), "dlib": ("dlib",)}
    return next((name for name, packages in needed.items() if all(map(find_spec, packages))), None)


def installed() -> Detector | None:
    """The best detector of those that are installed: `mtcnn-runtime`, then `dlib`, or None."""
    from sora_nb.video.mtcnn import Mtcnn

    for kind in (Mtcnn, Dlib):
        try:
            return kind()
        except ImportError:
            continue
    return None
