"""What a message names: orders, parcels, articles, links, sums, days, sizes; each in one form."""

import re
from collections.abc import Iterator
from datetime import date

from shopbell.language import addresses, dates, sizes, sums
from shopbell.language.checks import SHAPES
from shopbell.language.folding import Folded, fold
from shopbell.language.model import Fact, FactKind

_READ = 6_000
"""So many signs of a text are read for facts."""

Found = tuple[int, int, str]

_OURS = r"\d{7,10}[-_ ]\d{4}(?:[-_ ]\d{1,2})?(?![a-zа-я0-9_-])"
"""A number of a big marketplace: of the buyer, of his order, of its parcel."""

_CODE = rf"(?P<code>{_OURS}|"
_CODE += (
    r"[а-я]{1,3}-?\d{4,12}|(?=[a-z-]{0,8}\d)[a-z0-9](?:[a-z0-9-]{2,38}[a-z0-9])(?![a-zа-я0-9_-]))"
)
_NUMBER_WORD = (
    r"(?:\s?(?:numbers?|no\.?|nr\.?|num|id|code|номер[а-я]*|код|号码?|编号|是|为|is"
    r"|с|под|за|по|尾号|—|–|-|№|#|:|：|,|\(|（)){0,4}\s{0,2}"
)

_ORDER = re.compile(
    rf"(?:(?<![a-zа-я])(?:order|purchase order|po|ord|ref|reference|заказ[а-я]*|покупк[а-я]*"
    rf"|зак\.)|订单"
    rf"|单子|(?<![\u4e00-\u9fff])单"
    rf"|[这那]个?单|(?<!快递)(?<!运)(?<!物流)单号)(?:s|号|编号)?{_NUMBER_WORD}{_CODE}"
    rf"|(?<![a-zа-я0-9])[#№]\s?(?P<numbered>(?:20\d\d-)?\d{{4,20}}(?:-\d{{1,4}}){{0,2}})(?![a-zа-я0-9_-])"
    r"|(?<![a-zа-я0-9_+-])(?P<whole>\d{7,10}-\d{4}(?:-\d{1,2})?|\d{8,10} \d{4} \d"
    r"|\d{5}-\d{4}-\d)(?![a-zа-я0-9_-])"
    r"|(?<![a-zа-я0-9_-])(?P<told>\d{6,14}(?:-\d{1,4}){0,2})(?=这?[个一]?[单订]|\s(?:order"
    r"|заказ))"
    r"|(?<![a-zа-я0-9_-])(?P<own>20\d\d-\d{5,7})(?![a-zа-я0-9_-])"
)
_NUMBERS = ("code", "numbered", "whole", "told", "own")
_YEAR = re.compile(r"(?:19|20)\d\d")
_ENOUGH = re.compile(r"\d{4}|\d[a-z-]*\d[a-z-]*\d[a-z-]*\d")

_CARRIERS = (
    r"сд[эе]к|cdek|sdek|dhl|ups|usps|fedex|dpd|hermes|evri|royal mail|yanwen|cainiao"
    r"|деловы[ех] лини[ий]|пэк|почт[а-я]* россии|почтой|boxberry|顺丰|圆通|中通"
    r"|申通|韵达|百世|德邦|菜鸟|燕文|邮政|极兔|京东快递|ems"
)
_PARCEL_CODE = re.compile(
    rf"(?:\btrack(?:ing)?|\btracked|\bparcel|\bshipment|\bpackage|\bwaybill"
    rf"|трек[а-я-]*|накладн[а-я]*|отправлени[а-я]*|посылк[а-я]*"
    rf"|(?<!订)单号|运单|快递|物流|包裹|{_CARRIERS})(?:单号?|号"
    rf"|\s(?:{_CARRIERS}))?{_NUMBER_WORD}(?P<code>[a-z]{{0,4}}\d[a-z0-9]{{8,30}})(?![a-zа-я0-9_-])"
)
_PARCEL_OF = re.compile(
    rf"(?<![a-zа-я0-9_-])(?P<code>[a-z]{{0,4}}\d[a-z0-9]{{8,24}})(?=,?\s?(?:{_CARRIERS}"
    rf"|\s(?:tracking|трек)))"
)
_PARCEL_SHAPES = re.compile(
    r"(?<![a-z0-9-])(?:(?P<post>[a-z]{2}(?:[ -]?\d){9}[ -]?[a-z]{2})|(?P<cainiao>lp\d{12,16})"
    r"|(?P<ups>1z(?: ?[0-9a-z]){16})|(?P<cn>(?:sf|yt|zt|jd|jt|sto|yd"
    r"|db)[a-z]{0,2}(?:\d{10,15}|(?: ?\d{3,5}){3,4}))"
    r"|(?P<long>00\d{18}|9[2-4]\d{20}|9[2-4]\d{2}(?: \d{4}){4} \d{2})"
    r"|(?P<rus>\d{14}))(?![a-z0-9-])"
)

