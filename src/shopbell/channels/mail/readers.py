"""Who reads a letter about a conversation: whoever of a side has an address that can be used."""

from collections.abc import Collection, Iterator

from msgspec import Struct

from shopbell.accounts import service as accounts
from shopbell.accounts import staff
from shopbell.accounts.model import Person
from shopbell.accounts.wishes.model import Way
from shopbell.channels.mail import service
from shopbell.channels.mail.addresses import person, team
from shopbell.channels.mail.arriving import service as arriving
from shopbell.commerce import service as commerce
from shopbell.contact.kinds import is_wanted, must_be_told
from shopbell.contact.model import Whom
from shopbell.conversations.model import Conversation
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM, PersonId, Rank
from shopbell.kernel.texts import Locale


class Reader(Struct, frozen=True):
    """One mailbox: as whom tags name it, its address, and the language it is written to in."""

    recipient: str
    address: str
    name: str
    locale: Locale
    zone: str


def readers(
    tx: Tx, talk: Conversation, whom: Whom, told: Collection[PersonId] = ()
) -> list[Reader]:
    """List those of a side who can be written to: known, not suspended, and not unwilling.

    Of a shop's staff those are left out who were ``told`` before.
    """
    if not _is_open(tx, talk) or (whom is Whom.BUYER and not is_wanted(tx, talk, Way.MAIL)):
        return []
    must = whom is Whom.BUYER and must_be_told(tx, talk)
    return [one for one in _named(tx, talk, whom, told) if _can_be_written_to(tx, one, must=must)]


def _is_open(tx: Tx, talk: Conversation) -> bool:
    """Tell whether letters leave and their answers arrive; in the demonstration, within the house.

    Without a mail server letters are only kept: whoever tells that they were sent would lie.
    """
    return bool(tx.settings.smtp_url) or accounts.person(tx, talk.buyer).demo


def _named(tx: Tx, talk: Conversation, whom: Whom, told: Collection[PersonId]) -> Iterator[Reader]:
    shop = commerce.shop(tx, talk.shop)
    match whom:
        case Whom.BUYER:
            buyer = accounts.person(tx, talk.buyer)
            yield from _verified(buyer) if buyer.verified else _who_wrote(tx, talk, buyer)
        case Whom.TEAM:
            if shop.email:
                yield Reader(team(shop.id), shop.email, shop.name, shop.languages[0], shop.zone)
        case Whom.STAFF | Whom.OWNER:
            for colleague in staff.of_shop(tx, SYSTEM, shop.id):
                owns = colleague.rank is Rank.OWNER
                if owns is (whom is Whom.OWNER) and (owns or colleague.id not in told):
                    yield from _verified(accounts.person(tx, colleague.id), shop.zone)
        case Whom.OPERATOR:
            for operator in accounts.operators(tx):
                yield from _verified(operator)


def _who_wrote(tx: Tx, talk: Conversation, who: Person) -> Iterator[Reader]:
    """Yield somebody who wrote to the shop from their mailbox: there they are answered."""
    if arriving.has_written(tx, talk.id, who.email):
        yield Reader(person(who.id), who.email, who.name, who.locale, "UTC")


def _verified(who: Person, zone: str = "UTC") -> Iterator[Reader]:
    """Yield somebody whose address is known to be theirs: nobody else is written to."""
    if who.verified:
        yield Reader(person(who.id), who.email, who.name, who.locale, zone)


def _can_be_written_to(tx: Tx, reader: Reader, *, must: bool) -> bool:
    """Tell whether letters arrive there and are wanted; what must be told is told unwanted, too."""
    if service.is_suspended(tx, reader.address):
        return False
    return must or not service.wants_none(tx, reader.recipient)
