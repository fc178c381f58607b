"""The profiles that come with the program: a file each, to be read, copied and changed."""

import tomllib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from shopbell.knowledge.model import Length, Profile

FOLDER = Path(__file__).with_name("profiles")
DEFAULTS = "defaults"
FIRST_CHOICE = "ozon_like"
SINCE = datetime(2025, 1, 1, tzinfo=UTC)
"""Since when the shipped profiles count: before anything an installation can tell of."""


def names() -> list[str]:
    """Name the shipped profiles without reading them."""
    return sorted(file.stem for file in FOLDER.glob("*.toml") if file.stem != DEFAULTS)


@cache
def profile(name: str) -> Profile:
    """Return a shipped profile, whole."""
    return msgspec.convert(dict(_over(_read(DEFAULTS), _read(name))), Profile)


@cache
def clocks() -> Mapping[str, Length]:
    """Return how long everything takes where a profile does not say."""
    return msgspec.convert(_read(DEFAULTS)["clocks"], dict[str, Length])


def _over(defaults: Mapping[str, Any], own: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Lay a profile over the defaults: its tables add to theirs, its lists take their place."""
    for name in {**defaults, **own}:
        said, default = own.get(name), defaults.get(name)
        if isinstance(said, dict) and isinstance(default, dict):
            yield name, {**default, **said}
        else:
            yield name, default if said is None else said


@cache
def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
