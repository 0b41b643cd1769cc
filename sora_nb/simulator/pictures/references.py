"""What a request was given to go by: a picture or a clip, looked at before it is believed."""

from __future__ import annotations

import io
import tempfile
import warnings
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from sora_nb.errors import VideoFileError
from sora_nb.simulator.pictures.cutout import read_frames

KINDS = ("PNG", "JPEG", "WEBP")
"""Pictures that are read; the services name the same three."""

PIXELS_MAX = 50_000_000


def still(data: bytes) -> tuple[bytes, tuple[int, int]] | None:
    """The picture in *data* as PNG, upright, and its width and height in pixels; None where it is no picture.

    Raises `VideoFileError` for a picture that is broken or too large.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the size is judged below
            picture = Image.open(io.BytesIO(data), formats=KINDS)
    except (UnidentifiedImageError, Image.DecompressionBombError):
        return None
    with picture:
        if picture.width * picture.height > PIXELS_MAX:
            raise VideoFileError(f"The picture has {picture.width}x{picture.height} pixels; send a smaller one.")
        try:
            upright = ImageOps.exif_transpose(picture).convert("RGB")
        except (OSError, SyntaxError, ValueError) as error:
            raise VideoFileError("The picture is broken. Send a whole PNG, JPEG or WebP.") from error
    buffer = io.BytesIO()
    upright.save(buffer, "PNG")
    return buffer.getvalue(), upright.size


def check_clip(data: bytes) -> None:
    """Raise `VideoFileError` unless *data* is a video with a picture in it."""
    with tempfile.TemporaryDirectory(prefix="sora-nb-clip-") as folder:
        path = Path(folder) / "reference"
        path.write_bytes(data)
        read_frames(path, limit=1)
