"""Why a socket is closed. Clients come back on all but 4003, 4005, 4013, 4014, 4015."""

from enum import IntEnum


class Close(IntEnum):
    """Close codes of the protocol."""

    RETRY = 4000
    NO_HELLO = 4001
    AUTH_FAILED = 4003
    REVOKED = 4005
    BAD_RESUME = 4007
    RATE_LIMITED = 4008
    NO_PONG = 4009
    SLOW = 4010
    INSUFFICIENT_STATE = 4011
    DRAINING = 4012
    VERSION = 4013
    ORIGIN = 4014
    MOVED = 4015


class Hangup(Exception):
    """This connection is over, for this reason."""

    def __init__(self, code: Close) -> None:
        super().__init__(code.name)
        self.code = code
