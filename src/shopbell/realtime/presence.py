"""Who is here: which sides have a stream open and which shops have somebody at the desk.

Never stored. Each process counts its own pages and believes the others what they say of theirs,
until they have been silent for a while.
"""

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import Callable

from shopbell.kernel.actor import Actor, PersonId, ShopId, Side
from shopbell.realtime.frames import Presence as Seen
from shopbell.realtime.letters import Asked, Attended, Counted, Letter

SILENCE_SECONDS = 16.0
"""A process that has not counted itself for so long is gone."""

PLACES_IN_A_LETTER = 40
TOLD_AT_ONCE = 200
NAME_MOST = 20
"""Characters of a colleague's name that go from process to process."""

Tell = Callable[[str, Seen, Side | None], None]
"""Tells the pages at a stream, except those of one side."""


class Elsewhere:
    """The places attended at one other process."""

    def __init__(self) -> None:
        self.places: set[str] = set()
        self.heard_at = time.monotonic()


class Presence:
    """Places, and whether somebody is there."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self.post: Callable[[Letter], None] = _to_nobody
        self._here: Counter[str] = Counter()
        self._elsewhere: dict[str, Elsewhere] = defaultdict(Elsewhere)
        self._streams_of: dict[ShopId, Counter[str]] = defaultdict(Counter)
        self._readers: dict[str, dict[PersonId, str]] = defaultdict(dict)

    # ── at this process ─────────────────────────────────────────────────────────────────────

    def come_to_desk(self, shop: ShopId) -> None:
        """Count a page of a shop's team."""
        self._come(_desk(shop))

    def leave_desk(self, shop: ShopId) -> None:
        """Count it out again."""
        self._leave(_desk(shop))

    def come_to_stream(self, stream: str, side: Side, shop: ShopId) -> None:
        """Count a page that has a stream of a shop open."""
        self._streams_of[shop][stream] += 1
        self._come(_at(stream, side))

    def leave_stream(self, stream: str, side: Side, shop: ShopId) -> None:
        """Count it out again."""
        self._streams_of[shop][stream] -= 1
        if not self._streams_of[shop][stream]:
            del self._streams_of[shop][stream]
        self._leave(_at(stream, side))

    def open_notes(self, stream: str, reader: Actor) -> None:
        """Count a page at which one of a team has the notes of a conversation open."""
        self._come(_reader(stream, reader))

    def close_notes(self, stream: str, reader: Actor) -> None:
        """Count it out again."""
        self._leave(_reader(stream, reader))

    def readers_of(self, stream: str) -> list[Seen]:
        """Return who of a team has the notes of a conversation open, wherever they are."""
        there = self._readers.get(stream, {})
        return [_reads(stream, person, name, on=True) for person, name in there.items()]

    def sides_at(self, stream: str) -> set[Side]:
        """Return which sides have this stream open."""
        return {side for side in Side if self._attended(_at(stream, side))}

    def at_desk(self, shop: ShopId) -> bool:
        """Tell whether somebody of a shop's team is here."""
        return self._attended(_desk(shop))

    def _come(self, place: str) -> None:
        known = self._attended(place)
        self._here[place] += 1
        if self._here[place] == 1:
            self.post(Attended(places=[place]))
        if not known:
            self._say(place, on=True)

    def _leave(self, place: str) -> None:
        self._here[place] -= 1
        if not self._here[place]:
            del self._here[place]
            self.post(Attended(places=[place], on=False))
            self._say_if_left(place)

    # ── at the others ───────────────────────────────────────────────────────────────────────

    def count(self) -> None:
        """Let the others know that we are here, and forget those who are no more."""
        self.post(Counted(places=len(self._here)))
        silent = time.monotonic() - SILENCE_SECONDS
        for node in [node for node, it in self._elsewhere.items() if it.heard_at < silent]:
            self._drop(node)

    def hear(self, node: str, letter: Attended | Counted | Asked, us: str) -> None:
        """Believe what another process says."""
        match letter:
            case Attended(places=places, on=on, anew=anew):
                if anew:
                    self._drop(node)
                for place in places:
                    self._note(node, place, on=on)
            case Counted(places=many):
                self._elsewhere[node].heard_at = time.monotonic()
                if len(self._elsewhere[node].places) != many:
                    self.post(Asked(node=node))
            case Asked(node=asked):
                if asked == us:
                    self._tell_all_places()

    def _note(self, node: str, place: str, *, on: bool) -> None:
        before = self._attended(place)
        there = self._elsewhere[node].places
        (there.add if on else there.discard)(place)
        if on and not before:
            self._say(place, on=True)
        elif before and not on:
            self._say_if_left(place)

    def _drop(self, node: str) -> None:
        for place in self._elsewhere.pop(node, Elsewhere()).places:
            self._say_if_left(place)

    def _tell_all_places(self) -> None:
        places = list(self._here)
        for first in range(0, max(1, len(places)), PLACES_IN_A_LETTER):
            some = places[first : first + PLACES_IN_A_LETTER]
            self.post(Attended(places=some, anew=first == 0))

    # ── telling pages ───────────────────────────────────────────────────────────────────────

    def _attended(self, place: str) -> bool:
        return place in self._here or any(place in it.places for it in self._elsewhere.values())

    def _say_if_left(self, place: str) -> None:
        if not self._attended(place):
            self._say(place, on=False)

    def _say(self, place: str, *, on: bool) -> None:
        what, _, where = place.partition(":")
        if what == _DESK:
            shop = ShopId(where)
            self._say_of_desk(shop, tuple(self._streams_of.get(shop, ())))
        elif what == _READER:
            self._say_of_reader(where, on=on)
        else:
            side = Side(what)
            self._tell(where, Seen(side=side, on=on, stream=where), side)

    def _say_of_reader(self, where: str, *, on: bool) -> None:
        """Tell a team who of them came to a conversation, or left it."""
        stream, person, name = where.split(":", 2)
        if on:
            self._readers[stream][PersonId(person)] = name
        else:
            self._readers[stream].pop(PersonId(person), None)
        if not self._readers[stream]:
            del self._readers[stream]
        self._tell(stream, _reads(stream, PersonId(person), name, on=on), None)

    def _say_of_desk(self, shop: ShopId, streams: tuple[str, ...]) -> None:
        """Tell all who have to do with a shop, bit by bit: thousands at once would hold up others.

        Each is told how it is when its turn comes; a change meanwhile sets out by itself.
        """
        seen = Seen(side=Side.SELLER, on=self.at_desk(shop), shop=shop)
        for stream in streams[:TOLD_AT_ONCE]:
            self._tell(stream, seen, None)
        if rest := streams[TOLD_AT_ONCE:]:
            asyncio.get_running_loop().call_soon(self._say_of_desk, shop, rest)


_DESK, _READER = "desk", "reader"


def _reader(stream: str, reader: Actor) -> str:
    return f"{_READER}:{stream}:{reader.id}:{reader.name[:NAME_MOST]}"


def _reads(stream: str, person: PersonId, name: str, *, on: bool) -> Seen:
    return Seen(side=Side.SELLER, on=on, stream=stream, person=person, name=name)


def _desk(shop: ShopId) -> str:
    return f"{_DESK}:{shop}"


def _at(stream: str, side: Side) -> str:
    return f"{side}:{stream}"


def _to_nobody(_letter: Letter) -> None:
    """Post nothing."""
