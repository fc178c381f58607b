"""Whether a letter is from whom it says: SPF, DKIM, and our own look at their alignment (DMARC).

Names are looked up through `Ask`, so that this asks whichever resolver it is given. What aligns
with the domain of From proves it; a domain that says how its letters are proven, and this one is
not, denies it; and a letter with two senders, or one that shows another's address as its name,
is suspicious whatever else it proves (MAIL.md 3.4).
"""

import re
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Any

import dkim
import spf
from msgspec import Struct

from shopbell.channels.mail.arriving.reading import Reading

Ask = Callable[[str, str], list[Any]]
"""Returns the records of a name and a type (A, AAAA, MX, PTR, TXT), as dnspython has them.

It returns nothing if there are none, and raises `NamesAway` if nobody could tell.
"""

SIGNATURES_MOST = 10
LABELS_MOST = 8
"""How many steps up the tree of names are asked for a policy (DMARCbis, section 4.10)."""

_DOMAIN = re.compile(r"(?=.{1,253}$)[\w-]{1,63}(?:\.[\w-]{1,63})+")
_DMARC = re.compile(r"^v\s*=\s*DMARC1\s*(?:;|$)", re.IGNORECASE)
_TAG = re.compile(r"(?:^|;)\s*([a-z]{1,6})\s*=\s*([^;]*)")
HEADERS_BYTES = 64 * 1024
_WEAK = (b"rsa-sha1",)
UNSEEN = "unseen", ""
"""What SPF says where nobody told who handed the letter over, as in a mailbox."""

_DENYING = {"fail", "softfail", UNSEEN[0]}
"""Results of SPF with which a letter needs another proof: a spoof might have any of them."""


class NamesAway(Exception):
    """Nobody could tell what a name stands for; later somebody can."""


class Verdict(StrEnum):
    """What is proven of the domain that a letter says it is from."""

    PROVEN = "proven"
    OPEN = "open"
    DENIED = "denied"


class Proof(Struct, frozen=True):
    """What was found: for the operator to read, and for the rules to decide on.

    ``suspicion`` is what makes a letter suspicious, or nothing; ``signed`` the domains whose
    signatures hold.
    """

    verdict: Verdict
    spf: str = "none"
    signed: list[str] = []
    policy: str = ""
    suspicion: str = ""

    @property
    def unseen(self) -> bool:
        """Tell whether it lacks a proof that could not be looked at, and nobody denies it."""
        return self.spf == UNSEEN[0] and not self.policy


class Envelope(Struct, frozen=True):
    """How a letter was handed over: by whom, from which address, in whose name, and to whom.

    Where no client is known, ``told`` is what is known of SPF, and for which domain.
    """

    sender: str
    recipient: str
    client: str = ""
    helo: str = ""
    told: tuple[str, str] = ("none", "")


def prove(raw: bytes, envelope: Envelope, reading: Reading, ask: Ask) -> Proof:
    """Look at all that a letter proves; raises `NamesAway` if it cannot be told now."""
    suspicion = suspicion_of(reading, envelope.recipient)
    domain = _idna(reading.sender.domain)
    if not _DOMAIN.fullmatch(domain):
        return Proof(Verdict.DENIED, suspicion=suspicion or "no_sender")
    record, owner = _policy(domain, ask)
    result, proven = _spf(envelope, ask)
    signed, broken = _dkim(raw, ask)
    strict = _tags(record)
    aligned = any(_aligned(domain, one, owner, ask, strict.get("adkim")) for one in signed)
    if result == "pass":
        aligned = aligned or _aligned(domain, proven, owner, ask, strict.get("aspf"))
    denied = bool(record) or result in _DENYING or domain in broken
    verdict = Verdict.PROVEN if aligned else Verdict.DENIED if denied else Verdict.OPEN
    return Proof(verdict, result, signed, strict.get("p", ""), suspicion)


def suspicion_of(reading: Reading, recipient: str) -> str:
    """Name what makes a letter suspicious, whatever it proves, or nothing."""
    if reading.from_lines != 1:
        return "no_sender" if not reading.from_lines else "two_senders"
    if reading.group or not reading.sender.address:
        return "no_sender"
    if len(reading.senders) > 1:
        return "two_senders"
    if reading.sender.claims_another:
        return "name_claims_another"
    if recipient.lower() not in {one.address for one in reading.to}:
        return "addressed_elsewhere"
    return ""


def _idna(domain: str) -> str:
    try:
        return domain.lower().encode("idna").decode() if not domain.isascii() else domain.lower()
    except UnicodeError:
        return ""


# --- the policy of a domain (DMARC) -------------------------------------------------------


def _policy(domain: str, ask: Ask) -> tuple[str, str]:
    """Return the policy that holds for a domain, and the domain that it was found at."""
    for name in _upwards(domain):
        if record := _record(name, ask):
            return record, name
    return "", ""


