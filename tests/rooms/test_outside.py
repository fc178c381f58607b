"""Calls to addresses that people gave us lead to machines of the public, and nowhere else."""

import asyncio
import gzip
import socket
import ssl
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread, current_thread, main_thread
from typing import Any

import pytest

from shopbell.channels.mail.smtp import MailServer as Taker
from shopbell.engine import calling
from shopbell.engine.calling import Answer, NoAnswer
from shopbell.engine.outside import NotOutside, call_outside
from tests.support.mailserver import MailServer

INNER_4 = (
    *("127.0.0.1", "127.255.255.254", "10.1.2.3", "172.16.0.1", "172.31.255.1", "192.168.0.1"),
    *(
        "169.254.169.254",
        "100.64.0.1",
        "100.127.255.254",
        "0.0.0.0",  # noqa: S104 - nobody listens here
        "0.1.2.3",
        "192.0.0.1",
    ),
    *("192.0.0.8", "192.0.0.170", "192.0.2.1", "192.88.99.1", "198.18.0.1", "198.19.255.1"),
    *("198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.250", "240.0.0.1"),
    *("255.255.255.255",),
)
"""Numbers of IPv4 that are nobody's in public, from each block of the special registry."""

INNER_6 = (
    *("::", "::1", "::2", "::7f00:1", "::10.1.2.3", "fe80::1", "febf::1", "fec0::1", "feff::1"),
    *("fc00::1", "fd00::1", "fdff:ffff::1", "ff02::1", "ff0e::1", "64:ff9b:1::1"),
    *("64:ff9b:1::a01:203", "100::1", "100:0:0:1::1", "1::1", "4000::1", "5f00::1", "8000::1"),
    *("2001::1", "2001:0:a01:203::1", "2001:0:808:808::f7f7:f7f7", "2001:2::1", "2001:10::1"),
    *("2001:20::1", "2001:db8::1", "2002:a01:203::1", "2002:7f00:1::1", "2002:808:808::1"),
    *("3fff::1", "3fff:fff::1"),
)
WRAPPED = tuple(f"{around}{number}" for number in INNER_4 for around in ("::ffff:", "64:ff9b::"))
SPELLED = (
    *("127.1", "0x7f.1", "0x7f000001", "2130706433", "017700000001", "0177.0.0.1", "127.0.1"),
    *("①②⑦.0.0.1", "127。0。0。1", "１２７.0.0.1", "localhost", "LOCALHOST", "0"),
    *("0x0a010203", "167838211", "10.66051", "[::ffff:7f00:1]", "[::FFFF:127.0.0.1]"),
    *("[0:0:0:0:0:0:0:1]", "[0000::0001]", "[::ffff:0:0]", "[fe80::1%25lo]"),
)
WHOLE = (
    *(
        "http://1.1.1.1/",
        "http://1.1.1.1:443/",
        "ftp://1.1.1.1/",
        "file:///etc/passwd",
        "gopher://1.1.1.1/",
    ),
    *(
        "https://1.1.1.1:22/",
        "https://1.1.1.1:25/",
        "https://1.1.1.1:6379/",
        "https://1.1.1.1:8443/",
    ),
    *(
        "https://1.1.1.1:0/",
        "https://1.1.1.1:99999/",
        "https://1.1.1.1:x/",
        "https:///x",
        "https://",
        "",
    ),
    *("https://1.1.1.1@127.0.0.1/", "https://127.0.0.1@1.1.1.1/", "https://1.1.1.1\\@127.0.0.1/"),
    *(
        "https://1.1.1.1 @127.0.0.1/",
        "https://[::1",
        "//1.1.1.1/",
    ),
    *("https://user@1.1.1.1/", "https://one-inside.example/", "https://hidden.example/"),
)
ALL = (
    *(f"https://{number}/x" for number in INNER_4),
    *(f"https://[{number}]/x" for number in (*INNER_6, *WRAPPED)),
    *(f"https://{host}/x" for host in SPELLED),
    *WHOLE,
)
NAMES = {
    "one-inside.example": ("1.1.1.1", "10.1.2.3"),
    "hidden.example": ("::ffff:10.1.2.3",),
}

_watched: list[object] = []
_watching = False


def _note(event: str, given: tuple[Any, ...]) -> None:
    if _watching and event == "socket.connect":
        _watched.append(given[1])
        if not str(given[1][0]).startswith("127."):
            raise ConnectionRefusedError("no test leaves this machine")


sys.addaudithook(_note)


@pytest.fixture
def connects() -> Iterator[list[object]]:
    """Yield all addresses to which this process has connected since."""
    global _watching  # noqa: PLW0603 - a hook cannot be taken back, only told to look away
    _watched.clear()
    _watching = True
    yield _watched
    _watching = False


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[tuple[str, ...]]]:
    """Answer for names of our own: each time the next answer, and then always the last."""
    known = {name: [numbers] for name, numbers in NAMES.items()}
    real = socket.getaddrinfo

    def look_up(host: Any, *rest: Any, **more: Any) -> Any:
        answers = known.get(host)
        if answers is None:
            return real(host, *rest, **more)
        numbers = answers.pop(0) if answers[1:] else answers[0]
        return [found for number in numbers for found in real(number, *rest, **more)]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return known


def calls(address: str, **how: Any) -> Answer:
    return asyncio.run(call_outside(address, b"", {}, **how))


