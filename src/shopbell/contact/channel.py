"""What every channel that reaches people must be able to do."""

from collections.abc import Collection
from typing import ClassVar, Protocol

from shopbell.contact.model import Reach, Whom
from shopbell.conversations.model import Conversation
from shopbell.engine.database import Tx
from shopbell.kernel.actor import PersonId


class Channel(Protocol):
    """One way to tell people what waits. To add one: its folder, and its line in ``plugs.py``.

    ``tests/contracts/test_channels.py`` says what each must keep.
    """

    name: ClassVar[str]

    def is_open(self, tx: Tx) -> bool:
        """Tell whether it carries anything here at all, to whomever."""
        ...

    def reaches(
        self, tx: Tx, talk: Conversation, whom: Whom, told: Collection[PersonId] = ()
    ) -> bool:
        """Tell whether somebody of this side has an address that can be used.

        Of a shop's ``staff`` those are left out who were ``told`` before.
        """
        ...

    def has_told(self, tx: Tx, talk: Conversation, since: int) -> Collection[PersonId]:
        """Return the people of the shop who were told by this channel of entry ``since``."""
        ...

    async def reach(self, reach: Reach) -> None:
        """Tell them, once, however often it is asked; raise to be asked again later.

        If that reaches nobody for good, say so by `missed` of ``contact/ladder.py``.
        """
        ...
