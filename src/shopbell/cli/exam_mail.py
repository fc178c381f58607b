"""What the doctor looks at of letters: that they leave, that they are believed, that answers come.

It asks the same mail server and the same names as letters do, and reads a letter of ours as its
reader's server would.
"""

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from shopbell.channels.mail import signing
from shopbell.channels.mail.arriving import names, reading
from shopbell.channels.mail.arriving.asking import Ask, NamesAway
from shopbell.channels.mail.arriving.authentic import Proof, prove
from shopbell.channels.mail.arriving.servers import Envelope
from shopbell.channels.mail.smtp import MailServer, PutOff, is_here
from shopbell.engine.settings import NOBODY, Settings

if TYPE_CHECKING:
    from shopbell.cli.exam import Exam

PATIENCE_SECONDS = 5.0


def look_at_mail(exam: "Exam", settings: Settings) -> None:
    """Check what letters and notices need outside of us, as far as the settings use it."""
    if settings.reachable_by_others:
        _contact(exam, settings)
    if settings.smtp_url:
        _server(exam, settings)
    if settings.mail_domain:
        _door(exam, settings)
        _names(exam, settings)


def _contact(exam: "Exam", settings: Settings) -> None:
    if settings.push_contact_url == NOBODY:
        exam.attention("push", "push_nobody")
    else:
        exam.well("push", "push_well", contact=settings.push_contact_url)


def _server(exam: "Exam", settings: Settings) -> None:
    server = MailServer.at(settings.smtp_url)
    try:
        secret = asyncio.run(server.greet())
    except PutOff as trouble:
        exam.attention("smtp", "smtp_away", host=server.host, trouble=str(trouble))
        return
    if secret:
        exam.well("smtp", "smtp_well", host=server.host)
    else:
        exam.attention("smtp", "smtp_open", host=server.host)


def _door(exam: "Exam", settings: Settings) -> None:
    listen = settings.lmtp_listen
    if not listen:
        if not settings.imap_url:
            exam.attention("lmtp", "lmtp_none")
        return
    if asyncio.run(_is_greeted(listen)):
        exam.well("lmtp", "lmtp_well", listen=listen)
    else:
        exam.attention("lmtp", "lmtp_closed", listen=listen)


async def _is_greeted(listen: str) -> bool:
    """Tell whether somebody who takes letters opens the door (RFC 5321, 3.1)."""
    host, _, port = listen.rpartition(":")
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            reads, writes = await asyncio.open_connection(host.strip("[]"), int(port))
            greeting = await reads.readline()
            writes.close()
    except (OSError, ValueError):
        return False
    return greeting.startswith(b"220")


def _names(exam: "Exam", settings: Settings) -> None:
    ask = names.through(settings.dns_server)
    try:
        for check in (_mx, _spf, _dkim, _dmarc):
            check(exam, settings, ask)
    except NamesAway as away:
        exam.attention("dns", "dns_away", trouble=str(away))


def _mx(exam: "Exam", settings: Settings, ask: Ask) -> None:
    domain = settings.reply_domain
    hosts = [record.exchange.to_text(omit_final_dot=True) for record in ask(domain, "MX")]
    if not hosts:
        exam.attention("mx", "mx_none", domain=domain)
        return
    lost = next((host for host in hosts if not _numbers(host, ask)), None)
    if lost:
        exam.attention("mx", "mx_lost", domain=domain, host=lost)
    else:
        exam.well("mx", "mx_well", domain=domain, host=", ".join(hosts))


def _spf(exam: "Exam", settings: Settings, ask: Ask) -> None:
    domain, host = settings.reply_domain, _sends(settings)
    found = [one for one in _texts(domain, ask) if one.lower().split(" ", 1)[0] == "v=spf1"]
    if len(found) != 1:
        exam.attention("spf", "spf_twice" if found else "spf_none", domain=domain)
    elif any(_may_send(domain, number, ask) for number in _numbers(host, ask)):
        exam.well("spf", "spf_well", domain=domain, host=host)
    elif host != _site(settings) and _trusts_others(found[0]):
        exam.well("spf", "spf_others", host=host, record=found[0])
    else:
        exam.attention("spf", "spf_without_us", domain=domain, host=host, record=found[0])


def _dkim(exam: "Exam", settings: Settings, ask: Ask) -> None:
    ours = signing.records(signing.signer(settings.data, settings.reply_domain))
    for name, says in ours.items():
        told = [_key(one) for one in _texts(name, ask)]
        if told != [_key(says)]:
            exam.attention("dkim", "dkim_foreign" if told else "dkim_none", name=name)
            return
    exam.well("dkim", "dkim_well")


def _dmarc(exam: "Exam", settings: Settings, ask: Ask) -> None:
    domain = settings.reply_domain
    if _proof(domain, "", ask).policy:
        exam.well("dmarc", "dmarc_well", domain=domain)
    else:
        exam.attention("dmarc", "dmarc_none", domain=domain)


def _sends(settings: Settings) -> str:
    """Return the name of the machine that others see letters come from, as far as we know."""
    server = MailServer.at(settings.smtp_url) if settings.smtp_url else None
    if server and not is_here(server.host):
        return server.host
    return _site(settings)


def _site(settings: Settings) -> str:
    return urlsplit(settings.base_url).hostname or ""


def _may_send(domain: str, number: str, ask: Ask) -> bool:
    return _proof(domain, number, ask).spf == "pass"


def _proof(domain: str, number: str, ask: Ask) -> Proof:
    """Read a letter of ours that comes from this number, as its reader's server would."""
    raw = f"From: doctor@{domain}\r\n\r\n".encode()
    envelope = Envelope(f"doctor@{domain}", f"reader@{domain}", number, domain)
    return prove(raw, envelope, reading.read(raw), ask)


def _trusts_others(record: str) -> bool:
    return any(part.lstrip("+").startswith(("include:", "redirect=")) for part in record.split())


def _numbers(host: str, ask: Ask) -> list[str]:
    return [record.address for kind in ("A", "AAAA") for record in ask(host, kind)]


def _texts(name: str, ask: Ask) -> list[str]:
    return [b"".join(record.strings).decode("ascii", "replace") for record in ask(name, "TXT")]


def _key(record: str) -> str:
    """Return the public key in a DKIM record, however it is spaced."""
    tags = dict(part.strip().split("=", 1) for part in record.split(";") if "=" in part)
    return "".join(tags.get("p", "").split())
