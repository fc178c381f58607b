"""What people do in a conversation. Each function is one transaction."""

import re
from collections.abc import Iterable, Sequence

from msgspec import UNSET, Struct
from msgspec.structs import replace

from shopbell.accounts import service as accounts
from shopbell.accounts.blocks.service import check_may_write
from shopbell.accounts.standing import check_operates
from shopbell.commerce import service as commerce
from shopbell.conversations import history, shelves, storage, veiling
from shopbell.conversations import originals as kept_originals
from shopbell.conversations.about import about_subject
from shopbell.conversations.commands import (
    Append,
    Appended,
    Ask,
    Begin,
    Box,
    Draft,
    KeepDraft,
    Page,
)
from shopbell.conversations.crossing import check_uncrossed
from shopbell.conversations.entries import enter, same_again
from shopbell.conversations.model import (
    Attachment,
    AttachmentId,
    Audience,
    Conversation,
    ConversationId,
    Listed,
    MarkKind,
    MarkMoved,
    Marks,
    Original,
    Standing,
    Stream,
    Subject,
    SubjectKind,
    Topic,
    Wound,
    as_seen_by,
)
from shopbell.conversations.onward import onward
from shopbell.conversations.refusals import (
    BeyondHead,
    DraftChanged,
    NoSuchConversation,
    NotSellersToOpen,
    OnlyBuyersAsk,
)
from shopbell.conversations.thread import add_event, move_back, readable
from shopbell.conversations.turns import SELLER_OPENS_WITHIN, State
from shopbell.engine.blobs import Blob
from shopbell.engine.database import Tx
from shopbell.engine.epoch import epoch
from shopbell.kernel.actor import SYSTEM, Actor, PersonId, ShopId, Side
from shopbell.kernel.ids import is_id, new_id
from shopbell.kernel.refusals import Malformed, Refusal
from shopbell.kernel.texts import Locale

PAGE_MOST = 200

_PLACE = re.compile("-?[0-9]{1,18}|-?[1-8][0-9]{18}")


class CursorMalformed(Malformed):
    """The place to go on from is not one we gave."""


class BuyerMalformed(Malformed):
    """The buyer to list for is not named by an id."""


def begin(tx: Tx, actor: Actor, command: Begin, locale: Locale = "en") -> tuple[Conversation, bool]:
    """Find the open conversation about a subject, or open it; tell whether it is new."""
    found = about_subject(tx, actor, command.subject)
    if actor.side is Side.SELLER:
        check_may_write(actor, first=True)
    if actor.side is Side.SELLER and not _may_open(tx, actor, found.shop.id, command):
        raise NotSellersToOpen
    if actor.side is Side.OPERATOR or found.buyer is None:
        raise OnlyBuyersAsk
    buyer = found.buyer
    latest = storage.latest_about(tx, buyer, found.shop.id, found.card)
    if latest is not None:
        latest = onward(tx, latest)
        if latest.state is not State.CLOSED:
            return latest, False
    talk = Conversation.about(
        found.card,
        buyer=(buyer, found.buyer_name or actor.name),
        shop=(found.shop.id, found.shop.slug, found.shop.name),
        locale=accounts.person(tx, buyer).locale if actor.side is Side.SELLER else locale,
        now=tx.now,
        linked_from=latest.id if latest else None,
    )
    storage.add(tx, talk)
    return add_event(tx, talk, Stream(talk.id), SYSTEM, "subject", found.card)[0], True


def append(tx: Tx, actor: Actor, stream: Stream, command: Append) -> Appended:
    """Add one entry once, however often the sender's line drops and they try again."""
    talk = entered(tx, actor, stream, hold=True)
    if again := same_again(tx, actor, stream, command):
        return again
    check_uncrossed(tx, actor, stream, talk.head, command)
    goes_on = talk.merged_into is not None and stream.audience is Audience.PUBLIC
    if goes_on and command.type == "message":
        return _append_onward(tx, actor, talk, command)
    event = enter(tx, actor, talk, stream, command)
    return Appended(command.cmid, event.id, event.seq, event.at)


def _append_onward(tx: Tx, actor: Actor, talk: Conversation, command: Append) -> Appended:
    """Say in the conversation that goes on what was meant for one that was merged into it."""
    there = onward(tx, talk, hold=True)
    stream = Stream(there.id)
    again = same_again(tx, actor, stream, command)
    if again is None:
        shelves.carry(tx, talk.id, there.id, actor.id)
        event = enter(tx, actor, there, stream, command)
        again = Appended(command.cmid, event.id, event.seq, event.at)
    return replace(again, stream=str(stream))


def take_back(  # noqa: PLR0917 - an entry has these parts
    tx: Tx, actor: Actor, talk: Conversation, was: Wound, kind: str, told: Struct
) -> Conversation:
    """Give a held conversation back the turn it had, and say so to both sides."""
    return add_event(
        tx, talk, Stream(talk.id), actor, kind, told, **move_back(tx, talk, actor, was)
    )[0]


