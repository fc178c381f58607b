"""What people ask of the score of a shop. Each function is one transaction that only reads."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from shopbell.accounts import service as accounts
from shopbell.accounts.standing import check_operates
from shopbell.analytics import indexing
from shopbell.analytics.refusals import PlaceUnknown
from shopbell.analytics.score import ruling, storage
from shopbell.analytics.score.commands import Ranked, RoundShown, ScoreRounds, ScoreShown
from shopbell.analytics.score.judging import judge, standing, tallied, trend
from shopbell.analytics.score.model import Appeal, Judged, RoundTold, Standing, Verdict
from shopbell.commerce import service as commerce
from shopbell.commerce.hours import find_zone
from shopbell.commerce.model import Shop
from shopbell.conversations import history, posting
from shopbell.conversations import service as conversations
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor, PersonId, ShopId
from shopbell.kernel.texts import FALLBACK, Words

TREND_DAYS = 30
KNOWN_FOR = timedelta(minutes=1)
"""So long buyers see what was found a moment ago; every page about a shop asks."""

EXPORT_MOST = 10_000
APPEALS_SHOWN = 50


def expected(tx: Tx, shop: Shop) -> Standing:
    """Return what buyers may expect of a shop: the same number that the shop sees."""
    key = ("score", shop.id)
    known: tuple[datetime, Standing] | None = tx.remembered.get(key) or tx.memory.get(key)
    if known is None or not timedelta() <= tx.now - known[0] < KNOWN_FOR:
        profile = ruling.in_force(tx).profile
        judged = _in_window(_judged(tx, shop, 0), shop, profile.window_days, tx.now)
        stands = standing(profile, judged, find_zone(shop.zone), tx.now)
        known = tx.remembered[key] = tx.now, stands
    return known[1]


def score(tx: Tx, actor: Actor, shop: str) -> ScoreShown:
    """Return how a shop stands and why; to its managers and the operator."""
    found = commerce.managed(tx, actor, shop)
    rule, zone = ruling.in_force(tx), find_zone(found.zone)
    judged, today = _judged(tx, found, TREND_DAYS), tx.now.astimezone(zone).date()
    days = tallied(judged, zone)
    window = _in_window(judged, found, rule.profile.window_days, tx.now)
    appeals = storage.appeals_of(tx, found.id, APPEALS_SHOWN)
    return ScoreShown(
        shop=found.id,
        standing=standing(rule.profile, window, zone, tx.now),
        rule=rule,
        coming=ruling.coming(tx),
        trend=trend(rule.profile, days, today, TREND_DAYS),
        verdicts=dict(Counter(one.verdict for one in window)),
        appeals=appeals,
        proofs={one.id: posting.files_by(tx, one.by, one.files) for one in appeals if one.files},
        behind=round(indexing.lag(tx), 1),
    )


def rounds(
    tx: Tx, actor: Actor, shop: str, verdict: Verdict | None, *, after: str = "", limit: int = 50
) -> ScoreRounds:
    """List what a score is made of, the newest first; to its managers and the operator."""
    found = commerce.managed(tx, actor, shop)
    days = ruling.in_force(tx).profile.window_days
    judged = [
        one
        for one in _in_window(_judged(tx, found, 0), found, days, tx.now)
        if verdict in {None, one.verdict}
    ]
    judged.sort(key=lambda one: (one.round.at, one.round.key), reverse=True)
    begin = _place(judged, after)
    most = max(1, min(limit, EXPORT_MOST))
    page = judged[begin : begin + most]
    following = _name(page[-1].round) if begin + most < len(judged) else None
    return ScoreRounds(shown(tx, found.id, page), following)


def ranking(tx: Tx, actor: Actor) -> list[Ranked]:
    """List all shops, those furthest below their promise first; to the operator."""
    check_operates(actor)
    found = [Ranked(one.id, one.slug, one.name, expected(tx, one)) for one in commerce.shops(tx)]
    return sorted(found, key=lambda one: (one.standing.score is None, one.standing.score or 0))


def judge_one(tx: Tx, shop: Shop, one: RoundTold) -> Judged:
    """Say what the rule makes of one round, whatever was asked about it."""
    return judge(ruling.in_force(tx).profile, find_zone(shop.zone), one, tx.now)


def shown(tx: Tx, shop: ShopId, judged: Sequence[Judged]) -> list[RoundShown]:
    """Return rounds as people read them."""
    topics = conversations.topics(tx, {one.round.conversation for one in judged})
    people = accounts.names(tx, {one.round.agent for one in judged if one.round.agent})
    asked = {(one.conversation, one.n): one for one in storage.appeals_of(tx, shop, EXPORT_MOST)}
    begun = history.asked(tx, [(one.round.conversation, one.round.at) for one in judged])
    found: list[RoundShown] = []
    for one in judged:
        topic = topics.get(one.round.conversation)
        title: Words = topic.subject.title if topic else {FALLBACK: ""}
        buyer = topic.buyer_name if topic else ""
        seq = begun.get((one.round.conversation, one.round.at))
        shown = _shown(one, title, buyer, people, asked.get(one.round.key))
        found.append(replace(shown, seq=seq))
    return found


def _shown(
    one: Judged, title: Words, buyer: str, people: Mapping[PersonId, str], appeal: Appeal | None
) -> RoundShown:
    told = one.round
    took = None if told.took is None else timedelta(milliseconds=told.took)
    return RoundShown(
        conversation=told.conversation,
        n=told.n,
        seq=None,
        subject=title,
        buyer=buyer,
        started=told.at,
        answered=told.at + took if took is not None else None,
        took=took.total_seconds() if took is not None else None,
        seconds=one.seconds,
        channel=told.channel,
        agent=people.get(told.agent, "") if told.agent else "",
        verdict=one.verdict,
        counted=one.verdict.counts,
        appeal=appeal.id if appeal else None,
        outcome=appeal.outcome if appeal else None,
    )


def _judged(tx: Tx, shop: Shop, more: int) -> list[Judged]:
    """Judge the rounds of the window, and of so many days before it."""
    profile, zone = ruling.in_force(tx).profile, find_zone(shop.zone)
    since = tx.now - timedelta(days=profile.window_days + more + 1)
    excused = storage.excused(tx, shop.id)
    told = storage.rounds(tx, shop.id, since)
    return [judge(profile, zone, one, tx.now, excused) for one in told]


def _in_window(judged: Sequence[Judged], shop: Shop, days: int, now: datetime) -> list[Judged]:
    """Leave those that began in the window: whole days of the shop, today the last."""
    zone = find_zone(shop.zone)
    first = now.astimezone(zone).date() - timedelta(days=days - 1)
    return [one for one in judged if one.round.at.astimezone(zone).date() >= first]


def _name(one: RoundTold) -> str:
    return f"{one.conversation}_{one.n}"


def _place(judged: Sequence[Judged], after: str) -> int:
    """Return where a page begins that goes on behind a round."""
    if not after:
        return 0
    places = (n for n, one in enumerate(judged, 1) if _name(one.round) == after)
    place = next(places, None)
    if place is None:
        raise PlaceUnknown
    return place
