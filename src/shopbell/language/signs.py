"""A quick look before the slow one: whether patterns can find anything in a text at all.

Whatever a pattern finds holds certain signs in a row. They are read out of the patterns
themselves, so whoever tunes them need not think of it, and are looked for all at once. Where none
stands, nothing can be found; where one does, the patterns are asked. So nothing is missed.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from shopbell.language.folding import skeleton
from shopbell.language.needs import ANY_SIGN, apart, chance, needed_by

Key = tuple[str, str, str]

_ORDINARY = """
hello i would like to know when will my order arrive there is a problem with the size and the
package can you please tell me how much does it cost for delivery what about this one what was
the color i have been waiting since monday still not received your answer thanks which version
should we choose want to return exchange and pay back could they ship within them then live give
machine different amount top other under online line name our charge order came broken missing
wrong item track number before after really does not work help me find another ever every больше
меня здравствуйте подскажите пожалуйста когда придет мой заказ есть ли в наличии размер какой
цвет можно вернуть товар деньги доставка посылка не пришла уже неделю жду хочу обменять сколько
стоит спасибо почему где мне нужно скажите это если у вас для просто раз получил вместо пришел
другой верните как так что бы работает чем через сегодня верхняя четверг расскажите рассчитать
историю сторона весь теперь померить мерки телефон подойдет доставят кажется
"""
"""Words of everyday messages: by letters that stand in them nothing is known."""


class Signs:
    """What finds, in a text `apart`, signs of all that any of some patterns can find.

    Three signs of each row, its rarest, are looked for first: most texts hold none of them.
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        rows = frozenset[str]().union(*map(needed_by, patterns))
        by_key: dict[Key, list[str]] = defaultdict(list)
        for row in rows:
            by_key[_rarest(row)].append(row)
        self._rows = {key: _shape(rows) for key, rows in by_key.items()}
        self._keys = frozenset(by_key)

    def stand_in(self, text: str) -> bool:
        """Tell whether any row of signs stands in a text."""
        if self._keys.isdisjoint(zip(text, text[1:], text[2:], strict=False)):
            return False
        found = self._keys.intersection(zip(text, text[1:], text[2:], strict=False))
        return any(self._rows[key](text) for key in found)


_EVERYDAY = frozenset(
    zip(*(apart(skeleton(_ORDINARY))[start:] for start in range(3)), strict=False)
)


def _rarest(row: str) -> Key:
    keys = [key for key in zip(row, row[1:], row[2:], strict=False) if ANY_SIGN not in key]
    return min(keys, key=lambda key: (key in _EVERYDAY, chance("".join(key))))


def _shape(rows: Sequence[str]) -> Callable[[str], bool]:
    """Return what tells whether any of some rows stands in a text."""
    clear = [row for row in rows if ANY_SIGN not in row]
    shapes = [r"\S".join(map(re.escape, row.split(ANY_SIGN))) for row in {*rows} - {*clear}]
    find = re.compile("|".join(shapes)).search if shapes else None
    return lambda text: any(row in text for row in clear) or bool(find and find(text))
