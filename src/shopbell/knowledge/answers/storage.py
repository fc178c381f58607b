"""Every statement of this room, built once; what anybody reads comes by one index."""

from sqlalchemy import Integer, Select, bindparam, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert  # also compiles for SQLite

from shopbell.commerce.model import ProductId
from shopbell.engine.database import Tx
from shopbell.engine.tables import Moment
from shopbell.kernel.actor import PersonId, ShopId
from shopbell.knowledge.answers.model import Answer, AnswerId
from shopbell.knowledge.answers.tables import answers, votes

_COLUMNS = [answers.c[name] for name in Answer.__struct_fields__]
_VALID = or_(
    answers.c.valid_until.is_(None), answers.c.valid_until > bindparam("moment", type_=Moment)
)
_SHOWN = (answers.c.hidden.is_(None), _VALID)
_BEST_FIRST = (
    (answers.c.helped - answers.c.misled).desc(),
    answers.c.published_at.desc(),
    answers.c.id.desc(),
)
_OF_SHOP = answers.c.shop == bindparam("of_shop")
_OF_PRODUCT = answers.c.product == bindparam("of_product")


def _known(*where: object) -> Select[*tuple[object, ...]]:
    found = select(*_COLUMNS).where(_OF_SHOP, *_SHOWN, *where)  # type: ignore[arg-type]
    return found.order_by(*_BEST_FIRST).limit(bindparam("most"))


_KNOWN = _known(or_(_OF_PRODUCT, answers.c.product.is_(None)))


def known(tx: Tx, shop: ShopId, product: ProductId | None, most: int) -> list[Answer]:
    """Return what everybody may read now of a product and of its shop, best first."""
    given = {"of_shop": shop, "of_product": product, "moment": tx.now, "most": most}
    return [Answer(**row._mapping) for row in tx.execute(_KNOWN, given)]  # noqa: SLF001


_THIS = answers.c.id == bindparam("of_answer")
_HOLD = select(*_COLUMNS).where(_THIS, *_SHOWN).with_for_update()
_VOTE = select(votes.c.helped).where(
    votes.c.answer == bindparam("of_answer"), votes.c.person == bindparam("of_person")
)
_PUT_VOTE = upsert(votes)
_VOTE_AGAIN = _PUT_VOTE.on_conflict_do_update(
    index_elements=[votes.c.answer, votes.c.person],
    set_={"helped": _PUT_VOTE.excluded.helped},
)
_COUNT = (
    update(answers)
    .where(_THIS)
    .values(
        helped=answers.c.helped + bindparam("more_helped", type_=Integer),
        misled=answers.c.misled + bindparam("more_misled", type_=Integer),
    )
)


def shown_held(tx: Tx, answer: AnswerId) -> Answer | None:
    """Return an answer that everybody may read now, held until we are done."""
    row = tx.execute(_HOLD, {"of_answer": answer, "moment": tx.now}).one_or_none()
    return None if row is None else Answer(**row._mapping)  # noqa: SLF001


def vote(tx: Tx, answer: AnswerId, person: PersonId) -> bool | None:
    """Return whether somebody said that an answer helped, if they said anything."""
    found: bool | None = tx.execute(_VOTE, {"of_answer": answer, "of_person": person}).scalar()
    return found


def put_vote(tx: Tx, answer: AnswerId, person: PersonId, *, helped: bool) -> None:
    """Note what somebody says of an answer now."""
    tx.execute(_VOTE_AGAIN, {"answer": answer, "person": person, "helped": helped})


def count(tx: Tx, answer: AnswerId, *, helped: int, misled: int) -> None:
    """Count so many people more, or fewer."""
    tx.execute(_COUNT, {"of_answer": answer, "more_helped": helped, "more_misled": misled})
