"""Cases over HTTP: what a form asks for, opening one, what may be done, doing it.

Refunds, what the platform that pays them tells, and labels of returns stand here, too.
"""

import asyncio
from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from msgspec import Meta, Struct

from shopbell.cases import dossier, dossier_print, paying, rehearsing, service
from shopbell.cases.commands import (
    Act,
    AskRefund,
    CasePage,
    Form,
    OpenCase,
    Preview,
    RefundStep,
    Rehearse,
)
from shopbell.cases.dossier import Dossier
from shopbell.cases.label import draw, find_font
from shopbell.cases.labels import label_of
from shopbell.cases.looking import note_look
from shopbell.cases.model import CaseId
from shopbell.cases.money import RefundId, RefundShown
from shopbell.cases.rehearsing import Rehearsal
from shopbell.cases.shown import CaseShown
from shopbell.cases.storage import Box
from shopbell.commerce.connector import Payment
from shopbell.commerce.model import OrderId
from shopbell.conversations.model import ConversationId
from shopbell.engine.database import Database
from shopbell.engine.settings import Settings
from shopbell.kernel.actor import Actor
from shopbell.kernel.texts import Locale
from shopbell.knowledge.model import Explained
from shopbell.knowledge.wording import explained

API = "/api/v1"


@get(f"{API}/cases/forms/{{kind:str}}")
async def show_form(
    db: NamedDependency[Database], kind: FromPath[str], shop: FromQuery[str] = ""
) -> Form:
    """Say what it takes to open a case of a kind; ``shop`` is the address or id of one."""
    return await db.read(service.form, kind, shop)


@post(f"{API}/cases")
async def open_case(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    locale: NamedDependency[Locale],
    data: JSONBody[OpenCase],
) -> CaseShown:
    """Open a case; asked again with the same ``cmid``, the same case is shown."""
    return await db.write(service.open_case, actor, data, locale)


@get(f"{API}/cases")
async def list_cases(
    *,
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    box: FromQuery[Box] = "open",
    kind: FromQuery[str | None] = None,
    order: FromQuery[OrderId | None] = None,
    conversation: FromQuery[ConversationId | None] = None,
    called: FromQuery[bool] = False,
    after: FromQuery[str] = "",
    limit: FromQuery[int] = 50,
) -> CasePage:
    """List the cases you may see, the earliest consequence first.

    ``called`` leaves those that the operator was called to, or must decide.
    """
    return await db.read(
        lambda tx: service.cases(
            tx,
            actor,
            box,
            kinds=[kind] if kind else [],
            order=order,
            talk=conversation,
            called=called,
            after=after,
            limit=limit,
        )
    )


@get(f"{API}/cases/{{case:str}}")
async def show_case(
    db: NamedDependency[Database], actor: NamedDependency[Actor], case: FromPath[CaseId]
) -> CaseShown:
    """Show one case: its facts, what was done, and what you may do now."""
    shown = await db.read(service.case, actor, case)
    await note_look(db, actor, shown.id)
    return shown


@get(f"{API}/cases/{{case:str}}/dossier.json")
async def show_dossier(
    db: NamedDependency[Database], actor: NamedDependency[Actor], case: FromPath[CaseId]
) -> Dossier:
    """Give a case to take along: steps, thread, files, and a seal kept in the audit record."""
    return await db.write(dossier.make, actor, case)


@post(f"{API}/cases/{{case:str}}/steps", status_code=200)
async def act(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    case: FromPath[CaseId],
    data: JSONBody[Act],
) -> CaseShown:
    """Take a step; asked again with the same ``cmid``, it is taken once."""
    return await db.write(service.act, actor, case, data)


class PaymentTold(Struct, frozen=True):
    """What the platform tells of a refund, by the key it was asked under."""

    key: Annotated[str, Meta(max_length=100)]
    payment: Payment


@post(f"{API}/cases/verdict", status_code=200)
async def preview_return(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    locale: NamedDependency[Locale],
    data: JSONBody[Preview],
) -> Explained:
    """Say what the rules come to for things of an order, before anything is written."""
    return explained(await db.read(service.preview, actor, data), locale)


@post(f"{API}/cases/rehearsal", status_code=200)
async def rehearse(
    db: NamedDependency[Database], actor: NamedDependency[Actor], data: JSONBody[Rehearse]
) -> Rehearsal:
    """Say which of last year's cases rules would have changed, some at a time; by the operator."""
    return await db.read(rehearsing.rehearse, actor, data)


@get(f"{API}/cases/{{case:str}}/verdict")
async def show_case_verdict(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    locale: NamedDependency[Locale],
    case: FromPath[CaseId],
) -> Explained:
    """Say what the rules said of a return when it was asked for."""
    verdict = await db.read(service.verdict_on, actor, case)
    await note_look(db, actor, case)
    return explained(verdict, locale)


@get(f"{API}/cases/{{case:str}}/dossier.pdf", media_type="application/pdf")
async def print_dossier(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    locale: NamedDependency[Locale],
    settings: NamedDependency[Settings],
    case: FromPath[CaseId],
) -> Response[bytes]:
    """Print a case to take along: the same as its document, with the same seal, for people."""
    font = find_font(settings.label_font)
    made = await db.write(dossier.make, actor, case)
    return _pdf(await asyncio.to_thread(dossier_print.draw, made, locale, font), f"case-{case}")


@get(f"{API}/cases/{{case:str}}/label.pdf", media_type="application/pdf")
async def print_label(
    *,
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    locale: NamedDependency[Locale],
    settings: NamedDependency[Settings],
    case: FromPath[CaseId],
) -> Response[bytes]:
    """Print the label of a return that may be sent: addresses, numbers, and bars to scan."""
    font = find_font(settings.label_font)
    label = await db.read(label_of, actor, case, locale)
    await note_look(db, actor, case)
    return _pdf(await asyncio.to_thread(draw, label, locale, font), label.number)


def _pdf(printed: bytes, name: str) -> Response[bytes]:
    return Response(
        printed,
        media_type="application/pdf",
        headers={
            "Content-Disposition": f'inline; filename="{name}.pdf"',
            "Cache-Control": "private, no-store",
        },
    )


@post(f"{API}/cases/{{case:str}}/refunds", status_code=200)
async def ask_refund(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    case: FromPath[CaseId],
    data: JSONBody[AskRefund],
) -> RefundShown:
    """Ask for a part of the money by hand, once; by managers of the shop and the operator."""
    return await db.write(paying.ask_for, actor, case, data)


@post(f"{API}/refunds/{{refund:str}}/steps", status_code=200)
async def act_on_refund(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    refund: FromPath[RefundId],
    data: JSONBody[RefundStep],
) -> RefundShown:
    """Approve a refund, call it off, try it again, or note that it was paid by hand."""
    return await db.write(paying.act_on, actor, refund, data)


@post(f"{API}/refunds/payments", status_code=204)
async def hear_platform(
    request: Request[Any, Any, Any],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    data: JSONBody[PaymentTold],
) -> None:
    """Take in what the platform tells of a refund, signed; the same again changes nothing."""
    sent = request.headers
    told = paying.Told(
        secret=settings.platform_secret,
        timestamp=sent.get("shopbell-timestamp", ""),
        signature=sent.get("shopbell-signature", ""),
        body=await request.body(),
        key=data.key,
        payment=data.payment,
    )
    await db.write(paying.hear, told)


ROUTES = (
    show_form,
    open_case,
    list_cases,
    show_case,
    act,
    show_dossier,
    preview_return,
    rehearse,
    show_case_verdict,
    print_dossier,
    print_label,
    ask_refund,
    act_on_refund,
    hear_platform,
)
