"""Assistants put suggestions in order and draft replies; what they cannot do is to add a word."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from shopbell.app import build
from shopbell.assistants import drafting
from shopbell.assistants.drafting import DraftedReply
from shopbell.assistants.helping import COMPARED_SECONDS
from shopbell.assistants.line import FAILURES_MOST
from shopbell.assistants.local import is_installed
from shopbell.assistants.refusals import NobodyDrafts
from shopbell.commerce.model import Product
from shopbell.conversations.model import ConversationId, Subject, SubjectKind
from shopbell.conversations.refusals import NoSuchConversation
from shopbell.engine.settings import Settings
from shopbell.knowledge.suggesting import service as suggesting
from shopbell.knowledge.suggesting.commands import Suggest
from shopbell.knowledge.suggesting.ordering import nearest
from tests.support.answers import answered
from tests.support.clock import WoundClock
from tests.support.house import Counter, House, Person
from tests.support.interpreter import RunningInterpreter, running_interpreter

HEAVY = "How heavy is it?"
NEAR, FAR = "How heavy it is: it is 1.2 kg heavy.", "Zzz: 900 g, pfff."
SICK = ("broken", "garbled", "hangs", "huge", "bare", "few", "slow", "leads")


@pytest.fixture(scope="module")
def running() -> Iterator[RunningInterpreter]:
    with running_interpreter() as running:
        yield running


@pytest.fixture
def service(running: RunningInterpreter) -> RunningInterpreter:
    running.is_now("well")
    return running


@pytest.fixture
def helped(
    database: str, clock: WoundClock, tmp_path: Path, service: RunningInterpreter
) -> Iterator[House]:
    app = build(Settings(data=tmp_path / "data", database=database, **service.model), clock=clock)
    yield House(app, clock)
    app.close()


def shelved(house: House, *answers: str) -> tuple[Counter, Product]:
    """Open a shop that has answered one question in several ways, the likeliest last."""
    halo = house.shop("halo")
    teapot = halo.sells("teapot")
    for answer in answers:
        answered(halo, teapot, (HEAVY, answer))
        house.passes(minutes=1)
    return halo, teapot


def typed(house: House, product: Product, words: str = HEAVY) -> list[str]:
    """Return what a stranger is shown, as the route shows it."""
    asked = Suggest(Subject(SubjectKind.PRODUCT, product.id), words)
    looked = house.db.read_now(suggesting.look, None, asked, "en")
    return [one.answer for one in asyncio.run(nearest(house.app.assistants, looked))]


def offline(house: House, product: Product) -> list[str]:
    asked = Suggest(Subject(SubjectKind.PRODUCT, product.id), HEAVY)
    return [one.answer for one in house.db.read_now(suggesting.suggest, None, asked, "en")]


def drafts(house: House, who: Person, talk: ConversationId) -> DraftedReply:
    return asyncio.run(drafting.draft(house.app.assistants, who.actor, talk))


def test_the_nearest_answer_comes_first(helped: House) -> None:
    _halo, teapot = shelved(helped, NEAR, FAR)
    assert offline(helped, teapot) == [FAR, NEAR]
    assert typed(helped, teapot) == [NEAR, FAR]


def test_nobody_is_asked_where_nothing_is_to_be_chosen(
    helped: House, service: RunningInterpreter
) -> None:
    _halo, teapot = shelved(helped, NEAR)
    before = len(service.heard)
    assert typed(helped, teapot) == [NEAR]
    assert typed(helped, teapot, "Does it whistle?") == []
    assert len(service.heard) == before


@pytest.mark.parametrize("mood", SICK)
def test_an_assistant_that_is_ill_changes_nothing_and_keeps_nobody_waiting(
    helped: House, service: RunningInterpreter, mood: str
) -> None:
    _halo, teapot = shelved(helped, NEAR, FAR)
    service.is_now(mood)
    began = time.monotonic()
    assert typed(helped, teapot) == [FAR, NEAR]
    assert time.monotonic() - began < COMPARED_SECONDS + 1.0


def test_one_that_is_always_late_is_soon_left_in_peace(
    helped: House, service: RunningInterpreter
) -> None:
    _halo, teapot = shelved(helped, NEAR, FAR)
    service.is_now("slow")
    before = len(service.heard)
    for _look in range(FAILURES_MOST + 3):
        assert typed(helped, teapot) == [FAR, NEAR]
    assert len(service.heard) == before + FAILURES_MOST


def test_a_model_on_this_machine_puts_answers_in_order(
    database: str, clock: WoundClock, tmp_path: Path
) -> None:
    assert is_installed()
    app = build(Settings(data=tmp_path / "data", database=database, embedder="local"), clock=clock)
    house = House(app, clock)
    try:
        near, far = "It weighs 1.2 kg, quite heavy.", "Blue paint, and a wooden box, 900."
        _halo, teapot = shelved(house, near, far)
        assert offline(house, teapot) == [far, near]
        assert typed(house, teapot) == [near, far]
    finally:
        app.close()


def test_without_assistants_all_is_as_found_and_nothing_is_drafted(house: House) -> None:
    halo, teapot = shelved(house, NEAR, FAR)
    assert typed(house, teapot) == [FAR, NEAR]
    talk = house.buyer("anna").asks(halo, teapot, HEAVY)
    with pytest.raises(NobodyDrafts):
        drafts(house, halo.mei, talk)


def test_a_reply_is_drafted_with_its_sources_and_sent_by_nobody(helped: House) -> None:
    halo, teapot = shelved(helped, NEAR)
    talk = helped.buyer("anna").asks(halo, teapot, HEAVY)
    before = halo.mei.reads(talk)

    made = drafts(helped, halo.mei, talk)

    assert NEAR in made.text
    assert [one.answer for one in made.sources] == [NEAR]
    assert halo.mei.reads(talk) == before


@pytest.mark.parametrize("mood", ["broken", "garbled", "invents", "lures", "obeys", "bare"])
def test_a_draft_that_is_not_borne_out_is_none(
    helped: House, service: RunningInterpreter, mood: str
) -> None:
    halo, teapot = shelved(helped, NEAR)
    talk = helped.buyer("anna").asks(halo, teapot, HEAVY)
    service.is_now(mood)
    assert drafts(helped, halo.mei, talk) == DraftedReply("", "en", [])


def test_nothing_is_drafted_out_of_nothing(helped: House, service: RunningInterpreter) -> None:
    halo, teapot = shelved(helped, NEAR)
    talk = helped.buyer("anna").asks(halo, teapot, "Does it whistle?")
    before = len(service.heard)
    assert drafts(helped, halo.mei, talk).text == ""
    assert len(service.heard) == before


def test_no_other_shop_has_a_reply_drafted(helped: House) -> None:
    halo, teapot = shelved(helped, NEAR)
    iris = helped.shop("iris", staff=["ivan"])
    talk = helped.buyer("anna").asks(halo, teapot, HEAVY)
    with pytest.raises(NoSuchConversation):
        drafts(helped, iris.ivan, talk)
