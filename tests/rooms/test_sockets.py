"""The socket server, spoken to from outside: what picows does for us that is no promised API."""

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from functools import partial
from typing import Any, cast

import httpx
import pytest
import uvicorn
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from shopbell.realtime.wire import WIRE
from shopbell.web.leaving import AT_ONCE, Leavers
from shopbell.web.sockets import PicowsSocket
from tests.support.ports import free_port

MOST = 1_000
MEGABYTE = b"x" * (1 << 20)


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Answer HTTP, and sockets by their path."""
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"hello"})
        return
    await receive()
    match scope["path"]:
        case "/nobody":
            await send({"type": "websocket.close", "code": 4000})
        case "/busy":
            headers = [(b"retry-after", b"7"), (b"content-length", b"4")]
            await send({"type": "websocket.http.response.start", "status": 503, "headers": headers})
            await send({"type": "websocket.http.response.body", "body": b"busy"})
        case "/bug":
            raise ZeroDivisionError
        case path:
            await send({"type": "websocket.accept", "subprotocol": scope["subprotocols"][0]})
            await speak(path, scope, receive, send)


async def speak(path: str, scope: Any, receive: Any, send: Any) -> None:
    wire = scope["extensions"][WIRE]["wire"]
    if path == "/asgi":
        while (message := await receive())["type"] != "websocket.disconnect":
            await send({"type": "websocket.send", "text": message["text"]})
    elif path == "/pour":
        while wire.take(MEGABYTE):
            await asyncio.sleep(0)
        await wire.send(b"never read")
    else:
        async for frame in wire.frames():
            if frame == "bye":
                await wire.close(4012)
            said = frame.encode() if isinstance(frame, str) else b"%d bytes" % len(frame)
            for piece in said.split(b"|"):
                assert wire.take(piece)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with serving() as (port, _server):
        yield port


@contextlib.contextmanager
def serving() -> Iterator[tuple[int, uvicorn.Server]]:
    port = free_port()
    config = uvicorn.Config(
        cast("Any", application),
        port=port,
        loop="uvloop",
        http="httptools",
        ws=cast("type[asyncio.Protocol]", PicowsSocket),
        ws_max_size=MOST,
        lifespan="off",
        log_config=None,
        timeout_graceful_shutdown=5,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        yield port, server
    finally:
        server.should_exit = True
        thread.join(timeout=20)
    assert not thread.is_alive()


def opens(port: int, path: str = "/", **options: Any) -> ClientConnection:
    spoken = [Subprotocol("shopbell.1")]
    line: ClientConnection = connect(f"ws://127.0.0.1:{port}{path}", subprotocols=spoken, **options)
    return line


def end_of(line: ClientConnection) -> int | None:
    """Read to the end, and return the code we were closed with."""
    with contextlib.suppress(ConnectionClosed, TimeoutError):
        while True:
            line.recv(timeout=5)
    return line.close_code


def test_pages_and_sockets_share_one_port(port: int) -> None:
    with opens(port) as line:
        assert httpx.get(f"http://127.0.0.1:{port}/").text == "hello"
        line.send("привет")
        assert line.recv(timeout=5) == "привет"
        assert line.subprotocol == "shopbell.1"


def test_frames_of_one_moment_arrive_one_by_one(port: int) -> None:
    long = ["x" * 125, "y" * 126, "z" * 500]
    with opens(port) as line:
        line.send("|".join(long))
        assert [line.recv(timeout=5) for _frame in long] == long


@pytest.mark.parametrize(("path", "status"), [("/nobody", 403), ("/busy", 503), ("/bug", 500)])
def test_who_is_not_let_in_learns_it_at_the_handshake(port: int, path: str, status: int) -> None:
    with pytest.raises(InvalidStatus) as refused, opens(port, path):
        pass
    response = refused.value.response
    assert response.status_code == status
    if status == 503:
        assert (response.headers["retry-after"], response.body) == ("7", b"busy")


def test_what_is_no_handshake_is_refused(port: int) -> None:
    ask = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n"
    ask += b"Sec-WebSocket-Protocol: shopbell.1\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
        line.sendall(ask)
        assert line.recv(1000).startswith(b"HTTP/1.1 400")


def test_a_frame_in_pieces_is_joined(port: int) -> None:
    with opens(port) as line:
        line.send(["при", "в", "ет"])
        assert line.recv(timeout=5) == "привет"
        line.send([b"123", b"45"])
        assert line.recv(timeout=5) == "5 bytes"


@pytest.mark.parametrize("frame", ["x" * (MOST + 1), ["x" * 600] * 2], ids=["whole", "in pieces"])
def test_what_is_too_long_ends_that_socket_alone(port: int, frame: Any) -> None:
    with opens(port) as other, opens(port) as line:
        # We may be closed before our last piece is out.
        with contextlib.suppress(ConnectionClosed):
            line.send(frame)
        assert end_of(line) == 1009
        other.send("hello")
        assert other.recv(timeout=5) == "hello"


NO_MASK = b"\0\0\0\0"
NONSENSE = {
    "not utf-8": (b"\x81\x82" + NO_MASK + b"\xff\xfe", 1007),
    "a piece of nothing": (b"\x80\x81" + NO_MASK + b"x", 1002),
    "a frame amid another": (b"\x01\x81" + NO_MASK + b"x" + b"\x81\x81" + NO_MASK + b"x", 1002),
    "compressed": (b"\xc1\x81" + NO_MASK + b"x", 1002),
}


@pytest.mark.parametrize(("sent", "code"), NONSENSE.values(), ids=NONSENSE)
def test_what_is_no_frame_ends_the_socket(port: int, sent: bytes, code: int) -> None:
    with opens(port) as line:
        line.socket.sendall(sent)
        assert end_of(line) == code


def test_nothing_is_compressed(port: int) -> None:
    with opens(port, compression="deflate") as line:
        assert line.protocol.extensions == []


def test_a_ping_is_answered(port: int) -> None:
    with opens(port) as line:
        assert line.ping().wait(timeout=5)


def test_we_hang_up_with_codes_of_our_own(port: int) -> None:
    with opens(port) as line:
        line.send("bye")
        assert end_of(line) == 4012


def test_asgi_alone_works_as_well(port: int) -> None:
    with opens(port, "/asgi") as line:
        line.send("hello")
        assert line.recv(timeout=5) == "hello"


def test_a_page_that_does_not_read_is_not_poured_into(port: int) -> None:
    with opens(port, "/pour", max_size=None, max_queue=1) as line:
        time.sleep(0.5)
        received = 0
        with contextlib.suppress(TimeoutError):
            while len(line.recv(timeout=2)) == len(MEGABYTE):
                received += 1
    assert 1 <= received < 20


def test_open_sockets_are_closed_when_the_server_stops() -> None:
    with serving() as (port, server), opens(port) as line:
        line.send("hello")
        assert line.recv(timeout=5) == "hello"
        server.should_exit = True
        began = time.monotonic()
        assert end_of(line) == 1012
        assert time.monotonic() - began < 3


def test_while_very_many_leave_at_once_others_have_their_turn() -> None:
    gone_at_each_turn = []

    async def leave() -> None:
        gone: list[int] = []
        leavers = Leavers()
        for number in range(3 * AT_ONCE + 1):
            leavers.add(partial(gone.append, number))
        while len(gone) <= 3 * AT_ONCE:
            await asyncio.sleep(0)
            gone_at_each_turn.append(len(gone))
        assert gone == list(range(3 * AT_ONCE + 1))

    asyncio.run(leave())
    assert gone_at_each_turn == [AT_ONCE, 2 * AT_ONCE, 3 * AT_ONCE, 3 * AT_ONCE + 1]
