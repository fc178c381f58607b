"""What every broker must do, whichever carries the letters."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import pytest

from shopbell.engine.broker import (
    LETTER_MOST,
    Broker,
    Exchange,
    MemoryBroker,
    PostgresBroker,
    broker_for,
)
from tests.support import postgres

PATIENCE = 10.0


@dataclass
class Post:
    """Somebody who keeps what the postman brings."""

    letters: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    warnings: int = 0

    def take(self, sender: str, letter: str) -> None:
        self.letters.append((sender, letter))

    def missed(self) -> None:
        self.warnings += 1

    @property
    def texts(self) -> list[str]:
        return [letter for _sender, letter in self.letters]


MakeBroker = Callable[[], Broker]


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.postgres)])
def make_broker(request: pytest.FixtureRequest) -> MakeBroker:
    """Give a way to make brokers that reach each other."""
    if request.param == "memory":
        exchange = Exchange()
        return lambda: MemoryBroker(exchange)
    url: str = request.getfixturevalue("postgres_database")
    return lambda: PostgresBroker(url)


@contextlib.asynccontextmanager
async def at_work(*posts: tuple[Broker, Post | None]) -> AsyncIterator[None]:
    """Let brokers carry letters, once all of them are up."""
    works = [asyncio.create_task(broker.run(post)) for broker, post in posts]
    try:
        await until(lambda: all(broker.up for broker, _post in posts))
        yield
    finally:
        for work in works:
            work.cancel()
        await asyncio.gather(*works, return_exceptions=True)


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not true():
            await asyncio.sleep(0.01)


async def test_a_letter_reaches_all_others_and_not_its_sender(make_broker: MakeBroker) -> None:
    one, two, three = make_broker(), make_broker(), make_broker()
    posts = Post(), Post(), Post()
    async with at_work(*zip((one, two, three), posts, strict=True)):
        one.publish('{"greeting":"你好, привет"}')
        await until(lambda: bool(posts[1].letters and posts[2].letters))
        await asyncio.sleep(0.1)
    assert posts[0].letters == []
    assert posts[1].letters == posts[2].letters == [(one.node, '{"greeting":"你好, привет"}')]
    assert not one.alone


async def test_letters_of_one_sender_arrive_in_order_and_once(make_broker: MakeBroker) -> None:
    one, two, post = make_broker(), make_broker(), Post()
    sent = [f"{n}:{'x' * (n % 700)}" for n in range(1_000)]
    async with at_work((one, Post()), (two, post)):
        for letter in sent:
            one.publish(letter)
        await until(lambda: len(post.letters) >= len(sent))
    assert post.texts == sent


async def test_the_largest_letter_arrives_and_a_larger_one_is_a_bug(
    make_broker: MakeBroker,
) -> None:
    one, two, post = make_broker(), make_broker(), Post()
    largest = "я" * (LETTER_MOST // 2)
    async with at_work((one, Post()), (two, post)):
        for bad in (largest + "x", "two\nlines"):
            with pytest.raises(ValueError, match="one line"):
                one.publish(bad)
        one.publish(largest)
        await until(lambda: bool(post.letters))
    assert post.texts == [largest]


async def test_one_that_only_sends_is_heard(make_broker: MakeBroker) -> None:
    one, two, post = make_broker(), make_broker(), Post()
    async with at_work((one, None), (two, post)):
        one.publish("hello")
        await until(lambda: post.texts == ["hello"])


async def test_publishing_waits_for_nobody_even_before_anybody_listens(
    make_broker: MakeBroker,
) -> None:
    one = make_broker()
    for n in range(100):
        one.publish(str(n))


@pytest.mark.postgres
async def test_after_its_connections_were_cut_a_broker_warns_and_carries_on(
    postgres_database: str,
) -> None:
    one, two, post = PostgresBroker(postgres_database), PostgresBroker(postgres_database), Post()
    async with at_work((one, Post()), (two, post)):
        before = post.warnings
        postgres.cut_all(postgres_database)
        await until(lambda: post.warnings >= before + 2)  # it is away; it is back
        assert two.up
        one.publish("after the cut")
        await until(lambda: "after the cut" in post.texts)


def test_the_database_decides_which_broker_it_is(postgres_database: str) -> None:
    assert isinstance(broker_for(postgres_database), PostgresBroker)
    assert broker_for("sqlite:///x.db").alone
