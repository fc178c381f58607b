"""A carrier with a service of its own, to play with: slow, forgetful, sometimes down, never real.

It takes inquiries about any parcel and answers after a while, by calling back and to whoever
looks. What it will say follows from the number; ``PUT /fates/NUMBER`` decides otherwise.
"""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from hashlib import sha256
from typing import Any

import httpx
import msgspec
import uvicorn
from msgspec import Struct

from shopbell.commerce.signing import sign

PORT = 8010
SECRET = "a-carrier-that-exists-only-in-the-demo"  # noqa: S105 - for this machine only
"""What the demo's marketplace and its carrier sign with; both run on this machine only."""

CALLS, BETWEEN_CALLS = 5, 2.0
HANGS = 30.0
BODY_MOST = 64 * 1024

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Fate(Struct, frozen=True):
    """What will be said of a parcel, and how badly: failures first, then silence, then words.

    ``outcome`` is empty for a number that is not known. ``stumbles`` asks end with 503, ``hangs``
    are never answered. ``mute`` is one that does not call back.
    """

    outcome: str = "moving"
    said: str = ""
    signed_by: str = ""
    proof_url: str = ""
    stumbles: int = 0
    hangs: int = 0
    mute: bool = False


FATES = (
    Fate("moving", "The parcel left the sorting centre this morning and goes on tonight."),
    Fate("held", "The parcel went to Leipzig by mistake. It is sent on tomorrow morning."),
    Fate("delivered", "Handed over at the door, 14:32, 52.5200 N 13.4050 E.", "M. Weber"),
    Fate("lost", "The parcel cannot be found. Please claim it."),
    Fate("returned", "Nobody collected the parcel, it is on its way back to you."),
    Fate("held", "Our scanners were down, the parcel is here.", stumbles=1),
    Fate("unknown", "We are still looking."),
)

KNOWN = {
    "LP103884524CN": Fate(
        "held", "The bag missed its flight at Shanghai. It leaves with the next one, in two days."
    ),
}
"""Parcels of the demo's orders, each with a story of its own."""


class Asked(Struct, frozen=True):
    """An inquiry as shops send it."""

    number: str
    callback: str = ""


class Inquiry(Struct):
    """An inquiry as the carrier keeps it."""

    reference: str
    number: str
    fate: Fate
    due: float
    callback: str


class Carrier:
    """An ASGI application that knows what became of parcels."""

    def __init__(self, secret: str = SECRET, delay: float = 20.0) -> None:
        self._secret, self._delay = secret, delay
        self._fates = dict(KNOWN)
        self._tries: dict[str, int] = {}
        self._by_key: dict[str, Inquiry] = {}
        self._calls = set[asyncio.Task[None]]()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        status, answer = await self._answer(scope, await _body(receive))
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": msgspec.json.encode(answer)})

    async def _answer(self, scope: Scope, body: bytes) -> tuple[int, Mapping[str, object]]:
        method, path = scope["method"], scope["path"].rstrip("/")
        kind, _, name = path.removeprefix("/").partition("/")
        try:
            match method, kind:
                case "POST", "inquiries":
                    return await self._ask(scope, body)
                case "GET", "inquiries":
                    return self._look(name)
                case "PUT", "fates":
                    self._fates[name] = msgspec.json.decode(body, type=Fate)
                    return 200, {}
                case "GET", "":
                    return 200, {"inquiries": len(self._by_key)}
                case _:
                    return 404, {"said": "There is nothing here."}
        except msgspec.DecodeError as error:
            return 422, {"said": str(error)}

    async def _ask(self, scope: Scope, body: bytes) -> tuple[int, Mapping[str, object]]:
        headers = {name.decode(): told.decode() for name, told in scope["headers"]}
        moment, key = headers.get("shopbell-timestamp", ""), headers.get("idempotency-key", "")
        if headers.get("shopbell-signature") != f"sha256={sign(self._secret, moment, body)}":
            return 403, {"said": "This was not signed with our secret."}
        asked = msgspec.json.decode(body, type=Asked)
        if known := self._by_key.get(key):
            return 202, {"reference": known.reference}
        fate = self._fates.get(asked.number) or FATES[_chance(asked.number) % len(FATES)]
        tries = self._tries[key] = self._tries.get(key, 0) + 1
        if tries <= fate.hangs:
            await asyncio.sleep(HANGS)
        if tries <= fate.hangs + fate.stumbles:
            return 503, {"said": "We are being repaired. Please ask again later."}
        if not fate.outcome:
            return 404, {"said": f"We carry no parcel with the number {asked.number}."}
        return 202, {"reference": self._take(key, asked, fate).reference}

    def _take(self, key: str, asked: Asked, fate: Fate) -> Inquiry:
        reference = f"INQ-{_chance(key) % 10**8:08}"
        due = time.monotonic() + self._delay
        taken = self._by_key[key] = Inquiry(reference, asked.number, fate, due, asked.callback)
        if asked.callback and not fate.mute:
            call = asyncio.create_task(self._call_back(taken))
            self._calls.add(call)
            call.add_done_callback(self._calls.discard)
        return taken

    def _look(self, reference: str) -> tuple[int, Mapping[str, object]]:
        found = next((one for one in self._by_key.values() if one.reference == reference), None)
        if found is None:
            return 404, {"said": "We have no such inquiry."}
        if time.monotonic() < found.due:
            return 200, {"state": "open", "reference": reference}
        return 200, _told(found)

    async def _call_back(self, taken: Inquiry) -> None:
        """Send the answer, and try again if nobody takes it."""
        await asyncio.sleep(self._delay)
        body = msgspec.json.encode(_told(taken))
        async with httpx.AsyncClient(timeout=5.0, trust_env=False) as client:
            for _ in range(CALLS):
                moment = str(round(time.time()))
                headers = {
                    "content-type": "application/json",
                    "shopbell-timestamp": moment,
                    "shopbell-signature": f"sha256={sign(self._secret, moment, body)}",
                }
                try:
                    answer = await client.post(taken.callback, content=body, headers=headers)
                except httpx.HTTPError:
                    await asyncio.sleep(BETWEEN_CALLS)
                    continue
                if answer.is_success:
                    return
                await asyncio.sleep(BETWEEN_CALLS)


def run(port: int, delay: float, beside: int | None) -> None:
    """Serve until stopped, or until the parent ``beside`` has ended."""
    config = uvicorn.Config(
        Carrier(delay=delay),
        host="127.0.0.1",
        port=port,
        log_level="warning",
        lifespan="off",
        timeout_graceful_shutdown=1,  # whoever is kept hanging would keep us here, too
    )
    asyncio.run(_serve(uvicorn.Server(config), beside))


async def _serve(server: uvicorn.Server, beside: int | None) -> None:
    serving = asyncio.create_task(server.serve())
    while not serving.done():
        server.should_exit |= beside not in {None, os.getppid()}
        await asyncio.wait({serving}, timeout=1.0)
    await serving


def _told(inquiry: Inquiry) -> Mapping[str, object]:
    fate = inquiry.fate
    return {
        "state": "answered",
        "reference": inquiry.reference,
        "outcome": fate.outcome,
        "said": fate.said,
        "signed_by": fate.signed_by,
        "proof_url": fate.proof_url,
    }


def _chance(name: str) -> int:
    return int.from_bytes(sha256(name.encode()).digest()[:8])


async def _body(receive: Receive) -> bytes:
    found, more = b"", True
    while more and len(found) <= BODY_MOST:
        part = await receive()
        found += part.get("body", b"")
        more = part.get("more_body", False)
    return found
