"""The rules that come with the program: ours, and those that resemble other marketplaces'."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import msgspec

from shopbell.analytics.score.model import Profile

_FILE = Path(__file__).with_name("profiles.toml")
OURS = "shopbell"
"""What judges as long as the operator has chosen nothing."""


@cache
def profiles() -> Mapping[str, Profile]:
    """Return all profiles by name; of several versions the latest."""
    read = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    found = msgspec.convert(read["profile"], list[Profile])
    return {one.name: one for one in sorted(found, key=lambda one: one.version)}
