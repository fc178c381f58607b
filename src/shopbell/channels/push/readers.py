"""Whom a step of the ladder tells on which devices, and in which words."""

from collections.abc import Collection

from shopbell.accounts import service as accounts
from shopbell.accounts import staff
from shopbell.accounts.wishes.model import Way
from shopbell.channels.push import service, storage
from shopbell.channels.push.model import Device, Errand, Notice, glance
from shopbell.contact.kinds import is_wanted
from shopbell.contact.ladder import missed
from shopbell.contact.model import Reach, Whom
from shopbell.conversations import service as conversations
from shopbell.conversations import waiting
from shopbell.conversations.model import Conversation, Stream
from shopbell.conversations.turns import State
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM, Actor, PersonId, Rank, Side
from shopbell.kernel.texts import Locale, text

PAGES = {
    Whom.BUYER: "/me/messages/{}",
    Whom.TEAM: "/desk/{}",
    Whom.STAFF: "/desk/{}",
    Whom.OWNER: "/desk/{}",
}
CONSOLE = "/console"
"""Where each of them reads it."""


def reached(
    tx: Tx, talk: Conversation, whom: Whom, told: Collection[PersonId] = ()
) -> list[Device]:
    """Return the devices that would ring now: of those who may read the conversation.

    Of a shop's staff those are left out who were ``told`` before.
    """
    awake = _awake(tx, talk, whom)
    if not awake or (whom is Whom.BUYER and not is_wanted(tx, talk, Way.PUSH)):
        return []
    but = told if whom is Whom.STAFF else ()
    return [device for device, actor in awake if talk.admits(actor) and actor.id not in but]


def errands(tx: Tx, reach: Reach) -> list[Errand]:
    """Return the notices that a step has to bring; none if it was read or answered meanwhile."""
    talk = conversations.entered(tx, SYSTEM, Stream(reach.conversation))
    if not _waits(tx, talk, reach):
        return []
    known = storage.told_already(tx, reach)
    found = [one for one in reached(tx, talk, reach.whom, reach.told) if one.id not in known]
    return [_errand(tx, talk, reach.whom, one) for one in found]


def note_missed(tx: Tx, reach: Reach) -> bool:
    """Say that a step reached nobody, if no device was told and none is left to be."""
    talk = conversations.entered(tx, SYSTEM, Stream(reach.conversation), hold=True)
    left = [one for one in reached(tx, talk, reach.whom, reach.told) if not one.is_silent]
    if left or storage.told_already(tx, reach):
        return False
    missed(tx, reach)
    return True


def _awake(tx: Tx, talk: Conversation, whom: Whom) -> list[tuple[Device, Actor]]:
    """Look once in a transaction, which may look after many conversations of a shop."""
    whose = {Whom.BUYER: talk.buyer, Whom.OPERATOR: ""}.get(whom, talk.shop)
    key = ("push", whom, whose)
    if key not in tx.held:
        found = service.welcoming(tx, _devices(tx, talk, whom))
        standing = ((device, service.stands(tx, device, talk.shop)) for device in found)
        tx.held[key] = [(device, actor) for device, actor in standing if actor is not None]
    awake: list[tuple[Device, Actor]] = tx.held[key]
    return awake


def _devices(tx: Tx, talk: Conversation, whom: Whom) -> list[Device]:
    if whom is Whom.OPERATOR:
        return storage.of_side(tx, Side.OPERATOR)
    people = [talk.buyer] if whom is Whom.BUYER else _staff(tx, talk, whom)
    return storage.of(tx, people) if people else []


def _staff(tx: Tx, talk: Conversation, whom: Whom) -> list[PersonId]:
    team = staff.of_shop(tx, SYSTEM, talk.shop)
    owns = whom is Whom.OWNER
    return [one.id for one in team if whom is Whom.TEAM or (one.rank is Rank.OWNER) is owns]


def _waits(tx: Tx, talk: Conversation, reach: Reach) -> bool:
    """Tell whether what the step was for still waits for them."""
    match reach.whom:
        case Whom.BUYER:
            return any(reach.tells(call.seq) for call in waiting.unseen(tx, talk))
        case Whom.OPERATOR:
            return talk.state is State.WAITING_OPERATOR
        case Whom.OWNER:
            return _unanswered(tx, talk, reach, behind=0)
        case Whom.TEAM | Whom.STAFF:
            return _unanswered(tx, talk, reach, behind=0 if reach.chosen else talk.seller_read)


def _unanswered(tx: Tx, talk: Conversation, reach: Reach, *, behind: int) -> bool:
    if not waiting.waits_for_shop(talk):
        return False
    return any(reach.tells(call.seq) and call.seq > behind for call in waiting.unanswered(tx, talk))


def _errand(tx: Tx, talk: Conversation, whom: Whom, device: Device) -> Errand:
    locale = accounts.person(tx, device.person).locale
    notice = Notice(
        title=_title(talk, whom, locale),
        body=_body(talk, whom, locale),
        url=PAGES.get(whom, CONSOLE).format(talk.id),
        tag=talk.id,
    )
    topic = talk.id.replace("-", "")
    return Errand(device, notice, topic, urgent=whom is not Whom.BUYER)


def _title(talk: Conversation, whom: Whom, locale: Locale) -> str:
    said = {"buyer": glance(talk.buyer_name), "shop": glance(talk.shop_name)}
    return text(locale, f"push.to_{whom}", **said)


def _body(talk: Conversation, whom: Whom, locale: Locale) -> str:
    """Return what was said last to them, else that there is something new."""
    theirs = Side.SELLER if whom is Whom.BUYER else Side.BUYER
    last = talk.last_for(Side.BUYER if whom is Whom.BUYER else Side.SELLER)
    if last is None or last.side is not theirs:
        return text(locale, "push.something")
    if last.tone and not last.text:
        return text(locale, "thread.folded")
    return glance(last.text) or text(locale, "push.something")
