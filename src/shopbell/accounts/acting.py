"""For which shop somebody acts in a sign-in, who may work for several. One transaction each.

An actor is of one shop: nothing of the others is to be seen or done until the sign-in acts for
another. So whatever is open there ends whenever that changes.
"""

from collections.abc import Iterable

from shopbell.accounts import audit, service, storage
from shopbell.accounts.model import Membership, SessionId, SessionsMoved, Visit
from shopbell.accounts.refusals import NotOnThisStaff
from shopbell.engine.database import Tx
from shopbell.kernel.actor import PersonId, ShopId
from shopbell.kernel.ids import is_id
from shopbell.kernel.refusals import SignInFirst


def act_for(tx: Tx, visit: Visit, shop: ShopId) -> None:
    """Have somebody act for another of their shops in this sign-in; for this one, nothing happens.

    Their other sign-ins stay where they are. A program has one shop for good.
    """
    session, whose = _sign_in(visit)
    if not is_id(shop) or whose not in storage.members_held(tx, shop):
        raise NotOnThisStaff
    before = storage.acting(tx, [session], hold=True)
    if session not in before:
        raise SignInFirst
    storage.act_for(tx, [session], shop)
    if before[session] != shop:
        tx.announce(SessionsMoved(person=whose, sessions=[session]))
        audit.record(tx, visit.actor, "shop_chosen", session=session, shop=shop)


def shops_of(tx: Tx, visit: Visit) -> list[Membership]:
    """Return for which shops somebody works, the first they joined first."""
    return storage.memberships_of(tx, _sign_in(visit)[1])


def acting(tx: Tx, sessions: Iterable[SessionId]) -> dict[SessionId, ShopId | None]:
    """Return for which shop each of some sign-ins acts, of those that have not ended."""
    return storage.acting(tx, sessions)


def part(tx: Tx, whose: PersonId, shop: ShopId) -> None:
    """End somebody's place in a shop's staff, and every sign-in that is for nothing else.

    One that acted for the shop goes on for another where they work; no other is touched. Of two
    shops that let one person go at once, the second sees what the first did.
    """
    storage.hold_person(tx, whose)
    moved = storage.acting_at(tx, whose, shop)
    storage.leave(tx, whose, shop)
    if not storage.memberships_of(tx, whose):
        service.end_sessions(tx, whose)
    elif moved:
        storage.act_for(tx, moved, None)
        tx.announce(SessionsMoved(person=whose, sessions=moved))


def sign_out_of(tx: Tx, whose: PersonId, shop: ShopId) -> None:
    """End the sign-ins in which somebody acts for a shop."""
    service.end_some(tx, whose, storage.acting_at(tx, whose, shop))


def _sign_in(visit: Visit) -> tuple[SessionId, PersonId]:
    if visit.session_id is None:
        raise SignInFirst
    return visit.session_id, visit.actor.id
