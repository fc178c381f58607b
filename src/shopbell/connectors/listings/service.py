"""What shops do with files of listings. Each function is one transaction.

A file is known by its bytes and how they are to be read: the same one again is the first one.
"""

from collections.abc import Sequence
from hashlib import sha256

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from shopbell.accounts import service as accounts
from shopbell.commerce import service as commerce
from shopbell.commerce import stocking
from shopbell.commerce.commands import Outcome, Put
from shopbell.commerce.model import Product, Shop
from shopbell.connectors.listings import fetching, picturing, storage
from shopbell.connectors.listings.facts import ListingFileTaken, ListingsApplied
from shopbell.connectors.listings.merging import Overlay
from shopbell.connectors.listings.model import (
    AT_WORK,
    Change,
    Draft,
    FileState,
    Form,
    Heads,
    ListingFile,
    ListingFileId,
    Tally,
    Trouble,
    Wishes,
)
from shopbell.connectors.listings.refusals import NoSuchListingFile, NotChecked, RowsWrong
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM, Actor, ShopId, Side
from shopbell.kernel.events import Job
from shopbell.kernel.ids import is_id, new_id

SHOWN = 50


class CheckListings(Job, frozen=True):
    """Read a file and tell what it would change; nothing is changed."""

    file: ListingFileId


class ApplyListings(Job, frozen=True):
    """List what a file says, from where that was left."""

    file: ListingFileId


class Brought(Struct, frozen=True):
    """A file as somebody brings it: its name there, and the SHA-256 it is kept under.

    ``album`` is that of a zip with pictures the file names.
    """

    name: str
    file: str
    wishes: Wishes = Wishes()
    form: Form = Form.OWN
    album: str | None = None

    @property
    def digest(self) -> str:
        """By this a shop's file is known: what it is, and how it is to be read."""
        said = (self.file, self.wishes, self.form)
        return sha256(msgspec.json.encode((*said, self.album) if self.album else said)).hexdigest()


class Outlook(Struct, frozen=True):
    """What a file is, to be read, and would do."""

    heads: Heads | None
    tally: Tally
    preview: list[Change]
    drafts: str
    findings: str


def take(tx: Tx, actor: Actor, shop_id: ShopId, brought: Brought) -> ListingFile:
    """Take in a file, and have it checked; the same one again is the first one."""
    stocking.check_may_write(actor, shop_id)
    file = _new(tx, actor, shop_id, brought)
    if not storage.add(tx, file, brought.digest):
        return storage.by_digest(tx, shop_id, brought.digest) or file
    tx.announce(ListingFileTaken(shop=shop_id, file=file.id, by=actor.id))
    tx.later(CheckListings(file=file.id), key=f"check {file.id}")
    return file


def _new(tx: Tx, actor: Actor, shop_id: ShopId, brought: Brought) -> ListingFile:
    return ListingFile(
        id=ListingFileId(new_id()),
        shop=shop_id,
        by=actor.id,
        at=tx.now,
        name=brought.name[:200],
        file=brought.file,
        state=FileState.CHECKING,
        wishes=brought.wishes,
        whole=False,
        form=brought.form,
        tally=Tally(),
        done=0,
        album=brought.album,
    )


def of_shop(tx: Tx, actor: Actor, shop_id: ShopId) -> list[ListingFile]:
    """List the files that a shop brought, newest first."""
    stocking.check_may_look(actor, shop_id)
    return storage.of_shop(tx, shop_id, SHOWN)


def one(tx: Tx, actor: Actor, file: str) -> ListingFile:
    """Return one file of the actor's shop."""
    return _own(tx, actor, file)


def check_again(tx: Tx, actor: Actor, file: str) -> ListingFile:
    """Compare a file anew with what is listed now; while it is at work, that goes on."""
    known = _own(tx, actor, file, hold=True)
    if known.state in AT_WORK:
        return known
    checking = replace(known, state=FileState.CHECKING, done=0, trouble=None, finished_at=None)
    storage.put(tx, checking)
    tx.later(CheckListings(file=known.id), key=f"check {known.id}")
    return checking


def apply(tx: Tx, actor: Actor, file: str, *, whole: bool = False) -> ListingFile:
    """Begin to list what a file says; ``whole`` refuses one with rows that cannot be used."""
    known = _own(tx, actor, file, hold=True)
    if known.state in {FileState.APPLYING, FileState.APPLIED}:
        return known
    if known.state is not FileState.CHECKED or not known.tally.products:
        raise NotChecked
    if whole and known.tally.refused:
        raise RowsWrong(rows=known.tally.refused)
    applying = replace(known, state=FileState.APPLYING, whole=whole, done=0)
    storage.put(tx, applying)
    accounts.audit(tx, actor, "listings_applied", file=known.id, shop=known.shop)
    tx.later(ApplyListings(file=known.id), key=f"apply {known.id}")
    return applying


