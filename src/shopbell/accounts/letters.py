"""Letters of accounts: to whom, in which words, and not too many of them."""

from contextlib import suppress
from datetime import timedelta

from shopbell.accounts import limits, model, storage, tokens
from shopbell.accounts.model import Joined, Letter, Limit, Person, Purpose
from shopbell.accounts.refusals import TooManyTries
from shopbell.accounts.secret import digest
from shopbell.accounts.wishes.model import Kind, Way
from shopbell.accounts.wishes.service import wants
from shopbell.engine.database import Tx
from shopbell.kernel.actor import ShopId, Side
from shopbell.kernel.texts import text


def introduce(tx: Tx, newcomer: Person, site: str, letter: str = "verify") -> None:
    """Write to the address somebody gave; should it be another's, then to its owner."""
    if _may_write_to(tx, newcomer.email) and not _tell_owner(tx, newcomer, site):
        token = tokens.make(tx, newcomer.id, Purpose.EMAIL)
        write(tx, newcomer, letter, link=f"{site}/verify?token={token}")


def welcome(tx: Tx, joined: Joined, site: str) -> None:
    """Write to somebody new in a shop's staff, back in it, or at work for another one, too."""
    if not joined.back:
        introduce(tx, joined.person, site, "welcome")
    elif _may_write_to(tx, joined.person.email) and not _tell_owner(tx, joined.person, site):
        works_elsewhere = len(storage.memberships_of(tx, joined.person.id)) > 1
        letter = "welcome_too" if works_elsewhere else "welcome_back"
        write(tx, joined.person, letter, link=f"{site}/sign-in")


def tell(tx: Tx, to: Person, kind: Kind, letter: str, **facts: str) -> None:
    """Leave a letter of a kind that its reader may not want; they can say so by its last line."""
    if wants(tx, to.id, kind, Way.MAIL):
        tx.later(_written(to, letter, facts, kind))


def tell_seldom(  # noqa: PLR0917 - a letter, from whom to whom, and how often
    tx: Tx, of: ShopId, to: Person, kind: Kind, every: timedelta, letter: str, **facts: str
) -> None:
    """Leave a letter of a kind unless its shop left one within ``every``: it stands for others."""
    if not wants(tx, to.id, kind, Way.MAIL):
        return
    with suppress(TooManyTries):
        limits.count(tx, f"{kind}:{of}:{to.id}", Limit(1, every))
        tx.later(_written(to, letter, facts, kind))


def write(tx: Tx, to: Person, letter: str, **facts: str) -> None:
    """Leave a letter to be mailed, in the language of its reader."""
    tx.later(_written(to, letter, facts))


def _written(to: Person, letter: str, facts: dict[str, str], kind: str = "") -> Letter:
    subject = text(to.locale, f"accounts.{letter}_subject", name=to.name, **facts)
    body = text(to.locale, f"accounts.{letter}_body", name=to.name, **facts)
    return Letter(
        to=to.email, subject=subject, body=body, locale=to.locale, person=to.id, kind=kind
    )


def _tell_owner(tx: Tx, claimant: Person, site: str) -> bool:
    """Write to the owner of an address that somebody else claims; false if there is none."""
    owner = storage.owner(tx, claimant.email)
    if owner is None or owner.id == claimant.id:
        return False
    letter = "already_yours" if claimant.side is Side.BUYER else "yours_at_work"
    write(tx, owner, letter, link=f"{site}/sign-in")
    return True


def _may_write_to(tx: Tx, email: str) -> bool:
    """Count a letter to an address: a few in an hour at most, whoever causes them."""
    try:
        limits.count(tx, f"letter:{digest(email)}", model.LETTERS)
    except TooManyTries:
        return False
    return True
