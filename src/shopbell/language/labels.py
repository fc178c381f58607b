"""What the words of a text say that its numbers are: to be called, to be paid to, or of the trade.

The nearest word counts, and before a number rather than behind it.
"""

import re
from bisect import bisect_left, bisect_right

from shopbell.language.folding import pattern

_STARTS, _ENDS = r"(?<![a-zа-я0-9])", r"(?![a-zа-я0-9])"
_LABEL = pattern(
    r"(?P<ours>заказ|трек|накладн|отправлен|посылк|артикул|штрих|серийн|огрн|детал|модел|верси"
    r"|сч[её]т|имей|парти[яию]|договор|сертиф|индекс|почт\w+ росс|сдэк"
    rf"|{_STARTS}(?:арт|инн|кпп|снилс|код){_ENDS}|{_STARTS}код (?!города)"
    r"|order|track|parcel|shipment|invoice|serial|barcode|article|model|version|gtin|isbn"
    r"|batch|licen[cs]e|certificate|imei|cdek|fedex|usps|post ?code|waybill"
    rf"|{_STARTS}(?:ean|sku|[spl]/?n|part|upc|ref|vin|lot|dhl|ups|dpd|ems|zip|evri|yodel){_ENDS}"
    rf"|{_STARTS}item"
    r"|订单|单号|快递|运单|物流|货号|条形?码|序列|编号|发票|串号|机身[码号]|识别码|批号|批次|合同"
    r"|证书|产品码|税号|型号|零件|编码|款号|邮编|身份证|护照"
    r"|顺丰|圆通|中通|申通|韵达|邮政|极兔|京东)"
    r"|(?P<theirs>звон|звяк|телефон|мобил|сотов|набер|набир|смс|в[оа]тс ?ап|вайбер"
    rf"|{_STARTS}(?:тел|моб){_ENDS}|мой номер|мой номерок|номер мой"
    r"|(?:для|на) связ|контакт|спрос(?:и|ить)"
    r"|phone|mobile|viber|whats ?app|my (?:digits|number|num\b|line|cell)|voice ?mail|ask for"
    rf"|{_STARTS}call|{_STARTS}dial|{_STARTS}reach|{_STARTS}(?:text|tel|cell|ring|sms|txt){_ENDS}"
    r"|電话|电话|手机|座机|打给|打这|[您你]打|联系|请打|来电|致电|短信|拨|微信|找[小老阿])"
    rf"|(?P<card>карт(?:[аеуы]|ой)(?![а-я])|{_STARTS}(?:card|visa|mastercard|iban){_ENDS}"
    r"|卡号|银行卡|卡[:： ]?(?=\d)|(?<![а-яa-z])перевод|(?<![а-яa-z])сбер|тинькоф|transfer|打款"
    r"|转账|[农工建招中]行)"
)
_APART = re.compile(r"[,.!?;\n。！？；，]")
_NEAR, _NEAR_ACROSS, _RIGHT_AFTER, _SAME_KIND = 24, 45, 8, 30
_OF_GOODS = pattern(
    r"[ ,:(]{0,3}(?:on (?:the|my|its) (?:\w+ )?(?:label|box|plate|sticker|back|bottom|side|case)"
    r"|(?:на|с|под) (?:\w+ )?(?:коробк|наклейк|корпус|упаковк|этикетк|шильдик|днищ)"
    r"|(?:贴|印|写)在|在(?:盒|箱|背|底)"
    r"|(?:не |никак не )?(?:отслеж|обновл|бь[её]тся|двига)|hasn't|has not|not (?:moving|found"
    r"|updat)"
    r"|到哪|[没不](?:更新|动)|查不到|有货|есть в наличии|in stock)"
)
"""What stands behind a number of goods, of an order or of a parcel."""


class Labels:
    """What the words of a text say that numbers are."""

    def __init__(self, text: str) -> None:
        self._text = text
        labels = [*_LABEL.finditer(text)]
        self._found = [(label.end(), label.lastgroup or "") for label in labels]
        self._starts = [label.start() for label in labels]
        self._ends = [label.end() for label in labels]
        self._last = (0, 0)

    def of(self, start: int, end: int, digits: int) -> str:
        """Return what a number is said to be: ``ours``, ``theirs``, ``card``, or nothing.

        Beside a number of ours another of as many digits is of the same kind.
        """
        label = self._before(start)
        if not label and _OF_GOODS.match(self._text, end):
            label = "ours"
        label = label or self._after(end)
        if not label and digits == self._last[1] and start - self._last[0] <= _SAME_KIND:
            label = "ours"
        if label == "ours":
            self._last = (end, digits)
        return label

    def _before(self, place: int) -> str:
        if not (found := bisect_right(self._ends, place)):
            return ""
        end, kind = self._found[found - 1]
        between = self._text[end:place]
        if kind == "ours":
            near = len(between) <= _NEAR and not _APART.search(between)
        else:
            near = len(between) <= _NEAR_ACROSS
        return kind if near else ""

    def _after(self, place: int) -> str:
        """Return what the words right after a number say: call it, pay to it."""
        found = bisect_left(self._starts, place)
        if found == len(self._found) or self._starts[found] - place > _RIGHT_AFTER:
            return ""
        return "" if (kind := self._found[found][1]) == "ours" else kind
