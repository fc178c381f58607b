"""Calls to services outside the house: whoever it is, it may be slow, wrong, or gone."""

import asyncio
import ssl
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

import httpx

PATIENCE = httpx.Timeout(8.0, connect=4.0)
ALTOGETHER = 20.0
"""Seconds after which a service that answers by drops is given up, well within a job's lease."""

ANSWER_MOST = 64 * 1024
OK = range(200, 300)
_AS_IT_IS = {"Accept-Encoding": "identity"}
"""A few compressed bytes may be many: nobody is asked for them, and none are unpacked."""


class NoAnswer(Exception):
    """There is none that could be read: too late, too long, or nobody there."""


class Answer(NamedTuple):
    """What a service answered."""

    status: int
    content: bytes

    @property
    def is_success(self) -> bool:
        return self.status in OK


class Bounds(NamedTuple):
    """How long a service may take altogether, and how many bytes its answer may have."""

    seconds: float = ALTOGETHER
    size: int = ANSWER_MOST


USUAL = Bounds()


async def call(
    method: str,
    address: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    named: str = "",
    within: Bounds = USUAL,
) -> Answer:
    """Ask a service and return its whole answer, of 64 KiB at most; raises `NoAnswer`.

    ``named`` is who has to answer, by certificate, where the address is a mere number. ``within``
    gives one that thinks long other bounds.
    """
    extensions = {"sni_hostname": named} if named else {}
    trust = await asyncio.to_thread(_trust)
    patience = PATIENCE if within is USUAL else httpx.Timeout(within.seconds, connect=4.0)
    try:
        async with (
            asyncio.timeout(within.seconds),
            httpx.AsyncClient(timeout=patience, trust_env=False, verify=trust) as client,
            client.stream(
                method,
                address,
                content=body,
                headers={**_AS_IT_IS, **headers},
                extensions=extensions,
            ) as answer,
        ):
            return Answer(answer.status_code, await _bounded(answer, within.size))
    except TimeoutError:
        raise NoAnswer("no answer in time") from None
    except (httpx.HTTPError, httpx.InvalidURL) as trouble:
        raise NoAnswer(type(trouble).__name__) from trouble


@cache
def _trust() -> ssl.SSLContext:
    """Read whom we believe by certificate, once: it takes as long as many a whole call."""
    return httpx.create_ssl_context(trust_env=False)


async def _bounded(answer: httpx.Response, most: int) -> bytes:
    found = bytearray()
    async for part in answer.aiter_raw():
        found += part
        if len(found) > most:
            raise NoAnswer("the answer is too long")
    return bytes(found)
