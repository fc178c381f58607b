"""Asking a server over HTTP: many at once, and from many addresses, without a thread for each."""

import asyncio
import json
from collections.abc import Coroutine, Iterable
from typing import Any, TypeVar
from urllib.parse import urlsplit

T = TypeVar("T")

AT_ONCE = 20
ANSWER_SECONDS = 30.0
AWAY = (OSError, EOFError, TimeoutError)
"""What a server that is not there looks like."""


class Refused(Exception):
    """An answer other than yes: its status, and how many seconds we are asked to wait."""

    def __init__(self, status: int, wait: float, words: str) -> None:
        super().__init__(f"{status} {words}")
        self.status, self.wait = status, wait


async def some_at_once(works: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """Do all of it, some at a time: a server need not be asked by thousands at one moment."""
    turnstile = asyncio.Semaphore(AT_ONCE)

    async def one(work: Coroutine[Any, Any, T]) -> T:
        async with turnstile:
            return await work

    return await asyncio.gather(*map(one, works))


async def ask(url: str, path: str, cookie: str, body: object = None, source: str = "") -> Any:  # noqa: ANN401
    """Make one request, from an address of our own if it matters, and return the answer."""
    async with asyncio.timeout(ANSWER_SECONDS):
        status, headers, content = _parts(
            await _exchange(url, _request(url, path, cookie, body), source)
        )
    if status >= 400:  # noqa: PLR2004
        raise Refused(status, float(headers.get(b"retry-after", b"0")), content[:200].decode())
    return json.loads(content)


async def _exchange(url: str, request: bytes, source: str) -> bytes:
    place = urlsplit(url)
    reader, writer = await asyncio.open_connection(
        place.hostname, place.port, local_addr=(source, 0) if source else None
    )
    try:
        writer.write(request)
        return await reader.read()
    finally:
        writer.close()


def _request(url: str, path: str, cookie: str, body: object) -> bytes:
    content = b"" if body is None else json.dumps(body).encode()
    lines = (
        f"{'GET' if body is None else 'POST'} {path} HTTP/1.1",
        f"Host: {urlsplit(url).netloc}",
        f"Origin: {url}",
        f"Cookie: {cookie}",
        "Content-Type: application/json",
        f"Content-Length: {len(content)}",
        "Connection: close",
    )
    return "\r\n".join((*lines, "", "")).encode() + content


def _parts(answer: bytes) -> tuple[int, dict[bytes, bytes], bytes]:
    head, end, content = answer.partition(b"\r\n\r\n")
    if not end:
        raise EOFError(answer)
    first, *lines = head.split(b"\r\n")
    named = (line.partition(b": ") for line in lines)
    return int(first.split(b" ")[1]), {name.lower(): value for name, _, value in named}, content
