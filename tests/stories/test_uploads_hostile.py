"""Files that want to be more than files: nothing of them runs, breaks out, or costs much."""

import io
import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from itertools import count
from pathlib import Path
from urllib.parse import quote_from_bytes

import httpx
import pytest
from PIL import Image

from shopbell.accounts import service as accounts
from shopbell.accounts.model import Knock
from shopbell.app import build
from shopbell.engine.settings import Settings
from tests.support.clock import WoundClock
from tests.support.house import Counter, House
from tests.support.process import cpu_seconds, peak_megabytes
from tests.support.server import RunningServer

FILES_EACH = 25
"""So many files at once are taken from one person."""

TAKEN = {
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "application/pdf": ".pdf",
    "video/mp4": ".mp4",
    "video/webm": ".webm",
    "text/plain": ".txt",
}
SHOWN = {"image/png", "image/jpeg", "image/gif", "image/webp"}
ALERT = b"<script>alert(document.domain)</script>"


@dataclass
class Depot:
    """Where files are brought to; each of many people brings a few."""

    server: RunningServer
    house: House
    halo: Counter
    people: Iterator[int] = field(default_factory=count)
    given: int = 0
    talk: str = ""
    line: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=60))

    def brings(self, name: str | bytes, data: bytes, kind: str = "") -> httpx.Response:
        """Send a file by its name; bytes are a name in no encoding."""
        if self.given % FILES_EACH == 0:
            self._comes_in()
        self.given += 1
        given = name if isinstance(name, bytes) else name.encode("utf-8", "surrogatepass")
        path = f"/api/v1/conversations/{self.talk}/attachments?name={quote_from_bytes(given)}"
        headers = {"Content-Type": kind} if kind else {}
        return self.line.post(self.server.url + path, content=data, headers=headers)

    def takes_back(self, url: str) -> httpx.Response:
        return self.line.get(self.server.url + url)

    def _comes_in(self) -> None:
        somebody = self.house.buyer(f"visitor-{next(self.people)}")
        self.talk = somebody.begins(self.halo, None)
        person = self.house.db.read_now(accounts.person, somebody.actor.id)
        entry = self.house.db.write_now(accounts.let_in, person, Knock(address="127.0.0.1"))
        self.line.headers["Cookie"] = f"shopbell_session={entry.session}"
        self.line.headers["Origin"] = self.server.url


@pytest.fixture(scope="module")
def depot(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Depot]:
    folder = tmp_path_factory.mktemp("depot")
    (folder / "shopbell.db").write_bytes(migrated_file.read_bytes())
    database = f"sqlite:///{folder / 'shopbell.db'}"
    app = build(Settings(data=folder / "data", database=database))
    house = House(app, WoundClock(datetime.now(UTC)))
    halo = house.shop("halo")
    with RunningServer(folder / "data", database) as server:
        depot = Depot(server, house, halo)
        yield depot
        depot.line.close()
    app.close()


# --- what they are ------------------------------------------------------------------------


def picture(form: str = "PNG", **how: object) -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (8, 6), "teal").save(kept, form, **how)
    return kept.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def packed(data: bytes) -> bytes:
    return zlib.compress(data, 1)


def png(width: int, height: int, *chunks: bytes, pixels: bytes = b"") -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = chunk(b"IDAT", packed(pixels))
    start = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head)
    return start + b"".join(chunks) + body + chunk(b"IEND", b"")


def zipped(name: str, data: bytes) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return kept.getvalue()


def nested(depth: int) -> bytes:
    data = b"0" * 1_000_000
    for _ in range(depth):
        data = zipped("in.zip", data)
    return data


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">' + ALERT + b"</svg>"
GIF_AND_SCRIPT = b"GIF89a/*" + picture("GIF")[8:] + b"*/=1;alert(document.domain)"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj"

