"""What runs out goes whole, from wherever it is kept; what may still be needed is held."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from shopbell.accounts import audit
from shopbell.accounts import service as accounts
from shopbell.accounts.model import Knock, Letter, Seal
from shopbell.analytics.score import appealing
from shopbell.analytics.score.commands import DecideAppeal
from shopbell.analytics.score.model import Outcome as Verdict
from shopbell.app import build
from shopbell.cases import dossier
from shopbell.conversations.conduct import service as conduct
from shopbell.conversations.conduct.model import Decide, Grievance, Outcome, Report
from shopbell.conversations.model import ConversationId
from shopbell.conversations.turns import State
from shopbell.engine import erasing
from shopbell.engine.database import Tx
from shopbell.privacy import retention
from shopbell.privacy.refusals import RecordKeptTooShort, TalksKeptTooShort
from shopbell.privacy.retention import Kept, Period, Periods
from shopbell.web.pages.record import Asked, see
from tests.stories.test_erasure import PHONE, Life, look
from tests.stories.test_joining import merges
from tests.stories.test_refunds import asks as asks_for
from tests.stories.test_refunds import does
from tests.stories.test_score import appeal_on, asks, judged_by
from tests.support.clock import WoundClock
from tests.support.house import House, Person
from tests.support.mail import HERE, ask
from tests.support.mailserver import MailServer, mailing
from tests.support.returns import acts, bought, shoes, wrong_size

SAID = ("heronletter", "heronquestion", "heronstatement", "herondraft", "heronreport", PHONE)
"""Canaries in conversations, their cases, letters and drafts."""

EVERYWHERE = {"event.data", "index", "files", "case_step.given", "complaint.words", "draft.text"}
HALF_A_YEAR = retention.RECORD_LEAST


@pytest.fixture
def house(database: str, clock: WoundClock, tmp_path: Path) -> Iterator[House]:
    """Open a house that writes letters to a server, and takes them in."""
    with MailServer() as server:
        settings = mailing(tmp_path / "data", database, server, HERE)
        app = build(settings, clock=clock, ask=ask)
        yield House(app, clock)
        app.close()


def keeps(olga: Person, **days: int) -> None:
    olga.house.db.write_now(retention.choose, olga.actor, Periods(**days))


def shown(olga: Person, kind: Kept) -> Period:
    """Return the line of one kind on the operator's page."""
    found = olga.house.db.read_now(retention.periods, olga.actor)
    return next(one for one in found if one.kind is kind)


def test_nothing_is_left_of_what_was_said_long_ago(house: House) -> None:
    life = Life(house)
    about = Letter("anna@example.org", "Lamp", f"About {life.talk}", "en", life.other.actor.id)
    house.db.write_now(Tx.later, about, house.clock() + timedelta(days=900))
    life.halo.mei.answers(life.talk, "It is on its way.")
    life.halo.mei.does(life.talk, "resolve")
    life.settles()
    decides_reports(life.olga)
    house.passes(days=15)
    assert look(house, SAID).keys() >= EVERYWHERE
    numbers = [one.seq for one in life.halo.mei.events(life.talk)]

    keeps(life.olga, talks=365)
    waits = shown(life.olga, Kept.TALKS)
    assert (waits.due, waits.held) == (0, 0)
    assert waits.next_at
    house.passes(days=400)

    assert look(house, SAID) == Counter()
    assert erasing_left(house, life.talk) == 0
    assert [one.seq for one in life.halo.mei.events(life.talk)][: len(numbers)] == numbers
    made = house.db.write_now(dossier.make, life.halo.mei.actor, life.case.id)
    assert list(dossier.faults(made)) == []
    assert not house.app.blobs.path(life.red.sha256, must_exist=False).exists()
    assert house.db.read_now(accounts.person, life.buyer.actor.id).name == life.buyer.actor.name


def erasing_left(house: House, talk: str) -> int:
    """Count the jobs left behind that name a conversation."""
    return sum(talk in row["body"] for row in house.db.read_now(every_job))


