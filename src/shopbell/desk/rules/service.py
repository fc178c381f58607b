"""What people do with rules. Each function is one transaction."""

from collections.abc import Sequence

from msgspec import UNSET
from msgspec.structs import replace

from shopbell.accounts import service as accounts
from shopbell.accounts.roles import Right
from shopbell.desk.macros import service as macros
from shopbell.desk.macros.model import Deed
from shopbell.desk.macros.refusals import NoSuchMacro
from shopbell.desk.rules import storage
from shopbell.desk.rules.checking import cleaned, keeper
from shopbell.desk.rules.commands import PutRule
from shopbell.desk.rules.cycles import cycle
from shopbell.desk.rules.model import KEPT, AutomationChanged, Rule, RuleBody, RuleId, Run
from shopbell.desk.rules.refusals import NoSuchRule, RuleCallsItself, RuleMovedOn, RulesFull
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor, ShopId
from shopbell.kernel.ids import is_id

RULES_MOST = 100
"""So many a shop has: each call looks through them."""

LOG_MOST = 200


def rules(tx: Tx, actor: Actor) -> list[Rule]:
    """List the rules that somebody keeps, in the order in which they run."""
    return storage.kept_by(tx, keeper(actor))


def one(tx: Tx, actor: Actor, rule: str) -> Rule:
    """Return a rule that somebody keeps."""
    shop = keeper(actor)
    found = storage.one(tx, RuleId(rule)) if is_id(rule) else None
    if found is None or found.shop != shop:
        raise NoSuchRule
    return found


def find(tx: Tx, actor: Actor, rule: str) -> Rule | None:
    """Return the same, or nothing where nothing of the kind is kept yet."""
    try:
        return one(tx, actor, rule)
    except NoSuchRule:
        return None


def put(tx: Tx, actor: Actor, rule: str, asked: PutRule) -> Rule:
    """Write a rule under an id of the writer's, or anew; the same again changes nothing."""
    shop = keeper(actor, Right.RULE)
    if not is_id(rule):
        raise NoSuchRule
    body = cleaned(asked.body, shop)
    before = storage.held(tx, RuleId(rule))
    if before is None:
        return _add(tx, actor, RuleId(rule), shop, asked, body)
    if before.shop != shop:
        raise NoSuchRule
    if before.body == body:
        return before
    if asked.version != before.version:
        raise RuleMovedOn(version=before.version)
    _check_ends(tx, actor, before.id, shop, body)
    changed = replace(
        before,
        by=actor.id,
        version=before.version + 1,
        body=body,
        changed_at=tx.now,
        failures=0,
        stopped_at=None,
    )
    storage.change(tx, changed)
    _tell(tx, actor, changed)
    return changed


def remove(tx: Tx, actor: Actor, rule: str) -> None:
    """Take a rule away; what it did stays to be read for a while."""
    keeper(actor, Right.RULE)
    known = one(tx, actor, rule)
    storage.held(tx, known.id)
    storage.remove(tx, known.id)
    _tell(tx, actor, known, removed=True)


def log(tx: Tx, actor: Actor, rule: str) -> list[Run]:
    """List what a rule did in the last 90 days, the latest 200 first."""
    return storage.log(tx, one(tx, actor, rule).id, LOG_MOST)


def forget_old(tx: Tx) -> None:
    """Forget what rules did more than 90 days ago."""
    storage.forget(tx, tx.now - KEPT)


def _add(  # noqa: PLR0917 - a new rule has these parts
    tx: Tx, actor: Actor, rule: RuleId, shop: ShopId | None, asked: PutRule, body: RuleBody
) -> Rule:
    if asked.version is not UNSET:
        raise NoSuchRule
    if len(storage.kept_by(tx, shop)) >= RULES_MOST:
        raise RulesFull(most=RULES_MOST)
    _check_ends(tx, actor, rule, shop, body)
    new = Rule(id=rule, shop=shop, by=actor.id, version=1, body=body, changed_at=tx.now)
    if not storage.add(tx, new):
        raise NoSuchRule
    _tell(tx, actor, new)
    return new


def _check_ends(tx: Tx, actor: Actor, rule: RuleId, shop: ShopId | None, body: RuleBody) -> None:
    """Refuse a rule whose macros are not there, or that would call itself, whoever helps it."""
    known = {act.value: _deeds(tx, actor, act.value) for act in body.acts if act.do == "macro"}

    def deeds_of(key: str) -> Sequence[Deed]:
        if key not in known:
            found = macros.called(tx, actor, key, own=False) if shop else None
            known[key] = found.body.deeds if found else []
        return known[key]

    around = storage.for_shop(tx, shop) if shop else storage.kept_by(tx, None)
    others = [one.body for one in around if one.id != rule]
    way = cycle(body, others, deeds_of) if body.on else []
    if way:
        raise RuleCallsItself(cycle=" → ".join(way))


def _deeds(tx: Tx, actor: Actor, key: str) -> list[Deed]:
    found = macros.called(tx, actor, key, own=False)
    if found is None:
        raise NoSuchMacro
    return found.body.deeds


def _tell(tx: Tx, actor: Actor, rule: Rule, *, removed: bool = False) -> None:
    tx.announce(
        AutomationChanged(
            shop=rule.shop, rule=rule.id, version=rule.version, by=actor.id, removed=removed
        )
    )
    accounts.audit(tx, actor, "rule_removed" if removed else "rule_written", shop=rule.shop or "")
