"""Letters of accounts: to whom, in which words, and not too many of them."""

from shopbell.accounts import limits, model, storage, tokens
from shopbell.accounts.model import Joined, Letter, Person, Purpose
from shopbell.accounts.refusals import TooManyTries
from shopbell.accounts.secret import digest
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Side
from shopbell.kernel.texts import text


def introduce(tx: Tx, newcomer: Person, site: str, letter: str = "verify") -> None:
    """Write to the address somebody gave; should it be another's, then to its owner."""
    if _may_write_to(tx, newcomer.email) and not _tell_owner(tx, newcomer, site):
        token = tokens.make(tx, newcomer.id, Purpose.EMAIL)
        write(tx, newcomer, letter, link=f"{site}/verify?token={token}")


def welcome(tx: Tx, joined: Joined, site: str) -> None:
    """Write to somebody new in a shop's staff, or back in it."""
    if not joined.back:
        introduce(tx, joined.person, site, "welcome")
    elif _may_write_to(tx, joined.person.email) and not _tell_owner(tx, joined.person, site):
        write(tx, joined.person, "welcome_back", link=f"{site}/sign-in")


def write(tx: Tx, to: Person, letter: str, **facts: str) -> None:
    """Leave a letter to be mailed, in the language of its reader."""
    subject = text(to.locale, f"accounts.{letter}_subject")
    body = text(to.locale, f"accounts.{letter}_body", name=to.name, **facts)
    tx.later(Letter(to=to.email, subject=subject, body=body, locale=to.locale, person=to.id))


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