def every_job(tx: Tx) -> list[dict[str, str]]:
    return list(erasing.every_row(tx, "outbox"))


def is_held(olga: Person, *, held: int = 1) -> bool:
    """Tell whether nothing goes, but for what is held: so many conversations."""
    waits = shown(olga, Kept.TALKS)
    return (waits.due, waits.held) == (0, held)


def closes(who: Person, talk: ConversationId, since: int = 100) -> None:
    """Have a conversation resolved, and so many days pass since it closed by itself."""
    who.does(talk, "resolve")
    who.house.passes(days=30)
    assert who.sees(talk).state is State.CLOSED
    who.house.passes(days=since)


def decides_reports(olga: Person) -> None:
    """Dismiss whatever was reported."""
    db = olga.house.db
    matters = db.read_now(conduct.queue, olga.actor).matters
    found: list[str] = [one for matter in matters for one in matter.complaints]
    db.write_now(conduct.decide, olga.actor, Decide(found, Outcome.DISMISSED))


def test_what_an_unpaid_refund_needs_is_held(house: House) -> None:
    halo, anna, olga = house.shop("halo"), house.buyer("anna"), house.operator()
    case = wrong_size(anna, bought(halo, anna, shoes(halo)))
    anna.says(case.conversation, "heronquestion")
    acts(anna, case.id, "cancel")
    keeps(olga, talks=90)
    closes(anna, case.conversation, since=60)
    refund = asks_for(olga, case, 500)
    house.passes(days=60)
    assert is_held(olga)
    assert look(house, SAID)["event.data"] == 1

    does(olga, refund, "manual_done", "paid by hand, late")
    house.passes(days=1)
    assert is_held(olga, held=0)
    assert look(house, SAID) == Counter()


def test_what_was_merged_is_held_as_long_as_it_goes_on(house: House) -> None:
    halo, anna, olga = house.shop("halo"), house.buyer("anna"), house.operator()
    first, second, third = (
        anna.asks(halo, halo.sells(f"lamp-{n}"), "heronquestion") for n in range(3)
    )
    merges(halo.mei, second, third)
    merges(halo.mei, first, second)
    assert halo.mei.sees(third).merged_into == second
    keeps(olga, talks=90)
    for _ in range(4):
        house.passes(days=30)
        anna.says(first, "And now?")
        halo.mei.answers(first, "Still on it.")
    assert is_held(olga, held=2)
    assert look(house, SAID)["event.data"] == 3

    closes(olga, first)
    assert look(house, SAID) == Counter()


def test_what_was_reported_is_held_until_that_is_decided(house: House) -> None:
    halo, anna, olga = house.shop("halo"), house.buyer("anna"), house.operator()
    talk = anna.asks(halo, None, "What does it weigh?")
    said = halo.mei.answers(talk, "heronletter")
    report = Report(said.seq, Grievance.OTHER, "heronreport")
    house.db.write_now(conduct.report, anna.actor, talk, report)
    keeps(olga, talks=90)
    closes(halo.mei, talk)
    assert is_held(olga)
    assert look(house, SAID).keys() >= {"complaint.words", "event.data"}

    decides_reports(olga)
    house.passes(days=1)
    assert look(house, SAID) == Counter()


def test_what_an_appeal_is_about_is_held_until_that_is_decided(house: House) -> None:
    halo, anna, olga = house.shop("halo"), house.buyer("anna"), house.operator()
    judged_by(house, "amazon_like")
    talk = asks(anna, halo, answered_after=26 * 60)
    anna.says(talk, "heronquestion")
    halo.mei.answers(talk, "heronletter")
    house.passes(seconds=1)
    asked, _ = house.db.write_now(appealing.file, halo.mei.actor, "halo", appeal_on(talk))
    keeps(olga, talks=90)
    closes(olga, talk)
    assert is_held(olga)

    denied = DecideAppeal(Verdict.DENIED, "It was no robot.")
    house.db.write_now(appealing.decide, olga.actor, asked.id, denied)
    house.passes(days=1)
    assert look(house, SAID) == Counter()


