"""What is suggested, and what people say of that. Each function is one transaction."""

from collections.abc import Mapping
from datetime import timedelta

from shopbell.accounts import model as rights
from shopbell.accounts import service as accounts
from shopbell.accounts.model import Limit
from shopbell.accounts.standing import known_for
from shopbell.commerce import service as commerce
from shopbell.commerce.model import NoSuchProduct, ProductId
from shopbell.conversations import service as conversations
from shopbell.conversations.model import ConversationId, Stream, Subject, SubjectKind
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor, Side
from shopbell.kernel.texts import Locale
from shopbell.knowledge.answers import service as answers
from shopbell.knowledge.answers.guarding import check_answers_for
from shopbell.knowledge.suggesting import gathering, storage, threads
from shopbell.knowledge.suggesting.commands import Confirm, Report, Suggest
from shopbell.knowledge.suggesting.gathering import Scope
from shopbell.knowledge.suggesting.model import Piece, Suggestion, Taken, shown, standing
from shopbell.knowledge.suggesting.ordering import MOST, Looked
from shopbell.knowledge.suggesting.refusals import OnlyAskersReport
from shopbell.language.answering import Found, find

SIGNS_LEAST = 3
LOOKED_AT = 12
"""So many finds are looked at: the same thing may be found in several languages."""

WRONG = Limit(20, timedelta(hours=1))
"""So often one person may say that something answers another question."""

REPORTED_MOST = 100
REPORTED_SINCE = timedelta(days=90)


def suggest(tx: Tx, visitor: Actor | None, asked: Suggest, locale: Locale) -> list[Suggestion]:
    """Return what answers already what somebody is typing, best first, or nothing."""
    return look(tx, visitor, asked, locale).found[:MOST]


def look(tx: Tx, visitor: Actor | None, asked: Suggest, locale: Locale) -> Looked:
    """Return all that surely answers what somebody is typing, for others to choose from."""
    buyer = visitor.id if visitor and visitor.side is Side.BUYER else None
    scope = gathering.scope(tx, visitor, asked.subject, asked.variant, buyer)
    best = [shown(piece, locale) for piece in _best(tx, scope, asked.words)]
    names = (scope.shop.name,)
    return Looked(scope.shop.id, asked.words, locale, best, names, stranger=visitor is None)


def replies(
    tx: Tx, actor: Actor, talk: ConversationId, reader: Locale | None = None
) -> list[Suggestion]:
    """Return what the shop may answer to what its buyer said last, in the buyer's language.

    Where it comes from is said in the language of its ``reader`` at the desk.
    """
    return waiting(tx, actor, talk, reader).found


def waiting(tx: Tx, actor: Actor, talk: ConversationId, reader: Locale | None = None) -> Looked:
    """Return what a buyer said last that waits for the shop, and what may answer it."""
    found = conversations.entered(tx, actor, Stream(talk))
    check_answers_for(actor, found.shop)
    asked = threads.waiting(gathering.lines_of(tx, actor, found))
    if asked is None:
        return Looked(found.shop, "", found.locale, [])
    subject = Subject(SubjectKind(found.subject.kind), found.subject.id)
    try:
        variant = answers.variants_asked(tx, found.id).get(asked.seq, "")
        scope = gathering.scope(tx, actor, subject, variant, found.buyer)
    except NoSuchProduct:
        return Looked(found.shop, asked.text, found.locale, [])
    spoken = threads.tongue_of(asked.text, found)
    best = _best(tx, scope, asked.text, besides=found.id)[:MOST]
    known = [shown(piece, spoken, reader or spoken) for piece in best if piece.answer]
    return Looked(found.shop, asked.text, spoken, known)


