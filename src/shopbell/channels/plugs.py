"""The channels of this installation. To add one: its folder, and its line here."""

from collections.abc import Mapping

from shopbell.contact.channel import Channel
from shopbell.engine.database import Database
from shopbell.engine.settings import Settings


def channels_for(_settings: Settings, _db: Database) -> Mapping[str, Channel]:
    """Return the ways to reach people that the operator's settings open, by name."""
    installed: list[Channel] = []
    return {channel.name: channel for channel in installed}