def test_a_period_of_conversations_is_not_too_short_and_can_be_taken_back(house: House) -> None:
    halo, anna, olga = house.shop("halo"), house.buyer("anna"), house.operator()
    talk = anna.asks(halo, None, "heronquestion")
    halo.mei.answers(talk, "heronletter")
    closes(halo.mei, talk)
    with pytest.raises(TalksKeptTooShort):
        keeps(olga, talks=retention.TALKS_LEAST - 1)
    keeps(olga, talks=retention.TALKS_LEAST)
    waits = shown(olga, Kept.TALKS)
    assert (waits.due, waits.next_at) == (1, house.clock() + retention.SECOND_THOUGHTS)
    house.passes(days=6)
    assert look(house, SAID)["event.data"] == 2
    house.passes(days=2)
    assert look(house, SAID) == Counter()


def test_the_record_goes_on_from_where_it_was_cut(house: House) -> None:
    db, olga = house.db, house.operator()
    anna = house.buyer("anna")
    for _ in range(5):
        db.write_now(audit.record, anna.actor, "password_wrong")
    noted = db.read_now(audit.seal)
    with pytest.raises(RecordKeptTooShort):
        keeps(olga, record=HALF_A_YEAR - 1)
    house.passes(days=HALF_A_YEAR + 1)
    keeps(olga, record=HALF_A_YEAR)
    assert shown(olga, Kept.RECORD).due >= 5
    kept = db.read_now(audit.seal)
    house.passes(days=1)

    assert db.read_now(audit.verify) is None
    assert db.read_now(audit.fits, kept)
    start = db.read_now(audit.anchor)
    assert start.seq >= noted.seq
    assert db.read_now(audit.fits, start)
    gone = noted._replace(seq=1)
    today = gone._replace(day=house.clock().date())
    asked = [gone, gone._replace(day=None), today, kept]
    believed = [db.read_now(retention.has_let_go, olga.actor, one) for one in asked]
    assert believed == [True, True, False, False]
    assert [told_of(olga, one) for one in asked] == ["cut", "cut", "changed", "fits"]
    assert shown(olga, Kept.RECORD).due == 0
    assert db.read_now(audit.by, anna.actor.id) == []


def told_of(olga: Person, noted: Seal) -> str:
    """Return what the page of the record tells of a seal."""
    return olga.house.db.read_now(see, olga.actor, Asked(noted=str(noted)), None).fits


def test_an_anchor_that_somebody_moved_is_found(house: House) -> None:
    db, anna = house.db, house.buyer("anna")
    house.passes(days=1)
    db.write_now(audit.cut, house.clock(), 2)
    db.write_now(audit.record, anna.actor, "password_wrong")
    assert db.read_now(audit.verify) is None
    first = db.read_now(audit.anchor).seq + 1
    [line] = db.read_now(erasing.pick, "audit", "hash", "seq", [first])
    db.write_now(erasing.delete_rows, "audit", "seq", [first])
    assert db.read_now(audit.verify) == first
    db.write_now(
        erasing.set_columns, "audit_head", "id", [audit.ANCHOR], {"seq": first, "hash": line}
    )
    assert db.read_now(audit.verify) == first


def test_sessions_go_some_days_after_their_end(house: House) -> None:
    db, olga, anna = house.db, house.operator(), house.buyer("anna")
    person = db.read_now(accounts.person, anna.actor.id)
    db.write_now(accounts.let_in, person, Knock(address="192.0.2.1"))
    keeps(olga, sessions=10)
    house.passes(days=39)
    db.write_now(accounts.let_in, person, Knock(address="192.0.2.2"))
    house.passes(days=1)
    assert sessions_of(house, anna) == 2
    house.passes(days=1)
    assert sessions_of(house, anna) == 1


def sessions_of(house: House, who: Person) -> int:
    return len(house.db.read_now(erasing.pick, "session", "id", "person", [who.actor.id]))
