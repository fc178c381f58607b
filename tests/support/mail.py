"""Letters of tests: people with mailboxes, servers that sign, and the names of their domains."""

import base64
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from functools import cache
from typing import Any

import dkim
import dns.name
import dns.zone
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from nacl.signing import SigningKey

from shopbell.channels.mail import addresses
from shopbell.channels.mail.addresses import Keyring
from shopbell.channels.mail.arriving import service, storage
from shopbell.channels.mail.arriving.model import Arrival, Mail, MailId, Way
from shopbell.channels.mail.arriving.tables import mails
from shopbell.conversations.model import ConversationId
from shopbell.engine.database import Tx
from shopbell.kernel.ids import new_id
from tests.support.house import House

HERE = "reply.localhost"
SERVER, STRANGE = "192.0.2.25", "198.51.100.66"
"""From where the honest servers of the zone send, and where somebody else does."""

KEY = SigningKey(bytes(range(32)))
PUBLIC = base64.b64encode(bytes(KEY.verify_key)).decode()
SECRET = base64.b64encode(bytes(KEY))

SEALER = rsa.generate_private_key(65537, 1024)  # noqa: S505 - quickly made, of a test
"""What servers on the way seal with: the standard knows RSA only (RFC 8617, 4.1.1)."""

_SEALING = base64.b64encode(
    SEALER.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
).decode()
_OF_SEALERS = f'TXT "v=DKIM1; k=rsa; " "p={_SEALING}"'

ZONE = f"""
$TTL 60
@ IN SOA ns.example. root.example. 1 1 1 1 60
@ IN NS ns.example.
example.org. TXT "v=spf1 ip4:{SERVER} -all"
_dmarc.example.org. TXT "v=DMARC1; p=reject"
s1._domainkey.example.org. TXT "v=DKIM1; k=ed25519; p={PUBLIC}"
s1._domainkey.mail.example.org. TXT "v=DKIM1; k=ed25519; p={PUBLIC}"
strict.example. TXT "v=spf1 -all"
_dmarc.strict.example. TXT "v=DMARC1; p=none; adkim=s; aspf=s"
s1._domainkey.sub.strict.example. TXT "v=DKIM1; k=ed25519; p={PUBLIC}"
evil.example. TXT "v=spf1 ip4:{STRANGE} -all"
_dmarc.evil.example. TXT "v=DMARC1; p=reject"
s1._domainkey.evil.example. TXT "v=DKIM1; k=ed25519; p={PUBLIC}"
soft.example. TXT "v=spf1 ip4:{SERVER} ~all"
post.localhost. TXT "v=spf1 ip4:127.0.0.1 -all"
_dmarc.post.localhost. TXT "v=DMARC1; p=reject"
r1._domainkey.evil.example. {_OF_SEALERS}
lists.example. TXT "v=spf1 -all"
r1._domainkey.lists.example. {_OF_SEALERS}
r1._domainkey.school.example. {_OF_SEALERS}
eleven.example. TXT "v=spf1 {" ".join(f"a:h{n}.example" for n in range(11))} ip4:{SERVER} -all"
ten.example. TXT "v=spf1 {" ".join(f"a:h{n}.example" for n in range(9))} ip4:{SERVER} -all"
void.example. TXT "v=spf1 a:v1.example a:v2.example a:v3.example ip4:{SERVER} -all"
{chr(10).join(f"h{n}.example. A 192.0.2.99" for n in range(11))}
_dmarc.suffix.example. TXT "v=DMARC1; p=reject; psd=y"
s1._domainkey.a.suffix.example. TXT "v=DKIM1; k=ed25519; p={PUBLIC}"
_dmarc.own.org.example. TXT "v=DMARC1; p=none; psd=n"
_dmarc.org.example. TXT "v=DMARC1; p=reject; sp=quarantine"
s1._domainkey.org.example. TXT "v=DKIM1; k=ed25519; p={PUBLIC}"
signed.example. TXT "nothing"
s1._domainkey.signed.example. TXT "v=DKIM1; k=ed25519; p={PUBLIC}"
"""
"""``plain.example`` says nothing of itself, like many a small domain."""


@cache
def zone() -> dns.zone.Zone:
    return dns.zone.from_text(ZONE, origin=".", relativize=False)


def ask(name: str, kind: str) -> list[Any]:
    """Look a name up in the zone of the tests."""
    found = zone().get_rdataset(dns.name.from_text(name), kind)
    return list(found) if found else []


@dataclass
class Letter:
    """A letter as somebody's program writes it; ``headers`` replace or add to the usual ones."""

    to: str
    sender: str = "anna@example.org"
    text: str = "Yes, it was open."
    shown: str = ""
    subject: str = "Re: your lamp"
    headers: dict[str, str] = field(default_factory=dict[str, str])
    html: str = ""
    files: tuple[tuple[str, str, bytes], ...] = ()
    message_id: str = ""

    def raw(self) -> bytes:
        letter = EmailMessage(policy=SMTP)
        usual = {
            "From": self.shown or self.sender,
            "To": self.to,
            "Subject": self.subject,
            "Date": "Mon, 04 May 2026 09:00:00 +0000",
            "Message-ID": self.message_id or f"<{new_id()}@{self.sender.rpartition('@')[2]}>",
        }
        for name, value in (usual | self.headers).items():
            if value:
                letter[name] = value
        letter.set_content(self.text)
        if self.html:
            letter.add_alternative(self.html, subtype="html")
        for name, kind, data in self.files:
            main, _, sub = kind.partition("/")
            letter.add_attachment(data, main, sub, filename=name)
        return letter.as_bytes()


def signed(raw: bytes, domain: str, **how: Any) -> bytes:
    """Sign a letter in the name of a domain of the zone."""
    signature = dkim.sign(
        raw, b"s1", domain.encode(), SECRET, signature_algorithm=b"ed25519-sha256", **how
    )
    return bytes(signature) + raw


@dataclass(frozen=True)
class Letterbox:
    """The door for letters of a house, and what became of what came in."""

    house: House

    @property
    def keys(self) -> Keyring:
        return self.house.app.mail.known.keys

    def relay(self, talk: ConversationId, recipient: str) -> str:
        """Return the address at which somebody answers in a conversation."""
        return f"{addresses.relay_address(self.keys, talk, recipient)}@{HERE}"

    def takes(
        self,
        raw: bytes,
        to: str,
        *,
        sender: str | None = "anna@example.org",
        client: str = SERVER,
        way: Way = Way.LMTP,
        reads: bool = True,
    ) -> Mail:
        """Take a letter in as the mail server hands it over, and read it."""
        kept = self.house.app.blobs.keep_sealed(raw)
        arrival = Arrival(
            raw=kept,
            size=len(raw),
            way=way,
            sender=sender,
            recipient=to,
            client=client,
            helo="mx.example.org",
        )
        self.house.db.write_now(service.take, [arrival])
        mail = self.house.db.read_now(_of, kept, to)
        if reads:
            self.house.passes(seconds=0)
        return self.now(mail.id)

    def gets(self, letter: Letter, **how: Any) -> Mail:
        """Take in a letter from an honest server."""
        return self.takes(letter.raw(), letter.to, sender=how.pop("envelope", letter.sender), **how)

    def now(self, mail: MailId) -> Mail:
        found = self.house.db.read_now(storage.get, mail)
        assert found is not None
        return found


def _of(tx: Tx, raw: str, to: str) -> Mail:
    wanted = mails.select().where(mails.c.raw == raw, mails.c.recipient == to)
    return Mail(**dict(tx.execute(wanted).mappings().one()))
