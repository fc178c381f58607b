"""Files given with a step: whose they may be, and what kind of file."""

from collections.abc import Mapping
from typing import Any

from shopbell.cases.fields import MEDIA, files_in
from shopbell.cases.model import Kind
from shopbell.cases.refusals import NotAPicture
from shopbell.conversations.model import AttachmentId, ConversationId
from shopbell.conversations.posting import files_of
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor, Side


def check_files(
    tx: Tx, actor: Actor, talk: ConversationId, kind: Kind, read: Mapping[str, Any]
) -> None:
    """Refuse files of others or of elsewhere, and photos that are no photos.

    What the system passes on was checked when it was given.
    """
    if actor.side is Side.SYSTEM:
        return
    for name, answer in read.items():
        field = kind.field(name)
        for file in files_of(tx, actor, talk, files_in(field, answer)):
            if not file.media_type.startswith(MEDIA[field.kind]):
                raise NotAPicture(file=file.name, field=name)


def shown_files(kind: Kind, read: Mapping[str, Any]) -> list[AttachmentId]:
    """Return the files of a step that both sides may open."""
    return files_named(kind, kind.shown_to(Side.BUYER, read))


def files_named(kind: Kind, given: Mapping[str, Any]) -> list[AttachmentId]:
    """Return the files that some answers name, whether they are typed or as they were kept."""
    return [
        AttachmentId(file)
        for name, answer in given.items()
        for file in files_in(kind.field(name), answer)
    ]
