"""What the operator does about answers that should not stand. Each function is one transaction."""

from shopbell.accounts import service as accounts
from shopbell.accounts.roles import Right
from shopbell.accounts.standing import check_operates
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor
from shopbell.kernel.ids import is_id
from shopbell.knowledge.answers import storage
from shopbell.knowledge.answers.commands import HideAnswer
from shopbell.knowledge.answers.model import AnswerHidden, AnswerId, Kept
from shopbell.knowledge.answers.refusals import NoSuchAnswer
from shopbell.knowledge.answers.writing import as_kept

LIST_MOST = 100


def doubted(tx: Tx, actor: Actor) -> list[Kept]:
    """List what was reported, the most reported first, and then what is hidden."""
    check_operates(actor)
    return as_kept(tx, storage.doubted(tx, LIST_MOST), reported=True)


def hide(tx: Tx, actor: Actor, answer: str, asked: HideAnswer) -> None:
    """Take an answer from the pages and tell its shop why; asked again, it is told once."""
    found = _held(tx, actor, answer)
    if found.hidden == asked.reason:
        return
    wanted = found.answer
    storage.change(tx, wanted.id, actor.id, hidden=asked.reason)
    accounts.audit(tx, actor, "answer_hidden", shop=wanted.shop, answer=wanted.id)
    tx.announce(AnswerHidden(shop=wanted.shop, answer=wanted.id, reason=asked.reason))


def clear(tx: Tx, actor: Actor, answer: str) -> None:
    """Let an answer stand: hidden no more, and what was reported of it is settled."""
    found = _held(tx, actor, answer)
    if found.hidden is None and not found.reports:
        return
    storage.change(tx, found.answer.id, actor.id, hidden=None, reports=0)
    storage.settle_reports(tx, found.answer.id)
    accounts.audit(tx, actor, "answer_cleared", shop=found.answer.shop, answer=found.answer.id)


def _held(tx: Tx, actor: Actor, answer: str) -> storage.Stored:
    check_operates(actor, Right.CALM)
    found = storage.answer(tx, AnswerId(answer), hold=True) if is_id(answer) else None
    if found is None or found.removed:
        raise NoSuchAnswer
    return found
