"""Everything an operator may choose, in one typed place."""

import re
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta, Struct

PREFIX = "SHOPBELL_"
TESTS = "SHOPBELL_TEST_"

_is_domain = re.compile(
    r"(?=.{1,190}$)[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+", re.IGNORECASE
).fullmatch
_HOST = r"[\w-]{1,63}(\.[\w-]{1,63})+"
_is_contact = re.compile(
    r"(mailto:[\w.+-]+@(localhost|[\w-]+(\.[\w-]+)+))|(https://(localhost|[\w-]+(\.[\w-]+)+))",
    re.ASCII,
).fullmatch
_is_address = re.compile(r"[\w.+-]{1,64}@[a-z0-9.-]{1,190}", re.IGNORECASE | re.ASCII).fullmatch

Rate = Annotated[float, Meta(gt=0)]


NOBODY = "mailto:nobody@localhost"
"""Who is to be written to where no address was given."""


class BadSetting(Exception):
    """A setting that is unknown or cannot be read; the message names it."""


class Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Each field is also an environment variable: ``SHOPBELL_`` and its name in capitals.

    The defaults run the whole product from one command on one machine.

    Attributes:
        data: folder for everything that is kept on disk: the embedded database, attachments.
        database: ``sqlite:///FILE`` or ``postgresql+psycopg://USER@HOST/NAME``; empty means
            ``shopbell.db`` in ``data``.
        listen: address and port of the web server.
        public_url: the address people use, behind a proxy; empty means the one listened on.
        origins: further web addresses whose pages may show the contact window, with commas.
        proxies: addresses of reverse proxies whose ``X-Forwarded-*`` headers are believed.
        log: ``text`` for people, ``json`` for machines.
        worker: whether ``serve`` also does due jobs and deadlines in its own process.
        lease_seconds: after how long a job of a worker that died is another's; longer than any job.
        drain_seconds: how long open pages are sent away politely when the server stops.
        attachment_bytes: the largest file taken, in bytes.
        image_pixels: the largest picture taken, in pixels.
        frames_per_second: how much one open page or one person may send; twice as much for a
            moment.
        sockets_per_second: how many pages may connect to this process; twice as many for a
            moment. Others stand in line for up to five seconds, or are asked to come back.
        platform_url: address of the commerce platform's API that gives money back; empty means that
            the operator does it by hand, and says so.
        platform_secret: what we and the platform sign with.
        refund_alone_most: how much of each currency, in its smallest unit, may go back for one
            order, or by one decision of a dispute, without a second person; in other currencies
            nothing may.
        label_font: file of the font for labels of returns, with letters of every script in use;
            empty means the system's (Debian: ``fonts-noto-cjk``).
        push_contact: where a push service writes to when it is unhappy with us,
            ``mailto:NAME@HOST`` or ``https://HOST``; empty means the host of the public address, if
            that is https, or else ``mail_from``.
        push_loopback: also push to a service on this machine, over plain http; for tests.
        pictures_loopback: also fetch pictures of listings from this machine, over plain http; for
            tests.
        push_ports: at which ports push services may be called, beside 443 and 80, with spaces.
        demo_beyond_loopback: allow demo accounts on an address others can reach.
        market_name: what the marketplace is called in letters.
        mail_domain: the domain of the addresses at which our letters are answered; all mail to it
            must come to us.
        mail_from: the address letters of the marketplace itself come from; empty means
            ``no-reply`` at ``mail_domain``.
        smtp_url: the mail server that takes our letters, ``smtp://HOST:PORT`` or ``smtps://…`` (TLS
            from the start), with ``NAME:PASSWORD@`` before the host if it asks for them; empty
            means that letters are kept and shown, but not mailed.
        lmtp_listen: address and port at which the mail server beside us hands over letters (LMTP);
            empty means that none arrive this way. Whoever reaches it is believed: loopback only.
        imap_url: a mailbox that letters are read out of, too, ``imaps://HOST/FOLDER`` with
            ``NAME:PASSWORD@`` before the host, signs in them written as in addresses (``%40``);
            ``imap://`` asks for TLS after the greeting, but on this machine. Without a folder it is
            ``INBOX``; empty means that none is read.
        imap_moved_to: folder of that mailbox into which letters are moved once they are kept here;
            empty means that they stay, marked as read. None is ever deleted.
        imap_poll_seconds: how often the mailbox is looked into where its server does not tell us of
            new letters (IDLE).
        imap_authserv: the name under which the mailbox's server writes down what it found of a
            letter (``Authentication-Results``); it is believed about SPF. Empty means that letters
            out of the mailbox are proven by DKIM alone.
        dns_server: address and port of the resolver that is asked what letters prove; empty means
            the machine's own.
        arc_sealers: domains of servers that pass letters on, with commas, whose word is taken that
            a letter was proven before they changed it (ARC).
        market_senders: domains of marketplaces that write to shops about orders, each with its
            name, ``ozon.ru=Ozon``, with commas.
        hide_contacts: whether phones, addresses, messengers, cards and invitations to deal past the
            marketplace are hidden in what buyer and shop write to each other; links to our own
            addresses (``public_url``, ``origins``, ``mail_domain``) are not.
        letters_per_hour: how many letters leave in an hour at most; the others wait their turn.
        abuse_times: after how many abusive messages of one person the operator is called.
        abuse_days: in how many days these are counted.
        translator: who translates messages for readers of another language: ``libretranslate``, a
            service at ``translate_url``; ``llm``, the model at ``llm_url``; empty means nobody. It
            gets what buyers and shops write to each other, and the notes of a shop's team.
        translate_url: address of a service that speaks as LibreTranslate does.
        translate_key: its key, if it asks for one.
        llm_url: address of a service that speaks as OpenAI's does, up to and with ``/v1``.
        llm_key: its key, if it asks for one.
        llm_model: the model there that translates and drafts.
        embedder: who tells which answers are near a question: ``local``, a small model of the
            package's extra ``embeddings``; ``llm``, the service at ``llm_url``; empty means nobody.
        embedding_model: the model there that does so.
        writer: who drafts answers out of sources: ``llm``; empty means nobody.
        assistants_inside: hosts, each with its port, of assistants on this machine or in one's own
            network, ``127.0.0.1:5000``, with commas; others are called on the Internet alone, by
            https.
        assistants_seconds: how long an assistant may take; then we go on without it.
        assistants_calls: how often all assistants are asked in a day (UTC), at most.
        assistants_tokens: how much they are given to read and write in a day, in tokens.
        assistants_shop_calls: how often in a day for one shop.
        assistants_shop_tokens: how much in a day for one shop.
    """

    data: Path = Path("data")
    database: str = ""
    listen: str = "127.0.0.1:8000"
    public_url: str = ""
    origins: str = ""
    proxies: str = "127.0.0.1"
    log: Literal["text", "json"] = "text"
    worker: bool = True
    lease_seconds: Rate = 60.0
    drain_seconds: float = 10.0
    attachment_bytes: int = 10 * 1024 * 1024
    image_pixels: int = 40_000_000
    frames_per_second: Rate = 20.0
    sockets_per_second: Rate = 200.0
    platform_url: str = ""
    platform_secret: str = ""
    refund_alone_most: Annotated[str, Meta(pattern=r"^([A-Z]{3}:\d{1,15}( |$))*$")] = (
        "EUR:50000 USD:50000 CNY:400000 RUB:5000000"
    )
    label_font: str = ""
    push_contact: str = ""
    push_loopback: bool = False
    pictures_loopback: bool = False
    push_ports: Annotated[str, Meta(pattern=r"^(\d{1,5}( |$))*$")] = ""
    demo_beyond_loopback: bool = False
    market_name: Annotated[str, Meta(min_length=1, max_length=80)] = "Marketa"
    mail_domain: str = ""
    mail_from: str = ""
    smtp_url: str = ""
    lmtp_listen: Annotated[str, Meta(pattern=r"^(.+:\d{1,5})?$")] = ""
    imap_url: str = ""
    imap_moved_to: Annotated[str, Meta(max_length=200)] = ""
    imap_poll_seconds: Annotated[float, Meta(gt=0, le=1_500)] = 60.0
    imap_authserv: Annotated[str, Meta(max_length=253)] = ""
    dns_server: Annotated[str, Meta(pattern=r"^(.+:\d{1,5})?$")] = ""
    arc_sealers: Annotated[str, Meta(pattern=rf"^({_HOST}(, *|$))*$")] = ""
    market_senders: Annotated[str, Meta(pattern=rf"^({_HOST}=[^,=]{{1,40}}(, *|$))*$")] = ""
    hide_contacts: bool = True
    letters_per_hour: Annotated[int, Meta(ge=1)] = 1_000
    abuse_times: Annotated[int, Meta(ge=1)] = 3
    abuse_days: Annotated[int, Meta(ge=1, le=3_650)] = 30
    translator: Literal["", "libretranslate", "llm"] = ""
    translate_url: str = ""
    translate_key: str = ""
    llm_url: str = ""
    llm_key: str = ""
    llm_model: Annotated[str, Meta(max_length=200)] = ""
    embedder: Literal["", "local", "llm"] = ""
    embedding_model: Annotated[str, Meta(max_length=200)] = ""
    writer: Literal["", "llm"] = ""
    assistants_inside: Annotated[str, Meta(pattern=r"^([^\s,]+:\d{1,5}(, *|$))*$")] = ""
    assistants_seconds: Annotated[float, Meta(gt=0, le=40)] = 12.0
    assistants_calls: Annotated[int, Meta(ge=0)] = 20_000
    assistants_tokens: Annotated[int, Meta(ge=0)] = 10_000_000
    assistants_shop_calls: Annotated[int, Meta(ge=0)] = 2_000
    assistants_shop_tokens: Annotated[int, Meta(ge=0)] = 1_000_000

    @property
    def database_url(self) -> str:
        """Return the database to use, spelled out."""
        return self.database or f"sqlite:///{self.data / 'shopbell.db'}"

    @property
    def reply_domain(self) -> str:
        """Return the domain of the addresses in our letters; without one, letters go nowhere."""
        return self.mail_domain.lower() or "reply.localhost"

    @property
    def market_address(self) -> str:
        """Return the address that letters of the marketplace itself come from."""
        return self.mail_from or f"no-reply@{self.reply_domain}"

    @property
    def address(self) -> tuple[str, int]:
        """Return host and port to listen on."""
        host, _, port = self.listen.rpartition(":")
        return host.strip("[]"), int(port)

    @property
    def base_url(self) -> str:
        """Return the address people use, without a slash at the end."""
        return (self.public_url or f"http://{self.listen}").rstrip("/")

    @property
    def push_contact_url(self) -> str:
        """Return where push services may write to: an address or a host, without port or path."""
        public = urlsplit(self.public_url)
        site = f"https://{public.hostname}" if public.scheme == "https" else ""
        mail = f"mailto:{self.mail_from}" if self.mail_from else ""
        given = (self.push_contact, site, mail)
        return next((one for one in given if _is_contact(one)), NOBODY)

    @property
    def further_ports(self) -> frozenset[int]:
        """Return the ports of ``push_ports``."""
        return frozenset(int(port) for port in self.push_ports.split())

    @property
    def own_assistants(self) -> frozenset[str]:
        """Return the hosts, with their ports, of ``assistants_inside``."""
        return frozenset(one.strip() for one in self.assistants_inside.split(",") if one.strip())

    @property
    def allowed_origins(self) -> frozenset[str]:
        """Return every web origin whose pages may talk to us."""
        named = (origin.strip().rstrip("/") for origin in self.origins.split(","))
        return frozenset({self.base_url, *filter(None, named)})

    @property
    def trusted_sealers(self) -> frozenset[str]:
        """Return the servers whose word is taken for letters that they passed on."""
        return frozenset(filter(None, (one.strip() for one in self.arc_sealers.lower().split(","))))

    @property
    def market_names(self) -> Mapping[str, str]:
        """Return the marketplaces that write to shops, by the domain that they write from."""
        pairs = (one.strip().split("=") for one in self.market_senders.split(",") if one.strip())
        return {domain.lower(): name.strip() for domain, name in pairs}

    def alone_most(self, currency: str) -> int:
        """Return how much money one person alone may give back, in its smallest unit."""
        limits = (limit.split(":") for limit in self.refund_alone_most.split())
        return next((int(most) for code, most in limits if code == currency), 0)

    def welcomes(self, origin: str) -> bool:
        """Tell whether pages of ``origin`` are ours; on loopback, whatever name it is called."""
        scheme, _, host = origin.rpartition("://")
        name, _, port = host.rpartition(":")
        on_loopback = scheme == "http" and name in {"localhost", "127.0.0.1", "[::1]"}
        if on_loopback and not self.reachable_by_others and port == str(self.address[1]):
            return True
        return origin.rstrip("/") in self.allowed_origins

    def is_called(self, host: str) -> bool:
        """Tell whether ``host`` (with port) is a name of ours; another may be a trap (rebinding).

        Beyond loopback without a ``public_url`` we cannot know our names and take any.
        """
        if self.reachable_by_others and not self.public_url:
            return True
        return self.welcomes(f"http://{host}") or self.welcomes(f"https://{host}")

    @property
    def reachable_by_others(self) -> bool:
        """Tell whether the address listened on is more than this machine's own."""
        host = self.address[0]
        return host != "localhost" and not (_is_ip(host) and ip_address(host).is_loopback)


