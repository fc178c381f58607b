"""What people wrote to each other in Marketa, entry by entry, each at its own time."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

import msgspec
from msgspec import Struct

from shopbell.commerce import service as commerce
from shopbell.commerce.model import Shop
from shopbell.conversations import service as conversations
from shopbell.conversations.commands import Append, Begin, MessageData, MoveData, NoteData
from shopbell.conversations.model import (
    Audience,
    Channel,
    ConversationId,
    MarkKind,
    Stream,
    Subject,
    SubjectKind,
)
from shopbell.demo.moments import ago, at, span
from shopbell.demo.people import Player
from shopbell.demo.pictures import Picture
from shopbell.demo.tables import names_in, read
from shopbell.engine import deadlines
from shopbell.engine.blobs import Blob
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM, Side
from shopbell.kernel.ids import new_id

Duties = Mapping[str, Callable[[Tx, str], None]]
"""What is done when a deadline has come, by its kind."""

_SEEN_AFTER = "1m"
_AT_ONCE = 50


class Photo(Struct, frozen=True, forbid_unknown_fields=True):
    """A picture sent in a thread."""

    name: str
    picture: Picture


class Entry(Struct, frozen=True, forbid_unknown_fields=True):
    """One thing somebody did: said something, noted it for the team, or pressed a button."""

    by: str
    after: str = "0m"
    says: str = ""
    notes: str = ""
    does: str = ""
    channel: Channel = Channel.CHAT
    photos: list[Photo] = []


class Talk(Struct, frozen=True, forbid_unknown_fields=True):
    """A conversation as the table tells of it; ``subject`` is a kind and a name."""

    buyer: str
    subject: str
    began: str
    entries: list[Entry]
    seen: list[Side] = []


class _Folder(Struct, frozen=True, forbid_unknown_fields=True):
    talk: list[Talk]


@dataclass(frozen=True)
class Stage:
    """What it takes to play a conversation."""

    cast: Mapping[str, Player]
    orders: Mapping[int, str]
    photos: Mapping[Picture, Blob]
    now: datetime


@dataclass
class Scene:
    """One conversation while it is played."""

    talk: Talk
    subject: Subject
    shop: Shop
    started: list[ConversationId] = field(default_factory=list[ConversationId])

    @property
    def stream(self) -> Stream:
        return Stream(self.started[0])


Beat = tuple[datetime, Callable[[Tx], None]]
"""Something that happens at a moment."""


def talks() -> list[Talk]:
    """Return the conversations of all tables."""
    folders = [read(f"talks/{name}.toml", _Folder) for name in names_in("talks", ".toml")]
    return [talk for folder in folders for talk in folder.talk]


def photos_in(told: Iterable[Talk]) -> list[Picture]:
    """Return the pictures that people sent."""
    return [p.picture for talk in told for entry in talk.entries for p in entry.photos]


def play(tx: Tx, stage: Stage, told: Iterable[Talk], beside: Iterable[Beat], duties: Duties) -> int:
    """Let everything be said in the order of time, and let promises run out in between.

    What happens ``beside`` the talks has its place in the same time.
    """
    scenes = [_scene(tx, stage, talk) for talk in told]
    beats = [*beside, *(beat for scene in scenes for beat in _beats(stage, scene))]
    for moment, happens in sorted(beats, key=lambda beat: beat[0]):
        let_time_pass(tx, duties, moment)
        happens(at(tx, moment))
    let_time_pass(tx, duties, stage.now)
    return len(scenes)


def let_time_pass(tx: Tx, duties: Duties, until: datetime) -> None:
    """Do what was due before ``until``, each at its own time."""
    while due := deadlines.due(at(tx, until), list(duties), _AT_ONCE):
        for deadline in due:
            then = at(tx, deadline.due_at)
            for fired in deadlines.fire(then, [deadline]):
                duties[fired.kind](then, fired.entity)


def _scene(tx: Tx, stage: Stage, talk: Talk) -> Scene:
    kind, _, name = talk.subject.partition(" ")
    match subject := Subject(SubjectKind(kind), _found(stage, kind, name)):
        case Subject(SubjectKind.PRODUCT):
            shop = commerce.product(tx, subject.id).shop
        case Subject(SubjectKind.ORDER):
            shop = commerce.order(tx, SYSTEM, subject.id).shop
        case _:
            shop = commerce.shop(tx, subject.id).id
    return Scene(talk, subject, commerce.shop(tx, shop))


def _found(stage: Stage, kind: str, name: str) -> str:
    return stage.orders[int(name)] if kind == SubjectKind.ORDER else name


def _beats(stage: Stage, scene: Scene) -> Iterator[Beat]:
    moment = ago(scene.talk.began, stage.now, scene.shop.zone)
    for entry in scene.talk.entries:
        moment = min(moment + span(entry.after), stage.now)
        yield moment, partial(_act, stage=stage, scene=scene, entry=entry)
    moment = min(moment + span(_SEEN_AFTER), stage.now)
    for side in scene.talk.seen:
        looker = _looker(stage, scene, side)
        yield moment, partial(_read_all, player=looker, scene=scene)


def _act(tx: Tx, stage: Stage, scene: Scene, entry: Entry) -> None:
    player = stage.cast[scene.talk.buyer if entry.by == "buyer" else entry.by]
    if not scene.started:
        begun, _ = conversations.begin(tx, player.actor, Begin(scene.subject), player.person.locale)
        scene.started.append(begun.id)
    _read_all(tx, player, scene)
    if entry.does:
        _append(tx, player, scene.stream, entry.does, MoveData())
    elif entry.notes:
        notes = Stream(scene.stream.conversation, Audience.NOTES)
        _append(tx, player, notes, "note", NoteData(entry.notes))
    else:
        files = [_attach(tx, stage, player, scene, photo) for photo in entry.photos]
        said = MessageData(entry.says, files, entry.channel)
        _append(tx, player, scene.stream, "message", said)


def _append(tx: Tx, player: Player, stream: Stream, kind: str, data: Struct) -> None:
    command = Append(new_id(), kind, msgspec.to_builtins(data))
    conversations.append(tx, player.actor, stream, command)


def _attach(tx: Tx, stage: Stage, player: Player, scene: Scene, photo: Photo) -> str:
    talk, blob = scene.stream.conversation, stage.photos[photo.picture]
    return conversations.attach(tx, player.actor, talk, blob, photo.name).id


def _read_all(tx: Tx, player: Player, scene: Scene) -> None:
    head = conversations.conversation(tx, player.actor, scene.stream.conversation).head
    conversations.mark(tx, player.actor, scene.stream, MarkKind.READ, head)


def _looker(stage: Stage, scene: Scene, side: Side) -> Player:
    """Return who opened the thread: the buyer, or the first of the shop's team."""
    if side is Side.BUYER:
        return stage.cast[scene.talk.buyer]
    return next(p for p in stage.cast.values() if p.actor.works_for(scene.shop.id))
