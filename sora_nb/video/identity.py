"""Who it is by the face, with dlib's network. It knows people alone: drawn ones and animals have no face for it."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sora_nb.errors import ConfigError
from sora_nb.video.regions import Pictures

_MODELS = "face_recognition_models"
_ROW = 128


class FaceIdentity:
    """An embedder for `likeness`: a row of 128 numbers for the largest face in each picture, NaN where it sees none.

    It needs `dlib-bin` and `face_recognition_models`, which bring their weights: `pip install "sora-nb[identity]"`.
    It misses profiles and faces under 80 pixels. Cosines of one person are near 0.93 and of others near 0.85, so
    its figures compare with each other and with none by looks. Raises `ConfigError` where a package is missing.
    """

    name = "faces (dlib)"

    def __init__(self) -> None:
        try:
            import dlib
        except ImportError as error:
            raise ConfigError('dlib is not installed. Run pip install "sora-nb[identity]".') from error
        # The package is only looked into: importing it wants a setuptools that is no longer there.
        found = find_spec(_MODELS)
        if found is None or found.origin is None:
            raise ConfigError(f'{_MODELS} is not installed. Run pip install "sora-nb[identity]".')
        folder = Path(found.origin).parent / "models"
        self._detector: Any = dlib.get_frontal_face_detector()
        self._points: Any = dlib.shape_predictor(str(folder / "shape_predictor_5_face_landmarks.dat"))
        self._network: Any = dlib.face_recognition_model_v1(str(folder / "dlib_face_recognition_resnet_model_v1.dat"))

    def __call__(self, pictures: Pictures) -> NDArray[np.float64]:
        """A row for each picture, `(n, 128)`."""
        return np.stack([self._row(np.ascontiguousarray(picture)) for picture in pictures])

    def _row(self, picture: NDArray[np.uint8]) -> NDArray[np.float64]:
        faces = self._detector(picture, 1)  # once enlarged, so that faces of 40 pixels are seen
        if not faces:
            return np.full(_ROW, np.nan)
        points = self._points(picture, max(faces, key=lambda face: face.area()))
        return np.array(self._network.compute_face_descriptor(picture, points))
