"""Where translations are kept, and what messages say now."""

from collections.abc import Collection
from typing import Any

import msgspec
from sqlalchemy import BindParameter, bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert as upsert  # also compiles for SQLite

from shopbell.conversations.model import Stream
from shopbell.conversations.tables import events
from shopbell.conversations.translation.model import Said
from shopbell.conversations.translation.tables import translations
from shopbell.engine.tables import Session
from shopbell.kernel.texts import Locale

EDITS_NEAR = 500
"""A correction comes within minutes: it is looked for among so many entries behind."""

_e, _t = events.c, translations.c
_STREAM = (_e.conversation == bindparam("talk"), _e.audience == bindparam("to_whom"))
_SEQS: BindParameter[Any] = bindparam("seqs", expanding=True)
_SAID = select(_e.seq, _e.id, _e.data).where(
    *_STREAM, _e.seq.in_(_SEQS), _e.type.in_(("message", "note")), _e.withdrawn.is_(False)
)
_EDITED = (
    select(_e.target, _e.id, _e.data)
    .where(
        *_STREAM,
        _e.seq > bindparam("first"),
        _e.seq <= bindparam("last"),
        _e.type == "edit",
        _e.target.in_(_SEQS),
        _e.withdrawn.is_(False),
    )
    .order_by(_e.seq)
)
_OF = (_t.conversation == bindparam("talk"), _t.audience == bindparam("to_whom"))
_FOUND = select(_t.seq, _t.words, _t.language, _t.text).where(
    *_OF, _t.locale == bindparam("of_locale"), _t.seq.in_(_SEQS)
)
_FORGET = delete(translations).where(*_OF, _t.seq == bindparam("number"))
_NEW = upsert(translations)
_KEEP = _NEW.on_conflict_do_update(
    index_elements=[_t.conversation, _t.audience, _t.seq, _t.locale],
    set_={name: getattr(_NEW.excluded, name) for name in ("words", "language", "text", "at")},
)


class _Words(msgspec.Struct, frozen=True):
    text: str = ""


def said(tx: Session, stream: Stream, seqs: Collection[int]) -> dict[int, Said]:
    """Return what some messages say now, with their corrections; without what was withdrawn."""
    given = {**_place(stream), "seqs": list(seqs)}
    found = {seq: (event, data) for seq, event, data in tx.execute(_SAID, given)}
    if found:
        near = {"first": min(found), "last": max(found) + EDITS_NEAR}
        edits = tx.execute(_EDITED, {**given, **near, "seqs": list(found)})
        found |= {target: (event, data) for target, event, data in edits if target is not None}
    return {
        seq: Said(seq, event, msgspec.json.decode(data, type=_Words).text)
        for seq, (event, data) in found.items()
    }


def kept(
    tx: Session, stream: Stream, locale: Locale, seqs: Collection[int]
) -> dict[int, tuple[str, str, str]]:
    """Return of some messages the entry that was translated, from which language, and the text."""
    given = {**_place(stream), "of_locale": locale, "seqs": list(seqs)}
    rows = tx.execute(_FOUND, given)
    return {seq: (words, language, text) for seq, words, language, text in rows}


def keep(tx: Session, stream: Stream, locale: Locale, said: Said, made: tuple[str, str]) -> None:
    """Keep the language and the translation of what a message says, once for all its readers."""
    language, text = made
    row = {
        "conversation": stream.conversation,
        "audience": stream.audience,
        "seq": said.seq,
        "locale": locale,
        "words": said.words,
        "language": language,
        "text": text,
        "at": tx.now,
    }
    tx.execute(_KEEP, row)


def forget(tx: Session, stream: Stream, seq: int) -> None:
    """Forget what a message said in other languages."""
    tx.execute(_FORGET, {**_place(stream), "number": seq})


def _place(stream: Stream) -> dict[str, object]:
    return {"talk": stream.conversation, "to_whom": stream.audience}
