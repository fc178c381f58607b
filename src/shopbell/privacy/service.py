"""What people do about what is kept of them. Each function is one transaction."""

import secrets
from collections.abc import Iterator
from datetime import timedelta

from shopbell.accounts import letters, operating
from shopbell.accounts import service as accounts
from shopbell.accounts.model import Person, PersonSignedIn, Visit
from shopbell.accounts.standing import check_operates
from shopbell.channels.mail.addresses import person as recipient
from shopbell.engine import deadlines, erasing
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM, Actor, PersonId, Side
from shopbell.kernel.ids import is_id, new_id
from shopbell.kernel.texts import Locale, text
from shopbell.privacy import storage
from shopbell.privacy.model import (
    ASK_AGAIN,
    EXPORT_LIFE,
    GRACE,
    Erasure,
    ErasureAsked,
    ErasureId,
    Export,
    ExportId,
    Making,
    Standing,
    Trail,
    WriteExport,
)
from shopbell.privacy.refusals import ExportNotReady, NoSuchExport, OnlyBuyersErase
from shopbell.privacy.words import contacts_in

NUMBER_SIGNS = "23456789" + "ABCDEFGHJKLMNPQRSTUVWXYZ"
DUE, NIGHT = "erasure_due", "privacy_night"
QUIET_HOUR = 4
SHOWN_MOST = 200


# ── going ───────────────────────────────────────────────────────────────────────────────────


def ask_erasure(tx: Tx, actor: Actor) -> Erasure:
    """Begin somebody's grace, sign them out everywhere, and write them the receipt's number.

    The door has asked for the password. Asked again within the grace, the first wish stands.
    """
    if actor.side is not Side.BUYER:
        raise OnlyBuyersErase
    wish = storage.asked(tx, actor.id) or _begin(tx, actor)
    accounts.end_sessions(tx, actor.id)
    return wish


def come_back(tx: Tx, fact: PersonSignedIn) -> None:
    """Take back the wish to go of whoever signs in."""
    wish = storage.asked(tx, fact.person)
    if wish:
        storage.settle(tx, wish.id, Standing.CANCELLED, None, {})
        tx.disarm(DUE, wish.id)
        actor = Actor(fact.person, Side.BUYER)
        operating.note_erasure(tx, actor, "erasure_cancelled", wish.number)


def follow(tx: Tx, wanted: ErasureId) -> Trail | None:
    """Gather by what somebody is known; nothing, once they have come back or are gone."""
    wish = storage.erasure(tx, wanted)
    if wish is None or wish.standing is not Standing.ASKED:
        return None
    whose = accounts.person(tx, wish.person)
    everyone = [whose, *accounts.also_known(tx, whose)]
    people = [one.id for one in everyone]
    talks = erasing.pick(tx, "conversation", "id", "buyer", people)
    called = text(whose.locale, "privacy.gone")
    return Trail(
        erasure=wanted,
        people=list(people),
        talks=talks,
        shops=sorted(set(erasing.pick(tx, "conversation", "shop", "id", talks))),
        cases=erasing.pick(tx, "cases", "id", "buyer", people),
        emails=sorted({one.email for one in everyone}),
        recipients=[recipient(one) for one in people],
        names=sorted(_names(tx, everyone) - {called}),
        contacts=sorted(set(_contacts(tx, people, talks))),
        called=called,
    )


def waits(tx: Tx, trail: Trail) -> bool:
    """Tell whether a case is open that needs whom it is about; then it is looked at again."""
    ends = erasing.pick(tx, "cases", "closed_at", "id", trail.cases)
    return None in ends


def close(tx: Tx, wanted: ErasureId) -> Trail | None:
    """Let nobody come back from now on, and gather once more; nothing, if they have meanwhile."""
    trail = follow(tx, wanted)
    if trail:
        erasing.set_columns(tx, "person", "id", trail.people, {"password": "-"})
        for person in trail.people:
            accounts.end_sessions(tx, PersonId(person))
    return trail


def put_off(tx: Tx, wanted: ErasureId) -> None:
    """Look again later."""
    tx.arm(DUE, wanted, tx.now + ASK_AGAIN)


