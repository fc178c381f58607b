"""Files that shops take home: templates, what they list, a report on what they brought. Blocks."""

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from shopbell.commerce import service as commerce
from shopbell.commerce import stocking
from shopbell.commerce.model import Shop
from shopbell.connectors.files.model import Options
from shopbell.connectors.listings import service
from shopbell.connectors.listings.apart import Marking, Shaping, write_apart
from shopbell.connectors.listings.model import Form
from shopbell.connectors.listings.printing import MEDIA, Kind
from shopbell.connectors.listings.reader import LEVEL, write_line
from shopbell.connectors.listings.refusals import NotChecked
from shopbell.engine.blobs import Blobs
from shopbell.engine.database import Database, Tx
from shopbell.kernel.actor import Actor, ShopId
from shopbell.kernel.texts import Locale

PART = 256 * 1024


class Printed(NamedTuple):
    """A file to hand out; it is nowhere kept."""

    file: BinaryIO
    name: str
    media: str

    def parts(self) -> Iterator[bytes]:
        """Yield it piece by piece, and let go of it."""
        with self.file:
            while part := self.file.read(PART):
                yield part


class Press:
    """Whoever writes files for shops, each ``reader`` in their own language."""

    def __init__(self, db: Database, blobs: Blobs, reader: Locale) -> None:
        self._db, self._blobs = db, blobs
        self._reader: Locale = reader

    def template(self, form: Form, kind: Kind) -> Printed:
        """Write a table without products, its columns explained."""
        with self._blobs.workroom() as folder:
            to = folder / "file"
            asked = Shaping(None, str(to), kind, form, self._reader, self._reader)
            return _printed(asked, to, f"template-{form}.{kind}", kind)

    def export(self, actor: Actor, shop: ShopId, form: Form, kind: Kind) -> Printed:
        """Write all that a shop lists, so that it can be brought again."""
        owner = self._db.read_now(_managed, actor, shop)
        language = Options().language_for(owner)
        with self._blobs.workroom() as folder:
            to, products = folder / "file", folder / "products"
            self._gather(shop, products)
            asked = Shaping(str(products), str(to), kind, form, language, self._reader)
            return _printed(asked, to, f"{owner.slug}.{kind}", kind)

    def report(self, actor: Actor, file: str, kind: Kind) -> Printed:
        """Write a file anew with what is wrong in it, to be mended and brought again."""
        known = self._db.read_now(service.one, actor, file)
        shop = self._db.read_now(commerce.shop, known.shop)
        if known.findings is None:
            raise NotChecked
        options = known.wishes.options
        with self._blobs.workroom() as folder:
            to = folder / "file"
            asked = Marking(
                str(self._blobs.path(known.file)),
                str(self._blobs.path(known.findings)),
                str(to),
                kind,
                options,
                options.language_for(shop),
                self._reader,
            )
            return _printed(asked, to, f"{Path(known.name).stem[:80]}-report.{kind}", kind)

    def _gather(self, shop: ShopId, to: Path) -> None:
        """Write down what a shop lists, a page at a time."""
        after = ""
        with gzip.open(to, "wb", LEVEL) as file:
            while page := self._db.read_now(stocking.shelf, shop, after):
                for product in page:
                    write_line(file, product)
                after = page[-1].id


def _managed(tx: Tx, actor: Actor, shop: ShopId) -> Shop:
    stocking.check_may_look(actor, shop)
    return commerce.shop(tx, shop)


def _printed(asked: Shaping | Marking, to: Path, name: str, kind: Kind) -> Printed:
    write_apart(asked)
    return Printed(to.open("rb"), name, MEDIA[kind])
