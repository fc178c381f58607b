"""What every way to ask a carrier must be able to do."""

from typing import Protocol

from shopbell.carriers.model import Asked, Question
from shopbell.cases.model import CarrierAnswer
from shopbell.commerce.carriers import Carrier


class Way(Protocol):
    """One way to ask carriers. To add one: its file, and its line in ``ways.py``.

    ``tests/contracts/test_carriers.py`` says what each must keep.
    """

    @property
    def name(self) -> str:
        """Return what traces call this way."""
        ...

    def serves(self, carrier: Carrier) -> bool:
        """Tell whether this carrier can be asked so."""
        ...

    async def ask(self, question: Question) -> Asked:
        """Ask; asked again with the same trace, it is asked once. Raise trouble, never hang."""
        ...

    async def look(self, question: Question) -> CarrierAnswer | None:
        """Look whether there is an answer yet, where one can look."""
        ...

    def read_answer(self, said: bytes) -> CarrierAnswer | None:
        """Read an answer as it arrives; none if it says that there is none yet."""
        ...
