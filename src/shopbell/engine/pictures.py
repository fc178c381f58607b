"""Pictures drawn anew: what a camera wrote into them stays behind, as all that hides there."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageOps

from shopbell.engine.blobs import PICTURES

PIXELS_MOST = 16_000_000
"""What would be larger than this while it is drawn is too large."""

FINE, COARSE = 80, 60


def draw(file: Path, side: int, most: int, mark: bytes = b"") -> tuple[bytes, int, int]:
    """Return a picture as a JPEG no larger than ``side``, upright, on white; raises if it cannot.

    ``most`` bytes are aimed at, ``mark`` is a comment in the file. Takes some milliseconds: not
    for a loop.
    """
    with _begun(file, side) as picture:
        small = _on_white(ImageOps.exif_transpose(picture), side)
    drawn = _written(small, FINE, mark)
    if len(drawn) > most:
        drawn = _written(small, COARSE, mark)
    return drawn, small.width, small.height


def measure(content: bytes, side: int) -> tuple[int, int]:
    """Return how large a picture is while it is drawn; raises if its head says it cannot be."""
    with _begun(BytesIO(content), side) as picture:
        return picture.size


@contextmanager
def _begun(source: Path | BytesIO, side: int) -> Iterator[Image.Image]:
    """Open a picture that is to be drawn no larger than ``side``; nothing of it is decoded yet."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        with Image.open(source, formats=tuple(PICTURES)) as picture:
            picture.draft("RGB", (side, side))
            if picture.width * picture.height > PIXELS_MOST:
                raise ValueError("too large to be drawn")
            yield picture


def _written(picture: Image.Image, quality: int, mark: bytes) -> bytes:
    file = BytesIO()
    comment = {"comment": mark} if mark else {}
    picture.save(file, "JPEG", quality=quality, optimize=True, **comment)
    return file.getvalue()


def _on_white(picture: Image.Image, side: int) -> Image.Image:
    whole = picture.convert("RGBA")
    whole.thumbnail((side, side))
    ground = Image.new("RGB", whole.size, "white")
    ground.paste(whole, mask=whole.getchannel("A"))
    return ground
