"""Make Marketa: everything in one transaction, so that it is there whole or not at all."""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec.structs import replace

from shopbell.accounts import service as accounts
from shopbell.accounts.passwords import PasswordHash, hash_now
from shopbell.app import App
from shopbell.commerce import roster
from shopbell.commerce.carriers import GiveSecret, well_known
from shopbell.demo import answers
from shopbell.demo.carrier import PORT, SECRET
from shopbell.demo.catalogue import Ware, in_turns, pictures_of, put_on_sale, wares_of
from shopbell.demo.matters import beats_of, matters
from shopbell.demo.moments import at
from shopbell.demo.orders import Counter, ledger, place_orders
from shopbell.demo.people import PASSWORD, Player, cast_people
from shopbell.demo.pictures import SIDE_PX, Picture, draw
from shopbell.demo.shops import Trader, open_shops, traders
from shopbell.demo.talks import Duties, Stage, photos_in, play, talks
from shopbell.engine.blobs import Blob, Blobs
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM
from shopbell.kernel.texts import Locale, text

Progress = Callable[[str], None]
Say = Callable[[str, int], None]

_BEGINNING = timedelta(days=400)
"""How long ago Marketa opened."""

CARRIERS = (
    "china_post",
    "cdek",
    "ctt",
    "dhl",
    "ems_china",
    "russian_post",
    "sf_express",
    "yto",
    "zto",
)
"""Who carries Marketa's parcels; the operator gives them secrets when they are to tell of them."""

ASKED = "china_post"
"""Whose service runs beside the demo."""

_PENS = 2


@dataclass(frozen=True)
class Plan:
    """What is to be made, read and drawn before the transaction begins."""

    traders: list[Trader]
    wares: Mapping[str, list[Ware]]
    drawn: Mapping[Picture, str]
    photos: Mapping[Picture, Blob]
    password: PasswordHash
    duties: Duties
    now: datetime


def build(app: App, progress: Progress, *, locale: Locale = "en", side_px: int = SIDE_PX) -> None:
    """Make the demo marketplace, as if people had used it for a year; once only."""

    def say(key: str, n: int) -> None:
        progress(text(locale, f"demo.{key}", n=n))

    if app.db.read_now(accounts.has_demo_people):
        progress(text(locale, "demo.there_already"))
        return
    plan = _plan(app, side_px)
    say("pictures", len(plan.drawn) + len(plan.photos))
    app.db.write_now(_make, plan, say)


def _plan(app: App, side_px: int) -> Plan:
    told = traders()
    wares = {trader.slug: wares_of(trader) for trader in told}
    shown = [trader.sign for trader in told]
    shown += [
        p for trader in told for ware in wares[trader.slug] for p in pictures_of(trader, ware)
    ]
    public = _keep(app.blobs, shown, side_px)
    return Plan(
        traders=told,
        wares=wares,
        drawn={picture: blob.sha256 for picture, blob in public.items()},
        photos=_keep(app.blobs, photos_in(talks()), side_px),
        password=hash_now(PASSWORD),
        duties=app.deadlines,
        now=app.db.clock(),
    )


def _keep(blobs: Blobs, pictures: Iterable[Picture], side_px: int) -> dict[Picture, Blob]:
    """Draw every picture once and keep it."""
    wanted = list(dict.fromkeys(pictures))
    with ThreadPoolExecutor(_PENS) as pens:
        kept = pens.map(lambda picture: blobs.keep(draw(picture, side_px)), wanted)
        return dict(zip(wanted, kept, strict=True))


def _make(tx: Tx, plan: Plan, say: Say) -> None:
    then = at(tx, plan.now - _BEGINNING)
    shops = open_shops(then, plan.traders, plan.drawn, plan.now)
    say("shops", len(shops))
    cast = cast_people(then, {slug: shop.id for slug, shop in shops.items()}, plan.password)
    say("people", len(cast))
    roster.put_well_known(then, SYSTEM, CARRIERS)
    _open_service(then)
    stalls = in_turns(plan.traders, plan.wares)
    offers = put_on_sale(then, shops, stalls, plan.drawn)
    say("products", len(stalls))
    book = ledger()
    numbers = place_orders(tx, Counter(shops, offers, cast, book.notes, plan.now), book.order)
    say("orders", len(numbers))
    say("talks", _play(tx, plan, cast, numbers))


def _open_service(tx: Tx) -> None:
    """Let one carrier have a service that can be asked: `shopbell demo carrier`."""
    known = replace(well_known()[ASKED], api=f"http://127.0.0.1:{PORT}")
    roster.put_carrier(tx, SYSTEM, ASKED, known)
    roster.give_secret(tx, SYSTEM, ASKED, GiveSecret(SECRET))


def _play(tx: Tx, plan: Plan, cast: Mapping[str, Player], numbers: Mapping[int, str]) -> int:
    stage = Stage(cast, numbers, plan.photos, plan.now)
    beside = [beat for one in matters() for beat in beats_of(one, cast, numbers, plan.now)]
    beside += answers.beats_of(answers.answers(), cast, plan.now)
    return play(tx, stage, talks(), beside, plan.duties)
