"""By which rules a marketplace under test goes."""

from msgspec.structs import replace

from shopbell.knowledge import service, shipped
from shopbell.knowledge.commands import Choose, Publish
from shopbell.knowledge.model import Length
from tests.support.house import House


def goes_by(house: House, profile: str, **clocks: Length) -> None:
    """Choose a shipped profile, with other clocks if they are given."""
    olga = house.operator("olga-of-rules").actor
    house.db.write_now(service.choose, olga, Choose(profile))
    if clocks:
        body = shipped.profile(profile)
        own = replace(body, clocks=body.clocks | clocks)
        house.db.write_now(service.publish, olga, Publish(own, after=1))
