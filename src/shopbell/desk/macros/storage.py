"""Every statement of this room, built once."""

from msgspec import Struct
from sqlalchemy import bindparam, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert  # also compiles for SQLite

from shopbell.conversations.model import ConversationId, TalkKind
from shopbell.desk.macros.model import Macro, MacroId, MacroVersion, Ran, Use
from shopbell.desk.macros.tables import macros, runs, uses, versions
from shopbell.engine.database import Tx
from shopbell.kernel.actor import PersonId, ShopId
from shopbell.kernel.texts import Locale
from shopbell.knowledge.answers.model import AnswerId

_COLUMNS = [macros.c[name] for name in Macro.__struct_fields__]
_THERE = macros.c.removed_at.is_(None)
_THIS = macros.c.id == bindparam("of_macro")
_OF_SHOP = macros.c.shop == bindparam("of_shop")
_ONE = select(*_COLUMNS, macros.c.faq, macros.c.removed_at).where(_THIS)
_HELD = select(macros.c.id).where(_OF_SHOP).order_by(macros.c.id).with_for_update()
_SEEN = (
    select(*_COLUMNS)
    .where(_OF_SHOP, _THERE, or_(macros.c.owner.is_(None), macros.c.owner == bindparam("of_owner")))
    .order_by(macros.c.key, macros.c.id)
)
_COUNT = select(func.count()).select_from(macros).where(_OF_SHOP, _THERE)
_CALLED = select(macros.c.id).where(
    _OF_SHOP, macros.c.keeper == bindparam("of_keeper"), macros.c.key == bindparam("of_key")
)
_ADD = upsert(macros).on_conflict_do_nothing().returning(macros.c.id)
_CHANGE = update(macros).where(_THIS)
_ADD_VERSION = upsert(versions)
_VERSIONS = (
    select(versions.c.version, versions.c.body, versions.c.at, versions.c.by)
    .where(versions.c.macro == bindparam("of_macro"))
    .order_by(versions.c.version.desc())
    .limit(bindparam("most"))
)
_USES = select(uses.c.macro, uses.c.kind, uses.c.uses, uses.c.warmth, uses.c.at).where(
    uses.c.shop == bindparam("of_shop")
)
_USE = select(uses.c.uses, uses.c.warmth, uses.c.at).where(
    uses.c.macro == bindparam("of_macro"), uses.c.kind == bindparam("of_kind")
)
_PUT_USE = upsert(uses)
_COUNT_USE = _PUT_USE.on_conflict_do_update(
    index_elements=[uses.c.macro, uses.c.kind],
    set_={
        "uses": uses.c.uses + 1,
        "warmth": _PUT_USE.excluded.warmth,
        "at": _PUT_USE.excluded.at,
    },
)
_RUN = select(runs.c.asked, runs.c.ran).where(
    runs.c.person == bindparam("of_person"), runs.c.cmid == bindparam("of_cmid")
)
_ADD_RUN = upsert(runs)


class Stored(Struct, frozen=True):
    """A macro with what only this room needs: where it stands in the FAQ, and if it is there."""

    macro: Macro
    faq: dict[Locale, AnswerId]
    removed: bool


def hold(tx: Tx, shop: ShopId) -> None:
    """Have nobody else write the macros of a shop meanwhile: their keys are told apart."""
    tx.execute(_HELD, {"of_shop": shop})


def one(tx: Tx, wanted: MacroId) -> Stored | None:
    """Return a macro, whoever may use it."""
    row = tx.execute(_ONE, {"of_macro": wanted}).one_or_none()
    if row is None:
        return None
    macro = Macro(**{name: getattr(row, name) for name in Macro.__struct_fields__})
    return Stored(macro, row.faq, row.removed_at is not None)


def seen(tx: Tx, shop: ShopId, owner: PersonId) -> list[Macro]:
    """Return the macros of a shop and those of one of its people, by key."""
    found = tx.execute(_SEEN, {"of_shop": shop, "of_owner": owner})
    return [Macro(**row._mapping) for row in found]  # noqa: SLF001


