"""The same conversation from each side: rows, pages, marks and facts, whole, not by a glimpse."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import msgspec
import pytest

from shopbell.commerce.commands import SentParcel
from shopbell.commerce.model import NoSuchOrder, Order
from shopbell.conversations import service
from shopbell.conversations.commands import KeepDraft
from shopbell.conversations.model import (
    AttachmentId,
    Listed,
    MarkKind,
    MarkMoved,
    Marks,
    Stream,
    Subject,
    SubjectKind,
)
from shopbell.conversations.refusals import (
    BeyondHead,
    MessageWithdrawn,
    NoSuchConversation,
    NoSuchEntry,
    NotSellersToOpen,
    TooLateToEdit,
)
from shopbell.engine.blobs import Blob
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM, Side
from shopbell.kernel.ids import new_id
from tests.support.house import House, Person

MINUTE = timedelta(minutes=1)
PICTURE = Blob("0" * 64, "image/png", 100, 8, 6)


def rows(house: House, who: Person, *box: Any, **how: Any) -> list[Listed]:
    found: list[Listed] = house.db.read_now(service.inbox, who.actor, *box, **how)[0]
    return found


def mark(house: House, who: Person, stream: Stream, kind: MarkKind, seq: int) -> list[Any]:
    """Move a mark, and return the facts that were announced by it."""

    def marked(tx: Tx) -> list[Any]:
        service.mark(tx, who.actor, stream, kind, seq)
        return list(tx.announced)

    return house.db.write_now(marked)


def test_a_row_is_the_same_thing_from_each_side(house: House) -> None:
    halo, anna, olga = house.shop("halo"), house.buyer("anna"), house.operator()
    lamp = halo.sells("lamp")
    began = house.clock()
    talk = anna.asks(halo, lamp, "Is it\nheavy?")
    halo.mei.notes(talk, "psst")
    house.passes(minutes=1)

    buyers, sellers, operators = (who.sees(talk) for who in (anna, halo.mei, olga))

    assert buyers.shop == sellers.shop
    assert (buyers.shop.id, buyers.shop.name, buyers.shop.slug) == (halo.shop.id, "Halo", "halo")
    assert (buyers.buyer.id, buyers.buyer.name) == (anna.actor.id, "Anna")
    assert buyers.buyer.slug is None
    assert (buyers.id, buyers.subject.id, buyers.channel) == (talk, lamp.id, "chat")
    assert (buyers.state, buyers.waiting_on, buyers.locale) == ("waiting_seller", "seller", "en")
    assert buyers.version == sellers.version == operators.version > 0
    assert [seen.head for seen in (buyers, sellers, operators)] == [2, 2, 2]
    assert [seen.notes_head for seen in (buyers, sellers, operators)] == [0, 1, 0]
    assert [seen.unread for seen in (buyers, sellers, operators)] == [0, 1, 0]
    assert buyers.last is not None
    assert (buyers.last.at, buyers.last.side, buyers.last.text) == (began, "buyer", "Is it heavy?")
    assert buyers.due is not None
    assert (buyers.due.since, buyers.due.at) == (
        began,
        began + halo.shop.promise.chat_minutes * MINUTE,
    )
    assert (buyers.created_at, buyers.linked_from) == (began, None)
    assert buyers.reads == buyers.delivered == Marks(0, 0)
    assert [seen.actions for seen in (buyers, sellers, operators)] == [
        ["resolve"],
        ["no_reply_needed"],
        [],
    ]


def test_what_nobody_said_yet_has_no_last_words_and_no_promise(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    seen = anna.sees(anna.begins(halo, None))
    assert (seen.last, seen.due, seen.state, seen.head) == (None, None, "new", 1)


def test_each_side_has_its_own_marks_and_its_own_unread(house: House) -> None:
    halo, anna, olga = house.shop("halo"), house.buyer("anna"), house.operator()
    talk = anna.asks(halo, None, "one")
    anna.says(talk, "two")
    halo.mei.says(talk, "three")
    stream = Stream(talk)

    [moved] = mark(house, halo.mei, stream, MarkKind.DELIVERED, 3)
    assert isinstance(moved, MarkMoved)
    assert (moved.kind, moved.side, moved.seq) == (MarkKind.DELIVERED, Side.SELLER, 3)
    assert (moved.talk.seller_delivered, moved.talk.seller_unread) == (3, 2)
    assert mark(house, halo.mei, stream, MarkKind.DELIVERED, 3) == []
    assert mark(house, halo.mei, stream, MarkKind.DELIVERED, 2) == []
    [moved] = mark(house, halo.mei, stream, MarkKind.READ, 2)
    assert (moved.kind, moved.side, moved.seq) == (MarkKind.READ, Side.SELLER, 2)
    assert (moved.talk.seller_read, moved.talk.seller_delivered) == (2, 3)
    assert mark(house, halo.mei, stream, MarkKind.READ, 2) == []
    assert halo.mei.sees(talk).unread == 1
    mark(house, halo.mei, stream, MarkKind.READ, 4)
    mark(house, anna, stream, MarkKind.READ, 1)
    seen = anna.sees(talk)
    assert (seen.reads, seen.delivered) == (Marks(1, 4), Marks(1, 4))
    assert (seen.unread, halo.mei.sees(talk).unread) == (1, 0)
    for nobodys in (olga.actor, SYSTEM):
        assert mark(house, Person(house, nobodys), stream, MarkKind.READ, 4) == []
    with pytest.raises(BeyondHead) as refused:
        mark(house, anna, stream, MarkKind.READ, 5)
    assert refused.value.facts == {"seq": 5, "head": 4}


def test_notes_have_numbers_of_their_own_and_no_marks(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = anna.asks(halo, None, "one")
    halo.mei.notes(talk, "psst")
    notes = Stream.parse(f"c.{talk}.n")

    assert mark(house, halo.mei, notes, MarkKind.READ, 1) == []
    with pytest.raises(BeyondHead) as refused:
        mark(house, halo.mei, notes, MarkKind.READ, 2)
    assert refused.value.facts == {"seq": 2, "head": 1}
    assert halo.mei.sees(talk).reads == Marks(0, 0)


def test_what_was_said_about_a_thing_is_found_again_by_those_who_said_it(house: House) -> None:
    halo, anna, boris, olga = (
        house.shop("halo"),
        house.buyer("anna"),
        house.buyer("boris"),
        house.operator(),
    )
    lamp = halo.sells("lamp")
    order = halo.ships_to(anna, lamp)
    about_lamp = Subject(SubjectKind.PRODUCT, lamp.id)
    about_order = Subject(SubjectKind.ORDER, order.number)

    assert house.db.read_now(service.about, anna.actor, about_lamp) is None
    asked, ordered = anna.asks(halo, lamp, "Heavy?"), anna.asks(halo, order, "Where?")

    def found(who: Person, subject: Subject) -> Listed | None:
        return house.db.read_now(service.about, who.actor, subject)

    assert found(anna, about_lamp) == anna.sees(asked)
    assert found(anna, about_order) == anna.sees(ordered)
    assert found(halo.mei, about_order) == halo.mei.sees(ordered)
    assert found(olga, about_order) == olga.sees(ordered)
    assert [found(boris, about_lamp), found(halo.mei, about_lamp)] == [None, None]


def test_how_far_conversations_have_come(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    one, other = anna.asks(halo, None, "Hello"), anna.begins(halo, halo.sells("lamp"))
    halo.mei.notes(one, "psst")
    unknown = Stream.parse(f"c.{new_id()}.p")

    standings = house.db.read_now(
        service.standings, [Stream(one), Stream.parse(f"c.{one}.n"), Stream(other), unknown]
    )

    assert {talk: (s.head, s.notes_head, s.buyer, s.shop) for talk, s in standings.items()} == {
        one: (2, 1, anna.actor.id, halo.shop.id),
        other: (1, 0, anna.actor.id, halo.shop.id),
    }


def test_an_inbox_is_turned_page_by_page_and_every_row_is_on_one_page(house: House) -> None:
    halo, anna, olga = house.shop("halo"), house.buyer("anna"), house.operator()
    talks = []
    for n in range(5):
        talks.append(anna.asks(halo, halo.sells(f"lamp-{n}"), str(n)))
        house.passes(minutes=1)

    def paged(who: Person, limit: int) -> list[list[Listed]]:
        pages, after = list[list[Listed]](), ""
        while True:
            found, following = house.db.read_now(
                service.inbox, who.actor, "all", limit=limit, after=after
            )
            pages.append(found)
            if following is None:
                return pages
            after = following

    for who, wanted in ((anna, talks[::-1]), (halo.mei, talks), (olga, talks[::-1])):
        pages = paged(who, 2)
        assert [len(page) for page in pages] == [2, 2, 1], who.actor.side
        assert [row.id for page in pages for row in page] == wanted
        assert pages[0][0] == who.sees(wanted[0])
    assert [len(page) for page in paged(anna, 5)] == [5]
    assert [len(page) for page in paged(anna, 0)] == [1, 1, 1, 1, 1]


def test_an_inbox_page_is_never_longer_than_it_may_be(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    for n in range(3):
        anna.asks(halo, halo.sells(f"lamp-{n}"), str(n))
    monkeypatch.setattr(service, "PAGE_MOST", 2)
    assert len(rows(house, anna, limit=99)) == 2


def test_an_inbox_holds_fifty_rows_unless_asked(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    for n in range(51):
        anna.asks(halo, halo.sells(f"lamp-{n}"), str(n))
    found, following = house.db.read_now(service.inbox, anna.actor)
    assert (len(found), following is None) == (50, False)


def test_what_is_done_is_in_a_box_of_its_own_and_a_buyer_is_found_by_name_and_id(
    house: House,
) -> None:
    halo, anna, boris = house.shop("halo"), house.buyer("anna"), house.buyer("boris")
    talk, done = anna.asks(halo, None, "Hello"), boris.asks(halo, None, "Bye")
    boris.does(done, "resolve")
    anna.begins(halo, halo.sells("lamp"))

    def boxes(who: Person, **how: Any) -> list[set[str]]:
        return [{r.id for r in rows(house, who, box, **how)} for box in ("open", "done", "all")]

    assert boxes(halo.mei) == [{talk}, {done}, {talk, done}]
    assert boxes(halo.mei, buyer=anna.actor.id) == [{talk}, set(), {talk}]
    assert boxes(halo.mei, words="boris") == [set(), {done}, {done}]
    assert boxes(halo.mei, words="ann\0b") == [set(), set(), set()]
    assert {row.id for row in rows(house, halo.mei)} == {talk}


def test_a_part_of_a_stream_leads_up_to_a_number_or_follows_it(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = anna.asks(halo, None, "2")
    for n in range(3, 8):
        anna.says(talk, str(n))
    mark(house, halo.mei, Stream(talk), MarkKind.READ, 3)
    mark(house, halo.mei, Stream(talk), MarkKind.DELIVERED, 5)

    def part(after: int = 0, before: int | None = None, limit: int = 200) -> list[int]:
        page = house.db.read_now(
            service.page, anna.actor, Stream(talk), after=after, before=before, limit=limit
        )
        assert (page.stream, page.head, page.epoch) == (f"c.{talk}.p", 7, house.app.epoch)
        assert (page.reads, page.delivered) == (Marks(0, 3), Marks(0, 5))
        return [event.seq for event in page.events]

    assert part() == [1, 2, 3, 4, 5, 6, 7]
    assert part(after=5) == [6, 7]
    assert part(after=7) == part(after=99) == part(before=1) == part(before=-5) == []
    assert part(after=-3, limit=2) == [1, 2]
    assert part(before=4, limit=2) == [2, 3]
    assert part(before=8, limit=1) == part(before=99, limit=1) == [7]
    assert part(limit=0) == [1]


def test_a_page_of_a_stream_is_never_longer_than_it_may_be(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = anna.asks(halo, None, "2")
    monkeypatch.setattr(service, "PAGE_MOST", 1)
    page = house.db.read_now(service.page, anna.actor, Stream(talk), limit=200)
    assert [event.seq for event in page.events] == [1]


def test_a_shop_writes_first_about_its_own_orders_until_three_days_after_they_came(
    house: House,
) -> None:
    halo, nord, anna = house.shop("halo"), house.shop("nord", ["nina"]), house.buyer("anna")
    lamp, now = halo.sells("lamp"), house.clock()

    def order(*arrivals: timedelta) -> Order:
        parcels = [
            SentParcel(tracking_number=f"T-{n}", delivered_at=now - ago)
            for n, ago in enumerate(arrivals)
        ]
        return halo.ships_to(anna, lamp, shipments=[*parcels, SentParcel(tracking_number="T")])

    hours = timedelta(hours=1)
    for subject in (None, lamp, order(73 * hours), order(74 * hours, 72 * hours + MINUTE)):
        with pytest.raises(NotSellersToOpen):
            halo.mei.begins(halo, subject)
    for subject in (order(), order(72 * hours), order(99 * hours, 1 * hours)):
        assert halo.mei.sees(halo.mei.begins(halo, subject)).buyer.name == "Anna"
    with pytest.raises(NoSuchOrder):
        nord.nina.begins(halo, order())


def test_a_new_conversation_has_the_buyers_language_and_knows_the_one_before(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna", locale="ru")
    order = halo.ships_to(anna, halo.sells("lamp"))
    first = halo.mei.begins(halo, order)
    assert halo.mei.sees(first).locale == "ru"
    halo.mei.says(first, "Your parcel left")
    anna.does(first, "resolve")
    house.passes(days=15)
    assert halo.mei.sees(first).state == "closed"
    second = halo.mei.begins(halo, order)
    assert (second != first, halo.mei.sees(second).linked_from) == (True, first)


def test_a_file_is_shown_as_it_was_given_and_only_in_its_conversation(house: House) -> None:
    halo, anna, boris, olga = (
        house.shop("halo"),
        house.buyer("anna"),
        house.buyer("boris"),
        house.operator(),
    )
    talk = anna.asks(halo, None, "Look")
    file = house.db.write_now(service.attach, anna.actor, talk, PICTURE, "home.png")
    assert (file.name, file.media_type, file.size, file.width, file.height) == (
        "home.png",
        "image/png",
        100,
        8,
        6,
    )
    assert file.url == f"/files/{file.id}"

    def seen_by(*people: Person) -> list[bool]:
        return [_sees(house, who, file.id) for who in people]

    assert seen_by(anna, olga, halo.mei, boris) == [True, True, False, False]
    anna.adds(Stream(talk), "message", text="", attachments=[file.id])
    assert seen_by(anna, olga, halo.mei, boris) == [True, True, True, False]
    assert house.db.read_now(service.file, anna.actor, file.id) == (
        "0" * 64,
        "home.png",
        "image/png",
    )
    assert anna.sees(talk).last is not None
    [said] = [e for e in halo.mei.events(talk) if e.seq == 3]
    assert msgspec.json.decode(said.data)["attachments"] == [msgspec.to_builtins(file)]
    with pytest.raises(NoSuchConversation):
        house.db.write_now(service.attach, boris.actor, talk, PICTURE, "x.png")
    assert not _sees(house, olga, AttachmentId(new_id()))


def _sees(house: House, who: Person, file: AttachmentId) -> bool:
    try:
        house.db.read_now(service.file, who.actor, file)
    except NoSuchConversation:
        return False
    return True


def test_words_are_corrected_until_the_very_end_of_their_time(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = anna.asks(halo, None, "Oak Lane 5")
    house.passes(minutes=5)
    anna.adds(Stream(talk), "edit", target=2, text="Oak Lane 6")
    last = halo.mei.sees(talk).last
    assert last is not None
    assert last.text == "Oak Lane 6"
    house.clock.passes(seconds=1)
    with pytest.raises(TooLateToEdit) as refused:
        anna.adds(Stream(talk), "edit", target=2, text="Oak Lane 7")
    assert refused.value.facts == {"minutes": 5}


def test_correcting_or_taking_back_older_words_leaves_the_preview_alone(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = anna.asks(halo, None, "first")
    anna.says(talk, "second")

    def preview() -> str:
        last = halo.mei.sees(talk).last
        assert last is not None
        return last.text

    anna.adds(Stream(talk), "edit", target=2, text="changed")
    assert preview() == "second"
    anna.adds(Stream(talk), "delete", target=2)
    assert preview() == "second"
    anna.adds(Stream(talk), "delete", target=3)
    assert preview() == ""
    with pytest.raises(MessageWithdrawn):
        anna.adds(Stream(talk), "delete", target=3)
    for missing in (1, 4, 99):
        with pytest.raises(NoSuchEntry) as refused:
            anna.adds(Stream(talk), "delete", target=missing)
        assert refused.value.facts == {"seq": missing}


def test_taking_back_words_lowers_the_count_of_those_alone_who_had_not_read_them(
    house: House,
) -> None:
    halo, anna, olga = house.shop("halo"), house.buyer("anna"), house.operator()
    talk = anna.asks(halo, None, "2")
    anna.says(talk, "3")
    halo.mei.says(talk, "4")
    halo.mei.says(talk, "5")
    olga.says(talk, "6")
    mark(house, halo.mei, Stream(talk), MarkKind.READ, 2)
    mark(house, anna, Stream(talk), MarkKind.READ, 4)

    def unread() -> tuple[int, int]:
        return anna.sees(talk).unread, halo.mei.sees(talk).unread

    assert unread() == (2, 2)
    anna.adds(Stream(talk), "delete", target=2)
    assert unread() == (2, 2)
    anna.adds(Stream(talk), "delete", target=3)
    assert unread() == (2, 1)
    halo.mei.adds(Stream(talk), "delete", target=4)
    assert unread() == (2, 1)
    halo.mei.adds(Stream(talk), "delete", target=5)
    assert unread() == (1, 1)
    olga.adds(Stream(talk), "delete", target=6)
    assert unread() == (0, 0)


def test_time_in_a_thread_never_goes_back(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = anna.asks(halo, None, "now")
    house.clock.passes(minutes=-5)
    anna.says(talk, "earlier, by the clock")
    times = [event.at for event in anna.events(talk)]
    assert all(before <= after for before, after in pairwise(times))


def test_a_long_message_is_shown_in_a_list_by_its_beginning_on_one_line(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = anna.asks(halo, None, "x" * 140)
    assert _last(anna, talk) == "x" * 140
    anna.says(talk, "y" * 141)
    assert _last(anna, talk) == "y" * 139 + "…"
    anna.says(talk, "  two \r\n lines\rand\n\nmore ")
    assert _last(anna, talk) == "two lines and more"
    said = msgspec.json.decode(anna.events(talk)[-1].data)["text"]
    assert said == "two \n lines\nand\n\nmore"


def _last(who: Person, talk: Any) -> str:
    last = who.sees(talk).last
    assert last is not None
    return last.text


def test_a_draft_that_cannot_be_kept_is_refused(house: House) -> None:
    halo, anna, boris = house.shop("halo"), house.buyer("anna"), house.buyer("boris")
    talk = anna.asks(halo, None, "Hello")
    with pytest.raises(NoSuchConversation):
        house.db.write_now(service.keep_draft, boris.actor, talk, KeepDraft("x"))
    with pytest.raises(NoSuchConversation):
        house.db.read_now(service.draft, boris.actor, talk)
