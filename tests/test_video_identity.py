"""Faces are compared where dlib is installed, and who lacks it is told what to install."""

from __future__ import annotations

import sys
import types

import numpy as np
import pytest

from sora_nb.errors import ConfigError
from sora_nb.video import identity
from sora_nb.video.identity import FaceIdentity


class Area:
    def __init__(self, area):
        self._area = area

    def area(self):
        return self._area


@pytest.fixture
def dlib(monkeypatch, tmp_path):
    """A dlib that sees two faces where a picture is bright, and none where it is dark."""
    package = tmp_path / "face_recognition_models"
    package.mkdir()
    (package / "__init__.py").write_text("raise ImportError('this package is not to be imported')")
    monkeypatch.syspath_prepend(str(tmp_path))
    stand_in = types.SimpleNamespace(
        get_frontal_face_detector=lambda: lambda picture, times: [Area(3), Area(9)] if picture.mean() > 100 else [],
        shape_predictor=lambda path: lambda picture, face: face.area(),
        face_recognition_model_v1=lambda path: types.SimpleNamespace(
            compute_face_descriptor=lambda picture, points: [float(points)] * 128
        ),
    )
    monkeypatch.setitem(sys.modules, "dlib", stand_in)


def test_the_largest_face_counts_and_none_is_nan(dlib):
    pictures = np.stack([np.full((8, 8, 3), level, np.uint8) for level in (200, 0)])
    rows = FaceIdentity()(pictures)
    assert rows.shape == (2, 128)
    assert (rows[0] == 9).all() and np.isnan(rows[1]).all()


def test_without_dlib_one_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "dlib", None)
    with pytest.raises(ConfigError, match=r"sora-nb\[identity\]"):
        FaceIdentity()


def test_without_weights_one_is_told(dlib, monkeypatch):
    monkeypatch.setattr(identity, "find_spec", lambda name: None)
    with pytest.raises(ConfigError, match="face_recognition_models is not installed"):
        FaceIdentity()