def report(tx: Tx, actor: Actor, told: Report) -> None:
    """Count what became of what somebody was shown: each thing once a person.

    What is not known there counts for nothing, nor does what is said of something never shown.
    """
    if actor.side is not Side.BUYER:
        raise OnlyAskersReport
    scope = gathering.scope(tx, actor, told.subject)
    known = gathering.public(tx, scope).pieces
    storage.show(tx, scope.shop.id, scope.about, actor.id, known.keys() & {*told.shown})
    if told.helped:
        storage.helped(tx, scope.about, actor.id, told.helped)
    if told.undone:
        storage.undone(tx, scope.about, actor.id, told.undone)
    if told.wrong:
        accounts.count_deed(tx, actor, "suggestion_wrong", WRONG)
        if piece := known.get(told.wrong):
            storage.wrong(tx, scope.about, actor.id, piece, _standing(tx, actor, scope))


def confirm(tx: Tx, actor: Actor, slug_or_id: str, told: Confirm) -> None:
    """Say for a shop that something is right: what was said against it so far counts no more."""
    shop = commerce.shop(tx, slug_or_id)
    check_answers_for(actor, shop.id)
    storage.settle(tx, shop.id, told.id)
    accounts.audit(tx, actor, "suggestion_confirmed", shop=shop.id, piece=told.id)


def reported(tx: Tx, actor: Actor, slug_or_id: str) -> list[Taken]:
    """List what a shop's buyers were shown lately and what they said of it, wrong ones first."""
    shop = commerce.shop(tx, slug_or_id)
    if not rights.may_operate(actor):
        check_answers_for(actor, shop.id)
    rows = storage.of_shop(tx, shop.id, tx.now - REPORTED_SINCE, REPORTED_MOST)
    known = {about: _public_beside(tx, shop.id, about) for about in {row.about for row in rows}}
    return [
        Taken(
            id=row.piece,
            product=None if row.about == shop.id else ProductId(row.about),
            question=_asked(known[row.about][row.piece], shop.languages[0]),
            shown=row.shown,
            helped=row.helped,
            wrong=row.wrong,
        )
        for row in rows
        if row.piece in known[row.about]
    ]


def _standing(tx: Tx, actor: Actor, scope: Scope) -> int:
    """Return how much the word of a buyer weighs with this shop."""
    ordered = commerce.orders_with(tx, actor, actor.id, scope.shop.id, 1)
    return standing(known_for(tx, actor), has_ordered=bool(ordered))


def _best(tx: Tx, scope: Scope, words: str, besides: ConversationId | None = None) -> list[Piece]:
    if len(words.strip()) < SIGNS_LEAST:
        return []
    shelf, own = gathering.public(tx, scope), gathering.personal(tx, scope, besides)
    mine = gathering.ready(tuple(known for piece in own for known in piece.known(1.0)))
    hits = [
        hit
        for prepared in (mine, shelf.prepared)
        for hit in find(words, prepared, variant=scope.variant, most=LOOKED_AT)
    ]
    by_id = {**shelf.pieces, **{piece.id: piece for piece in own}}
    found = dict.fromkeys(_piece(hit) for hit in sorted(hits, key=_unlikely))
    return [by_id[name] for name in found if not _of_another(by_id[name], scope)]


def _of_another(piece: Piece, scope: Scope) -> bool:
    """Tell whether something holds for one variant and another is asked about: L is not XL."""
    return bool(piece.variant and scope.variant) and piece.variant != scope.variant


def _piece(hit: Found) -> str:
    """Return what was found, in whatever language."""
    return hit.id.partition(":")[0]


def _unlikely(hit: Found) -> float:
    return -hit.score


def _public_beside(tx: Tx, shop: str, about: str) -> Mapping[str, Piece]:
    kind = SubjectKind.SHOP if about == shop else SubjectKind.PRODUCT
    try:
        scope = gathering.scope(tx, None, Subject(kind, about))
    except NoSuchProduct:
        return {}
    return gathering.public(tx, scope).pieces


def _asked(piece: Piece, locale: Locale) -> str:
    return shown(piece, locale).question
