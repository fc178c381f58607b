"""What a reader gets in their own language, and what is left for a translator to do.

A translation is shown to whom its message is shown, by the rule of threads, and to nobody else.
"""

from collections.abc import Collection
from datetime import timedelta

from shopbell.accounts import service as accounts
from shopbell.accounts.model import Limit
from shopbell.conversations import service as conversations
from shopbell.conversations.model import Audience, Stream
from shopbell.conversations.translation import storage
from shopbell.conversations.translation.model import (
    Said,
    TranslateMessage,
    Translation,
    Translations,
    Work,
)
from shopbell.conversations.veiling import own_hosts
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM, Actor
from shopbell.kernel.texts import Locale
from shopbell.language.detect import detect
from shopbell.language.guard import find_hidden
from shopbell.language.passages import says_something

NONE = Translations([], [])

ASKED = Limit(120, timedelta(minutes=10))
"""Somebody who reads asks once a screen; each asking is work for a translator."""


def translations(
    tx: Tx, actor: Actor, stream: Stream, locale: Locale, seqs: Collection[int]
) -> Translations:
    """Return what some messages say in ``locale``, and which of them wait to be translated."""
    conversations.entered(tx, actor, stream)
    if not tx.settings.translator:
        return NONE
    return _found(tx, stream, locale, seqs)


def ask_for(
    tx: Tx, actor: Actor, stream: Stream, locale: Locale, seqs: Collection[int]
) -> Translations:
    """Leave to a translator what nobody has translated yet; asked again, it waits once."""
    found = translations(tx, actor, stream, locale, seqs)
    if found.waiting:
        accounts.count_deed(tx, actor, "translations", ASKED)
    for seq in found.waiting:
        job = TranslateMessage(stream=str(stream), seq=seq, locale=locale, asked_at=tx.now)
        tx.later(job, key=job.key)
    return found


def known(tx: Tx, stream: Stream, locale: Locale, seqs: Collection[int]) -> dict[int, str]:
    """Return those translations that are there, for letters: whoever asks knows who may read."""
    return {one.seq: one.text for one in _found(tx, stream, locale, seqs).items}


def to_do(tx: Tx, stream: Stream, locale: Locale, seqs: Collection[int]) -> Work:
    """Return what waits to be translated, as it is said now."""
    talk = conversations.entered(tx, SYSTEM, stream)
    waiting = _found(tx, stream, locale, seqs).waiting
    said = storage.said(tx, stream, waiting) if waiting else {}
    return Work(talk.shop, [talk.buyer_name, talk.shop_name], list(said.values()))


def keep(tx: Tx, stream: Stream, locale: Locale, said: Said, made: tuple[str, str]) -> bool:
    """Keep a translation, unless the message was changed or taken back while it was made.

    One that says what its message does not, a contact, is none: the message is read as it is.
    """
    now = storage.said(tx, stream, [said.seq]).get(said.seq)
    if now != said:
        return False
    language, text = made
    kept = "" if _uncovers(tx, stream, said.text, text) else text
    storage.keep(tx, stream, locale, said, (language, kept))
    return True


def _uncovers(tx: Tx, stream: Stream, said: str, made: str) -> bool:
    """Tell whether a translation shows a contact where the message, as all read it, has none."""
    if not tx.settings.hide_contacts or stream.audience is not Audience.PUBLIC:
        return False
    own = own_hosts(tx.settings)
    return bool(find_hidden(made, own)) and not find_hidden(said, own)


def _found(tx: Tx, stream: Stream, locale: Locale, seqs: Collection[int]) -> Translations:
    said = storage.said(tx, stream, set(seqs)) if seqs else {}
    kept = storage.kept(tx, stream, locale, list(said)) if said else {}
    items, waiting = list[Translation](), list[int]()
    for seq, one in sorted(said.items()):
        words, language, text = kept.get(seq, ("", "", ""))
        if words == one.words:
            items += [Translation(seq, text, language)] if text else []
        elif says_something(one.text) and detect(one.text) != locale:
            waiting.append(seq)
    return Translations(items, waiting)
