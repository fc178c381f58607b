"""Running rules: each in a transaction of its own, once for what called it, and not for ever."""

import hashlib
import time
from datetime import timedelta

from msgspec.structs import replace

from shopbell.accounts import letters
from shopbell.accounts import service as accounts
from shopbell.accounts.standing import barred_now
from shopbell.conversations import service as conversations
from shopbell.conversations import tending
from shopbell.conversations.model import Conversation, Stream
from shopbell.desk import storage as desk
from shopbell.desk.macros.deeds import Press, step_cmid
from shopbell.desk.macros.model import Deed
from shopbell.desk.rules import storage
from shopbell.desk.rules.acts import ACTS, IN_PUBLIC, SPEAKS
from shopbell.desk.rules.calling import CHAIN
from shopbell.desk.rules.judging import together, verdicts
from shopbell.desk.rules.model import (
    DEPTH_MOST,
    FAILURES_MOST,
    OFTEN_MOST,
    OFTEN_WITHIN,
    AutomationStopped,
    CallRules,
    Did,
    Outcome,
    Rule,
    RuleId,
    Run,
    Stop,
    Story,
    Trigger,
    Verdict,
)
from shopbell.desk.rules.scene import Scene, actor_of, round_of, words_in
from shopbell.desk.spans import span_of
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM, Reach
from shopbell.kernel.refusals import Refusal, Unavailable


class Hindered(Exception):
    """An action was refused, so the whole run is taken back; it is told what and after what."""

    def __init__(self, act: Deed, refusal: Refusal, found: list[Verdict]) -> None:
        super().__init__(f"{act.do}: {refusal}")
        self.act, self.refusal, self.found = act, refusal, found


def called(tx: Tx, call: CallRules) -> list[RuleId]:
    """List the rules that a call is for, in their order."""
    value = _named(tx, call)
    return [one.id for one in storage.for_shop(tx, call.shop) if _hears(one, call, value)]


def run(tx: Tx, of: RuleId, call: CallRules) -> Outcome | None:
    """Have a rule look at what called it, and act; None if there was nothing for it to do."""
    began = time.perf_counter()
    rule = storage.held(tx, of)
    if rule is None or not rule.body.on or storage.was_run(tx, rule, call.call):
        return None
    desk.held_rule(tx, call.shop)  # before the conversation, as whoever gives out work does
    talk = conversations.entered(
        tx, actor_of(rule, call.shop), Stream(call.conversation), hold=True
    )
    scene = Scene(tx, actor_of(rule, call.shop), talk)
    found = verdicts(rule.body, scene, _text(tx, talk, call))
    if not together(found):
        return None
    stop = _stopped(tx, rule, call)
    did = [] if stop else _act(tx, rule, call, scene, found)
    outcome = Outcome.STOPPED if stop else Outcome.DONE
    took = 1_000 * (time.perf_counter() - began)
    storage.note(tx, _run(tx, rule, call, outcome, Story(found, did, stop, took)))
    if rule.failures and not stop:
        storage.count_failures(tx, rule.id, 0)
    return outcome


def note_failure(tx: Tx, of: RuleId, call: CallRules, why: Hindered) -> None:
    """Keep that a rule failed; one that failed too often running is switched off."""
    rule = storage.held(tx, of)
    if rule is None or storage.was_run(tx, rule, call.call):
        return
    did = [Did(why.act, refused=why.refusal.code)]
    storage.note(tx, _run(tx, rule, call, Outcome.FAILED, Story(why.found, did)))
    failures = rule.failures + 1
    storage.count_failures(tx, rule.id, failures)
    if failures >= FAILURES_MOST:
        _switch_off(tx, replace(rule, failures=failures))


def _named(tx: Tx, call: CallRules) -> str:
    """Return what a call may be narrowed by, as people write it: a tag by its name."""
    if call.trigger is not Trigger.TAGGED:
        return call.value
    tags = desk.tags_of(tx, call.shop)
    return next((one.name for one in tags if one.id == call.value), "")


