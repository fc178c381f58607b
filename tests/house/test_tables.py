"""The migrations and the tables tell the same story, on every database."""

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from shopbell.engine import migrations
from shopbell.engine.connect import connect
from shopbell.engine.tables import metadata
from tests.house.test_refusals import open_every_room


def test_migrations_lead_to_the_tables(database: str) -> None:
    open_every_room()
    engine = connect(database)
    with engine.connect() as connection:
        ours = MigrationContext.configure(connection, opts={"include_name": _is_no_index_of_words})
        assert compare_metadata(ours, metadata) == []
    engine.dispose()


def _is_no_index_of_words(name: str | None, kind: str, _parents: object) -> bool:
    """The index of words is of another shape in each database: contentless FTS5, or tsvector."""
    return not (kind == "table" and name and name.startswith("search_index"))


def test_each_step_is_named_as_its_file_begins() -> None:
    config = Config()
    config.set_main_option("script_location", "src/shopbell/engine/migrations")
    script = ScriptDirectory.from_config(config)
    assert migrations.steps() == [step.revision for step in script.walk_revisions()][::-1]
    assert migrations.steps()[-1] == script.get_current_head()
