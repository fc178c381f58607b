"""What people were shown and what they said of it, one line each, for whoever counts it."""

from sqlalchemy import String, case, literal, null, select, type_coerce

from shopbell.engine.tables import Ident
from shopbell.knowledge.suggesting.tables import shown

_s = shown.c
_OF_SHOP = _s.about == _s.shop

LOOKS = select(
    _s.person.label("owner"),
    _s.piece.label("n"),
    type_coerce(null(), Ident).label("conversation"),
    _s.shop,
    _s.at,
    case((_OF_SHOP, "shop"), else_="product").label("kind"),
    type_coerce(null(), String).label("channel"),
    type_coerce(null(), String).label("language"),
    case((_OF_SHOP, null()), else_=_s.about).label("product"),
    type_coerce(null(), Ident).label("agent"),
    case(
        (_s.wrong_at.is_not(None), "wrong"), (_s.helped_at.is_not(None), "helped"), else_="passed"
    ).label("detail"),
    literal(None).label("took"),
    case((_s.helped_at.is_not(None), 1), else_=0).label("good"),
).subquery("look")
"""``detail`` is ``wrong``, ``helped`` or ``passed``, ``good`` 1 for who found an answer."""