KINDS: dict[str, tuple[str, bytes]] = {
    "a drawing with a script": ("a.svg", SVG),
    "a drawing after a declaration": ("a.png", b'<?xml version="1.0"?>\n' + SVG),
    "a drawing after a byte order mark": ("a.png", b"\xef\xbb\xbf" + SVG),
    "a drawing after blank lines": ("a.txt", b"\n\r\t \n" + SVG),
    "a drawing in sixteen bits": ("a.svg", SVG.decode().encode("utf-16")),
    "a packed drawing": ("a.svgz", zlib.compress(SVG)),
    "a page": ("a.html", b"<!doctype html>" + ALERT),
    "a page called a picture": ("a.png", b"<html>" + ALERT),
    "a page that begins with words": ("a.txt", b"hello " + ALERT),
    "a page in seven bits": ("a.html", b"+ADw-script+AD4-alert(1)+ADw-/script+AD4-"),
    "a strict page": ("a.xhtml", b'<html xmlns="http://www.w3.org/1999/xhtml">' + ALERT),
    "a page in a letter": (
        "a.mht",
        b"MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n" + ALERT,
    ),
    "an application of Windows": ("a.hta", b"<hta:application>" + ALERT),
    "a style": ("a.css", b"body{background:url(javascript:alert(1))}"),
    "a script": ("a.js", b"alert(document.domain)"),
    "a module": ("a.mjs", b"import '/x.js'; alert(1)"),
    "a machine of the web": ("a.wasm", b"\0asm\x01\0\0\0"),
    "rules of a server": (".htaccess", b"AddType text/html .png\n"),
    "a page of a server": ("a.php", b"<?php system($_GET[0]);"),
    "a program of Windows": ("a.exe", b"MZ\x90\0\x03\0\0\0PE\0\0"),
    "a program of Linux": ("a", b"\x7fELF\x02\x01\x01\0"),
    "a link of Windows": ("a.lnk", b"L\0\0\0\x01\x14\x02\0"),
    "a command file": ("a.bat", b"@echo off\r\nstart calc\r\n"),
    "an archive": ("a.zip", zipped("a.html", ALERT)),
    "an archive with a way up": ("a.zip", zipped("../../a.html", ALERT)),
    "an archive as a picture": ("a.png", picture() + zipped("a.html", ALERT)),
    "a document with a script": ("a.pdf", PDF),
    "a document that is a page": ("a.html", PDF + b"\n" + ALERT),
    "a picture and a script": ("a.gif", GIF_AND_SCRIPT),
    "a picture and a page": ("a.html", picture("GIF") + ALERT),
    "a photo with a page in its comment": ("a.jpg", picture("JPEG", comment=ALERT)),
    "a picture with a page in its words": ("a.png", png(8, 6, chunk(b"tEXt", b"x\0" + ALERT))),
    "a film that is a page": ("a.mp4", b"\0\0\0\x20ftypisom" + ALERT),
    "another film that is a page": ("a.webm", b"\x1a\x45\xdf\xa3" + ALERT),
    "a sheet with a formula": ("a.csv", b"=cmd|' /C calc'!A0,1\n"),
    "half a picture": ("a.png", picture()[:20]),
    "the name of a picture alone": ("a.gif", b"GIF89a"),
    "half a photo": ("a.jpg", picture("JPEG")[:30]),
    "half a new picture": ("a.webp", picture("WEBP")[:16]),
    "a picture of nothing": ("a.png", png(0, 0)),
}

NEVER_TAKEN = {
    kind for kind, (_, data) in KINDS.items() if data.lstrip(b"\xef\xbb\xbf\n\r\t ")[:1] == b"<"
}
"""What begins as a page or a drawing is not even kept."""


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_a_file_is_no_browser_runs_it(depot: Depot, kind: str) -> None:
    name, data = KINDS[kind]
    for said in ("", "image/svg+xml; x", "text/html"):
        answer = depot.brings(name, data, said)
        if answer.status_code == 201:
            assert kind not in NEVER_TAKEN
            is_harmless(depot, answer.json(), data)
        else:
            is_refused(answer)


def is_harmless(depot: Depot, kept: dict[str, str], data: bytes) -> httpx.Response:
    """Check how a file is handed out."""
    shown = depot.takes_back(kept["url"])
    kind = shown.headers["content-type"].partition(";")[0]
    assert shown.status_code == 200
    assert shown.content == data
    assert kind == kept["media_type"]
    assert kept["name"].endswith(TAKEN[kind])
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert shown.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert shown.headers["cross-origin-resource-policy"] == "same-origin"
    how, named = disposition(shown)
    assert how == ("inline" if kind in SHOWN else "attachment")
    assert named == kept["name"]
    return shown


