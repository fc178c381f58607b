"""The migrations and the tables tell the same story, on every database."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from shopbell.engine.connect import connect
from shopbell.engine.tables import metadata
from tests.house.test_refusals import open_every_room


def test_migrations_lead_to_the_tables(database: str) -> None:
    open_every_room()
    engine = connect(database)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()
