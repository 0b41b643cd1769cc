"""Faces by MTCNN (Zhang and others, 2016): three small networks, each asked only where the one before saw something.

The networks come in the wheel of `mtcnn-runtime`. They are read by their path and run by onnxruntime, since that
package's own module would bring in OpenCV, which needs libraries of the desktop.
"""

from __future__ import annotations

from importlib.util import find_spec
from math import ceil, log2
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sora_nb.video.faces import Face
from sora_nb.video.upright import Picture

Floats: TypeAlias = NDArray[np.floating[Any]]

_CELL, _STRIDE = 12, 2
_SHRINK = 0.709
_SMALLEST = 0.1
"""Faces below this share of the picture's shorter side are not looked for: too small for a character, and costly."""
_SURE = (0.6, 0.8, 0.95)
"""How sure each network must be. Measured: fewer false faces than by the usual 0.6, 0.7, 0.7, and hardly one missed."""
_MOST_AT_ONE_SIZE = 100
"""Candidates that the first network may give at one size; they mostly overlap."""
_MOST = 24
"""Candidates that the second network is shown at most."""


class Mtcnn:
    """A detector: call it with an RGB picture."""

    name = "mtcnn"
    blind_to = "faces that are blurred, turned far away, or smaller than a tenth of the picture"

    def __init__(self) -> None:
        spec = find_spec("mtcnnruntime")
        if spec is None or not spec.submodule_search_locations:
            raise ImportError("mtcnn-runtime is not installed")
        folder = Path(spec.submodule_search_locations[0]) / "weights"
        self._propose, self._refine, self._settle = (
            _network(folder / f"{name}.onnx") for name in ("pnet", "rnet", "onet")
        )

    def __call__(self, picture: Picture) -> list[Face]:
        """The faces in *picture*, RGB uint8."""
        image = Image.fromarray(picture)
        boxes = self._proposals(image)
        if len(boxes):
            moves, sure = self._refine(_crops(image, boxes, 24))[:2]
            boxes = _kept(_square(_moved(boxes, moves)), sure[:, 1], _SURE[1], 0.7)
        if not len(boxes):
            return []
        marks, moves, sure = self._settle(_crops(image, boxes, 48))
        turned = _turned(marks)
        boxes = np.column_stack([_moved(boxes, moves)[:, :4], sure[:, 1], turned])
        boxes = _apart(boxes[boxes[:, 4] > _SURE[2]], 0.5, smaller=True)
        width, height = image.size
        return [
            Face(x0 / width, y0 / height, (x1 - x0) / width, (y1 - y0) / height, float(score), float(aside))
            for x0, y0, x1, y1, score, aside in boxes.tolist()
        ]

    def _proposals(self, image: Image.Image) -> Floats:
        shorter = min(image.size)
        scale = _CELL / max(_CELL, shorter * _SMALLEST)
        found = [np.zeros((0, 5), np.float32)]
        small = image
        while shorter * scale >= _CELL:
            size = ceil(image.width * scale), ceil(image.height * scale)
            small = small.resize(size, Image.Resampling.BILINEAR)
            moves, sure = self._propose(_ready(np.asarray(small)[None]))
            rows, columns = np.nonzero(sure[0, 1] > _SURE[0])
            corner = np.stack([columns, rows], axis=1) * _STRIDE + 1
            boxes: Floats = np.hstack([corner, corner + _CELL]) / scale
            boxes = np.column_stack([boxes, sure[0, 1, rows, columns], moves[0, :, rows, columns]])
            boxes = _apart(boxes[np.argsort(-boxes[:, 4])[:_MOST_AT_ONE_SIZE]], 0.5)
            found.append(np.column_stack([_moved(boxes, boxes[:, 5:])[:, :4], boxes[:, 4]]).astype(np.float32))
            scale *= _SHRINK
        return _square(_apart(np.concatenate(found), 0.7)[:_MOST])


