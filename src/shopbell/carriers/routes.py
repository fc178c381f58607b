"""Where carriers' services send their answers. They bring no session: they sign what they tell."""

from typing import Any

from litestar import Request, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from shopbell.carriers import service
from shopbell.carriers.service import Signed
from shopbell.engine.database import Database


@post("/api/v1/carriers/{carrier:str}/answers", status_code=204)
async def hear_answer(
    request: Request[Any, Any, Any],
    db: NamedDependency[Database],
    carrier: FromPath[str],
) -> None:
    """Take in a carrier's answer to an inquiry, signed; the same again changes nothing."""
    sent = request.headers
    signed = Signed(
        carrier=carrier,
        timestamp=sent.get("shopbell-timestamp", ""),
        signature=sent.get("shopbell-signature", ""),
        body=await request.body(),
    )
    await db.write_together(service.hear_all, signed)


ROUTES = (hear_answer,)