def is_refused(answer: httpx.Response) -> None:
    """Check that a file was refused as everything is refused."""
    assert answer.status_code in {413, 415, 422}, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == answer.status_code


def disposition(answer: httpx.Response) -> tuple[str, str | None]:
    """Read what a browser is told to do with a file, from one line of plain signs."""
    [line] = answer.headers.get_list("content-disposition", split_commas=False)
    assert line.isascii()
    assert line.isprintable()
    message = EmailMessage()
    message["Content-Disposition"] = line
    return str(message.get_content_disposition()), message.get_filename()


# --- what they cost -----------------------------------------------------------------------


GROWN = b"\0" * 20_000_000


def inflating(kind: bytes, head: bytes) -> bytes:
    return png(8, 6, chunk(kind, head + packed(GROWN)), pixels=b"\0" * 54)


def many(kind: bytes, data: bytes) -> bytes:
    return png(8, 6, *[chunk(kind, data)] * 100_000)


def bombs() -> dict[str, bytes]:
    """Make them, each small on the way and large when opened."""
    return {
        "wider than any screen": png(60_000, 60_000),
        "as wide as can be said": png(2**31 - 1, 2**31 - 1),
        "sixty-four million pixels": png(8_000, 8_000, pixels=b"\0" * 8_001 * 8_000),
        "a hundred films": b"GIF89a"
        + struct.pack("<HH", 65_535, 65_535)
        + b"\0\0\0"
        + b"," * 9_000,
        "words that grow": inflating(b"zTXt", b"x\0\0"),
        "words of the world that grow": inflating(b"iTXt", b"x\0\1\0\0\0"),
        "colours that grow": inflating(b"iCCP", b"x\0\0"),
        "very many words": many(b"tEXt", b"x\0y"),
        "very many nothings": many(b"juNk", b""),
        "a wide photo": picture("JPEG").replace(b"\0\x06\0\x08", b"\xff\xff\xff\xff", 1),
        "a wide new picture": b"RIFF\x1e\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0"
        + b"\xff" * 6
        + b"VP8 "
        + b"\0" * 8,
        "an archive in archives": nested(9),
        "zeros in an archive": zipped("0", GROWN),
    }


def test_no_bomb_goes_off(depot: Depot) -> None:
    """All of them together take a moment of one processor and little room."""
    pid, explosive = depot.server.pid, bombs()
    assert depot.brings("a.png", picture()).status_code == 201
    before, room = cpu_seconds(pid), peak_megabytes(pid)
    for name, data in explosive.items():
        answer = depot.brings("a.png", data)
        if answer.status_code == 201:
            assert answer.json()["width"] * answer.json()["height"] <= 40_000_000, name
        else:
            is_refused(answer)
    assert cpu_seconds(pid) - before < 5
    assert peak_megabytes(pid) - room < 50  # one picture of these, opened, takes more
    assert depot.brings("a.png", picture()).status_code == 201


# --- what they are called -----------------------------------------------------------------