def count(tx: Tx, shop: ShopId) -> int:
    """Return how many macros a shop has, those of its people included."""
    return tx.execute(_COUNT, {"of_shop": shop}).scalar_one()


def called(tx: Tx, shop: ShopId, keeper: str, key: str) -> MacroId | None:
    """Return which macro of a shop has a key."""
    given = {"of_shop": shop, "of_keeper": keeper, "of_key": key}
    return tx.execute(_CALLED, given).scalar_one_or_none()


def add(tx: Tx, new: Macro, by: PersonId) -> bool:
    """Keep a new macro and its first version; tell whether its key was free."""
    row = {name: getattr(new, name) for name in Macro.__struct_fields__}
    more: dict[str, object] = {
        "keeper": new.owner or new.shop,
        "key": new.body.key,
        "faq": {},
        "removed_at": None,
    }
    if tx.execute(_ADD, {**row, **more}).scalar() is None:
        return False
    _add_version(tx, new, by)
    return True


def change(tx: Tx, changed: Macro, by: PersonId) -> None:
    """Keep what a macro says now, as one more version."""
    given = {"version": changed.version, "body": changed.body, "key": changed.body.key}
    tx.execute(_CHANGE.values(**given, changed_at=tx.now), {"of_macro": changed.id})
    _add_version(tx, changed, by)


def remove(tx: Tx, gone: MacroId) -> None:
    """Take a macro away; its versions and uses stay, and its key is free."""
    tx.execute(_CHANGE.values(key=None, removed_at=tx.now), {"of_macro": gone})


def note_faq(tx: Tx, macro: MacroId, faq: dict[Locale, AnswerId]) -> None:
    """Note under which answers a macro stands in the FAQ."""
    tx.execute(_CHANGE.values(faq=faq), {"of_macro": macro})


def past(tx: Tx, macro: MacroId, most: int) -> list[MacroVersion]:
    """Return what a macro said, the newest first."""
    found = tx.execute(_VERSIONS, {"of_macro": macro, "most": most})
    return [MacroVersion(*row) for row in found]


def used(tx: Tx, shop: ShopId) -> dict[tuple[MacroId, TalkKind], Use]:
    """Return how often each macro of a shop was used in each kind of case."""
    found = tx.execute(_USES, {"of_shop": shop})
    return {(row.macro, row.kind): Use(row.uses, row.warmth, row.at) for row in found}


def count_use(tx: Tx, macro: Macro, kind: TalkKind) -> None:
    """Count one more use in a conversation of a kind.

    Two uses at the same moment are both counted; that one of them may warm it less is no harm.
    """
    row = tx.execute(_USE, {"of_macro": macro.id, "of_kind": kind}).one_or_none()
    warmth = Use(*row).again(tx.now) if row else 1.0
    given = {"macro": macro.id, "kind": kind, "shop": macro.shop, "uses": 1}
    tx.execute(_COUNT_USE, {**given, "warmth": warmth, "at": tx.now})


def run(tx: Tx, person: PersonId, cmid: str) -> tuple[bytes, Ran] | None:
    """Return what somebody asked for under a name of theirs, and what came of it."""
    row = tx.execute(_RUN, {"of_person": person, "of_cmid": cmid}).one_or_none()
    return None if row is None else (row.asked, row.ran)


def add_run(
    tx: Tx,
    name: tuple[PersonId, str],
    macro: MacroId,
    talk: ConversationId,
    *,
    asked: bytes,
    ran: Ran,
) -> None:
    """Keep what came of a use, under its user and the name they gave it."""
    person, cmid = name
    row = {"person": person, "cmid": cmid, "macro": macro, "conversation": talk}
    tx.execute(_ADD_RUN, {**row, "asked": asked, "at": tx.now, "ran": ran})


def _add_version(tx: Tx, macro: Macro, by: PersonId) -> None:
    given = {"macro": macro.id, "version": macro.version, "body": macro.body}
    tx.execute(_ADD_VERSION, {**given, "at": tx.now, "by": by})
