"""Everybody knocks at every door with the ids of things that are not theirs.

Each route, page and frame of the socket stands in one of the lists below; a new one fails here
until it is placed. What belongs to Anna and to the shop Halo has the word *kingfisher* in it.
"""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from litestar.routes import HTTPRoute

from shopbell.accounts import keys, staff
from shopbell.accounts import service as accounts
from shopbell.accounts.model import KeyId, Knock, NewKey, NewStaff
from shopbell.analytics.insight import storage as insight
from shopbell.analytics.insight.model import (
    Ask,
    Bought,
    Cluster,
    Listing,
    Manner,
    Mend,
    Sheet,
)
from shopbell.app import build
from shopbell.cases import paying
from shopbell.cases import service as cases
from shopbell.cases.commands import AskRefund
from shopbell.cases.model import CaseId
from shopbell.cases.money import Part, RefundShown
from shopbell.cases.shown import CaseShown
from shopbell.channels.push import service as push
from shopbell.channels.push.model import PushDevice
from shopbell.commerce import roster
from shopbell.commerce import service as commerce
from shopbell.commerce.commands import SentParcel
from shopbell.commerce.model import Attribute, Money, Order, ProductId
from shopbell.connectors.files.intake import silent
from shopbell.connectors.listings import service as listing
from shopbell.connectors.listings.bringing import kept
from shopbell.connectors.listings.service import Brought
from shopbell.connectors.listings.working import Desk
from shopbell.contact.shipped import STANDARD
from shopbell.conversations import service as conversations
from shopbell.conversations.commands import KeepDraft
from shopbell.conversations.model import ConversationId, Stream
from shopbell.desk import seating, tagging
from shopbell.desk import service as desk
from shopbell.desk.commands import MakeTag
from shopbell.desk.macros import service as macros
from shopbell.desk.macros.commands import PutMacro
from shopbell.desk.macros.model import MacroBody
from shopbell.desk.rules import service as rules
from shopbell.desk.rules.commands import PutRule
from shopbell.desk.rules.model import RuleBody
from shopbell.engine.database import Tx
from shopbell.engine.settings import Settings
from shopbell.kernel.actor import SYSTEM, Rank, ShopId
from shopbell.kernel.ids import new_id
from shopbell.knowledge import service as knowledge
from shopbell.knowledge import shipped
from shopbell.knowledge.answers import asking, moderating, writing
from shopbell.knowledge.answers.commands import AskInPublic, HideAnswer, PutAnswer
from shopbell.realtime.frames import Up
from shopbell.web.create import routes
from shopbell.web.pages import ladder_form, policy_form
from tests.proof.conftest import Note
from tests.support.casework import acts, opens, sees
from tests.support.clock import WoundClock
from tests.support.guest import Guest
from tests.support.house import NO_PASSWORD, House
from tests.support.house import Person as Somebody
from tests.support.pushservice import Phone, PushService
from tests.support.server import RunningServer

SECRET = "kingfisher"
BOTH = "who owns both, at the other"
STRANGERS = (
    "nobody",
    "another buyer",
    "another shop's owner",
    "another shop's agent",
    "another shop's key",
    BOTH,
    "signed out",
    "revoked key",
)
AGENTS = ("the shop's agent", "the shop's key")
"""They belong to the shop, but their rank does not reach to everything."""

STAFF = ("mei", "oleg", "vera", "lena")
REFUSALS = {401, 403, 404}


@dataclass(frozen=True)
class Door:
    """Something guarded: who is let in, which others than strangers are not, what to bring."""

    by: str
    never: tuple[str, ...] = ()
    body: Any = None
    form: dict[str, str] | None = None
    page: bool = False
    hollow: bool = False
    shrugs: bool = False
    both: bool = False
    """A ``page`` may ask people to sign in; one that is ``hollow`` comes empty to everybody, asking
    the API for what it shows, or leads to where they belong. What ``shrugs`` says yes and does
    nothing. What is for ``both`` leads whoever works for two shops from one to the other.
    """


ANNA, MEI, OLGA = "the buyer", "the shop's owner", "the operator"
PUBLIC, NOTES = "c.{talk}.p", "c.{talk}.n"
APPEAL = {
    "id": "{new}",
    "conversation": "{talk}",
    "n": 9,
    "ground": "spam",
    "words": "A robot.",
}
APPEAL_ANSWER = {"outcome": "granted", "answer": "So it was."}
COLLEAGUE = {
    "name": "Mine",
    "email": "mine-{new}@example.org",
    "password": "a lamp, a kettle, a shoe",
    "rank": "agent",
}
ASKED = {
    "cmid": "{new}",
    "kind": "repair",
    "subject": {"kind": "order", "id": "{order}"},
    "given": {"lines": [{"line": "{line}"}], "fault": "It leaks."},
}
REMIND_AT = (datetime.now(UTC) + timedelta(days=1)).isoformat()
PREVIEW = {"order": "{order}", "lines": [{"line": "{line}"}], "reason": "size_fit"}
MONEY = {
    "cmid": "{new}",
    "part": "compensation",
    "amount": {"amount": 1, "currency": "EUR"},
}
HEARD = {"text": "Heard.", "cmid": "{new}"}
OUTCOME = {"complaints": ["{new}"], "outcome": "warned"}
ANSWER = {"cmid": "{new}", "action": "answer", "given": {"answer": "The kettle is heavy."}}
CARRIER = {"name": "Pigeons", "vocabulary": "cdek"}
SECRETS = {"secret": "a secret of thirty-two letters or more"}
SHOP = {
    "slug": "halo",
    "name": "Halo",
    "about": {"en": "Changed"},
    "zone": "Europe/Berlin",
    "languages": ["en"],
    "email": "halo@example.org",
}
PHONE = Phone(PushService("https://kingfisher.invalid")).subscription
RENEWAL = {"before": PHONE.endpoint, "now": msgspec.to_builtins(PHONE)}
POLICY_FORM = policy_form.sheet_of(shipped.profile("ozon_like"))
LADDER = msgspec.to_builtins(STANDARD)
LADDER_FORM = ladder_form.sheet_of(STANDARD)
CLOCKS = {
    "rules": {
        "calendars": {
            "week": {
                "zone": "Europe/Berlin",
                "hours": [{"weekday": 0, "opens": "10:00", "closes": "18:00"}],
            }
        },
        "policies": [{"calendar": "week", "goals": {"first": 30}}],
    }
}
MACRO = {"key": "hi", "name": "Hi", "texts": {"en": "Hello again"}}
MACRO_FORM = {"key": "hi", "name": "Hi", "text_en": "Hello", "version": "2"}
USE = {"cmid": "{new}", "conversation": "{talk}", "acts": False}
RULE = {
    "name": "Shards",
    "trigger": "opened",
    "acts": [{"do": "tag", "value": "new"}],
    "on": False,
}
RULE_FORM = {"name": "Shards", "trigger": "opened", "a0": "tag", "w0": "newer", "version": "2"}
MARKET_FORM = {**RULE_FORM, "version": "1"}
OF_MARKET = {"rule": "{market_rule}"}
POLICY = {"body": msgspec.to_builtins(shipped.profile("ozon_like")), "after": 0}

SPLIT = {"key": "{new}", "first": 1, "last": 1, "subject": {"kind": "shop", "id": "halo"}}
ENTRY = {"question": "Is it blue?", "answer": "It is.", "locale": "en"}
LINE = {
    "id": "{new}",
    "key": "aspect.power",
    "locale": "en",
    "attribute": {"name": "Power", "value": "60 W"},
}
LINE_FORM = {
    "do": "attribute",
    "id": "{new}",
    "key": "aspect.colour",
    "locale": "en",
    "name": "Colour",
    "value": "Red",
}
PUBLISHED = {"question": "Is it blue?", "answer": "It is."}