ODD = [
    *(
        "../../etc/passwd",
        "..\\..\\boot.ini",
        "/etc/passwd",
        "C:\\Windows\\x",
        "\\\\host\\share\\x",
    ),
    *("....//....//x", "..%2f..%2fx", "%2e%2e/x", "..;/x", "~/x", "~root", "file:///etc/passwd"),
    *(".", "..", "...", ". .", "", " ", "\t", "   .   ", "-", "--help", "-rf", "|", "*", "?"),
    *(".htaccess", "\u200b.htaccess", ".ht\u200baccess", ".htaccess\u200b", "\u2060.htaccess"),
    *(
        ".bashrc",
        "web.config",
        ".env",
        "index.php",
        "a.php%00",
        "a.php\0",
        "a.asp;",
        "a.jsp::$DATA",
    ),
    *("CON", "con.txt", "NUL", "aux.h", "LPT1", "COM1.png", "CLOCK$", "PRN."),
    *("a\r\nSet-Cookie: x=1", 'a"; filename="b.exe', 'a"\r\n\r\n<script>', "a;b=c", "a\\", 'a\\"'),
    *(
        "a\nContent-Type: text/html",
        "a\x0bb",
        "a\x1b[31mred",
        "a\x7f",
        "a\x85b",
        "a\u2028b",
        "a\u2029b",
    ),
    *("UTF-8''a", "=?utf-8?B?Li4vYQ==?=", "=?utf-8?q?=2e=2e?=", "%0d%0aX: y", "a%", "%%%", "%ff"),
    *(
        "\u202egnp.exe",
        "a\u202eb\u202cc",
        "\u2066a\u2069",
        "a\u200eb",
        "\u061ca",
        "a\u00adb",
        "\ufeffa",
    ),
    *(
        "\u3164",
        "\u115f\u1160",
        "\uffa0",
        "\u2800",
        "\u180e",
        "\u034f",
        "\ufe0f",
        "\U000e0100",
        "\U000e0041",
    ),
    *("\u00a0", "\u3000", "\u2003a\u2003", "a\u00a0\u00a0b", "\u1680", "\u2000"),
    *("\ud800", "a\udfffb", "\udcff", "\ufffe", "\uffff", "\ue000", "\U0010ffff", "\U000f0000"),
    *(
        "台灯",
        "лампа",
        "लैम्प",
        "مصباح",
        "מנורה",
        "👩‍👩‍👧‍👦",
        "🏳️‍🌈",
        "🇩🇪",
        "e\u0301" * 5,
        "Z" + "\u0351" * 300,
    ),
    *(
        "ﷺ",
        "ǅ",
        "ß",
        "İ",
        "ﬁ",
        "①",
        "ｆｕｌｌ",
        "／",
        "＼",
        "．．／x",
        "․․/x",
        "\u2215x",
        "\u29f8x",
    ),
    *(
        "x" * 200,
        "台" * 200,
        "👍" * 200,
        "." * 200,
        " " * 200,
        "a." * 100,
        "a/" * 100,
        "\u200b" * 200,
    ),
    *(
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "a<b>c",
        "{{7*7}}",
        "${7*7}",
        "%s%n",
    ),
    *("'; DROP TABLE attachment;--", "`id`", "$(id)", "; rm -rf /", "| nc x 1", "&& calc", "a\tb"),
    *(
        "lamp.png",
        "lamp.PNG",
        "lamp.jpeg",
        "lamp.svg",
        "lamp.png.exe",
        "lamp.exe.png",
        "lamp.tar.gz",
    ),
    *("lamp.", "lamp..", "lamp .png", "lamp.png ", " lamp", ".png", "..png", "a.b.c.d.e"),
]
ENDINGS = ("", ".png", ".svg")
NO_LETTERS = [
    b"\xff\xfe",
    b"\xc0\xaf..\xc0\xaf",
    b"a\xe2\x28\xa1",
    b"\xed\xa0\x80",
    b"\x80" * 50,
    b"\xf8x",
]
NAMES: list[str | bytes] = [
    *dict.fromkeys(one + ending for one in ODD for ending in ENDINGS[: 1 + len(one) % 3]),
    *NO_LETTERS,
]
UNSEEN = "\u3164\u115f\u1160\uffa0\u2800\u034f"


def test_two_hundred_names_become_harmless_ones(depot: Depot) -> None:
    assert len(NAMES) >= 200
    data = picture()
    for name in NAMES:
        answer = depot.brings(name, data)
        assert answer.status_code == 201, (name, answer.text)
        kept = answer.json()
        shown = is_harmless(depot, kept, data)
        stem = kept["name"].removesuffix(".png")
        assert 1 <= len(stem) <= 120, name
        assert stem.isprintable(), name
        assert not set(stem) & {*'/\\<>:"|?*', *UNSEEN}, name
        assert stem == stem.strip(" ."), name
        assert any(unicodedata.category(sign) != "Mn" for sign in stem), name
        assert len(shown.headers["content-disposition"]) < 2_000, name


def test_where_files_lie_says_nothing_of_their_names(depot: Depot) -> None:
    depot.brings("../../kingfisher.png", picture())
    kept = [file for file in (depot.server.data / "blobs").rglob("*") if file.is_file()]
    assert kept
    assert [file for file in kept if not re.fullmatch(r"[0-9a-f]{64}", file.name)] == []
    assert list(depot.server.data.parent.rglob("*kingfisher*")) == []
