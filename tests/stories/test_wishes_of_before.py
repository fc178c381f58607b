"""What people did not want to be told before news of deliveries was a kind of its own."""

import importlib

import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations

from shopbell.accounts.wishes import service
from shopbell.accounts.wishes.model import Kind, Way
from shopbell.engine.connect import connect
from tests.support.house import House, Person

STEP = "shopbell.engine.migrations.versions.0052_deliveries_and_appeals"


def up_to_date(house: House) -> None:
    """Put the tables back as they were, and take the step that changes them again."""
    step, engine = importlib.import_module(STEP), connect(house.app.settings.database_url)
    with engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE score_appeal DROP COLUMN files"))
        with Operations.context(MigrationContext.configure(connection)):
            step.upgrade()
    engine.dispose()


def off(who: Person) -> set[tuple[Kind, Way]]:
    chosen = who.house.db.read_now(service.chosen, who.actor)
    return {(one.kind, one.way) for one in chosen if not one.wanted}


def test_who_wanted_no_steps_of_cases_still_hears_none_of_a_delivery(house: House) -> None:
    anna, boris = house.buyer("anna"), house.buyer("boris")
    house.db.write_now(service.switch, anna.actor.id, Kind.CASE, Way.MAIL, off=True)
    house.db.write_now(service.switch, boris.actor.id, Kind.ANSWER, Way.PUSH, off=True)
    up_to_date(house)
    assert off(anna) == {(Kind.CASE, Way.MAIL), (Kind.DELIVERY, Way.MAIL)}
    assert off(boris) == {(Kind.ANSWER, Way.PUSH)}
