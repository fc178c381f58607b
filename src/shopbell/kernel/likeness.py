"""Structs that show a part of others."""

from typing import Any, TypeVar

from msgspec import Struct

S = TypeVar("S", bound=Struct)


def like(kind: type[S], shown: object, **own: Any) -> S:  # noqa: ANN401 - fields of any type
    """Return a ``kind`` with the fields of the same names, and ``own`` in place of some."""
    names = kind.__struct_fields__
    return kind(**{name: own[name] if name in own else getattr(shown, name) for name in names})