@pytest.mark.usefixtures("names")
@pytest.mark.parametrize("address", ALL, ids=ascii)
def test_no_call_leads_into_the_house(address: str, connects: list[object]) -> None:
    with pytest.raises(NoAnswer):
        calls(address)
    assert connects == []


def test_they_are_as_many_as_was_promised() -> None:
    assert len(set(ALL)) >= 120


@pytest.mark.usefixtures("names")
def test_what_may_stay_on_this_machine_leads_to_no_other(connects: list[object]) -> None:
    for address in ("http://1.1.1.1/x", "https://10.1.2.3/x", "https://[::ffff:10.1.2.3]/x"):
        with pytest.raises(NotOutside):
            calls(address, loopback=True)
    assert connects == []


def test_a_name_that_nobody_knows_has_no_answer() -> None:
    with pytest.raises(NoAnswer):
        calls("https://nobody.invalid/x")


@pytest.mark.parametrize(
    "address", ["https://1.1.1.1/x", "https://1.1.1.1:443/x", "https://[2606:4700::1111]/x"]
)
def test_public_machines_are_called(address: str, connects: list[object]) -> None:
    with pytest.raises(NoAnswer) as none:
        calls(address)
    assert not isinstance(none.value, NotOutside)
    assert connects


def test_another_port_is_called_only_where_a_setting_says_so(connects: list[object]) -> None:
    with pytest.raises(NoAnswer):
        calls("https://1.1.1.1:8443/x", ports={8443})
    assert connects == [("1.1.1.1", 8443)]


# --- names that turn, services that point elsewhere, answers that swell -------------------


class Door(BaseHTTPRequestHandler):
    """Answers as its server's ``says`` has it, and notes who asked for what."""

    def do_POST(self) -> None:
        self.server.asked.append(dict(self.headers))  # type: ignore[attr-defined]
        status, headers, body = self.server.says  # type: ignore[attr-defined]
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as it is called there
        """Stay silent."""


@contextmanager
def a_service(
    says: tuple[int, dict[str, str], bytes], host: str = "127.0.0.1", port: int = 0
) -> Iterator[tuple[int, list[dict[str, str]]]]:
    """Run a service on this machine; yield its port, and the headers of who asked it."""
    server = ThreadingHTTPServer((host, port), Door)
    asked = server.asked = []  # type: ignore[attr-defined]
    server.says = says  # type: ignore[attr-defined]
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_port, asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


FINE = (201, dict[str, str](), b"")


def test_a_name_that_turns_after_it_was_checked_is_not_followed(
    names: dict[str, list[tuple[str, ...]]], connects: list[object]
) -> None:
    with a_service(FINE) as (port, asked), a_service(FINE, "127.0.0.2", port) as (_, inner):
        names["turning.example"] = [("127.0.0.1",), ("127.0.0.2",)]
        assert calls(f"http://turning.example:{port}/x", loopback=True).status == 201
        assert (len(asked), inner, connects) == (1, [], [("127.0.0.1", port)])
        assert asked[0]["Host"] == f"turning.example:{port}"
        assert names["turning.example"] == [("127.0.0.2",)], "it was looked up once"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_nobody_is_followed_to_another_address(status: int, connects: list[object]) -> None:
    with a_service(FINE) as (inner, asked):
        points = (status, {"Location": f"http://127.0.0.1:{inner}/inner"}, b"")
        with a_service(points) as (port, _):
            assert calls(f"http://127.0.0.1:{port}/x", loopback=True).status == status
        assert (asked, connects) == ([], [("127.0.0.1", port)])


def test_an_answer_is_neither_asked_for_packed_nor_unpacked() -> None:
    bomb = gzip.compress(bytes(40_000_000))
    assert len(bomb) < calling.ANSWER_MOST
    with a_service((201, {"Content-Encoding": "gzip"}, bomb)) as (port, asked):
        assert calls(f"http://127.0.0.1:{port}/x", loopback=True) == Answer(201, bomb)
    assert asked[0]["Accept-Encoding"] == "identity"


def test_an_answer_that_is_too_long_is_none() -> None:
    with a_service((201, {}, bytes(calling.ANSWER_MOST + 1))) as (port, _), pytest.raises(NoAnswer):
        calls(f"http://127.0.0.1:{port}/x", loopback=True)


# --- whom we believe by certificate -------------------------------------------------------


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """List each time the certificates of those whom we believe are read: was it in a loop?"""
    read, real = list[bool](), ssl.create_default_context

    def reads(*given: Any, **more: Any) -> ssl.SSLContext:
        read.append(current_thread() is main_thread())
        return real(*given, **more)

    monkeypatch.setattr(ssl, "create_default_context", reads)
    return read


def test_certificates_are_read_once_for_all_calls_and_never_in_a_loop(readings: list[bool]) -> None:
    with a_service(FINE) as (port, _):
        for _ in range(3):
            calls(f"http://127.0.0.1:{port}/x", loopback=True)
    assert readings in ([], [False])


def test_certificates_are_read_once_for_all_letters_and_never_in_a_loop(
    readings: list[bool],
) -> None:
    with MailServer() as server:
        elsewhere = Taker.at(f"smtp://0.0.0.0:{server.port}")
        for _ in range(3):
            asyncio.run(
                elsewhere.take(b"Subject: x\r\n\r\nx\r\n", "a@example.org", "b@example.org")
            )
        assert len(server.taken) == 3
    assert readings in ([], [False])
