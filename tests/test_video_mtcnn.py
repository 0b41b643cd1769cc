"""What surrounds the networks of MTCNN: it needs none of them."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from sora_nb.video.mtcnn import _apart, _crops, _turned


def test_the_surest_of_those_that_overlap_is_kept():
    boxes = np.array([[0, 0, 10, 10, 0.7], [1, 0, 11, 10, 0.9], [20, 0, 30, 10, 0.8], [2, 2, 5, 5, 0.6]], np.float32)
    assert _apart(boxes, 0.5)[:, 4] == pytest.approx([0.9, 0.8, 0.6])
    assert _apart(boxes, 0.5, smaller=True)[:, 4] == pytest.approx([0.9, 0.8])
    assert _apart(boxes, 0.9)[:, 4] == pytest.approx([0.9, 0.8, 0.7, 0.6])
    assert len(_apart(boxes[:0], 0.5)) == 0


@pytest.mark.parametrize("side", [12, 24, 48])
def test_a_crop_shows_what_lies_in_its_box(side):
    picture = np.zeros((200, 200, 3), np.uint8)
    picture[40:160, 40:100, 0], picture[40:160, 100:160, 2] = 255, 255
    boxes = np.array([[40, 40, 160, 160, 1], [-60, 40, 60, 160, 1]], np.float32)
    inside, beside = _crops(Image.fromarray(picture), boxes, side) * 128 + 127.5
    left, right = np.s_[2:-2, 1 : side // 2 - 2], np.s_[2:-2, side // 2 + 2 : -1]
    assert inside.shape == (3, side, side)
    assert inside[0][left].min() > 250 and inside[0][right].max() < 5
    assert inside[2][right].min() > 250 and inside[2][left].max() < 5
    assert beside[:, :, : side // 2].max() < 1  # outside of the picture is black
    assert beside[0][2:-2, -1].min() > 250


def test_a_profile_is_turned_and_a_face_ahead_is_not():
    eyes_and_nose = [[10, 30, 20, 0, 0, 10, 10, 20, 0, 0], [10, 30, 30, 0, 0, 10, 10, 20, 0, 0]]
    assert _turned(np.array(eyes_and_nose, np.float32)) == pytest.approx([0, 0.5])
