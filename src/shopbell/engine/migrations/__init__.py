"""The history of the tables. Forward only: to go back, restore the backup made before."""

from pathlib import Path

from sqlalchemy import Engine, Select, column, inspect, select, table

_HERE = Path(__file__).parent
_VERSION: Select[str] = select(column("version_num")).select_from(table("alembic_version"))


class NewerSchema(Exception):
    """The database was written by a newer version of this program."""


class StepsMissing(Exception):
    """The program was installed without the steps that make its tables."""


def upgrade(engine: Engine) -> None:
    """Bring the tables of ``engine`` up to date, in one transaction."""
    from alembic import command  # noqa: PLC0415 - a fifth of a start that has nothing to migrate
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_HERE))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def pending(engine: Engine) -> bool:
    """Tell whether `upgrade` has anything to do; refuse a database from the future."""
    now, known = current(engine), steps()
    if now is not None and now not in known:
        raise NewerSchema(now)
    return now != known[-1]


def steps() -> list[str]:
    """Return every step there is, oldest first: a step is named as its file begins."""
    folder = _HERE / "versions"
    found = sorted(file.name.partition("_")[0] for file in folder.glob("[0-9]*.py"))
    if not found:
        raise StepsMissing(f"no .py file in {folder}: install the program again, with its sources")
    return found


def current(engine: Engine) -> str | None:
    """Return the last step that was taken here, if any was."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = connection.execute(_VERSION).scalar()
        return found
