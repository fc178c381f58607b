"""Tokens in letters: good once, for one thing, for a day."""

from datetime import datetime

from sqlalchemy import (
    Column,
    ForeignKey,
    Named,
    String,
    Table,
    TypedColumns,
    bindparam,
    delete,
    insert,
    update,
)

from shopbell.accounts.model import TOKEN_LIFE, Purpose
from shopbell.accounts.refusals import TokenUsed
from shopbell.accounts.secret import digest, new_secret
from shopbell.engine.database import Tx
from shopbell.engine.tables import Moment, choice, ident, metadata
from shopbell.kernel.actor import PersonId


class TokenColumns(TypedColumns):
    secret = Column(String(64), primary_key=True)
    person = ident(PersonId, ForeignKey("person.id"), index=True)
    purpose = choice(Purpose)
    good_until = Column(Moment, nullable=False, index=True)
    used_at: Named[datetime | None] = Column(Moment)


tokens = Table("token", metadata, TokenColumns)

_ADD = insert(tokens)
_USE = (
    update(tokens)
    .where(
        tokens.c.secret == bindparam("by_secret"),
        tokens.c.purpose == bindparam("by_purpose"),
        tokens.c.used_at.is_(None),
        tokens.c.good_until > bindparam("moment"),
    )
    .values(used_at=bindparam("moment"))
    .returning(tokens.c.person)
)
_FORGET = delete(tokens).where(tokens.c.good_until < bindparam("moment"))


def make(tx: Tx, of: PersonId, purpose: Purpose) -> str:
    """Return a new token of somebody."""
    token = new_secret()
    row = {"secret": digest(token), "person": of, "purpose": purpose, "used_at": None}
    tx.execute(_ADD, {**row, "good_until": tx.now + TOKEN_LIFE})
    return token


def use(tx: Tx, purpose: Purpose, token: str) -> PersonId:
    """Use a token up and say whose it was; refuses one that is not good, whatever the reason."""
    given = {"by_secret": digest(token), "by_purpose": purpose, "moment": tx.now}
    whose = tx.execute(_USE, given).scalar_one_or_none()
    if whose is None:
        raise TokenUsed
    return whose


def forget(tx: Tx) -> int:
    """Drop the tokens that have run out; returns how many those were."""
    return tx.execute(_FORGET, {"moment": tx.now}).rowcount
