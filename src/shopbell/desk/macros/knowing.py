"""What is known of one conversation: whose, about which order, and how its parcel stands."""

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from shopbell.commerce import service as commerce
from shopbell.commerce.model import (
    NoSuchProduct,
    Order,
    Product,
    ProductId,
    Shipment,
    Shop,
    awaited,
)
from shopbell.commerce.tracking import Milestone
from shopbell.conversations.model import Conversation, SubjectKind, TalkKind
from shopbell.desk.macros.model import Fits, Parcel
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor
from shopbell.knowledge import service as rules
from shopbell.knowledge.model import ANY, Condition, Matter

_TROUBLES = frozenset(
    {
        Milestone.ATTEMPT_FAILED,
        Milestone.EXCEPTION,
        Milestone.RETURNING,
        Milestone.RETURNED,
        Milestone.CANCELLED,
        Milestone.EXPIRED,
    }
)


class Known(Struct, frozen=True, kw_only=True):
    """Everything a macro may speak of or go by; ``window_days`` is the time to return things."""

    talk: Conversation
    shop: Shop
    order: Order | None
    product: Product | None
    window_days: int | None
    agent: str
    now: datetime

    @property
    def kind(self) -> TalkKind:
        """Tell what kind it is; what nobody has looked at yet is a question."""
        return self.talk.kind or TalkKind.QUESTION

    @property
    def shipment(self) -> Shipment | None:
        """Return the parcel that is waited for, else the one that came last."""
        parcels = awaited(self.order.shipments) if self.order else []
        coming = [one for one in parcels if one.delivered_at is None]
        return next(iter(coming or parcels[-1:]), None)

    @property
    def parcel(self) -> Parcel:
        """Tell how that parcel stands."""
        one = self.shipment
        if one is None:
            return Parcel.NONE
        if one.delivered_at or one.state is Milestone.DELIVERED:
            return Parcel.DELIVERED
        if one.state is Milestone.LOST:
            return Parcel.LOST
        if one.state in _TROUBLES:
            return Parcel.TROUBLED
        if one.late or one.late_at(self.now):
            return Parcel.LATE
        return Parcel.STALLED if one.stalled_since else Parcel.ON_THE_WAY


def known_of(tx: Tx, actor: Actor, talk: Conversation) -> Known:
    """Look up what a macro may need in a conversation that ``actor`` has entered."""
    known = glanced(tx, actor, talk)
    return replace(known, window_days=_window(tx, known.shop, known.order, known.product))


def glanced(tx: Tx, actor: Actor, talk: Conversation, shop: Shop | None = None) -> Known:
    """Look up the same without the time to return things, which is slower to find.

    Whoever looks at many conversations of one ``shop`` need not look it up each time.
    """
    shop = shop or commerce.shop(tx, talk.shop)
    subject = talk.subject
    order = commerce.order(tx, actor, subject.id) if subject.kind is SubjectKind.ORDER else None
    return Known(
        talk=talk,
        shop=shop,
        order=order,
        product=_product(tx, talk, order),
        window_days=None,
        agent=actor.name,
        now=tx.now,
    )


def fits(wanted: Fits, known: Known) -> bool:
    """Tell whether a macro is for a conversation like this one."""
    category = known.product.category if known.product else None
    return (
        (not wanted.kinds or known.kind in wanted.kinds)
        and wanted.order in {None, known.order is not None}
        and (not wanted.parcel or known.parcel in wanted.parcel)
        and (not wanted.locales or known.talk.locale in wanted.locales)
        and (wanted.open is None or wanted.open == known.shop.open_at(known.now))
        and (not wanted.categories or category in wanted.categories)
    )


def _product(tx: Tx, talk: Conversation, order: Order | None) -> Product | None:
    """Return what is spoken of: the one asked about, or the first thing of the order."""
    if talk.subject.kind is SubjectKind.PRODUCT:
        wanted: ProductId | None = ProductId(talk.subject.id)
    else:
        wanted = order.lines[0].product if order and order.lines else None
    try:
        return commerce.product(tx, wanted) if wanted else None
    except NoSuchProduct:
        return None


def _window(tx: Tx, shop: Shop, order: Order | None, product: Product | None) -> int | None:
    """Return in how many days something that is as it should be may be returned, by the rules."""
    ref = rules.in_force(tx, shop.id, tx.now)
    groups = rules.reasons(tx, shop.id, ref)
    reason = next((one.reasons[0] for one in groups if one.condition is Condition.PROPER), None)
    if reason is None:
        return None
    if order and order.lines:
        matter = rules.matter_of(tx, order, order.lines[0].id, reason)
    else:
        matter = Matter(product.category if product else ANY, reason, tx.now)
    verdict = rules.resolve(tx, shop.id, matter, ref)
    return verdict.window_days if verdict.returnable else None
