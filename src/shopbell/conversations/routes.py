"""Conversations over HTTP: decode, call one service, encode."""

import asyncio
from dataclasses import dataclass
from typing import Any, Literal

from litestar import Request, Response, delete, get, post, put
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import (
    OpenAPIFormat,
    OpenAPIMediaType,
    OpenAPIType,
    Operation,
    RequestBody,
    Schema,
)
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.response import File
from msgspec import Struct

from shopbell.accounts.routes import address_of
from shopbell.conversations import covers, service
from shopbell.conversations.commands import (
    Append,
    Appended,
    Ask,
    Begin,
    Draft,
    KeepDraft,
    Page,
)
from shopbell.conversations.crowd import Crowd
from shopbell.conversations.files import display_name
from shopbell.conversations.model import (
    Attachment,
    AttachmentId,
    Audience,
    ConversationId,
    Covers,
    Listed,
    MarkKind,
    Original,
    Seq,
    Stream,
    as_seen_by,
)
from shopbell.engine.blobs import SHOWN_INLINE, Blobs, FileTooLarge
from shopbell.engine.database import Database
from shopbell.engine.settings import Settings
from shopbell.kernel.actor import Actor, Side
from shopbell.kernel.texts import Locale

TALK = "/api/v1/conversations/{talk:str}"
STREAM = "/api/v1/streams/{stream:str}"


class Originals(Struct, frozen=True):
    """What a message said in full, each wording of which a part is hidden, oldest first."""

    items: list[Original]


class Mark(Struct, frozen=True, forbid_unknown_fields=True):
    """How far one has come: the number of an entry."""

    seq: Seq


@dataclass
class TakesFile(Operation):
    """An operation whose body is a file as it is, of any kind."""

    def __post_init__(self) -> None:
        bytes_of_it = Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY)
        content = {"application/octet-stream": OpenAPIMediaType(schema=bytes_of_it)}
        self.request_body = RequestBody(content=content, required=True)


@post(
    "/api/v1/conversations",
    responses={200: ResponseSpec(Listed, generate_examples=False, description="It is open")},
)
async def begin_conversation(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    locale: NamedDependency[Locale],
    data: JSONBody[Begin],
) -> Response[Listed]:
    """Open the conversation about a product, order or shop, or return the open one."""
    talk, is_new = await db.write(service.begin, actor, data, locale)
    return Response(as_seen_by(talk, actor), status_code=201 if is_new else 200)


@get(TALK)
async def get_conversation(
    db: NamedDependency[Database], actor: NamedDependency[Actor], talk: FromPath[str]
) -> Listed:
    """Return one conversation."""
    return await db.read(service.conversation, actor, _talk(talk))


@get(STREAM + "/events")
async def list_events(
    *,
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    stream: FromPath[str],
    after: FromQuery[int] = 0,
    before: FromQuery[int | None] = None,
    limit: FromQuery[int] = service.PAGE_MOST,
) -> Page:
    """Return a part of a stream, oldest first: behind ``after``, or in front of ``before``."""
    return await db.read(
        service.page, actor, Stream.parse(stream), after=after, before=before, limit=limit
    )


@post(
    STREAM + "/events",
    responses={200: ResponseSpec(Appended, generate_examples=False, description="Added before")},
)
async def append_event(
    *,
    request: Request[Any, Any, Any],
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    crowd: NamedDependency[Crowd],
    stream: FromPath[str],
    data: JSONBody[Append],
) -> Response[Appended]:
    """Add an entry once; the same ``cmid`` again returns the first one (200)."""
    ask = Ask(actor, Stream.parse(stream), data)
    with crowd.sending(actor, address_of(request)):
        done = await db.write_together(service.append_all, ask, lane=ask.lane)
    return Response(done, status_code=200 if done.replayed else 201)


@get(STREAM + "/events/{seq:int}/original")
async def get_original(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    stream: FromPath[str],
    seq: FromPath[int],
) -> Originals:
    """Return a message before a part of it was hidden, to its author or the operator."""
    reads = db.write if actor.side is Side.OPERATOR else db.read
    return Originals(await reads(service.original, actor, Stream.parse(stream), seq))


