"""The channels of this installation. To add one: its folder, and its line here."""

from collections.abc import Mapping

from shopbell.channels.mail.channel import MailChannel
from shopbell.channels.push.channel import Push
from shopbell.channels.push.sending import Sender
from shopbell.contact.channel import Channel
from shopbell.conversations.translation.interpreting import Interpret, nobody_interprets
from shopbell.engine.database import Database
from shopbell.engine.settings import Settings


def channels_for(
    settings: Settings, db: Database, interpret: Interpret = nobody_interprets
) -> Mapping[str, Channel]:
    """Return the ways to reach people that the operator's settings open, by name."""
    installed: list[Channel] = [MailChannel(settings, db, interpret), Push(db, Sender(settings))]
    return {channel.name: channel for channel in installed}
