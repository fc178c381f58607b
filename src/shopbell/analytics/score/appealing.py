"""A shop asks that a round should not count; the operator decides, and both say why."""

from shopbell.accounts import service as accounts
from shopbell.accounts.refusals import NotForYourRank
from shopbell.accounts.roles import Right
from shopbell.accounts.standing import check_operates, present
from shopbell.analytics.score import service, storage
from shopbell.analytics.score.commands import AppealQueue, AppealShown, DecideAppeal, FileAppeal
from shopbell.analytics.score.model import Appeal, Verdict
from shopbell.analytics.score.refusals import (
    AppealDecided,
    AppealsTooMany,
    NoSuchAppeal,
    NoSuchRound,
    RoundAppealedAlready,
    RoundNotJudged,
)
from shopbell.commerce import service as commerce
from shopbell.conversations import posting
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor, Rank, ShopId

OPEN_MOST = 20
SHOWN_MOST = 100


def file(tx: Tx, actor: Actor, shop: str, asked: FileAppeal) -> tuple[Appeal, bool]:
    """Appeal against a round, once, by a manager of the shop; tell whether it is new."""
    found = commerce.shop(tx, shop)
    if not present(tx, actor, found.id).works_for(found.id, Rank.MANAGER):
        raise NotForYourRank
    told = storage.one_round(tx, found.id, asked.conversation, asked.n)
    if told is None:
        raise NoSuchRound
    if earlier := storage.appeal_on(tx, asked.conversation, asked.n):
        if _said(earlier) != _said(asked):
            raise RoundAppealedAlready
        return earlier, False
    if service.judge_one(tx, found, told).verdict not in {Verdict.LATE, Verdict.UNANSWERED}:
        raise RoundNotJudged
    return _keep(tx, actor, found.id, asked), True


def _said(one: Appeal | FileAppeal) -> tuple[str, str, set[str]]:
    return one.id, one.words, set(one.files)


def _keep(tx: Tx, actor: Actor, shop: ShopId, asked: FileAppeal) -> Appeal:
    if storage.appeal(tx, asked.id):
        raise RoundAppealedAlready
    if storage.count_open(tx, shop) >= OPEN_MOST:
        raise AppealsTooMany(most=OPEN_MOST)
    named = list(dict.fromkeys(asked.files))
    proofs = posting.files_of(tx, actor, asked.conversation, named)
    new = Appeal(
        id=asked.id,
        conversation=asked.conversation,
        n=asked.n,
        shop=shop,
        ground=asked.ground,
        words=asked.words,
        by=actor.id,
        at=tx.now,
        files=[one.id for one in proofs],
    )
    storage.add(tx, new)
    accounts.audit(tx, actor, "score_appealed", shop=shop, talk=new.conversation, round=new.n)
    return new


def decide(tx: Tx, actor: Actor, named: str, asked: DecideAppeal) -> Appeal:
    """Grant an appeal or deny it, by the operator; the same again changes nothing."""
    check_operates(actor, Right.DECIDE)
    is_new = storage.decide(tx, named, asked.outcome, asked.answer, actor.id, tx.now)
    kept = storage.appeal(tx, named)
    if kept is None:
        raise NoSuchAppeal
    if (kept.outcome, kept.answer) != (asked.outcome, asked.answer):
        raise AppealDecided
    if is_new:
        deed = f"score_appeal_{asked.outcome}"
        accounts.audit(tx, actor, deed, shop=kept.shop, talk=kept.conversation, round=kept.n)
    return kept


def queue(tx: Tx, actor: Actor) -> AppealQueue:
    """List the appeals that wait, each with its round; to the operator."""
    check_operates(actor)
    waiting = storage.open_appeals(tx, SHOWN_MOST + 1)
    shops = {shop.id: shop for shop in commerce.shops(tx)}
    items: list[AppealShown] = []
    for one in waiting[:SHOWN_MOST]:
        told = storage.one_round(tx, one.shop, one.conversation, one.n)
        judged = [service.judge_one(tx, shops[one.shop], told)] if told else []
        round_shown = service.shown(tx, one.shop, judged)
        about, proofs = next(iter(round_shown), None), posting.files_by(tx, one.by, one.files)
        items.append(AppealShown(one, shops[one.shop].name, about, proofs))
    return AppealQueue(items, len(waiting) > SHOWN_MOST)
