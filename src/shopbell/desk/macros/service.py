"""What a team does with its macros. Each function is one transaction."""

from msgspec import UNSET
from msgspec.structs import replace

from shopbell.conversations import service as conversations
from shopbell.conversations.model import ConversationId, Stream, TalkKind
from shopbell.desk.macros import faq, naming, storage
from shopbell.desk.macros.checking import check_keeps, cleaned, shop_of
from shopbell.desk.macros.commands import PutMacro, TryMacro
from shopbell.desk.macros.knowing import Known, fits, known_of
from shopbell.desk.macros.model import (
    Filled,
    Macro,
    MacroChanged,
    MacroId,
    MacroVersion,
    Offered,
    Use,
)
from shopbell.desk.macros.refusals import (
    MacroMovedOn,
    MacroNameTaken,
    MacrosFull,
    NoSuchMacro,
    OnlyManagersKeep,
)
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor
from shopbell.kernel.ids import is_id
from shopbell.kernel.texts import Locale

MACROS_MOST = 500
"""So many a shop has, those of its people included: as many as are looked through at once."""

VERSIONS_MOST = 100


def shelf(tx: Tx, actor: Actor) -> list[Offered]:
    """List what ``actor`` may use, by key, with how often it was."""
    found = storage.seen(tx, shop_of(actor), actor.id)
    counted = _counted(tx, actor)
    return [Offered(one, counted.get(one.id, 0), one.is_kept_by(actor)) for one in found]


def offered(tx: Tx, actor: Actor, talk: ConversationId, reader: Locale) -> list[Offered]:
    """List the macros that fit a conversation, filled: first what was used most in such cases."""
    known = _known(tx, actor, talk)
    used = storage.used(tx, known.shop.id)
    counted = _counted(tx, actor)
    found = [one for one in storage.seen(tx, known.shop.id, actor.id) if fits(one.body.fits, known)]
    found.sort(key=lambda one: -_warmth(used, one.id, known))
    return [
        Offered(
            one,
            counted.get(one.id, 0),
            one.is_kept_by(actor),
            naming.filled(one.body, known, reader),
        )
        for one in found
    ]


def one(tx: Tx, actor: Actor, macro: str) -> Macro:
    """Return a macro that ``actor`` may use."""
    return _stored(tx, actor, macro).macro


def find(tx: Tx, actor: Actor, macro: str) -> Macro | None:
    """Return the same, or nothing where nothing of the kind is kept yet."""
    try:
        return one(tx, actor, macro)
    except NoSuchMacro:
        return None


def versions(tx: Tx, actor: Actor, macro: str) -> list[MacroVersion]:
    """Return what a macro said before, the newest first."""
    return storage.past(tx, one(tx, actor, macro).id, VERSIONS_MOST)


def attempt(tx: Tx, actor: Actor, asked: TryMacro, reader: Locale) -> Filled:
    """Show what a macro that is not kept yet would say in a conversation."""
    known = _known(tx, actor, ConversationId(asked.conversation))
    return naming.filled(cleaned(asked.body, own=False), known, reader)


def put(tx: Tx, actor: Actor, macro: str, asked: PutMacro) -> Macro:
    """Write a macro under an id of the writer's, or anew; the same again changes nothing."""
    shop = shop_of(actor)
    if not is_id(macro):
        raise NoSuchMacro
    storage.hold(tx, shop)
    before = storage.one(tx, MacroId(macro))
    if before is None:
        return _add(tx, actor, MacroId(macro), asked)
    if before.removed or before.macro.shop != shop or not before.macro.is_seen_by(actor):
        raise NoSuchMacro
    return _change(tx, actor, before, asked)


def remove(tx: Tx, actor: Actor, macro: str) -> None:
    """Take a macro away, and out of the FAQ; what is gone stays gone."""
    shop = shop_of(actor)
    storage.hold(tx, shop)
    before = storage.one(tx, MacroId(macro)) if is_id(macro) else None
    if before is None or before.macro.shop != shop or not before.macro.is_seen_by(actor):
        raise NoSuchMacro
    if not before.macro.is_kept_by(actor):
        raise OnlyManagersKeep
    if before.removed:
        return
    faq.withdraw(tx, actor, before)
    storage.remove(tx, before.macro.id)
    tx.announce(_changed(before.macro, actor, removed=True))


def called(tx: Tx, actor: Actor, key: str, *, own: bool) -> Macro | None:
    """Return the macro that is called by a key: one's own, or the shop's."""
    shop = shop_of(actor)
    found = storage.called(tx, shop, actor.id if own else shop, key.lower())
    return one(tx, actor, found) if found else None


def _add(tx: Tx, actor: Actor, macro: MacroId, asked: PutMacro) -> Macro:
    shop = shop_of(actor)
    check_keeps(actor, shop, own=asked.own)
    if asked.version is not UNSET:
        raise NoSuchMacro
    body = cleaned(asked.body, own=asked.own)
    if storage.count(tx, shop) >= MACROS_MOST:
        raise MacrosFull(most=MACROS_MOST)
    owner = actor.id if asked.own else None
    new = Macro(id=macro, shop=shop, owner=owner, version=1, body=body, changed_at=tx.now)
    if not storage.add(tx, new, actor.id):
        raise MacroNameTaken(short=body.key)
    faq.publish(tx, actor, storage.Stored(new, {}, removed=False))
    tx.announce(_changed(new, actor))
    return new


def _change(tx: Tx, actor: Actor, before: storage.Stored, asked: PutMacro) -> Macro:
    known = before.macro
    if not known.is_kept_by(actor):
        raise OnlyManagersKeep
    body = cleaned(asked.body, own=known.owner is not None)
    if body == known.body:
        return known
    if asked.version != known.version:
        raise MacroMovedOn(version=known.version)
    changed = replace(known, version=known.version + 1, body=body, changed_at=tx.now)
    _check_key(tx, changed)
    storage.change(tx, changed, actor.id)
    faq.publish(tx, actor, replace(before, macro=changed))
    tx.announce(_changed(changed, actor))
    return changed


def _check_key(tx: Tx, macro: Macro) -> None:
    """Refuse to call a macro as another one is called; for a new one the table itself does."""
    holder = storage.called(tx, macro.shop, macro.owner or macro.shop, macro.body.key)
    if holder not in {None, macro.id}:
        raise MacroNameTaken(short=macro.body.key)


def _stored(tx: Tx, actor: Actor, macro: str) -> storage.Stored:
    shop_of(actor)
    found = storage.one(tx, MacroId(macro)) if is_id(macro) else None
    if found is None or found.removed or not found.macro.is_seen_by(actor):
        raise NoSuchMacro
    return found


def _known(tx: Tx, actor: Actor, talk: ConversationId) -> Known:
    shop_of(actor)
    return known_of(tx, actor, conversations.entered(tx, actor, Stream(talk)))


def _counted(tx: Tx, actor: Actor) -> dict[MacroId, int]:
    """Return how often each macro was used in all."""
    counted: dict[MacroId, int] = {}
    for (macro, _kind), use in storage.used(tx, shop_of(actor)).items():
        counted[macro] = counted.get(macro, 0) + use.uses
    return counted


def _warmth(used: dict[tuple[MacroId, TalkKind], Use], macro: MacroId, known: Known) -> float:
    use = used.get((macro, known.kind))
    return use.warm_at(known.now) if use else 0.0


def _changed(macro: Macro, actor: Actor, *, removed: bool = False) -> MacroChanged:
    return MacroChanged(
        shop=macro.shop, macro=macro.id, version=macro.version, by=actor.id, removed=removed
    )
