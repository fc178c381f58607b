"""Who looks at letters keeps nobody waiting whose letters arrive."""

import asyncio
import threading
from dataclasses import replace

from shopbell.channels.mail import addresses
from shopbell.channels.mail.arriving.jobs import MailDesk
from shopbell.channels.mail.arriving.model import Mail
from shopbell.channels.mail.arriving.reading import Reading
from shopbell.channels.mail.arriving.room import ReadingRoom
from shopbell.conversations.model import ConversationId
from shopbell.web.pages.looks import Looks
from tests.support.browsing import Door
from tests.support.house import House, Person
from tests.support.mail import Letter, Letterbox


class SlowRoom(ReadingRoom):
    """A room in which a letter takes until somebody says so."""

    def __init__(self) -> None:
        super().__init__()
        self.go, self.reads = threading.Event(), 0

    def read(self, raw: bytes, sender: str | None = None, *, whole: bool = True) -> Reading:
        self.reads += 1
        self.go.wait(10)
        return super().read(raw, sender, whole=whole)


def shown(house: House, box: Letterbox, talk: ConversationId, anna: Person) -> Mail:
    to = box.relay(talk, addresses.person(anna.actor.id))
    return box.gets(Letter(to, text="Yes, it was open."))


def test_forty_looks_at_a_letter_leave_threads_for_those_that_arrive(
    house: House, box: Letterbox, talk: ConversationId, anna: Person
) -> None:
    mail = shown(house, box, talk, anna)
    room, looks = SlowRoom(), Looks()
    desk: MailDesk = replace(house.app.mail, room=room)

    async def crowd() -> list[Reading]:
        looking = [asyncio.create_task(looks.at(desk, mail)) for _look in range(40)]
        await asyncio.sleep(0.1)
        assert room.reads == 2
        async with asyncio.timeout(1):
            await asyncio.to_thread(house.app.blobs.keep_sealed, b"Another letter")
        room.go.set()
        return await asyncio.gather(*looking)

    try:
        readings = asyncio.run(crowd())
    finally:
        room.close()
    assert {reading.words for reading in readings} == {"Yes, it was open."}
    assert room.reads == 2, "those behind know it"


def test_no_more_is_known_than_has_room(
    house: House, box: Letterbox, talk: ConversationId, anna: Person
) -> None:
    mail = shown(house, box, talk, anna)
    room, looks = SlowRoom(), Looks(most=10)
    room.go.set()
    desk = replace(house.app.mail, room=room)

    async def twice() -> None:
        for _look in range(2):
            await looks.at(desk, mail)

    asyncio.run(twice())
    room.close()
    assert room.reads == 2


def test_pages_look_there(
    *, house: House, door: Door, box: Letterbox, talk: ConversationId, anna: Person
) -> None:
    mail = shown(house, box, talk, anna)
    browser = door(anna)
    assert "Yes, it was open." in browser.get(f"/mail/{mail.event}").text
    house.app.mail.room.close()
    assert "Yes, it was open." in browser.get(f"/mail/{mail.event}").text
    assert house.app.mail.room._reader is None  # noqa: SLF001 - it was not read anew
