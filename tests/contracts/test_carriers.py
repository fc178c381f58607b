"""What every way to ask a carrier must keep, whatever the carrier does."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from shopbell.carriers.by_letter import WORDS
from shopbell.carriers.model import Asked, CarrierTrouble, Question
from shopbell.carriers.way import Way
from shopbell.carriers.ways import WAYS, way_to
from shopbell.cases.model import TraceOutcome
from shopbell.commerce.carriers import Carrier, CarrierId
from shopbell.demo.carrier import SECRET
from shopbell.kernel.ids import new_id
from shopbell.kernel.texts import LOCALES, Locale
from tests.support.carrier import RunningCarrier, running_carrier
from tests.support.ports import free_port

NUMBER = "00340434161094029812"
NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)
SAID = [outcome for outcome in TraceOutcome if outcome is not TraceOutcome.SILENT]
WAY = pytest.mark.parametrize("way", WAYS.values(), ids=list(WAYS))


@pytest.fixture(scope="module")
def sim() -> Iterator[RunningCarrier]:
    with running_carrier() as running:
        yield running


@dataclass(frozen=True)
class Wire:
    """How each way carries an answer."""

    sim: RunningCarrier

    def carrier(self, way: Way) -> Carrier:
        known = Carrier(CarrierId("dhl"), "DHL", "aftership")
        return msgspec.structs.replace(
            known, **({"api": self.sim.url} if way.name == "web" else {"email": "dhl@example.org"})
        )

    def answer(self, way: Way, outcome: TraceOutcome) -> bytes:
        if way.name == "web":
            return msgspec.json.encode(
                {"reference": "R-1", "outcome": outcome, "said": "So it is."}
            )
        word = next(word for word, meant in WORDS.items() if meant is outcome)
        return f"{word.upper()}\nSo it is.\n\nOn Monday, Halo wrote:\n> LOST".encode()


@pytest.fixture
def wire(sim: RunningCarrier) -> Wire:
    return Wire(sim)


def question(carrier: Carrier, trace: str | None = None, **told: str) -> Question:
    given = {"number": NUMBER, "reason": "late", "shop": "Halo", "secret": SECRET, **told}
    return Question(
        trace=trace or new_id(),
        carrier=carrier,
        asked_at=NOW,
        due_at=NOW + timedelta(days=7),
        **given,
    )


def ask(way: Way, asked: Question) -> Asked:
    return asyncio.run(way.ask(asked))


@WAY
def test_asking_leaves_a_reference_or_a_letter(way: Way, wire: Wire) -> None:
    asked = ask(way, question(wire.carrier(way)))
    assert bool(asked.reference) != bool(asked.letter)
    assert asked.answer is None


@WAY
def test_asked_again_with_the_same_key_it_is_asked_once(way: Way, wire: Wire) -> None:
    once = question(wire.carrier(way))
    before = wire.sim.inquiries
    assert ask(way, once).reference == ask(way, once).reference
    assert wire.sim.inquiries - before == (way.name == "web")


@WAY
@pytest.mark.parametrize("outcome", SAID)
def test_each_answer_is_read(way: Way, wire: Wire, outcome: TraceOutcome) -> None:
    answer = way.read_answer(wire.answer(way, outcome))
    assert answer is not None
    assert answer.outcome is outcome
    assert "So it is." in answer.said
    assert "LOST" not in answer.said


@WAY
def test_only_a_carrier_that_can_be_reached_so_is_served(way: Way, wire: Wire) -> None:
    assert way.serves(wire.carrier(way))
    nobody = Carrier(CarrierId("x"), "X", "aftership")
    assert not way.serves(nobody)
    assert way_to(nobody) is None
    assert way_to(wire.carrier(way)) is way


# ── over the web ────────────────────────────────────────────────────────────────────────────


def web(url: str) -> Carrier:
    return Carrier(CarrierId("dhl"), "DHL", "aftership", api=url)


@pytest.mark.parametrize(
    ("fate", "trouble"), [({"stumbles": 1}, "HTTP 503"), ({"hangs": 1}, "ReadTimeout")]
)
def test_a_carrier_that_is_down_is_trouble_and_takes_the_question_later(
    sim: RunningCarrier, fate: dict[str, int], trouble: str
) -> None:
    sim.will_say(number := f"N-{new_id()}", "moving", **fate)
    once = question(web(sim.url), number=number)
    with pytest.raises(CarrierTrouble, match=trouble):
        ask(WAYS["web"], once)
    assert ask(WAYS["web"], once).reference


def test_a_carrier_that_is_not_there_is_trouble() -> None:
    with pytest.raises(CarrierTrouble, match="ConnectError"):
        ask(WAYS["web"], question(web(f"http://127.0.0.1:{free_port()}")))


def test_a_number_the_carrier_does_not_know_is_an_answer(sim: RunningCarrier) -> None:
    sim.will_say(number := f"N-{new_id()}", "")
    answer = ask(WAYS["web"], question(web(sim.url), number=number)).answer
    assert answer is not None
    assert (answer.outcome, number in answer.said) == (TraceOutcome.UNKNOWN, True)


def test_a_carrier_does_not_listen_to_who_cannot_sign(sim: RunningCarrier) -> None:
    with pytest.raises(CarrierTrouble, match="HTTP 403"):
        ask(WAYS["web"], question(web(sim.url), secret="another secret"))


@pytest.mark.parametrize("said", [b"", b"{", b"[]", b'{"state": "perhaps"}', b"\xff", b"<html>"])
def test_what_is_no_answer_is_trouble(said: bytes) -> None:
    with pytest.raises(CarrierTrouble):
        WAYS["web"].read_answer(said)


def test_words_nobody_agreed_on_are_kept_for_people_to_read() -> None:
    told = WAYS["web"].read_answer(b'{"outcome": "eaten", "said": "By a dog."}')
    assert told is not None
    assert (told.outcome, told.said) == (TraceOutcome.UNKNOWN, "By a dog.")
    assert WAYS["web"].read_answer(b'{"state": "open"}') is None


# ── by letter ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("locale", LOCALES)
def test_a_letter_speaks_the_carriers_language_and_offers_words_we_can_read(locale: Locale) -> None:
    carrier = Carrier(CarrierId("dhl"), "DHL", "aftership", email="d@example.org", language=locale)
    letter = ask(WAYS["letter"], question(carrier, reason="not_received")).letter
    assert letter is not None
    assert NUMBER in letter.subject
    assert "{" not in letter.subject + letter.body
    assert len(letter.token) > 30
    offered = [word for word in WORDS if word in letter.body.casefold()]
    assert {WORDS[word] for word in offered} == set(SAID)


def test_an_answer_in_prose_is_left_to_the_shop() -> None:
    read = WAYS["letter"].read_answer(b"It is not lost, we think.\n> LOST")
    assert read is not None
    assert (read.outcome, read.said) == (TraceOutcome.UNKNOWN, "It is not lost, we think.")
    assert WAYS["letter"].read_answer(b"> LOST\n> DELIVERED") is None
