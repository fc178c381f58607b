"""What whoever takes over a conversation has to know, put together from what is kept of it.

Nothing is made up: every line stands in the thread, in a case or with a parcel.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from babel import dates
from msgspec import UNSET, Struct, UnsetType, json

from shopbell.cases import service as cases
from shopbell.cases.shown import CaseListed
from shopbell.commerce import service as commerce
from shopbell.commerce.model import Eta
from shopbell.conversations import service as conversations
from shopbell.conversations.commands import SaidFact
from shopbell.conversations.model import (
    Audience,
    Conversation,
    ConversationId,
    Event,
    Stream,
    SubjectKind,
)
from shopbell.conversations.thread import preview
from shopbell.desk.together.model import HandOver, Line, Part
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor, Side
from shopbell.kernel.texts import Locale, say, text
from shopbell.language.model import FactKind

QUESTIONS_MOST, FACTS_MOST = 3, 8


class _Words(Struct, frozen=True):
    text: str = ""
    facts: list[SaidFact] | UnsetType = UNSET
    automatic: bool | UnsetType = UNSET


class _Said(NamedTuple):
    side: Side
    by: str
    at: datetime
    words: _Words


class _Desk(NamedTuple):
    """What all parts are made from: the conversation as it stands, and for whom it is said."""

    tx: Tx
    actor: Actor
    talk: Conversation
    said: list[_Said]
    locale: Locale
    zone: ZoneInfo

    def text(self, key: str, **facts: str | float) -> str:
        return text(self.locale, f"team.{key}", **facts)

    def moment(self, at: datetime) -> str:
        local = at.astimezone(self.zone)
        joint = " " if self.locale == "zh" else ", "
        day = dates.format_skeleton("MMMd", local, locale=self.locale)
        return f"{day}{joint}{dates.format_time(local, 'short', locale=self.locale)}"

    def days(self, eta: Eta) -> str:
        first, last = (
            dates.format_skeleton("MMMd", day, locale=self.locale)
            for day in (eta.earliest, eta.latest)
        )
        return first if first == last else f"{first} – {last}"


def summary(tx: Tx, actor: Actor, talk: ConversationId, locale: Locale) -> HandOver:
    """Say since when, what was asked and promised, which cases are open, and the last words."""
    found = conversations.entered(tx, actor, Stream(talk, Audience.NOTES))
    page = conversations.page(tx, actor, Stream(talk), before=found.head + 1, of=found)
    zone = ZoneInfo(commerce.shop(tx, found.shop).zone)
    desk = _Desk(tx, actor, found, _said(page.events), locale, zone)
    parts = [part for name, tell in PARTS.items() if (part := _part(desk, name, tell)).lines]
    return HandOver(tx.now, parts, _note(desk, parts))


def _part(desk: _Desk, name: str, tell: Callable[[_Desk], Iterator[Line]]) -> Part:
    return Part(name, desk.text(f"part_{name}"), list(tell(desk)))


def _note(desk: _Desk, parts: list[Part]) -> str:
    """Write it all as one text, with addresses that lead back."""
    site = desk.tx.settings.base_url
    city = dates.get_timezone_location(desk.zone, desk.locale, return_city=True)
    lines = [desk.text("hand_over", city=city)]
    for part in parts:
        lines.append(f"{part.heading}:")
        lines += [f"– {one.words}{f' {site}{one.href}' if one.href else ''}" for one in part.lines]
    return "\n".join(lines)


def _said(events: list[Event]) -> list[_Said]:
    """Return what people said themselves, oldest first; what was taken back is gone."""
    said = (
        _Said(one.actor.side, one.actor.name, one.at, json.decode(one.data, type=_Words))
        for one in events
        if one.type == "message"
    )
    return [one for one in said if one.words.text and one.words.automatic is not True]


def _since(desk: _Desk) -> Iterator[Line]:
    talk = desk.talk
    yield Line(
        desk.text("opened", buyer=talk.buyer_name, when=desk.moment(talk.created_at)),
        f"/desk/{talk.id}",
    )
    if talk.subject.kind is not SubjectKind.SHOP:
        about = (talk.subject.number, say(talk.subject.title, desk.locale))
        yield Line(" · ".join(filter(None, about)))
    if promise := talk.owed:
        yield Line(desk.text("answer_due", when=desk.moment(promise.at)))


def _asked(desk: _Desk) -> Iterator[Line]:
    """Tell what the shop has not answered; if it has answered all, what the buyer said last."""
    answered = max((n for n, one in enumerate(desk.said) if one.side is Side.SELLER), default=-1)
    behind = [one for one in desk.said[answered + 1 :] if one.side is Side.BUYER]
    for one in behind[-QUESTIONS_MOST:]:
        yield _quoted(desk, one)


def _promised(desk: _Desk) -> Iterator[Line]:
    for case in _open(desk):
        for one in cases.case(desk.tx, desk.actor, case.id).promises:
            if one.kept_at is None:
                key = "promise_broken" if one.broken_at else "promise_runs"
                yield Line(desk.text(key, days=desk.days(one.eta)))
    if desk.talk.subject.kind is SubjectKind.ORDER:
        order = commerce.order(desk.tx, desk.actor, desk.talk.subject.id)
        for parcel in order.to_buyer:
            if parcel.eta and parcel.delivered_at is None:
                facts = {"number": parcel.tracking_number, "days": desk.days(parcel.eta)}
                yield Line(desk.text("parcel_due", **facts))


def _cases(desk: _Desk) -> Iterator[Line]:
    for one in _open(desk):
        named = f"{text(desk.locale, f'case.{one.kind}')} {one.number}"
        state = text(desk.locale, f"case.{one.kind}_is_{one.state}")
        waits = text(desk.locale, f"case.waits_{one.waiting_on}")
        due = desk.text("until", when=desk.moment(one.due.at)) if one.due else ""
        yield Line(". ".join(filter(None, (f"{named}: {state}", waits, due))), f"/cases/{one.id}")


def _facts(desk: _Desk) -> Iterator[Line]:
    named = dict.fromkeys(
        (fact.kind, fact.value, fact.url or "")
        for one in desk.said
        for fact in one.words.facts or []
    )
    for kind, value, href in list(named)[-FACTS_MOST:]:
        known = (
            value if kind is FactKind.LINK else text(desk.locale, f"ahead.fact_{kind}", value=value)
        )
        yield Line(known, href)


def _last_words(desk: _Desk) -> Iterator[Line]:
    for side in (Side.BUYER, Side.SELLER):
        if last := next((one for one in reversed(desk.said) if one.side is side), None):
            yield _quoted(desk, last)


def _quoted(desk: _Desk, one: _Said) -> Line:
    facts = {"who": one.by, "when": desk.moment(one.at), "words": preview(one.words.text)}
    return Line(desk.text("said", **facts))


def _open(desk: _Desk) -> list[CaseListed]:
    return cases.cases(desk.tx, desk.actor, "open", talk=desk.talk.id).items


PARTS: dict[str, Callable[[_Desk], Iterator[Line]]] = {
    "since": _since,
    "asked": _asked,
    "promised": _promised,
    "cases": _cases,
    "facts": _facts,
    "last": _last_words,
}
"""What a hand-over says, in this order; a part that has nothing to say is left out."""
