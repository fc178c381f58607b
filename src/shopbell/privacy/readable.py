"""The pages of a copy: for people, in their language, readable without any program of ours."""

from collections.abc import Iterable, Mapping
from html import escape

import msgspec

from shopbell.conversations.model import Listed
from shopbell.kernel.texts import Locale, text
from shopbell.privacy.gathering import Said

_HEAD = (
    '<!doctype html><html lang="{locale}"><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width"><title>{title}</title>'
    "<style>body{{font:16px/1.5 sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem}}"
    "li{{margin:.5rem 0}}p{{white-space:pre-wrap}}</style><h1>{title}</h1>"
)


def index(locale: Locale, parts: Mapping[str, int], talks: Iterable[Listed]) -> str:
    """Return the first page: what there is, how much of it, and where."""
    rows = (
        f'<li><a href="{name}.json">{escape(text(locale, f"privacy.part_{name}"))}</a>'
        f" ({count})</li>"
        for name, count in parts.items()
    )
    spoken = (f'<li><a href="conversations/{one.id}.html">{_named(one)}</a></li>' for one in talks)
    return (
        _HEAD.format(locale=locale, title=escape(text(locale, "privacy.copy_title")))
        + f"<p>{escape(text(locale, 'privacy.copy_lead'))}</p><ul>{''.join(rows)}</ul>"
        + f"<h2>{escape(text(locale, 'privacy.part_conversations'))}</h2>"
        + f"<ul>{''.join(spoken)}</ul>"
    )


def thread(locale: Locale, talk: Listed, said: Iterable[Said]) -> str:
    """Return one conversation as a page."""
    head = _HEAD.format(locale=locale, title=_named(talk))
    return head + "".join(_line(one) for one in said)


def _named(talk: Listed) -> str:
    return escape(f"{talk.shop.name} · {talk.subject.number or ''}".rstrip(" ·"))


def _line(said: Said) -> str:
    entry = said.entry
    words = " / ".join(said.before) or _words(bytes(entry.data)) or entry.type
    return (
        f"<p><b>{escape(entry.actor.name or entry.actor.side)}</b>"
        f" <small>{entry.at.isoformat()}</small><br>{escape(words)}</p>"
    )


def _words(data: bytes) -> str:
    return str(msgspec.json.decode(data).get("text") or "")
