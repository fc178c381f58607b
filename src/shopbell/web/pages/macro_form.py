"""The form of one macro on the screen: its fields, what is wrong in them, what it would say."""

from collections import defaultdict

from litestar import Response
from msgspec import UNSET, Struct

from shopbell.conversations import service as conversations
from shopbell.conversations.model import ConversationId, Listed, TalkKind
from shopbell.desk.macros import service
from shopbell.desk.macros.cells import COLUMNS, LISTS, Cells, body_of, cells_of
from shopbell.desk.macros.checking import cleaned
from shopbell.desk.macros.commands import PutMacro, TryMacro
from shopbell.desk.macros.deeds import DEEDS, FORMS
from shopbell.desk.macros.model import TEXT_MOST, Filled, Macro, MacroVersion, Parcel
from shopbell.desk.macros.naming import STANDS, VALUES, gap_name
from shopbell.desk.macros.refusals import (
    MacroNameTaken,
    MacroRowOdd,
    PublicHasGaps,
    PublicNeedsQuestion,
)
from shopbell.engine.database import Database, Tx
from shopbell.kernel.actor import Actor
from shopbell.kernel.ids import is_id
from shopbell.kernel.refusals import Refusal
from shopbell.kernel.texts import LOCALES, Locale
from shopbell.web.pages.contact import tidied
from shopbell.web.pages.errors import Told, explain
from shopbell.web.pages.look import Look
from shopbell.web.pages.office import at_work
from shopbell.web.pages.office_form import Filled as Sent

TALKS_MOST = 20
_SENT_MOST = 2 * TEXT_MOST
_NEW = {**dict.fromkeys(COLUMNS, ""), "own": "no"}
_AT = {MacroNameTaken: "key", PublicHasGaps: "texts", PublicNeedsQuestion: "texts"}


class Draft(Struct, frozen=True):
    """A form as it was sent, and what came of it: ``version`` is the one it was made from."""

    cells: Cells
    version: str = ""
    told: Told | None = None
    at: str = ""
    checked: bool = False
    said: Filled | None = None


class Around(Struct, frozen=True):
    """What stands around the form: the macro as it is kept, and where it can be tried."""

    macro: Macro | None
    past: list[MacroVersion]
    talks: list[Listed]


def draft_of(macro: Macro | None, look: Look) -> Draft:
    """Write a macro down; a new one is one's own where one may not keep the shop's."""
    if macro is None:
        return Draft({**_NEW, "own": "no" if look.manages else "yes"})
    return Draft(cells_of(macro.body, own=macro.owner is not None), str(macro.version))


def draft_in(form: Sent) -> Draft:
    """Read what was sent; whatever it is, it can be shown again."""
    cells = {name: ", ".join(_all(form, name)) for name in COLUMNS}
    return Draft(cells, next(iter(_all(form, "version")), "")[:10])


def asked_in(draft: Draft) -> PutMacro:
    """Return what a form means to keep, or refuse what stands in a field."""
    version = int(draft.version) if draft.version.isdecimal() else UNSET
    return PutMacro(body_of(draft.cells), own=draft.cells["own"] == "yes", version=version)


def check(tx: Tx, actor: Actor, draft: Draft, talk: str, reader: Locale) -> Filled | None:
    """Say what the macro of a form would say in a conversation, or refuse what is wrong with it."""
    asked = asked_in(draft)
    cleaned(asked.body, own=asked.own)
    if not is_id(talk):
        return None
    return service.attempt(tx, actor, TryMacro(asked.body, talk), reader)


def refused(draft: Draft, refusal: Refusal, look: Look) -> Draft:
    """Tell a refusal at its field, or above the form; what was typed stays."""
    odd = refusal.facts.get("column") if isinstance(refusal, MacroRowOdd) else None
    at = str(odd or _AT.get(type(refusal), ""))
    return Draft(draft.cells, draft.version, explain(refusal, look.locale), at)


def see_around(tx: Tx, actor: Actor, macro: str) -> Around:
    """Look at what stands around the form of a macro, kept or not."""
    talks, _ = conversations.inbox(tx, actor, "all", limit=TALKS_MOST)
    found = service.find(tx, actor, macro)
    past = service.versions(tx, actor, macro) if found else []
    return Around(found, past, talks)


async def show_form(
    look: Look, db: Database, draft: Draft | None, macro: str, talk: str = ""
) -> Response[str]:
    """Show the form of a macro, with what was typed or else with what is kept."""
    actor, _ = at_work(look)
    around = await db.read(see_around, actor, macro)
    shown = draft or draft_of(around.macro, look)
    kept = around.macro
    return look.page(
        "macro_form.html",
        shown.told.status if shown.told else 200,
        macro=macro,
        kept=kept,
        mine=kept is None or kept.is_kept_by(actor),
        past=around.past,
        talks=around.talks,
        talk=ConversationId(talk),
        draft=shown,
        wrong=defaultdict(str, {shown.at: shown.told.title} if shown.told and shown.at else {}),
        chosen={name: shown.cells[name].split(", ") for name in LISTS},
        locales=LOCALES,
        kinds=list(TalkKind),
        parcels=[one.value for one in Parcel],
        deeds=list(DEEDS),
        forms=sorted(FORMS),
        values=list(VALUES),
        stands=list(STANDS),
        most=TEXT_MOST,
        missing=lambda said: ", ".join(gap_name(gap, look.locale) for gap in said.gaps),
    )


def _all(form: Sent, name: str) -> list[str]:
    sent = (one for one in form.getall(name, []) if isinstance(one, str))
    return [tidied(one.replace("\x00", ""))[:_SENT_MOST] for one in sent]
