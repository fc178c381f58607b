"""The names of the Internet, asked for by the resolver of the machine, or by one that is named."""

from collections.abc import Callable
from functools import partial
from typing import Any

import dns.exception
import dns.name
import dns.resolver

from shopbell.channels.mail.arriving.asking import Ask, NamesAway

SECONDS = 5.0
_NOTHING = (
    dns.resolver.NXDOMAIN,
    dns.resolver.NoAnswer,
    dns.name.LabelTooLong,
    dns.name.EmptyLabel,
    dns.name.NameTooLong,
    dns.name.BadEscape,
    dns.name.IDNAException,
    UnicodeError,
)


def through(server: str) -> Ask:
    """Return what asks the resolver at ``HOST:PORT``; without one, the machine's own."""
    if not server:
        return partial(_ask, dns.resolver.get_default_resolver)
    resolver = dns.resolver.Resolver(configure=False)
    host, _, port = server.rpartition(":")
    resolver.nameservers, resolver.port = [host.strip("[]")], int(port)
    return partial(_ask, lambda: resolver)


def _ask(resolver: Callable[[], dns.resolver.Resolver], name: str, kind: str) -> list[Any]:
    try:
        return list(resolver().resolve(name, kind, lifetime=SECONDS, search=False))
    except _NOTHING:
        return []
    except dns.exception.DNSException as trouble:
        raise NamesAway(f"{name} {kind}: {trouble}") from trouble
