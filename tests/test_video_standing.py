"""What stands out is a figure and not the room; a window that shows half of one stands out less than a whole one."""

from __future__ import annotations

import numpy as np
import pytest

from sora_nb.video.appearance import View
from sora_nb.video.standing import moving, standing
from tests.figures import ADA, around, figure, room

AT = (0.5, 0.95, 0.8)


def window(x, y, w, h, view):
    return np.array([x * view.width, y * view.height, (x + w) * view.width, (y + h) * view.height], np.intp)[:, None]


@pytest.fixture(scope="module")
def views():
    return [View(figure(room(1), ADA, (0.5 + 0.01 * step, *AT[1:]))) for step in range(3)]


def test_a_figure_stands_out_more_than_the_room_or_a_part_of_it(views):
    view, out = views[0], standing(views)[0].of
    x, y, w, h = around(AT)
    (whole,) = out(window(x, y, w, h, view))
    (legs,) = out(window(x + w / 4, y + h / 2, w / 2, h / 2, view))
    (wall,) = out(window(0.05, y, w, h, view))
    assert whole > 0.3
    assert whole > legs + 0.1 and whole > wall + 0.3


def test_an_empty_room_has_nothing_that_stands_out_as_much(views):
    x, y, w, h = around(AT)
    empty = [View(room(1))] * 3
    (seen,), (nothing,) = (standing(some)[0].of(window(x, y, w, h, some[0])) for some in (views, empty))
    assert seen > nothing + 0.2


def test_what_moves_is_known_where_the_camera_stands():
    def film(step, seed=1):
        return View(figure(room(seed), ADA, (0.3 + 0.1 * step, 0.95, 0.6)))

    found = moving([film(step) for step in range(5)])
    assert found is not None and found.shape[0] == 5 and set(np.unique(found)) == {0, 1}
    assert moving([film(0)] * 5) is None
    assert moving([film(0), film(1)]) is None
    assert moving([film(step, seed=step) for step in range(5)]) is None
