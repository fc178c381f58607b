"""What the commands share: their language, the settings, the house itself, and how they answer."""

import contextlib
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click
import msgspec

from shopbell.engine.settings import BadSetting, Settings, load
from shopbell.kernel.refusals import Refusal
from shopbell.kernel.texts import Locale, choose, text

if TYPE_CHECKING:
    from shopbell.app import App

as_json = click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")


def language() -> Locale:
    """Return the language of this terminal."""
    return choose(os.environ.get("LC_ALL") or os.environ.get("LANG") or "en")


def say(key: str, **facts: str | int) -> str:
    """Return a text of the command line in the terminal's language."""
    return text(language(), f"cli.{key}", **facts)


def read_settings() -> Settings:
    """Read the settings, or end with the sentence that names the wrong one."""
    try:
        return load(os.environ)
    except BadSetting as wrong:
        raise click.ClickException(say("bad_setting", what=str(wrong))) from None


@contextlib.contextmanager
def open_house() -> "Iterator[App]":
    """Open the house for one command; a refusal becomes a sentence and an exit code."""
    from shopbell.app import build  # noqa: PLC0415 - `--help` need not load the house
    from shopbell.engine.log import set_up  # noqa: PLC0415

    settings = read_settings()
    set_up(settings.log)
    with in_sentences(settings):
        app = build(settings)
        try:
            yield app
        finally:
            app.close()


@contextlib.contextmanager
def in_sentences(settings: Settings) -> Iterator[None]:
    """Tell what keeps a command from its work: a refusal, the database, or the data folder."""
    from sqlalchemy.exc import OperationalError  # noqa: PLC0415
    from sqlalchemy.exc import TimeoutError as NoConnectionFree  # noqa: PLC0415

    try:
        yield
    except Refusal as refusal:
        raise click.ClickException(explain(refusal)) from None
    except (OperationalError, NoConnectionFree) as away:
        trouble = str(getattr(away, "orig", away)).strip().splitlines()[0]
        raise click.ClickException(say("no_database", trouble=trouble)) from None
    except OSError as trouble:
        facts = {"folder": str(settings.data), "trouble": str(trouble.strerror or trouble)}
        raise click.ClickException(say("no_folder", **facts)) from None


def explain(refusal: Refusal) -> str:
    """Say what happened, what was kept, and what to do next."""
    parts = (
        text(language(), f"refusals.{refusal.code}.{part}", **refusal.facts)
        for part in ("title", "next")
    )
    return "\n".join(parts)


def print_json(thing: object) -> None:
    """Print anything as JSON that people can read, too."""
    click.echo(msgspec.json.format(msgspec.json.encode(thing), indent=2).decode())
