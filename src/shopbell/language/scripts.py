"""Whether all that a pattern finds holds a sign of some script. Pure."""

from collections.abc import Callable, Iterable

from shopbell.language.needs import Part, ops, parser

_REPEATS = {ops.MAX_REPEAT, ops.MIN_REPEAT, ops.POSSESSIVE_REPEAT}


def needs_sign(pattern: str, holds: Callable[[str], object]) -> bool:
    """Tell whether each text that fits a pattern holds a sign that ``holds``; in doubt, no."""
    return _any_needs(parser.parse(pattern), holds)


def _any_needs(parts: Iterable[Part], holds: Callable[[str], object]) -> bool:
    return any(_needs(part, holds) for part in parts)


def _needs(part: Part, holds: Callable[[str], object]) -> bool:
    kind, inner = part
    if kind is ops.LITERAL:
        return bool(holds(chr(inner)))
    if kind is ops.IN:
        return all(one is ops.LITERAL and holds(chr(code)) for one, code in inner)
    if kind is ops.BRANCH:
        return all(_any_needs(one, holds) for one in inner[1])
    if kind is ops.SUBPATTERN:
        return _any_needs(inner[-1], holds)
    return kind in _REPEATS and inner[0] > 0 and _any_needs(inner[2], holds)
