"""Whether a domain lets the server that handed a letter over send in its name (SPF, RFC 7208)."""

from typing import Any

import spf
from msgspec import Struct

from shopbell.channels.mail.arriving.asking import Ask, NamesAway

UNSEEN = "unseen", ""
"""What SPF says where nobody told who handed the letter over, as in a mailbox."""


class Envelope(Struct, frozen=True):
    """How a letter was handed over: by whom, from which address, in whose name, and to whom.

    Where no client is known, ``told`` is what is known of SPF, and for which domain.
    """

    sender: str
    recipient: str
    client: str = ""
    helo: str = ""
    told: tuple[str, str] = ("none", "")


class _Query(spf.query):  # type: ignore[misc] # comes without types
    """Asks our resolver; more than ten mechanisms that need it are an error, by pyspf's count."""

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


def permitted(envelope: Envelope, ask: Ask) -> tuple[str, str]:
    """Return what the envelope's domain says of who handed the letter over, and that domain."""
    if not envelope.client:
        return envelope.told
    try:
        query = _Query(i=envelope.client, s=envelope.sender, h=envelope.helo or "unknown")
        query.ask = ask
        result = query.check()[0]
    except NamesAway:
        raise
    except Exception:  # noqa: BLE001 - whatever it stumbles over, it is no proof
        return "permerror", ""
    domain = envelope.sender.rpartition("@")[2] or envelope.helo
    return str(result), domain.lower()
