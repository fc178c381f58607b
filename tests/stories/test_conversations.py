"""How a buyer reaches a shop and is answered, told from both sides of the counter."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from shopbell.commerce.facts import OrdersMoved
from shopbell.conversations import service
from shopbell.conversations.commands import KeepDraft
from shopbell.conversations.model import MarkKind, Stream
from shopbell.conversations.refusals import (
    BeyondHead,
    ConversationClosed,
    DraftChanged,
    EntryMalformed,
    IdempotencyConflict,
    NoSuchAttachment,
    NoSuchConversation,
    NothingSaid,
    NotYourMessage,
    OnlyBuyersAsk,
    TextTooLong,
    TooLateToEdit,
    TooSoonToEscalate,
    UnknownEntryType,
)
from shopbell.conversations.thread import TextUnreadable
from shopbell.conversations.turns import State
from shopbell.engine.blobs import Blob
from shopbell.engine.database import Tx
from shopbell.kernel.actor import PersonId
from shopbell.kernel.flow import NoSuchMove, NotYourMove
from shopbell.kernel.ids import new_id
from tests.support.house import House

PICTURE = Blob("0" * 64, "image/png", 100, 8, 6)


def test_a_question_about_a_product_is_answered_and_both_see_it_was_read(house: House) -> None:
    halo = house.shop("halo", staff=["mei"])
    lamp = halo.sells("lamp", title={"en": "Orbit lamp", "ru": "Лампа Orbit"})
    anna = house.buyer("anna")

    talk = anna.asks(halo, lamp, "Does it work with 220 V?")
    [row] = house.db.read_now(service.inbox, halo.mei.actor)[0]
    assert (row.id, row.unread, row.state, row.waiting_on) == (talk, 1, "waiting_seller", "seller")
    assert (row.subject.id, row.subject.title["ru"]) == (lamp.id, "Лампа Orbit")
    assert row.last is not None
    assert row.last.text == "Does it work with 220 V?"

    halo.mei.reads(talk)
    assert anna.sees(talk).reads.seller == 2

    house.passes(minutes=2)
    halo.mei.answers(talk, "Yes, 100 to 240 V.")
    assert anna.reads(talk) == ["Does it work with 220 V?", "Yes, 100 to 240 V."]
    seen = halo.mei.sees(talk)
    assert (seen.reads.buyer, seen.state, seen.due) == (3, "waiting_buyer", None)


def test_the_subject_is_attached_by_machine_as_the_first_entry(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    order = halo.ships_to(anna, halo.sells("lamp"), number="2026-51873")

    talk = anna.asks(halo, order, "Where is it?")

    first = anna.events(talk)[0]
    card = msgspec.json.decode(first.data)
    assert (first.seq, first.type, card["number"]) == (1, "subject", "2026-51873")


def test_asking_again_goes_on_in_the_same_conversation(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    lamp = halo.sells("lamp")

    first, again = anna.asks(halo, lamp, "How heavy?"), anna.asks(halo, lamp, "And how tall?")

    assert first == again
    assert anna.reads(first) == ["How heavy?", "And how tall?"]


def test_two_tabs_that_open_it_at_once_find_one_conversation(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    lamp = halo.sells("lamp")

    with ThreadPoolExecutor(8) as tabs:
        found = list(tabs.map(lambda _tab: anna.begins(halo, lamp), range(8)))

    assert len(set(found)) == 1


def test_a_retry_says_it_once_and_gets_the_same_number(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk, cmid = anna.begins(halo, None), new_id()

    with ThreadPoolExecutor(8) as line:
        answers = list(line.map(lambda _try: anna.says(talk, "Hello", cmid), range(20)))

    assert {(done.id, done.seq) for done in answers} == {(answers[0].id, 2)}
    assert sum(not done.replayed for done in answers) == 1
    assert halo.mei.reads(talk) == ["Hello"]


def test_the_same_client_id_with_other_words_is_refused(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk, cmid = anna.begins(halo, None), new_id()
    anna.says(talk, "Hello", cmid)

    with pytest.raises(IdempotencyConflict):
        anna.says(talk, "Goodbye", cmid)


def test_many_voices_at_once_get_every_number_once(house: House) -> None:
    halo, anna = house.shop("halo", staff=["mei", "oleg"]), house.buyer("anna")
    talk = anna.asks(halo, None, "0")
    voices = [anna, halo.mei, halo.oleg]

    with ThreadPoolExecutor(12) as crowd:
        list(crowd.map(lambda n: voices[n % 3].says(talk, str(n)), range(60)))

    events = anna.events(talk)
    assert [event.seq for event in events] == list(range(1, 63))
    assert [event.at for event in events] == sorted(event.at for event in events)


def test_strangers_do_not_even_learn_that_it_exists(house: House) -> None:
    halo, loop = house.shop("halo", staff=["mei"]), house.shop("loop", staff=["igor"])
    anna, boris = house.buyer("anna"), house.buyer("boris")
    talk = anna.asks(halo, None, "Hello")

    for stranger in (boris, loop.igor):
        with pytest.raises(NoSuchConversation):
            stranger.reads(talk)
        with pytest.raises(NoSuchConversation):
            stranger.says(talk, "Me too")
        assert house.db.read_now(service.inbox, stranger.actor, "all") == ([], None)
    with pytest.raises(NoSuchConversation):
        anna.events(new_id())  # type: ignore[arg-type]


def test_a_conversation_nobody_spoke_in_is_in_nobodys_list(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    anna.begins(halo, None)

    for person in (anna, halo.mei, house.operator()):
        assert house.db.read_now(service.inbox, person.actor, "all") == ([], None)


def test_notes_stay_in_the_team(house: House) -> None:
    halo, anna = house.shop("halo", staff=["mei", "oleg"]), house.buyer("anna")
    talk = anna.asks(halo, None, "Hello")

    halo.mei.notes(talk, "A regular, be generous")

    assert [event.type for event in halo.oleg.events(talk, "n")] == ["note"]
    assert anna.sees(talk).notes_head == 0
    for outsider in (anna, house.operator()):
        with pytest.raises(NoSuchConversation):
            outsider.events(talk, "n")


def test_the_operator_reads_along_and_speaks_but_changes_nobodys_words(house: House) -> None:
    halo, anna, olga = house.shop("halo"), house.buyer("anna"), house.operator()
    talk = anna.asks(halo, None, "Hello")

    assert olga.reads(talk) == ["Hello"]
    olga.says(talk, "We are looking into it")
    with pytest.raises(NotYourMessage):
        olga.adds(Stream(talk), "edit", target=2, text="Goodbye")
    assert anna.sees(talk).unread == 1


def test_the_promise_passes_and_the_buyer_may_ask_the_operator(house: House) -> None:
    halo, anna, olga = house.shop("halo"), house.buyer("anna"), house.operator()
    talk = anna.asks(halo, None, "Hello?")
    asked = house.clock()
    due = anna.sees(talk).due
    assert due is not None
    assert (due.since, due.at) == (asked, asked + timedelta(minutes=halo.shop.promise.chat_minutes))
    with pytest.raises(TooSoonToEscalate):
        anna.does(talk, "escalate")

    house.passes(minutes=halo.shop.promise.chat_minutes + 1)

    assert anna.events(talk)[-1].type == "answer_overdue"
    assert anna.sees(talk).actions == ["resolve", "escalate"]
    anna.does(talk, "escalate")
    assert olga.sees(talk).state is State.WAITING_OPERATOR


def test_asking_twice_does_not_move_the_promise(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = anna.asks(halo, None, "Hello?")
    due = anna.sees(talk).due

    house.passes(minutes=1)
    anna.says(talk, "Anybody there?")

    assert anna.sees(talk).due == due


def test_an_answer_in_time_stops_the_clock_for_good(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = anna.asks(halo, None, "Hello?")
    halo.mei.answers(talk, "Hello!")

    house.passes(days=1)

    assert [event.type for event in anna.events(talk)] == ["subject", "message", "message"]


def test_whose_answer_is_due_first_stands_first(house: House) -> None:
    halo = house.shop("halo")
    people = [house.buyer(name) for name in ("anna", "boris", "vera")]
    talks = []
    for person in people:
        talks.append(person.asks(halo, None, "Hello?"))
        house.passes(minutes=1)
    halo.mei.answers(talks[0], "Hello!")

    rows, onward = house.db.read_now(service.inbox, halo.mei.actor, limit=2)
    rest, end = house.db.read_now(service.inbox, halo.mei.actor, limit=2, after=onward or "")

    assert [row.id for row in (*rows, *rest)] == [talks[1], talks[2], talks[0]]
    assert end is None


def test_a_resolved_matter_is_taken_up_again_within_two_weeks(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = anna.asks(halo, None, "Hello?")
    with pytest.raises(NotYourMove):
        halo.mei.does(talk, "resolve")
    halo.mei.answers(talk, "Hello!")
    halo.mei.does(talk, "resolve")
    assert anna.sees(talk).state is State.RESOLVED

    house.passes(days=13)
    anna.says(talk, "One more thing")

    assert [event.type for event in anna.events(talk)[-2:]] == ["reopened", "message"]
    assert anna.sees(talk).state is State.WAITING_SELLER


def test_after_two_weeks_it_is_closed_and_a_new_one_is_linked_to_it(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = anna.asks(halo, None, "Hello?")
    anna.does(talk, "resolve")

    house.passes(days=15)

    assert anna.sees(talk).state is State.CLOSED
    with pytest.raises(ConversationClosed):
        anna.says(talk, "Still there?")
    fresh = anna.asks(halo, None, "Hello again")
    assert fresh != talk
    assert anna.sees(fresh).linked_from == talk
    assert anna.reads(talk) == ["Hello?"]


def test_own_words_can_be_corrected_for_five_minutes_and_taken_back(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = anna.asks(halo, None, "Ring at Oak Lane 5")

    anna.adds(Stream(talk), "edit", target=2, text="Never mind")
    house.passes(minutes=6)
    with pytest.raises(TooLateToEdit):
        anna.adds(Stream(talk), "edit", target=2, text="Well")
    with pytest.raises(NotYourMessage):
        halo.mei.adds(Stream(talk), "delete", target=2)
    anna.adds(Stream(talk), "delete", target=2)

    shown = {event.seq: bytes(event.data) for event in halo.mei.events(talk)}
    assert b"Oak" not in shown[2]
    kept = {event.seq: bytes(event.data) for event in house.operator().events(talk)}
    assert b"Oak" in kept[2]


def test_marks_never_go_back_and_never_beyond_the_newest_entry(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = anna.asks(halo, None, "Hello")
    halo.mei.reads(talk)

    house.db.write_now(service.mark, halo.mei.actor, Stream(talk), MarkKind.READ, 1)
    assert anna.sees(talk).reads.seller == 2
    with pytest.raises(BeyondHead):
        house.db.write_now(service.mark, halo.mei.actor, Stream(talk), MarkKind.READ, 3)


def test_drafts_wait_for_their_writer_and_for_nobody_else(house: House) -> None:
    halo, anna = house.shop("halo", staff=["mei", "oleg"]), house.buyer("anna")
    talk = anna.asks(halo, None, "Hello")

    house.db.write_now(service.keep_draft, halo.mei.actor, talk, KeepDraft("Dear An"))

    assert house.db.read_now(service.draft, halo.mei.actor, talk).text == "Dear An"
    assert house.db.read_now(service.draft, halo.oleg.actor, talk).text == ""


def test_a_draft_is_kept_as_it_was_written_and_never_over_words_its_writer_has_not_seen(
    house: House,
) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = anna.asks(halo, None, "Hello")

    def keeps(text: str, was: str) -> str:
        house.db.write_now(service.keep_draft, anna.actor, talk, KeepDraft(text, was))
        return house.db.read_now(service.draft, anna.actor, talk).text

    assert keeps("Is it \n", was="") == "Is it \n"
    assert keeps("Is it oak?", was="Is it \n") == "Is it oak?"
    assert keeps("Is it oak?", was="Is it \n") == "Is it oak?"
    for text in ("x", ""):
        with pytest.raises(DraftChanged):
            keeps(text, was="")
    assert keeps("", was="Is it oak?") == ""


@pytest.mark.parametrize(
    ("kind", "data", "refusal"),
    [
        ("message", {"text": "  "}, NothingSaid),
        ("message", {"text": "x" * 10_001}, TextTooLong),
        ("message", {"text": "a\0b"}, TextUnreadable),
        ("message", {"text": 5}, EntryMalformed),
        ("message", {"text": "x", "side": "seller"}, EntryMalformed),
        ("message", {"text": "x", "attachments": [new_id()]}, NoSuchAttachment),
        ("message", {"text": "x", "channel": "telepathy"}, EntryMalformed),
        ("subject", {"title": "Mine"}, UnknownEntryType),
        ("answer_overdue", {}, UnknownEntryType),
        ("note", {"text": "psst"}, UnknownEntryType),
        ("no_reply_needed", {}, NotYourMove),
    ],
)
def test_what_cannot_be_said_is_refused_and_nothing_is_stored(
    house: House, kind: str, data: dict[str, Any], refusal: type[Exception]
) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = anna.asks(halo, None, "Hello")

    with pytest.raises(refusal):
        anna.adds(Stream(talk), kind, **data)

    assert [event.seq for event in anna.events(talk)] == [1, 2]
    assert anna.says(talk, "Still fine").seq == 3


def test_only_the_shop_writes_notes_and_nobody_moves_a_resolved_matter(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = anna.asks(halo, None, "Hello")
    with pytest.raises(NoSuchConversation):
        anna.notes(talk, "psst")
    anna.does(talk, "resolve")
    with pytest.raises(NoSuchMove):
        anna.does(talk, "escalate")


def test_silence_resolves_a_matter_and_the_buyer_can_still_come_back(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = anna.asks(halo, None, "Hello?")
    halo.mei.answers(talk, "Hello!")
    house.passes(days=10)
    halo.mei.says(talk, "Are you still there?")
    house.passes(days=5)
    assert anna.sees(talk).state is State.WAITING_BUYER

    house.passes(days=10)
    assert anna.sees(talk).state is State.RESOLVED
    anna.says(talk, "Yes, I was away")
    assert anna.sees(talk).state is State.WAITING_SELLER


def test_words_taken_back_are_gone_with_their_corrections_and_their_files(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = anna.asks(halo, None, "Ring at Oak Lane 5")
    anna.adds(Stream(talk), "edit", target=2, text="Ring at Oak Lane 6")
    file = house.db.write_now(service.attach, anna.actor, talk, PICTURE, "home.png")
    anna.adds(Stream(talk), "message", text="", attachments=[file.id])
    assert house.db.read_now(service.file, halo.mei.actor, file.id)[1] == "home.png"
    assert halo.mei.sees(talk).unread == 2

    anna.adds(Stream(talk), "delete", target=2)
    anna.adds(Stream(talk), "delete", target=4)

    assert b"Oak" not in b"".join(bytes(event.data) for event in halo.mei.events(talk))
    with pytest.raises(NoSuchConversation):
        house.db.read_now(service.file, halo.mei.actor, file.id)
    assert house.db.read_now(service.file, anna.actor, file.id)[1] == "home.png"
    assert halo.mei.sees(talk).unread == 0


def test_a_file_not_yet_sent_is_its_senders_alone(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = anna.asks(halo, None, "Hello")
    file = house.db.write_now(service.attach, anna.actor, talk, PICTURE, "home.png")

    with pytest.raises(NoSuchConversation):
        house.db.read_now(service.file, halo.mei.actor, file.id)


def test_when_the_shop_stays_silent_the_operator_is_asked_without_being_begged(
    house: House,
) -> None:
    halo, anna, olga = house.shop("halo"), house.buyer("anna"), house.operator()
    talk = anna.asks(halo, None, "Hello?")
    promise = halo.shop.promise

    house.passes(minutes=promise.chat_minutes)
    assert [event.type for event in anna.events(talk)][-1] == "answer_overdue"
    house.passes(hours=promise.message_hours)

    assert [event.type for event in anna.events(talk)][-1] == "escalate"
    assert olga.sees(talk).state is State.WAITING_OPERATOR
    halo.mei.answers(talk, "Sorry!")
    assert halo.mei.sees(talk).due is None


def test_the_operator_is_nobodys_buyer(house: House) -> None:
    halo, olga = house.shop("halo"), house.operator()

    with pytest.raises(OnlyBuyersAsk):
        olga.begins(halo, None)


def test_every_change_makes_a_newer_version(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = anna.asks(halo, None, "Hello")
    versions = [anna.sees(talk).version]
    halo.mei.reads(talk)
    versions.append(anna.sees(talk).version)
    halo.mei.answers(talk, "Hi")
    versions.append(anna.sees(talk).version)

    assert versions == sorted(set(versions))


@pytest.mark.parametrize("cursor", ["1.zzz", "--5.x", "x", "²5.x", "9" * 30 + "." + "0" * 36])
def test_a_cursor_we_did_not_give_is_refused(house: House, cursor: str) -> None:
    with pytest.raises(service.CursorMalformed):
        house.db.read_now(service.inbox, house.buyer("anna").actor, after=cursor)


@pytest.mark.parametrize("buyer", ["x", "[]", "\U000ef05e_"])
def test_the_conversations_of_a_buyer_that_cannot_be_are_refused(house: House, buyer: str) -> None:
    mei = house.shop("halo", staff=["mei"]).mei
    with pytest.raises(service.BuyerMalformed):
        house.db.read_now(service.inbox, mei.actor, buyer=PersonId(buyer))


def test_a_search_takes_any_words(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = anna.asks(halo, None, "Hello")

    for words in ("halo", "HALO", "ha"):
        assert [row.id for row in house.db.read_now(service.inbox, anna.actor, words=words)[0]] == [
            talk
        ]
    for words in ("%", "_", "\0", "' or 1=1", "lamp"):
        house.db.read_now(service.inbox, anna.actor, words=words)


def test_a_talk_about_an_imported_order_follows_it_to_its_buyers_account(house: House) -> None:
    halo, shadow, anna = house.shop("halo"), house.buyer("shadow"), house.buyer("anna")
    order = halo.ships_to(shadow, halo.sells("lamp"))
    talk = halo.mei.asks(halo, order, "Your parcel left today")

    def hand_over(tx: Tx) -> None:
        before, buyer = shadow.actor.id, anna.actor.id
        tx.announce(OrdersMoved(orders=[order.id], before=before, buyer=buyer))

    house.db.write_now(hand_over)

    assert anna.reads(talk) == ["Your parcel left today"]
    with pytest.raises(NoSuchConversation):
        shadow.reads(talk)


def test_a_file_named_twice_is_shown_once(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = anna.asks(halo, None, "Look")
    file = house.db.write_now(service.attach, anna.actor, talk, PICTURE, "home.png")
    anna.adds(Stream(talk), "message", text="", attachments=[file.id, file.id])
    said = msgspec.json.decode(halo.mei.events(talk)[-1].data)
    assert [one["id"] for one in said["attachments"]] == [file.id]
