"""What a message should not show the other side: ways off the marketplace, cards, scams.

Numbers of orders, parcels, articles and devices, sizes, prices and dates are no secrets.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from shopbell.language import addresses, messengers, phones, scams
from shopbell.language.folding import HEARD, TABLE, Folded, fold, skeleton
from shopbell.language.glance import Seen, look
from shopbell.language.model import Hidden, Span

COVER = "•••"


def find_hidden(text: str, own: Collection[str] = ()) -> list[Span]:
    """Return what should be hidden of a text, in its order; links to hosts in ``own`` stay."""
    seen = look(text)
    if seen is Seen.NOTHING:
        return []
    return _searched(text, _numbers) if seen is Seen.NUMBERS else search(text, own)


def search(text: str, own: Collection[str] = ()) -> list[Span]:
    """Find what should be hidden without the glance that spares most texts the search."""
    hosts = [skeleton(fold(host).plain) for host in own]
    found = _searched(text, lambda folded: _everything(folded, hosts))
    return [*_off_pages(text, found, hosts)] if hosts and found else found


def _off_pages(text: str, spans: Iterable[Span], own: Sequence[str]) -> Iterator[Span]:
    """Yield what does not stand in an address of our own, as it is written: 127.0.0.1 stays."""
    folded = fold(text[:HEARD])
    pages = [folded.span(*page) for page in addresses.own_pages(folded, own)]
    for span in spans:
        if not any(start <= span.start < end for start, end in pages):
            yield span


def cover(text: str, spans: Iterable[Span]) -> str:
    """Return a text with its spans covered."""
    for span in sorted(spans, reverse=True):
        text = f"{text[: span.start]}{COVER}{text[span.end :]}"
    return text


def _searched(text: str, find: Callable[[Folded], Iterable[Span]]) -> list[Span]:
    folded = fold(text[:HEARD])
    readings = [folded] if folded.closed is folded else [folded, folded.closed]
    found = {
        Span(*read.span(one.start, one.end), one.kind) for read in readings for one in find(read)
    }
    return [_with_unseen(text, span) for span in _apart(found)]


def _numbers(text: Folded) -> Iterator[Span]:
    return phones.find(text.skeleton)


def _everything(text: Folded, own: Sequence[str]) -> Iterator[Span]:
    spans = [*addresses.find(text, own), *messengers.find(text), *scams.find(text)]
    spans += _numbers(text)
    kept = [*addresses.own_pages(text, own)] if own else []
    for span in spans:
        if not any(start <= span.start < end for start, end in kept):
            yield span


def _with_unseen(text: str, span: Span) -> Span:
    """Let a piece begin at its plus and end after the unseen, so that nothing of it is left."""
    start, end = span.start, span.end
    start -= span.kind is Hidden.PHONE and text[max(0, start - 1) : start] in {"+", "＋"}
    while end < len(text) and not TABLE[ord(text[end])]:
        end += 1
    return Span(start, end, span.kind)


_FIRST = [Hidden.EMAIL, Hidden.CARD, Hidden.MESSENGER, Hidden.URL, Hidden.PHONE, Hidden.SCAM]


def _apart(spans: Iterable[Span]) -> list[Span]:
    """Join spans that overlap into one, of the kind that says most."""
    apart: list[Span] = []
    for span in sorted(spans):
        if apart and span.start < apart[-1].end:
            last = apart.pop()
            kind = min(last.kind, span.kind, key=_FIRST.index)
            apart.append(Span(last.start, max(last.end, span.end), kind))
        else:
            apart.append(span)
    return apart
