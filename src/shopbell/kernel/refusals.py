"""The ways this system says no.

::

    Refusal
    ├─ NotFound      it does not exist, or the actor may not know that it does
    ├─ SignInFirst   nobody is signed in, or the sign-in has ended
    ├─ Forbidden     the actor may see it, but may not do this to it
    ├─ Conflict      allowed in general, but not in the present state
    ├─ Gone          it was there and is no longer
    ├─ Malformed     it cannot be read as what it should be
    ├─ Invalid       well-formed, but incomplete or contradictory
    ├─ TooLarge      more than we take
    ├─ WrongKind     of a kind we do not take
    ├─ TooMany       slow down
    └─ Unavailable   our fault, for now; nothing was stored

A refusal names what went wrong and carries the facts needed to explain it in any language:
its texts stand in ``locales/`` under ``refusals.<code>``: ``title`` (what happened) and
``next`` (what was kept, and what to do now). Each door puts it in its own terms: the web as
problem+json, the socket as a ``refused`` frame, the command line as an exit code. Any other
exception is a bug.
"""

import re
from typing import ClassVar


class Refusal(Exception):
    """An expected failure. Subclass one of the kinds below, never this.

    ``about`` names the detail that is wrong, or what kind it is, where a form asked for one.
    ``named`` are the texts that say those facts which are mere codes, and ``allowed`` the actions
    that are open to the actor instead, where a step of a workflow was refused.
    """

    about: ClassVar[str] = ""

    def __init__(self, **facts: str | int) -> None:
        super().__init__(f"{self.code} {facts}" if facts else self.code)
        self.facts = facts
        self.named: dict[str, str] = {}
        self.allowed: list[str] | None = None

    @property
    def code(self) -> str:
        """The stable name that clients may branch on, such as ``conversation_closed``."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", type(self).__name__).lower()


class NotFound(Refusal):
    """It does not exist, or the actor may not know that it does."""


class SignInFirst(Refusal):
    """Nobody is signed in, or the sign-in has ended."""


class Forbidden(Refusal):
    """It exists, the actor may see it, but may not do this to it."""


class Conflict(Refusal):
    """Allowed in general, but not in the present state."""


class Gone(Refusal):
    """It was there and is no longer."""


class Malformed(Refusal):
    """It cannot be read as what it should be; ``reason`` says where."""


class Invalid(Refusal):
    """Well-formed, but incomplete or contradictory."""


class TooLarge(Refusal):
    """More than we take."""


class WrongKind(Refusal):
    """Of a kind we do not take."""


class TooMany(Refusal):
    """Slow down; the fact ``retry_after`` gives the seconds to wait."""


class Unavailable(Refusal):
    """Our fault, for now; nothing was stored. ``retry_after`` gives the seconds to wait."""


class OurFault(Unavailable):
    """Something unexpected broke on our side; whether it was stored is not known."""
