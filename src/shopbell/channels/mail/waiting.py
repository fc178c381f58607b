"""What waits for a reader in a conversation, and the letter that tells all of it at once."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from itertools import pairwise, zip_longest

import msgspec
from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from shopbell.accounts.wishes.model import Kind
from shopbell.channels.mail import paper, storage
from shopbell.channels.mail.addresses import Keyring, message_id, relay_address, stop_link
from shopbell.channels.mail.compose import Draft, one_line, write
from shopbell.channels.mail.model import Letter, Manner
from shopbell.channels.mail.paper import Paper, Shown
from shopbell.channels.mail.pictures import CARD_SIDE, Album, Copy
from shopbell.channels.mail.readers import Reader, readers
from shopbell.channels.mail.standing import what_calls
from shopbell.contact.kinds import kind_of
from shopbell.contact.model import Reach, Whom
from shopbell.conversations import service as conversations
from shopbell.conversations.model import CASE, AttachmentId, Conversation, Event, Stream
from shopbell.conversations.refusals import NoSuchConversation
from shopbell.conversations.tone import Tone, folded_for
from shopbell.conversations.translation import service as translation
from shopbell.engine.blobs import SHOWN_INLINE
from shopbell.engine.database import Tx
from shopbell.engine.settings import Settings
from shopbell.kernel.actor import SYSTEM, Side
from shopbell.kernel.ids import new_id
from shopbell.kernel.texts import Locale, say, text

HOMES: Mapping[Whom, str] = {
    Whom.BUYER: "/me/messages/{talk}",
    Whom.TEAM: "/desk/{talk}",
    Whom.STAFF: "/desk/{talk}",
    Whom.OWNER: "/desk/{talk}",
    Whom.OPERATOR: "/console",
}
"""Where each side reads a conversation."""

STOPPED_FIRST = (Kind.ANSWER, Kind.CASE, Kind.DELIVERY)
"""Of the kinds that one letter tells of, the one its last line stops."""

ALARMS = {Whom.OWNER, Whom.OPERATOR}
_SIDES = {Whom.BUYER: Side.BUYER, Whom.OPERATOR: Side.OPERATOR}


class Waiting(Struct, frozen=True):
    """What waits for one reader: entries, the oldest first, and the letters they had before.

    ``kept`` says where pictures in the entries are kept; ``asked``: they answer the reader.
    ``translated`` is what entries say in the reader's language, where somebody translated them.
    """

    talk: Conversation
    reach: Reach
    reader: Reader
    entries: list[Event]
    edits: "dict[int, _Told]"
    kept: dict[str, str] = {}
    translated: dict[int, str] = {}
    asked: bool = False
    thread: list[str] = []

    @property
    def whom(self) -> Whom:
        """Say on which side the reader is."""
        return self.reach.whom


class _File(Struct, frozen=True):
    name: str
    id: str = ""
    media_type: str = ""


class _Told(Struct, frozen=True):
    """What a letter takes from the data of an entry."""

    text: str = ""
    target: int = 0
    kind: str = ""
    attachments: list[_File] = []
    files: list[_File] = []
    tone: Tone | UnsetType = UNSET


def what_waits(tx: Tx, reach: Reach) -> list[Waiting]:
    """Return what waits for each reader of a side; nothing if it was answered or seen meanwhile.

    Each entry is told once to each reader, whatever it is asked for.
    """
    talk = conversations.entered(tx, SYSTEM, Stream(reach.conversation))
    calls = what_calls(tx, talk, reach)
    if not calls:
        return []
    after = conversations.page(tx, SYSTEM, Stream(talk.id), after=calls[0] - 1, of=talk).events
    edits = [_told(entry) for entry in after if entry.type == "edit"]
    words = {data.target: data for data in edits}
    calling = [entry for entry in after if entry.seq in calls]
    found = (
        _untold(tx, Waiting(talk, reach, reader, calling, words))
        for reader in readers(tx, talk, reach.whom, reach.told)
    )
    return [one for one in found if one.entries]


def letter_of(
    waits: Waiting, keys: Keyring, settings: Settings, at: datetime, album: Album
) -> Letter:
    """Write one letter about all that waits. Takes some milliseconds: not for a loop."""
    talk, reader = waits.talk, waits.reader
    named = message_id(keys, waits.entries[0].id, reader.recipient, settings.reply_domain)
    sheet = _paper(waits, keys, settings, album)
    manner = Manner.ALARM if waits.whom in ALARMS else Manner.TALK
    draft = Draft(
        message_id=named,
        manner=manner,
        sender=f"{relay_address(keys, talk.id, reader.recipient)}@{settings.reply_domain}",
        called=_called(waits, settings),
        to=reader.address,
        to_name=reader.name,
        subject=sheet.heading,
        plain=paper.plain(sheet),
        html=paper.html(sheet),
        at=at,
        about=f"{talk.id}:{manner}:{settings.reply_domain}",
        thread=[letter for letter in waits.thread if letter != named],
        stop="" if waits.asked else sheet.stop,
        bundle=len(waits.entries) > 1,
        pictures=album.copies,
    )
    return Letter(
        id=new_id(),
        message_id=named,
        manner=manner,
        conversation=talk.id,
        recipient=reader.recipient,
        address=reader.address,
        subject=one_line(draft.subject),
        locale=reader.locale,
        raw=write(draft),
        upto=waits.entries[-1].seq,
        reach=waits.reach,
        created_at=at,
    )


def _untold(tx: Tx, waits: Waiting) -> Waiting:
    """Leave out what this reader was told by an earlier letter; remember those letters."""
    before = storage.thread(tx, waits.talk.id, waits.reader.recipient)
    entries = [
        entry for entry in waits.entries if not any(letter.tells(entry.seq) for letter in before)
    ]
    return replace(
        waits,
        entries=entries,
        kept=_kept(tx, entries),
        translated=_translated(tx, waits, entries),
        asked=_is_asked(tx, waits.talk, entries),
        thread=[letter.message_id for letter in before],
    )


def foreign(waits: Waiting) -> tuple[Stream, list[int], Locale]:
    """Return what may have to be translated for a reader: where it stands, and into what.

    Abuse is folded for them in every language.
    """
    said = [
        entry.seq
        for entry in waits.entries
        if entry.type == "message" and not _is_folded(waits, entry)
    ]
    return Stream(waits.talk.id), said, waits.reader.locale


def _translated(tx: Tx, waits: Waiting, entries: list[Event]) -> dict[int, str]:
    stream, said, locale = foreign(replace(waits, entries=entries))
    return translation.known(tx, stream, locale, said)


def _is_asked(tx: Tx, talk: Conversation, entries: list[Event]) -> bool:
    """Tell whether an entry answers the buyer: it follows their words, or is a step of their case.

    Nobody should stop answers to their own questions by a click in a mail program.
    """
    if not entries:
        return False
    upto, new = entries[-1].seq + 1, {entry.seq for entry in entries}
    lead = conversations.page(tx, SYSTEM, Stream(talk.id), before=upto, of=talk).events
    said = [entry for entry in lead if entry.type == "message"]
    answers = (one.seq in new and before.actor.side is Side.BUYER for before, one in pairwise(said))
    return any(entry.type == CASE for entry in entries) or any(answers)


def _kept(tx: Tx, entries: list[Event]) -> dict[str, str]:
    """Say where the pictures of entries are kept, as long as they are shown."""
    files = (file for entry in entries for file in _told(entry).attachments)
    found = dict[str, str]()
    for file in files:
        if file.media_type in SHOWN_INLINE:
            with suppress(NoSuchConversation):
                found[file.id] = conversations.file(tx, SYSTEM, AttachmentId(file.id))[0]
    return found


def _paper(waits: Waiting, keys: Keyring, settings: Settings, album: Album) -> Paper:
    talk, reader = waits.talk, waits.reader
    facts = {"shop": talk.shop_name, "buyer": talk.buyer_name}
    home = HOMES[waits.whom].format(talk=talk.id)
    card = _card(talk, reader.locale, settings.base_url, album)
    said = list(_said(waits, settings.market_name, album))
    return Paper(
        locale=reader.locale,
        market=settings.market_name,
        heading=_about(talk, reader.locale),
        lines=(text(reader.locale, _lead(waits), **facts),),
        said=paper.clipped(said, reader.locale),
        card=card,
        open=f"{settings.base_url}{home}",
        answerable=waits.whom is not Whom.OPERATOR,
        stop=_stop(waits, keys, settings),
    )


def _stop(waits: Waiting, keys: Keyring, settings: Settings) -> str:
    """Return where a buyer can ask for no more such letters; for a shop they are its work.

    A letter that tells of more than one kind stops the first of them; one of what is always told
    has no such place.
    """
    kinds = {kind_of(entry) for entry in waits.entries}
    if waits.whom is not Whom.BUYER or None in kinds:
        return ""
    kind = next(one for one in STOPPED_FIRST if one in kinds)
    return stop_link(keys, settings.base_url, waits.reader.recipient, kind)


def _called(waits: Waiting, settings: Settings) -> str:
    talk = waits.talk
    who = talk.shop_name if waits.whom is Whom.BUYER else talk.buyer_name
    return text(waits.reader.locale, "mail.via", who=who, market=settings.market_name)


def _about(talk: Conversation, locale: Locale) -> str:
    """Return the subject: the same for all letters of a conversation: so they stay together."""
    title = say(talk.subject.title, locale)
    return f"[{talk.subject.number}] {title}" if talk.subject.number else title


def _card(talk: Conversation, locale: Locale, site: str, album: Album) -> Shown:
    subject = talk.subject
    price = subject.price and paper.money(subject.price.amount, subject.price.currency, locale)
    title = say(subject.title, locale)
    details = (talk.shop_name, subject.number, subject.tracking, price)
    return Shown(
        title=title,
        detail=" · ".join(detail for detail in details if detail),
        href=f"{site}{subject.url}",
        picture=album.add(subject.picture, title, CARD_SIDE) if subject.picture else None,
    )


def _lead(waits: Waiting) -> str:
    """Return the text that says why the letter comes."""
    if waits.whom is Whom.BUYER and all(entry.type == CASE for entry in waits.entries):
        return "mail.lead_case"
    return f"mail.lead_{waits.whom}"


def _said(waits: Waiting, market: str, album: Album) -> Iterator[paper.Said]:
    """Yield what was said; several steps of a case in a row are told of once, by the last."""
    for entry, following in zip_longest(waits.entries, waits.entries[1:]):
        if not (entry.type == CASE and following and following.type == CASE):
            yield _one_said(entry, waits, market, album)


def _one_said(entry: Event, waits: Waiting, market: str, album: Album) -> paper.Said:
    data, reader = _told(entry), waits.reader
    if entry.type == CASE:
        case = text(reader.locale, f"case.{data.kind}")
        words = text(reader.locale, "mail.case_news", case=case)
    elif entry.type != "message":
        words = text(reader.locale, f"thread.fact_{entry.type}")
    else:
        data = _as_read(waits, entry)
        words = data.text
    copies, names = list[Copy](), list[str]()
    for file in (*data.attachments, *data.files):
        name, kept = one_line(file.name), waits.kept.get(file.id)
        copy = album.add(kept, name) if kept else None
        if copy:
            copies.append(copy)
        else:
            names.append(name)
    return paper.Said(
        by=entry.actor.name or market,
        at=paper.moment(entry.at, reader.locale, reader.zone),
        words=waits.translated.get(entry.seq, words),
        original=words if entry.seq in waits.translated else "",
        files=tuple(names),
        pictures=tuple(copies),
    )


def _as_read(waits: Waiting, entry: Event) -> _Told:
    """Return what was said as it stands now; abuse as a line of warning, and without its files."""
    data = _told(entry)
    if _is_folded(waits, entry):
        return _Told(text(waits.reader.locale, "mail.folded"))
    return replace(data, text=waits.edits.get(entry.seq, data).text)


def _is_folded(waits: Waiting, entry: Event) -> bool:
    tone = waits.edits.get(entry.seq, _told(entry)).tone
    return folded_for(_SIDES.get(waits.whom, Side.SELLER), entry.actor.side, tone)


def _told(entry: Event) -> _Told:
    return msgspec.json.decode(entry.data, type=_Told)
