"""Two who act at once: the second is seen to wait before the first goes on."""

from sqlalchemy import Engine, text

from shopbell.engine.connect import is_embedded


def somebody_waits(engine: Engine) -> bool:
    """Tell whether a transaction waits for a row; where only one writes, every other one does."""
    if is_embedded(engine):
        return True
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    with engine.connect() as connection:
        return bool(connection.execute(waiting).scalar_one())