def _hears(rule: Rule, call: CallRules, value: str) -> bool:
    body = rule.body
    if not body.on or body.trigger is not call.trigger:
        return False
    if body.trigger is Trigger.SILENCE:
        span = span_of(body.value)
        return span is not None and span <= timedelta(seconds=int(value or 0))
    return not body.value or body.value.casefold() == value.casefold()


def _text(tx: Tx, talk: Conversation, call: CallRules) -> str:
    """Return the words that called a rule, else the last that were said."""
    if not call.seq:
        return talk.last_text
    page = conversations.page(tx, SYSTEM, Stream(talk.id), after=call.seq - 1, limit=1, of=talk)
    return words_in(page.events[0].data).text if page.events else ""


def _stopped(tx: Tx, rule: Rule, call: CallRules) -> Stop | None:
    """Return which guard stops a rule: its own doing, too long a chain, too much at a time."""
    if rule.id in call.chain:
        return Stop.ITSELF
    if len(call.chain) >= DEPTH_MOST:
        return Stop.DEEP
    lately = storage.ran_lately(tx, call.conversation, tx.now - OFTEN_WITHIN)
    return Stop.OFTEN if lately >= OFTEN_MOST else None


def _act(tx: Tx, rule: Rule, call: CallRules, scene: Scene, found: list[Verdict]) -> list[Did]:
    """Do all that a rule does, or nothing; whatever that calls knows by which rules it came."""
    tx.held[CHAIN] = (*call.chain, rule.id)
    name = hashlib.sha256(f"{rule.id}.{rule.version}.{call.call}".encode()).hexdigest()
    did: list[Did] = []
    for step, act in enumerate(rule.body.acts):
        # As it stands now: an action before this one may have spoken.
        if act.do in SPEAKS and (stop := _kept_back(tx, tending.held(tx, scene.talk.id))):
            did.append(Did(act, kept_back=stop))
            continue
        try:
            ACTS[act.do].do(tx, _press(tx, rule, scene, act, step_cmid(name, step)))
        except Unavailable:
            raise  # it is tried again
        except Refusal as refusal:
            raise Hindered(act, refusal, found) from refusal
        did.append(Did(act))
    tx.held.pop(CHAIN)
    return did


def _kept_back(tx: Tx, talk: Conversation) -> Stop | None:
    """Return what keeps a rule from speaking to the buyer: a block of its shop is its, too."""
    if barred_now(tx, talk.shop) is Reach.WRITING:
        return Stop.BLOCKED
    return Stop.SPOKEN if round_of(tx, talk).spoken else None


def _press(tx: Tx, rule: Rule, scene: Scene, act: Deed, cmid: str) -> Press:
    """Return an action as a press of a button: before the buyer's eyes it is the shop's."""
    talk = tending.held(tx, scene.talk.id)
    actor = actor_of(rule, talk.shop)
    if act.do in IN_PUBLIC:
        actor = replace(actor, name=talk.shop_name, barred=barred_now(tx, talk.shop))
    known = replace(scene.known, talk=talk)
    reader = known.shop.languages[0]
    return Press(actor, known, rule.body.name, act.value, cmid, reader, automatic=True)


def _run(tx: Tx, rule: Rule, call: CallRules, outcome: Outcome, story: Story) -> Run:
    return Run(
        rule=rule.id,
        version=rule.version,
        call=call.call,
        trigger=call.trigger,
        conversation=call.conversation,
        shop=call.shop,
        at=tx.now,
        outcome=outcome,
        story=story,
    )


def _switch_off(tx: Tx, rule: Rule) -> None:
    """Have a rule run no more, and write to whoever wrote it."""
    off = replace(rule.body, on=False)
    version = rule.version + 1
    storage.change(tx, replace(rule, body=off, version=version, stopped_at=tx.now))
    page = "/shop/rules" if rule.shop else "/console/rules"
    letters.write(
        tx,
        accounts.person(tx, rule.by),
        "rule_stopped",
        rule=rule.body.name,
        link=f"{tx.settings.base_url}{page}/{rule.id}",
    )
    tx.announce(AutomationStopped(shop=rule.shop, rule=rule.id, failures=rule.failures))
