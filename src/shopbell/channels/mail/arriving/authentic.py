"""Whether a letter is from whom it says: SPF, DKIM, ARC, and our own look at their alignment.

Names are looked up through `Ask`, so that this asks whichever resolver it is given. What aligns
with the domain of From proves it; a domain that says how its letters are proven, and this one is
not, denies it; and a letter with two senders, or one that shows another's address as its name,
is suspicious whatever else it proves (MAIL.md 3.4).
"""

from collections.abc import Collection
from enum import StrEnum

from msgspec import Struct

from shopbell.channels.mail.arriving import seals
from shopbell.channels.mail.arriving.alignment import is_domain, policy
from shopbell.channels.mail.arriving.asking import Ask, Inquiry, Patience
from shopbell.channels.mail.arriving.reading import Reading
from shopbell.channels.mail.arriving.seals import Examine, Keys
from shopbell.channels.mail.arriving.servers import UNSEEN, Envelope, permitted

_DENYING = {"fail", "softfail", UNSEEN[0]}
"""Results of SPF with which a letter needs another proof: a spoof might have any of them."""


class Verdict(StrEnum):
    """What is proven of the domain that a letter says it is from."""

    PROVEN = "proven"
    OPEN = "open"
    DENIED = "denied"


class Proof(Struct, frozen=True):
    """What was found: for the operator to read, and for the rules to decide on.

    ``suspicion`` is what makes a letter suspicious, or nothing; ``signed`` the domains whose
    signatures hold; ``sealed`` the server on the way whose word was taken for it.
    """

    verdict: Verdict
    spf: str = "none"
    signed: list[str] = []
    policy: str = ""
    suspicion: str = ""
    sealed: str = ""

    def __str__(self) -> str:
        """Return what an operator reads of it."""
        sealed = f" arc={self.sealed}" if self.sealed else ""
        return f"{self.verdict} spf={self.spf} dkim={','.join(self.signed)}{sealed}"

    @property
    def unseen(self) -> bool:
        """Tell whether it lacks a proof that could not be looked at, and nobody denies it."""
        return self.spf == UNSEEN[0] and not self.policy


def prove(  # noqa: PLR0917 - a letter, how it came, and whom to ask
    raw: bytes,
    envelope: Envelope,
    reading: Reading,
    ask: Ask,
    sealers: Collection[str] = (),
    examine: Examine = seals.examined,
) -> Proof:
    """Look at all that a letter proves; raises `NamesAway` if it cannot be told now.

    Of ``sealers``, servers that pass letters on, the word is taken for what they broke.
    """
    ask = Inquiry(ask)
    suspicion = suspicion_of(reading, envelope.recipient)
    domain = _idna(reading.sender.domain)
    if not is_domain(domain):
        return Proof(Verdict.DENIED, suspicion=suspicion or "no_sender")
    rule, later = policy(domain, ask), Patience(ask)
    result, server = permitted(envelope, later)
    found = examine(raw, _keys(raw, later, chain=False), False)
    aligned = any(rule.covers(one, rule.dkim, later) for one in found.held) or (
        result == "pass" and rule.covers(server, rule.spf, later)
    )
    sealed = "" if aligned or not sealers else _vouched(raw, domain, sealers, later, examine)
    proven = aligned or bool(sealed)
    if later.away and not proven:
        raise later.away
    denied = rule.stated or result in _DENYING or domain in found.broken
    verdict = Verdict.PROVEN if proven else Verdict.DENIED if denied else Verdict.OPEN
    return Proof(verdict, result, found.held, rule.demand, suspicion, sealed)


def _vouched(raw: bytes, domain: str, sealers: Collection[str], ask: Ask, examine: Examine) -> str:
    keys = _keys(raw, ask, chain=True)
    return seals.vouched(examine(raw, keys, True).seals, domain, sealers) if keys else ""


def _keys(raw: bytes, ask: Ask, *, chain: bool) -> Keys:
    found = {name: ask(name, "TXT") for name in seals.names(raw, seals=chain)}
    return {name: b"".join(records[0].strings) for name, records in found.items() if records}


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
    if reading.ambiguous:
        return "ambiguous"
    named = recipient.lower() in {one.address for one in reading.to}
    return "" if named else "addressed_elsewhere"


def _idna(domain: str) -> str:
    try:
        return domain.lower().encode("idna").decode() if not domain.isascii() else domain.lower()
    except UnicodeError:
        return ""
