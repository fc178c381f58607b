"""What the DNS of the mail domain must say, so that our letters are believed and answers come."""

from urllib.parse import urlsplit

from msgspec import Struct

from shopbell.channels.mail.signing import records, signer
from shopbell.engine.settings import Settings

TEXT_MOST = 255
"""The longest piece of a TXT record (RFC 1035, 3.3); a longer text stands in several."""


class Record(Struct, frozen=True):
    """One record; ``says`` as a zone file has it."""

    name: str
    kind: str
    says: str


def needed(settings: Settings) -> list[Record]:
    """List the records: where answers go (MX), who may send (SPF), signatures (DKIM), and DMARC."""
    domain = settings.reply_domain
    host = urlsplit(settings.base_url).hostname
    server = urlsplit(settings.smtp_url).hostname
    keys = records(signer(settings.data, domain))
    return [
        Record(domain, "MX", f"10 {host}."),
        Record(domain, "TXT", _text(f"v=spf1 a:{server or host} -all")),
        *(Record(name, "TXT", _text(says)) for name, says in keys.items()),
        Record(f"_dmarc.{domain}", "TXT", _text("v=DMARC1; p=reject; adkim=s; aspf=s")),
    ]


def _text(words: str) -> str:
    pieces = (words[at : at + TEXT_MOST] for at in range(0, len(words), TEXT_MOST))
    return " ".join(f'"{piece}"' for piece in pieces)
