"""What was hidden from the other side, for the operator to look over: not the words themselves.

Who wants to read those looks at the conversation uncovered, and that look is written down.
"""

from shopbell.accounts import service as accounts
from shopbell.accounts.standing import check_operates
from shopbell.commerce import service as commerce
from shopbell.conversations import originals, storage
from shopbell.conversations.model import Author, Cover, Covers
from shopbell.conversations.veiling import own_hosts
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor, Side
from shopbell.kernel.ids import is_id
from shopbell.language.guard import find_hidden

PAGE = 50
PAGE_MOST = 200


def covers(
    tx: Tx, actor: Actor, *, shop: str | None = None, before: str = "", limit: int = PAGE
) -> Covers:
    """List for the operator what was hidden, everywhere or with one shop, the newest first.

    A message that was corrected stands there once for each wording of which a part is hidden.
    """
    check_operates(actor)
    of_shop = commerce.shop(tx, shop).id if shop else None
    most = max(1, min(limit, PAGE_MOST))
    found = originals.newest(tx, most + 1, of_shop, before if is_id(before) else None)
    shown = found[:most]
    about = {one.id: one for one in storage.topics(tx, {one.conversation for one in shown})}
    names = accounts.names(tx, {one.person for one in shown})
    own = own_hosts(tx.settings)
    return Covers(
        items=[
            Cover(
                id=one.id,
                conversation=about[one.conversation],
                author=Author(
                    one.person,
                    Side.BUYER if one.person == one.buyer else Side.SELLER,
                    names.get(one.person, ""),
                ),
                place=one.place,
                kinds=sorted({span.kind for span in find_hidden(one.text, own)}),
                at=one.at,
            )
            for one in shown
        ],
        next=shown[-1].id if len(found) > most else None,
    )