GUARDED: dict[str, list[tuple[dict[str, str], Door]]] = {
    "GET /api/v1/orders/{order}": [({}, Door(ANNA))],
    "GET /api/v1/conversations/{talk}": [({}, Door(ANNA))],
    "POST /api/v1/conversations/{talk}/merges": [
        ({}, Door(MEI, never=(ANNA, OLGA), body={"key": "{new}", "other": "{talk}"})),
    ],
    "POST /api/v1/conversations/{talk}/splits": [
        ({}, Door(MEI, never=(ANNA, OLGA), body=SPLIT)),
    ],
    "POST /api/v1/joins/{join}/undo": [({}, Door(MEI, never=(ANNA, OLGA)))],
    "POST /api/v1/desk/acts/{bulk}/undo": [({}, Door(MEI, never=(ANNA, OLGA)))],
    "GET /api/v1/streams/{stream}/events": [
        ({"stream": PUBLIC}, Door(ANNA)),
        ({"stream": NOTES}, Door(MEI, never=(ANNA, OLGA))),
    ],
    "GET /api/v1/streams/{stream}/events/{seq}/original": [
        ({"stream": PUBLIC, "seq": "2"}, Door(ANNA)),
    ],
    "POST /api/v1/streams/{stream}/events": [
        (
            {"stream": PUBLIC},
            Door(ANNA, body={"type": "message", "data": {"text": "Mine?"}, "cmid": "{new}"}),
        ),
        (
            {"stream": NOTES},
            Door(
                MEI,
                never=(ANNA, OLGA),
                body={"type": "note", "data": {"text": "Mine?"}, "cmid": "{new}"},
            ),
        ),
    ],
    "POST /api/v1/streams/{stream}/translations": [
        ({"stream": PUBLIC}, Door(ANNA, body={"seqs": [1]})),
        ({"stream": NOTES}, Door(MEI, never=(ANNA, OLGA), body={"seqs": [1]})),
    ],
    "POST /api/v1/conversations/{talk}/translation-previews": [
        ({}, Door(MEI, never=(ANNA, OLGA), body={"text": "Mine?"})),
    ],
    "POST /api/v1/conversations/{talk}/reply-drafts": [({}, Door(MEI, never=(ANNA, OLGA)))],
    "POST /api/v1/streams/{stream}/read": [({"stream": PUBLIC}, Door(ANNA, body={"seq": 1}))],
    "POST /api/v1/streams/{stream}/ack": [({"stream": PUBLIC}, Door(ANNA, body={"seq": 1}))],
    "POST /api/v1/conversations/{talk}/attachments": [({}, Door(ANNA, body="words"))],
    "GET /api/v1/conversations/{talk}/draft": [({}, Door(ANNA))],
    "GET /api/v1/conversations/{talk}/own-shop": [({}, Door(MEI, never=(ANNA, OLGA), both=True))],
    "PUT /api/v1/me/shop": [
        ({}, Door(MEI, never=(ANNA, OLGA, "the shop's key"), body={"shop": "{shop}"}, both=True))
    ],
    "POST /account/shop": [
        ({}, Door(MEI, never=(ANNA, OLGA), form={"shop": "{shop}"}, both=True, page=True))
    ],
    "PUT /api/v1/conversations/{talk}/draft": [({}, Door(ANNA, body={"text": "Mine?"}))],
    "DELETE /api/v1/conversations/{talk}/draft": [({}, Door(ANNA))],
    "POST /api/v1/conversations/{talk}/mentions/read": [({}, Door(MEI, never=(ANNA, OLGA)))],
    "PUT /api/v1/conversations/{talk}/reminder": [
        ({}, Door(MEI, never=(ANNA, OLGA), body={"at": REMIND_AT}))
    ],
    "DELETE /api/v1/conversations/{talk}/reminder": [({}, Door(MEI, never=(ANNA, OLGA)))],
    "GET /api/v1/conversations/{talk}/team-drafts": [({}, Door(MEI, never=(ANNA, OLGA)))],
    "POST /api/v1/conversations/{talk}/team-drafts/{person}/take": [
        ({"person": "{colleague}"}, Door(MEI, never=(ANNA, OLGA)))
    ],
    "GET /api/v1/conversations/{talk}/hand-over": [({}, Door(MEI, never=(ANNA, OLGA)))],
    "GET /api/v1/conversations/{talk}/history": [({}, Door(MEI, never=(ANNA, OLGA)))],
    "GET /api/v1/conversations/{talk}/reading": [({}, Door(ANNA))],
    "POST /api/v1/conversations/{talk}/reading": [({}, Door(ANNA, body={"text": "Mine?"}))],
    "POST /api/v1/reading": [
        ({}, Door(ANNA, body={"text": "Mine?", "subject": {"kind": "order", "id": "{order}"}}))
    ],
    "GET /files/{attachment}": [({}, Door(ANNA))],
    "GET /api/v1/cases/{case}": [({}, Door(ANNA))],
    "GET /api/v1/cases/{case}/dossier.json": [({}, Door(ANNA))],
    "GET /api/v1/cases/{case}/dossier.pdf": [({}, Door(ANNA))],
    "POST /api/v1/cases/{case}/steps": [({}, Door(MEI, body=ANSWER))],
    "GET /api/v1/cases/{case}/label.pdf": [({"case": "{back}"}, Door(ANNA))],
    "GET /api/v1/cases/{case}/verdict": [({"case": "{back}"}, Door(ANNA))],
    "POST /api/v1/cases": [({}, Door(ANNA, body=ASKED))],
    "POST /api/v1/cases/verdict": [({}, Door(ANNA, body=PREVIEW))],
    "POST /api/v1/cases/{case}/refunds": [
        ({"case": "{back}"}, Door(MEI, never=(ANNA, *AGENTS), body=MONEY))
    ],
    "POST /api/v1/refunds/{refund}/steps": [
        ({}, Door(MEI, never=(ANNA, *AGENTS), body={"cmid": "{new}", "action": "cancel"}))
    ],
    "GET /orders/{order}/ask/{kind}": [({}, Door(ANNA, page=True))],
    "POST /orders/{order}/ask/{kind}": [({}, Door(ANNA, form={"go": "next"}, page=True))],
    "POST /cases/{case}/do/{action}": [
        ({"action": "answer"}, Door(MEI, form={"f_answer": "Mine?", "go": "next"}, page=True))
    ],
    "GET /cases/{case}": [({}, Door(ANNA, page=True))],
    "GET /cases/{case}/do/{action}": [({"action": "cancel"}, Door(ANNA, page=True))],
    "GET /orders/{number}": [({}, Door(ANNA, page=True))],
    "GET /contact/{talk}": [({}, Door(ANNA, page=True))],
    "POST /contact/{talk}": [({}, Door(ANNA, form={"text": "Mine?", "cmid": "{new}"}, page=True))],
    "GET /me/messages/{talk}": [({}, Door(ANNA, never=(MEI, OLGA), page=True, hollow=True))],
    "GET /desk/{talk}": [({}, Door(MEI, never=(ANNA, OLGA), page=True, hollow=True))],
    "GET /desk/cases/{talk}": [({}, Door(MEI, never=(ANNA, OLGA), page=True, hollow=True))],
    "GET /console": [({}, Door(OLGA, never=(ANNA, MEI, *AGENTS), page=True))],
    "GET /console/letters": [({}, Door(OLGA, never=(ANNA, MEI, *AGENTS), page=True))],
    "POST /console/letters/{letter}/again": [
        ({}, Door(OLGA, never=(ANNA, MEI, *AGENTS), form={}, page=True))
    ],
    "POST /console/letters/release": [
        ({}, Door(OLGA, never=(ANNA, MEI, *AGENTS), form={"address": "a@example.org"}, page=True))
    ],
    "GET /demo/mail/{letter}/html": [({}, Door(ANNA, page=True))],
    "POST /demo/mail/{letter}/answer": [({}, Door(ANNA, form={"words": "Mine?"}, page=True))],
    "GET /console/mail": [({}, Door(OLGA, never=(ANNA, MEI, *AGENTS), page=True))],
    "GET /console/mail/{mail}": [({}, Door(OLGA, never=(ANNA, MEI, *AGENTS), page=True))],
    "GET /console/mail/{mail}/html": [({}, Door(OLGA, never=(ANNA, MEI, *AGENTS), page=True))],
    "GET /console/mail/{mail}/raw": [({}, Door(OLGA, never=(ANNA, MEI, *AGENTS), page=True))],
    "POST /console/mail/{mail}": [
        ({}, Door(OLGA, never=(ANNA, MEI, *AGENTS), form={"action": "drop"}, page=True))
    ],
    "GET /mail/{event}": [({}, Door(ANNA, page=True))],
    "GET /mail/{event}/html": [({}, Door(ANNA, page=True))],
    "GET /mail/{event}/files/{number}": [({"number": "0"}, Door(ANNA, page=True))],
    "POST /console/jobs/{job}/drop": [
        ({}, Door(OLGA, never=(ANNA, MEI, *AGENTS), form={"reason": "Gone"}, page=True))
    ],
    "GET /console/health": [({}, Door(OLGA, never=(ANNA, MEI, *AGENTS), page=True))],
    "GET /console/record": [({}, Door(OLGA, never=(ANNA, MEI, *AGENTS), page=True))],
    "GET /console/record.csv": [({}, Door(OLGA, never=(ANNA, MEI, *AGENTS), page=True))],
    "GET /console/people": [({}, Door(OLGA, never=(ANNA, MEI, *AGENTS), page=True))],
    "GET /console/people/{person}": [({}, Door(OLGA, never=(ANNA, MEI, *AGENTS), page=True))],
    "POST /console/people/{person}": [
        (
            {},
            Door(
                OLGA,
                never=(ANNA, MEI, *AGENTS),
                form={"do": "role", "role": "reader"},
                page=True,
            ),
        )
    ],
    "GET /console/blocks": [({}, Door(OLGA, never=(ANNA, MEI, *AGENTS), page=True))],
    "POST /console/blocks/{block}": [
        ({}, Door(OLGA, never=(ANNA, MEI, *AGENTS), form={"do": "lift"}, page=True))
    ],
    "POST /blocked/{block}": [({}, Door(ANNA, form={"words": "Why?"}, page=True))],
    "POST /console/jobs/{job}/retry": [({}, Door(OLGA, never=(ANNA, MEI, *AGENTS), page=True))],
    "GET /console/questions/{talk}": [({}, Door(OLGA, never=(ANNA, MEI, *AGENTS), page=True))],
    "POST /console/questions/{talk}": [
        ({}, Door(OLGA, never=(ANNA, MEI, *AGENTS), form=HEARD, page=True))
    ],
    "GET /console/cases": [({}, Door(OLGA, never=(ANNA, MEI, *AGENTS), page=True))],
    "GET /console/cases/{case}": [({}, Door(OLGA, never=(ANNA, MEI, *AGENTS), page=True))],
    "POST /console/cases/{case}": [
        ({}, Door(OLGA, never=(ANNA, MEI, *AGENTS), form={"show": "decide"}, page=True))
    ],
    "POST /console/cases/{case}/notes": [
        ({}, Door(OLGA, never=(ANNA, MEI, *AGENTS), form={}, page=True))
    ],
    "GET /console/score": [({}, Door(OLGA, never=(ANNA, MEI, *AGENTS), page=True))],
    "POST /console/score/rule": [
        ({}, Door(OLGA, never=(ANNA, MEI, *AGENTS), form={"profile": "ozon_like"}, page=True))
    ],
    "POST /console/score/appeals/{appeal}": [
        (
            {"appeal": "{new}"},
            Door(OLGA, never=(ANNA, MEI, *AGENTS), form=APPEAL_ANSWER, page=True),
        )
    ],
    "GET /api/v1/score/shops": [({}, Door(OLGA, never=(ANNA, MEI, *AGENTS)))],
    "GET /api/v1/score/appeals": [({}, Door(OLGA, never=(ANNA, MEI, *AGENTS)))],
    "PUT /api/v1/score/appeals/{appeal}": [
        ({"appeal": "{new}"}, Door(OLGA, never=(ANNA, MEI, *AGENTS), body=APPEAL_ANSWER))
    ],
    "PUT /api/v1/score/rule": [
        ({}, Door(OLGA, never=(ANNA, MEI, *AGENTS), body={"profile": "ozon_like"}))
    ],
    "GET /api/v1/shops/{shop}/score": [({}, Door(MEI, never=(ANNA, *AGENTS)))],
    "GET /api/v1/shops/{shop}/score/rounds": [({}, Door(MEI, never=(ANNA, *AGENTS)))],
    "GET /api/v1/shops/{shop}/score/rounds.csv": [({}, Door(MEI, never=(ANNA, *AGENTS)))],
    "POST /api/v1/shops/{shop}/score/appeals": [
        ({}, Door(MEI, never=(ANNA, OLGA, *AGENTS), body=APPEAL))
    ],
    "GET /console/reports": [({}, Door(OLGA, never=(ANNA, MEI, *AGENTS), page=True))],
    "GET /console/reports/{metric}": [({}, Door(OLGA, never=(ANNA, MEI, *AGENTS), page=True))],
    "GET /console/insight": [({}, Door(OLGA, never=(ANNA, MEI, *AGENTS), page=True))],
    "GET /console/insight/{shop}": [({}, Door(OLGA, never=(ANNA, MEI, *AGENTS), page=True))],
    "GET /console/insight/{shop}/{product}": [
        ({}, Door(OLGA, never=(ANNA, MEI, *AGENTS), page=True))
    ],
    "GET /api/v1/insight/products/{product}": [({}, Door(MEI, never=(ANNA, *AGENTS)))],
    "POST /api/v1/insight/products/{product}/mends": [
        ({}, Door(MEI, never=(ANNA, OLGA, *AGENTS), body=LINE))
    ],
    "DELETE /api/v1/insight/mends/{mend}": [({}, Door(MEI, never=(ANNA, OLGA, *AGENTS)))],
    "GET /shop/insight/{product}": [
        ({}, Door(MEI, never=(ANNA, OLGA, *AGENTS), page=True, hollow=True))
    ],
    "POST /shop/insight/{product}": [
        (
            {},
            Door(
                MEI,
                never=(ANNA, OLGA, *AGENTS),
                form=LINE_FORM,
                page=True,
            ),
        )
    ],
    "GET /console/refunds": [({}, Door(OLGA, never=(ANNA, MEI, *AGENTS), page=True))],
    "POST /console/refunds/{refund}": [
        ({}, Door(OLGA, never=(ANNA, MEI, *AGENTS), form={"action": "cancel"}, page=True))
    ],
    "POST /console/cases/{case}/words": [
        ({}, Door(OLGA, never=(ANNA, MEI, *AGENTS), form={"text": "Heard."}, page=True))
    ],
    "POST /console/cases/{case}/refunds": [
        ({"case": "{back}"}, Door(OLGA, never=(ANNA, MEI, *AGENTS), form={}, page=True))
    ],
    "GET /console/policies": [({}, Door(OLGA, never=(ANNA, MEI, *AGENTS), page=True))],
    "POST /console/policies": [
        ({}, Door(OLGA, never=(ANNA, MEI, *AGENTS), form={"profile": "ozon_like"}, page=True))
    ],
    "GET /console/policies/{profile}/{version}": [
        ({}, Door(OLGA, never=(ANNA, MEI, *AGENTS), page=True))
    ],
    "POST /console/policies/{profile}/{version}": [
        ({}, Door(OLGA, never=(ANNA, MEI, *AGENTS), form=POLICY_FORM, page=True))
    ],
    "POST /api/v1/cases/rehearsal": [
        ({}, Door(OLGA, never=(ANNA, MEI, *AGENTS), body={"body": POLICY["body"]}))
    ],
    "POST /api/v1/policies": [({}, Door(OLGA, never=(ANNA, MEI, *AGENTS), body=POLICY))],
    "PUT /api/v1/policies/in-force": [
        ({}, Door(OLGA, never=(ANNA, MEI, *AGENTS), body={"profile": "ozon_like"}))
    ],
    "GET /api/v1/conversations/{talk}/ways": [({}, Door(ANNA))],
    "GET /api/v1/conversations/{talk}/returned-letters": [({}, Door(ANNA))],
    "POST /api/v1/conversations/{talk}/ways": [({}, Door(ANNA, body={"step": "mail"}))],
    "GET /api/v1/conversations/{talk}/reports": [({}, Door(ANNA))],
    "POST /api/v1/conversations/{talk}/reports": [
        ({}, Door(MEI, never=(ANNA, OLGA), body={"seq": 2, "reason": "rude"}))
    ],
    "GET /api/v1/covers": [({}, Door(OLGA, never=(ANNA, MEI, *AGENTS)))],
    "GET /api/v1/complaints": [({}, Door(OLGA, never=(ANNA, MEI, *AGENTS)))],
    "POST /api/v1/complaints/outcomes": [
        ({}, Door(OLGA, never=(ANNA, MEI, *AGENTS), body=OUTCOME))
    ],
    "GET /api/v1/conversations/{talk}/satisfaction": [({}, Door(ANNA))],
    "PUT /api/v1/conversations/{talk}/satisfaction": [
        ({}, Door(ANNA, never=(MEI, OLGA, *AGENTS), body={"helped": True}))
    ],
    "POST /api/v1/conversations/{talk}/satisfaction/decline": [
        ({}, Door(ANNA, never=(MEI, OLGA, *AGENTS)))
    ],
    "GET /rate/talk/{talk}": [({}, Door(ANNA, page=True))],
    "POST /rate/talk/{talk}": [
        ({}, Door(ANNA, never=(MEI, OLGA, *AGENTS), form={"helped": "yes"}, page=True))
    ],
    "GET /console/privacy": [({}, Door(OLGA, never=(ANNA, MEI, *AGENTS), page=True))],
    "POST /console/privacy": [
        ({}, Door(OLGA, never=(ANNA, MEI, *AGENTS), form={"drafts": "30"}, page=True))
    ],
    "GET /account/data/copies/{copy}": [
        ({"copy": "{new}"}, Door(ANNA, never=(MEI, OLGA, *AGENTS), page=True))
    ],
    "GET /console/hidden": [({}, Door(OLGA, never=(ANNA, MEI, *AGENTS), page=True))],
    "GET /console/conduct": [({}, Door(OLGA, never=(ANNA, MEI, *AGENTS), page=True))],
    "POST /console/conduct": [
        (
            {},
            Door(
                OLGA,
                never=(ANNA, MEI, *AGENTS),
                form={"complaint": "{new}", "outcome": "warned"},
                page=True,
            ),
        )
    ],
    "GET /console/ladder": [({}, Door(OLGA, never=(ANNA, MEI, *AGENTS), page=True))],
    "POST /console/ladder": [
        ({}, Door(OLGA, never=(ANNA, MEI, *AGENTS), form=LADDER_FORM, page=True))
    ],
    "POST /console/ladder/{shop}/lift": [
        ({}, Door(OLGA, never=(ANNA, MEI, *AGENTS), form={}, page=True))
    ],
    "PUT /api/v1/conversations/{talk}/assignment": [
        ({}, Door(MEI, never=(ANNA, OLGA), body={"to": "{mei}"})),
    ],
    "DELETE /api/v1/conversations/{talk}/assignment": [({}, Door(MEI, never=(ANNA, OLGA)))],
    "PUT /api/v1/conversations/{talk}/kind": [
        ({}, Door(MEI, never=(ANNA, OLGA), body={"kind": "other"})),
    ],
    "PUT /api/v1/conversations/{talk}/snooze": [
        ({}, Door(MEI, never=(ANNA, OLGA), body={"waits_for": "buyer"})),
    ],
    "DELETE /api/v1/conversations/{talk}/snooze": [({}, Door(MEI, never=(ANNA, OLGA)))],
    "PUT /api/v1/conversations/{talk}/tags/{tag}": [({}, Door(MEI, never=(ANNA, OLGA)))],
    "DELETE /api/v1/conversations/{talk}/tags/{tag}": [({}, Door(MEI, never=(ANNA, OLGA)))],
    "POST /shop/desk/seats/{person}": [
        (
            {"person": "{mei}"},
            Door(MEI, never=(ANNA, OLGA, *AGENTS), form={"capacity": "5"}, page=True),
        ),
    ],
    "PUT /api/v1/desk/team/{person}": [
        ({"person": "{mei}"}, Door(MEI, never=(ANNA, OLGA, *AGENTS), body={"capacity": 5})),
    ],
    "GET /api/v1/ladder": [({}, Door(OLGA, never=(ANNA, MEI, *AGENTS)))],
    "PUT /api/v1/ladder": [({}, Door(OLGA, never=(ANNA, MEI, *AGENTS), body=LADDER))],
    "GET /api/v1/shops/{shop}/ladder": [({}, Door(MEI, never=(ANNA, *AGENTS)))],
    "PUT /api/v1/shops/{shop}/ladder": [({}, Door(MEI, never=(ANNA, *AGENTS), body=LADDER))],
    "DELETE /api/v1/shops/{shop}/ladder": [({}, Door(MEI, never=(ANNA, *AGENTS)))],
    "GET /console/clocks": [({}, Door(OLGA, never=(ANNA, MEI, *AGENTS), page=True))],
    "POST /console/clocks": [({}, Door(OLGA, never=(ANNA, MEI, *AGENTS), form={}, page=True))],
    "GET /api/v1/clocks/maxima": [({}, Door(OLGA, never=(ANNA, MEI, *AGENTS)))],
    "PUT /api/v1/clocks/maxima": [({}, Door(OLGA, never=(ANNA, MEI, *AGENTS), body={}))],
    "GET /api/v1/shops/{shop}/clocks": [({}, Door(MEI, never=(ANNA, *AGENTS)))],
    "PUT /api/v1/shops/{shop}/clocks": [({}, Door(MEI, never=(ANNA, *AGENTS), body=CLOCKS))],
    "DELETE /api/v1/shops/{shop}/clocks": [({}, Door(MEI, never=(ANNA, *AGENTS)))],
    "GET /api/v1/conversations/{talk}/clocks": [({}, Door(MEI, never=(ANNA, OLGA)))],
    "GET /api/v1/answers/doubted": [({}, Door(OLGA, never=(ANNA, MEI, *AGENTS)))],
    "PUT /api/v1/answers/{answer}/hidden": [
        (
            {"answer": "{hidden}"},
            Door(OLGA, never=(ANNA, MEI, *AGENTS), body={"reason": "A kingfisher-reason"}),
        )
    ],
    "GET /console/answers": [({}, Door(OLGA, never=(ANNA, MEI, *AGENTS), page=True))],
    "GET /api/v1/shops/{shop}/answers": [({}, Door(MEI, never=(ANNA, OLGA)))],
    "GET /api/v1/shops/{shop}/suggestions": [({}, Door(MEI, never=(ANNA,)))],
    "POST /api/v1/shops/{shop}/suggestions/confirmations": [
        ({}, Door(MEI, never=(ANNA, OLGA), body={"id": "attribute.x"}))
    ],
    "GET /api/v1/shops/{shop}/gaps": [({}, Door(MEI, never=(ANNA,)))],
    "GET /api/v1/conversations/{talk}/suggestions": [({}, Door(MEI, never=(ANNA, OLGA)))],
    "GET /shop/answers/{answer}": [
        ({"answer": "{hidden}"}, Door(MEI, never=(ANNA, OLGA), page=True, hollow=True))
    ],
    "POST /shop/answers/{answer}": [
        ({"answer": "{hidden}"}, Door(MEI, never=(ANNA, OLGA), form=ENTRY, page=True))
    ],
    "PUT /api/v1/shops/{shop}/answers/{answer}": [
        ({"answer": "{hidden}"}, Door(MEI, never=(ANNA, OLGA), body=ENTRY))
    ],
    "GET /api/v1/shops/{shop}/questions": [({}, Door(MEI, never=(ANNA, OLGA)))],
    "GET /api/v1/conversations/{talk}/messages/{seq}/answer": [
        ({"talk": "{told}", "seq": "{told_seq}"}, Door(MEI, never=(ANNA, OLGA)))
    ],
    "GET /shop/answers/publish/{talk}/{seq}": [
        (
            {"talk": "{told}", "seq": "{told_seq}"},
            Door(MEI, never=(ANNA, OLGA), page=True, hollow=True),
        )
    ],
    "POST /api/v1/conversations/{talk}/messages/{seq}/answer": [
        (
            {"talk": "{told}", "seq": "{told_seq}"},
            Door(MEI, never=(ANNA, OLGA), body=PUBLISHED),
        )
    ],
    "POST /shop/answers/publish/{talk}/{seq}": [
        (
            {"talk": "{told}", "seq": "{told_seq}"},
            Door(MEI, never=(ANNA, OLGA), form=PUBLISHED, page=True),
        )
    ],
    "POST /api/v1/questions/{question}/answer": [
        ({}, Door(MEI, never=(ANNA, OLGA), body={"cmid": "{new}", "answer": "It is."}))
    ],
    "POST /api/v1/questions/{question}/proof": [
        ({}, Door(MEI, never=(ANNA, OLGA), body={"answer": "It is."}))
    ],
    "GET /api/v1/conversations/{talk}/questions": [({}, Door(MEI, never=(ANNA, OLGA)))],
    "DELETE /api/v1/questions/{question}": [({}, Door(MEI, never=(ANNA, OLGA)))],
    "POST /shop/questions/{question}": [
        (
            {},
            Door(MEI, never=(ANNA, OLGA), form={"cmid": "{new}", "text": "It is."}, page=True),
        )
    ],
    "GET /api/v1/desk/macros/{macro}": [({}, Door(MEI, never=(ANNA, OLGA)))],
    "GET /api/v1/desk/macros/{macro}/versions": [({}, Door(MEI, never=(ANNA, OLGA)))],
    "GET /shop/macros/{macro}": [({}, Door(MEI, never=(ANNA, OLGA), page=True, hollow=True))],
    "POST /api/v1/desk/macros/attempt": [
        ({}, Door(MEI, never=(ANNA, OLGA), body={"body": MACRO, "conversation": "{talk}"}))
    ],
    "POST /api/v1/desk/macros/{macro}/run": [({}, Door(MEI, never=(ANNA, OLGA), body=USE))],
    "PUT /api/v1/desk/macros/{macro}": [
        ({}, Door(MEI, never=(ANNA, OLGA, *AGENTS), body={"body": MACRO, "version": 1}))
    ],
    "POST /shop/macros/{macro}": [
        ({}, Door(MEI, never=(ANNA, OLGA, *AGENTS), form=MACRO_FORM, page=True))
    ],
    "DELETE /api/v1/desk/macros/{macro}": [({}, Door(MEI, never=(ANNA, OLGA, *AGENTS)))],
    "GET /api/v1/desk/rules/{rule}": [({}, Door(MEI, never=(ANNA, OLGA, *AGENTS)))],
    "GET /api/v1/desk/rules/{rule}/runs": [({}, Door(MEI, never=(ANNA, OLGA, *AGENTS)))],
    "POST /api/v1/desk/rules/trial": [
        ({}, Door(MEI, never=(ANNA, *AGENTS), body={"body": RULE, "conversation": "{talk}"}))
    ],
    "PUT /api/v1/desk/rules/{rule}": [
        ({}, Door(MEI, never=(ANNA, OLGA, *AGENTS), body={"body": RULE, "version": 1}))
    ],
    "GET /shop/rules/{rule}": [
        ({}, Door(MEI, never=(ANNA, OLGA, *AGENTS), page=True, hollow=True))
    ],
    "POST /shop/rules/{rule}": [
        ({}, Door(MEI, never=(ANNA, OLGA, *AGENTS), form=RULE_FORM, page=True))
    ],
    "DELETE /api/v1/desk/rules/{rule}": [({}, Door(MEI, never=(ANNA, OLGA, *AGENTS)))],
    "GET /console/rules": [({}, Door(OLGA, never=(ANNA, MEI, *AGENTS), page=True))],
    "GET /console/rules/{rule}": [(OF_MARKET, Door(OLGA, never=(ANNA, MEI, *AGENTS), page=True))],
    "POST /console/rules/{rule}": [
        (
            OF_MARKET,
            Door(OLGA, never=(ANNA, MEI, *AGENTS), form=MARKET_FORM, page=True),
        )
    ],
    "POST /console/rule-recipes/{rule_recipe}": [
        ({}, Door(OLGA, never=(ANNA, MEI, *AGENTS), form={}, page=True))
    ],
    "DELETE /api/v1/answers/{answer}/hidden": [
        ({"answer": "{hidden}"}, Door(OLGA, never=(ANNA, MEI, *AGENTS)))
    ],
    "POST /console/answers/{answer}": [
        (
            {"answer": "{hidden}"},
            Door(OLGA, never=(ANNA, MEI, *AGENTS), form={"do": "clear"}, page=True),
        )
    ],
    "DELETE /api/v1/shops/{shop}/answers/{answer}": [
        ({"answer": "{hidden}"}, Door(MEI, never=(ANNA, OLGA)))
    ],
    "GET /api/v1/shops/{shop}/terms": [({}, Door(MEI, never=(ANNA, *AGENTS)))],
    "PUT /api/v1/shops/{shop}/terms": [({}, Door(MEI, never=(ANNA, *AGENTS), body={}))],
    "GET /api/v1/listings/{listing}": [({}, Door(MEI, never=(ANNA, *AGENTS)))],
    "GET /api/v1/listings/{listing}/report": [({}, Door(MEI, never=(ANNA, *AGENTS)))],
    "POST /api/v1/listings/{listing}/check": [({}, Door(MEI, never=(ANNA, *AGENTS), body={}))],
    "POST /api/v1/listings/{listing}/apply": [
        ({"listing": "{listing_checked}"}, Door(MEI, never=(ANNA, *AGENTS), body={}))
    ],
    "GET /shop/listings/{listing}": [
        ({}, Door(MEI, never=(ANNA, *AGENTS), page=True, hollow=True))
    ],
    "GET /shop/listings/{listing}/report": [
        ({"listing": "{listing_checked}"}, Door(MEI, never=(ANNA, *AGENTS), page=True))
    ],
    "POST /shop/listings/{listing}": [({}, Door(MEI, never=(ANNA, *AGENTS), form={}, page=True))],
    "GET /api/v1/shops/{shop}/staff": [({}, Door(MEI, never=(ANNA,)))],
    "GET /api/v1/shops/{shop}/keys": [({}, Door(MEI, never=(ANNA, *AGENTS)))],
    "POST /api/v1/shops/{shop}/keys": [
        ({}, Door(MEI, never=(ANNA, *AGENTS), body={"name": "Mine?", "rank": "agent"}))
    ],
    "DELETE /api/v1/shops/{shop}/keys/{key}": [({}, Door(MEI, never=(ANNA, *AGENTS)))],
    "DELETE /api/v1/me/sessions/{session}": [({}, Door(ANNA, never=(MEI,), shrugs=True))],
    "POST /account/sessions/{session}/end": [({}, Door(ANNA, never=(MEI,), shrugs=True))],
    "POST /shop/keys/{key}/revoke": [
        (
            {"key": "{other_key}"},
            Door(MEI, never=(ANNA, *AGENTS), page=True, shrugs=True),
        )
    ],
    "POST /shop/team/{person}/rank": [
        (
            {"person": "{colleague}"},
            Door(MEI, never=(ANNA,), form={"rank": "agent"}, page=True),
        )
    ],
    "POST /shop/team/{person}/end": [
        ({"person": "{colleague}"}, Door(MEI, never=(ANNA,), page=True, shrugs=True))
    ],
    "POST /api/v1/shops/{shop}/staff": [({}, Door(MEI, never=(ANNA, *AGENTS), body=COLLEAGUE))],
    "PUT /api/v1/shops/{shop}": [({}, Door(MEI, never=(ANNA, *AGENTS), body=SHOP))],
    "GET /api/v1/tracking/unknown": [({}, Door(OLGA, never=(ANNA, MEI, *AGENTS)))],
    "PUT /api/v1/carriers/{carrier}": [({}, Door(OLGA, never=(ANNA, MEI, *AGENTS), body=CARRIER))],
    "PUT /api/v1/carriers/{carrier}/secret": [
        ({}, Door(OLGA, never=(ANNA, MEI, *AGENTS), body=SECRETS))
    ],
    "PUT /api/v1/shops/{shop}/staff/{person}": [
        ({}, Door(MEI, never=(ANNA, *AGENTS), body={"rank": "agent"}))
    ],
    "DELETE /api/v1/shops/{shop}/staff/{person}": [({}, Door(MEI, never=(ANNA, "the shop's key")))],
    "POST /api/v1/push/renewals": [({}, Door(ANNA, never=(MEI, OLGA, *AGENTS), body=RENEWAL))],
    "POST /api/v1/push/devices/{phone}/test": [({}, Door(ANNA, never=(MEI, OLGA, *AGENTS)))],
    "POST /account/notices/{phone}/test": [
        ({}, Door(ANNA, never=(MEI, OLGA, *AGENTS), form={}, page=True))
    ],
    "POST /account/notices/{phone}/forget": [
        ({}, Door(ANNA, never=(MEI, OLGA, *AGENTS), form={}, page=True, shrugs=True))
    ],
    "DELETE /api/v1/push/devices/{phone}": [
        ({}, Door(ANNA, never=(MEI, OLGA, *AGENTS), shrugs=True))
    ],
}
"""What has an owner."""

