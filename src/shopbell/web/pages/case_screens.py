"""A form of a case in screens, each as much as a phone shows at once; pure.

Which screens there are follows from the fields and from what was answered so far.
"""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from shopbell.cases.fields import MEDIA, Field, FieldKind, files_most
from shopbell.cases.refusals import DetailMalformed
from shopbell.kernel.refusals import Refusal
from shopbell.kernel.texts import Locale, text
from shopbell.web.pages.case_sheet import Around, Sheet, is_known

ROOM = 5
"""How much one screen holds, in the units of ``_room``."""

LONG_CHOICE = 4
REVIEW = "review"


class Paper(Struct, frozen=True, kw_only=True):
    """A form: what it asks for, what is welcome, and what surrounds it."""

    asks: list[Field]
    takes: list[Field]
    around: Around
    judged: bool = False

    @property
    def fields(self) -> list[Field]:
        return [*self.asks, *self.takes]

    def needs(self, field: Field) -> bool:
        """Tell whether the form cannot be sent without a field."""
        return field in self.asks

    def answers(self, sheet: Sheet) -> dict[str, Any]:
        """Return what was answered so far."""
        return sheet.answers(self.fields, self.around)


class Asked(Struct, frozen=True):
    """A field as it is asked for now; ``nested`` are those that follow from one of its choices."""

    field: Field
    needed: bool
    choices: tuple[str, ...] = ()
    nested: dict[str, list["Asked"]] = {}
    trouble: str = ""


class Screen(Struct, frozen=True):
    """What is asked at once; the last may be a look at everything before it is sent."""

    name: str
    asked: list[Asked] = []

    @property
    def fields(self) -> list[Field]:
        """List what stands on it, nested or not."""
        return [
            field
            for one in self.asked
            for field in (one.field, *(deep.field for part in one.nested.values() for deep in part))
        ]


class Place(Struct, frozen=True):
    """Where somebody stands in a form; ``sent`` once all of it may go."""

    sheet: Sheet
    screens: list[Screen]
    at: int = 0
    sent: bool = False

    @property
    def screen(self) -> Screen:
        return self.screens[self.at]

    @property
    def wrong(self) -> bool:
        return any(one.trouble for one in self.screen.asked)

    @property
    def last(self) -> bool:
        return self.at == len(self.screens) - 1

    def has(self, name: str) -> bool:
        """Tell whether a field has been asked for already, here or before."""
        return any(
            name in {field.name for field in screen.fields} for screen in self.screens[: self.at]
        )


def start(paper: Paper, sheet: Sheet | None = None) -> Place:
    """Open a form at its first screen."""
    settled = (sheet or Sheet()).settled(paper.fields, paper.around)
    return Place(settled, screens(paper, settled))


def whole(paper: Paper, sheet: Sheet) -> Place:
    """Open a form with all that it asks for at once."""
    answers = paper.answers(sheet)
    asked = [Asked(one, paper.needs(one), one.fitting(answers)) for one in paper.fields]
    return Place(sheet, [Screen("whole", asked)])


def checked(paper: Paper, place: Place, locale: Locale) -> Place:
    """Say what is wrong with what stands on the screen."""
    return marked(place, _troubles(paper, place, place.at, locale))


def at(paper: Paper, sheet: Sheet, name: str) -> Place:
    """Open a form at one of its screens, as far as it still has that."""
    place = start(paper, sheet)
    names = [screen.name for screen in place.screens]
    return replace(place, at=names.index(name) if name in names else 0)


def turn(paper: Paper, sheet: Sheet, name: str, go: str, locale: Locale) -> Place:
    """Go on, back or to a screen, or send it all; what is wrong on the way is shown instead."""
    place = at(paper, sheet, name)
    names, here = [screen.name for screen in place.screens], place.at
    match go:
        case "back":
            return replace(place, at=max(0, here - 1))
        case "send":
            found = next((n for n in names if _troubles(paper, place, names.index(n), locale)), "")
            if not found:
                return replace(place, at=len(names) - 1, sent=True)
            here = names.index(found)
        case _ if go in names:
            return replace(place, at=names.index(go))
        case _:
            pass
    if troubles := _troubles(paper, place, here, locale):
        return marked(replace(place, at=here), troubles)
    return replace(place, at=min(here + 1, len(names) - 1))


def refused(paper: Paper, place: Place, refusal: Refusal, words: str) -> Place | None:
    """Return to where a refusal is about a field of the form; none if it is about another thing."""
    about = refusal.about or str(refusal.facts.get("field", ""))
    missing = str(refusal.facts.get("missing", "")).split(", ")
    for at, screen in enumerate(place.screens):
        for field in screen.fields:
            if field.name == about or (field.name in missing and paper.needs(field)):
                return marked(replace(place, at=at, sent=False), {field.name: words})
    return None