def _upwards(domain: str) -> Iterator[str]:
    """Walk from a domain up to the one below the root; a long name is shortened after a step."""
    labels = domain.split(".")
    yield domain
    first = max(1, len(labels) - LABELS_MOST + 1)
    for begin in range(first, len(labels) - 1):
        yield ".".join(labels[begin:])


def _record(name: str, ask: Ask) -> str:
    texts = [_joined(record) for record in ask(f"_dmarc.{name}", "TXT")]
    found = [one for one in texts if _DMARC.match(one)]
    return found[0] if len(found) == 1 else ""


def _joined(record: Any) -> str:  # noqa: ANN401 - dnspython's own
    return b"".join(record.strings).decode("utf-8", "replace")


def _tags(record: str) -> dict[str, str]:
    return {name: value.strip().lower() for name, value in _TAG.findall(record.lower())}


def _organisation(domain: str, ask: Ask) -> str:
    """Return the highest name above a domain that has a policy: whose domain it is."""
    return next((name for name in reversed(list(_upwards(domain))) if _record(name, ask)), domain)


def _aligned(domain: str, other: str, owner: str, ask: Ask, how: str | None) -> bool:
    """Tell whether what was proven for ``other`` proves ``domain``, too.

    Without a policy nobody has said which domains belong together: then they must be the same.
    """
    other = other.lower().rstrip(".")
    if domain == other:
        return True
    if how == "s" or not owner or not _DOMAIN.fullmatch(other):
        return False
    return _organisation(domain, ask) == _organisation(other, ask)


# --- SPF ----------------------------------------------------------------------------------


class _Query(spf.query):  # type: ignore[misc] # comes without types
    """Asks our resolver."""

    ask: Ask

    def dns(
        self,
        name: str,
        qtype: str,
        cnames: object = None,  # noqa: ARG002 - pyspf's own arguments
        ignore_void: bool = False,
    ) -> list[Any]:
        """Return what pyspf expects of a look-up; too many that find nothing are an error."""
        found = [_as_spf(record, qtype) for record in self.ask(str(name).rstrip("."), qtype)]
        if not found and not ignore_void:
            self.void_lookups += 1
            if self.void_lookups > spf.MAX_VOID_LOOKUPS:
                raise spf.PermError("too many look-ups found nothing")
        return found


def _as_spf(record: Any, kind: str) -> Any:  # noqa: ANN401 - as pyspf has them
    match kind:
        case "A" | "AAAA":
            return record.address
        case "MX":
            return record.preference, record.exchange.to_text(omit_final_dot=True)
        case "PTR":
            return record.target.to_text(omit_final_dot=True)
        case _:
            return record.strings


def _spf(envelope: Envelope, ask: Ask) -> tuple[str, str]:
    """Return what the envelope's domain says of who handed the letter over, and that domain."""
    if not envelope.client:
        return envelope.told
    query = _Query(i=envelope.client, s=envelope.sender, h=envelope.helo or "unknown")
    query.ask = ask
    try:
        result = query.check()[0]
    except (spf.TempError, spf.PermError, spf.AmbiguityWarning, ValueError, UnicodeError):
        return "permerror", ""
    domain = envelope.sender.rpartition("@")[2] or envelope.helo
    return str(result), domain.lower()


# --- DKIM ---------------------------------------------------------------------------------


def _dkim(raw: bytes, ask: Ask) -> tuple[list[str], set[str]]:
    """Return the domains whose signatures hold, and those that have only broken ones."""
    held, broken = list[str](), set[str]()
    count = len(re.findall(rb"^dkim-signature:", raw[:HEADERS_BYTES], re.IGNORECASE | re.MULTILINE))
    for place in range(min(count, SIGNATURES_MOST)):
        domain, holds = _signature(raw, place, ask)
        if holds:
            held.append(domain)
        else:
            broken.add(domain)
    return held, broken - set(held)


def _signature(raw: bytes, place: int, ask: Ask) -> tuple[str, bool]:
    """Return whose signature stands at a place, and whether it holds."""
    signer = None
    try:
        signer = dkim.DKIM(raw)
        holds = signer.verify(place, dnsfunc=_key_through(ask)) and _covers(signer.signature_fields)
    except NamesAway:
        raise
    except Exception:  # noqa: BLE001 - whatever it stumbles over, it is no proof
        holds = False
    domain = bytes((signer and signer.domain) or b"")
    return domain.decode("ascii", "replace").lower(), bool(holds)


def _covers(fields: dict[bytes, bytes]) -> bool:
    """Tell whether a signature covers the sender and the whole body, in a way still trusted."""
    signed = {name.strip().lower() for name in fields.get(b"h", b"").split(b":")}
    return b"from" in signed and b"l" not in fields and fields.get(b"a") not in _WEAK


def _key_through(ask: Ask) -> Callable[..., bytes | None]:
    def key(name: bytes, timeout: int = 5) -> bytes | None:  # noqa: ARG001 - asked with it
        found = ask(name.decode("ascii", "replace").rstrip("."), "TXT")
        return b"".join(found[0].strings) if found else None

    return key
