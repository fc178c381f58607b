"""What the rules say, and who lays them down. Each function is one transaction.

A case keeps the `PolicyRef` it was decided by and gives it back as ``of``; without one, what
counts in the marketplace at the moment of asking decides, with what the shop gives beyond it.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from shopbell.accounts import model as rights
from shopbell.accounts import service as accounts
from shopbell.accounts.roles import Right
from shopbell.accounts.standing import check_operates, check_role
from shopbell.commerce import service as commerce
from shopbell.commerce.hours import after_open_hours, after_working_days, find_zone, open_between
from shopbell.commerce.model import (
    NoSuchProduct,
    NotYourShop,
    Order,
    OrderLine,
    OrderLineId,
    Shop,
    latest_delivery,
)
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM, Actor, Rank, ShopId
from shopbell.kernel.refusals import SignInFirst
from shopbell.knowledge import kindness, scrutiny, shipped, storage
from shopbell.knowledge.commands import Choose, Publish
from shopbell.knowledge.model import (
    ANY,
    Clock,
    Length,
    Matter,
    PolicyChosen,
    PolicyListed,
    PolicyPublished,
    PolicyRef,
    PolicyVersion,
    Profile,
    ReasonGroup,
    Rehearsed,
    ShopTerms,
    Terms,
    TermsGiven,
    Trial,
    Verdict,
)
from shopbell.knowledge.refusals import (
    DayOutOfReach,
    NoSuchClock,
    NoSuchLine,
    NoSuchPolicy,
    PolicyMovedOn,
    TermsMovedOn,
)
from shopbell.knowledge.rulebook import Rulebook

NOT_YET = 0
"""The version of a profile that is only being written."""

FAR = timedelta(days=3650)
"""How long before they count rules may be published."""


def furnish(tx: Tx) -> None:
    """Bring in the profiles that come with the program, each once, and choose one to begin with."""
    known = storage.profiles(tx)
    for name in shipped.names():
        if name not in known:
            body = shipped.profile(name)
            first = PolicyVersion(name, 1, shipped.SINCE, tx.now, body)
            storage.add_version(tx, first, SYSTEM.id)
    if storage.chosen(tx) is None:
        storage.choose(tx, shipped.FIRST_CHOICE, shipped.SINCE, SYSTEM.id, choice=SYSTEM.id)


# --- what the rules say -------------------------------------------------------------------


def resolve(tx: Tx, shop: ShopId, matter: Matter, of: PolicyRef | None = None) -> Verdict:
    """Say what the rules come to in a matter of a shop: one clause decides."""
    ref = of or in_force(tx, shop, matter.asked_at)
    return book(tx, shop, ref).decide(matter)


def reasons(tx: Tx, shop: ShopId, of: PolicyRef | None = None) -> list[ReasonGroup]:
    """List the reasons a buyer may give, by the condition they come to."""
    return book(tx, shop, of or in_force(tx, shop, tx.now)).groups


def clock(tx: Tx, shop: ShopId, name: str, of: PolicyRef | None = None) -> Clock:
    """Say how long somebody has for something, such as ``seller_decision``."""
    ref = of or in_force(tx, shop, tx.now)
    found = book(tx, shop, ref)
    return clock_in(found.profile, found.terms, name, ref)


def clock_in(body: Profile, terms: Terms, name: str, of: PolicyRef) -> Clock:
    """Say the same by rules at hand, with what a shop gives beyond them."""
    rule = clocks_of(body).get(name)
    if rule is None:
        raise NoSuchClock(clock=name[:40])
    length = kindness.quicker(rule, terms.clocks.get(name))
    return Clock(name, length.length, length.unit, length.then, of)


def due(tx: Tx, clock: Clock, since: datetime, shop: ShopId) -> datetime:
    """Return when a clock that began at ``since`` has run out, by the shop's hours if they do."""
    if not clock.is_business:
        return since + clock.span
    return due_by_hours(clock, since, commerce.shop(tx, shop))


def due_by_hours(clock: Clock, since: datetime, shop: Shop) -> datetime:
    """Return when a clock has run out that stands still while the shop is closed."""
    zone, holidays = find_zone(shop.zone), set(shop.holidays)
    if clock.unit == "business_days":
        return after_working_days(shop.hours, holidays, zone, since, clock.length)
    return after_open_hours(shop.hours, holidays, zone, since, clock.span)


