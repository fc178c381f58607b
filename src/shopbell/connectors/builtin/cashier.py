"""Asks a platform over HTTP to give money back: docs/connect/refunds.md."""

import asyncio
import http.client
from urllib.parse import urlsplit

import msgspec

from shopbell.commerce.connector import Payback, Payment
from shopbell.commerce.signing import sign
from shopbell.kernel.clock import Clock, wall_clock

PATIENCE_SECONDS = 20.0
MOST_BYTES = 65_536
OK = range(200, 300)


class PlatformSilent(Exception):
    """The platform did not answer as agreed; the job tries again later, under the same key."""


class BuiltinCashier:
    """Signs what it asks for; the platform pays once for each key."""

    def __init__(self, url: str, secret: str, clock: Clock = wall_clock) -> None:
        self._url, self._secret, self._clock = urlsplit(url), secret, clock

    async def pay_back(self, asked: Payback) -> Payment:
        """Ask for a payment, or how far it is; raises if the platform cannot be reached."""
        return await asyncio.to_thread(self._ask, msgspec.json.encode(asked))

    def _ask(self, body: bytes) -> Payment:
        encrypted = self._url.scheme == "https"
        kind = http.client.HTTPSConnection if encrypted else http.client.HTTPConnection
        line = kind(self._url.netloc, timeout=PATIENCE_SECONDS)
        try:
            line.request("POST", f"{self._url.path.rstrip('/')}/refunds", body, self._signed(body))
            answer = line.getresponse()
            said = answer.read(MOST_BYTES)
        finally:
            line.close()
        if answer.status not in OK:
            raise PlatformSilent(f"{answer.status} {answer.reason}")
        return msgspec.json.decode(said, type=Payment)

    def _signed(self, body: bytes) -> dict[str, str]:
        timestamp = str(int(self._clock().timestamp()))
        return {
            "Content-Type": "application/json",
            "Shopbell-Timestamp": timestamp,
            "Shopbell-Signature": f"sha256={sign(self._secret, timestamp, body)}",
        }
