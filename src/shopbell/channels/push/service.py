"""What people do about being told on their devices. Each function is one transaction."""

from collections.abc import Iterable
from typing import NamedTuple

from shopbell.accounts import browsers, standing
from shopbell.accounts import service as accounts
from shopbell.accounts.model import SessionId
from shopbell.channels.push import storage
from shopbell.channels.push.model import (
    DEVICES_MOST,
    TEST_EVERY,
    Device,
    DeviceId,
    Errand,
    NewDevice,
    NoSuchPushDevice,
    Notice,
    NoticeJustSent,
    PushDevice,
    PushForPeople,
    Renewal,
    TooManyPushDevices,
    Wish,
    checked_endpoint,
)
from shopbell.contact.model import Reach
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor, ShopId
from shopbell.kernel.ids import is_id, new_id
from shopbell.kernel.texts import text


class Guest(NamedTuple):
    """Who asks, in which sign-in, and what their browser calls itself."""

    actor: Actor
    session: SessionId | None
    agent: str = ""


# --- devices ------------------------------------------------------------------------------


def subscribe(tx: Tx, guest: Guest, new: NewDevice) -> PushDevice:
    """Tell somebody on this device from now on; asked again, it is the same device.

    A browser has one subscription, whoever signs in: it is the last one's who asked for it.
    """
    session = _checked(tx, guest, new)
    known = storage.at(tx, new.endpoint)
    if known is None or known.person != guest.actor.id:
        _check_room(tx, guest.actor)
    if known is not None and known.person != guest.actor.id:
        storage.forget(tx, known.id)
        known = None
    return _shown(_kept(tx, guest, session, new, known), session)


def renew(tx: Tx, guest: Guest, renewal: Renewal) -> PushDevice:
    """Let a subscription take the place of one that its browser gave up, or of an older sign-in.

    Only of somebody's own: a browser that another person had told stays silent until it is asked.
    """
    session = _checked(tx, guest, renewal.now)
    before = storage.at(tx, renewal.before)
    if before is None or before.person != guest.actor.id:
        raise NoSuchPushDevice
    taken = storage.at(tx, renewal.now.endpoint)
    if taken is not None and taken.id != before.id:
        storage.forget(tx, taken.id)
    return _shown(_kept(tx, guest, session, renewal.now, before), session)


def unsubscribe(tx: Tx, guest: Guest, endpoint: str) -> None:
    """Tell somebody no more at an address of theirs; one that is not known stays so."""
    known = storage.at(tx, endpoint)
    if known is not None and known.person == guest.actor.id:
        storage.forget(tx, known.id)


def forget(tx: Tx, actor: Actor, device: DeviceId) -> None:
    """Tell somebody no more on one of their devices; done again, it changes nothing."""
    known = storage.get(tx, device) if is_id(device) else None
    if known is not None and known.person == actor.id:
        storage.forget(tx, device)


def devices(tx: Tx, guest: Guest) -> list[PushDevice]:
    """List the devices on which somebody is told."""
    known = storage.of(tx, [guest.actor.id])
    return [_shown(device, guest.session) for device in known if stands(tx, device) is not None]


def stands(tx: Tx, device: Device, at: ShopId | None = None) -> Actor | None:
    """Say who the owner of a device is now; None once the sign-in was ended in which they asked.

    Who works for several shops is told of each, whichever they act for: ``at`` which is asked.

    One that only fell asleep goes on: people are told exactly while they are away.
    """
    if not accounts.still_open(tx, [device.session], []):
        return None
    return standing.now(tx, device.person, at)


def _checked(tx: Tx, guest: Guest, new: NewDevice) -> SessionId:
    """Refuse what is no subscription, and programs; return the sign-in it is bound to."""
    if guest.session is None:
        raise PushForPeople
    checked_endpoint(new.endpoint, loopback=tx.settings.push_loopback)
    new.keys.check()
    return guest.session