def left(tx: Tx, clock: Clock, due: datetime, shop: ShopId) -> timedelta:
    """Return how much is left now of a clock that will have run out when it is ``due``."""
    if not clock.is_business:
        return max(due - tx.now, timedelta())
    found = commerce.shop(tx, shop)
    return open_between(found.hours, set(found.holidays), find_zone(found.zone), tx.now, due)


def resumed(tx: Tx, clock: Clock, left: timedelta, shop: ShopId) -> datetime:
    """Return when a clock that goes on now has run out: of business time, open time was left."""
    if not clock.is_business:
        return tx.now + left
    found = commerce.shop(tx, shop)
    return after_open_hours(found.hours, set(found.holidays), find_zone(found.zone), tx.now, left)


def in_force(tx: Tx, shop: ShopId | None, at: datetime) -> PolicyRef:
    """Return what counts for a shop at a moment."""
    found = storage.in_force(tx, shop, at)
    if found is not None:
        return found
    profile = storage.chosen(tx) or shipped.FIRST_CHOICE
    number = storage.version_at(tx, profile, at)
    if number is None:
        raise NoSuchPolicy(policy=profile)
    return PolicyRef(profile, number)


def book(tx: Tx, shop: ShopId, ref: PolicyRef) -> Rulebook:
    """Return the rules of one version with a shop's terms; none of them ever changes."""
    key = ("policy book", ref, shop if ref.terms else None)
    known: Rulebook | None = tx.memory.get(key) or tx.remembered.get(key)
    if known is None:
        version = policy(tx, ref.profile, ref.version)
        given = storage.terms_of(tx, shop, ref.terms)
        known = Rulebook(ref, version.body, given.terms if given else None)
        tx.remembered[key] = known
    return known


def reasons_at(tx: Tx, slug_or_id: str) -> tuple[Profile, list[ReasonGroup]]:
    """List the same for whoever knows a shop by its address, with the profile they stand in."""
    shop = commerce.shop(tx, slug_or_id)
    found = book(tx, shop.id, in_force(tx, shop.id, tx.now))
    return found.profile, found.groups


def verdict_on_line(
    tx: Tx, visitor: Actor | None, order: str, line: OrderLineId, reason: str
) -> Verdict:
    """Say what the rules come to for a line of an order, to whoever may see the order."""
    if visitor is None:
        raise SignInFirst
    found = commerce.order(tx, visitor, order)
    return resolve(tx, found.shop, matter_of(tx, found, line, reason))


def verdict_on_product(tx: Tx, product: str, reason: str) -> Verdict:
    """Say the same of a product on sale, to whoever thinks of buying it."""
    found = commerce.product(tx, product)
    warranty = found.warranty_months
    matter = Matter(found.category, reason, tx.now, warranty_months=warranty)
    return resolve(tx, found.shop, matter)


def matter_of(tx: Tx, order: Order, line: OrderLineId, reason: str) -> Matter:
    """Put together what is known of one line of an order."""
    found = next((one for one in order.lines if one.id == line), None)
    if found is None:
        raise NoSuchLine(line=str(line)[:40])
    etas = [parcel.eta for parcel in order.shipments if parcel.eta]
    return Matter(
        category=_category(tx, found),
        reason=reason,
        asked_at=tx.now,
        delivered_at=latest_delivery(order.shipments),
        eta=max(etas, key=lambda eta: eta.latest, default=None),
        warranty_months=found.warranty_months,
    )


def _category(tx: Tx, line: OrderLine) -> str:
    if line.product is None:
        return ANY
    try:
        return commerce.product(tx, line.product).category
    except NoSuchProduct:
        return ANY


# --- versions -----------------------------------------------------------------------------


def policies(tx: Tx) -> list[PolicyListed]:
    """List every version of every profile."""
    counts = in_force(tx, None, tx.now)
    return [
        PolicyListed(
            one.profile,
            one.version,
            one.body.title,
            one.effective_from,
            one.published_at,
            (one.profile, one.version) == (counts.profile, counts.version),
        )
        for one in storage.versions_of_all(tx)
    ]


def policy(tx: Tx, profile: str, version: int) -> PolicyVersion:
    """Return one version as it was published."""
    found = storage.version(tx, profile, version)
    if found is None:
        raise NoSuchPolicy(policy=f"{profile[:40]} {version}")
    return found


def rules_in_force(tx: Tx) -> Profile:
    """Return the rules that count for everybody now."""
    counts = in_force(tx, None, tx.now)
    return policy(tx, counts.profile, counts.version).body