NOT_DONE = {
    "POST /api/v1/conversations/{talk}/team-drafts/{person}/take": 404,
    "POST /api/v1/conversations/{talk}/merges": 422,
    "POST /api/v1/conversations/{talk}/splits": 422,
    "POST /api/v1/joins/{join}/undo": 404,
    "POST /api/v1/desk/acts/{bulk}/undo": 404,
    "PUT /api/v1/conversations/{talk}/satisfaction": 404,
    "POST /api/v1/conversations/{talk}/satisfaction/decline": 404,
    "GET /rate/talk/{talk}": 404,
    "POST /rate/talk/{talk}": 404,
    "GET /account/data/copies/{copy}": 404,
    "POST /console/letters/{letter}/again": 404,
    "POST /shop/questions/{question}": 409,
    "POST /api/v1/questions/{question}/proof": 409,
    "GET /demo/mail/{letter}/html": 404,
    "POST /demo/mail/{letter}/answer": 404,
    "POST /api/v1/conversations/{talk}/ways": 409,
    "GET /console/mail/{mail}": 404,
    "GET /console/mail/{mail}/html": 404,
    "GET /console/mail/{mail}/raw": 404,
    "POST /console/mail/{mail}": 404,
    "GET /mail/{event}": 404,
    "GET /mail/{event}/html": 404,
    "GET /mail/{event}/files/{number}": 404,
    "POST /console/jobs/{job}/drop": 404,
    "POST /console/people/{person}": 409,
    "POST /console/blocks/{block}": 404,
    "POST /blocked/{block}": 404,
    "POST /console/jobs/{job}/retry": 404,
    "POST /api/v1/refunds/{refund}/steps": 409,
    "POST /api/v1/complaints/outcomes": 404,
    "POST /api/v1/shops/{shop}/score/appeals": 404,
    "PUT /api/v1/score/appeals/{appeal}": 404,
    "POST /console/score/appeals/{appeal}": 404,
    "POST /console/conduct": 404,
    "POST /orders/{order}/ask/{kind}": 422,
    "POST /console/cases/{case}": 409,
    "POST /console/refunds/{refund}": 409,
    "POST /console/cases/{case}/refunds": 422,
    "POST /api/v1/push/devices/{phone}/test": 503,
    "POST /api/v1/conversations/{talk}/translation-previews": 409,
    "POST /api/v1/conversations/{talk}/reply-drafts": 409,
    "POST /account/notices/{phone}/test": 429,
}
"""What even its owner does not get done, and how that is said: no such job, letter or appeal,
 nobody was asked whether it helped, no copy was written, the money is approved, the form is empty,
 the question was answered just now, no push service answers and was asked just now, nobody
 translates, the colleague drafts nothing. Letters are guarded in tests/rooms/test_mail_pages.py
 and test_pages_mail.py."""

