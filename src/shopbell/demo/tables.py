"""The content of Marketa stands in tables beside this file; here they are read into structs."""

import tomllib
from pathlib import Path
from typing import TypeVar

import msgspec

T = TypeVar("T")
DATA = Path(__file__).parent / "data"


def read(name: str, shape: type[T]) -> T:
    """Read one table as ``shape``; a slip in it is told with its place."""
    return msgspec.convert(tomllib.loads((DATA / name).read_text("utf-8")), shape)


def names_in(folder: str, ending: str) -> list[str]:
    """List what a folder of tables or drawings holds, without the ending."""
    return sorted(path.stem for path in (DATA / folder).glob(f"*{ending}"))
