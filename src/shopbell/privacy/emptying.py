"""What a single row reads instead once somebody has gone. Pure."""

from collections.abc import Sequence
from typing import Any

import msgspec

from shopbell.cases import chain
from shopbell.conversations.turns import State
from shopbell.engine.erasing import Row
from shopbell.privacy.model import Trail
from shopbell.privacy.words import Marks, emptied, worded


def entry(row: Row, trail: Trail) -> Row:
    """Empty what somebody wrote."""
    spoke = row["type"] in {"message", "edit", "note"}
    return {
        "data": emptied(row["data"]),
        "name": trail.called,
        "payload_hash": None,
        "withdrawn": row["withdrawn"] or spoke,
    }


def talk(row: Row, trail: Trail) -> Row:
    """Rename a conversation, and close it."""
    before, after = row["buyer_name"].casefold(), trail.called.casefold()
    return {
        "buyer_name": trail.called,
        "last_text": "",
        "search": row["search"].replace(before, after)[:1_000],
        "state": State.CLOSED,
        "done": True,
        "due_at": None,
        "due_since": None,
        "clocks": None,
        "watch_at": None,
        "seller_unread": 0,
        "buyer_unread": 0,
        "version": row["version"] + 1,
    }


def step(row: Row, kind: str, trail: Trail, marks: Marks, gone: set[str]) -> Row:
    """Empty what somebody gave in a step; ``gone`` gathers which details went."""
    given: dict[str, Any] = msgspec.json.decode(row["given"])
    own = row["by"] in trail.people
    lost = set(worded(kind, given)) if own else set[str]()
    lost |= {name for name, answer in given.items() if marks.are_told(answer)}
    gone |= lost
    news: Row = {"name": trail.called} if own else scrubbed(row, ("name",), marks)
    if lost:
        marked = chain.marks({name: given.pop(name) for name in lost})
        erased = msgspec.json.decode(row["erased"]) | marked
        news |= {"given": _json(given), "erased": _json(erased)}
    return news | ({"payload_hash": None} if own else {})


def facts(row: Row, gone: set[str]) -> Row:
    """Drop the details that went in a step from those of the case."""
    facts: dict[str, Any] = msgspec.json.decode(row["facts"])
    lost = gone & set(worded(row["kind"], facts))
    left = {name: answer for name, answer in facts.items() if name not in lost}
    return {"facts": _json(left)} if lost else {}


def view(row: Row, marks: Marks) -> Row:
    """Cover the name in a list that is kept."""
    wanted: dict[str, Any] = msgspec.json.decode(row["filter"])
    news = scrubbed(row, ("name",), marks)
    if marks.are_in(sought := wanted.get("q", "")):
        news["filter"] = _json(wanted | {"q": marks.scrub(sought)})
    return news


def scrubbed(row: Row, columns: Sequence[str], marks: Marks) -> Row:
    """Cover the name in some columns."""
    news = {one: marks.scrub(row[one]) for one in columns if row[one]}
    return {one: text for one, text in news.items() if text != row[one]}


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