ONES_OWN = {
    "DELETE /api/v1/desk/keys",
    "GET /api/v1/desk/calls",
    "GET /api/v1/desk/keys",
    "PUT /api/v1/desk/keys",
    "GET /api/v1/desk/counts",
    "GET /api/v1/desk/views",
    "PUT /api/v1/desk/views/{view}",
    "DELETE /api/v1/desk/views/{view}",
    "POST /api/v1/desk/acts",
    "GET /account/data",
    "POST /account/data/copies",
    "POST /account/data/erasure",
    "POST /api/v1/suggestions/reports",
    "POST /api/v1/products/{product}/questions",
    "PUT /api/v1/answers/{answer}/report",
    "PUT /api/v1/answers/{answer}/vote",
    "POST /products/{product}/answers/{answer}/report",
    "POST /products/{product}/answers/{answer}/vote",
    "POST /products/{product}/questions",
    "GET /shop/answers",
    "GET /shop/answers/new",
    "GET /api/v1/desk/rules",
    "POST /api/v1/desk/rules/rehearsal",
    "POST /api/v1/desk/rules/recipes/{rule_recipe}",
    "GET /shop/rules",
    "POST /shop/rule-recipes/{rule_recipe}",
    "GET /api/v1/desk/macros",
    "GET /api/v1/desk/macros/table",
    "POST /api/v1/desk/macros/table",
    "POST /api/v1/desk/macros/recipes/{recipe}",
    "GET /shop/macros",
    "POST /shop/macro-table",
    "POST /shop/recipes/{recipe}",
    "GET /api/v1/push/devices",
    "GET /api/v1/push/wish",
    "PUT /api/v1/push/wish",
    "POST /api/v1/push/departures",
    "POST /api/v1/push/devices",
    "POST /account/mail",
    "POST /account/news",
    "POST /account/notices",
    "GET /account",
    "GET /blocked",
    "GET /api/v1/me/sessions",
    "GET /api/v1/me/shops",
    "GET /api/v1/search",
    "GET /api/v1/reports",
    "GET /api/v1/reports/{metric}",
    "GET /api/v1/reports/{metric}/behind",
    "GET /api/v1/reports/{metric}/behind.csv",
    "GET /api/v1/reports/{metric}/table.csv",
    "GET /api/v1/reports/{metric}/table.xlsx",
    "GET /api/v1/insight",
    "GET /api/v1/insight/lanes.csv",
    "GET /api/v1/insight/listings.csv",
    "GET /api/v1/insight/listings.xlsx",
    "GET /shop/insight",
    "GET /shop/reports",
    "GET /shop/score",
    "POST /shop/score/appeals",
    "GET /shop/reports/{metric}",
    "GET /search",
    "GET /api/v1/listings",
    "GET /api/v1/listings/export",
    "GET /shop/keys",
    "GET /api/v1/desk/rule",
    "GET /api/v1/desk/seat",
    "GET /api/v1/desk/tags",
    "GET /api/v1/desk/team",
    "PUT /api/v1/desk/rule",
    "PUT /api/v1/desk/seat",
    "POST /api/v1/desk/tags",
    "GET /shop/desk",
    "POST /shop/desk",
    "POST /shop/desk/presence",
    "GET /shop/clocks",
    "GET /shop/ladder",
    "GET /shop/listings",
    "GET /shop/listings/export",
    "GET /shop/listings/template",
    "GET /shop/settings",
    "GET /shop/team",
    "GET /shop/terms",
    "POST /account/language",
    "POST /account/letter",
    "POST /account/password",
    "POST /account/sign-out-everywhere",
    "POST /shop/keys",
    "POST /shop/clocks",
    "POST /api/v1/listings",
    "POST /shop/ladder",
    "POST /shop/listings",
    "POST /shop/settings",
    "POST /shop/team",
    "POST /shop/terms",
    "PUT /api/v1/me/language",
    "GET /api/v1/me",
    "GET /api/v1/orders",
    "GET /api/v1/cases",
    "GET /api/v1/conversations",
    "GET /api/v1/events",
    "GET /me",
    "GET /me/cases",
    "GET /me/orders",
    "GET /me/messages",
    "GET /me/letters",
    "GET /demo/mail",
    "GET /desk",
    "GET /desk/cases",
    "GET /panel",
    "GET /contact",
    "POST /api/v1/conversations",
    "POST /contact",
    "POST /api/v1/sign-out-everywhere",
    "POST /api/v1/me/password",
    "POST /api/v1/me/verification-letters",
    "POST /api/v1/email-verifications",
    "POST /api/v1/socket-tickets",
}
"""What is about whoever asks, and nobody else."""

