"""The lists of a desk: what is in each view, what narrows it, what is kept under a name."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from sqlalchemy import Connection

from shopbell.conversations import service as conversations
from shopbell.conversations import storage
from shopbell.conversations.commands import Begin
from shopbell.conversations.listing import service as listing
from shopbell.conversations.listing.model import (
    VIEWS_MOST,
    Filter,
    PutView,
    SavedView,
    Sort,
    View,
    ViewId,
)
from shopbell.conversations.listing.refusals import (
    NoSuchView,
    OnlyManagersShareViews,
    OnlyShopsHaveViews,
    ViewsFull,
    ViewWithoutName,
)
from shopbell.conversations.model import (
    Channel,
    Conversation,
    ConversationId,
    Subject,
    SubjectKind,
    TalkKind,
)
from shopbell.conversations.service import CursorMalformed
from shopbell.conversations.turns import Turn
from shopbell.engine.database import Tx
from shopbell.kernel.ids import new_id
from shopbell.kernel.texts import LOCALES, Locale
from tests.rooms.test_statements import listening, plan, scans
from tests.support.casework import opens
from tests.support.house import Counter, House, Person
from tests.support.team import gives, snoozes, tags
from tests.support.waiting import somebody_waits


def lists(who: Person, view: str = "", **wanted: Any) -> list[ConversationId]:
    """Read a list to its end, three rows at a time."""
    found, after = list[ConversationId](), ""
    while True:
        page, place = who.house.db.read_now(
            listing.listed, who.actor, Filter(**wanted), view=view, after=after, limit=3
        )
        found += [row.id for row in page]
        if place is None:
            return found
        after = place


def keeps(who: Person, name: str, *, shared: bool = False, **wanted: Any) -> SavedView:
    asked = PutView(name, Filter(**wanted), shared)
    return who.house.db.write_now(listing.put, who.actor, ViewId(new_id()), asked)


def begins_in(buyer: Person, halo: Counter, locale: Locale) -> ConversationId:
    """Open the conversation with the shop itself, in a language."""
    about = Begin(Subject(SubjectKind.SHOP, halo.shop.id))
    return buyer.house.db.write_now(conversations.begin, buyer.actor, about, locale)[0].id


@pytest.fixture
def busy(house: House) -> tuple[Counter, list[ConversationId]]:
    """Give a shop with conversations of every sort, in every hand."""
    halo = house.shop("halo", staff=["mei", "oleg"])
    goods = [halo.sells(offer) for offer in ("lamp", "cup")]
    talks = list[ConversationId]()
    for n, locale in enumerate(LOCALES):
        buyer = house.buyer(f"buyer{n}")
        begins_in(buyer, halo, locale)
        talks += [buyer.asks(halo, about, "Hello") for about in (*goods, None)]
        order = halo.ships_to(buyer, goods[0])
        talks.append(buyer.asks(halo, order, "Where is it?"))
        if n % 2:
            opens(buyer, "logistics_inquiry", order, concern="not_received")
        house.clock.passes(minutes=7)
    oleg, mei = halo.oleg, halo.mei
    for talk in talks[::3]:
        gives(mei, talk, oleg if talks.index(talk) % 2 else mei)
    for talk in talks[1::5]:
        mei.answers(talk, "Yes.")
    for talk in talks[2::6]:
        mei.answers(talk, "I shall ask.")
        snoozes(mei, talk, house.clock() + timedelta(hours=3))
    for talk in talks[1::10]:
        mei.does(talk, "resolve")
    snoozes(mei, talks[7], house.clock() + timedelta(minutes=1))
    house.passes(minutes=2)
    house.buyer("silent").begins(halo, None)
    nova = house.shop("nova", staff=["vera"])
    house.buyer("boris").asks(nova, None, "Another shop's")
    return halo, talks


def oracle(house: House, me: Person, view: View) -> Callable[[Conversation], bool]:
    """Say of one conversation what each view shows, in the words of the model."""

    def belongs(talk: Conversation) -> bool:
        done, asleep, owed = talk.state.done, talk.asleep, talk.owed
        awake = not done and not asleep
        return {
            View.OPEN: awake,
            View.MINE: awake and talk.assignee == me.actor.id,
            View.UNASSIGNED: awake and talk.assignee is None,
            View.WAITING: awake and owed is not None,
            View.OVERDUE: awake and owed is not None and owed.at <= house.clock(),
            View.SNOOZED: not done and asleep,
            View.DONE: done,
            View.ALL: True,
        }[view]

    return belongs


def test_every_view_shows_what_the_model_says_and_counts_it(
    house: House, busy: tuple[Counter, list[ConversationId]]
) -> None:
    halo, talks = busy
    all_of = house.db.read_now(lambda tx: [storage.get(tx, talk) for talk in talks])

    for me, view in product((halo.mei, halo.oleg), View):
        belongs = oracle(house, me, view)
        assert set(lists(me, view)) == {talk.id for talk in all_of if belongs(talk)}, view

    counts = house.db.read_now(listing.count, halo.mei.actor)
    for view in View:
        if view is not View.ALL:
            assert getattr(counts, view) == len(lists(halo.mei, view)) > 0, view


def test_what_narrows_a_list_leaves_out_the_rest(
    house: House, busy: tuple[Counter, list[ConversationId]]
) -> None:
    halo, talks = busy
    all_of = house.db.read_now(lambda tx: [storage.get(tx, talk) for talk in talks])
    urgent = tags(halo.mei, talks[4], "urgent")
    lamp = next(t for t in all_of if t.subject.kind is SubjectKind.PRODUCT).subject.id
    order = next(t for t in all_of if t.subject.kind is SubjectKind.ORDER).subject.id
    asked: list[tuple[dict[str, Any], Callable[[Conversation], bool]]] = [
        ({"language": "ru"}, lambda talk: talk.locale == "ru"),
        ({"channel": Channel.CHAT}, lambda talk: talk.channel is Channel.CHAT),
        ({"channel": Channel.EMAIL}, lambda _talk: False),
        ({"about": SubjectKind.SHOP}, lambda talk: talk.subject.kind is SubjectKind.SHOP),
        ({"product": lamp}, lambda talk: talk.subject.id == lamp),
        ({"order": order}, lambda talk: talk.subject.id == order),
        ({"assignee": halo.oleg.actor.id}, lambda talk: talk.assignee == halo.oleg.actor.id),
        ({"tag": urgent}, lambda talk: talk.id == talks[4]),
        ({"q": "buyer2 CUP"}, lambda talk: talk.id == talks[9]),
        *(({"turn": turn}, lambda talk, turn=turn: talk.turn is turn) for turn in Turn),
    ]
    for wanted, belongs in asked:
        found = lists(halo.mei, "all", **wanted)
        assert set(found) == {talk.id for talk in all_of if belongs(talk)}, wanted
        assert len(found) == len(set(found))


def test_a_list_stands_in_the_order_that_is_asked_for(
    house: House, busy: tuple[Counter, list[ConversationId]]
) -> None:
    halo, talks = busy

    assert lists(halo.mei, "all", sort=Sort.OLDEST) == sorted(talks)
    assert lists(halo.mei, "all", sort=Sort.NEWEST) == sorted(talks, reverse=True)
    dues = [halo.mei.sees(talk).due for talk in lists(halo.mei, "waiting")]
    assert dues == sorted(dues, key=lambda due: due.at if due else house.clock())


def test_a_view_is_kept_for_oneself_or_for_the_shop(house: House) -> None:
    halo, anna = house.shop("halo", staff=["mei", "oleg"]), house.buyer("anna")
    nova = house.shop("nova", staff=["vera"])
    talk = begins_in(anna, halo, "ru")
    anna.says(talk, "Здравствуйте")
    own = keeps(halo.oleg, "  Русские   вопросы ", language="ru")
    ours = keeps(halo.mei, "Chinese", shared=True, language="zh")

    seen = house.db.read_now(listing.views, halo.oleg.actor)
    assert [(view.name, view.id) for view in seen] == [
        ("Chinese", ours.id),
        ("Русские вопросы", own.id),
    ]
    assert house.db.read_now(listing.views, halo.mei.actor) == [ours]
    assert lists(halo.oleg, own.id) == [talk]
    said = keeps(halo.oleg, "With words", q="Здравствуйте")
    assert house.db.read_now(listing.count, halo.oleg.actor).saved == {own.id: 1, ours.id: 0}
    assert house.db.read_now(listing.count, halo.mei.actor).saved == {ours.id: 0}
    house.db.write_now(listing.drop, halo.oleg.actor, said.id)
    assert lists(halo.oleg, ours.id) == []
    assert lists(halo.oleg, own.id, channel=Channel.EMAIL) == []
    for stranger in (halo.mei, nova.vera):
        with pytest.raises(NoSuchView):
            lists(stranger, own.id)
        with pytest.raises(NoSuchView):
            house.db.write_now(listing.drop, stranger.actor, own.id)
    with pytest.raises(NoSuchView):
        lists(nova.vera, ours.id)
    house.db.write_now(listing.drop, halo.oleg.actor, own.id)
    house.db.write_now(listing.drop, halo.oleg.actor, own.id)
    assert house.db.read_now(listing.views, halo.oleg.actor) == [ours]


def test_two_shops_that_name_a_view_alike_at_once_keep_one_each_or_none(house: House) -> None:
    mei, leo = house.shop("halo").mei, house.shop("oak", staff=["leo"]).leo
    view, asked = ViewId(new_id()), PutView("Ours", Filter(), shared=True)
    with ThreadPoolExecutor(1) as apart:

        def ours(tx: Tx) -> Future[SavedView]:
            listing.put(tx, mei.actor, view, asked)
            other = PutView("Theirs", Filter(q="lamp"))
            theirs = apart.submit(house.db.write_now, listing.put, leo.actor, view, other)
            while not theirs.done() and not somebody_waits(house.db.engine):
                pass
            return theirs

        theirs = house.db.write_now(ours)
        with pytest.raises(NoSuchView):
            theirs.result()
    [kept] = house.db.read_now(listing.views, mei.actor)
    assert (kept.name, kept.owner) == ("Ours", None)


def test_a_view_is_refused_that_nobody_would_find_or_may_keep(house: House) -> None:
    halo, anna = house.shop("halo", staff=["mei", "oleg"]), house.buyer("anna")

    with pytest.raises(OnlyManagersShareViews):
        keeps(halo.oleg, "For all", shared=True)
    with pytest.raises(ViewWithoutName):
        keeps(halo.oleg, "   ")
    for _view in range(VIEWS_MOST):
        keeps(halo.oleg, "One of many")
    with pytest.raises(ViewsFull):
        keeps(halo.oleg, "One too many")
    for view in ("nothing", new_id()):
        with pytest.raises(NoSuchView):
            lists(halo.oleg, view)
    with pytest.raises(CursorMalformed):
        house.db.read_now(listing.listed, halo.oleg.actor, Filter(), after="'; --")
    for who in (anna, house.operator()):
        with pytest.raises(OnlyShopsHaveViews):
            lists(who, "mine")


PLANNED: list[dict[str, Any]] = [
    *({"view": view} for view in View),
    {"view": View.OPEN, "language": "ru"},
    {"view": View.ALL, "kind": TalkKind.RETURN},
    {"view": View.OPEN, "turn": Turn.BUYER},
    {"view": View.OPEN, "sort": Sort.NEWEST},
    {"view": View.DONE, "sort": Sort.OLDEST},
]
RANGE = "shop=? AND visible=? AND done=? AND assignee=?"
OWN: list[dict[str, Any]] = [
    {"view": View.MINE},
    {"view": View.UNASSIGNED},
]


def test_what_is_ones_own_or_nobodys_is_one_range_of_an_index_of_its_own(house: House) -> None:
    halo = house.shop("halo")
    house.buyer("anna").asks(halo, None, "Hello")
    with listening(house) as seen:
        for wanted in OWN:
            house.db.read_now(listing.listed, halo.mei.actor, Filter(**wanted))
    with house.db.engine.connect() as connection:
        for statement in seen:
            steps = "\n".join(plan(connection, statement))
            if connection.dialect.name == "sqlite":  # PostgreSQL chooses by what it has counted
                assert (
                    "ix_conversation_assignee (shop=? AND visible=? AND done=? AND assignee=?"
                    in steps
                ), steps
                assert not sorts(connection, statement), steps


def test_a_tag_is_looked_up_and_not_looked_for(house: House) -> None:
    halo = house.shop("halo")
    talk = house.buyer("anna").asks(halo, None, "Hello")
    tag = tags(halo.mei, talk, "urgent")
    with listening(house) as seen:
        assert lists(halo.mei, "open", tag=tag) == [talk]
    with house.db.engine.connect() as connection:
        steps = "\n".join(step for one in seen for step in plan(connection, one))
    assert "conversation_tag" in steps
    assert "LIKE" not in "".join(sql for sql, _given in seen)


def test_no_view_looks_through_all_conversations(house: House) -> None:
    halo = house.shop("halo")
    house.buyer("anna").asks(halo, None, "Hello")
    with listening(house) as seen:
        for wanted in PLANNED:
            house.db.read_now(listing.listed, halo.mei.actor, Filter(**wanted))
        house.db.read_now(listing.count, halo.mei.actor)
    seen = [one for one in seen if "FROM conversation" in one[0]]
    assert len(seen) == len(PLANNED) + 1

    with house.db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET enable_seqscan = off")
        for statement in seen:
            assert not scans(connection, statement), statement[0]
            assert not sorts(connection, statement), statement[0]


def sorts(connection: Connection, statement: tuple[str, Any]) -> bool:
    """Tell whether more than the few rows of a page are put in order."""
    if connection.dialect.name != "sqlite" or "UNION" in statement[0]:
        return False
    found = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement[0]}", statement[1])
    steps = [str(row[-1]) for row in found]
    inner = steps[: next((n for n, step in enumerate(steps) if step == "SCAN found"), len(steps))]
    return any("TEMP B-TREE" in step for step in inner)
