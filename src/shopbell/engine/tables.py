"""The one catalogue of tables, and the column types both databases share."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Protocol, TypeVar
from uuid import UUID

import msgspec
from sqlalchemy import BigInteger, Column, Dialect, LargeBinary, MetaData, String, Text
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import CursorResult
from sqlalchemy.schema import SchemaItem
from sqlalchemy.sql.base import Executable
from sqlalchemy.types import TypeDecorator, TypeEngine

S = TypeVar("S", bound=str)
C = TypeVar("C", bound=StrEnum)

Write = Callable[[Any, list[Any]], None]
"""Writes rows of one kind, all at once; the first argument is the transaction."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Session(Protocol):
    """What a statement needs: somewhere to run, and the moment it is."""

    now: datetime
    embedded: bool
    held: dict[object, Any]
    remembered: dict[object, Any]

    @property
    def memory(self) -> Mapping[object, Any]:
        """Return what earlier transactions remembered."""
        ...

    def execute(
        self,
        statement: Executable,
        parameters: Any = None,  # noqa: ANN401 - SQLAlchemy's own shape
        /,
    ) -> CursorResult[*tuple[Any, ...]]:
        """Run one statement."""
        ...

    def run(self, sql: str, given: Any = None, /) -> CursorResult[*tuple[Any, ...]]:  # noqa: ANN401
        """Run one statement in the driver's own words, with a list of rows for each in turn."""
        ...

    def put(self, write: "Write", key: object, row: Any, /) -> None:  # noqa: ANN401
        """Have ``write`` write ``row`` before anything is read, together with its like."""
        ...

    def waits(self, write: "Write", key: object, /) -> Any:  # noqa: ANN401
        """Return the row that was put under ``key`` and is not yet written, if any."""
        ...


class Moment(TypeDecorator[datetime]):
    """A point in time: microseconds since 1970 in the table, an aware datetime in Python."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        return None if value is None else round(value.timestamp() * 1_000_000)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else datetime.fromtimestamp(value / 1_000_000, UTC)


class Ident(TypeDecorator[str]):
    """An id: 16 bytes in the table (``uuid`` on PostgreSQL), its usual text in Python."""

    impl = LargeBinary
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.UUID(as_uuid=True))
        return dialect.type_descriptor(LargeBinary(16))

    def process_bind_param(self, value: str | None, dialect: Dialect) -> UUID | bytes | None:
        if value is None:
            return None
        return (
            UUID(value) if dialect.name == "postgresql" else bytes.fromhex(value.replace("-", ""))
        )

    def process_result_value(self, value: UUID | bytes | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        if value is None or isinstance(value, UUID):
            return None if value is None else str(value)
        text = value.hex()
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


class Choice(TypeDecorator[C]):
    """One member of an enumeration, stored by its value."""

    impl = String(32)
    cache_ok = True

    def __init__(self, kind: type[C]) -> None:
        super().__init__()
        self.kind = kind

    def process_result_value(self, value: str | None, dialect: Dialect) -> C | None:  # noqa: ARG002
        return None if value is None else self.kind(value)


class Json(TypeDecorator[Any]):
    """A value of a msgspec type, stored as JSON text."""

    impl = Text
    cache_ok = True

    def __init__(self, kind: Any) -> None:  # noqa: ANN401 - any type msgspec can decode
        super().__init__()
        self.kind = kind
        self.decode = msgspec.json.Decoder(kind).decode

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ANN401, ARG002
        return None if value is None else msgspec.json.encode(value).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ANN401, ARG002
        return None if value is None else self.decode(value)


def ident(_kind: Callable[[str], S], *extra: SchemaItem, **options: Any) -> "Column[S]":  # noqa: ANN401
    """Declare an identifier, known to Python by its own type."""
    column: Column[Any] = Column(Ident, *extra, **{"nullable": False, **options})
    return column


def choice(kind: type[C], **options: Any) -> "Column[C]":  # noqa: ANN401
    """Declare a column that holds one member of ``kind``."""
    column: Column[Any] = Column(Choice(kind), **{"nullable": False, **options})
    return column