OPEN = {
    "GET /rate/{token}",
    "POST /rate/{token}",
    "GET /api/v1/score/rule",
    "GET /api/v1/products/{product}/answers",
    "POST /api/v1/suggestions",
    "GET /api/v1/products/{product}/questions",
    "GET /",
    "GET /api/v1/push/key",
    "GET /desk.webmanifest",
    "GET /icon-192.png",
    "GET /icon-512.png",
    "GET /me.webmanifest",
    "GET /offline",
    "GET /sw.js",
    "GET /api/v1/carriers",
    "GET /api/v1/cases/forms/{kind}",
    "GET /api/v1/openapi.json",
    "GET /api/v1/openapi.json/openapi.json",
    "GET /api/v1/openapi.json/{path}",
    "GET /api/v1/policies",
    "GET /api/v1/policies/verdict",
    "GET /api/v1/policies/{profile}/{version}",
    "GET /api/v1/policies/{profile}/{version}/differences",
    "GET /api/v1/products",
    "GET /api/v1/products/{product}",
    "GET /api/v1/shops",
    "GET /api/v1/shops/{shop}",
    "GET /api/v1/shops/{shop}/expectation",
    "GET /api/v1/shops/{shop}/reasons",
    "GET /favicon.ico",
    "GET /favicon.svg",
    "GET /healthz",
    "GET /metrics",
    "GET /pictures/{sha256}",
    "GET /products/{product}",
    "GET /products/{product}/ask/{kind}",
    "POST /products/{product}/ask/{kind}",
    "GET /readyz",
    "GET /shopbell.js",
    "GET /shops/{shop}",
    "GET /sign-in",
    "GET /sign-up",
    "GET /static/{file_path}",
    "GET /verify",
    "HEAD /static/{file_path}",
    "POST /api/v1/sign-in",
    "POST /api/v1/sign-out",
    "POST /api/v1/sign-up",
    "POST /sign-in",
    "POST /sign-out",
    "POST /sign-up",
    "POST /verify",
}
"""What everybody may use; none of it shows what is somebody's."""