_SKU = re.compile(
    rf"(?:(?<![a-z])(?:sku|article|art\b\.?|model no\.?|part no\.?|p/n|part number|style"
    rf"|offer id)|\bасин"
    rf"|\basin|\bproduct code|\bitem(?: code)?|\bpart"
    rf"|артикул[а-я]*|\bарт\.?|код товара|товар[а-я]*|货号|商品编[码号]|商品|款号|款式编号"
    rf"|(?<!单)(?<!订单)编[码号]"
    rf"|型号编码|色号)"
    rf"{_NUMBER_WORD}(?P<code>(?=[a-zа-я-]{{0,8}}\d)[a-zа-я0-9](?:[a-zа-я0-9/_.-]{{2,38}}[a-zа-я0-9])"
    rf"(?:-[\u4e00-\u9fff]{{1,3}})?)(?![a-zа-я0-9_-])"
    r"|(?<![a-zа-я0-9_-])(?P<own>[a-z]{2,4}-\d{2,5}[a-z]{0,2}(?:[-/][a-z0-9]{1,12}){0,3})(?![a-z0-9-])"
)
_MODEL_BEFORE = re.compile(r"(?:model|модел[а-я]*|型号)\s{0,2}$")
_MODEL_AFTER = re.compile(r"\s{0,2}(?:这个|这款)?型号|\s{0,2}(?:model|headphones|наушник)")

_NOW = re.compile(
    r"\s(?:уже\s|already\s|it's\s|is\s|цена\s)?[$€£¥]?\d|(?:就|又|已经|变)?(?:成|要)?\s?\d|才"
    r"|\s(?:же\s)?обеща"
)
_MODEL = re.compile(
    r"(?:\bmodel|\bмодел[а-я]*|型号)\s{0,2}(?:is\s|no\.?\s"
    r"|是)?(?P<code>[a-z]{1,4}-?\d{3,6}[a-z]{0,2})"
    r"(?![a-zа-я0-9_-])"
)
_OF_STOCK = re.compile(
    r"stock|sold out|available|\bleft\b|colou?r|\bsize|налич|закончил|появ|размер|цвет|come in"
    r"|есть|нуж|хочу|возьму|\bwant|\bneed|断货|有货|没货|缺货|补货|还有|尺?码|颜色"
)
_NUMBERS_LEFT = re.compile(
    r"(?<![a-zа-я0-9_.,+-])(?:[a-z]{2})?\d{7,14}(?:-\d{1,4}){0,2}(?![a-zа-я0-9_-]|[.,]\d)"
)
_OF_ORDERS = re.compile(
    r"(?<![a-zа-я])(?:orders?|заказ)|订单|[这那两几]个?单|[两几]笔|单号|下单|单子|查(?:一下|下)?(?=\s?[a-z]{0,2}\d)"
)
_OF_PARCELS = re.compile(
    r"(?<![a-zа-я])(?:parcel|package|track|shipment|courier|delivery|посылк|трек|отправлени|накладн|почт|курьер"
    r"|пункт|вручен|сортиров)|快递|运单|物流|包裹|派送|派件|揽收|签收"
)
_OF_ELSE = re.compile(
    r"(?<![a-zа-я])(?:imei|isbn|ean|barcode|serial|phone|call|tel|cards?|инн|штрих|серийн"
    r"|телефон|тел|карт|звон|арт|sku)"
    r"|串号|条码|电话|手机|卡号|货号|序列|编码|税号"
)
"""Words that say what a number without a label is: an order, a parcel, or neither."""
_AFTER_LINK = re.compile(r"[,，]?[\u4e00-\u9fff]")


