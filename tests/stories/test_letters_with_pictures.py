"""Pictures travel with letters: small, without what a camera wrote into them; not back again."""

import asyncio
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from random import Random

import dkim
import pytest
from PIL import Image

from shopbell.app import build
from shopbell.channels.mail import compose
from shopbell.channels.mail.arriving.reading import read
from shopbell.channels.mail.channel import MailChannel
from shopbell.channels.mail.pictures import BYTES_MOST, COPIES_MOST, Album
from shopbell.channels.mail.signing import records, signer
from shopbell.contact.model import Reach, Whom
from shopbell.conversations import service as conversations
from shopbell.conversations.commands import Appended
from shopbell.conversations.model import ConversationId, Stream
from shopbell.engine.blobs import Blobs
from shopbell.kernel.texts import text
from tests.support.clock import WoundClock
from tests.support.house import Counter, House, Person
from tests.support.mail import Letter
from tests.support.mailserver import DOMAIN, MailServer, Received, mailing

CAMERA = b"Anna's camera, 55.7558 N 37.6173 E"


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.fixture
def house(database: str, clock: WoundClock, tmp_path: Path, server: MailServer) -> Iterator[House]:
    app = build(mailing(tmp_path / "data", database, server), clock=clock)
    yield House(app, clock)
    app.close()


@pytest.fixture
def halo(house: House) -> Counter:
    return house.shop("halo")


@pytest.fixture
def anna(house: House) -> Person:
    return house.buyer("anna")


def photo(seed: int = 1, size: tuple[int, int] = (1200, 900), *, noisy: bool = False) -> bytes:
    """Return a picture as a camera writes it, with where and by whom it was taken."""
    if noisy:
        drawn = Image.frombytes("RGB", size, Random(seed).randbytes(size[0] * size[1] * 3))
    else:
        drawn = Image.new("RGB", size, (seed * 20 % 256, 90, 160))
    exif = Image.Exif()
    exif[0x010E] = CAMERA.decode()
    file = BytesIO()
    drawn.save(file, "JPEG", quality=95, exif=exif)
    return file.getvalue()


def png(size: tuple[int, int]) -> bytes:
    file = BytesIO()
    Image.new("RGBA", size, (200, 30, 30, 0)).save(file, "PNG")
    return file.getvalue()


def sends(house: House, who: Person, talk: ConversationId, *files: tuple[str, bytes]) -> Appended:
    """Say something with files."""
    kept = [(name, house.app.blobs.keep(data)) for name, data in files]
    ids = [
        house.db.write_now(conversations.attach, who.actor, talk, blob, name).id
        for name, blob in kept
    ]
    return who.adds(Stream(talk), "message", text="Look at this", attachments=ids)


def told(house: House, server: MailServer, talk: ConversationId) -> Received:
    """Have the team told, and return the letter as it arrived."""
    channel = MailChannel(house.app.settings, house.db)
    asyncio.run(channel.reach(Reach(conversation=talk, whom=Whom.TEAM, channel="mail", since=1)))
    house.passes(seconds=1)
    [arrived] = server.taken
    return arrived


def pictures(letter: Received) -> dict[str, bytes]:
    """Return the pictures in a letter, by their ids."""
    return {
        str(part["Content-ID"]): part.get_content()
        for part in letter.message.walk()
        if part.get_content_maintype() == "image"
    }


def page(letter: Received) -> str:
    return compose.opened(letter.raw).html


def test_a_picture_that_was_sent_stands_in_the_letter_and_tells_no_more_than_it_shows(
    house: House, server: MailServer, halo: Counter, anna: Person
) -> None:
    talk = anna.asks(halo, None, "It came broken.")
    sends(house, anna, talk, ("crack.jpg", photo()), ("receipt.pdf", b"%PDF-1.7 receipt"))
    letter = told(house, server, talk)
    [(cid, copy)] = pictures(letter).items()
    assert f'<img src="cid:{cid[1:-1]}" width="570" height="428" alt="crack.jpg"' in page(letter)
    with Image.open(BytesIO(copy)) as drawn:
        assert (drawn.format, drawn.size) == ("JPEG", (800, 600))
        assert not drawn.getexif()
    assert CAMERA in photo()
    assert CAMERA not in copy
    assert "[receipt.pdf]" in page(letter)
    assert text("en", "mail.file_in_talk") in page(letter)
    plain = compose.opened(letter.raw).plain
    assert "[crack.jpg]" in plain
    assert "[receipt.pdf]" in plain
    kinds = [part.get_content_type() for part in letter.message.walk()]
    assert kinds == [
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/jpeg",
    ]


def test_a_letter_with_pictures_is_signed_as_a_whole(
    house: House, server: MailServer, halo: Counter, anna: Person
) -> None:
    talk = anna.asks(halo, None, "It came broken.")
    sends(house, anna, talk, ("трещина.jpg", photo()))
    letter = told(house, server, talk)
    public = records(signer(house.app.settings.data, DOMAIN))
    for n in range(2):
        assert dkim.DKIM(letter.raw).verify(
            n, dnsfunc=lambda name, **_how: public[name.decode()[:-1]].encode()
        )
    assert letter.raw.isascii()