def append_all(tx: Tx, asks: Sequence[Ask]) -> list[Appended | Refusal]:
    """Add what several ask for at this moment, in their order: `append` for each, read as one."""
    storage.look_ahead(tx, [(ask.stream, ask.actor.id, ask.command.cmid) for ask in asks])
    return tx.each(_append, asks)


def _append(tx: Tx, ask: Ask) -> Appended:
    return append(tx, ask.actor, ask.stream, ask.command)


def entered(tx: Tx, actor: Actor, stream: Stream, *, hold: bool = False) -> Conversation:
    """Return the conversation of a stream, if ``actor`` may read that stream; else refuse."""
    talk = storage.get(tx, stream.conversation, hold=hold)
    if not talk.admits_to(actor, stream.audience):
        raise NoSuchConversation
    return talk


def read_ahead(tx: Tx, streams: Iterable[Stream]) -> None:
    """Read the conversations of some streams at once, for a transaction that only reads."""
    storage.read_ahead(tx, {stream.conversation for stream in streams})


def standings(tx: Tx, streams: Iterable[Stream]) -> dict[ConversationId, Standing]:
    """Return how far the conversations of some streams have come, for the engine room's rounds."""
    talks = {stream.conversation for stream in streams}
    return {standing.id: standing for standing in storage.standings(tx, talks)}


def topics(tx: Tx, talks: Iterable[ConversationId]) -> dict[ConversationId, Topic]:
    """Return what some conversations are about, for whoever has asked who may see them."""
    return {topic.id: topic for topic in storage.topics(tx, set(talks))}


def conversation(tx: Tx, actor: Actor, talk: ConversationId) -> Listed:
    """Return one conversation as ``actor`` sees it."""
    return as_seen_by(entered(tx, actor, Stream(talk)), actor)


def about(tx: Tx, actor: Actor, subject: Subject) -> Listed | None:
    """Return the latest conversation about a subject that ``actor`` takes part in, if any."""
    found = about_subject(tx, actor, subject)
    talk = storage.latest_about(tx, found.buyer or actor.id, found.shop.id, found.card)
    if talk is None or not talk.admits(actor):
        return None
    return as_seen_by(onward(tx, talk), actor)


def inbox(
    tx: Tx,
    actor: Actor,
    box: Box = "open",
    *,
    words: str = "",
    buyer: PersonId | None = None,
    after: str = "",
    limit: int = 50,
) -> tuple[list[Listed], str | None]:
    """List conversations, a page at a time: due first for a shop, newest first for others."""
    if buyer is not None and not is_id(buyer):
        raise BuyerMalformed
    most = max(1, min(limit, PAGE_MOST))
    place = parse_cursor(after) if after else None
    found = storage.listed(
        tx, actor, box, most + 1, words=words.replace("\0", " "), buyer=buyer, after=place
    )
    shown = [as_seen_by(talk, actor) for talk, _place in found[:most]]
    if len(found) <= most:
        return shown, None
    last, order = found[most - 1]
    return shown, f"{order}.{last.id}"


def parse_cursor(cursor: str) -> tuple[int, str]:
    """Return where a list goes on: the place and the conversation of its last row."""
    place, _, talk = cursor.partition(".")
    if not _PLACE.fullmatch(place) or not is_id(talk):
        raise CursorMalformed
    return int(place), talk


def between(tx: Tx, actor: Actor, buyer: PersonId, shop: ShopId, most: int) -> list[Conversation]:
    """Return the latest conversations of a buyer with a shop that ``actor`` may read."""
    return storage.between(tx, actor, buyer, shop, most)


def count_of(tx: Tx, actor: Actor, buyer: PersonId) -> int:
    """Count the conversations of a buyer with all shops; for the operator."""
    check_operates(actor)
    return history.count_of(tx, buyer)


def called_for(tx: Tx, actor: Actor) -> list[Listed]:
    """List the conversations that wait for the operator, the longest wait first."""
    check_operates(actor)
    return [as_seen_by(talk, actor) for talk in storage.called_for(tx, PAGE_MOST)]


def page(
    tx: Tx,
    actor: Actor,
    stream: Stream,
    *,
    after: int = 0,
    before: int | None = None,
    limit: int = PAGE_MOST,
    of: Conversation | None = None,
) -> Page:
    """Return a part of a stream: what follows ``after``, or what leads up to ``before``.

    ``of`` is its conversation, if it was `entered` in this transaction already.
    """
    talk = of or entered(tx, actor, stream)
    most, unveil = max(1, min(limit, PAGE_MOST)), actor.side is Side.OPERATOR
    head = talk.head_of(stream.audience)
    if before is not None:
        events = storage.before(tx, stream, max(0, min(before, head + 1)), most, unveil=unveil)
    elif after < head:
        events = storage.after(tx, stream, max(0, after), most, unveil=unveil)
    else:
        events = []
    return Page(
        stream=str(stream),
        head=head,
        epoch=epoch(tx),
        events=events,
        reads=Marks(talk.buyer_read, talk.seller_read),
        delivered=Marks(talk.buyer_delivered, talk.seller_delivered),
    )


