"""How letters are written and signed: nobody slips a line in, every server sees they are ours."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import dkim
import pytest
from msgspec.structs import replace

from shopbell.accounts.secret import new_secret
from shopbell.channels.mail.addresses import (
    Keyring,
    inquiry_address,
    inquiry_token,
    may_stop,
    stop_tag,
)
from shopbell.channels.mail.compose import Draft, name_of, one_line, opened, write
from shopbell.channels.mail.model import Manner
from shopbell.channels.mail.paper import MARKER, Paper, Said, Shown, clipped, html, moment, plain
from shopbell.channels.mail.signing import Signer, records, signer
from shopbell.kernel.texts import LOCALES, Locale, text
from tests.support.mailserver import with_keys

DOMAIN = "reply.example.org"
STOP = f"https://shop.example/letters/stop?who=person%3A1&tag=a{'b' * 16}"
DRAFT = Draft(
    message_id=f"<a{'x' * 16}@{DOMAIN}>",
    manner=Manner.TALK,
    sender=f"c-1.a@{DOMAIN}",
    called="Halo via Shopbell",
    to="anna@example.com",
    to_name="Anna",
    subject="[N-17] Your parcel",
    plain="hello\n",
    html="<p>hello</p>",
    at=datetime(2026, 5, 4, 11, tzinfo=UTC),
    about="talk",
)

BREAKS = (
    "\r\n",
    "\n",
    "\r",
    "\n ",
    "\r\n\t",
    "\v",
    "\f",
    "\x1c",
    "\x85",
    "\u2028",
    "\u2029",
    "\0",
    "=?utf-8?q?=0D=0A?=",
    "=?utf-8?b?DQo=?=",
    "é\r\n",
)
SLIPPED = "Bcc: victim@example.net"


def read(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, EmailMessage, policy=SMTP)


def names(raw: bytes) -> list[str]:
    """Return the names of all headers as a server reads them, without any library."""
    head = raw.partition(b"\r\n\r\n")[0]
    lines = re.split(rb"\r\n|\r|\n", head)
    return [
        line.partition(b":")[0].decode() for line in lines if not line.startswith((b" ", b"\t"))
    ]


def unfolded(raw: bytes) -> dict[str, str]:
    """Return all headers as a program reads them that knows of folding, and of nothing else."""
    head = re.sub(rb"\r\n(?=[ \t])", b"", raw.partition(b"\r\n\r\n")[0]).decode()
    return {
        name: value.strip()
        for name, _, value in (line.partition(":") for line in head.split("\r\n"))
    }


PLACES: dict[str, Callable[[str], Draft]] = {
    "subject": lambda words: replace(DRAFT, subject=words),
    "sender's name": lambda words: replace(DRAFT, called=words),
    "reader's name": lambda words: replace(DRAFT, to_name=words),
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("line_end", BREAKS, ids=repr)
@pytest.mark.parametrize(
    "words", ("Your teapot", "Заказ чайника " * 9, "茶壶"), ids=("en", "ru", "zh")
)
def test_no_line_can_be_slipped_into_the_headers(place: str, line_end: str, words: str) -> None:
    raw = write(PLACES[place](f"{words}{line_end}{SLIPPED}{line_end}{line_end}<script>"))
    assert sorted(names(raw)) == sorted(names(write(DRAFT)))
    message = read(raw)
    assert "Bcc" not in message
    assert message["To"].addresses[0].addr_spec == "anna@example.com"
    assert len(message["To"].addresses) == len(message["From"].addresses) == 1
    assert message["From"].addresses[0].addr_spec == DRAFT.sender
    assert message.defects == []


@pytest.mark.parametrize(
    "name",
    [
        'Bank" <service@bank.example>',
        "service@bank.example",
        "Anna, Boris <b@example.com>;",
        "\u202eelpmaxe.knab",
        "(comment) Anna",
        "Anna\\",
        "very " * 60,
        "",
        "\t \n",
        "王小明 <w@example.com>",
    ],
)
def test_a_name_looks_like_no_address(name: str) -> None:
    message = read(write(replace(DRAFT, called=name, to_name=name)))
    [sender], [to] = message["From"].addresses, message["To"].addresses
    assert (sender.addr_spec, to.addr_spec) == (DRAFT.sender, "anna@example.com")
    assert not set('@<>"\u202e') & set(sender.display_name)
    assert len(sender.display_name) <= 70


def test_a_reply_finds_its_thread_and_not_more_than_ten_ids() -> None:
    thread = [f"<{n}@{DOMAIN}>" for n in range(30)]
    message = read(write(replace(DRAFT, thread=thread)))
    assert message["In-Reply-To"] == thread[-1]
    named = str(message["References"]).split()
    assert named == [thread[0], *thread[-9:]]
    assert "In-Reply-To" not in read(write(DRAFT))


def test_only_automatic_letters_say_that_they_are() -> None:
    said, alarm = read(write(DRAFT)), read(write(replace(DRAFT, manner=Manner.ALARM)))
    for header in ("Auto-Submitted", "X-Auto-Response-Suppress"):
        assert (header in said, header in alarm) == (False, True)
    assert read(write(replace(DRAFT, bundle=True)))["Precedence"] == "bulk"


def test_a_letter_can_be_stopped_with_one_click_where_it_may() -> None:
    found = unfolded(write(replace(DRAFT, stop=STOP)))
    assert found["List-Unsubscribe"] == f"<{STOP}>"
    assert found["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "List-Unsubscribe" not in read(write(DRAFT))


@pytest.mark.parametrize("label", ["a", "market" * 10], ids=("short", "long"))
def test_ids_and_links_of_any_length_stand_in_their_headers_as_they_are(label: str) -> None:
    domain = f"{label}.{label}.{label}.example.org"
    thread = [f"<a{n:016}@{domain}>" for n in range(3)]
    stop = f"https://{domain}/letters/stop?who=person%3A{'0' * 26}&tag=a{'b' * 16}"
    raw = write(
        replace(
            DRAFT,
            message_id=f"<a{'x' * 16}@{domain}>",
            sender=f"c-{'1' * 54}@{domain}",
            called="Хало via Shopbell",
            thread=thread,
            stop=stop,
            about=f"{'0' * 36}:talk:{domain}",
        )
    )
    found = unfolded(raw)
    assert found["Message-ID"] == f"<a{'x' * 16}@{domain}>"
    assert found["In-Reply-To"] == thread[-1]
    assert found["References"] == " ".join(thread)
    assert found["List-Unsubscribe"] == f"<{stop}>"
    assert found["Feedback-ID"] == f"{'0' * 36}:talk:{domain}"
    assert found["From"].endswith(f" <c-{'1' * 54}@{domain}>")
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998


def test_the_right_to_stop_is_bound_to_its_reader() -> None:
    ring = Keyring({"a": b"a" * 32}, "a")
    tag = stop_tag(ring, "person:1")
    assert may_stop(ring, "person:1", tag)
    assert not may_stop(ring, "person:2", tag)
    assert not may_stop(ring, "person:1", "")


@pytest.mark.parametrize("local", ["anna", "анна"])
def test_addresses_in_any_script_stand_in_the_header_as_they_are(local: str) -> None:
    assert f"<{local}@example.com>".encode() in write(replace(DRAFT, to=f"{local}@example.com"))


def test_the_address_of_an_inquiry_gives_its_token_back_whatever_happens_to_its_case() -> None:
    for _ in range(50):
        token = new_secret()
        local = inquiry_address(token)
        assert len(local) <= 64
        assert inquiry_token(local.upper()) == token
    assert inquiry_token("i-short") is inquiry_token("office") is None


# --- what is read -------------------------------------------------------------------------


def paper(locale: Locale, words: str = "It is <b>blue</b> & round.", **more: object) -> Paper:
    given: dict[str, object] = {
        "locale": locale,
        "market": "Shopbell",
        "heading": "[N-17] Teapot",
        "lines": ("Hello Anna",),
        "said": (Said("Mei", "4 May, 11:00", words, ("photo.png",)),),
        "card": Shown("Teapot <i>", "N-17 · €64.90", "https://shop.example/p/1"),
        "open": "https://shop.example/me/messages/1",
        "answerable": True,
        "stop": STOP,
    }
    return Paper(**given | more)  # type: ignore[arg-type]


@pytest.mark.parametrize("locale", LOCALES)
def test_both_bodies_say_the_same_and_lead_to_the_same(locale: Locale) -> None:
    sheet = paper(locale)
    words, page = plain(sheet), html(sheet)
    assert words.startswith(MARKER)
    for part in (
        "It is <b>blue</b> & round.",
        "photo.png",
        sheet.open,
        sheet.stop,
        "N-17 · €64.90",
    ):
        assert part in words
    assert "It is &lt;b&gt;blue&lt;/b&gt; &amp; round." in page
    assert "Teapot &lt;i&gt;" in page
    for part in (MARKER, text(locale, "mail.answer_here"), text(locale, "mail.open")):
        assert part in page
    assert "prefers-color-scheme: dark" in page
    assert 'name="color-scheme" content="light dark"' in page


@pytest.mark.parametrize(
    ("locale", "written"),
    [
        ("en", "May 4, 2:00\u202fPM (Moscow)"),
        ("ru", "4 мая, 14:00 (Москва)"),
        ("zh", "5月4日 14:00（莫斯科）"),
    ],
)
def test_a_moment_is_told_by_the_clock_of_a_city_that_its_reader_knows(
    locale: Locale, written: str
) -> None:
    assert moment(DRAFT.at, locale, "Europe/Moscow") == written


@pytest.mark.parametrize("locale", LOCALES)
def test_a_letter_loads_and_runs_nothing(locale: Locale) -> None:
    page = html(paper(locale, "<script>x</script><img src=https://spy.example/1.gif>"))
    assert not re.search(r"<(script|img|link|iframe|object|form|svg)\b", page)
    assert not re.search(r"url\(|@import|javascript:|\bon\w+=", page)


def test_the_marker_speaks_every_language() -> None:
    assert all(text(locale, "mail.marker") in MARKER for locale in LOCALES)
    assert "\n" not in MARKER


@pytest.mark.parametrize("sign", ["a", "<", '"', "é", "茶", "😀"])
def test_a_letter_is_never_larger_than_100_kb(sign: str) -> None:
    said = clipped([Said("Mei", "now", sign * 10_000)] * 5, "en")
    sheet = paper("en", said=said)
    raw = write(replace(DRAFT, plain=plain(sheet), html=html(sheet)))
    assert len(raw) <= 100 * 1024
    assert text("en", "mail.more") in opened(raw).plain


def test_lines_are_short_enough_for_every_server() -> None:
    raw = write(replace(DRAFT, plain="x" * 5_000, html=f"<p>{'y' * 5_000}</p>"))
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert raw.isascii()
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert opened(raw).plain.strip() == "x" * 5_000


def test_words_of_a_header_are_one_visible_line() -> None:
    assert one_line("a\r\nb\u202ec\0") == "a b c"
    assert one_line("x" * 500, 20) == "x" * 19 + "…"
    assert name_of('"Bank" <a@b>') == "Bank a b"


# --- signatures ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Signer:
    return signer(with_keys(tmp_path_factory.mktemp("keys")), DOMAIN)


def verifies(ours: Signer, raw: bytes) -> list[bool]:
    """Verify all signatures of a letter as a stranger does, who reads our keys in the DNS."""
    public = records(ours)

    def dns(name: bytes, **_how: object) -> bytes:
        return public[name.decode().rstrip(".")].encode()

    signatures = raw.lower().count(b"dkim-signature:")
    return [_verified(raw, n, dns) for n in range(signatures)]


def _verified(raw: bytes, n: int, dns: Callable[..., bytes]) -> bool:
    try:
        return bool(dkim.DKIM(raw).verify(n, dnsfunc=dns))
    except dkim.DKIMException:
        return False


@pytest.fixture
def signed(ours: Signer) -> bytes:
    thread = (f"<root@{DOMAIN}>",)
    return ours.sign(write(replace(DRAFT, stop=STOP, thread=thread, plain="Привет 茶\n")))


def test_both_signatures_verify(ours: Signer, signed: bytes) -> None:
    assert verifies(ours, signed) == [True, True]
    assert b"a=ed25519-sha256" in signed
    assert b"a=rsa-sha256" in signed
    assert not re.search(rb"\bl=\d", signed)


def test_the_link_to_stop_is_signed_as_one_click_demands(ours: Signer, signed: bytes) -> None:
    for name in (b"list-unsubscribe", b"list-unsubscribe-post"):
        assert len(re.findall(rb"[=:\s]" + name + rb"(?=[:;\s])", signed.lower())) >= 2
    elsewhere = signed.replace(b"https://shop.example/letters", b"https://evil.example/letters")
    assert elsewhere != signed
    assert verifies(ours, elsewhere) == [False, False]


@pytest.mark.parametrize("header", ["From", "To", "Subject", "Date", "Message-ID"])
def test_a_second_header_in_front_breaks_both(ours: Signer, signed: bytes, header: str) -> None:
    forged = f"{header}: Pay here <evil@example.net>\r\n".encode() + signed
    assert verifies(ours, forged) == [False, False]


@pytest.mark.parametrize("header", ["In-Reply-To", "Auto-Submitted", "Content-Type"])
def test_so_does_a_header_that_we_left_out_or_wrote(
    ours: Signer, signed: bytes, header: str
) -> None:
    head, _, body = signed.partition(b"\r\n\r\n")
    forged = head + f"\r\n{header}: text/html".encode() + b"\r\n\r\n" + body
    assert verifies(ours, forged) == [False, False]


def test_so_does_text_at_the_end(ours: Signer, signed: bytes) -> None:
    assert verifies(ours, signed + b"P.S. Pay here: https://evil.example\r\n") == [False, False]


def test_so_does_another_subject(ours: Signer, signed: bytes) -> None:
    assert verifies(ours, signed.replace(b"Subject: [N-17]", b"Subject: [N-18]")) == [False, False]


def test_keys_are_kept_where_only_we_read_them(tmp_path: Path) -> None:
    made = signer(with_keys(tmp_path), DOMAIN)
    assert signer(tmp_path, DOMAIN) == made
    assert {file.stat().st_mode & 0o777 for file in (tmp_path / "mail").iterdir()} == {0o600}