def finish(tx: Tx, wanted: ErasureId, counts: dict[str, int]) -> None:
    """Write the receipt, and the audit line that an operator can hold against it."""
    wish = storage.erasure(tx, wanted)
    if wish:
        storage.settle(tx, wanted, Standing.DONE, tx.now, counts)
        operating.note_erasure(tx, SYSTEM, "account_erased", wish.number, **counts)


def receipts(tx: Tx, actor: Actor) -> list[Erasure]:
    """List wishes to go and what became of them, newest first."""
    check_operates(actor)
    return storage.newest(tx, SHOWN_MOST)


def _begin(tx: Tx, actor: Actor) -> Erasure:
    wish = Erasure(
        id=ErasureId(new_id()),
        number="".join(secrets.choice(NUMBER_SIGNS) for _ in range(12)),
        person=actor.id,
        asked_at=tx.now,
        due_at=tx.now + GRACE,
    )
    storage.add_erasure(tx, wish)
    tx.arm(DUE, wish.id, wish.due_at)
    whose = accounts.person(tx, actor.id)
    day = f"{wish.due_at:%Y-%m-%d}"
    letters.write(tx, whose, "erasure_asked", number=wish.number, day=day)
    tx.announce(ErasureAsked(person=actor.id, erasure=wish.id))
    operating.note_erasure(tx, actor, "erasure_asked", wish.number)
    return wish


def _names(tx: Tx, everyone: list[Person]) -> set[str]:
    """Return what somebody is called: by the account, and by their conversations."""
    shown = erasing.pick(tx, "conversation", "buyer_name", "buyer", [one.id for one in everyone])
    return {*shown, *(one.name for one in everyone)}


def _contacts(tx: Tx, people: list[PersonId], talks: list[str]) -> Iterator[str]:
    """Give the addresses and numbers that somebody wrote anywhere."""
    for row in erasing.rows(tx, "event", "conversation", talks):
        if row["actor"] in people and row["type"] in {"message", "edit"}:
            yield from contacts_in(row["data"])


# ── taking along ────────────────────────────────────────────────────────────────────────────


def ask_export(tx: Tx, visit: Visit, locale: Locale) -> Export:
    """Have a copy of somebody's data written; while one is, it is the one."""
    waiting = storage.export_waiting(tx, visit.actor.id)
    if waiting:
        return waiting
    new = Export(id=ExportId(new_id()), person=visit.actor.id, locale=locale, asked_at=tx.now)
    storage.add_export(tx, new)
    tx.later(WriteExport(export=new.id), key=f"export:{visit.actor.id}")
    operating.note_export(tx, visit.actor, new.id)
    return new


def exports(tx: Tx, actor: Actor) -> list[Export]:
    """List the copies of one's own that can be fetched, or are being written."""
    return [one for one in storage.exports_of(tx, actor.id) if _lives(tx, one)]


def fetched(tx: Tx, actor: Actor, wanted: str) -> Export:
    """Return a copy to whose data it is, and to nobody else."""
    found = storage.export(tx, ExportId(wanted)) if is_id(wanted) else None
    if found is None or found.person != actor.id or not _lives(tx, found):
        raise NoSuchExport
    if found.state is not Making.READY:
        raise ExportNotReady
    return found


def expired(tx: Tx) -> tuple[ExportId, ...]:
    """Drop what is noted of copies that have run out, and name them."""
    gone = storage.expired(tx, tx.now - EXPORT_LIFE)
    erasing.delete_rows(tx, "data_export", "id", gone)
    return tuple(gone)


def _lives(tx: Tx, one: Export) -> bool:
    until = one.expires_at()
    return until is None or tx.now < until


def begin_nights(tx: Tx) -> None:
    """See to it that copies run out; a night that is overdue is not put off."""
    if not deadlines.due(tx, [NIGHT], 1):
        arm_night(tx)


def arm_night(tx: Tx) -> None:
    """Arm the next night; doing so twice in a day changes nothing."""
    tonight = tx.now.replace(hour=QUIET_HOUR, minute=0, second=0, microsecond=0)
    tx.arm(NIGHT, SYSTEM.id, tonight if tonight > tx.now else tonight + timedelta(days=1))
