"""Find what answers a question among what is known, or nothing."""

from collections.abc import Sequence

from msgspec import Struct

from shopbell.language.answering.model import Found, Known


class Prepared(Struct, frozen=True):
    """What is known of a product, read once. May be kept and shared."""

    known: tuple[Known, ...]


def prepare(known: Sequence[Known]) -> Prepared:
    """Read what is known of a product and its shop."""
    return Prepared(tuple(known))


def find(asked: str, prepared: Prepared, *, variant: str = "", most: int = 3) -> list[Found]:
    """Return what answers a question, best first; nothing where nothing surely does."""
    del asked, prepared, variant, most
    return []
