"""Using a macro: its words into the field, or all it does, in one transaction."""

import hashlib
from collections.abc import Sequence

import msgspec
from msgspec import UNSET

from shopbell.conversations import service as conversations
from shopbell.conversations.model import ConversationId, Stream
from shopbell.conversations.refusals import IdempotencyConflict
from shopbell.desk import storage as desk
from shopbell.desk.macros import deeds, grammar, naming, service, storage
from shopbell.desk.macros.commands import RunMacro
from shopbell.desk.macros.knowing import Known, fits, known_of
from shopbell.desk.macros.model import Deed, Macro, MacroBody, MacroRan, Ran
from shopbell.desk.macros.refusals import GapsLeft, MacroDoesNotFit, NoSuchMacro
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor
from shopbell.kernel.texts import Locale

SPEAKS = "send"


def run(
    tx: Tx,
    actor: Actor,
    macro_id: str,
    asked: RunMacro,
    reader: Locale,
    *,
    automatic: bool = False,
) -> Ran:
    """Use a macro once, however often its user's line drops: all that it does, or nothing.

    A rule does so ``automatic``-ally: it has conditions of its own, and says the words.
    """
    macro = service.one(tx, actor, macro_id)
    if deeds.shares_work(macro.body.deeds):
        desk.held_rule(tx, macro.shop)  # before the conversation, as whoever gives out work does
    talk = conversations.entered(tx, actor, Stream(ConversationId(asked.conversation)), hold=True)
    fingerprint = hashlib.sha256(msgspec.json.encode((macro_id, asked))).digest()
    if again := storage.run(tx, actor.id, asked.cmid):
        if again[0] != fingerprint:
            raise IdempotencyConflict
        return again[1]
    if macro.shop != talk.shop:
        raise NoSuchMacro
    known = known_of(tx, actor, talk)
    ran = _ran(tx, actor, macro, known, asked=asked, reader=reader, automatic=automatic)
    storage.count_use(tx, macro, known.kind)
    name = (actor.id, asked.cmid)
    storage.add_run(tx, name, macro.id, talk.id, asked=fingerprint, ran=ran)
    tx.announce(_told(actor, macro, known, ran))
    return ran


def _ran(
    tx: Tx,
    actor: Actor,
    macro: Macro,
    known: Known,
    *,
    asked: RunMacro,
    reader: Locale,
    automatic: bool,
) -> Ran:
    filled = naming.filled(macro.body, known, reader)
    text = filled.text if asked.text is UNSET else asked.text
    if not asked.acts:
        return Ran(text, filled.locale)
    if not (automatic or fits(macro.body.fits, known)):
        raise MacroDoesNotFit
    doing = _by_itself(macro.body) if automatic else macro.body.deeds
    _check_whole(doing, text)
    opens: str | None = None
    for step, deed in enumerate(doing):
        cmid = deeds.step_cmid(asked.cmid, step)
        press = deeds.Press(actor, known, text, deed.value, cmid, reader, automatic)
        opens = deeds.DEEDS[deed.do].do(tx, press) or opens
    done = [deed.do for deed in doing]
    return Ran("" if SPEAKS in done else text, filled.locale, done, opens)


def _by_itself(body: MacroBody) -> list[Deed]:
    """Return what a macro does that nobody presses: what it would lay before them is said."""
    found = [one for one in body.deeds if one.do not in {"insert", "form"}]
    speaks = any(one.do == SPEAKS for one in found)
    return found if speaks or not body.texts else [Deed(SPEAKS), *found]


def _check_whole(doing: Sequence[Deed], text: str) -> None:
    """Refuse to send words in which something is still missing."""
    left = grammar.missing_in(text)
    if left and any(deed.do == SPEAKS for deed in doing):
        raise GapsLeft(gaps=", ".join(left))


def _told(actor: Actor, macro: Macro, known: Known, ran: Ran) -> MacroRan:
    return MacroRan(
        shop=macro.shop,
        macro=macro.id,
        version=macro.version,
        conversation=known.talk.id,
        by=actor.id,
        done=ran.done,
    )
