"""Calls to services outside the house: whoever it is, it may be slow, wrong, or gone."""

import asyncio
from collections.abc import Mapping
from typing import NamedTuple

import httpx

PATIENCE = httpx.Timeout(8.0, connect=4.0)
ALTOGETHER = 20.0
"""Seconds after which a service that answers by drops is given up, well within a job's lease."""

ANSWER_MOST = 64 * 1024
OK = range(200, 300)


class NoAnswer(Exception):
    """There is none that could be read: too late, too long, or nobody there."""


class Answer(NamedTuple):
    """What a service answered."""

    status: int
    content: bytes

    @property
    def is_success(self) -> bool:
        return self.status in OK


async def call(
    method: str, address: str, body: bytes, headers: Mapping[str, str], *, named: str = ""
) -> Answer:
    """Ask a service and return its whole answer, of 64 KiB at most; raises `NoAnswer`.

    ``named`` is who has to answer, by certificate, where the address is a mere number.
    """
    extensions = {"sni_hostname": named} if named else {}
    try:
        async with (
            asyncio.timeout(ALTOGETHER),
            httpx.AsyncClient(timeout=PATIENCE, trust_env=False) as client,
            client.stream(
                method, address, content=body, headers=headers, extensions=extensions
            ) as answer,
        ):
            return Answer(answer.status_code, await _bounded(answer))
    except TimeoutError:
        raise NoAnswer("no answer in time") from None
    except (httpx.HTTPError, httpx.InvalidURL) as trouble:
        raise NoAnswer(type(trouble).__name__) from trouble


async def _bounded(answer: httpx.Response) -> bytes:
    found = b""
    async for part in answer.aiter_bytes():
        found += part
        if len(found) > ANSWER_MOST:
            raise NoAnswer("the answer is too long")
    return found
