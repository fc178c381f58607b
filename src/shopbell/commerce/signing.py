"""How a carrier shows that words are its own: HMAC-SHA256 over the time and the body. Pure."""

import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta

from shopbell.kernel.refusals import Forbidden

TOLERANCE = timedelta(minutes=5)
"""How far a sender's clock may be off, and how long a caught request could be sent again."""


class SignatureBroken(Forbidden):
    """The body was not signed with a secret of this carrier, or was changed on its way."""


class SignatureOld(Forbidden):
    """Signed too long ago, or in the future: somebody may be sending a caught request again."""


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """Return the signature of ``body`` as it was sent at ``timestamp``, seconds since 1970."""
    told = timestamp.encode() + b"." + body
    return hmac.new(secret.encode(), told, hashlib.sha256).hexdigest()


def check_signature(
    secrets: Iterable[str], timestamp: str, body: bytes, signature: str, now: datetime
) -> None:
    """Refuse what none of the ``secrets`` signed within the last minutes."""
    given = signature.removeprefix("sha256=").strip().lower().encode("utf-8", "replace")
    wanted = [sign(secret, timestamp, body).encode() for secret in secrets if secret]
    if not any(hmac.compare_digest(one, given) for one in wanted):
        raise SignatureBroken
    age = abs(now.timestamp() - int(timestamp[:12])) if timestamp.isdecimal() else None
    if age is None or age > TOLERANCE.total_seconds():
        raise SignatureOld(minutes=TOLERANCE.seconds // 60)
