"""Files chosen in a case's form: kept in the conversation at once, whatever becomes of the form."""

import asyncio
from collections.abc import Iterator

from litestar.datastructures import FormMultiDict, UploadFile
from msgspec import Struct

from shopbell.cases.fields import MEDIA, Field
from shopbell.cases.refusals import NotAPicture
from shopbell.conversations import service as conversations
from shopbell.conversations.crowd import Crowd
from shopbell.conversations.files import display_name
from shopbell.conversations.model import AttachmentId, ConversationId
from shopbell.engine.blobs import Blob, Blobs, FileTooLarge
from shopbell.engine.database import Database
from shopbell.kernel.actor import Actor
from shopbell.kernel.refusals import Refusal
from shopbell.kernel.texts import Locale
from shopbell.web.pages.case_sheet import Sheet
from shopbell.web.pages.errors import explain

UPLOAD = "u_"
"""How inputs for files are named: ``u_<field>``, or ``u_<field>.<angle>``."""


class Chosen(Struct, frozen=True):
    """A file that was chosen in a form, and the name of the answer it belongs to."""

    answer: str
    file: UploadFile

    @property
    def field(self) -> str:
        return self.answer.partition(".")[0]


class Shelf(Struct, frozen=True):
    """Where files of a form are put: whose they are, and what counts and bounds them."""

    actor: Actor
    db: Database
    blobs: Blobs
    crowd: Crowd
    most: int


def chosen(posted: FormMultiDict) -> list[Chosen]:
    """List the files of a posted form."""
    return list(_chosen(posted))


def _chosen(posted: FormMultiDict) -> Iterator[Chosen]:
    for name, value in posted.multi_items():
        if name.startswith(UPLOAD) and isinstance(value, UploadFile) and value.filename:
            yield Chosen(name.removeprefix(UPLOAD)[:200], value)


async def keep(  # noqa: PLR0917
    shelf: Shelf,
    talk: ConversationId,
    sheet: Sheet,
    fields: list[Field],
    files: list[Chosen],
    locale: Locale,
) -> tuple[Sheet, dict[str, str]]:
    """Keep what was chosen, and say for each field what could not be taken."""
    known = {field.name: field for field in fields if field.kind in MEDIA}
    troubles: dict[str, str] = {}
    for one in files:
        if one.field not in known:
            continue
        try:
            id_ = await _keep(shelf, talk, known[one.field], one.file)
        except Refusal as refusal:
            told = explain(refusal, locale)
            troubles[one.field] = f"{one.file.filename[:80]}: {told.title}. {told.next}"
        else:
            sheet = sheet.put(one.answer, list(dict.fromkeys([*sheet.all(one.answer), id_])))
    return sheet, troubles


async def _keep(shelf: Shelf, talk: ConversationId, field: Field, file: UploadFile) -> str:
    blob, name = await _take(shelf, file)
    if not blob.media_type.startswith(MEDIA[field.kind]):
        raise NotAPicture(file=name, field=field.name)
    kept = await shelf.db.write(conversations.attach, shelf.actor, talk, blob, name)
    return kept.id


async def attach(shelf: Shelf, talk: ConversationId, file: UploadFile) -> AttachmentId:
    """Keep a file in a conversation, of any kind that is taken there."""
    blob, name = await _take(shelf, file)
    return (await shelf.db.write(conversations.attach, shelf.actor, talk, blob, name)).id


async def _take(shelf: Shelf, file: UploadFile) -> tuple[Blob, str]:
    """Count and read a file, and keep its bytes; return under which name it is shown."""
    shelf.crowd.uploads(shelf.actor)
    data = await file.read(shelf.most + 1)
    if len(data) > shelf.most:
        raise FileTooLarge(most=shelf.most // 1024 // 1024)
    blob = await asyncio.to_thread(shelf.blobs.keep, data)
    return blob, display_name(file.filename, blob.media_type)
