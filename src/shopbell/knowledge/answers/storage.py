"""Every statement of this room, built once; what anybody reads comes by one index."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from msgspec import Struct, structs
from sqlalchemy import Integer, bindparam, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert  # also compiles for SQLite

from shopbell.commerce.model import ProductId
from shopbell.conversations.model import ConversationId
from shopbell.engine.database import Tx
from shopbell.engine.tables import Ident, Moment
from shopbell.kernel.actor import PersonId, ShopId
from shopbell.knowledge.answers.model import (
    Answer,
    AnswerId,
    Posed,
    QuestionId,
    Source,
    Waiting,
)
from shopbell.knowledge.answers.tables import answers, questions, votes

_COLUMNS = [answers.c[name] for name in Answer.__struct_fields__]
_MORE = [
    answers.c.reports,
    answers.c.hidden,
    answers.c.conversation,
    answers.c.seq,
    answers.c.removed_at,
]
_VALID = or_(
    answers.c.valid_until.is_(None), answers.c.valid_until > bindparam("moment", type_=Moment)
)
_THERE = answers.c.removed_at.is_(None)
_SHOWN = (_THERE, answers.c.hidden.is_(None), _VALID)
_NEWEST_FIRST = (answers.c.published_at.desc(), answers.c.id.desc())
_BEST_FIRST = ((answers.c.helped - answers.c.misled).desc(), *_NEWEST_FIRST)
_THIS = answers.c.id == bindparam("of_answer")
_OF_SHOP = answers.c.shop == bindparam("of_shop")
_OF_PRODUCT = answers.c.product == bindparam("of_product")
_MOST = bindparam("most", type_=Integer)

_KNOWN = (
    select(*_COLUMNS)
    .where(_OF_SHOP, *_SHOWN, or_(_OF_PRODUCT, answers.c.product.is_(None)))
    .order_by(*_BEST_FIRST)
    .limit(_MOST)
)
_AS_OF = _KNOWN.with_only_columns(answers.c.id, answers.c.changed_at)
_ONE = select(*_COLUMNS, *_MORE).where(_THIS)
_ONE_HELD = _ONE.with_for_update()
_FROM = select(*_COLUMNS, *_MORE).where(
    answers.c.conversation == bindparam("of_talk"), answers.c.seq == bindparam("of_seq")
)
_IN_SHOP = (
    select(*_COLUMNS, *_MORE)
    .where(_OF_SHOP, _THERE)
    .order_by(answers.c.hidden.is_(None), *_NEWEST_FIRST)
    .limit(_MOST)
)
_DOUBTED = (
    select(*_COLUMNS, *_MORE)
    .where(_THERE, or_(answers.c.reports > 0, answers.c.hidden.is_not(None)))
    .order_by(answers.c.hidden.is_not(None), answers.c.reports.desc(), answers.c.id)
    .limit(_MOST)
)
_ADD = upsert(answers)
_CHANGE = update(answers).where(_THIS)
_COUNT = (
    update(answers)
    .where(_THIS)
    .values(
        helped=answers.c.helped + bindparam("more_helped", type_=Integer),
        misled=answers.c.misled + bindparam("more_misled", type_=Integer),
        reports=answers.c.reports + bindparam("more_reports", type_=Integer),
    )
)
_DROP_VOTES = delete(votes).where(votes.c.answer == bindparam("of_answer"))
_SETTLE_REPORTS = (
    update(votes)
    .where(votes.c.answer == bindparam("of_answer"), votes.c.report.is_not(None))
    .values(settled=True)
)
_FORGET_SETTLED = (
    update(votes)
    .where(votes.c.answer == bindparam("of_answer"), votes.c.settled)
    .values(report=None, settled=False)
)
_OF_FAQ = (
    select(func.count())
    .select_from(answers)
    .where(_OF_SHOP, _THERE, answers.c.source == Source.FAQ)
)

_VOTE = select(votes.c.helped, votes.c.report).where(
    votes.c.answer == bindparam("of_answer"), votes.c.person == bindparam("of_person")
)
_VOTES = select(votes.c.answer, votes.c.helped).where(
    votes.c.person == bindparam("of_person"),
    votes.c.answer.in_(bindparam("of_answers", expanding=True)),
)
_REASONS = select(votes.c.answer, votes.c.report).where(
    votes.c.report.is_not(None), votes.c.answer.in_(bindparam("of_answers", expanding=True))
)
_PUT = upsert(votes)
_PUT_VOTE = _PUT.on_conflict_do_update(
    index_elements=[votes.c.answer, votes.c.person],
    set_={"helped": _PUT.excluded.helped, "report": _PUT.excluded.report},
)

_ASKED = [questions.c[name] for name in Waiting.__struct_fields__]
_ADD_QUESTION = upsert(questions)
_QUESTION = select(*_ASKED, questions.c.done).where(questions.c.id == bindparam("of_question"))
_QUESTION_HELD = _QUESTION.with_for_update()
_WAITING = (
    select(*_ASKED)
    .where(questions.c.shop == bindparam("of_shop"), questions.c.done.is_(False))
    .order_by(questions.c.asked_at, questions.c.id)
    .limit(_MOST)
)
_WAITING_IN = (
    select(*_ASKED)
    .where(questions.c.conversation == bindparam("of_talk"), questions.c.done.is_(False))
    .order_by(questions.c.seq.desc())
)
_ASKED_AS = select(*_ASKED).where(
    questions.c.conversation == bindparam("of_talk"), questions.c.seq == bindparam("of_seq")
)
_POSED_IN = (
    select(*(questions.c[name] for name in Posed.__struct_fields__ if name != "choice"))
    .where(questions.c.conversation == bindparam("of_talk"))
    .order_by(questions.c.seq.desc())
    .limit(_MOST)
)
_VARIANTS_IN = select(questions.c.seq, questions.c.variant).where(
    questions.c.conversation == bindparam("of_talk"), questions.c.variant.is_not(None)
)
_DONE = (
    update(questions)
    .where(questions.c.id == bindparam("of_question"))
    .values(done=True, answer=bindparam("by_answer", type_=Ident))
)


class Stored(Struct, frozen=True):
    """An answer with what only its shop and the operator see."""

    answer: Answer
    reports: int
    hidden: str | None
    conversation: ConversationId | None
    seq: int | None
    removed: bool

    def shown_at(self, moment: datetime) -> bool:
        """Tell whether everybody may read it then."""
        until = self.answer.valid_until
        return not self.removed and self.hidden is None and (until is None or until > moment)


def known(tx: Tx, shop: ShopId, product: ProductId | None, most: int) -> list[Answer]:
    """Return what everybody may read now of a product and of its shop, best first."""
    given = {"of_shop": shop, "of_product": product, "moment": tx.now, "most": most}
    return [Answer(**row._mapping) for row in tx.execute(_KNOWN, given)]  # noqa: SLF001


def as_of(
    tx: Tx, shop: ShopId, product: ProductId | None, most: int
) -> tuple[tuple[AnswerId, datetime], ...]:
    """Return which answers `known` would return, and when each was changed last."""
    given = {"of_shop": shop, "of_product": product, "moment": tx.now, "most": most}
    return tuple((row.id, row.changed_at) for row in tx.execute(_AS_OF, given))


def answer(tx: Tx, wanted: AnswerId, *, hold: bool = False) -> Stored | None:
    """Return an answer, whoever may read it."""
    row = tx.execute(_ONE_HELD if hold else _ONE, {"of_answer": wanted}).one_or_none()
    return None if row is None else _stored(row)


def made_of(tx: Tx, talk: ConversationId, seq: int) -> Stored | None:
    """Return the answer that was published from a message."""
    row = tx.execute(_FROM, {"of_talk": talk, "of_seq": seq}).one_or_none()
    return None if row is None else _stored(row)


def of_shop(tx: Tx, shop: ShopId, most: int) -> list[Stored]:
    """Return all answers of a shop: those that were hidden, then the newest first."""
    return [_stored(row) for row in tx.execute(_IN_SHOP, {"of_shop": shop, "most": most})]


def doubted(tx: Tx, most: int) -> list[Stored]:
    """Return what was reported, the most reported first, then what is hidden."""
    return [_stored(row) for row in tx.execute(_DOUBTED, {"most": most})]


def add(
    tx: Tx, new: Answer, by: PersonId, talk: ConversationId | None = None, seq: int | None = None
) -> None:
    """Keep a new answer, made of a message if it was."""
    more = {"conversation": talk, "seq": seq, "reports": 0, "hidden": None, "removed_at": None}
    tx.execute(_ADD, {**structs.asdict(new), **more, "changed_at": tx.now, "changed_by": by})


def change(tx: Tx, wanted: AnswerId, by: PersonId, **changes: Any) -> None:  # noqa: ANN401 - columns
    """Change what an answer says, or whether it is shown."""
    given = {**changes, "changed_at": tx.now, "changed_by": by}
    tx.execute(_CHANGE.values(**given), {"of_answer": wanted})


def count(tx: Tx, wanted: AnswerId, *, helped: int = 0, misled: int = 0, reports: int = 0) -> None:
    """Count so many people more, or fewer."""
    more = {"more_helped": helped, "more_misled": misled, "more_reports": reports}
    tx.execute(_COUNT, {"of_answer": wanted, **more})


def remove(tx: Tx, wanted: AnswerId, by: PersonId) -> None:
    """Forget what an answer said, and what people said of it; that it was there is kept."""
    tx.execute(_DROP_VOTES, {"of_answer": wanted})
    change(tx, wanted, by, question="", answer="", reports=0, hidden=None, removed_at=tx.now)


def settle_reports(tx: Tx, wanted: AnswerId) -> None:
    """Note that the operator has looked at what was reported of an answer until now."""
    tx.execute(_SETTLE_REPORTS, {"of_answer": wanted})


def forget_settled(tx: Tx, wanted: AnswerId) -> None:
    """Have those report an answer anew whose reports were settled; what they voted stays."""
    tx.execute(_FORGET_SETTLED, {"of_answer": wanted})


def in_faq(tx: Tx, shop: ShopId) -> int:
    """Return how many entries the FAQ of a shop has."""
    return tx.execute(_OF_FAQ, {"of_shop": shop}).scalar_one()


def opinion(tx: Tx, wanted: AnswerId, person: PersonId) -> tuple[bool | None, str | None]:
    """Return what somebody said of an answer: whether it helped, and why it is wrong there."""
    row = tx.execute(_VOTE, {"of_answer": wanted, "of_person": person}).one_or_none()
    return (None, None) if row is None else (row.helped, row.report)


def opinions(tx: Tx, wanted: Iterable[AnswerId], person: PersonId) -> dict[AnswerId, bool]:
    """Return of which answers somebody said whether they helped."""
    given = {"of_answers": list(wanted), "of_person": person}
    return {row.answer: row.helped for row in tx.execute(_VOTES, given) if row.helped is not None}


def reasons(tx: Tx, wanted: Iterable[AnswerId]) -> dict[AnswerId, list[str]]:
    """Return why answers were reported."""
    found: dict[AnswerId, list[str]] = {}
    for row in tx.execute(_REASONS, {"of_answers": list(wanted)}):
        found.setdefault(row.answer, []).append(row.report or "")
    return found


def put_opinion(
    tx: Tx, wanted: AnswerId, person: PersonId, helped: bool | None, report: str | None
) -> None:
    """Note what somebody says of an answer now."""
    said = {"answer": wanted, "person": person, "helped": helped, "report": report}
    tx.execute(_PUT_VOTE, said)


def add_question(tx: Tx, new: Waiting) -> None:
    """Keep a public question until it is answered."""
    tx.execute(_ADD_QUESTION, {**structs.asdict(new), "done": False, "answer": None})


def question(tx: Tx, wanted: QuestionId, *, hold: bool = False) -> tuple[Waiting, bool] | None:
    """Return a public question and whether it is done with."""
    held = _QUESTION_HELD if hold else _QUESTION
    row = tx.execute(held, {"of_question": wanted}).one_or_none()
    return None if row is None else (_waiting(row), row.done)


def asked_as(tx: Tx, talk: ConversationId, seq: int) -> Waiting | None:
    """Return the public question that a message is."""
    row = tx.execute(_ASKED_AS, {"of_talk": talk, "of_seq": seq}).one_or_none()
    return None if row is None else _waiting(row)


def variants_asked(tx: Tx, talk: ConversationId) -> dict[int, str]:
    """Return which messages of a conversation ask about which variant in public."""
    found = tx.execute(_VARIANTS_IN, {"of_talk": talk})
    return {row.seq: row.variant for row in found if row.variant is not None}


def waiting(tx: Tx, shop: ShopId, most: int) -> list[Waiting]:
    """Return the public questions that wait for a shop, the longest wait first."""
    found = tx.execute(_WAITING, {"of_shop": shop, "most": most})
    return [_waiting(row) for row in found]


def waiting_in(tx: Tx, talk: ConversationId) -> list[Waiting]:
    """Return the public questions that wait in a conversation, the newest first."""
    return [_waiting(row) for row in tx.execute(_WAITING_IN, {"of_talk": talk})]


def posed_in(tx: Tx, talk: ConversationId, most: int) -> list[Posed]:
    """Return what was asked in public in a conversation, the newest first."""
    found = tx.execute(_POSED_IN, {"of_talk": talk, "most": most})
    return [Posed(**row._mapping) for row in found]  # noqa: SLF001


def finish(tx: Tx, wanted: QuestionId, answer: AnswerId | None = None) -> None:
    """Have a public question wait no more: it has its answer, or will have none here."""
    tx.execute(_DONE, {"of_question": wanted, "by_answer": answer})


def _stored(row: Any) -> Stored:  # noqa: ANN401 - a row of `_ONE`
    of_answer = {name: getattr(row, name) for name in Answer.__struct_fields__}
    return Stored(
        answer=Answer(**of_answer),
        reports=row.reports,
        hidden=row.hidden,
        conversation=row.conversation,
        seq=row.seq,
        removed=row.removed_at is not None,
    )


def _waiting(row: Any) -> Waiting:  # noqa: ANN401 - a row of `_QUESTION`
    return Waiting(**{name: getattr(row, name) for name in Waiting.__struct_fields__})