@post(STREAM + "/read", status_code=204)
async def mark_read(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    stream: FromPath[str],
    data: JSONBody[Mark],
) -> None:
    """Say that one has read up to an entry."""
    await db.write(service.mark, actor, Stream.parse(stream), MarkKind.READ, data.seq)


@post(STREAM + "/ack", status_code=204)
async def mark_delivered(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    stream: FromPath[str],
    data: JSONBody[Mark],
) -> None:
    """Say that one's device has received up to an entry."""
    await db.write(service.mark, actor, Stream.parse(stream), MarkKind.DELIVERED, data.seq)


@post(TALK + "/attachments", request_max_body_size=None, operation_class=TakesFile)
async def add_attachment(
    *,
    request: Request[Any, Any, Any],
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    blobs: NamedDependency[Blobs],
    crowd: NamedDependency[Crowd],
    settings: NamedDependency[Settings],
    talk: FromPath[str],
    name: FromQuery[str] = "",
) -> Attachment:
    """Take a file (the raw body) into a conversation; name it in a message to show it."""
    crowd.uploads(actor)
    await db.read(service.entered, actor, Stream(_talk(talk)))
    data = await _take(request, settings.attachment_bytes)
    blob = await asyncio.to_thread(blobs.keep, data)
    shown = display_name(name, blob.media_type)
    return await db.write(service.attach, actor, _talk(talk), blob, shown)


@get(
    "/files/{attachment:str}",
    responses={
        200: ResponseSpec(
            bytes, generate_examples=False, media_type="*/*", description="The file as it was sent"
        )
    },
)
async def get_file(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    blobs: NamedDependency[Blobs],
    attachment: FromPath[str],
) -> File:
    """Hand out a file to those who may see its conversation, in a way that never runs it."""
    file = AttachmentId(Stream.parse(f"c.{attachment}.p").conversation)
    sha256, name, media_type = await db.read(service.file, actor, file)
    shown: Literal["inline", "attachment"] = (
        "inline" if media_type in SHOWN_INLINE else "attachment"
    )
    return File(
        path=blobs.path(sha256),
        media_type=media_type,
        content_disposition_type=shown,
        filename=name,
        headers=FILE_HEADERS,
    )


@get("/api/v1/covers")
async def list_covers(
    *,
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    shop: FromQuery[str | None] = None,
    before: FromQuery[str] = "",
    limit: FromQuery[int] = covers.PAGE,
) -> Covers:
    """List what was hidden from the other side, the newest first; to the operator."""
    return await db.read(covers.covers, actor, shop=shop, before=before, limit=limit)


@get(TALK + "/draft")
async def get_draft(
    db: NamedDependency[Database], actor: NamedDependency[Actor], talk: FromPath[str]
) -> Draft:
    """Return what one has not sent yet."""
    return await db.read(service.draft, actor, _talk(talk))


@put(TALK + "/draft", status_code=204)
async def put_draft(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    talk: FromPath[str],
    data: JSONBody[KeepDraft],
) -> None:
    """Keep words for later, as long as kept is what ``was``; empty words drop the draft."""
    await db.write(service.keep_draft, actor, _talk(talk), data)


@delete(TALK + "/draft")
async def drop_draft(
    db: NamedDependency[Database], actor: NamedDependency[Actor], talk: FromPath[str]
) -> None:
    """Forget the draft."""
    await db.write(service.keep_draft, actor, _talk(talk), KeepDraft(""))


FILE_HEADERS = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def _talk(talk: str) -> ConversationId:
    return Stream.parse(f"c.{talk}.{Audience.PUBLIC}").conversation


async def _take(request: Request[Any, Any, Any], most: int) -> bytes:
    """Read a body up to ``most`` bytes; refuse a longer one without reading it whole."""
    taken = bytearray()
    async for chunk in request.stream():
        taken += chunk
        if len(taken) > most:
            raise FileTooLarge(most=most // 1024 // 1024)
    return bytes(taken)


ROUTES = (
    begin_conversation,
    get_conversation,
    list_events,
    append_event,
    get_original,
    list_covers,
    mark_read,
    mark_delivered,
    add_attachment,
    get_file,
    get_draft,
    put_draft,
    drop_draft,
)
