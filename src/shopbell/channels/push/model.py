"""What a device that can be told is, when its owner wants to be, and what a notice says. Pure."""

import re
from base64 import urlsafe_b64decode
from binascii import Error as NotBase64
from datetime import datetime, time, timedelta
from typing import Annotated, NewType
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from msgspec import Meta, Struct

from shopbell.accounts.model import SessionId
from shopbell.commerce.hours import find_zone
from shopbell.conversations.model import ConversationId
from shopbell.kernel.actor import PersonId, Side
from shopbell.kernel.refusals import Conflict, Forbidden, Invalid, NotFound, TooMany, Unavailable

DeviceId = NewType("DeviceId", str)

DEVICES_MOST = 20
"""So many devices one person may have told."""

WORDS_MOST = 120
"""A notice is a glance, not a letter."""

LASTS = timedelta(hours=24)
"""How long a push service keeps a notice for a device that is switched off."""

FAILURES_MOST = 4
"""So many tries in vain, over some minutes, and the ladder counts on the device no more."""

TEST_EVERY = timedelta(seconds=10)
ENDPOINT_MOST = 1_000
POINT_BYTES, AUTH_BYTES = 65, 16
"""An uncompressed point of P-256, and the secret beside it (RFC 8291)."""

Packed = Annotated[str, Meta(max_length=120, pattern=r"^[A-Za-z0-9_-]+=*$")]
CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
QuietTime = Annotated[str, Meta(max_length=5)]
_HOST = re.compile(r"[a-z0-9.-]+", re.IGNORECASE)


class NotAPushService(Invalid):
    """This is no address at which a browser is reached."""


class PushKeysWrong(Invalid):
    """A message cannot be locked with these keys."""


class NoSuchTime(Invalid):
    """No clock shows this time."""


class TooManyPushDevices(Conflict):
    """Somebody has as many devices told as we keep."""


class NoSuchPushDevice(NotFound):
    """Nobody's, or another's device."""


class PushForPeople(Forbidden):
    """A program has no screen; it is told by webhooks."""


class NoticeJustSent(TooMany):
    """A test notice went to this device a moment ago."""


class PushServiceSilent(Unavailable):
    """The push service of the browser did not take a notice."""


class Keys(Struct, frozen=True, forbid_unknown_fields=True):
    """With what a message to a device is locked: its public point, and a secret; in base64url."""

    p256dh: Packed
    auth: Packed

    def check(self) -> None:
        """Refuse keys of another size, and points that do not lie on the curve."""
        point = unpacked(self.p256dh)
        if len(point) != POINT_BYTES or len(unpacked(self.auth)) != AUTH_BYTES:
            raise PushKeysWrong
        try:
            EllipticCurvePublicKey.from_encoded_point(SECP256R1(), point)
        except ValueError:
            raise PushKeysWrong from None


class NewDevice(Struct, frozen=True, forbid_unknown_fields=True):
    """A browser's subscription, as ``PushSubscription.toJSON`` gives it."""

    endpoint: Annotated[str, Meta(min_length=1, max_length=ENDPOINT_MOST)]
    keys: Keys


class Endpoint(Struct, frozen=True, forbid_unknown_fields=True):
    """The address of a subscription."""

    endpoint: str


class PushKey(Struct, frozen=True):
    """The public key that a browser subscribes with, in base64url."""

    key: str


class Renewal(Struct, frozen=True, forbid_unknown_fields=True):
    """A subscription that takes the place of another of the same person's, at ``before``."""

    before: Annotated[str, Meta(min_length=1, max_length=ENDPOINT_MOST)]
    now: NewDevice


class Device(Struct, frozen=True, kw_only=True):
    """A browser that is told, until the sign-in is ended in which its owner asked for it.

    ``failures`` counts the tries in vain since the push service last took a notice, at ``ok_at``.
    """

    id: DeviceId
    person: PersonId
    side: Side
    session: SessionId
    name: str
    endpoint: str
    p256dh: str
    auth: str
    created_at: datetime
    ok_at: datetime | None = None
    tested_at: datetime | None = None
    failures: int = 0

    @property
    def is_silent(self) -> bool:
        """Tell whether its push service has not taken anything for long: the ladder goes on."""
        return self.failures >= FAILURES_MOST


class PushDevice(Struct, frozen=True):
    """One of somebody's own devices, as it is shown to them."""

    id: DeviceId
    name: str
    created_at: datetime
    ok_at: datetime | None
    failures: int
    here: bool


class Wish(Struct, frozen=True, forbid_unknown_fields=True):
    """Whether somebody wants to be told by push at all, and between which hours in their zone not.

    Without both times there are no quiet hours. They may span midnight.
    """

    on: bool = True
    quiet_from: QuietTime = ""
    quiet_until: QuietTime = ""
    zone: Annotated[str, Meta(max_length=60)] = "UTC"

    def check(self) -> None:
        """Refuse times and zones that are none."""
        find_zone(self.zone)
        for at in (self.quiet_from, self.quiet_until):
            if at and not CLOCK.fullmatch(at):
                raise NoSuchTime

    def welcomes(self, moment: datetime) -> bool:
        """Tell whether a notice may ring at ``moment``."""
        return self.on and not self._quiet(moment)

    def _quiet(self, moment: datetime) -> bool:
        if not self.quiet_from or not self.quiet_until:
            return False
        here = moment.astimezone(find_zone(self.zone)).time()
        begins, ends = time.fromisoformat(self.quiet_from), time.fromisoformat(self.quiet_until)
        if begins <= ends:
            return begins <= here < ends
        return here >= begins or here < ends


class Notice(Struct, frozen=True):
    """What a device shows: of several with one ``tag`` only the newest; a click opens ``url``."""

    title: str
    body: str
    url: str
    tag: str


class Errand(Struct, frozen=True):
    """A notice on its way to a device; the push service keeps one of each ``topic``."""

    device: Device
    notice: Notice
    topic: str
    urgent: bool
    conversation: ConversationId | None = None


def checked_endpoint(endpoint: str, *, loopback: bool = False) -> str:
    """Return the address of a push service, or refuse it: https, a name, no password in it.

    ``loopback`` allows plain http as well, for a push service of a test on the same machine.
    """
    try:
        parts = urlsplit(endpoint)
        host, named = parts.hostname or "", parts.port is None or parts.port > 0
    except ValueError:
        raise NotAPushService from None
    plain = loopback and parts.scheme == "http"
    if not (parts.scheme == "https" or plain) or parts.fragment or "@" in parts.netloc:
        raise NotAPushService
    if not named or not _HOST.fullmatch(host) or not endpoint.isascii() or not _clean(endpoint):
        raise NotAPushService
    return endpoint


def unpacked(packed: str) -> bytes:
    """Return what base64url holds, or refuse."""
    try:
        return urlsafe_b64decode(packed.rstrip("=") + "=" * (-len(packed.rstrip("=")) % 4))
    except (NotBase64, ValueError):
        raise PushKeysWrong from None


def glance(words: str) -> str:
    """Return the beginning of what was said, short enough for a notice."""
    line = " ".join(words.split())
    return line if len(line) <= WORDS_MOST else f"{line[: WORDS_MOST - 1]}…"


def _clean(endpoint: str) -> bool:
    return endpoint.isprintable() and not set(endpoint) & set(" \"'<>\\^`{|}")
