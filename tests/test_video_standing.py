"""What stands out is a figure and not the room; a window that shows half of one stands out less than a whole one."""

from __future__ import annotations

import numpy as np
import pytest

from sora_nb.video.appearance import View
from sora_nb.video.standing import moving, standing
from sora_nb.video.subject import subjects
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
    assert found is not None and found.shape[0] == 5 and found.min() == 0 and found.max() == 1
    assert moving([film(0)] * 5) is None
    assert moving([film(0), film(1)]) is None
    assert moving([film(step, seed=step) for step in range(5)]) is None


def test_one_who_only_sways_is_meant_and_not_the_board_behind():
    def seen(step):
        picture = room(1).copy()
        high, wide = picture.shape[:2]
        picture[int(0.1 * high) : int(0.5 * high), int(0.3 * wide) : int(0.7 * wide)] = (20, 60, 40)
        return View(figure(picture, ADA, (0.5 + 0.006 * step, 0.95, 0.6)))

    def shared(views):
        (x, y, w, h), found = around((0.5, 0.95, 0.6)), subjects(views)[0]
        across = min(x + w, found.x + found.w) - max(x, found.x)
        down = min(y + h, found.y + found.h) - max(y, found.y)
        both = max(0, across) * max(0, down)
        return both / (w * h + found.w * found.h - both)

    swaying, still = shared([seen(step) for step in (0, 1, 0, -1, 0)]), shared([seen(0)] * 5)
    assert swaying > 0.6
    assert swaying > still + 0.1
