"""File names are only words to show: cleaned here, and never used to find a file."""

import unicodedata
from pathlib import PurePosixPath

LONGEST = 120
_NEVER = frozenset('<>:"|?*\u034f\u115f\u1160\u2800\u3164\uffa0')
"""What Windows refuses in names, and letters that leave no ink."""
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
    shown = " ".join("".join(filter(_is_shown, last)).split())
    stem = PurePosixPath(shown.strip(" .")).stem[:LONGEST].strip(" .")
    return (stem if any(map(_stands_alone, stem)) else "file") + _ENDINGS[media_type]


def _is_shown(letter: str) -> bool:
    """Leave out controls, invisible marks and direction changes, which serve to deceive."""
    return unicodedata.category(letter)[0] != "C" and letter not in _NEVER


def _stands_alone(letter: str) -> bool:
    """Tell whether it is more than a mark upon another letter."""
    return unicodedata.category(letter)[0] != "M"
