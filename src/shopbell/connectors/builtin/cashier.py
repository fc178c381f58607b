"""Asks a platform over HTTP to give money back: docs/connect/refunds.md."""

import msgspec

from shopbell.commerce.connector import Payback, Payment
from shopbell.commerce.signing import sign
from shopbell.engine.calling import NoAnswer, call
from shopbell.kernel.clock import Clock, wall_clock


class PlatformSilent(Exception):
    """The platform did not answer as agreed; the job tries again later, under the same key."""


class BuiltinCashier:
    """Signs what it asks for; the platform pays once for each key."""

    def __init__(self, url: str, secret: str, clock: Clock = wall_clock) -> None:
        self._address, self._secret, self._clock = f"{url.rstrip('/')}/refunds", secret, clock

    async def pay_back(self, asked: Payback) -> Payment:
        """Ask for a payment, or how far it is; raises if the platform cannot be reached."""
        body = msgspec.json.encode(asked)
        try:
            answer = await call("POST", self._address, body, self._signed(body))
        except NoAnswer as trouble:
            raise PlatformSilent(str(trouble)) from trouble
        if not answer.is_success:
            raise PlatformSilent(f"HTTP {answer.status}")
        return msgspec.json.decode(answer.content, type=Payment)

    def _signed(self, body: bytes) -> dict[str, str]:
        timestamp = str(int(self._clock().timestamp()))
        return {
            "Content-Type": "application/json",
            "Shopbell-Timestamp": timestamp,
            "Shopbell-Signature": f"sha256={sign(self._secret, timestamp, body)}",
        }
