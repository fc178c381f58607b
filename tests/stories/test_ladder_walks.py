"""Whatever people say, read or leave undone: nothing waits without a clock that will look."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shopbell.contact import service as contact
from shopbell.contact import waits
from shopbell.contact.ladder import Ladder
from shopbell.contact.model import Step
from shopbell.conversations import waiting
from shopbell.conversations.clocks import LADDER
from shopbell.conversations.model import ConversationId, Stream
from shopbell.engine.database import Tx
from shopbell.engine.deadlines import due
from shopbell.kernel.refusals import Refusal
from tests.support.channels import Mail, Push, wired
from tests.support.house import Counter, House, Person

LIVES = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
HORIZON = timedelta(days=400)
Act = Callable[[Person, Counter, ConversationId], object]


def _hurries(anna: Person, halo: Counter, talk: ConversationId) -> None:
    ladder = Ladder(halo.house.app.channels)
    halo.house.db.write_now(contact.hurry, anna.actor, ladder, talk, Step.MAIL)


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
    _hurries,
    lambda anna, _halo, talk: _by_itself(anna, talk),
    lambda _anna, halo, talk: _by_itself(halo.mei, talk),
    lambda _anna, halo, _talk: halo.house.passes(seconds=20),
    lambda _anna, halo, _talk: halo.house.passes(minutes=2),
    lambda _anna, halo, _talk: halo.house.passes(hours=7),
    lambda _anna, halo, _talk: halo.house.passes(days=2),
)


def _stands(tx: Tx, talk: ConversationId) -> tuple[bool, bool, bool]:
    """Tell whether something waits with a step left, whether a clock runs, and whether as said."""
    row = waiting.held(tx, talk)
    left = [wait for wait in (waits.for_shop(tx, row), waits.for_buyer(tx, row)) if wait]
    tx.now += HORIZON
    armed = [one.due_at for one in due(tx, [LADDER], 1_000) if one.entity == talk]
    tx.now -= HORIZON
    return any(wait.due for wait in left), bool(armed), armed in ([row.watch_at], [])


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
            waits_on, runs, as_said = there.db.write_now(_stands, talk)
            assert runs or not waits_on, choices
            assert as_said, choices

    live()
