"""File names are only words to show: cleaned here, and never used to find a file."""

import unicodedata
from pathlib import PurePosixPath

LONGEST = 120
_ENDINGS = {
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "application/pdf": ".pdf",
    "video/mp4": ".mp4",
    "video/webm": ".webm",
    "text/plain": ".txt",
}


def display_name(given: str, media_type: str) -> str:
    """Return a harmless name that ends as what the file really is."""
    last = given.replace("\\", "/").rsplit("/", 1)[-1]
    stem = PurePosixPath("".join(filter(_is_shown, last)).strip(" .")).stem[:LONGEST].strip(" .")
    return (stem or "file") + _ENDINGS[media_type]


def _is_shown(letter: str) -> bool:
    """Leave out controls, invisible marks and direction changes, which serve to deceive."""
    return unicodedata.category(letter)[0] != "C" and letter not in '<>:"|?*'
