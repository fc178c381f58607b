"""Where files and drafts of conversations are kept."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, delete, exists, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert  # also compiles for SQLite

from shopbell.conversations.model import (
    CASE,
    Attachment,
    AttachmentId,
    Audience,
    ConversationId,
)
from shopbell.conversations.tables import attachments, drafts, events
from shopbell.engine.tables import Session
from shopbell.kernel.actor import PersonId

_e = events.c
_a = attachments.c
_FILE = (_a.id, _a.name, _a.media_type, _a.size, _a.width, _a.height)
_ATTACH = insert(attachments)
_SAME_FILE = select(*_FILE).where(
    _a.conversation == bindparam("talk"),
    _a.person == bindparam("of_person"),
    _a.sha256 == bindparam("of_sha256"),
    _a.name == bindparam("of_name"),
)
_FILES = select(*_FILE).where(
    _a.conversation == bindparam("talk"),
    _a.person == bindparam("of_person"),
    _a.id.in_(bindparam("ids", expanding=True)),
)
_FILES_BY = select(*_FILE).where(
    _a.person == bindparam("of_person"), _a.id.in_(bindparam("ids", expanding=True))
)
_BY_CASE = exists().where(
    _e.conversation == _a.conversation,
    _e.audience == Audience.PUBLIC,
    _e.seq == _a.shown_at,
    _e.type == CASE,
)
_each = select(func.max(_a.size).label("size")).group_by(_a.sha256).subquery()
_KEPT = select(func.coalesce(func.sum(_each.c.size), 0))
_SHOW = (
    update(attachments)
    .where(_a.id.in_(bindparam("ids", expanding=True)), ~_BY_CASE)
    .values(shown_at=bindparam("number"))
)
_there = attachments.alias("there").c
_CARRY = (
    update(attachments)
    .where(
        _a.conversation == bindparam("source"),
        _a.person == bindparam("of_person"),
        _a.shown_at.is_(None),
        ~exists().where(
            _there.conversation == bindparam("target"),
            _there.person == _a.person,
            _there.sha256 == _a.sha256,
            _there.name == _a.name,
        ),
    )
    .values(conversation=bindparam("target"))
)
_FILE_BY_ID = (
    select(_a.conversation, _a.person, _a.sha256, _a.name, _a.media_type, _e.withdrawn.is_(False))
    .outerjoin_from(
        attachments,
        events,
        and_(
            _e.conversation == _a.conversation,
            _e.audience == Audience.PUBLIC,
            _e.seq == _a.shown_at,
        ),
    )
    .where(_a.id == bindparam("file"))
)


_THIS_DRAFT = and_(
    drafts.c.conversation == bindparam("talk"), drafts.c.person == bindparam("of_person")
)
_DRAFT = select(drafts.c.text).where(_THIS_DRAFT)
_SHARED_DRAFTS = (
    select(drafts.c.person, drafts.c.text, drafts.c.at)
    .where(drafts.c.conversation == bindparam("talk"), drafts.c.shared)
    .order_by(drafts.c.at.desc(), drafts.c.person)
)
_NEW_DRAFT = upsert(drafts)
_KEEP_DRAFT = _NEW_DRAFT.on_conflict_do_update(
    index_elements=[drafts.c.conversation, drafts.c.person],
    set_={name: _NEW_DRAFT.excluded[name] for name in ("text", "at", "shared")},
)
_DROP_DRAFT = delete(drafts).where(_THIS_DRAFT)


def attach(
    tx: Session, talk: ConversationId, person: PersonId, sha256: str, file: Attachment
) -> Attachment:
    """Keep a file's place in a conversation; the same file again is the first one."""
    given = {"talk": talk, "of_person": person, "of_sha256": sha256, "of_name": file.name}
    if earlier := tx.execute(_SAME_FILE, given).one_or_none():
        return _attachment(earlier)
    row = {name: getattr(file, name) for name in file.__struct_fields__ if name != "url"}
    place = {"conversation": talk, "person": person, "sha256": sha256, "at": tx.now}
    tx.execute(_ATTACH, row | place)
    return file


def files(
    tx: Session, talk: ConversationId, person: PersonId, ids: Collection[str]
) -> list[Attachment]:
    """Return those of the named files that ``person`` uploaded into ``talk``, in that order."""
    given = {"talk": talk, "of_person": person, "ids": list(ids)}
    found = {row.id: _attachment(row) for row in tx.execute(_FILES, given)}
    return [found[file] for file in ids if file in found]


def files_by(tx: Session, person: PersonId, ids: Collection[str]) -> list[Attachment]:
    """Return those of the named files that ``person`` uploaded, wherever they lie now."""
    given = {"of_person": person, "ids": list(ids)}
    found = {row.id: _attachment(row) for row in tx.execute(_FILES_BY, given)}
    return [found[file] for file in ids if file in found]


def show(tx: Session, ids: Collection[str], seq: int) -> None:
    """Note that files are shown by the entry of this number.

    What a case has shown stays with the case: words that show it again may be taken back.
    """
    if ids:
        tx.execute(_SHOW, {"ids": list(ids), "number": seq})


def carry(tx: Session, source: ConversationId, target: ConversationId, person: PersonId) -> None:
    """Take along what somebody uploaded and has not shown yet, where a conversation goes on."""
    tx.execute(_CARRY, {"source": source, "target": target, "of_person": person})


class KeptFile(NamedTuple):
    """A file of a conversation; ``shown`` while a message that still stands shows it."""

    talk: ConversationId
    person: PersonId
    sha256: str
    name: str
    media_type: str
    shown: bool | None


def kept_bytes(tx: Session) -> int:
    """Return how much all kept files take, in bytes; one given to several lies there once."""
    return int(tx.execute(_KEPT).scalar_one())


def file(tx: Session, file: AttachmentId) -> KeptFile | None:
    """Return where a file belongs and whether it is shown."""
    row = tx.execute(_FILE_BY_ID, {"file": file}).one_or_none()
    return None if row is None else KeptFile(*row)


def _attachment(row: Sequence[Any]) -> Attachment:
    file, name, media_type, size, width, height = row
    return Attachment(file, name, media_type, size, width, height, url=f"/files/{file}")


def draft(tx: Session, talk: ConversationId, person: PersonId) -> str:
    """Return what this person has not sent yet."""
    given = {"talk": talk, "of_person": person}
    return tx.execute(_DRAFT, given).scalar_one_or_none() or ""


def keep_draft(
    tx: Session, talk: ConversationId, person: PersonId, text: str, *, shared: bool
) -> None:
    """Keep words for later, ``shared`` with the team or not; no words, no draft."""
    if not text:
        tx.execute(_DROP_DRAFT, {"talk": talk, "of_person": person})
        return
    kept = {"conversation": talk, "person": person, "text": text, "at": tx.now, "shared": shared}
    tx.execute(_KEEP_DRAFT, kept)


def shared_drafts(tx: Session, talk: ConversationId) -> list[tuple[PersonId, str, datetime]]:
    """Return what the team is about to answer, the newest first."""
    rows = tx.execute(_SHARED_DRAFTS, {"talk": talk})
    return [(person, text, at) for person, text, at in rows]
