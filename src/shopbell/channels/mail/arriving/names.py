"""The names of the Internet, asked for by whichever resolver the machine has."""

from typing import Any

import dns.exception
import dns.name
import dns.resolver

from shopbell.channels.mail.arriving.authentic import NamesAway

SECONDS = 5.0


def ask(name: str, kind: str) -> list[Any]:
    """Return the records of a name; see `authentic.Ask`."""
    try:
        return list(dns.resolver.resolve(name, kind, lifetime=SECONDS, search=False))
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except (dns.name.LabelTooLong, dns.name.EmptyLabel, dns.name.NameTooLong, UnicodeError):
        return []
    except dns.exception.DNSException as trouble:
        raise NamesAway(f"{name} {kind}: {trouble}") from trouble