SIGNED = {
    "GET /letters/stop",
    "POST /letters/go-on",
    "POST /letters/stop",
    "POST /api/v1/carriers/{carrier}/answers",
    "POST /api/v1/refunds/payments",
    "POST /api/v1/tracking/{carrier}",
}
"""What comes with a signature instead of a session: tests/stories/test_webhooks.py,
test_carriers_call.py, tests/rooms/test_payments.py and test_mail_pages.py."""

FRAMES: dict[str, dict[str, Any]] = {
    "hello": {"token": "nonsense"},
    "sub": {"sid": "1", "stream": "{stream}", "after": 0},
    "unsub": {"sid": "1"},
    "send": {"stream": "{stream}", "cmid": "{new}", "type": "message", "data": {"text": "Mine?"}},
    "ack": {"stream": "{stream}", "seq": 1},
    "read": {"stream": "{stream}", "seq": 1},
    "typing": {"stream": "{stream}", "on": True},
    "watch": {},
    "pong": {},
}


@dataclass
class World:
    """A running house with Anna's and Halo's things in it, and everybody's way of coming in."""

    server: RunningServer
    house: House
    anna: Somebody
    mei: Somebody
    talk: ConversationId
    ids: dict[str, str]
    line: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=30))
    doors: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])
    people: dict[str, Somebody] = field(default_factory=dict[str, Somebody])

    def asks(self, who: str, method: str, path: str, door: Door) -> httpx.Response:
        """Knock."""
        headers = {"Origin": self.server.url, **self.doors[who]}
        given: dict[str, Any] = {}
        if door.form is not None:
            given["data"] = filled(door.form, {**self.ids, "new": new_id()})
        elif isinstance(door.body, str):
            given["content"] = door.body
        elif door.body is not None:
            given["json"] = filled(door.body, {**self.ids, "new": new_id()})
        self.line.cookies.clear()
        return self.line.request(method, self.server.url + path, headers=headers, **given)

    def line_of_sessions(self) -> list[Any]:
        """Return Anna's own sign-ins, as she sees them."""
        found: list[Any] = self.asks(ANNA, "GET", "/api/v1/me/sessions", Door("")).json()
        return found

    def state(self) -> object:
        """Return everything a stranger could have changed."""
        db, mei = self.house.db, self.mei
        assert mei.actor.shop is not None
        guest = push.Guest(self.anna.actor, None)
        return (
            [e.id for e in self.anna.events(self.talk)],
            [e.id for e in mei.events(self.talk, "n")],
            self.anna.sees(self.talk).reads,
            self.anna.sees(self.talk).delivered,
            db.read_now(conversations.draft, self.anna.actor, self.talk),
            len(self.line_of_sessions()),
            [_as_named(one) for one in db.read_now(push.devices, guest)],
            db.read_now(push.wish, self.anna.actor),
            [_as_said(sees(mei, CaseId(self.ids[case]))) for case in ("case", "back")],
            db.read_now(commerce.shop, mei.actor.shop),
            db.read_now(roster.every),
            db.read_now(knowledge.terms, mei.actor, mei.actor.shop),
            db.read_now(knowledge.policies),
            db.read_now(writing.of_shop, mei.actor, mei.actor.shop),
            db.read_now(asking.waiting, mei.actor, mei.actor.shop),
            db.read_now(macros.shelf, mei.actor),
            [db.read_now(accounts.person, one.actor.id) for one in (self.anna, mei)],
            sorted(c.id for c in db.read_now(cases.cases, self.anna.actor, "all").items),
            [key.id for key in db.read_now(keys.of_shop, mei.actor, mei.actor.shop)],
            db.read_now(staff.of_shop, mei.actor, mei.actor.shop),
            mei.sees(self.talk).tended,
            db.read_now(tagging.tags, mei.actor),
            db.read_now(seating.team, mei.actor),
            db.read_now(desk.rule, mei.actor),
        )


