"""What is known of the products that the lines about answers ask about.

``known.tsv`` has one line for each thing known: ``product`` (``*`` is what a shop says of all of
them), ``id``, ``kind``, ``locale``, ``variant``, ``question``, ``answer``. The kind ``title`` names
the product itself.
"""

import csv
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import msgspec

from shopbell.language.answering import Found, Known, Prepared, find, prepare

EVERYWHERE = "*"


def found(line: Mapping[str, str], folder: Path) -> list[Found]:
    """Return what is shown to somebody who types this line."""
    return find(line["text"], _prepared(folder, line["product"]), variant=line["variant"])


@cache
def _prepared(folder: Path, product: str) -> Prepared:
    lines = [line for line in _lines(folder) if line["product"] in {product, EVERYWHERE}]
    known = [msgspec.convert(line, Known) for line in lines if line["kind"] != "title"]
    title = " ".join(line["question"] for line in lines if line["kind"] == "title")
    return prepare(known, title=title)


def _lines(folder: Path) -> Iterator[dict[str, str]]:
    with (folder / "known.tsv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
