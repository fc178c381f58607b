"""The doctor looks at letters: what is planted in the mail server or the names is told."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import dns.zone
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.lmtp import LMTP

from shopbell.app import build
from shopbell.channels.mail import signing
from shopbell.cli.exam import Finding, Weight, examine
from shopbell.engine.settings import Settings
from shopbell.kernel.texts import LOCALES, Locale
from tests.support.mailserver import MailServer, with_keys
from tests.support.names import NameServer
from tests.support.ports import free_port

DOMAIN = "reply.shop.example"
MAIL = {"mx", "spf", "dkim", "dmarc", "dns", "smtp", "lmtp", "push"}

Records = dict[tuple[str, str], list[str]]
"""What the DNS says, by name and kind."""


class Door(Controller):
    """A door for letters as ours is."""

    def factory(self) -> LMTP:
        return LMTP(self.handler)


@dataclass
class Patient:
    """An installation that mails, with its mail server, its door, and its names in the DNS."""

    data: Path
    server: MailServer
    names: NameServer
    lmtp: str
    records: dict[tuple[str, str], list[str]] = field(
        default_factory=dict[tuple[str, str], list[str]]
    )
    settings: dict[str, str] = field(default_factory=dict[str, str])

    def is_told(self, locale: Locale = "en") -> dict[str, Finding]:
        """Return what the doctor says of letters, by what it looked at."""
        self.names.zone = self._zone()
        given = {
            "data": str(self.data),
            "mail_domain": DOMAIN,
            "smtp_url": self.server.url,
            "lmtp_listen": self.lmtp,
            "dns_server": self.names.address,
            "public_url": "https://shop.example",
            **self.settings,
        }
        environ = {f"SHOPBELL_{name.upper()}": value for name, value in given.items() if value}
        return {one.check: one for one in examine(environ, locale) if one.check in MAIL}

    def ails(self) -> dict[str, str]:
        """Return what the doctor did not find well."""
        return {check: one.says for check, one in self.is_told().items() if one.weight}

    def _zone(self) -> dns.zone.Zone:
        lines = ["$TTL 60", "@ IN SOA ns. root. 1 1 1 1 60", "@ IN NS ns."]
        for (name, kind), says in self.records.items():
            lines += [f"{name}. {kind} {one}" for one in says]
        return dns.zone.from_text("\n".join(lines) + "\n", origin=".", relativize=False)


@pytest.fixture(scope="module")
def around(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str, NameServer]]:
    """Run what all patients share: a data folder, a door, and a name server."""
    data = with_keys(tmp_path_factory.mktemp("doctor") / "data")
    build(Settings(data=data)).close()
    door = Door(None, hostname="127.0.0.1", port=free_port())
    door.start()
    with NameServer() as names:
        yield data, f"127.0.0.1:{door.port}", names
    door.stop()


@pytest.fixture
def patient(around: tuple[Path, str, NameServer]) -> Iterator[Patient]:
    data, lmtp, names = around
    names.silent = False
    keys = signing.records(signing.signer(data, DOMAIN))
    records = {
        ("shop.example", "A"): ["192.0.2.25"],
        (DOMAIN, "MX"): ["10 shop.example."],
        (DOMAIN, "TXT"): ['"v=spf1 a:shop.example -all"'],
        (f"_dmarc.{DOMAIN}", "TXT"): ['"v=DMARC1; p=reject"'],
        **{(name, "TXT"): [f'"{says[:250]}" "{says[250:]}"'] for name, says in keys.items()},
    }
    with MailServer() as server:
        yield Patient(data, server, names, lmtp, records)


def test_letters_that_leave_are_believed_and_answered_are_well(patient: Patient) -> None:
    told = patient.is_told()
    assert set(told) == MAIL - {"dns", "push"}
    assert {one.weight for one in told.values()} == {Weight.WELL}


def test_an_installation_that_sends_no_letters_is_not_asked_for_them(patient: Patient) -> None:
    patient.settings = dict.fromkeys(("mail_domain", "smtp_url", "lmtp_listen"), "")
    assert patient.is_told() == {}


def forget(name: str, kind: str) -> Callable[[Patient], object]:
    return lambda patient: patient.records.pop((name, kind))


def say(name: str, kind: str, *says: str) -> Callable[[Patient], object]:
    return lambda patient: patient.records.update({(name, kind): list(says)})


def choose(**settings: str) -> Callable[[Patient], object]:
    return lambda patient: patient.settings.update(settings)


def silence(patient: Patient) -> None:
    patient.names.silent = True


RSA, ED = f"{signing.RSA}._domainkey.{DOMAIN}", f"{signing.ED25519}._domainkey.{DOMAIN}"
PLANTED: dict[str, tuple[Callable[[Patient], object], str, str]] = {
    "the mail server is away": (lambda patient: patient.server.stop(), "smtp", "takes no letters"),
    "it takes no password": (
        lambda patient: patient.settings.update(
            smtp_url=patient.server.url.replace("://", "://us:wrong@")
        ),
        "smtp",
        "takes no letters",
    ),
    "letters travel in the open": (
        lambda patient: patient.settings.update(
            smtp_url=patient.server.url.replace("127.0.0.1", "0.0.0.0")  # noqa: S104 - as elsewhere
        ),
        "smtp",
        "STARTTLS",
    ),
    "no door": (choose(lmtp_listen=""), "lmtp", "SHOPBELL_LMTP_LISTEN"),
    "a door that is closed": (choose(lmtp_listen="127.0.0.1:9"), "lmtp", "shopbell serve"),
    "no MX": (forget(DOMAIN, "MX"), "mx", "MX record"),
    "an MX that leads nowhere": (say(DOMAIN, "MX", "10 lost.example."), "mx", "lost.example"),
    "no SPF": (forget(DOMAIN, "TXT"), "spf", "SPF record"),
    "other words than SPF": (say(DOMAIN, "TXT", '"hello"', '"v=spf10"'), "spf", "SPF record"),
    "two SPF": (say(DOMAIN, "TXT", '"v=spf1 mx -all"', '"v=spf1 -all"'), "spf", "more than one"),
    "SPF without us": (say(DOMAIN, "TXT", '"v=spf1 ip4:192.0.2.1 -all"'), "spf", "ip4:192.0.2.1"),
    "no RSA key": (forget(RSA, "TXT"), "dkim", RSA),
    "no Ed25519 key": (forget(ED, "TXT"), "dkim", ED),
    "another's key": (say(ED, "TXT", '"v=DKIM1; k=ed25519; p=AAAA"'), "dkim", "another key"),
    "a key that was taken back": (say(RSA, "TXT", '"v=DKIM1; p="'), "dkim", "another key"),
    "no DMARC": (forget(f"_dmarc.{DOMAIN}", "TXT"), "dmarc", "DMARC record"),
    "push services do not know us": (
        choose(listen="0.0.0.0:8000", public_url="http://shop.example"),
        "push",
        "SHOPBELL_PUSH_CONTACT",
    ),
}


@pytest.mark.parametrize("fault", PLANTED)
def test_what_is_planted_is_found_alone_and_said_with_what_to_do(
    patient: Patient, fault: str
) -> None:
    plant, check, words = PLANTED[fault]
    plant(patient)
    found = patient.ails()
    assert words in found[check]
    assert set(found) - {"spf"} <= {check}


def test_names_that_do_not_answer_are_said_once(
    patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shopbell.channels.mail.arriving.names.SECONDS", 0.2)
    silence(patient)
    assert set(patient.ails()) == {"dns"}


def test_a_provider_that_sends_for_us_is_trusted_by_its_own_record(patient: Patient) -> None:
    patient.settings["smtp_url"] = "smtp://mail.provider.example:1"
    patient.records[DOMAIN, "TXT"] = ['"v=spf1 include:_spf.provider.example -all"']
    patient.records["_spf.provider.example", "TXT"] = ['"v=spf1 ip4:192.0.2.99 -all"']
    patient.records["mail.provider.example", "A"] = ["192.0.2.77"]
    told = patient.is_told()["spf"]
    assert told.weight is Weight.WELL
    assert "include:_spf.provider.example" in told.says


@pytest.mark.parametrize("locale", LOCALES)
def test_all_of_it_is_said_in_every_language(patient: Patient, locale: Locale) -> None:
    well = patient.is_told(locale)
    patient.records.clear()
    ails = patient.is_told(locale)
    for check in ("mx", "spf", "dkim", "dmarc"):
        assert well[check].says != ails[check].says
        assert "doctor." not in well[check].says + ails[check].says