def _check_room(tx: Tx, actor: Actor) -> None:
    """Refuse one device too many; those whose sign-in has ended make room."""
    known = storage.of(tx, [actor.id])  # read once: who asks at the same moment is not gone
    gone = [device for device in known if stands(tx, device) is None]
    for device in gone:
        storage.forget(tx, device.id)
    if len(known) - len(gone) >= DEVICES_MOST:
        raise TooManyPushDevices(most=DEVICES_MOST)


def _kept(tx: Tx, guest: Guest, session: SessionId, new: NewDevice, known: Device | None) -> Device:
    device = Device(
        id=known.id if known else DeviceId(new_id()),
        person=guest.actor.id,
        side=guest.actor.side,
        session=session,
        name=browsers.named(guest.agent) or (known.name if known else ""),
        endpoint=new.endpoint,
        p256dh=new.keys.p256dh,
        auth=new.keys.auth,
        created_at=known.created_at if known else tx.now,
        ok_at=known.ok_at if known else None,
        tested_at=known.tested_at if known else None,
    )
    if known:
        storage.put(tx, device)
    elif not storage.add(tx, device):
        return _kept(tx, guest, session, new, storage.at(tx, new.endpoint))
    return device


def _shown(device: Device, session: SessionId | None) -> PushDevice:
    here = device.session == session
    return PushDevice(
        device.id, device.name, device.created_at, device.ok_at, device.failures, here
    )


# --- what they chose ----------------------------------------------------------------------


def wish(tx: Tx, actor: Actor) -> Wish:
    """Return what somebody chose, or what counts until they do."""
    return storage.wishes_of(tx, [actor.id]).get(actor.id, Wish())


def choose(tx: Tx, guest: Guest, wish: Wish) -> Wish:
    """Keep whether and when somebody wants to be told; a program has nothing to hear it with."""
    if guest.session is None:
        raise PushForPeople
    wish.check()
    storage.choose(tx, guest.actor.id, wish)
    return wish


# --- on the way ---------------------------------------------------------------------------


def test(tx: Tx, guest: Guest, device: DeviceId) -> Errand:
    """Return a notice that shows somebody how they will be told; not too often."""
    known = storage.get(tx, device) if is_id(device) else None
    if known is None or known.person != guest.actor.id:
        raise NoSuchPushDevice
    if known.tested_at and tx.now - known.tested_at < TEST_EVERY:
        raise NoticeJustSent(retry_after=round(TEST_EVERY.total_seconds()))
    storage.tested(tx, known.id)
    locale = accounts.person(tx, known.person).locale
    words = text(locale, "push.test_title"), text(locale, "push.test_body")
    notice = Notice(*words, url="/account#notices", tag="test")
    return Errand(known, notice, topic="test", urgent=True)


def note_gone(tx: Tx, device: Device) -> None:
    """Forget a device that its push service does not know any more, unless it was renewed since."""
    known = storage.get(tx, device.id)
    if known is not None and known.endpoint == device.endpoint:
        storage.forget(tx, device.id)


def note_failed(tx: Tx, device: Device) -> None:
    """Count a try in vain."""
    storage.failed(tx, device.id)


def note_told(tx: Tx, device: Device, reach: Reach | None = None) -> None:
    """Note that a push service took a notice, and of what, so that it is not told again."""
    if storage.get(tx, device.id) is None:
        return
    storage.took(tx, device.id)
    if reach is not None:
        storage.tell(tx, device.id, reach)


def welcoming(tx: Tx, found: Iterable[Device]) -> list[Device]:
    """Return the devices whose owners want to be told at this moment."""
    listed = list(found)
    wishes = storage.wishes_of(tx, {one.person for one in listed})
    return [one for one in listed if wishes.get(one.person, Wish()).welcomes(tx.now)]


def count(tx: Tx, actor: Actor) -> int:
    """Count the browsers that want to be told; for the operator."""
    standing.check_operates(actor)
    return storage.count(tx)