def is_by(tx: Tx, actor: Actor, event: str) -> bool:
    """Tell whether ``actor`` made an entry."""
    return kept_originals.author(tx, event) == actor.id


def original(tx: Tx, actor: Actor, stream: Stream, seq: int) -> list[Original]:
    """Return an author's words before a part was hidden; for the operator, too, and noted."""
    entered(tx, actor, stream)
    return veiling.original(tx, actor, stream, seq)


def originals(tx: Tx, actor: Actor, talk: ConversationId) -> list[Original]:
    """Return for the operator all that is hidden in a conversation; the look is noted."""
    check_operates(actor)
    entered(tx, actor, Stream(talk))
    return veiling.all_originals(tx, actor, talk)


def mark(tx: Tx, actor: Actor, stream: Stream, kind: MarkKind, seq: int) -> None:
    """Note that ``actor``'s side received or read up to ``seq``; a mark never goes back."""
    talk = entered(tx, actor, stream, hold=True)
    if seq > talk.head_of(stream.audience):
        raise BeyondHead(seq=seq, head=talk.head_of(stream.audience))
    if actor.side not in {Side.BUYER, Side.SELLER} or stream.audience is not Audience.PUBLIC:
        return
    changes = _advance(tx, talk, actor.side, kind, seq)
    if not changes:
        return
    talk = storage.change(tx, talk, **changes)
    tx.announce(MarkMoved(kind=kind, side=actor.side, seq=seq, talk=talk))


def attach(tx: Tx, actor: Actor, talk: ConversationId, blob: Blob, name: str) -> Attachment:
    """Give a kept file a place in a conversation, ready to be sent in a message.

    Held, as the same file given twice at the same moment is given once.
    """
    entered(tx, actor, Stream(talk), hold=True)
    file, covered = AttachmentId(new_id()), veiling.veil_name(tx, actor, name)
    shown = Attachment(
        file, covered, blob.media_type, blob.size, blob.width, blob.height, url=f"/files/{file}"
    )
    kept = shelves.attach(tx, talk, actor.id, blob.sha256, shown)
    if covered != name and kept is shown:
        veiling.keep_aside(tx, actor, talk, f"file.{file}", name)
    return kept


def file(tx: Tx, actor: Actor, attachment: AttachmentId) -> tuple[str, str, str]:
    """Return SHA-256, name and kind of a file that ``actor`` may see."""
    found = shelves.file(tx, attachment)
    if found is None:
        raise NoSuchConversation
    entered(tx, actor, Stream(found.talk))
    if not (found.shown or found.person == actor.id or actor.side is Side.OPERATOR):
        raise NoSuchConversation
    return found.sha256, found.name, found.media_type


def kept_bytes(tx: Tx) -> int:
    """Return how much the files of all conversations take, in bytes."""
    return shelves.kept_bytes(tx)


def draft(tx: Tx, actor: Actor, talk: ConversationId) -> Draft:
    """Return what ``actor`` has not sent yet."""
    entered(tx, actor, Stream(talk))
    return Draft(shelves.draft(tx, talk, actor.id))


def keep_draft(tx: Tx, actor: Actor, talk: ConversationId, words: KeepDraft) -> None:
    """Keep words for later, unless another device of the writer has changed them unseen."""
    entered(tx, actor, Stream(talk), hold=True)
    kept = shelves.draft(tx, talk, actor.id)
    if words.was is not UNSET and kept not in {words.was, words.text}:
        raise DraftChanged
    if words.text != kept:
        shared = actor.side is Side.SELLER
        shelves.keep_draft(tx, talk, actor.id, readable(words.text), shared=shared)


def _may_open(tx: Tx, actor: Actor, shop: ShopId, command: Begin) -> bool:
    """Tell whether a shop may write first: about its own order, until 72 h after delivery."""
    if command.subject.kind is not SubjectKind.ORDER or not actor.works_for(shop):
        return False
    order = commerce.order(tx, actor, command.subject.id)
    arrived = [shipment.delivered_at for shipment in order.shipments if shipment.delivered_at]
    return not arrived or tx.now - max(arrived) <= SELLER_OPENS_WITHIN


def _advance(tx: Tx, talk: Conversation, side: Side, kind: MarkKind, seq: int) -> dict[str, int]:
    delivered, read = f"{side}_delivered", f"{side}_read"
    changes = {delivered: seq} if seq > getattr(talk, delivered) else {}
    if kind is MarkKind.READ and seq > getattr(talk, read):
        left = 0 if seq == talk.head else storage.unread(tx, Stream(talk.id), seq, side)
        changes |= {read: seq, f"{side}_unread": left}
    return changes
