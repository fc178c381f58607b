"""The door for letters: whatever way their bytes come in, they are kept as they were sent."""

import asyncio
import random
import threading
from asyncio import StreamReader, StreamWriter
from dataclasses import replace

from shopbell.channels.mail.arriving import listener
from shopbell.channels.mail.arriving.asking import NamesAway
from shopbell.channels.mail.arriving.model import ReadMail
from shopbell.channels.mail.arriving.tables import mails
from shopbell.engine.database import Tx
from tests.support.house import Counter, House
from tests.support.mail import HERE, Letter, Letterbox

PIECES = [b"\r", b"\n", b".", b"\r\n", b"a", b"\r\n.", b".\r\n", b"x" * 700_000]
NO_TALK, NO_TAG = b"01890000-0000-7000-8000-000000000000", b"a" * 17
BEHIND = [b"", b"NOOP\r\n", b"RSET\r\nNOOP\r\n"]


def sent(chance: random.Random) -> tuple[bytes, bytes]:
    """Return a letter as it is sent, and as it is meant."""
    said = b"".join(chance.choices(PIECES, [9] * 7 + [1], k=chance.randrange(30))) + b"\r\n"
    return (b"\r\n" + said).replace(b"\r\n.", b"\r\n..")[2:] + b".\r\n", said


async def handed_over(door: "Door", to: str, wire: bytes, behind: bytes, cut: int) -> None:
    await door.says(b"MAIL FROM:<anna@example.org>\r\n", 250)
    await door.says(b"RCPT TO:<%s>\r\n" % to.encode(), 250)
    await door.says(b"DATA\r\n", 354)
    whole = wire + behind
    for begin in range(0, len(whole), cut):
        door.writer.write(whole[begin : begin + cut])
        await asyncio.sleep(0)
    assert await door.hears() == 250
    for _command in range(behind.count(b"\r\n")):
        assert await door.hears() == 250


class Door:
    """A connection as the mail server beside us makes it."""

    def __init__(self, reader: StreamReader, writer: StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def says(self, words: bytes, answer: int) -> None:
        self.writer.write(words)
        assert await self.hears() == answer

    async def hears(self) -> int:
        """Return the code of the next answer, however many lines it has."""
        while True:
            line = await asyncio.wait_for(self.reader.readline(), 10)
            if line[3:4] != b"-":
                return int(line[:3])


def test_a_letter_is_kept_as_it_was_sent_however_it_is_cut(
    house: House, box: Letterbox, halo: Counter
) -> None:
    chance, to = random.Random(5), f"halo@{HERE}"
    letters = [sent(chance) for _letter in range(40)]

    async def all_of_them() -> None:
        server = await listener.listen("127.0.0.1:0", house.db, house.app.blobs, box.keys)
        line = await asyncio.open_connection(*server.sockets[0].getsockname()[:2])
        door = Door(*line)
        assert await door.hears() == 220
        await door.says(b"LHLO mail.localhost\r\n", 250)
        for wire, _meant in letters:
            cut = chance.choice([1, 2, 3, 5]) if len(wire) < 1_000 else 65_536
            await handed_over(door, to, wire, chance.choice(BEHIND), cut)
        await door.says(b"QUIT\r\n", 221)
        door.writer.close()
        server.close()

    asyncio.run(all_of_them())
    kept = {house.app.blobs.path(raw).read_bytes() for raw in house.db.read_now(_kept)}
    assert kept == {meant for _wire, meant in letters}


def test_names_that_nobody_tells_keep_nobody_waiting_at_the_door(
    house: House, box: Letterbox, halo: Counter
) -> None:
    to = f"halo@{HERE}"
    waiting = [box.gets(Letter(to, text=f"{n}"), reads=False) for n in range(10)]
    told = threading.Event()

    def nobody(name: str, _kind: str) -> list[object]:
        told.wait(10)
        raise NamesAway(name)

    desk = replace(house.app.mail, ask=nobody)

    async def one_more() -> None:
        reading = [asyncio.create_task(desk.read(ReadMail(mail=mail.id))) for mail in waiting]
        await asyncio.sleep(0.5)
        server = await listener.listen("127.0.0.1:0", house.db, house.app.blobs, box.keys)
        line = await asyncio.open_connection(*server.sockets[0].getsockname()[:2])
        door = Door(*line)
        await door.hears()
        await door.says(b"LHLO mail.localhost\r\n", 250)
        async with asyncio.timeout(5):
            await handed_over(door, to, b"Subject: x\r\n\r\nHello?\r\n.\r\n", b"", 100)
        told.set()
        await asyncio.gather(*reading, return_exceptions=True)
        door.writer.close()
        server.close()

    asyncio.run(one_more())


def test_each_letter_of_a_connection_is_told_of_its_own_client(
    house: House, box: Letterbox, halo: Counter
) -> None:
    to = f"halo@{HERE}"

    async def two() -> None:
        server = await listener.listen("127.0.0.1:0", house.db, house.app.blobs, box.keys)
        line = await asyncio.open_connection(*server.sockets[0].getsockname()[:2])
        door = Door(*line)
        await door.hears()
        await door.says(b"LHLO mail.localhost\r\n", 250)
        await door.says(b"XFORWARD ADDR=192.0.2.25 HELO=mx.example.org\r\n", 250)
        await handed_over(door, to, b"Subject: 1\r\n\r\nx\r\n.\r\n", b"", 100)
        await handed_over(door, to, b"Subject: 2\r\n\r\nx\r\n.\r\n", b"", 100)
        await door.says(b"XFORWARD ADDR=192.0.2.26\r\n", 250)
        await door.says(b"RSET\r\n", 250)
        await handed_over(door, to, b"Subject: 3\r\n\r\nx\r\n.\r\n", b"", 100)
        await door.says(b"MAIL FROM:<anna@example.org>\r\n", 250)
        await door.says(b"RCPT TO:<c-%s.%s@%s>\r\n" % (NO_TALK, NO_TAG, HERE.encode()), 550)
        door.writer.close()
        server.close()

    asyncio.run(two())
    assert house.db.read_now(_clients) == ["192.0.2.25", "", ""]


def _clients(tx: Tx) -> list[str]:
    told = mails.select().with_only_columns(mails.c.client).order_by(mails.c.id)
    return list(tx.execute(told).scalars())


def _kept(tx: Tx) -> list[str]:
    return list(tx.execute(mails.select().with_only_columns(mails.c.raw)).scalars())
