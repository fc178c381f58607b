"""What every channel must keep, and the channel of the tests with them."""

import asyncio
from collections.abc import Callable

import pytest

from shopbell.channels.plugs import channels_for
from shopbell.contact.channel import Channel
from shopbell.contact.model import TO_BUYER, TO_SHOP, Reach, Whom
from shopbell.conversations import waiting
from shopbell.conversations.model import ConversationId
from shopbell.engine.database import Tx
from shopbell.engine.settings import Settings
from tests.support.channels import Mail
from tests.support.house import House

WAYS = {way.channel for ways in (*TO_SHOP.values(), *TO_BUYER.values()) for way in ways}


def _of(name: str) -> Callable[[House], Channel]:
    return lambda house: house.app.channels[name]


REGISTERED = sorted(channels_for(Settings(), None))  # type: ignore[arg-type]
CHANNELS: dict[str, Callable[[House], Channel]] = {
    "of the tests": lambda _house: Mail(),
    **{name: _of(name) for name in REGISTERED},
}


@pytest.fixture(params=list(CHANNELS))
def channel(request: pytest.FixtureRequest, house: House) -> Channel:
    make: Callable[[House], Channel] = CHANNELS[request.param]
    return make(house)


def test_a_channel_is_a_way_of_some_step(channel: Channel) -> None:
    assert channel.name in WAYS


def test_it_says_of_every_side_whether_it_reaches_them(channel: Channel, house: House) -> None:
    talk = house.buyer("anna").asks(house.shop("halo"), None, "Hello?")
    for whom in Whom:
        assert house.db.write_now(_reaches, channel, talk, whom) in {True, False}


def test_it_tells_whom_it_reaches_however_often_it_is_asked(channel: Channel, house: House) -> None:
    talk = house.buyer("anna").asks(house.shop("halo"), None, "Hello?")
    for whom in Whom:
        if house.db.write_now(_reaches, channel, talk, whom):
            reach = Reach(conversation=talk, whom=whom, channel=channel.name, since=2)
            asyncio.run(_twice(channel, reach))


def _reaches(tx: Tx, channel: Channel, talk: ConversationId, whom: Whom) -> bool:
    return channel.reaches(tx, waiting.held(tx, talk), whom)


async def _twice(channel: Channel, reach: Reach) -> None:
    await channel.reach(reach)
    await channel.reach(reach)
