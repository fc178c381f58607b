"""Locks a notice for one device and hands it to the push service of its browser (RFC 8030)."""

from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from urllib.parse import urlsplit

import http_ece
import msgspec
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from py_vapid import Vapid02

from shopbell.channels.push.keys import public_key, signer
from shopbell.channels.push.model import LASTS, Device, Errand, unpacked
from shopbell.engine.calling import NoAnswer
from shopbell.engine.outside import call_outside
from shopbell.engine.settings import Settings

SIGNED_FOR = timedelta(hours=12)
"""A signature may count for a day at most (RFC 8292)."""

GONE = (404, 410)


class Outcome(StrEnum):
    """What a push service did with a notice."""

    TAKEN = "taken"
    GONE = "gone"
    FAILED = "failed"


class Sender:
    """Whoever hands notices to push services, in the name of this installation."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @property
    def key(self) -> str:
        """Return the public key that browsers subscribe with."""
        return public_key(self._signer)

    @cached_property
    def _signer(self) -> Vapid02:
        return signer(self._settings.data)

    async def send(self, errand: Errand, now: datetime) -> Outcome:
        """Hand one notice over; whoever the service is, it may be slow, wrong, or gone."""
        device = errand.device
        try:
            answer = await call_outside(
                device.endpoint,
                sealed(device, msgspec.json.encode(errand.notice)),
                {**_manner(errand), **self._signature(device, now)},
                loopback=self._settings.push_loopback,
                ports=self._settings.further_ports,
            )
        except NoAnswer:
            return Outcome.FAILED
        if answer.status in GONE:
            return Outcome.GONE
        return Outcome.TAKEN if answer.is_success else Outcome.FAILED

    def _signature(self, device: Device, now: datetime) -> dict[str, str]:
        parts = urlsplit(device.endpoint)
        claims = {
            "aud": f"{parts.scheme}://{parts.netloc}",
            "exp": int((now + SIGNED_FOR).timestamp()),
            "sub": self._settings.push_contact_url,
        }
        signed: dict[str, str] = self._signer.sign(claims)
        return signed


def sealed(device: Device, content: bytes) -> bytes:
    """Return what only this device can read (RFC 8291)."""
    locked: bytes = http_ece.encrypt(
        content,
        private_key=generate_private_key(SECP256R1()),
        dh=unpacked(device.p256dh),
        auth_secret=unpacked(device.auth),
        version="aes128gcm",
    )
    return locked


def _manner(errand: Errand) -> dict[str, str]:
    return {
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(int(LASTS.total_seconds())),
        "Topic": errand.topic,
        "Urgency": "high" if errand.urgent else "normal",
    }
