"""What people do about blocks. Each function is one transaction."""

from datetime import datetime
from typing import Any

from shopbell.accounts import audit, letters, storage
from shopbell.accounts.blocks import storage as kept
from shopbell.accounts.blocks.model import (
    ENDS,
    LONGEST,
    Block,
    BlockId,
    BlocksChanged,
    Ending,
    PutBlock,
    Subject,
)
from shopbell.accounts.blocks.refusals import (
    AnotherDecides,
    AppealedAlready,
    AppealNeedsWords,
    BlockedAlready,
    BlockedFromWriting,
    BlockEnded,
    BlockNeedsWords,
    CannotBeBlocked,
    NoSuchBlock,
    NothingToDecide,
)
from shopbell.accounts.model import Person
from shopbell.accounts.refusals import AskedBefore
from shopbell.accounts.roles import Right
from shopbell.accounts.standing import check_operates
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM, Actor, PersonId, Rank, Reach, ShopId, Side
from shopbell.kernel.ids import is_id

SHOWN_MOST = 200
WORDS_MOST = 2_000


def check_may_write(actor: Actor, *, first: bool = False) -> None:
    """Refuse words of somebody who is blocked; ``first``: nobody has asked for them.

    It reads nothing: what is blocked came with the session, and a new block ends its sockets.
    """
    if actor.barred is Reach.WRITING or (first and actor.barred):
        raise BlockedFromWriting


def put(tx: Tx, actor: Actor, asked: PutBlock) -> Block:
    """Block a buyer, somebody of a shop's staff, or a shop; once, however often it is asked."""
    check_operates(actor, Right.CALM)
    if earlier := kept.get(tx, BlockId(asked.id)):
        return _same(earlier, actor, asked)
    told = _concerned(tx, asked)
    _check_said(tx, asked)
    if kept.reach_of(tx, asked.subject):
        raise BlockedAlready
    block = Block(
        id=BlockId(asked.id),
        subject=asked.subject,
        kind=asked.kind,
        reach=asked.reach,
        reason=asked.reason,
        words=asked.words.strip(),
        by=actor.id,
        at=tx.now,
        until=asked.until,
    )
    kept.add(tx, block)
    if block.until:
        tx.arm(ENDS, block.id, block.until)
    tx.announce(BlocksChanged(subject=block.subject, reach=block.reach))
    _tell(tx, told, "blocked", block.words)
    _note(tx, actor, "blocked", block, reason=block.reason, reach=block.reach)
    return block


def lift(tx: Tx, actor: Actor, block_id: BlockId) -> None:
    """End a block before its time; one that has ended stays as it is."""
    check_operates(actor, Right.CALM)
    block = _held(tx, block_id)
    if block.ended_at is None:
        _end(tx, block, Ending.LIFTED)
        _note(tx, actor, "block_lifted", block)


def appeal(tx: Tx, actor: Actor, block_id: BlockId, words: str) -> None:
    """Say once why a block should end; another operator than who put it decides."""
    block = _held(tx, block_id)
    if not block.concerns(actor) or not block.may_appeal(actor):
        raise NoSuchBlock
    said = words.strip()[:WORDS_MOST]
    if block.appealed_at:
        if block.appeal != said:
            raise AppealedAlready
        return
    if block.ended_at:
        raise BlockEnded
    if not said:
        raise AppealNeedsWords
    kept.change(tx, block.id, appeal=said, appealed_by=actor.id, appealed_at=tx.now)
    _note(tx, actor, "block_appealed", block)


def decide(tx: Tx, actor: Actor, block_id: BlockId, answer: str, *, ends: bool) -> None:
    """Decide about an appeal: the block stands, or it ends now."""
    check_operates(actor, Right.CALM)
    block = _held(tx, block_id)
    if block.by == actor.id:
        raise AnotherDecides
    if not block.waits:
        raise NothingToDecide
    if not answer.strip():
        raise AppealNeedsWords
    said = answer.strip()[:WORDS_MOST]
    kept.change(tx, block.id, decided_by=actor.id, decided_at=tx.now, answer=said)
    if ends:
        _end(tx, block, Ending.APPEALED)
    _tell(tx, _people(tx, block.kind, block.subject), "block_decided", said)
    _note(tx, actor, "block_decided", block, outcome="ended" if ends else "stands")


