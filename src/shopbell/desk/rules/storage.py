"""Every statement of this room, built once."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import bindparam, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert  # also compiles for SQLite

from shopbell.conversations.model import ConversationId
from shopbell.desk.rules.model import Outcome, Rule, RuleBody, RuleId, Run, Trigger
from shopbell.desk.rules.tables import rules, runs
from shopbell.desk.spans import span_of
from shopbell.engine.database import Tx
from shopbell.kernel.actor import ShopId

_r, _n = rules.c, runs.c
_THERE = _r.removed.is_(False)
_THIS = _r.id == bindparam("of_rule")
_COLUMNS = [_r[name] for name in Rule.__struct_fields__]
_ONE = select(*_COLUMNS).where(_THIS, _THERE)
_HELD = _ONE.with_for_update()
_ALL = select(*_COLUMNS).where(_THERE).order_by(_r.id)
_OF_SHOP = _ALL.where(_r.shop == bindparam("of_shop"))
_OF_MARKET = _ALL.where(_r.shop.is_(None))
_FOR_SHOP = _ALL.where(or_(_r.shop == bindparam("of_shop"), _r.shop.is_(None)))
_ADD = upsert(rules).on_conflict_do_nothing().returning(_r.id)
_CHANGE = update(rules).where(_THIS)
_WAS_RUN = select(_n.call).where(
    _n.rule == bindparam("of_rule"),
    _n.version == bindparam("of_version"),
    _n.call == bindparam("of_call"),
)
_NOTE = upsert(runs).on_conflict_do_nothing()
_LOG = select(*[_n[name] for name in Run.__struct_fields__])
_OF_RULE = (
    _LOG.where(_n.rule == bindparam("of_rule"))
    .order_by(_n.at.desc(), _n.call.desc())
    .limit(bindparam("most"))
)
_LATELY = (
    select(func.count())
    .select_from(runs)
    .where(
        _n.conversation == bindparam("talk"),
        _n.at > bindparam("since"),
        _n.outcome == Outcome.DONE,
    )
)
_FORGET = delete(runs).where(_n.at < bindparam("before"))

FRESH = timedelta(seconds=5)
"""So long another process may go by the rules it knows of: a message must not pay for more."""

_KNOWN = "automation"


class Waits(NamedTuple):
    """What the rules of a shop wait for, and after how long a silence the first of them."""

    triggers: frozenset[Trigger] = frozenset()
    silence: timedelta | None = None


class _Known(NamedTuple):
    at: datetime
    of: Mapping[ShopId | None, Waits]


def waits(tx: Tx, shop: ShopId) -> Waits:
    """Return what rules wait for in a shop, as it was lately: no statement, most of the time."""
    known: _Known | None = tx.remembered.get(_KNOWN) or tx.memory.get(_KNOWN)
    if known is None or abs(tx.now - known.at) >= FRESH:
        known = tx.remembered[_KNOWN] = _Known(tx.now, _read_waits(tx))
    if not known.of:
        return Waits()
    own, all_shops = known.of.get(shop, Waits()), known.of.get(None, Waits())
    spans = [one for one in (own.silence, all_shops.silence) if one]
    return Waits(own.triggers | all_shops.triggers, min(spans, default=None))


def _read_waits(tx: Tx) -> dict[ShopId | None, Waits]:
    found: dict[ShopId | None, Waits] = {}
    for rule in (Rule(**row._mapping) for row in tx.execute(_ALL)):  # noqa: SLF001
        if rule.body.on:
            known = found.get(rule.shop, Waits())
            spans = [known.silence, span_of(rule.body.value)]
            silent = rule.body.trigger is Trigger.SILENCE
            silence = min(filter(None, spans), default=None) if silent else known.silence
            found[rule.shop] = Waits(known.triggers | {rule.body.trigger}, silence)
    return found


def _changed(tx: Tx) -> None:
    """Have this process read anew what rules there are."""
    tx.remembered[_KNOWN] = _Known(tx.now, _read_waits(tx))


def one(tx: Tx, rule: RuleId) -> Rule | None:
    """Return a rule that was not taken away."""
    row = tx.execute(_ONE, {"of_rule": rule}).one_or_none()
    return None if row is None else Rule(**row._mapping)  # noqa: SLF001


def held(tx: Tx, rule: RuleId) -> Rule | None:
    """Return a rule that nobody else runs or changes until this is committed."""
    row = tx.execute(_HELD, {"of_rule": rule}).one_or_none()
    return None if row is None else Rule(**row._mapping)  # noqa: SLF001


def kept_by(tx: Tx, shop: ShopId | None) -> list[Rule]:
    """List the rules of a shop, or those of the marketplace, in the order in which they run."""
    found = tx.execute(_OF_SHOP, {"of_shop": shop}) if shop else tx.execute(_OF_MARKET)
    return _in_order(Rule(**row._mapping) for row in found)  # noqa: SLF001


def for_shop(tx: Tx, shop: ShopId) -> list[Rule]:
    """List what runs in a shop: the marketplace's rules and its own, in their order."""
    found = tx.execute(_FOR_SHOP, {"of_shop": shop})
    return _in_order(Rule(**row._mapping) for row in found)  # noqa: SLF001


def add(tx: Tx, rule: Rule) -> bool:
    """Keep a new rule; false if there is one of this id."""
    row = {name: getattr(rule, name) for name in rule.__struct_fields__}
    added = tx.execute(_ADD, {**row, "removed": False}).one_or_none() is not None
    _changed(tx)
    return added


def change(tx: Tx, rule: Rule) -> None:
    """Keep a rule as it is now."""
    row = {name: getattr(rule, name) for name in rule.__struct_fields__ if name != "id"}
    tx.execute(_CHANGE.values(**row), {"of_rule": rule.id})
    _changed(tx)


def count_failures(tx: Tx, rule: RuleId, failures: int) -> None:
    """Note how often a rule has failed running."""
    tx.execute(_CHANGE.values(failures=failures), {"of_rule": rule})


def remove(tx: Tx, rule: RuleId) -> None:
    """Take a rule away; what it did stays to be read."""
    tx.execute(_CHANGE.values(removed=True), {"of_rule": rule})
    _changed(tx)


def was_run(tx: Tx, rule: Rule, call: str) -> bool:
    """Tell whether a rule as it is was run for this call."""
    given = {"of_rule": rule.id, "of_version": rule.version, "of_call": call}
    return tx.execute(_WAS_RUN, given).one_or_none() is not None


def note(tx: Tx, run: Run) -> None:
    """Keep what came of a run."""
    tx.execute(_NOTE, {name: getattr(run, name) for name in run.__struct_fields__})


def log(tx: Tx, rule: RuleId, most: int) -> list[Run]:
    """List what a rule did, the latest first."""
    found = tx.execute(_OF_RULE, {"of_rule": rule, "most": most})
    return [Run(**row._mapping) for row in found]  # noqa: SLF001


def ran_lately(tx: Tx, talk: ConversationId, since: datetime) -> int:
    """Count how often rules acted on a conversation since then."""
    return int(tx.execute(_LATELY, {"talk": talk, "since": since}).scalar_one())


def forget(tx: Tx, before: datetime) -> None:
    """Forget what rules did before then."""
    tx.execute(_FORGET, {"before": before})


def _in_order(found: Iterable[Rule]) -> list[Rule]:
    return sorted(found, key=_place)


def _place(rule: Rule) -> tuple[bool, int, RuleId]:
    """Return where a rule stands: the marketplace's run first."""
    body: RuleBody = rule.body
    return rule.shop is not None, body.place, rule.id