def find_facts(text: str, today: date) -> list[Fact]:
    """Return what a message names, in its order; ``today`` tells which day *yesterday* was."""
    text = text[:_READ]
    folded = fold(text)
    facts: list[Fact] = []
    taken = bytearray(len(folded.plain))
    for kind, (start, end, value) in _all(folded, text, today):
        if not any(taken[start:end]):
            taken[start:end] = b"\1" * (end - start)
            begin, stop = folded.span(start, end)
            facts.append(Fact(begin, stop, kind, value or text[begin:stop]))
    return sorted(facts)


def _all(folded: Folded, text: str, today: date) -> Iterator[tuple[FactKind, Found]]:
    """Yield everything that might be named, what is surest first."""
    plain = folded.plain
    yield from ((FactKind.LINK, link) for link in _links(folded))
    yield from ((FactKind.TRACKING, found) for found in _parcels(plain))
    yield from ((FactKind.ORDER, found) for found in _orders(plain))
    yield from ((FactKind.SKU, found) for found in _articles(plain))
    yield from ((FactKind.DATE, found) for found in _days(plain, today))
    yield from ((FactKind.SIZE, found) for found in sizes.find_sizes(plain, text))
    yield from ((FactKind.MONEY, found) for found in sums.find_money(plain))
    yield from _left(plain)


def _links(folded: Folded) -> Iterator[Found]:
    for start, end in addresses.links(folded):
        said = _AFTER_LINK.split(folded.plain[start:end], maxsplit=1)[0]
        yield start, start + len(said.rstrip(".,;:!?)")), ""


def _parcels(plain: str) -> Iterator[Found]:
    for found in _PARCEL_SHAPES.finditer(plain):
        number = re.sub(r"[ -]", "", found[0]).upper()
        if found["rus"] and not SHAPES["russian_post"].fits(number):
            continue
        yield *found.span(), number
    for found in (*_PARCEL_CODE.finditer(plain), *_PARCEL_OF.finditer(plain)):
        yield *found.span("code"), found["code"].upper()


def _orders(plain: str) -> Iterator[Found]:
    for found in _ORDER.finditer(plain):
        name = next(name for name in _NUMBERS if found[name])
        code = found[name].replace(" ", "-").replace("_", "-")
        if _ENOUGH.search(code) and not _YEAR.fullmatch(code):
            yield *found.span(name), code.upper()


def _articles(plain: str) -> Iterator[Found]:
    for found in _SKU.finditer(plain):
        name = "code" if found["code"] else "own"
        start, end = found.span(name)
        if name == "own" and (
            _MODEL_BEFORE.search(plain[max(0, start - 12) : start])
            or _MODEL_AFTER.match(plain, end)
        ):
            continue
        if re.search(r"\d", found[name]):
            yield start, end, ""


def _days(plain: str, today: date) -> Iterator[Found]:
    """Yield days; *today* before a sum only says that it is another one now."""
    for found in dates.find(plain, today):
        if not (found[2] == today.isoformat() and _NOW.match(plain, found[1])):
            yield found


def _left(plain: str) -> Iterator[tuple[FactKind, Found]]:
    """Yield what has no label, but the shape of a number and words that say of what."""
    if _OF_STOCK.search(plain):
        yield from ((FactKind.SKU, (*one.span("code"), "")) for one in _MODEL.finditer(plain))
    if _OF_ELSE.search(plain):
        return
    order, parcel = _OF_ORDERS.search(plain), _OF_PARCELS.search(plain)
    if order or parcel:
        kind = FactKind.ORDER if order else FactKind.TRACKING
        for one in _NUMBERS_LEFT.finditer(plain):
            yield kind, (*one.span(), one[0].upper())
