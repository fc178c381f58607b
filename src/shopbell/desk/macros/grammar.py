"""The little language of macros: gaps and conditions, no loops, no code. Pure, in linear time.

::

    Hello {{buyer.first_name|there}}!
    {{#if parcel.delivered}}Parcel {{parcel.number}} has arrived.{{else}}It is on its way.{{/if}}
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import lru_cache

from msgspec import Struct

from shopbell.desk.macros.refusals import (
    BlockOpen,
    BlocksTooDeep,
    BlockUnopened,
    PlaceholderBroken,
    PlaceholderUnknown,
)

DEEP_MOST = 8
PARSED_MOST = 256
_TAG = re.compile(r"\{\{([^{}]*)\}\}")
_NEAR, _NAME_MOST = 30, 60
_MISSING = re.compile("⟦([^⟦⟧\n]{0,80})⟧")
_BLANK_LINES = re.compile(r"\n{3,}")


class Gap(Struct, frozen=True):
    """A place for something known by ``name``; ``instead`` stands there if it is not known."""

    name: str
    instead: str | None


class Block(Struct, frozen=True):
    """What is said if something is so, and what if it is not."""

    name: str
    yes: "tuple[Part, ...]"
    no: "tuple[Part, ...]"


Part = str | Gap | Block


@lru_cache(PARSED_MOST)
def parse(text: str) -> tuple[Part, ...]:
    """Read a text; refuse braces that do not pair and blocks that do not close."""
    reader = _Reader()
    for literal, tag in _pieces(text):
        reader.put(literal)
        if tag is not None:
            reader.tag(tag.strip())
    return reader.end()


def check(text: str, gaps: Collection[str], conditions: Collection[str]) -> None:
    """Refuse a text that cannot be read, or that names what nothing is known by."""
    for part in _all(parse(text)):
        known = conditions if isinstance(part, Block) else gaps
        if isinstance(part, Gap | Block) and part.name not in known:
            raise PlaceholderUnknown(name=part.name[:_NAME_MOST])


def fill(
    text: str,
    values: Mapping[str, str | None],
    holds: Callable[[str], bool],
    mark: Callable[[str], str],
) -> tuple[str, list[str]]:
    """Return a text for people, and the names of what it lacks, each ``mark``-ed in its place."""
    missing: list[str] = []
    said = "".join(_said(parse(text), values, holds, mark, missing))
    return _BLANK_LINES.sub("\n\n", said).strip(), list(dict.fromkeys(missing))


def missing_in(text: str) -> list[str]:
    """Return what is still marked as missing in words that are to go out."""
    return list(dict.fromkeys(_MISSING.findall(text)))


def _said(
    parts: tuple[Part, ...],
    values: Mapping[str, str | None],
    holds: Callable[[str], bool],
    mark: Callable[[str], str],
    missing: list[str],
) -> Iterator[str]:
    for part in parts:
        match part:
            case Gap(name, instead):
                found = values.get(name) or instead
                if not found:
                    missing.append(name)
                yield found or mark(name)
            case Block(name, yes, no):
                yield from _said(yes if holds(name) else no, values, holds, mark, missing)
            case _:
                yield part


def _pieces(text: str) -> Iterator[tuple[str, str | None]]:
    """Cut a text into what stands between the tags, each with the tag that follows it."""
    reached = 0
    for tag in _TAG.finditer(text):
        yield text[reached : tag.start()], tag[1]
        reached = tag.end()
    yield text[reached:], None


def _all(parts: tuple[Part, ...]) -> Iterator[Part]:
    for part in parts:
        yield part
        if isinstance(part, Block):
            yield from _all(part.yes)
            yield from _all(part.no)


class _Reader:
    """Puts parts together; blocks that are still open stand on one another."""

    def __init__(self) -> None:
        self._parts: list[Part] = []
        self._open: list[tuple[str, list[Part], list[Part] | None]] = []

    def put(self, literal: str) -> None:
        for braces in ("{{", "}}"):
            if braces in literal:
                place = literal.index(braces)
                raise PlaceholderBroken(near=literal[place : place + _NEAR])
        if literal:
            self._parts.append(literal)

    def tag(self, tag: str) -> None:
        if tag.startswith("#if "):
            self._begin(tag[4:].strip())
        elif tag == "else":
            self._turn()
        elif tag == "/if":
            self._close()
        else:
            name, pipe, instead = tag.partition("|")
            self._parts.append(Gap(name.strip(), instead.strip() if pipe else None))

    def end(self) -> tuple[Part, ...]:
        if self._open:
            raise BlockOpen(name=self._open[-1][0][:_NAME_MOST])
        return tuple(self._parts)

    def _begin(self, name: str) -> None:
        if len(self._open) >= DEEP_MOST:
            raise BlocksTooDeep(most=DEEP_MOST)
        self._open.append((name, self._parts, None))
        self._parts = []

    def _turn(self) -> None:
        if not self._open or self._open[-1][2] is not None:
            raise BlockUnopened(near="{{else}}")
        name, around, _ = self._open.pop()
        self._open.append((name, around, self._parts))
        self._parts = []

    def _close(self) -> None:
        if not self._open:
            raise BlockUnopened(near="{{/if}}")
        name, around, yes = self._open.pop()
        first, second = (self._parts, []) if yes is None else (yes, self._parts)
        around.append(Block(name, tuple(first), tuple(second)))
        self._parts = around
