"""What every channel must keep, and the channel of the tests with them."""

import asyncio
from collections.abc import Callable

import pytest

from shopbell.channels.plugs import channels_for
from shopbell.contact.channel import Channel
from shopbell.contact.model import TO_BUYER, TO_SHOP, Reach, Whom
from shopbell.conversations import waiting
from shopbell.engine.settings import Settings
from tests.support.channels import Wire
from tests.support.house import House

WAYS = {way.channel for ways in (*TO_SHOP.values(), *TO_BUYER.values()) for way in ways}


def _of(name: str) -> Callable[[House], Channel]:
    return lambda house: house.app.channels[name]


REGISTERED = sorted(channels_for(Settings(), None))  # type: ignore[arg-type]
CHANNELS = {"wire": lambda _house: Wire("mail"), **{name: _of(name) for name in REGISTERED}}


@pytest.fixture(params=list(CHANNELS))
def channel(request: pytest.FixtureRequest, house: House) -> Channel:
    made: Channel = CHANNELS[request.param](house)
    return made


def test_a_channel_is_a_way_of_some_step(channel: Channel) -> None:
    assert channel.name in WAYS


def test_it_says_of_every_side_whether_it_reaches_them(channel: Channel, house: House) -> None:
    talk = house.buyer("anna").asks(house.shop("halo"), None, "Hello?")
    for whom in Whom:
        reaches = house.db.write_now(
            lambda tx, whom=whom: channel.reaches(tx, waiting.held(tx, talk), whom)
        )
        assert reaches in {True, False}


def test_it_tells_whom_it_reaches_however_often_it_is_asked(
    channel: Channel, house: House
) -> None:
    talk = house.buyer("anna").asks(house.shop("halo"), None, "Hello?")
    for whom in Whom:
        if house.db.write_now(
            lambda tx, whom=whom: channel.reaches(tx, waiting.held(tx, talk), whom)
        ):
            reach = Reach(conversation=talk, whom=whom, channel=channel.name, since=2)
            asyncio.run(_twice(channel, reach))


async def _twice(channel: Channel, reach: Reach) -> None:
    await channel.reach(reach)
    await channel.reach(reach)
