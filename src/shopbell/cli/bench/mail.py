"""Letters on their way in: how soon an open desk shows one, and how many are taken for good.

They come over LMTP from buyers who were written to, at first a few a second, each to be seen; then
as fast as a few connections are answered. A name server of our own knows no name.
"""

import asyncio
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple, cast

import dns.message
import dns.rcode
import uvloop
from msgspec import Struct

from shopbell.accounts import service as accounts
from shopbell.channels.mail import addresses
from shopbell.channels.mail.arriving import automatic, markup, quotes, structure
from shopbell.channels.mail.arriving.automatic import Kind
from shopbell.channels.mail.arriving.model import FLOOD_MOST
from shopbell.channels.mail.arriving.reading import markers
from shopbell.channels.mail.keys import keyring
from shopbell.cli.bench.chat import in_ms
from shopbell.cli.bench.pages import Page
from shopbell.cli.bench.people import Buyer, Crowd, found
from shopbell.cli.bench.record import Down, Record
from shopbell.cli.bench.server import cores, database, free_port, running
from shopbell.conversations.model import Stream
from shopbell.engine.database import Database
from shopbell.engine.settings import Settings

LINES = 8
SETTLE_SECONDS = 20.0
DOMAIN = "reply.localhost"
BETWEEN = "\n=-=-= the letter =-=-=\n"
"""In a labelled sample: what stands before it is what the writer wrote, and after it the letter."""

SLOW_SECONDS = 10.0


class Writer(NamedTuple):
    """A buyer with a mailbox: their own address, and the one at which they answer."""

    address: str
    to: str
    stream: str


class MailFigures(Struct, frozen=True):
    """What was measured; what was not asked for is left out."""

    letters: int
    unseen: int
    visible_p50_ms: float
    visible_p95_ms: float
    taken: int
    taken_per_second: float
    read: int | None = None
    crashed: int | None = None
    over_10s: int | None = None
    slowest_ms: float | None = None
    bounces: int | None = None
    bounces_known: int | None = None
    people: int | None = None
    people_mistaken: int | None = None
    quotes: int | None = None
    quotes_exact: int | None = None
    quotes_emptied: int | None = None


class Watcher(Page):
    """The open page of the desk: it remembers when it was shown which letter."""

    def __init__(self, record: Record, crowd: Crowd) -> None:
        super().__init__(record, crowd.desk)
        self.shown: dict[str, float] = {}

    def hear(self, frame: Down) -> None:
        """Take the time of what is shown."""
        super().hear(frame)
        if frame.t == "event" and frame.event:
            self.shown.setdefault(frame.event.data.text, time.monotonic())