def expire(tx: Tx, block_id: str) -> None:
    """End a block whose time has come."""
    block = kept.get(tx, BlockId(block_id), hold=True)
    if block and block.ended_at is None:
        _end(tx, block, Ending.EXPIRED)
        _note(tx, SYSTEM, "block_expired", block)


# --- what is shown ------------------------------------------------------------------------


def own(tx: Tx, actor: Actor) -> list[Block]:
    """List what was ever put on ``actor`` or their shop, newest first."""
    subjects = [str(one) for one in (actor.id, actor.shop) if one]
    return kept.of(tx, subjects, SHOWN_MOST)


def standing(tx: Tx, actor: Actor) -> Block | None:
    """Return what keeps ``actor`` from writing now; of a person's and a shop's, the stricter."""
    found = [one for one in own(tx, actor) if one.ended_at is None]
    return min(found, key=lambda one: one.reach is not Reach.WRITING, default=None)


def of(tx: Tx, actor: Actor, *subjects: str) -> list[Block]:
    """List for the operator what was ever put on somebody or a shop."""
    check_operates(actor)
    return kept.of(tx, list(subjects), SHOWN_MOST)


def listed(tx: Tx, actor: Actor, box: str) -> list[Block]:
    """List for the operator the blocks that are ``standing``, ``appeals`` or ``ended``."""
    check_operates(actor)
    return kept.listed(tx, box, SHOWN_MOST)


def appeals(tx: Tx, actor: Actor) -> tuple[int, datetime | None]:
    """Count the appeals that wait, and say since when the oldest does."""
    check_operates(actor)
    return kept.appeals(tx)


# --- inside -------------------------------------------------------------------------------


def _same(earlier: Block, actor: Actor, asked: PutBlock) -> Block:
    """Return the block this very request has put already."""
    wanted = (asked.subject, asked.kind, asked.reach, asked.reason, asked.words.strip())
    found = (earlier.subject, earlier.kind, earlier.reach, earlier.reason, earlier.words)
    if wanted != found or earlier.by != actor.id:
        raise AskedBefore
    return earlier


def _concerned(tx: Tx, asked: PutBlock) -> list[Person]:
    """Return who is to be told of a new block; refuse what nobody can be kept from."""
    found = _people(tx, asked.kind, asked.subject)
    if not found or found[0].side not in {Side.BUYER, Side.SELLER}:
        raise CannotBeBlocked
    return found


def _people(tx: Tx, kind: Subject, subject: str) -> list[Person]:
    """Return whom a block is told: the person, or who owns and manages the shop."""
    ids = (
        [PersonId(subject)]
        if kind is Subject.PERSON
        else [one.id for one in storage.staff(tx, ShopId(subject)) if one.rank is not Rank.AGENT]
    )
    return [found for one in ids if (found := storage.person(tx, one))]


def _check_said(tx: Tx, asked: PutBlock) -> None:
    until = asked.until
    in_time = until is None or tx.now < until <= tx.now + LONGEST
    if not asked.words.strip() or not in_time:
        raise BlockNeedsWords(days=LONGEST.days)


def _held(tx: Tx, block_id: BlockId) -> Block:
    block = kept.get(tx, block_id, hold=True) if is_id(block_id) else None
    if block is None:
        raise NoSuchBlock
    return block


def _end(tx: Tx, block: Block, how: Ending) -> None:
    kept.change(tx, block.id, ended_at=tx.now, ending=how)
    if block.until and how is not Ending.EXPIRED:
        tx.disarm(ENDS, block.id)
    tx.announce(BlocksChanged(subject=block.subject, reach=None))


def _tell(tx: Tx, people: list[Person], letter: str, words: str) -> None:
    """Write to whom it concerns; the page of blocks says all of it, too."""
    for one in people:
        link = f"{tx.settings.base_url}/blocked"
        letters.write(tx, one, letter, words=words, link=link)


def _note(tx: Tx, actor: Actor, action: str, block: Block, **facts: Any) -> None:  # noqa: ANN401
    audit.record(tx, actor, action, block=block.id, subject=block.subject, **facts)