def load(environ: Mapping[str, str]) -> Settings:
    """Read the settings, or say exactly which one is wrong."""
    given = {
        name.removeprefix(PREFIX).lower(): value
        for name, value in environ.items()
        if name.startswith(PREFIX) and not name.startswith(TESTS)
    }
    for name in given:
        if name not in Settings.__struct_fields__:
            raise BadSetting(f"{PREFIX}{name.upper()} is not a setting")
    values: dict[str, Any] = {name: _read(name, value) for name, value in given.items()}
    return _checked(Settings(**values))


def _read(name: str, value: str) -> Any:  # noqa: ANN401 - each setting has its own type
    kind = next(f.type for f in msgspec.structs.fields(Settings) if f.name == name)
    if kind is Path:
        return Path(value)
    try:
        return msgspec.convert(value, kind, strict=False)
    except msgspec.ValidationError as error:
        raise BadSetting(f"{PREFIX}{name.upper()}={value!r}: {error}") from None


def _checked(settings: Settings) -> Settings:
    host, _, port = settings.listen.rpartition(":")
    if not host or not port.isdigit() or not 0 <= int(port) < 1 << 16:
        raise BadSetting(f"{PREFIX}LISTEN={settings.listen!r}: expected HOST:PORT")
    if not settings.database_url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise BadSetting(
            f"{PREFIX}DATABASE={settings.database!r}: expected sqlite:///FILE or "
            "postgresql+psycopg://USER@HOST/NAME"
        )
    if settings.push_contact and not _is_contact(settings.push_contact):
        raise BadSetting(
            f"{PREFIX}PUSH_CONTACT={settings.push_contact!r}: expected mailto:NAME@HOST or "
            "https://HOST, without port or path"
        )
    _check_mail(settings)
    _check_assistants(settings)
    return settings