def test_the_card_shows_the_thing_it_is_about(
    house: House, server: MailServer, halo: Counter, anna: Person
) -> None:
    lamp = house.app.blobs.keep(png((900, 900)))
    talk = anna.asks(halo, halo.sells("lamp", pictures=[lamp.sha256]), "Is it blue?")
    letter = told(house, server, talk)
    [(cid, copy)] = pictures(letter).items()
    with Image.open(BytesIO(copy)) as drawn:
        assert drawn.size == (216, 216)
        assert drawn.getpixel((9, 9)) == (255, 255, 255), "what is clear is white"
    assert f'<img src="cid:{cid[1:-1]}" width="72" height="72" alt=""' in page(letter)


def test_a_photo_that_was_taken_sideways_stands_upright(
    house: House, server: MailServer, halo: Counter, anna: Person
) -> None:
    exif, file = Image.Exif(), BytesIO()
    exif[0x0112] = 6
    Image.new("RGB", (600, 400)).save(file, "JPEG", exif=exif)
    talk = anna.asks(halo, None, "It came broken.")
    sends(house, anna, talk, ("sideways.jpg", file.getvalue()))
    [copy] = pictures(told(house, server, talk)).values()
    with Image.open(BytesIO(copy)) as drawn:
        assert drawn.size == (400, 600)


def test_no_file_however_broken_keeps_a_letter_back(tmp_path: Path) -> None:
    blobs, chance = Blobs(tmp_path, most_bytes=10**7, most_pixels=10**8), Random(7)
    for kind in ("JPEG", "PNG", "GIF", "WEBP"):
        whole = BytesIO()
        Image.new("RGB", (60, 40), "teal").save(whole, kind)
        for _ in range(100):
            broken = bytearray(whole.getvalue())
            for _ in range(chance.randrange(1, 9)):
                broken[chance.randrange(12, len(broken))] = chance.randrange(256)
            kept = blobs.keep_sealed(bytes(broken[: chance.randrange(13, len(broken) + 1)]))
            Album(blobs, DOMAIN).add(kept, "broken")


def test_a_letter_stays_light_and_names_what_found_no_room(
    house: House, server: MailServer, halo: Counter, anna: Person
) -> None:
    talk = anna.asks(halo, None, "All of it came broken.")
    names = [f"{n}.jpg" for n in range(COPIES_MOST + 2)]
    sends(house, anna, talk, *((name, photo(n)) for n, name in enumerate(names)))
    letter = told(house, server, talk)
    assert len(pictures(letter)) == COPIES_MOST
    assert [name for name in names if f"[{name}]" in page(letter)] == names[COPIES_MOST:]
    assert len(page(letter).encode()) <= 100 * 1024


def test_not_even_pictures_like_noise_make_it_heavy(
    house: House, server: MailServer, halo: Counter, anna: Person
) -> None:
    talk = anna.asks(halo, None, "Snow!")
    noise = [(f"{n}.jpg", photo(n, noisy=True, size=(800, 800))) for n in range(5)]
    sends(house, anna, talk, *noise)
    copies = pictures(told(house, server, talk)).values()
    assert copies
    assert sum(map(len, copies)) <= BYTES_MOST


def test_what_cannot_be_drawn_or_was_taken_back_is_not_shown(
    house: House, server: MailServer, halo: Counter, anna: Person
) -> None:
    talk = anna.asks(halo, None, "It came broken.")
    whole = photo(3)
    sends(house, anna, talk, ("cut.jpg", whole[: len(whole) // 4]), ("huge.png", png((4200, 4200))))
    back = sends(house, anna, talk, ("secret.jpg", photo(4)))
    anna.adds(Stream(talk), "delete", target=back.seq)
    letter = told(house, server, talk)
    assert pictures(letter) == {}
    assert "[cut.jpg]" in page(letter)
    assert "[huge.png]" in page(letter)
    assert "secret.jpg" not in page(letter)


def test_an_answer_does_not_bring_our_pictures_back_into_the_conversation(
    house: House, server: MailServer, halo: Counter, anna: Person
) -> None:
    talk = anna.asks(halo, None, "It came broken.")
    sends(house, anna, talk, ("crack.jpg", photo()))
    [copy] = pictures(told(house, server, talk)).values()
    files = (("image001.jpg", "image/jpeg", copy), ("label.jpg", "image/jpeg", photo(7)))
    answer = Letter("c-1@reply.localhost", text="Here is a label.", files=files)
    assert [file.name for file in read(answer.raw()).files] == ["label.jpg"]


def test_a_page_shows_the_letter_with_its_pictures_and_loads_nothing(
    house: House, server: MailServer, halo: Counter, anna: Person
) -> None:
    talk = anna.asks(halo, None, "It came broken.")
    sends(house, anna, talk, ("crack.jpg", photo()))
    shown = compose.shown(told(house, server, talk).raw)
    assert re.findall(r"<img src=\"([^:]+:[^,]+),", shown) == ["data:image/jpeg;base64"]
    assert "cid:" not in shown
