"""A process of its own in which files are read and written: it may not grow or think for long."""

import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from shopbell.commerce.model import Product
from shopbell.connectors.files.model import Options
from shopbell.connectors.listings import printing, shapes
from shopbell.connectors.listings.model import Finding, Form, Trouble
from shopbell.connectors.listings.opening import Table, open_table
from shopbell.connectors.listings.printing import Kind, Line
from shopbell.connectors.listings.reader import Read, Reading, packed, read
from shopbell.connectors.listings.refusals import TooMuchToRead
from shopbell.kernel.texts import Locale, text

CPU_SECONDS = 120
MEMORY_BYTES = 1024 * 1024 * 1024
"""Address space: of it, 100,000 rows of a workbook take some 180 MB of memory."""

WRITTEN_BYTES = 512 * 1024 * 1024
PATIENCE_SECONDS = 180


class Shaping(Struct, frozen=True, tag=True):
    """Write products, packed a line each, as a table; without any it is a template."""

    products: str | None
    to: str
    kind: Kind
    form: Form
    language: Locale
    reader: Locale


class Marking(Struct, frozen=True, tag=True):
    """Write a file anew, with what is wrong in it marked and said in a last column."""

    file: str
    findings: str
    to: str
    kind: Kind
    options: Options
    language: Locale
    reader: Locale


def read_apart(asked: Reading) -> Read:
    """Have a file read; one that it is too much for is refused."""
    try:
        return msgspec.json.decode(_ask(asked), type=Read)
    except TooMuchToRead as why:
        return Read(trouble=Trouble(why.code))


def write_apart(asked: Shaping | Marking) -> None:
    """Have a file written."""
    _ask(asked)


def _ask(asked: Reading | Shaping | Marking) -> bytes:
    try:
        done = subprocess.run(
            [sys.executable, "-B", "-m", "shopbell.connectors.listings.apart"],
            input=msgspec.json.encode(asked),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=PATIENCE_SECONDS,
            check=True,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        raise TooMuchToRead from None
    return done.stdout


def answer(asked: Reading | Shaping | Marking) -> Read | None:
    """Do what is asked."""
    match asked:
        case Reading():
            return read(asked)
        case Shaping():
            _shape(asked)
        case Marking():
            _mark(asked)
    return None


def _shape(asked: Shaping) -> None:
    shape = shapes.shape(asked.form, asked.language, asked.reader, _products(asked))
    guide = shapes.guide(asked.form, asked.reader)
    printing.write(Path(asked.to), asked.kind, _lines(asked, shape), asked.reader, guide)


def _products(asked: Shaping) -> "_Again":
    return _Again(asked.products)


class _Again:
    """Packed products that can be gone through more than once."""

    def __init__(self, file: str | None) -> None:
        self._file = file

    def __iter__(self) -> Iterator[Product]:
        return packed(Path(self._file), Product) if self._file else iter(())


def _lines(asked: Shaping, shape: shapes.Shape) -> Iterator[Line]:
    yield shape.headings, {}
    for product in _products(asked):
        for cells in shapes.rows(product, shape):
            yield cells, {}


def _mark(asked: Marking) -> None:
    table = open_table(Path(asked.file), asked.options, asked.language)
    wrong: dict[int, list[Finding]] = {}
    for found in packed(Path(asked.findings), Finding):
        wrong.setdefault(found.row, []).append(found)
    printing.write(Path(asked.to), asked.kind, _marked(asked, table, wrong), asked.reader)


def _marked(asked: Marking, table: Table, wrong: dict[int, list[Finding]]) -> Iterator[Line]:
    said = table.heads.columns.index("said") if "said" in table.heads.columns else None
    yield [*_less(table.heads.headings, said), text(asked.reader, "listings.col_said")], {}
    for number, cells in table.lines:
        found = wrong.get(number, [])
        own = cells if isinstance(cells, list) else [""] * len(table.heads.headings)
        words = "; ".join(one.says(asked.reader) for one in found)
        yield [*_less(own, said), words], _marks(found, asked.reader)


def _less(cells: list[str], place: int | None) -> list[str]:
    """Leave out what an earlier report said."""
    return [cell for n, cell in enumerate(cells) if n != place]


def _marks(found: list[Finding], reader: Locale) -> dict[int, str]:
    return {
        one.place: f"{one.says(reader)}. {one.advises(reader)}" for one in found if one.place >= 0
    }


def confine() -> None:
    """Give up what this work does not take."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (WRITTEN_BYTES, WRITTEN_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    confine()
    given = msgspec.json.decode(sys.stdin.buffer.read(), type=Reading | Shaping | Marking)
    sys.stdout.buffer.write(msgspec.json.encode(answer(given)))