def _check_assistants(settings: Settings) -> None:
    """Refuse an assistant that cannot be asked; no key is repeated, nor an address with one."""
    uses = {settings.translator, settings.embedder, settings.writer}
    needs = {
        "translate_url": settings.translator == "libretranslate",
        "llm_url": "llm" in uses,
        "llm_model": "llm" in {settings.translator, settings.writer},
        "embedding_model": settings.embedder == "llm",
    }
    for name, needed in needs.items():
        if needed and not getattr(settings, name):
            raise BadSetting(f"{PREFIX}{name.upper()} is empty: the assistant chosen needs it")
    for name in ("translate_url", "llm_url"):
        if not _is_plain_address(getattr(settings, name)):
            raise BadSetting(f"{PREFIX}{name.upper()}: expected https://HOST/PATH, without a key")


def _is_plain_address(address: str) -> bool:
    """Tell whether an address is one of the web, and holds no name, password or question."""
    if not address:
        return True
    try:
        place = urlsplit(address)
        port = place.port
    except ValueError:
        return False
    plain = not (place.query or place.fragment or "@" in place.netloc)
    return place.scheme in {"http", "https"} and bool(place.hostname) and port != 0 and plain


def _check_mail(settings: Settings) -> None:
    """Refuse what would put letters on their way that nobody could answer."""
    if settings.mail_domain and not _is_domain(settings.mail_domain):
        raise BadSetting(f"{PREFIX}MAIL_DOMAIN={settings.mail_domain!r}: expected a domain's name")
    if settings.mail_from and not _is_address(settings.mail_from):
        raise BadSetting(f"{PREFIX}MAIL_FROM={settings.mail_from!r}: expected an address")
    _check_mailbox(settings)
    if not settings.smtp_url:
        return
    server = urlsplit(settings.smtp_url)
    if server.scheme not in {"smtp", "smtps"} or not server.hostname:
        raise BadSetting(f"{PREFIX}SMTP_URL: expected smtp://HOST:PORT or smtps://HOST:PORT")
    if not settings.mail_domain:
        raise BadSetting(f"{PREFIX}MAIL_DOMAIN is empty: letters sent by SMTP need it")


def _check_mailbox(settings: Settings) -> None:
    """Refuse the address of a mailbox without repeating it: there is a password in it."""
    expected = f"{PREFIX}IMAP_URL: expected imaps://HOST/FOLDER with NAME:PASSWORD@ before HOST"
    try:
        place = urlsplit(settings.imap_url)
        whole = bool(place.hostname and place.username and place.password and place.port != 0)
    except ValueError:
        raise BadSetting(expected) from None
    if settings.imap_url and not (whole and place.scheme in {"imap", "imaps"}):
        raise BadSetting(expected)


def _is_ip(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
