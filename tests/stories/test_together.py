"""A team that works together: who is called to what, who is told, and what nobody else sees."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from shopbell.accounts import staff
from shopbell.accounts.model import Letter
from shopbell.conversations import service, sharing
from shopbell.conversations.calling import ColleaguesCalled, Why
from shopbell.conversations.commands import Append, KeepDraft
from shopbell.conversations.model import ConversationId, Stream
from shopbell.conversations.refusals import (
    AnsweredMeanwhile,
    DraftChanged,
    NoSuchColleague,
    NoSuchConversation,
    NoSuchDraft,
    TextTooLong,
)
from shopbell.desk.refusals import TeamOnly
from shopbell.desk.together import calls, handing, history, keys, reminding
from shopbell.desk.together.model import Calls, Keys, RemindMe, Unless
from shopbell.desk.together.refusals import (
    KeyTaken,
    KeyUnusable,
    NoParcelToWait,
    ReminderFar,
    ReminderPast,
)
from shopbell.engine.database import Tx
from shopbell.kernel.events import Fact
from shopbell.kernel.ids import new_id
from tests.support.house import Counter, House, Person


@pytest.fixture
def halo(house: House) -> Counter:
    return house.shop("halo", staff=["mei", "oleg", "vera"])


@pytest.fixture
def anna(house: House) -> Person:
    return house.buyer("anna")


@pytest.fixture
def talk(halo: Counter, anna: Person) -> ConversationId:
    return anna.asks(halo, None, "Is the lamp paper?")


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[ColleaguesCalled]:
    """Overhear what open pages would be told after the commit."""
    heard, announce = list[ColleaguesCalled](), Tx.announce

    def overhear(tx: Tx, fact: Fact) -> None:
        announce(tx, fact)
        heard.extend([fact] if isinstance(fact, ColleaguesCalled) else [])

    monkeypatch.setattr(Tx, "announce", overhear)
    return heard


def notes(of: Person, talk: ConversationId, words: str, *called: Person) -> None:
    of.adds(
        Stream.parse(f"c.{talk}.n"), "note", text=words, mentions=[one.actor.id for one in called]
    )


def mine(of: Person) -> Calls:
    return of.house.db.read_now(calls.mine, of.actor)


def begun(by: Person, talk: ConversationId, words: str, seen: int, cmid: str = "") -> Any:
    entry = Append(cmid or new_id(), "message", {"text": words}, seen)
    return by.house.db.write_now(service.append, by.actor, Stream(talk), entry)


# ── mentions ────────────────────────────────────────────────────────────────────────────────


def test_who_is_mentioned_is_called_and_nobody_else(
    halo: Counter, talk: ConversationId, told: list[ColleaguesCalled]
) -> None:
    notes(halo.mei, talk, "@Oleg, is it paper?", halo.oleg, halo.mei)

    [kept] = halo.oleg.events(talk, "n")
    assert msgspec.json.decode(kept.data)["mentions"][0] == {
        "id": halo.oleg.actor.id,
        "name": "Oleg",
    }
    assert (mine(halo.oleg).waiting, mine(halo.vera).waiting, mine(halo.mei).waiting) == (1, 0, 0)
    [called] = mine(halo.oleg).mentions
    assert (called.conversation, called.seq, called.by, called.read) == (talk, 1, "Mei", False)
    assert [(one.why, one.people, one.seq) for one in told] == [
        (Why.MENTION, [halo.oleg.actor.id], 1)
    ]

    halo.oleg.house.db.write_now(calls.look, halo.oleg.actor, talk)
    assert (mine(halo.oleg).waiting, mine(halo.oleg).mentions[0].read) == (0, True)


def test_a_note_sent_again_calls_once(halo: Counter, talk: ConversationId) -> None:
    entry = Append(new_id(), "note", {"text": "@Oleg", "mentions": [halo.oleg.actor.id]})
    for _ in range(2):
        halo.mei.house.db.write_now(
            service.append, halo.mei.actor, Stream.parse(f"c.{talk}.n"), entry
        )
    assert mine(halo.oleg).waiting == 1


def test_only_who_works_here_now_can_be_mentioned(
    house: House, halo: Counter, anna: Person, talk: ConversationId
) -> None:
    other = house.shop("nord", staff=["lena"])
    house.db.write_now(staff.leave, halo.mei.actor, halo.shop.id, halo.vera.actor.id)

    for stranger in (other.lena, anna, halo.vera):
        with pytest.raises(NoSuchColleague):
            notes(halo.mei, talk, "Look", stranger)
    assert halo.mei.events(talk, "n") == []


def test_who_does_not_look_gets_one_letter_without_the_note(
    house: House, halo: Counter, talk: ConversationId, monkeypatch: pytest.MonkeyPatch
) -> None:
    left: list[Letter] = []

    async def take(job: Letter) -> None:
        left.append(job)

    monkeypatch.setitem(house.app.jobs, Letter, take)  # type: ignore[misc]
    notes(halo.mei, talk, "@Oleg a secret", halo.oleg)
    notes(halo.mei, talk, "@Oleg @Vera another", halo.oleg, halo.vera)
    house.db.write_now(calls.look, halo.vera.actor, talk)

    house.passes(minutes=6)

    [letter] = left
    assert (letter.person, letter.to) == (halo.oleg.actor.id, house.address("oleg"))
    assert "Mei" in letter.body
    assert str(talk) in letter.body
    assert "secret" not in letter.body


# ── answers that cross ──────────────────────────────────────────────────────────────────────


def test_an_answer_that_crosses_a_colleagues_is_held_back_with_what_was_said(
    halo: Counter, anna: Person, talk: ConversationId
) -> None:
    seen = halo.oleg.sees(talk).head
    halo.mei.says(talk, "No, it is linen.")
    cmid = new_id()

    with pytest.raises(AnsweredMeanwhile) as held:
        begun(halo.oleg, talk, "Yes, paper.", seen, cmid)
    assert held.value.facts == {"seq": seen + 1, "by": "Mei", "said": "No, it is linen."}
    assert anna.reads(talk) == ["Is the lamp paper?", "No, it is linen."]

    done = begun(halo.oleg, talk, "Yes, paper.", halo.oleg.sees(talk).head, cmid)
    again = begun(halo.oleg, talk, "Yes, paper.", seen, cmid)
    assert (again.seq, again.replayed) == (done.seq, True)


def test_what_else_was_said_meanwhile_holds_nobody_back(
    halo: Counter, anna: Person, talk: ConversationId
) -> None:
    seen = halo.oleg.sees(talk).head
    anna.says(talk, "Or linen?")
    begun(halo.oleg, talk, "Linen.", seen)
    begun(halo.oleg, talk, "Of Belgium.", seen)
    halo.mei.adds(Stream(talk), "message", text="We answer within an hour.", automatic=True)
    crossing = halo.mei.says(talk, "Belgian, yes.")
    halo.mei.adds(Stream(talk), "delete", target=crossing.seq)
    begun(halo.oleg, talk, "It ships tomorrow.", seen)
    halo.mei.says(talk, "From our store.")
    halo.oleg.says(talk, "A program says nothing of what it has seen.")
    thanks = begun(anna, talk, "Thank you both", seen)
    assert anna.sees(talk).head == thanks.seq


# ── drafts ──────────────────────────────────────────────────────────────────────────────────


def drafts(of: Person, talk: ConversationId) -> list[tuple[str, str]]:
    found = of.house.db.read_now(sharing.of_team, of.actor, talk)
    return [(one.by.name, one.text) for one in found]


def keeps(of: Person, talk: ConversationId, words: str) -> None:
    of.house.db.write_now(service.keep_draft, of.actor, talk, KeepDraft(words))


def test_a_team_sees_its_drafts_and_no_one_elses(
    house: House, halo: Counter, anna: Person, talk: ConversationId
) -> None:
    keeps(halo.oleg, talk, "I think it is")
    keeps(anna, talk, "By the way")

    assert drafts(halo.mei, talk) == [("Oleg", "I think it is")]
    assert drafts(halo.oleg, talk) == []
    stranger = house.shop("nord", staff=["lena"]).lena
    for other in (anna, stranger, house.operator()):
        with pytest.raises(NoSuchConversation):
            drafts(other, talk)

    house.db.write_now(staff.leave, halo.mei.actor, halo.shop.id, halo.oleg.actor.id)
    assert drafts(halo.mei, talk) == []


def test_a_draft_of_before_the_team_saw_them_stays_its_writers_until_they_write_on(
    house: House, halo: Counter, talk: ConversationId
) -> None:
    keeps(halo.oleg, talk, "Between us")
    house.db.write_now(Tx.run, "UPDATE draft SET shared = false")
    assert drafts(halo.mei, talk) == []
    keeps(halo.oleg, talk, "It is linen")
    assert drafts(halo.mei, talk) == [("Oleg", "It is linen")]


def test_a_draft_taken_over_is_copied_behind_ones_own_and_its_writer_is_told_once(
    house: House, halo: Counter, talk: ConversationId, told: list[ColleaguesCalled]
) -> None:
    keeps(halo.oleg, talk, "It is linen.")
    keeps(halo.mei, talk, "Hello Anna,")

    taken = [
        house.db.write_now(sharing.take_over, halo.mei.actor, talk, halo.oleg.actor.id)
        for _ in range(2)
    ]

    assert [one.text for one in taken] == ["Hello Anna,\nIt is linen."] * 2
    assert [(one.why, one.people, one.by) for one in told] == [
        (Why.DRAFT_TAKEN, [halo.oleg.actor.id], "Mei")
    ]
    assert drafts(halo.vera, talk) == [
        ("Mei", "Hello Anna,\nIt is linen."),
        ("Oleg", "It is linen."),
    ]
    with pytest.raises(DraftChanged):
        house.db.write_now(
            service.keep_draft, halo.mei.actor, talk, KeepDraft("Hello", was="Hello Anna,")
        )


def test_what_cannot_be_taken_over_changes_nothing(
    house: House, halo: Counter, anna: Person, talk: ConversationId
) -> None:
    keeps(anna, talk, "By the way")
    keeps(halo.oleg, talk, "o" * 6_000)
    keeps(halo.mei, talk, "m" * 6_000)
    for whose in (anna, halo.vera, halo.mei):
        with pytest.raises(NoSuchDraft):
            house.db.write_now(sharing.take_over, halo.mei.actor, talk, whose.actor.id)
    with pytest.raises(TextTooLong):
        house.db.write_now(sharing.take_over, halo.mei.actor, talk, halo.oleg.actor.id)
    assert house.db.read_now(service.draft, halo.mei.actor, talk).text == "m" * 6_000


# ── reminders ───────────────────────────────────────────────────────────────────────────────


def remind(of: Person, talk: ConversationId, unless: Unless, **ahead: float) -> None:
    wanted = RemindMe(of.house.clock() + timedelta(**ahead), unless, "Ask again")
    of.house.db.write_now(reminding.remind, of.actor, talk, wanted)


def waits(of: Person) -> list[tuple[ConversationId, bool]]:
    return [(one.conversation, one.due) for one in mine(of).reminders]


def test_a_reminder_calls_back_unless_the_buyer_has_answered(
    house: House, halo: Counter, anna: Person, told: list[ColleaguesCalled]
) -> None:
    silent, spoken = (anna.asks(halo, halo.sells(what), "Is it new?") for what in ("lamp", "sofa"))
    for talk in (silent, spoken):
        halo.mei.answers(talk, "Which colour?")
        remind(halo.mei, talk, Unless.BUYER, hours=2)
    anna.says(spoken, "Blue")
    halo.mei.answers(spoken, "Fine")
    assert waits(halo.mei) == [(silent, False)]

    house.passes(hours=3)

    assert waits(halo.mei) == [(silent, True)]
    assert mine(halo.mei).waiting == 1
    assert [(one.why, one.conversation) for one in told] == [(Why.REMINDER, silent)]
    assert (waits(halo.oleg), mine(halo.oleg).waiting) == ([], 0)

    for _ in range(2):
        house.db.write_now(reminding.take_back, halo.mei.actor, silent)
    assert waits(halo.mei) == []


def test_a_reminder_set_again_is_the_same_one_at_another_time(
    house: House, halo: Counter, talk: ConversationId, told: list[ColleaguesCalled]
) -> None:
    remind(halo.mei, talk, Unless.NOTHING, hours=1)
    remind(halo.mei, talk, Unless.NOTHING, hours=5)
    house.passes(hours=2)
    assert (waits(halo.mei), told) == ([(talk, False)], [])
    house.passes(hours=4)
    assert (waits(halo.mei), len(told)) == ([(talk, True)], 1)


def test_a_reminder_taken_back_or_of_somebody_who_left_calls_nobody(
    house: House, halo: Counter, talk: ConversationId, told: list[ColleaguesCalled]
) -> None:
    remind(halo.oleg, talk, Unless.NOTHING, hours=1)
    remind(halo.vera, talk, Unless.NOTHING, hours=1)
    house.db.write_now(reminding.take_back, halo.oleg.actor, talk)
    house.db.write_now(staff.leave, halo.mei.actor, halo.shop.id, halo.vera.actor.id)
    house.passes(hours=2)
    assert told == []


def test_no_reminder_in_the_past_for_ever_or_for_a_parcel_that_is_none(
    house: House, halo: Counter, anna: Person, talk: ConversationId
) -> None:
    for wrong, ahead in ((ReminderPast, {"hours": -1}), (ReminderFar, {"days": 400})):
        with pytest.raises(wrong):
            remind(halo.mei, talk, Unless.NOTHING, **ahead)
    with pytest.raises(NoParcelToWait):
        remind(halo.mei, talk, Unless.PARCEL, hours=1)
    stranger = house.shop("nord", staff=["lena"]).lena
    for other in (anna, stranger):
        with pytest.raises(NoSuchConversation):
            remind(other, talk, Unless.NOTHING, hours=1)
    with pytest.raises(TeamOnly):
        mine(anna)


# ── keys ────────────────────────────────────────────────────────────────────────────────────


def test_keys_are_ones_own_and_no_key_does_two_things(house: House, halo: Counter) -> None:
    def lay(places: dict[str, str], *, letters: bool = True) -> None:
        house.db.write_now(keys.lay, halo.mei.actor, Keys(letters, places))

    lay({"next": "KeyN", "note": "KeyJ", "inbox": "KeyG KeyN"})
    for wrong in ({"next": "KeyA", "note": "KeyA"},):
        with pytest.raises(KeyTaken):
            lay(wrong)
    for unusable in ("KeyG", "Enter", "F5", "KeyG KeyG KeyI", "keyA", ""):
        with pytest.raises(KeyUnusable):
            lay({"next": unusable})
    kept = house.db.read_now(keys.laid, halo.mei.actor)
    assert kept == Keys(True, {"next": "KeyN", "note": "KeyJ", "inbox": "KeyG KeyN"})
    assert house.db.read_now(keys.laid, halo.oleg.actor) == Keys()

    lay({}, letters=False)
    assert house.db.read_now(keys.laid, halo.mei.actor) == Keys(False, {})
    house.db.write_now(keys.reset, halo.mei.actor)
    assert house.db.read_now(keys.laid, halo.mei.actor) == Keys()


# ── what is known ───────────────────────────────────────────────────────────────────────────


def test_a_buyers_history_is_of_this_shop_alone(house: House, halo: Counter, anna: Person) -> None:
    nord = house.shop("nord", staff=["lena"])
    lamp, sofa = halo.sells("lamp"), nord.sells("sofa")
    orders = [halo.ships_to(anna, lamp, number=f"H-{n}") for n in range(7)]
    nord.ships_to(anna, sofa, number="N-1")
    anna.asks(nord, sofa, "Is it soft?")
    first = anna.asks(halo, lamp, "Is it bright?")
    talk = anna.asks(halo, orders[0], "Where is it?")

    found = house.db.read_now(history.history, halo.mei.actor, talk, "en")

    assert (found.orders, found.returned, found.conversations) == (7, 0, 2)
    assert len(found.latest) == history.SHOWN
    assert {one.number[0] for one in found.latest} == {"H"}
    assert [one.id for one in found.earlier] == [first]
    for other in (nord.lena, anna):
        with pytest.raises(NoSuchConversation):
            house.db.read_now(history.history, other.actor, talk, "en")


@pytest.mark.parametrize(
    ("locale", "heading"), [("en", "Last words"), ("ru", "Последние слова"), ("zh", "最后的话")]
)
def test_a_hand_over_says_what_stands_in_the_thread(
    house: House, halo: Counter, anna: Person, locale: Any, heading: str
) -> None:
    order = halo.ships_to(anna, halo.sells("lamp"), number="H-1")
    talk = anna.asks(halo, order, "Where is it?")
    halo.mei.answers(talk, "On its way.")
    anna.says(talk, "And the bulb?")
    taken_back = anna.says(talk, "My PIN is 1234")
    anna.adds(Stream(talk), "delete", target=taken_back.seq)

    found = house.db.read_now(handing.summary, halo.oleg.actor, talk, locale)

    parts = {part.name: [line.words for line in part.lines] for part in found.parts}
    assert [part.name for part in found.parts] == ["since", "asked", "last"]
    assert parts["since"][1] == "H-1 · Lamp"
    assert [words[-len("And the bulb?") :] for words in parts["asked"]] == ["And the bulb?"]
    assert [words.split()[-1] for words in parts["last"]] == ["bulb?", "way."]
    assert heading in found.note
    assert f"/desk/{talk}" in found.note
    assert "1234" not in found.note