def failed_pictures(tx: Tx, actor: Actor, file: str) -> list[picturing.Picture]:
    """Return pictures of a file that could not be had."""
    return storage.failed(tx, _own(tx, actor, file).id, SHOWN)


def pictured(tx: Tx, actor: Actor, file: str) -> dict[picturing.PictureState, int]:
    """Count the pictures of a file by what became of them."""
    return storage.pictured(tx, _own(tx, actor, file).id)


# --- work -----------------------------------------------------------------------------------


def to_read(tx: Tx, file: ListingFileId) -> tuple[ListingFile, Shop, list[str]]:
    """Return a file with what must be known to read it."""
    known = _known(tx, file)
    return known, commerce.shop(tx, known.shop), commerce.categories(tx)


def listed_among(tx: Tx, shop_id: ShopId, drafts: Sequence[Draft]) -> dict[str, Product]:
    """Return what is listed of these."""
    return stocking.listed_as(tx, shop_id, [draft.product.offer_id for draft in drafts])


def note_refused(tx: Tx, file: ListingFileId, trouble: Trouble) -> None:
    """Keep why a file cannot be read at all."""
    known = _known(tx, file, hold=True)
    if known.state is FileState.CHECKING:
        storage.put(tx, replace(known, state=FileState.REFUSED, trouble=trouble))


def note_checked(tx: Tx, file: ListingFileId, outlook: Outlook) -> None:
    """Keep what a file would do."""
    known = _known(tx, file, hold=True)
    if known.state is FileState.CHECKING:
        heads = outlook.heads
        form = heads.form if heads else known.form
        fields = {name: getattr(outlook, name) for name in Outlook.__struct_fields__}
        storage.put(tx, replace(known, state=FileState.CHECKED, form=form, **fields))


def apply_some(tx: Tx, file: ListingFileId, begin: int, drafts: Sequence[Draft]) -> bool:
    """List the products of a file from ``begin`` on; false if that is another's to do, or done.

    How far the file has come is kept in the same transaction: no product is listed twice.
    """
    known = _known(tx, file, hold=True)
    if known.state is not FileState.APPLYING or known.done != begin or known.heads is None:
        return False
    puts = _list(tx, known, known.heads, drafts)
    tally = _counted(Tally() if begin == 0 else known.tally, known.tally, puts)
    fetching.want(tx, known, [put.item for put in puts])
    _go_on(tx, replace(known, done=begin + len(drafts), tally=tally))
    return True


def _list(tx: Tx, known: ListingFile, heads: Heads, drafts: Sequence[Draft]) -> list[Put[Product]]:
    listed = listed_among(tx, known.shop, drafts)
    overlay = Overlay(heads.columns, heads.language)
    wanted = [overlay.merged(d.product, listed.get(d.product.offer_id)) for d in drafts]
    return stocking.put_products(tx, SYSTEM, known.shop, wanted)


def _counted(so_far: Tally, known: Tally, puts: Sequence[Put[Product]]) -> Tally:
    """Count what became of products; what was foreseen of them gives way to that."""
    kinds = [put.outcome for put in puts]
    counts = {kind.value: getattr(so_far, kind) + kinds.count(kind) for kind in Outcome}
    return replace(known, **counts)


def _go_on(tx: Tx, file: ListingFile) -> None:
    if file.done < file.tally.products:
        storage.put(tx, file)
        return
    storage.put(tx, replace(file, state=FileState.APPLIED, finished_at=tx.now))
    tx.announce(ListingsApplied(shop=file.shop, file=file.id, tally=file.tally))


def leave_rest(tx: Tx, file: ListingFileId) -> None:
    """Have the rest of a file applied by whoever is free."""
    tx.later(ApplyListings(file=file), key=f"apply {file}")


def _known(tx: Tx, file: ListingFileId, *, hold: bool = False) -> ListingFile:
    if (found := storage.get(tx, file, hold=hold)) is None:
        raise NoSuchListingFile
    return found


def _own(tx: Tx, actor: Actor, file: str, *, hold: bool = False) -> ListingFile:
    """Return a file of a shop that the actor manages; to others it does not exist."""
    if not is_id(file):
        raise NoSuchListingFile
    known = _known(tx, ListingFileId(file), hold=hold)
    if actor.side in {Side.BUYER, Side.SELLER} and not actor.works_for(known.shop):
        raise NoSuchListingFile
    check = stocking.check_may_write if hold else stocking.check_may_look
    check(actor, known.shop)
    return known
