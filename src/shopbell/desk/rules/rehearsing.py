"""What a rule would have done: asked of what really happened, with nothing changed.

Conditions are asked of orders, parcels, tags and hours as they are now, of words as they were
said. Guards are left out: it is what the rule is for that is to be seen.
"""

import time
from collections.abc import Iterator
from datetime import timedelta

from msgspec import Struct

from shopbell.commerce import service as commerce
from shopbell.commerce.model import Shop
from shopbell.conversations import service as conversations
from shopbell.conversations.model import ConversationId, Stream
from shopbell.desk.rules.checking import cleaned, keeper
from shopbell.desk.rules.commands import RehearseRule, TryRule
from shopbell.desk.rules.judging import acts_on, together, verdicts
from shopbell.desk.rules.model import Rehearsal, Rule, RuleBody, RuleId, Trial, WouldAct
from shopbell.desk.rules.past import Past, past
from shopbell.desk.rules.scene import Scene, actor_of
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor, PersonId, ShopId
from shopbell.kernel.ids import new_id

SECONDS_MOST = 4.0
"""So long is looked at most; what was not reached is said to be missing."""

HITS_SHOWN = 100


class _Seen(Struct):
    """How far a look into the past has come."""

    looked_at: int = 0
    whole: bool = True
    count: int = 0


def attempt(tx: Tx, actor: Actor, asked: TryRule) -> Trial:
    """Explain what a rule would make of one conversation now, after its last words."""
    shop = keeper(actor)
    body = cleaned(asked.body, shop)
    talk = conversations.entered(tx, actor, Stream(ConversationId(asked.conversation)))
    scene = Scene(tx, actor_of(_unsaved(tx, body, shop), talk.shop), talk)
    found = verdicts(body, scene, talk.last_text)
    return Trial(together(found), found)


def rehearse(tx: Tx, actor: Actor, asked: RehearseRule) -> Rehearsal:
    """Show what a rule would have done in the last days; of all shops for the operator."""
    shop = keeper(actor)
    rule = _unsaved(tx, cleaned(asked.body, shop), shop)
    seen, hits = _Seen(), list[WouldAct]()
    shops = [shop] if shop else [one.id for one in commerce.shops(tx)]
    until = time.perf_counter() + SECONDS_MOST
    for each in shops:
        for hit in _in_shop(tx, rule, each, seen, asked.days, until):
            seen.count += 1
            hits += [hit] if len(hits) < HITS_SHOWN else []
    return Rehearsal(asked.days, seen.looked_at, seen.count, seen.whole, hits, rule.body.acts)


def _in_shop(  # noqa: PLR0917 - a look has these parts
    tx: Tx, rule: Rule, shop: ShopId, seen: _Seen, days: int, until: float
) -> Iterator[WouldAct]:
    read = past(tx, shop, rule.body, tx.now - timedelta(days=days))
    seen.whole &= read.whole
    conversations.read_ahead(tx, {Stream(one.conversation) for one in read.found})
    scenes: dict[ConversationId, Scene] = {}
    found = commerce.shop(tx, shop)
    for one in read.found:
        if time.perf_counter() > until:
            seen.whole = False
            return
        seen.looked_at += 1
        if one.conversation not in scenes:
            scenes[one.conversation] = _scene(tx, rule, found, one)
        scene = scenes[one.conversation]
        if acts_on(rule.body, scene, one.text or scene.talk.last_text):
            yield WouldAct(one.conversation, scene.talk.buyer_name, one.at)


def _scene(tx: Tx, rule: Rule, shop: Shop, one: Past) -> Scene:
    actor = actor_of(rule, shop.id)
    talk = conversations.entered(tx, actor, Stream(one.conversation))
    return Scene(tx, actor, talk, shop)


def _unsaved(tx: Tx, body: RuleBody, shop: ShopId | None) -> Rule:
    nobody = PersonId(new_id())
    return Rule(id=RuleId(nobody), shop=shop, by=nobody, version=1, body=body, changed_at=tx.now)
