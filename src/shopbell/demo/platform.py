"""A payment platform to try refunds with: it pays once for each key, a little later.

It keeps nothing and moves nothing. See docs/connect/refunds.md for what it speaks.
"""

from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import msgspec

from shopbell.commerce.connector import Payback, Payment, PaymentState
from shopbell.commerce.signing import check_signature
from shopbell.kernel.clock import wall_clock
from shopbell.kernel.refusals import Refusal

MOST_BYTES = 65_536
BANK_DAYS = 3


class Payments:
    """What was asked for: the first time it is pending, the next time it is done."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._asked: dict[str, Payback] = {}
        self._tell = tell

    def answer(self, asked: Payback) -> Payment:
        """Say how far a payment is."""
        amount = f"{asked.amount.amount} {asked.amount.currency}"
        if self._asked.setdefault(asked.key, asked) is asked:
            self._tell(f"{asked.order} {asked.part}: {amount}")
            return Payment(PaymentState.PENDING, bank_days=BANK_DAYS)
        return Payment(PaymentState.DONE, f"DEMO-{asked.key[-12:]}", bank_days=BANK_DAYS)


def platform(host: str, port: int, secret: str, payments: Payments) -> ThreadingHTTPServer:
    """Return the platform, ready to serve."""

    class Counter(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            """Answer one signed request."""
            body = self.rfile.read(min(int(self.headers.get("Content-Length", 0)), MOST_BYTES))
            said = (self.headers.get(f"Shopbell-{name}", "") for name in ("Timestamp", "Signature"))
            timestamp, signature = said
            try:
                check_signature([secret], timestamp, body, signature, wall_clock())
                asked = msgspec.json.decode(body, type=Payback)
            except (Refusal, msgspec.MsgspecError) as trouble:
                self.send_error(403, str(trouble)[:80])
                return
            self._send(msgspec.json.encode(payments.answer(asked)))

        def _send(self, answer: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing of its own; `Payments` tells what is asked."""

    return ThreadingHTTPServer((host, port), Counter)
