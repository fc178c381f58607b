"""What was reported before each report told whether the operator had settled it."""

import importlib

import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations

from shopbell.engine.connect import connect
from shopbell.knowledge.answers import moderating, service, writing
from shopbell.knowledge.answers.commands import AnswerReport, PutAnswer
from shopbell.knowledge.answers.model import Answer
from tests.support.answers import answered
from tests.support.house import Counter, House, Person

STEP = "shopbell.engine.migrations.versions.0053_settled_reports"


def up_to_date(house: House) -> None:
    """Put the table back as it was, and take the step that changes it again."""
    step, engine = importlib.import_module(STEP), connect(house.app.settings.database_url)
    with engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE answer_vote DROP COLUMN settled"))
        with Operations.context(MigrationContext.configure(connection)):
            step.upgrade()
    engine.dispose()


def reports(by: Person, answer: Answer) -> None:
    by.house.db.write_now(service.report, by.actor, answer.id, AnswerReport("It is green."))


def open_now(by: Person) -> dict[str, int]:
    found = by.house.db.read_now(moderating.doubted, by.actor)
    return {one.answer.answer: one.reports for one in found}


def rewrites(halo: Counter, answer: Answer, words: str) -> None:
    entry = PutAnswer("Is it blue?", words, locale="en")
    halo.mei.house.db.write_now(writing.put, halo.mei.actor, halo.shop.id, answer.id, entry)


def test_what_was_settled_before_is_reported_anew_and_what_was_open_is_counted_once(
    house: House,
) -> None:
    halo, anna, boris = house.shop("halo"), house.buyer("anna"), house.buyer("boris")
    olga = house.operator()
    settled, waits = (answered(halo, None, ("Is it blue?", said)) for said in ("Yes.", "It is."))
    reports(anna, settled)
    house.db.write_now(moderating.clear, olga.actor, settled.id)
    reports(anna, waits)
    up_to_date(house)

    reports(boris, settled)
    rewrites(halo, settled, "Red.")
    rewrites(halo, waits, "Pink.")
    for answer in (settled, waits):
        reports(anna, answer)
    assert open_now(olga) == {"Red.": 2, "Pink.": 1}