class Names(asyncio.DatagramProtocol):
    """A name server that knows no name."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Note whom answers go through."""
        self._line = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Answer that there is no such name."""
        answer = dns.message.make_response(dns.message.from_wire(data))
        answer.set_rcode(dns.rcode.NXDOMAIN)
        self._line.sendto(answer.to_wire(), addr)


class Line:
    """A connection as the mail server beside us makes it."""

    def __init__(self, door: int) -> None:
        self._door = door

    async def open(self) -> None:
        """Greet."""
        self._in, self._out = await asyncio.open_connection("127.0.0.1", self._door)
        await self._hears()
        await self._says("LHLO bench.localhost")

    async def hands_over(self, writer: Writer, words: str) -> bool:
        """Hand a letter over; return whether it is kept now."""
        await self._says(f"MAIL FROM:<{writer.address}>")
        await self._says(f"RCPT TO:<{writer.to}>")
        await self._says("DATA")
        return await self._says(_letter(writer, words)) == "250"

    def close(self) -> None:
        """Leave."""
        self._out.close()

    async def _says(self, words: str) -> str:
        self._out.write(words.encode() + b"\r\n")
        return await self._hears()

    async def _hears(self) -> str:
        while True:
            line = (await self._in.readline()).decode()
            if line[3:4] != "-":
                return line[:3]


def measure(
    rate: float, seconds: float, mails: Path | None = None, samples: Path | None = None
) -> MailFigures:
    """Send letters at a rate and then as many as can be, and look at those in folders."""
    count = round(rate * seconds)
    with (
        cores(),
        TemporaryDirectory() as folder,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        settings = Settings(data=Path(folder), database=database())
        crowd = found(settings, count // (FLOOD_MOST - 1) + 1)
        writers = _writers(settings, crowd.buyers)
        door, names = free_port(), free_port()
        ours = {
            "SHOPBELL_LMTP_LISTEN": f"127.0.0.1:{door}",
            "SHOPBELL_DNS_SERVER": f"127.0.0.1:{names}",
        }
        with running(Path(folder), settings=ours) as server:
            given = runner.run(_send(server.url, crowd, writers, door, names, rate, seconds))
    return MailFigures(**given, **_read(mails), **_quotes(samples))


def _writers(settings: Settings, buyers: Sequence[Buyer]) -> list[Writer]:
    db, keys = Database(settings.database_url, settings=settings), keyring(settings.data)
    try:
        return [_writer(db, keys, buyer) for buyer in buyers]
    finally:
        db.close()


def _writer(db: Database, keys: addresses.Keyring, buyer: Buyer) -> Writer:
    visit = db.read_now(accounts.who, buyer.who.cookie.partition("=")[2])
    if visit is None:
        raise LookupError(buyer.who.name)
    talk, who = Stream.parse(buyer.stream).conversation, visit.actor.id
    local = addresses.relay_address(keys, talk, addresses.person(who))
    address = db.read_now(accounts.person, who).email
    return Writer(address, f"{local}@{DOMAIN}", buyer.stream)


async def _send(  # noqa: PLR0917 - where, whose, and how many
    url: str,
    crowd: Crowd,
    writers: Sequence[Writer],
    door: int,
    names: int,
    rate: float,
    seconds: float,
) -> dict[str, Any]:
    loop = asyncio.get_running_loop()
    knower, _ = await loop.create_datagram_endpoint(Names, local_addr=("127.0.0.1", names))
    desk = Watcher(Record(crowd), crowd)
    await desk.open(url, [writer.stream for writer in writers])
    lines = [Line(door) for _line in range(LINES)]
    await asyncio.gather(*(line.open() for line in lines))
    await lines[0].hands_over(writers[0], "The first takes longer.")
    kept = await _paced(lines[0], writers, rate, seconds)
    until = time.monotonic() + SETTLE_SECONDS
    while not kept.keys() <= desk.shown.keys() and time.monotonic() < until:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    waits = [desk.shown[words] - at for words, at in kept.items() if words in desk.shown]
    began = time.monotonic()
    taken = sum(await asyncio.gather(*(_as_many(line, writers, began + seconds) for line in lines)))
    took = time.monotonic() - began
    for line in lines:
        line.close()
    desk.close()
    knower.close()
    return {
        "letters": len(kept),
        "unseen": len(kept) - len(waits),
        "visible_p50_ms": in_ms(waits, 0.5),
        "visible_p95_ms": in_ms(waits, 0.95),
        "taken": taken,
        "taken_per_second": round(taken / took, 1),
    }


async def _paced(
    line: Line, writers: Sequence[Writer], rate: float, seconds: float
) -> dict[str, float]:
    """Hand letters over at a rate; return when each was answered with a yes."""
    began, kept = time.monotonic(), dict[str, float]()
    for number in range(round(rate * seconds) - 1):
        await asyncio.sleep(max(0.0, began + number / rate - time.monotonic()))
        words = f"This is letter number {number}."
        if await line.hands_over(writers[number % len(writers)], words):
            kept[words] = time.monotonic()
    return kept


async def _as_many(line: Line, writers: Sequence[Writer], until: float) -> int:
    count = 0
    while time.monotonic() < until:
        count += await line.hands_over(writers[count % len(writers)], f"One of many: {count}.")
    return count


def _letter(writer: Writer, words: str) -> str:
    head = f"From: {writer.address}\r\nTo: {writer.to}\r\nSubject: Re: Bench\r\n"
    name = f"Message-ID: <{time.monotonic_ns()}@example.org>\r\n"
    return f"{head}{name}\r\n{words}\r\n\r\n> On Monday we wrote\r\n> {words[::-1]}\r\n."


# --- letters in folders -------------------------------------------------------------------


def _read(folder: Path | None) -> dict[str, Any]:
    """Read all letters below a folder, and tell machines from people where its names say so."""
    if folder is None:
        return {}
    kinds: dict[Path, Kind | None] = {}
    waits: list[float] = []
    for file in _letters(folder):
        began = time.process_time()
        kinds[file] = _kind(file)
        waits.append(time.process_time() - began)
    bounces = [kind for file, kind in kinds.items() if _is_in(file, folder, "bounce")]
    people = [kind for file, kind in kinds.items() if _is_in(file, folder, "plain")]
    return {
        "read": len(kinds),
        "crashed": sum(kind is None for kind in kinds.values()),
        "over_10s": sum(wait > SLOW_SECONDS for wait in waits),
        "slowest_ms": round(max(waits, default=0.0) * 1_000, 1),
        "bounces": len(bounces),
        "bounces_known": sum(kind in {Kind.BOUNCE, Kind.COMPLAINT} for kind in bounces),
        "people": len(people),
        "people_mistaken": sum(kind is not Kind.HUMAN for kind in people),
    }


def _kind(file: Path) -> Kind | None:
    """Tell who wrote a letter; none if we crash over it, which is counted."""
    try:
        return automatic.kind_of(structure.read(file.read_bytes()))
    except Exception:  # noqa: BLE001
        return None


def _letters(folder: Path) -> Iterator[Path]:
    for file in sorted(folder.rglob("*")):
        if file.is_file() and file.name[0] not in "_." and file.suffix not in {".json", ".md"}:
            yield file


def _is_in(file: Path, folder: Path, word: str) -> bool:
    """Tell whether one of the folders on the way to a letter says what it is."""
    way = file.relative_to(folder).parent.parts
    return any(word in part for part in way) and not file.name.startswith("rfc3834")


def _quotes(folder: Path | None) -> dict[str, Any]:
    """Take the quotes off labelled samples."""
    if folder is None:
        return {}
    pairs = [_own_words(file) for file in sorted(folder.iterdir())]
    return {
        "quotes": len(pairs),
        "quotes_exact": sum(wanted.strip() == found.strip() for wanted, found in pairs),
        "quotes_emptied": sum(bool(wanted.strip()) and not found for wanted, found in pairs),
    }


def _own_words(file: Path) -> tuple[str, str]:
    wanted, letter = file.read_text().split(BETWEEN)
    words = markup.words_of(letter) if file.suffix == ".html" else letter
    return wanted, quotes.new_words(words, markers(), "anna@example.org")
