"""The rules that come with the program: a file to be read, copied and changed."""

import tomllib
from pathlib import Path

import msgspec

from shopbell.contact.model import Rules

FOLDER = Path(__file__).with_name("ladders")


def read(file: Path) -> Rules:
    """Read rules from a file, or refuse them."""
    return msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8")), Rules)


STANDARD = read(FOLDER / "standard.toml")
"""What counts where neither the marketplace nor the shop has said otherwise."""
