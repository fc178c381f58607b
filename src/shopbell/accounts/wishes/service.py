"""What people choose to be told, and the one question that every sender asks."""

from collections.abc import Collection

from shopbell.accounts.wishes import storage
from shopbell.accounts.wishes.model import CHOICES, Kind, Way, Wish
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor, PersonId


def wants(tx: Tx, person: PersonId, kind: Kind, way: Way) -> bool:
    """Tell whether somebody is to be told this kind of news by this way."""
    return (kind, way) not in storage.unwanted_by(tx, person)


def chosen(tx: Tx, actor: Actor) -> list[Wish]:
    """List all that somebody can choose, with what they chose."""
    off = storage.unwanted_by(tx, actor.id)
    return [
        Wish(kind, way, (kind, way) not in off)
        for kind, ways in CHOICES.get(actor.side, {}).items()
        for way in ways
    ]


def choose(tx: Tx, actor: Actor, wanted: Collection[tuple[Kind, Way]]) -> None:
    """Keep what somebody wants of what they can choose; the rest they do not."""
    off = [(one.kind, one.way) for one in chosen(tx, actor)]
    storage.put(tx, actor.id, [one for one in off if one not in wanted])


def switch(tx: Tx, person: PersonId, kind: Kind, way: Way, *, off: bool) -> None:
    """Switch one thing off or on, as by the link at the end of a letter."""
    (storage.add if off else storage.drop)(tx, person, kind, way)
