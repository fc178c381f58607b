"""A macro in cells of text: a row of a table, or the fields of a form."""

import re
from collections.abc import Mapping

import msgspec

from shopbell.desk.macros.model import Deed, MacroBody
from shopbell.desk.macros.refusals import MacroRowOdd
from shopbell.kernel.texts import LOCALES

LISTS = ("kinds", "parcel", "locales", "categories")
FLAGS = ("order", "open")
TEXTS = tuple(f"text_{locale}" for locale in LOCALES)
QUESTIONS = tuple(f"question_{locale}" for locale in LOCALES)
COLUMNS = ("key", "name", "own", *TEXTS, *QUESTIONS, *LISTS, *FLAGS, "deeds")

_BOOLEANS = {"yes": True, "no": False, "": None}
_WORDS = {value: word for word, value in _BOOLEANS.items()}
_PLACE = re.compile(r"\$\.(?:fits\.)?(\w+)")

Cells = Mapping[str, str]


def body_of(cells: Cells) -> MacroBody:
    """Read a macro from its cells; refuse what stands in one of them by its name."""
    given = {
        "key": cells["key"].removeprefix("/"),
        "name": cells["name"],
        "texts": _by_language("text", cells),
        "question": _by_language("question", cells),
        "fits": {
            **{name: _listed(cells[name]) for name in LISTS},
            **{name: flag(name, cells[name]) for name in FLAGS},
        },
        "deeds": [_deed(said) for said in cells["deeds"].splitlines() if said.strip()],
    }
    try:
        return msgspec.convert(given, MacroBody)
    except msgspec.ValidationError as error:
        raise MacroRowOdd(column=_column(str(error))) from None


def cells_of(body: MacroBody, *, own: bool) -> dict[str, str]:
    """Write a macro down in cells."""
    return {
        "key": body.key,
        "name": body.name,
        "own": _WORDS[own],
        **{f"text_{locale}": body.texts.get(locale, "") for locale in LOCALES},
        **{f"question_{locale}": body.question.get(locale, "") for locale in LOCALES},
        **{name: ", ".join(getattr(body.fits, name)) for name in LISTS},
        **{name: _WORDS[getattr(body.fits, name)] for name in FLAGS},
        "deeds": "\n".join(_said(deed) for deed in body.deeds),
    }


def flag(name: str, cell: str) -> bool | None:
    """Read a yes, a no, or neither."""
    if cell not in _BOOLEANS:
        raise MacroRowOdd(column=name)
    return _BOOLEANS[cell]


def _by_language(name: str, cells: Cells) -> dict[str, str]:
    return {locale: said for locale in LOCALES if (said := cells[f"{name}_{locale}"])}


def _listed(cell: str) -> list[str]:
    return [one.strip() for one in cell.split(",") if one.strip()]


def _deed(said: str) -> dict[str, str]:
    do, _, value = said.partition(":")
    return {"do": do.strip(), "value": value.strip()}


def _said(deed: Deed) -> str:
    """Write a deed in one line: a note's own lines are told apart by spaces."""
    value = " ".join(deed.value.split())
    return f"{deed.do}: {value}" if value else deed.do


def _column(error: str) -> str:
    """Return which cell the reader of structs complains of: it says where, as in ``$.key``."""
    place = _PLACE.search(error)
    return place[1] if place else ""