def marked(place: Place, troubles: Mapping[str, str]) -> Place:
    """Say beside the fields of the screen what is wrong with them."""

    def mark(one: Asked) -> Asked:
        nested = {choice: [mark(deep) for deep in part] for choice, part in one.nested.items()}
        return replace(one, nested=nested, trouble=troubles.get(one.field.name, ""))

    screen = replace(place.screen, asked=[mark(one) for one in place.screen.asked])
    return replace(
        place, screens=[screen if at == place.at else s for at, s in enumerate(place.screens)]
    )


# --- which screens ---------------------------------------------------------------------------


def screens(paper: Paper, sheet: Sheet) -> list[Screen]:
    """Lay a form out, after what was answered so far."""
    answers = paper.answers(sheet)
    found: list[Screen] = []
    room = 0
    for field in paper.fields:
        if is_known(field, answers, paper.around):
            continue
        one = Asked(field, paper.needs(field), field.fitting(answers))
        here = found[-1] if found else None
        if here and (nest := _nest(here, field)):
            found[-1] = _nested(here, *nest, one)
            continue
        if not field.wanted(answers):
            continue
        size = _room(one)
        if here is None or room + size > ROOM or _breaks(here, field):
            found.append(Screen(field.name, [one]))
            room = size
        else:
            found[-1] = replace(here, asked=[*here.asked, one])
            room += size
    if len(found) > 1 or paper.judged or not found:
        found.append(Screen(REVIEW))
    return found


def _nest(here: Screen, field: Field) -> tuple[str, str] | None:
    """Return under which choice of the same screen a field stands, if it follows from one."""
    names = [one.field.name for one in here.asked if one.field.kind is FieldKind.CHOICE]
    pairs = [(other, fit) for other, fit in field.when.items() if other in names]
    if len(field.when) != 1 or len(pairs) != 1 or len(pairs[0][1]) != 1:
        return None
    return pairs[0][0], pairs[0][1][0]


def _nested(here: Screen, other: str, choice: str, one: Asked) -> Screen:
    def hang(above: Asked) -> Asked:
        if above.field.name != other:
            return above
        part = [*above.nested.get(choice, []), one]
        return replace(above, nested={**above.nested, choice: part})

    return replace(here, asked=[hang(above) for above in here.asked])


def _breaks(here: Screen, field: Field) -> bool:
    """Tell whether a field needs a screen of its own: it follows from this one, or shows things.

    A few words that are welcome stand beside what is shown.
    """
    above = {one.name for one in here.fields}
    if above & {*field.when, *field.within}:
        return True
    shows, shown = field.kind in MEDIA, any(one.kind in MEDIA for one in here.fields)
    return shows != shown and not (shown and field.kind is FieldKind.TEXT)


def _room(one: Asked) -> int:
    match one.field.kind:
        case FieldKind.CHOICE:
            return 2 if len(one.choices) <= LONG_CHOICE else ROOM
        case FieldKind.LINES | FieldKind.SHOTS | FieldKind.ITEM | FieldKind.CHECKS:
            return 3
        case FieldKind.TEXT | FieldKind.PARCEL | FieldKind.DAYS if one.needed:
            return 2
        case _:
            return 1


# --- what is wrong ---------------------------------------------------------------------------


def _troubles(paper: Paper, place: Place, at: int, locale: Locale) -> dict[str, str]:
    answers = paper.answers(place.sheet)
    return {
        field.name: trouble
        for field in place.screens[at].fields
        if field.wanted(answers) and (trouble := _trouble(paper, field, answers, locale))
    }


def _trouble(paper: Paper, field: Field, answers: Mapping[str, Any], locale: Locale) -> str:
    if field.name not in answers:
        kind = "choose" if field.kind in _CHOSEN else "fill"
        return text(locale, f"case.please_{kind}") if paper.needs(field) else ""
    try:
        field.read(answers[field.name])
    except DetailMalformed:
        if field.kind in MEDIA:
            return text(locale, "case.odd_files", most=files_most(field.kind))
        return text(locale, f"case.odd_{field.kind}" if field.kind in _TOLD else "case.odd")
    except Refusal as refusal:
        return text(locale, f"refusals.{refusal.code}.title", **refusal.facts)
    return ""


def reads(field: Field, answer: Any) -> bool:  # noqa: ANN401 - each kind has its own
    """Tell whether an answer is one."""
    try:
        field.read(answer)
    except Refusal:
        return False
    return True


_CHOSEN = frozenset(
    {
        FieldKind.CHOICE,
        FieldKind.LINES,
        FieldKind.ITEM,
        FieldKind.CHECKS,
        FieldKind.SHIPMENT,
        FieldKind.YES,
        *MEDIA,
    }
)
_TOLD = frozenset(
    {
        FieldKind.TEXT,
        FieldKind.DAYS,
        FieldKind.MONEY,
        FieldKind.NUMBER,
        FieldKind.PARCEL,
        FieldKind.LINK,
    }
)
