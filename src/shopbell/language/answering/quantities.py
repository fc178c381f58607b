"""Numbers with their units, in one measure: ``1.2 кг`` and ``1200克`` are the same. Pure."""

import re
from collections.abc import Iterator, Mapping

from msgspec import Struct


class Quantity(Struct, frozen=True):
    """So much of something; ``measure`` is empty where a number stands alone."""

    amount: float
    measure: str = ""
    said: float = 0

    def alike(self, other: "Quantity") -> bool:
        """Tell whether both are the same, as people round: a 15.6 inch screen is called 15."""
        if not self.measure or not other.measure:
            return self.said == other.said
        if self.measure != other.measure:
            return False
        if self.measure == "inch":
            return int(self.amount) == int(other.amount)
        return abs(self.amount - other.amount) <= 0.02 * max(self.amount, other.amount)


_UNITS = """
weight       0.001 mg мг 毫克
weight       1     g gr gram grams г гр грамм грамма граммов 克
weight       1000  kg kgs kilo kilos kilogram kilograms кг килограмм килограмма 公斤 千克
weight       1000  килограммов
weight       500   斤
weight       453.6 lb lbs pound pounds фунт фунта фунтов 磅
weight       28.35 oz ounce ounces
size         1     mm мм 毫米
size         10    cm см сантиметр сантиметра сантиметров 厘米 公分
size         1000  m meter meters metre metres м метр метра метров 米
inch         1     inch inches in дюйм дюйма дюймов 英寸 寸
volume       1     ml мл 毫升
volume       1000  l liter liters litre litres л литр литра литров 升
power        1     w watt watts вт ватт 瓦
power        1000  kw квт 千瓦
voltage      1     v volt volts в вольт 伏
battery_capacity 1 mah мач 毫安时 毫安
temperature  1     c degrees градус градуса градусов °c ° ℃ 度
noise        1     db дб 分贝
time         1     min minute minutes мин минута минуты минут 分钟
time         60    h hour hours ч час часа часов 小时
time         1440  day days день дня дней 天
time         43200 month months месяц месяца месяцев 个月
age          1     year years лет год года 岁
memory       1     gb гб
brightness   1     lm лм 流明
"""


def _units() -> Mapping[str, tuple[str, float]]:
    lines = (line.split() for line in _UNITS.strip().splitlines())
    return {unit: (measure, float(size)) for measure, size, *units in lines for unit in units}


_MEASURES = _units()
_NAMES = "|".join(sorted(map(re.escape, _MEASURES), key=len, reverse=True))
_QUANTITY = re.compile(
    rf"(?<![a-zа-я0-9.,])(?P<amount>\d{{1,7}}(?:[.,]\d{{1,3}})?)"
    rf"(?:[\s-]{{0,2}}(?:(?P<unit>{_NAMES})(?![a-zа-я0-9])|(?P<mark>\"|''|″))|(?![a-zа-я]))"
)


def quantities(text: str) -> Iterator[tuple[int, int, Quantity]]:
    """Yield where quantities stand in a plain text, and which they are."""
    for found in _QUANTITY.finditer(text):
        amount = float(found["amount"].replace(",", "."))
        if found["mark"]:
            yield *found.span(), Quantity(amount, "inch", amount)
        elif found["unit"]:
            measure, size = _MEASURES[found["unit"]]
            yield *found.span(), Quantity(amount * size, measure, amount)
        else:
            yield *found.span(), Quantity(amount, said=amount)
