"""No room can keep words that an erasure does not know of."""

import subprocess
import sys

from sqlalchemy import inspect

from shopbell.engine import erasing
from shopbell.engine.connect import connect
from shopbell.engine.tables import metadata
from shopbell.privacy.inventory import BLANKED, GONE, SCRUBBED, Key, known
from shopbell.privacy.model import Trail
from tests.house.test_refusals import open_every_room

WORKER = """
import shopbell.app
from shopbell.engine.tables import metadata
print(*metadata.tables)
"""


def test_every_table_is_in_the_inventory_and_no_other() -> None:
    """Say in privacy/inventory.py what becomes of a table's words when somebody goes."""
    open_every_room()
    assert metadata.tables.keys() ^ known() == set()


def test_a_worker_knows_every_table_there_is(sqlite_database: str) -> None:
    engine = connect(sqlite_database)
    there = {one for one in inspect(engine).get_table_names() if "search_index" not in one}
    engine.dispose()
    asked = (
        "import shopbell.app; from shopbell.engine.tables import metadata; print(*metadata.tables)"
    )
    run = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert there - set(run.stdout.split()) == {"alembic_version"}


def test_the_inventory_names_columns_that_there_are() -> None:
    open_every_room()
    for rows in (*GONE, *(rows for rows, _ in (*BLANKED, *SCRUBBED))):
        assert rows.by in metadata.tables[rows.table].columns, rows
    for rows, columns in (*BLANKED, *SCRUBBED):
        assert set(columns) <= set(metadata.tables[rows.table].columns.keys()), rows
    for rows, columns in SCRUBBED:
        assert set(columns) <= set(erasing.worded(rows.table)), rows
    assert {key.value for key in Key} <= set(Trail.__struct_fields__)
