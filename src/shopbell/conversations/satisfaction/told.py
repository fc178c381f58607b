"""What buyers said of conversations, one line each, for whoever counts it."""

from sqlalchemy import Integer, String, case, literal, null, select, type_coerce

from shopbell.conversations.model import SubjectKind
from shopbell.conversations.satisfaction.tables import ratings
from shopbell.conversations.tables import conversations
from shopbell.engine.tables import Ident

_r, _c = ratings.c, conversations.c

RATINGS = (
    select(
        _r.id.label("owner"),
        literal(1, Integer).label("n"),
        _r.conversation,
        _r.shop,
        _r.asked_at.label("at"),
        type_coerce(_c.subject_kind, String).label("kind"),
        type_coerce(null(), String).label("channel"),
        _r.locale.label("language"),
        case((_c.subject_kind == SubjectKind.PRODUCT, _c.subject_id), else_=null()).label(
            "product"
        ),
        type_coerce(_r.agent, Ident).label("agent"),
        literal("").label("detail"),
        literal(None).label("took"),
        _r.helped.label("good"),
    )
    .join_from(ratings, conversations, _c.id == _r.conversation)
    .subquery("rating")
)
"""``good`` says whether it helped; nothing while the buyer has not said."""
