"""Every statement about what buyers said, built once when the module is imported."""

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import bindparam, insert, select, update

from shopbell.conversations.model import ConversationId
from shopbell.conversations.satisfaction.model import Rating, RatingId
from shopbell.conversations.satisfaction.tables import ratings
from shopbell.engine.tables import Session
from shopbell.kernel.actor import PersonId, ShopId

_r = ratings.c
_ADD = insert(ratings)
_WHOLE = select(*(_r[name] for name in Rating.__struct_fields__))
_OF_TALK = _WHOLE.where(_r.conversation == bindparam("talk"))
_BY_TOKEN = _WHOLE.where(ratings.c.token == bindparam("digest"))
_OF_BUYER = _WHOLE.where(_r.buyer == bindparam("of")).order_by(_r.id)
_LATELY = (
    select(_r.id)
    .where(
        _r.buyer == bindparam("of"),
        _r.shop == bindparam("with_shop"),
        _r.asked_at > bindparam("since"),
    )
    .limit(1)
)
_BIND = update(ratings).where(_r.id == bindparam("rating")).values(token=bindparam("digest"))
_SAY = (
    update(ratings)
    .where(_r.id == bindparam("rating"))
    .values(
        helped=bindparam("to_helped"),
        stars=bindparam("to_stars"),
        words=bindparam("to_words"),
        answered_at=bindparam("moment"),
    )
)
_DECLINE = (
    update(ratings).where(_r.id == bindparam("rating")).values(declined_at=bindparam("moment"))
)


def add(tx: Session, rating: Rating) -> None:
    """Keep that a buyer was asked."""
    tx.execute(_ADD, msgspec.structs.asdict(rating))


def of_talk(tx: Session, talk: ConversationId) -> Rating | None:
    """Return what was asked after a conversation."""
    return _one(tx, _OF_TALK, {"talk": talk})


def by_token(tx: Session, digest: str) -> Rating | None:
    """Return what a letter asks."""
    return _one(tx, _BY_TOKEN, {"digest": digest})


def of_buyer(tx: Session, buyer: PersonId) -> list[Rating]:
    """Return all that somebody was asked, oldest first."""
    rows = tx.execute(_OF_BUYER, {"of": buyer})
    return [Rating(**row._mapping) for row in rows]  # noqa: SLF001 - its columns


def was_asked(tx: Session, buyer: PersonId, shop: ShopId, since: datetime) -> bool:
    """Tell whether a buyer was asked about a shop since then."""
    given = {"of": buyer, "with_shop": shop, "since": since}
    return tx.execute(_LATELY, given).first() is not None


def bind(tx: Session, rating: RatingId, digest: str | None) -> None:
    """Let a token answer for the buyer, or none any more."""
    tx.execute(_BIND, {"rating": rating, "digest": digest})


def say(tx: Session, rating: Rating) -> None:
    """Keep what a buyer said."""
    given = {
        "rating": rating.id,
        "to_helped": rating.helped,
        "to_stars": rating.stars,
        "to_words": rating.words,
        "moment": rating.answered_at,
    }
    tx.execute(_SAY, given)


def decline(tx: Session, rating: Rating) -> None:
    """Keep that a buyer would rather not answer."""
    tx.execute(_DECLINE, {"rating": rating.id, "moment": rating.declined_at})


def _one(tx: Session, query: Any, given: dict[str, str]) -> Rating | None:  # noqa: ANN401
    row = tx.execute(query, given).one_or_none()
    return None if row is None else Rating(**row._mapping)  # noqa: SLF001 - its columns
