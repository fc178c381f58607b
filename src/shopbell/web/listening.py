"""The socket we listen on: nobody may hang for ever on a connection made to it."""

import contextlib
import resource
import socket

GONE_MILLIS = 15_000
"""Who takes nothing for so long, or does not confirm it, is gone (TCP_USER_TIMEOUT)."""

UNSENT_BYTES = 64 * 1024
"""What the kernel keeps unsent for one connection: beyond it, we notice that nobody reads."""

BACKLOG = 2048
KEEPALIVE = {"TCP_KEEPIDLE": 30, "TCP_KEEPINTVL": 10, "TCP_KEEPCNT": 3}
OPTIONS = {
    **KEEPALIVE,
    "TCP_USER_TIMEOUT": GONE_MILLIS,
    "TCP_NOTSENT_LOWAT": UNSENT_BYTES,
    "TCP_NODELAY": 1,
}
"""What accepted connections inherit, as far as the system knows it."""


def make_room() -> int:
    """Let this process hold as many connections as it may; return how many files that is.

    Many systems give 1,024 files unless asked for more.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):  # some systems name a limit they do not allow
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        soft = hard
    return soft


def listen(host: str, port: int) -> socket.socket:
    """Listen on an address; connections made to it have our options."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    if family == socket.AF_INET6:
        listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    for name, value in OPTIONS.items():
        if (option := getattr(socket, name, None)) is not None:
            listening.setsockopt(socket.IPPROTO_TCP, option, value)
    listening.bind((host, port))
    listening.listen(BACKLOG)
    listening.setblocking(False)
    return listening
