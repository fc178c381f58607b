"""Who is there: what people choose to be, when their shift ends, what they can take."""

from collections.abc import Collection
from datetime import timedelta

import msgspec
from msgspec import UNSET

from shopbell.accounts import staff
from shopbell.accounts.refusals import NoSuchPerson
from shopbell.conversations import tending
from shopbell.desk import storage
from shopbell.desk.choosing import limit_of
from shopbell.desk.commands import ChoosePresence, Equip
from shopbell.desk.giving import let_all_go, serve
from shopbell.desk.model import (
    ATTENDED,
    NEVER,
    Attendance,
    PresenceChosen,
    Rule,
    Seat,
    Teammate,
    Why,
    seat_id,
)
from shopbell.desk.refusals import ManagersOnly, ShiftPast, TeamOnly
from shopbell.desk.service import shop_of, works_here
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM, Actor, PersonId, Rank, ShopId

SHIFT, GRACE = "desk_shift", "desk_grace"
"""Deadlines of a seat: when whoever sits there is off by themselves, and when what they had is
given on."""

SHIFT_MOST = timedelta(days=1)
NOTED_EVERY = timedelta(minutes=1)
"""An open page is noted no more often."""


def seat(tx: Tx, actor: Actor) -> Seat:
    """Return one's own seat at the desk."""
    return _seat(tx, shop_of(actor), actor.id)


def choose_presence(tx: Tx, actor: Actor, command: ChoosePresence) -> Seat:
    """Be what one chooses to be; free for more, one is given what waits at once."""
    shop = shop_of(actor)
    if not works_here(tx, shop, actor.id):
        raise TeamOnly
    rule, before = storage.held_rule(tx, shop), _seat(tx, shop, actor.id)
    after = msgspec.structs.replace(before, seen_at=tx.now, **_shift(tx, before, command))
    return _sit(tx, actor, rule, before, after, command.presence)


def _shift(tx: Tx, before: Seat, command: ChoosePresence) -> dict[str, object]:
    """Return when the shift ends by what was chosen; whoever goes off has none any more."""
    ends = before.shift_ends_at if command.shift_ends_at is UNSET else command.shift_ends_at
    if command.presence is Attendance.OFF:
        ends = None
    elif command.shift_ends_at and not tx.now < command.shift_ends_at <= tx.now + SHIFT_MOST:
        raise ShiftPast
    if ends is None:
        tx.disarm(SHIFT, before.id)
    else:
        tx.arm(SHIFT, before.id, ends)
    return {"shift_ends_at": ends}


def _sit(  # noqa: PLR0917 - who has whom be what
    tx: Tx, actor: Actor, rule: Rule, before: Seat, after: Seat, presence: Attendance
) -> Seat:
    if presence is not before.presence:
        after = msgspec.structs.replace(after, presence=presence, since=tx.now)
        _note(tx, actor, before, presence)
    elif not before.chosen:
        after = msgspec.structs.replace(after, since=tx.now)
    storage.keep_seat(tx, after)
    if presence is Attendance.OFF:
        tx.arm(GRACE, after.id, tx.now + timedelta(seconds=rule.grace))
    else:
        tx.disarm(GRACE, after.id)
        serve(tx, after.shop, rule)
    return after


def _note(tx: Tx, actor: Actor, before: Seat, presence: Attendance) -> None:
    tx.announce(
        PresenceChosen(
            shop=before.shop,
            person=before.person,
            before=before.presence,
            after=presence,
            by=actor.id,
        )
    )


def equip(tx: Tx, actor: Actor, person: PersonId, command: Equip) -> Seat:
    """Say how much somebody can take and what they know; by the shop's managers."""
    shop = shop_of(actor)
    if not actor.works_for(shop, Rank.MANAGER):
        raise ManagersOnly
    if not works_here(tx, shop, person):
        raise NoSuchPerson
    rule, before = storage.held_rule(tx, shop), _seat(tx, shop, person)
    after = msgspec.structs.replace(
        before,
        capacity=command.capacity,
        languages=sorted(set(command.languages)),
        kinds=sorted(set(command.kinds)),
    )
    storage.keep_seat(tx, after)
    serve(tx, shop, rule)
    return after


def team(tx: Tx, actor: Actor) -> list[Teammate]:
    """List the team of ``actor``'s shop: who is there, with how much to do."""
    shop = shop_of(actor)
    rule, loads = storage.rule(tx, shop), tending.loads(tx, shop)
    seats = {one.person: one for one in storage.seats_of(tx, shop)}
    return [
        _teammate(tx, seats.get(one.id) or _empty(shop, one.id), one.name, rule, loads)
        for one in staff.of_shop(tx, actor, shop)
    ]


def _teammate(tx: Tx, seat: Seat, name: str, rule: Rule, loads: dict[PersonId, int]) -> Teammate:
    return Teammate(
        person=seat.person,
        name=name,
        presence=seat.presence,
        here=seat.takes_new(tx.now),
        load=loads.get(seat.person, 0),
        limit=limit_of(seat, rule),
        capacity=seat.capacity,
        languages=seat.languages,
        kinds=seat.kinds,
        shift_ends_at=seat.shift_ends_at,
    )


def attend(tx: Tx, here: Collection[tuple[ShopId, PersonId]]) -> None:
    """Note that people have a page of a shop open; who comes back is given what waits there."""
    those = {seat_id(*one): one for one in here}
    back = storage.see(tx, those, tx.now - NOTED_EVERY)
    for new in sorted(those.keys() - storage.known(tx, those)):
        _sit_down(tx, *those[new])
    for shop in sorted({shop for shop, seen in back if tx.now - seen > ATTENDED}):
        serve(tx, shop, storage.held_rule(tx, shop))


def _sit_down(tx: Tx, shop: ShopId, person: PersonId) -> None:
    """Keep a seat for who has none, so that an open page is known of who never chose presence."""
    if works_here(tx, shop, person):
        seat = msgspec.structs.replace(_empty(shop, person), seen_at=tx.now)
        storage.keep_first(tx, seat)


# ── by the clock, and by what happens elsewhere ─────────────────────────────────────────────


def end_shift(tx: Tx, seat: str) -> None:
    """Have somebody be off whose shift has ended; a while later what they have is given on."""
    found = storage.seat(tx, seat)
    if found and found.shift_ends_at is not None and found.shift_ends_at <= tx.now:
        after = msgspec.structs.replace(found, shift_ends_at=None)
        _sit(tx, SYSTEM, storage.held_rule(tx, found.shop), found, after, Attendance.OFF)


def give_on(tx: Tx, seat: str) -> None:
    """Give what somebody has who has been off for a while to those who are there."""
    found = storage.seat(tx, seat)
    if found and found.presence is Attendance.OFF:
        rule = storage.held_rule(tx, found.shop)
        let_all_go(tx, found.shop, found.person, Why.SHIFT)
        serve(tx, found.shop, rule)


def leave(tx: Tx, shop: ShopId, person: PersonId) -> None:
    """Give what somebody has who works here no more to those who do."""
    rule = storage.held_rule(tx, shop)
    seat = seat_id(shop, person)
    storage.clear_seat(tx, seat)
    tx.disarm(SHIFT, seat)
    tx.disarm(GRACE, seat)
    let_all_go(tx, shop, person, Why.LEFT)
    serve(tx, shop, rule)


def _seat(tx: Tx, shop: ShopId, person: PersonId) -> Seat:
    return storage.seat(tx, seat_id(shop, person)) or _empty(shop, person)


def _empty(shop: ShopId, person: PersonId) -> Seat:
    return Seat(shop=shop, person=person, since=NEVER, seen_at=NEVER)
