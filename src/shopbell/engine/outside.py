"""Calls to addresses that people's browsers gave us: they lead out of the house, never into it.

A name is looked up once, and the call goes to the very address that was checked: who owns a name
may have it point elsewhere a moment later. Nobody is followed to another address.
"""

import asyncio
import socket
from collections.abc import Mapping
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urlsplit

from shopbell.engine.calling import Answer, NoAnswer, call

LOOKING_UP = 4.0
"""Seconds that a name may take to be looked up."""

PORTS = {"https": 443, "http": 80}
Number = IPv4Address | IPv6Address
_TRANSLATED = IPv6Network("64:ff9b::/96")
"""Where networks of IPv6 alone show the machines of IPv4 (RFC 6052)."""


class NotOutside(NoAnswer):
    """The address leads to a machine that is none of the public's."""


async def call_outside(
    address: str, body: bytes, headers: Mapping[str, str], *, loopback: bool = False
) -> Answer:
    """Send a public machine something and return its answer; raises `NoAnswer`.

    ``loopback`` allows this machine as well, and plain http to it.
    """
    parts = urlsplit(address)
    number = await _checked_number(parts, loopback=loopback)
    if parts.scheme != "https" and not number.is_loopback:
        raise NotOutside("not https")
    return await call(
        "POST",
        _numbered(parts, number),
        body,
        {**headers, "Host": parts.netloc},
        named=parts.hostname or "",
    )


def is_outside(number: Number) -> bool:
    """Tell whether a number is a public machine's, however it is wrapped."""
    if isinstance(number, IPv6Address):
        inner = number.ipv4_mapped or number.sixtofour or (number.teredo or (None, None))[1]
        if inner is not None:
            return is_outside(inner)
        if number in _TRANSLATED:
            return is_outside(IPv4Address(int(number) & 0xFFFF_FFFF))
    return number.is_global and not number.is_multicast


async def _checked_number(parts: SplitResult, *, loopback: bool) -> Number:
    """Look a name up; every number it has must be outside, or nobody knows who answers."""
    numbers = await _look_up(parts.hostname or "", parts.port or PORTS.get(parts.scheme, 443))
    allowed = [one for one in numbers if is_outside(one) or (loopback and one.is_loopback)]
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
