"""Whatever people say, read or leave undone: nothing waits without a clock that will look."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shopbell.contact import service as contact
from shopbell.contact import waits
from shopbell.contact.ladder import Ladder, missed
from shopbell.contact.model import Step
from shopbell.conversations import waiting
from shopbell.conversations.clocks import LADDER
from shopbell.conversations.model import ConversationId, Stream
from shopbell.engine.database import Tx
from shopbell.engine.deadlines import due
from shopbell.kernel.actor import Actor, PersonId, Side
from shopbell.kernel.ids import new_id
from shopbell.kernel.refusals import Refusal
from tests.support.channels import Mail, Push, wired
from tests.support.house import Counter, House, Person

LIVES = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
HORIZON = timedelta(days=400)
HERE = {Step.PUSH, Step.MAIL, Step.STAFF, Step.OWNER, Step.OPERATOR}
"""The steps that the channels of this house make."""

Act = Callable[[Person, Counter, ConversationId], object]


def _hurries(anna: Person, halo: Counter, talk: ConversationId) -> None:
    ladder = Ladder(halo.house.app.channels)
    halo.house.db.write_now(contact.hurry, anna.actor, ladder, talk, Step.MAIL)


def _answers_for_the_marketplace(halo: Counter, talk: ConversationId) -> None:
    """Have the operator speak: who was asked to help hands the conversation back."""
    olga = Person(halo.house, Actor(PersonId(new_id()), Side.OPERATOR, name="Olga"))
    olga.says(talk, "Dear Halo?")


def _by_itself(who: Person, talk: ConversationId) -> None:
    who.adds(Stream(talk), "message", text="Away.", automatic=True)


ACTS: Sequence[Act] = (
    lambda anna, _halo, talk: anna.says(talk, "Hello?"),
    lambda _anna, halo, talk: halo.mei.says(talk, "Hello!"),
    lambda anna, _halo, talk: anna.reads(talk),
    lambda _anna, halo, talk: halo.mei.reads(talk),
    lambda _anna, halo, talk: halo.mei.does(talk, "no_reply_needed"),
    lambda _anna, halo, talk: halo.mei.does(talk, "resolve"),
    lambda anna, _halo, talk: anna.does(talk, "resolve"),
    lambda anna, _halo, talk: anna.does(talk, "escalate"),
    lambda _anna, halo, talk: _answers_for_the_marketplace(halo, talk),
    lambda _anna, halo, talk: _fails(halo, talk),
    _hurries,
    lambda anna, _halo, talk: _by_itself(anna, talk),
    lambda _anna, halo, talk: _by_itself(halo.mei, talk),
    lambda _anna, halo, _talk: halo.house.passes(seconds=20),
    lambda _anna, halo, _talk: halo.house.passes(minutes=2),
    lambda _anna, halo, _talk: halo.house.passes(hours=7),
    lambda _anna, halo, _talk: halo.house.passes(days=2),
)


def _fails(halo: Counter, talk: ConversationId) -> None:
    """Have the newest letter of a conversation reach nobody after all."""
    mail = halo.house.app.channels["mail"]
    assert isinstance(mail, Mail)
    about = [reach for reach in mail.carried if reach.conversation == talk]
    for reach in about[-1:]:
        halo.house.db.write_now(missed, reach)


def _clock(tx: Tx, talk: ConversationId) -> tuple[datetime | None, datetime | None]:
    """Return when the next step of what waits is due, and when the clock looks."""
    row = waiting.held(tx, talk)
    waits_on = [wait for wait in (waits.for_shop(tx, row), waits.for_buyer(tx, row)) if wait]
    steps = [at for wait in waits_on for step, at in wait.due.items() if step in HERE]
    tx.now += HORIZON
    armed = [one.due_at for one in due(tx, [LADDER], 1_000) if one.entity == talk]
    assert armed in ([row.watch_at], [])
    return min(steps, default=None), min(armed, default=None)


def test_nothing_waits_without_a_clock(house: House) -> None:
    there = House(wired(house.app, Push(), Mail()), house.clock)
    halo = there.shop("halo")
    lives = 0

    @LIVES
    @given(st.lists(st.integers(0, len(ACTS) - 1), min_size=1, max_size=15))
    def live(choices: list[int]) -> None:
        nonlocal lives
        lives += 1
        anna = there.buyer(f"anna{lives}")
        talk = anna.asks(halo, None, "Hello?")
        for choice in choices:
            try:
                ACTS[choice](anna, halo, talk)
            except Refusal:
                continue
            step, looks = there.db.write_now(_clock, talk)
            if step is not None:
                assert looks is not None, choices
                assert looks <= max(step, there.clock()), choices

    live()