def _network(path: Path) -> Any:
    """One network as a function from a batch to its outputs."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # the decoder has use for the other cores, and these nets are too small to share
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    taken = session.get_inputs()[0].name
    return lambda batch: session.run(None, {taken: batch})


def _ready(pixels: NDArray[np.uint8]) -> Floats:
    """A batch of pictures, `(n, height, width, 3)`, as the networks take it: `(n, 3, height, width)` from -1 to 1."""
    return np.ascontiguousarray(pixels.transpose(0, 3, 1, 2), np.float32) / 128 - np.float32(127.5 / 128)


def _crops(image: Image.Image, boxes: Floats, side: int) -> Floats:
    """What lies in each box, black where that is outside, as one batch."""
    out = np.zeros((len(boxes), side, side, 3), np.uint8)
    halved = [image]
    for number, (x0, y0, x1, y1) in enumerate(boxes[:, :4].tolist()):
        # Single pixels are picked, from the picture at the size at which they lie side by side.
        times = max(0, int(log2(max(1.0, (x1 - x0) / side))))
        while len(halved) <= times:
            halved.append(halved[-1].reduce(2))
        extent = tuple(edge / 2**times for edge in (x0, y0, max(x1, x0 + 1), max(y1, y0 + 1)))
        crop = halved[times].transform((side, side), Image.Transform.EXTENT, extent, Image.Resampling.BILINEAR)
        out[number] = np.asarray(crop)
    return _ready(out)


def _moved(boxes: Floats, moves: Floats) -> Floats:
    """Boxes with each edge moved by a share of the box's own size."""
    size = np.tile(boxes[:, 2:4] - boxes[:, :2], 2)
    return np.column_stack([boxes[:, :4] + moves * size, boxes[:, 4:]]).astype(np.float32)


def _square(boxes: Floats) -> Floats:
    centre, half = (boxes[:, :2] + boxes[:, 2:4]) / 2, (boxes[:, 2:4] - boxes[:, :2]).max(axis=1, keepdims=True) / 2
    return np.column_stack([centre - half, centre + half, boxes[:, 4:]]).astype(np.float32)


def _kept(boxes: Floats, sure: Floats, least: float, overlap: float) -> Floats:
    boxes = np.column_stack([boxes[:, :4], sure])[sure > least]
    return _apart(boxes.astype(np.float32), overlap)


def _apart(boxes: Floats, overlap: float, *, smaller: bool = False) -> Floats:
    """The surest boxes first, without those that overlap a surer one by more than a share.

    It is the share of what both cover, or with *smaller* of the smaller one.
    """
    boxes = boxes[np.argsort(-boxes[:, 4], kind="stable")]
    low, high = boxes[:, None, :2], boxes[:, None, 2:4]
    common = np.maximum(0, np.minimum(high, boxes[:, 2:4]) - np.maximum(low, boxes[:, :2])).prod(axis=2)
    area = (boxes[:, 2:4] - boxes[:, :2]).prod(axis=1)
    whole = np.minimum(area[:, None], area) if smaller else area[:, None] + area - common
    covers = common > overlap * np.maximum(whole, 1e-6)
    left = np.ones(len(boxes), bool)
    kept = []
    for number in range(len(boxes)):
        if left[number]:
            kept.append(number)
            left &= ~covers[number]
    return np.asarray(boxes[kept])


def _turned(marks: Floats) -> Floats:
    """How far each nose is off the middle of its eyes, along their axis, in eye distances."""
    x, y = marks[:, :5], marks[:, 5:]
    axis = np.stack([x[:, 1] - x[:, 0], y[:, 1] - y[:, 0]], axis=1)
    nose = np.stack([x[:, 2] - (x[:, 0] + x[:, 1]) / 2, y[:, 2] - (y[:, 0] + y[:, 1]) / 2], axis=1)
    return np.asarray(np.abs((nose * axis).sum(axis=1)) / np.maximum((axis**2).sum(axis=1), 1e-6))