@pytest.fixture
def world(database: str, tmp_path: Path) -> Iterator[World]:
    app = build(Settings(data=tmp_path / "data", database=database))
    house = House(app, WoundClock(datetime.now(UTC)))
    with RunningServer(tmp_path / "data", database) as server:
        world = furnish(server, house)
        yield world
        world.line.close()
    app.close()


def furnish(server: RunningServer, house: House) -> World:
    halo = house.shop("halo", staff=[f"kingfisher-{name}" for name in STAFF])
    nord = house.shop("nord", staff=["nina", "nikita", "noor"])
    of_both = NewStaff(house.address("noor"), "Noor", Rank.OWNER)
    house.db.write_now(staff.add, SYSTEM, halo.shop.id, of_both, NO_PASSWORD)
    mei, oleg, vera, lena = (halo.staff[f"kingfisher-{name}"] for name in STAFF)
    anna, boris, olga = house.buyer("kingfisher-anna"), house.buyer("boris"), house.operator()
    lamp = halo.sells("lamp")
    order = halo.ships_to(anna, lamp)
    talk = anna.asks(halo, lamp, "The kingfisher-message")
    mei.notes(talk, "A kingfisher-note")
    back, refund = _going_back(house, anna, mei, halo.ships_to(anna, lamp, **_arrived(house)))
    blob = house.app.blobs.keep(b"The kingfisher-content of a file")
    write = house.db.write_now
    file = write(conversations.attach, anna.actor, talk, blob, "kingfisher-file.txt")
    anna.adds(Stream(talk), "message", text="Look", attachments=[file.id])
    write(conversations.keep_draft, anna.actor, talk, KeepDraft("A kingfisher-draft"))

    told = anna.asks(halo, None, "A kingfisher-question to the shop")
    told_seq = mei.answers(told, "A kingfisher-answer").seq
    for read in (told, back.conversation):
        anna.reads(read)
    hidden, shown = (
        write(writing.put, mei.actor, halo.shop.id, new_id(), PutAnswer(question, "Yes", "en", of))
        for question, of in (("A hidden kingfisher-question", lamp.id), ("Is it open?", None))
    )
    write(moderating.hide, olga.actor, hidden.id, HideAnswer("A kingfisher-reason"))
    kept = MacroBody("kingfisher", "A kingfisher-macro", {"en": "Hello"})
    macro = write(macros.put, mei.actor, new_id(), PutMacro(kept))
    never = PutRule(msgspec.convert({**RULE, "name": "A kingfisher-rule"}, RuleBody))
    rule, market_rule = (write(rules.put, one.actor, new_id(), never) for one in (mei, olga))
    in_public = AskInPublic(new_id(), "A kingfisher-question in public, not answered yet")
    asked = write(asking.ask, anna.actor, lamp.id, in_public, "en")

    listings = [_listing(house, mei, name) for name in ("one", "two")]

    def key(by: Somebody, name: str) -> tuple[str, dict[str, str]]:
        assert by.actor.shop is not None
        made = write(keys.make, by.actor, by.actor.shop, NewKey(name=name, rank=Rank.AGENT))
        return made.key.id, {"Authorization": f"Bearer {made.secret}"}

    def session(who: Somebody) -> dict[str, str]:
        person = house.db.read_now(accounts.person, who.actor.id)
        secret = write(accounts.let_in, person, Knock(address="127.0.0.1")).session
        return {"Cookie": f"shopbell_session={secret}"}

    spare, _door = key(mei, "kingfisher-key")
    revoked, revoked_door = key(mei, "kingfisher-revoked")
    assert mei.actor.shop is not None
    write(keys.revoke, mei.actor, mei.actor.shop, KeyId(revoked))
    gone = session(anna)
    write(accounts.sign_out_everywhere, anna.actor)
    world = World(server, house, anna, mei, talk, {})
    world.doors = {
        "nobody": {},
        "another buyer": session(boris),
        "another shop's owner": session(nord.nina),
        "another shop's agent": session(nord.nikita),
        "another shop's key": key(nord.nina, "Nord")[1],
        BOTH: session(nord.noor),
        "signed out": gone,
        "revoked key": revoked_door,
        "the shop's agent": session(oleg),
        "the shop's key": key(mei, "kingfisher-halo")[1],
        ANNA: session(anna),
        MEI: session(mei),
        OLGA: session(olga),
    }
    world.people = {
        "another buyer": boris,
        "the shop's agent": oleg,
        ANNA: anna,
        MEI: mei,
        OLGA: olga,
    }
    _, _, secret = session(anna)["Cookie"].partition("=")
    visit = house.db.read_now(accounts.who, secret)
    assert visit is not None
    phone = write(push.subscribe, push.Guest(anna.actor, visit.session_id), PHONE)
    world.ids = {
        "metric": "answer",
        "mend": house.db.write_now(_counted, halo.shop.id, lamp.id, talk),
        "phone": phone.id,
        "told": told,
        "told_seq": str(told_seq),
        "answer": shown.id,
        **{name: new_id() for name in ("view", "join", "bulk")},
        "hidden": hidden.id,
        "macro": macro.id,
        "rule": rule.id,
        "market_rule": market_rule.id,
        "rule_recipe": "abuse",
        "recipe": "ship",
        "question": asked.id if asked else "",
        "talk": talk,
        "case": opens(anna, "question", lamp, question="A kingfisher-question").id,
        "shop": halo.shop.id,
        "listing": listings[0],
        "listing_checked": listings[1],
        "person": vera.actor.id,
        "mei": mei.actor.id,
        "tag": write(tagging.make, mei.actor, MakeTag("kingfisher-tag")).id,
        "colleague": lena.actor.id,
        "key": spare,
        "other_key": key(mei, "kingfisher-other")[0],
        "order": order.id,
        "number": order.number,
        "product": lamp.id,
        "attachment": file.id,
        "sha256": blob.sha256,
        "job": new_id(),
        "block": new_id(),
        "mail": new_id(),
        "event": new_id(),
        "profile": "ozon_like",
        "version": "1",
        "session": str(visit.session_id),
        "carrier": "pigeons",
        "kind": "return",
        "line": order.lines[0].id,
        "back": back.id,
        "refund": refund.id,
        "path": "x",
        "file_path": "x",
    }
    return world


def _listing(house: House, mei: Somebody, name: str) -> str:
    """Bring a file of listings, and have it checked."""
    assert mei.actor.shop is not None
    file = house.app.settings.data / f"kingfisher-{name}.csv"
    file.write_text(f"offer_id,title,price,currency\nkf-{name},A kingfisher-{name},x,EUR\n")
    file.write_text(file.read_text() + f"ok-{name},A kingfisher-{name},1,EUR\n")
    brought = Brought(file.name, kept(house.app.blobs, file))
    taken = house.db.write_now(listing.take, mei.actor, mei.actor.shop, brought)
    Desk(house.db, house.app.blobs).check(taken.id, silent)
    return taken.id


