"""Calls to addresses that others gave us: they lead out of the house, never into it.

A name is looked up once, and the call goes to the very address that was checked: who owns a name
may have it point elsewhere a moment later. Nobody is followed to another address.
"""

import asyncio
import socket
from collections.abc import Collection, Mapping
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from shopbell.engine.calling import USUAL, Answer, Bounds, NoAnswer, call

LOOKING_UP = 4.0
"""Seconds that a name may take to be looked up."""

PORTS = {"https": 443, "http": 80}
Number = IPv4Address | IPv6Address
_TRANSLATED = IPv6Network("64:ff9b::/96")
"""Where networks of IPv6 alone show the machines of IPv4 (RFC 6052)."""

_PUBLIC = IPv6Network("2000::/3")
"""All that IPv6 has given out to the public so far (RFC 4291)."""

_CLOSED = tuple(
    ip_network(block)
    for block in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
        *("172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16"),
        *("198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
        *("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"),
    )
)
"""Blocks of the special registries (RFC 6890): private, shared, for tests, tunnels, for nobody."""


class NotOutside(NoAnswer):
    """The address leads to a machine that is none of the public's."""


async def call_outside(
    address: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    method: str = "POST",
    loopback: bool = False,
    ports: Collection[int] = (),
    inside: Collection[str] = (),
    within: Bounds = USUAL,
) -> Answer:
    """Send a public machine something and return its answer; raises `NoAnswer`.

    ``ports`` are allowed beside the usual ones. ``loopback`` allows this machine as well, at any
    port, and plain http to it. ``inside`` are hosts, each with its port, that the operator named:
    they may be machines of the operator's own, and speak plain http.
    """
    parts, port = _checked(address)
    own = f"{parts.hostname}:{port}" in inside
    number = await _checked_number(parts.hostname or "", port, loopback=loopback, own=own)
    if not (own or number.is_loopback):
        _check_manner(parts, port, ports)
    return await call(
        method,
        _numbered(parts, number),
        body,
        {**headers, "Host": parts.netloc},
        named=parts.hostname or "",
        within=within,
    )


def is_outside(number: Number) -> bool:
    """Tell whether a number is a public machine's, however it is wrapped."""
    if isinstance(number, IPv6Address):
        if number.ipv4_mapped or number in _TRANSLATED:
            return is_outside(IPv4Address(int(number) & 0xFFFF_FFFF))
        if number not in _PUBLIC:
            return False
    return not any(number in block for block in _CLOSED)


def _checked(address: str) -> tuple[SplitResult, int]:
    """Take an address apart, if it is one: with a name, and nothing that looks like one."""
    try:
        parts = urlsplit(address)
        port = PORTS.get(parts.scheme, 0) if parts.port is None else parts.port
    except ValueError:
        raise NotOutside("no address") from None
    if not port or not parts.hostname or "@" in parts.netloc:
        raise NotOutside("no address")
    return parts, port


def _check_manner(parts: SplitResult, port: int, ports: Collection[int]) -> None:
    if parts.scheme != "https":
        raise NotOutside("not https")
    if port not in {*PORTS.values(), *ports}:
        raise NotOutside("not a port of the web")


async def _checked_number(host: str, port: int, *, loopback: bool, own: bool) -> Number:
    """Look a name up; every number it has must be outside, or nobody knows who answers."""
    numbers = await _look_up(host, port)
    allowed = [one for one in numbers if own or is_outside(one) or (loopback and one.is_loopback)]
    if not numbers or len(allowed) < len(numbers):
        raise NotOutside("not a public machine")
    return numbers[0]


async def _look_up(host: str, port: int) -> list[Number]:
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(LOOKING_UP):
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError, TimeoutError) as trouble:
        raise NoAnswer("its name is not known") from trouble
    return [ip_address(str(one[4][0]).partition("%")[0]) for one in found]


def _numbered(parts: SplitResult, number: Number) -> str:
    host = f"[{number}]" if number.version == 6 else str(number)  # noqa: PLR2004 - IPv6
    port = f":{parts.port}" if parts.port else ""
    return parts._replace(netloc=f"{host}{port}").geturl()
