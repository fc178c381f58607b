"""Every statement of the listing tool, built once when the module is imported."""

from collections.abc import Sequence
from typing import Any

from msgspec import structs
from sqlalchemy import bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert  # also compiles for SQLite

from shopbell.connectors.listings.model import ListingFile, ListingFileId
from shopbell.connectors.listings.picturing import Picture, PictureState
from shopbell.connectors.listings.tables import files, pictures
from shopbell.engine.tables import Session
from shopbell.kernel.actor import ShopId

_f, _p = files.c, pictures.c
_FIELDS = [_f[name] for name in ListingFile.__struct_fields__]
_BRIEF = [column for column in _FIELDS if column.name not in {"preview", "heads"}]
_ADD = upsert(files).on_conflict_do_nothing(index_elements=[_f.shop, _f.digest]).returning(_f.id)
_GET = select(*_FIELDS).where(_f.id == bindparam("of_id"))
_HOLD = _GET.with_for_update()
_BY_DIGEST = select(*_FIELDS).where(
    _f.shop == bindparam("of_shop"), _f.digest == bindparam("of_digest")
)
_OF_SHOP = (
    select(*_BRIEF)
    .where(_f.shop == bindparam("of_shop"))
    .order_by(_f.id.desc())
    .limit(bindparam("most"))
)
_PUT = (
    update(files)
    .where(_f.id == bindparam("by_id"))
    .values({name: bindparam(f"to_{name}") for name in ListingFile.__struct_fields__[5:]})
)
_PICTURE_FIELDS = [_p[name] for name in Picture.__struct_fields__]
_WANT = upsert(pictures).on_conflict_do_nothing(index_elements=[_p.digest]).returning(_p.digest)
_PICTURE = select(*_PICTURE_FIELDS).where(_p.digest == bindparam("of_digest"))
_OF_PRODUCT = select(*_PICTURE_FIELDS).where(
    _p.shop == bindparam("of_shop"), _p.offer_id == bindparam("of_offer")
)
_NOTE = (
    update(pictures)
    .where(_p.digest == bindparam("of_digest"))
    .values({name: bindparam(f"to_{name}") for name in ("state", "blob", "trouble")})
)
_COUNT = select(_p.state, func.count()).where(_p.file == bindparam("of_file")).group_by(_p.state)
_FAILED = (
    select(*_PICTURE_FIELDS)
    .where(_p.file == bindparam("of_file"), _p.state == PictureState.FAILED)
    .order_by(_p.offer_id, _p.digest)
    .limit(bindparam("most"))
)


def add(tx: Session, file: ListingFile, digest: str) -> bool:
    """Keep a new file; false if the shop brought just this one before."""
    row = {**structs.asdict(file), "digest": digest}
    return tx.execute(_ADD, row).first() is not None


def get(tx: Session, file: ListingFileId, *, hold: bool = False) -> ListingFile | None:
    """Return one file, held until we are done if need be."""
    return _one(tx.execute(_HOLD if hold else _GET, {"of_id": file}).one_or_none())


def by_digest(tx: Session, shop: ShopId, digest: str) -> ListingFile | None:
    """Return the file that a shop brought before, to be read in the same way."""
    given = {"of_shop": shop, "of_digest": digest}
    return _one(tx.execute(_BY_DIGEST, given).one_or_none())


def of_shop(tx: Session, shop: ShopId, most: int) -> list[ListingFile]:
    """Return the files of a shop, newest first, without what would change in them."""
    found = tx.execute(_OF_SHOP, {"of_shop": shop, "most": most})
    return [ListingFile(**row._mapping) for row in found]  # noqa: SLF001


def put(tx: Session, file: ListingFile) -> None:
    """Keep a file as it is now."""
    fields = structs.asdict(file)
    given = {f"to_{name}": fields[name] for name in ListingFile.__struct_fields__[5:]}
    tx.execute(_PUT, {"by_id": file.id, **given})


def want(tx: Session, wanted: Sequence[Picture]) -> list[str]:
    """Note pictures that are to be fetched, and return which nobody has asked for before."""
    rows = {one.digest: structs.asdict(one) for one in wanted}
    return [found for row in rows.values() for found in tx.execute(_WANT, row).scalars()]


def of_product(tx: Session, shop: ShopId, offer_id: str) -> dict[str, Picture]:
    """Return the pictures of a product by their addresses."""
    found = tx.execute(_OF_PRODUCT, {"of_shop": shop, "of_offer": offer_id})
    return {row.address: Picture(**row._mapping) for row in found}  # noqa: SLF001


def picture(tx: Session, digest: str) -> Picture | None:
    """Return one picture that is, or was, to be fetched."""
    row = tx.execute(_PICTURE, {"of_digest": digest}).one_or_none()
    return None if row is None else Picture(**row._mapping)  # noqa: SLF001


def note(tx: Session, picture: Picture) -> None:
    """Keep what became of a picture."""
    given = {f"to_{name}": getattr(picture, name) for name in ("state", "blob", "trouble")}
    tx.execute(_NOTE, {"of_digest": picture.digest, **given})


def pictured(tx: Session, file: ListingFileId) -> dict[PictureState, int]:
    """Count the pictures of a file by what became of them."""
    found = tx.execute(_COUNT, {"of_file": file})
    return {row[0]: row[1] for row in found}


def failed(tx: Session, file: ListingFileId, most: int) -> list[Picture]:
    """Return pictures of a file that could not be had."""
    found = tx.execute(_FAILED, {"of_file": file, "most": most})
    return [Picture(**row._mapping) for row in found]  # noqa: SLF001


def _one(row: Any) -> ListingFile | None:  # noqa: ANN401 - a row of ours
    return None if row is None else ListingFile(**row._mapping)  # noqa: SLF001