def _counted(tx: Tx, shop: ShopId, product: ProductId, talk: ConversationId) -> str:
    """Have a shop counted, and a line added to one of its listings."""
    asked = [
        Cluster(
            key=f"aspect.{name}",
            named={"en": name},
            asks=[Ask(talk, 1, tx.now, None)],
            languages=["en"],
            answered="",
            since=None,
        )
        for name in ("weight", "power", "colour")
    ]
    listing = Listing(product=product, slug="lamp", title={"en": "Lamp"}, clusters=asked)
    none = Bought(0, 0)
    sheet = Sheet(
        since=tx.now,
        until=tx.now,
        made_at=tx.now + timedelta(days=1),
        listings=[listing],
        lanes=[],
        in_time=none,
        too_late=none,
    )
    insight.keep(tx, shop, sheet)
    mend = Mend(
        id=new_id(),
        shop=shop,
        product=product,
        key=asked[0].key,
        manner=Manner.ATTRIBUTE,
        attribute=Attribute({"en": "Weight"}, {"en": "1 kg"}),
        answer=None,
        before=1,
        at=tx.now,
        by=SYSTEM.id,
    )
    insight.add(tx, mend)
    return mend.id


def _arrived(house: House) -> dict[str, Any]:
    came = house.clock() - timedelta(hours=1)
    return {"shipments": [SentParcel(tracking_number="KF-1", delivered_at=came)]}


def _going_back(
    house: House, anna: Somebody, mei: Somebody, order: Order
) -> tuple[CaseShown, RefundShown]:
    """Return a return that was approved, and money the shop asked for beside it."""
    lines = [{"line": order.lines[0].id, "quantity": 1}]
    back = opens(anna, "return", order, lines=lines, condition="proper", reason="size_fit")
    acts(mei, back.id, "approve_return", return_to="A kingfisher-address")
    asked = AskRefund(new_id(), Part.COMPENSATION, Money(4_000, "EUR"))
    return back, house.db.write_now(paying.ask_for, mei.actor, back.id, asked)


def filled(thing: Any, words: dict[str, str]) -> Any:
    """Put ids into the places of a template."""
    if isinstance(thing, str):
        return re.sub(r"\{(\w+)\}", lambda place: words.get(place[1], place[0]), thing)
    if isinstance(thing, dict):
        return {name: filled(value, words) for name, value in thing.items()}
    if isinstance(thing, list):
        return [filled(one, words) for one in thing]
    return thing


def known_routes(house: House) -> set[str]:
    """Return every operation the web application has."""
    found = set[str]()
    for route in routes().routes:
        if isinstance(route, HTTPRoute):
            path = re.sub(r"\{(\w+):\w+\}", r"{\1}", route.path)
            found |= {f"{method} {path}" for method in route.methods if method != "OPTIONS"}
    return found


def test_every_route_and_frame_is_placed(house: House) -> None:
    placed = [*GUARDED, *ONES_OWN, *OPEN, *SIGNED]
    assert known_routes(house) ^ set(placed) == set()
    assert len(placed) == len(set(placed))
    kinds = msgspec.json.schema_components([Up])[1]
    frames = {
        str(k["properties"]["t"]["enum"][0])
        for k in kinds.values()
        if "t" in k.get("properties", {})
    }
    assert frames ^ FRAMES.keys() == set()


def test_nobody_gets_at_what_is_not_theirs_over_http(world: World, note: Note) -> None:
    before, trouble, knocks = world.state(), list[str](), 0
    for name, method, path, door in guarded(world):
        for who in (*STRANGERS, *door.never):
            if door.both and who == BOTH:
                continue
            answer, knocks = world.asks(who, method, path, door), knocks + 1
            turned_away = door.page and _asks_to_sign_in(answer)
            turned_away = turned_away or (door.hollow and answer.status_code < 400)
            turned_away = turned_away or (door.shrugs and answer.status_code < 400)
            turned_away = turned_away or (who == BOTH and _is_for_another_shop(answer))
            if SECRET in answer.text.lower():
                trouble.append(f"{name}: {who} was shown what is not theirs")
            elif answer.status_code not in REFUSALS and not turned_away:
                trouble.append(f"{name}: {who} got {answer.status_code} {answer.text[:80]}")
    assert trouble == []
    assert world.state() == before
    note(routes=len(known_routes(world.house)), knocks=knocks)
    for name, method, path, door in guarded(world):
        answer = world.asks(door.by, method, path, door)
        done = answer.status_code < 400 and name not in NOT_DONE
        assert done or answer.status_code == NOT_DONE.get(name), f"{name}: {answer.text}"


def _as_said(case: CaseShown) -> object:
    """Return what people have said of a case; the worker brings its money on meanwhile."""
    return case.state, case.facts, len(case.steps), [(one.id, one.amount) for one in case.refunds]


def _as_named(device: PushDevice) -> object:
    """Return what people have said of a device; the worker counts its tries to reach it."""
    return device.id, device.name, device.created_at, device.here


def _is_for_another_shop(answer: httpx.Response) -> bool:
    """Tell whether a form of the office is refused as its page was drawn for no shop of theirs."""
    return answer.status_code == 409 and "acts_for_another" in answer.text


def _asks_to_sign_in(answer: httpx.Response) -> bool:
    return answer.is_redirect and answer.headers["location"].startswith("/sign-in")


def guarded(world: World) -> Iterator[tuple[str, str, str, Door]]:
    for name, doors in GUARDED.items():
        for more, door in doors:
            method, _, path = name.partition(" ")
            ids = {**world.ids, **filled(more, world.ids)}
            yield name, method, filled(path, ids), door


def test_nothing_open_or_ones_own_shows_what_is_somebody_elses(world: World) -> None:
    shown = [
        f"{name}: {who}"
        for name in sorted(OPEN | ONES_OWN)
        if name.startswith("GET ")
        for who in STRANGERS
        if SECRET
        in world.asks(who, "GET", filled(name.partition(" ")[2], world.ids), Door("")).text.lower()
    ]
    assert shown == []


def test_ids_inside_a_request_open_nothing_either(world: World) -> None:
    """An order, a file or a buyer of somebody else's, named in one's own request."""
    halo, boris = world.ids["shop"], "another buyer"
    about = {"subject": {"kind": "order", "id": world.ids["number"]}}
    own = world.asks(
        boris,
        "POST",
        "/api/v1/conversations",
        Door("", body={"subject": {"kind": "shop", "id": halo}}),
    ).json()["id"]
    with_file = {
        "type": "message",
        "cmid": "{new}",
        "data": {"attachments": [world.ids["attachment"]]},
    }

    begun = world.asks(boris, "POST", "/api/v1/conversations", Door("", body=about))
    sent = world.asks(boris, "POST", f"/api/v1/streams/c.{own}.p/events", Door("", body=with_file))
    asked = [
        world.asks(who, "GET", f"/api/v1/{what}?buyer={world.anna.actor.id}&box=all", Door("")).text
        for who in ("another shop's owner", boris)
        for what in ("conversations", "orders")
    ]

    epoch = world.house.app.epoch
    waited = [
        world.asks(who, "GET", f"/api/v1/events?cursor={epoch}~{stream}~0", Door("")).text
        for who in STRANGERS
        for stream in (filled(PUBLIC, world.ids), filled(NOTES, world.ids))
    ]

    assert begun.status_code == 404
    assert sent.status_code in {404, 422}
    assert not [answer for answer in (*asked, *waited) if SECRET in answer.lower()]


def test_nobody_finds_what_is_not_theirs(world: World) -> None:
    """All that is Anna's and Halo's is in the index by now; only they and the operator find it."""
    path = f"/api/v1/search?q={SECRET}"

    def found(who: str) -> list[Any]:
        answer = world.asks(who, "GET", path, Door(""))
        return answer.json()["items"] if answer.status_code == 200 else []

    until = time.monotonic() + 10
    while not all(map(found, (ANNA, MEI, OLGA))) and time.monotonic() < until:
        time.sleep(0.05)
    assert all(map(found, (ANNA, MEI, OLGA)))
    assert [hit for who in STRANGERS for hit in found(who)] == []
    assert {hit["audience"] for who in (ANNA, OLGA) for hit in found(who)} == {"p"}


def test_nobody_gets_at_what_is_not_theirs_over_a_socket(world: World) -> None:
    before = world.state()
    for who in (*STRANGERS, OLGA):
        with Guest(world.server, **world.doors[who]) as guest:
            if guest.http.post("/api/v1/socket-tickets", json={}).status_code != 201:
                assert who in {"nobody", "signed out", "revoked key"}
                continue
            streams = [filled(NOTES, world.ids)]
            streams += [] if who == OLGA else [filled(PUBLIC, world.ids)]
            with guest.opens() as page:
                for stream in streams:
                    for kind, frame in FRAMES.items():
                        page.says(t=kind, **filled(frame, {"stream": stream, "new": new_id()}))
                heard = page.hears_out()
            assert [f for f in heard if SECRET in str(f).lower()] == [], who
            assert {f["t"] for f in heard} <= {"gone", "refused", "ping", "presence"}, who
    assert world.state() == before