def publish(tx: Tx, actor: Actor, asked: Publish) -> PolicyVersion:
    """Publish a version of a profile; asked again with the same, it is there already."""
    check_operates(actor, Right.RULE)
    scrutiny.check(asked.body)
    body = asked.body
    last = storage.latest(tx, body.profile)
    if last is not None and last.version == asked.after + 1 and last.body == body:
        return last
    if (last.version if last else NOT_YET) != asked.after:
        raise PolicyMovedOn(policy=body.profile, version=last.version if last else NOT_YET)
    new = PolicyVersion(
        profile=body.profile,
        version=asked.after + 1,
        effective_from=_begin(tx, asked.effective_from),
        published_at=tx.now,
        body=body,
    )
    if not storage.add_version(tx, new, actor.id):
        raise PolicyMovedOn(policy=body.profile, version=new.version)
    tx.announce(
        PolicyPublished(profile=new.profile, version=new.version, effective_from=new.effective_from)
    )
    accounts.audit(tx, actor, "policy_published", profile=new.profile, version=new.version)
    return new


def choose(tx: Tx, actor: Actor, asked: Choose) -> PolicyRef:
    """Have the marketplace go by another profile from now on."""
    check_operates(actor, Right.RULE)
    if asked.profile not in storage.profiles(tx):
        raise NoSuchPolicy(policy=asked.profile)
    if storage.chosen(tx) != asked.profile:
        storage.choose(tx, asked.profile, tx.now, actor.id)
        tx.announce(PolicyChosen(profile=asked.profile))
        accounts.audit(tx, actor, "policy_chosen", profile=asked.profile)
    return in_force(tx, None, tx.now)


def rehearse(tx: Tx, actor: Actor, body: Profile) -> Callable[[Trial], Rehearsed]:
    """Return how to show what a matter came to, and what it would come to under other rules.

    What a shop gave beyond the old rules it gives beyond the new ones, too.
    """
    check_operates(actor)
    scrutiny.check(body)
    books: dict[tuple[ShopId, int], Rulebook] = {}

    def tried(one: Trial) -> Rehearsed:
        old, key = book(tx, one.shop, one.of), (one.shop, one.of.terms)
        if key not in books:
            ref = PolicyRef(body.profile, NOT_YET, one.of.terms)
            books[key] = Rulebook(ref, body, old.terms)
        new = books[key].decide(one.matter) if books[key].knows(one.matter.reason) else None
        return Rehearsed(one.matter, old.decide(one.matter), new)

    return tried


def _begin(tx: Tx, wanted: datetime | None) -> datetime:
    if wanted is not None and not tx.now <= wanted <= tx.now + FAR:
        raise DayOutOfReach(moment=wanted.isoformat())
    return wanted or tx.now


# --- what a shop gives --------------------------------------------------------------------


def terms(tx: Tx, actor: Actor, slug_or_id: str) -> ShopTerms:
    """Return where a shop is kinder than the rules."""
    shop = commerce.shop(tx, slug_or_id)
    _check_manages(actor, shop.id)
    return storage.latest_terms(tx, shop.id)


def give_terms(
    tx: Tx, actor: Actor, slug_or_id: str, asked: Terms, after: int | None = None
) -> ShopTerms:
    """Say where a shop is kinder than the rules; anything else is refused by the field's name.

    ``after`` is the number of the terms that these were written from, where the writer saw them.
    """
    shop = commerce.shop(tx, slug_or_id)
    _check_manages(actor, shop.id)
    check_role(actor, Right.RULE)
    body = rules_in_force(tx)
    kindness.check(body, asked, clocks_of(body))
    last = storage.latest_terms(tx, shop.id)
    if last.terms == asked:
        return last
    if after not in {None, last.number}:
        raise TermsMovedOn(number=last.number)
    new = ShopTerms(last.number + 1, asked, tx.now)
    if not storage.add_terms(tx, shop.id, new, actor.id):
        raise TermsMovedOn(number=new.number)
    tx.announce(TermsGiven(shop=shop.id, number=new.number))
    accounts.audit(tx, actor, "terms_given", shop=shop.id, number=new.number)
    return new


def clocks_of(body: Profile) -> dict[str, Length]:
    """Return every clock of a profile, with ours where it does not say."""
    return {**shipped.clocks(), **body.clocks}


def _check_manages(actor: Actor, shop: ShopId) -> None:
    if not rights.may_operate(actor) and not actor.works_for(shop, Rank.MANAGER):
        raise NotYourShop
