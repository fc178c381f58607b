"""What is known already, looked up while somebody types: how soon it stands above the field."""

import statistics
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from msgspec import Struct

from shopbell.app import App, build
from shopbell.cli.bench.corpus import Corpus
from shopbell.cli.bench.people import found
from shopbell.cli.bench.search import AT_ONCE, OF_EACH, copies, first_talk
from shopbell.cli.bench.server import database
from shopbell.commerce import service as commerce
from shopbell.commerce.commands import ListProduct, OrderedLine, PlaceOrder
from shopbell.commerce.model import Attribute, Money, Product
from shopbell.conversations import service as conversations
from shopbell.conversations.commands import Append, Begin
from shopbell.conversations.model import Stream, Subject, SubjectKind
from shopbell.engine.database import Tx
from shopbell.engine.settings import Settings
from shopbell.kernel.actor import SYSTEM, Actor, PersonId, Rank, ShopId, Side
from shopbell.kernel.ids import new_id
from shopbell.kernel.texts import LOCALES, Locale
from shopbell.knowledge.answers import writing
from shopbell.knowledge.answers.commands import PutAnswer
from shopbell.knowledge.suggesting import service
from shopbell.knowledge.suggesting.commands import Suggest

ANSWERS, ATTRIBUTES = 500, 20
LOOKS, ANEW = 600, 40
WAYS: dict[Locale, Sequence[str]] = {
    "en": ("Does it come with {}?", "Can I wash the {}?", "How long is the {} of it?"),
    "ru": ("Есть ли в комплекте {}?", "Можно ли мыть {}?", "Какой длины {}?"),
    "zh": ("包装里有{}吗?", "{}可以洗吗?", "{}有多长?"),
}


class SuggestFigures(Struct, frozen=True):
    """One run. ``anew`` is a look right after the shop has said something else of the product.

    ``cold_ms`` is the very first look, when nothing of the product is kept ready.
    ``cpu_ms`` is what a look keeps the processor busy, however many others want it.
    """

    messages: int
    answers: int
    median_ms: float
    p95_ms: float
    slowest_ms: float
    cold_ms: float
    anew_median_ms: float
    anew_p95_ms: float
    own_p95_ms: float
    cpu_ms: float
    found: int
    looks: int


class Scene(NamedTuple):
    """A buyer who types about a product, and somebody of its shop."""

    buyer: Actor
    seller: Actor
    product: Product


def measure(messages: int) -> SuggestFigures:
    """Fill a house and a product, type questions about it, and change what is known meanwhile."""
    with TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder), database=database())
        stream = Stream.parse(found(settings, 1).buyers[0].stream)
        app, corpus = build(settings), Corpus()
        try:
            stock = app.db.write_now(first_talk, stream)
            for _part in range(0, messages, AT_ONCE * OF_EACH):
                app.db.write_now(copies, stock, corpus)
            scene = app.db.write_now(_scene, stock.shops[0], PersonId(stock.talk["buyer"]))
            app.db.write_now(_answers, scene, corpus)
            cold, _found = _look(app, scene, None, corpus)
            looks = [_look(app, scene, None, corpus) for _look_number in range(LOOKS)][3:]
            used = time.process_time()
            own = [_look(app, scene, scene.buyer, corpus) for _look_number in range(LOOKS)][3:]
            cpu = (time.process_time() - used) / LOOKS * 1_000
            anew = [_look_anew(app, scene, corpus) for _change in range(ANEW)]
        finally:
            app.close()
    every = [took for took, _found in looks]
    changed = [took for took, _found in anew]
    return SuggestFigures(
        messages=messages,
        answers=ANSWERS,
        median_ms=_rounded(statistics.median(every)),
        p95_ms=_p95(every),
        slowest_ms=_rounded(max(every)),
        cold_ms=_rounded(cold),
        anew_median_ms=_rounded(statistics.median(changed)),
        anew_p95_ms=_p95(changed),
        own_p95_ms=_p95([took for took, _found in own]),
        cpu_ms=_rounded(cpu),
        found=sum(bool(count) for _took, count in looks),
        looks=len(looks),
    )


def _scene(tx: Tx, shop: ShopId, buyer: PersonId) -> Scene:
    weight = Attribute({"en": "Weight", "ru": "Вес", "zh": "重量"}, {"en": "1.2 kg"})
    listing = ListProduct(
        offer_id="pot",
        title={"en": "Pot"},
        price=Money(100, "EUR"),
        stock=1,
        attributes=[weight] * ATTRIBUTES,
    )
    product = commerce.add_product(tx, SYSTEM, shop, listing)
    order = PlaceOrder(
        buyer=buyer,
        shop=shop,
        number="N-1",
        placed_at=datetime(2026, 1, 1, tzinfo=UTC),
        currency="EUR",
        lines=[OrderedLine(product=product.id)],
    )
    commerce.place_order(tx, SYSTEM, order)
    seller = Actor(PersonId(new_id()), Side.SELLER, shop, Rank.OWNER, "Mei")
    scene = Scene(Actor(buyer, Side.BUYER, name="Anna"), seller, product)
    begin = Begin(Subject(SubjectKind.PRODUCT, product.id))
    stream = Stream(conversations.begin(tx, scene.buyer, begin)[0].id)
    for actor, words in ((scene.buyer, "Is it heavy?"), (seller, "1.2 kg")) * 10:
        conversations.append(tx, actor, stream, Append(new_id(), "message", {"text": words}))
    return scene


def _answers(tx: Tx, scene: Scene, corpus: Corpus) -> None:
    for number in range(ANSWERS):
        _answer(tx, scene, corpus, number)


def _answer(tx: Tx, scene: Scene, corpus: Corpus, number: int) -> None:
    locale = LOCALES[number % len(LOCALES)]
    of_all = number % 5 == 0
    entry = PutAnswer(
        question=_question(corpus, locale),
        answer=corpus.sentence(locale),
        locale=locale,
        product=None if of_all else scene.product.id,
    )
    writing.put(tx, scene.seller, scene.product.shop, new_id(), entry)


def _question(corpus: Corpus, locale: Locale) -> str:
    ways = WAYS[locale]
    return ways[len(corpus.word(locale)) % len(ways)].format(corpus.word(locale))


def _look(app: App, scene: Scene, actor: Actor | None, corpus: Corpus) -> tuple[float, int]:
    """Return how many milliseconds it took, and how many answers were found."""
    asked = Suggest(
        Subject(SubjectKind.PRODUCT, scene.product.id), _question(corpus, corpus.language())
    )
    began = time.perf_counter()
    seen = app.db.read_now(service.suggest, actor, asked, "en")
    return (time.perf_counter() - began) * 1_000, len(seen)


def _look_anew(app: App, scene: Scene, corpus: Corpus) -> tuple[float, int]:
    app.db.write_now(_answer, scene, corpus, 1)
    return _look(app, scene, None, corpus)


def _p95(took: Sequence[float]) -> float:
    return _rounded(statistics.quantiles(took, n=20)[18])


def _rounded(milliseconds: float) -> float:
    return round(milliseconds, 2)
