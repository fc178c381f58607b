"""Every statement of the team's own matters, built once when the module is imported."""

from collections.abc import Sequence

from msgspec.structs import asdict
from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert  # also compiles for SQLite

from shopbell.conversations.model import ConversationId
from shopbell.desk.together.model import Keys, Mention, Reminder
from shopbell.desk.together.tables import keys, mentions, reminders
from shopbell.engine.tables import Session
from shopbell.kernel.actor import PersonId, ShopId

_r, _m, _k = reminders.c, mentions.c, keys.c
_OWN = (_r.person == bindparam("of_person"), _r.conversation == bindparam("talk"))
_SET = upsert(reminders)
_REMIND = _SET.on_conflict_do_update(
    index_elements=[_r.person, _r.conversation],
    set_={
        name: _SET.excluded[name]
        for name in ("at", "unless", "text", "head", "set_at", "fired_at", "shop")
    },
)
_REMINDER_SHOWN = select(*(_r[name] for name in Reminder.__struct_fields__))
_REMINDER = _REMINDER_SHOWN.where(_r.id == bindparam("reminder"))
_REMINDER_HERE = _REMINDER_SHOWN.where(*_OWN)
_REMINDERS = (
    _REMINDER_SHOWN.where(_r.person == bindparam("of_person"), _r.shop == bindparam("of_shop"))
    .order_by(_r.at, _r.id)
    .limit(bindparam("most"))
)
_FIRED = update(reminders).where(_r.id == bindparam("reminder")).values(fired_at=bindparam("now"))
_FORGET = delete(reminders).where(_r.id == bindparam("reminder"))

_CALL = upsert(mentions).on_conflict_do_nothing()
_MENTION_SHOWN = select(*(_m[name] for name in Mention.__struct_fields__))
_MENTION = _MENTION_SHOWN.where(_m.id == bindparam("mention"))
_OF_PERSON = (_m.person == bindparam("of_person"), _m.shop == bindparam("of_shop"))
_MENTIONS = _MENTION_SHOWN.where(*_OF_PERSON).order_by(_m.at.desc(), _m.id).limit(bindparam("most"))
_UNREAD = select(func.count()).where(*_OF_PERSON, _m.read_at.is_(None))
_HERE = (_m.person == bindparam("of_person"), _m.conversation == bindparam("talk"))
_READ = update(mentions).where(*_HERE, _m.read_at.is_(None)).values(read_at=bindparam("now"))
_TOLD = update(mentions).where(*_HERE, _m.told_at.is_(None)).values(told_at=bindparam("now"))

_KEYS = select(_k.letters, _k.places).where(_k.person == bindparam("of_person"))
_LAY = upsert(keys)
_KEEP_KEYS = _LAY.on_conflict_do_update(
    index_elements=[_k.person], set_={name: _LAY.excluded[name] for name in ("letters", "places")}
)
_DROP_KEYS = delete(keys).where(_k.person == bindparam("of_person"))


def remind(tx: Session, reminder: Reminder) -> None:
    """Keep a reminder in place of an earlier one of the same person in the same conversation."""
    tx.execute(_REMIND, asdict(reminder))


def reminder(tx: Session, reminder: str) -> Reminder | None:
    """Return a reminder, unless it was taken back."""
    row = tx.execute(_REMINDER, {"reminder": reminder}).one_or_none()
    return None if row is None else Reminder(**row._mapping)  # noqa: SLF001


def reminder_here(tx: Session, person: PersonId, talk: ConversationId) -> Reminder | None:
    """Return the reminder that somebody has set in a conversation."""
    row = tx.execute(_REMINDER_HERE, {"of_person": person, "talk": talk}).one_or_none()
    return None if row is None else Reminder(**row._mapping)  # noqa: SLF001


def reminders_of(tx: Session, person: PersonId, shop: ShopId, most: int) -> list[Reminder]:
    """List what somebody wants to come back to, the earliest first."""
    rows = tx.execute(_REMINDERS, {"of_person": person, "of_shop": shop, "most": most})
    return [Reminder(**row._mapping) for row in rows]  # noqa: SLF001


def note_fired(tx: Session, reminder: str) -> None:
    """Note that a reminder has called."""
    tx.execute(_FIRED, {"reminder": reminder, "now": tx.now})


def forget(tx: Session, reminder: str) -> None:
    """Let go of a reminder."""
    tx.execute(_FORGET, {"reminder": reminder})


def call(tx: Session, called: Sequence[Mention]) -> None:
    """Keep to which note somebody is called."""
    tx.execute(_CALL, [asdict(one) for one in called])


def mention(tx: Session, mention: str) -> Mention | None:
    """Return one mention."""
    row = tx.execute(_MENTION, {"mention": mention}).one_or_none()
    return None if row is None else Mention(**row._mapping)  # noqa: SLF001


def mentions_of(tx: Session, person: PersonId, shop: ShopId, most: int) -> list[Mention]:
    """List the notes of a shop that call somebody, the newest first."""
    rows = tx.execute(_MENTIONS, {"of_person": person, "of_shop": shop, "most": most})
    return [Mention(**row._mapping) for row in rows]  # noqa: SLF001


def unread(tx: Session, person: PersonId, shop: ShopId) -> int:
    """Count the notes that call somebody and which they have not looked at."""
    return int(tx.execute(_UNREAD, {"of_person": person, "of_shop": shop}).scalar_one())


def read_here(tx: Session, person: PersonId, talk: ConversationId) -> None:
    """Note that somebody has looked at all that calls them in a conversation."""
    tx.execute(_READ, {"of_person": person, "talk": talk, "now": tx.now})


def told_here(tx: Session, person: PersonId, talk: ConversationId) -> None:
    """Note that a letter has told of all that calls somebody in a conversation."""
    tx.execute(_TOLD, {"of_person": person, "talk": talk, "now": tx.now})


def keys_of(tx: Session, person: PersonId) -> Keys:
    """Return by which keys somebody works."""
    row = tx.execute(_KEYS, {"of_person": person}).one_or_none()
    return Keys() if row is None else Keys(row.letters, row.places)


def keep_keys(tx: Session, person: PersonId, wanted: Keys) -> None:
    """Have somebody work by these keys from now on."""
    kept = {"person": person, "letters": wanted.letters, "places": wanted.keys}
    tx.execute(_KEEP_KEYS, kept)


def drop_keys(tx: Session, person: PersonId) -> None:
    """Let the keys lie where the desk has them."""
    tx.execute(_DROP_KEYS, {"of_person": person})
