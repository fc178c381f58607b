"""What a font draws for a letter, to be compared with what it draws for one it does not know."""

from typing import Any, cast

from PIL import ImageFont


def mask_of(font: ImageFont.FreeTypeFont, letter: str) -> bytes:
    """Return the dots of a letter."""
    return bytes(cast("Any", font.getmask(letter)))
