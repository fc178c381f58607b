"""The command line: serve, worker, migrate, demo, import, doctor, jobs, bench."""

import asyncio
import contextlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
import msgspec

from shopbell.engine.settings import BadSetting, Settings, load
from shopbell.kernel.refusals import Refusal
from shopbell.kernel.texts import Locale, choose, text

if TYPE_CHECKING:
    from shopbell.app import App

T = TypeVar("T")


def _locale() -> Locale:
    return choose(os.environ.get("LC_ALL") or os.environ.get("LANG") or "en")


def _settings() -> Settings:
    try:
        return load(os.environ)
    except BadSetting as wrong:
        raise click.ClickException(text(_locale(), "cli.bad_setting", what=str(wrong))) from None


@contextlib.contextmanager
def _app() -> "Iterator[App]":
    """Open the house for one command; a refusal becomes a sentence and an exit code."""
    from shopbell.app import build  # noqa: PLC0415 - `--help` need not load the house
    from shopbell.engine.log import set_up  # noqa: PLC0415

    settings = _settings()
    set_up(settings.log)
    app = build(settings)
    try:
        yield app
    except Refusal as refusal:
        title = text(_locale(), f"refusals.{refusal.code}.title", **refusal.facts)
        onward = text(_locale(), f"refusals.{refusal.code}.next", **refusal.facts)
        raise click.ClickException(f"{title}\n{onward}") from None
    finally:
        app.close()


def _step(words: str, work: Callable[[], T]) -> T:
    """Do a step, showing what it is and how long it took."""
    click.echo(f"  {words} … ", nl=False, err=True)
    began = time.monotonic()
    result = work()
    click.echo(f"{time.monotonic() - began:.1f} s", err=True)
    return result


def _print_json(thing: object) -> None:
    click.echo(msgspec.json.format(msgspec.json.encode(thing), indent=2).decode())


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="shopbell")
def main() -> None:
    """Shopbell: buyers reach sellers, and nothing is lost.

    Everything is set by environment variables that begin with SHOPBELL_; docs/operate/settings.md
    lists them. Without any, all runs on this machine and keeps its data in ./data.
    """


@main.command()
@click.option("--demo", is_flag=True, help="Fill an empty database with the demo marketplace first.")
def serve(*, demo: bool) -> None:
    """Run the web server, and the worker beside it.

    Brings the tables up to date first. Ctrl-C stops it: open pages are sent away in slices
    and what was taken is finished.
    """
    from shopbell.accounts.service import has_demo_people  # noqa: PLC0415
    from shopbell.web.serve import serve as run  # noqa: PLC0415

    with _app() as app:
        if demo and not app.db.read_now(has_demo_people):
            _build_demo(app)
        if app.settings.reachable_by_others and app.db.read_now(has_demo_people):
            _refuse_demo_in_the_open(app.settings)
        run(app, started=lambda: _welcome(app))


def _refuse_demo_in_the_open(settings: Settings) -> None:
    if not settings.demo_beyond_loopback:
        raise click.ClickException(text(_locale(), "cli.demo_in_the_open", listen=settings.listen))


def _welcome(app: "App") -> None:
    from shopbell.accounts.service import has_demo_people  # noqa: PLC0415

    click.echo(text(_locale(), "cli.ready", url=app.settings.base_url))
    if app.db.read_now(has_demo_people):
        from shopbell.demo.people import PASSWORD, SIGN_INS  # noqa: PLC0415

        click.echo(text(_locale(), "cli.demo_sign_ins", password=PASSWORD))
        for email, role in SIGN_INS.items():
            click.echo(f"    {email:26} {text(_locale(), f'cli.role_{role}')}")
    click.echo(text(_locale(), "cli.how_to_stop"))
    sys.stdout.flush()


@main.command()
def worker() -> None:
    """Do due jobs and deadlines, in a process of its own.

    Any number of them may run beside the servers; each thing is done once.
    """
    from shopbell.worker import Worker  # noqa: PLC0415

    with _app() as app, contextlib.suppress(KeyboardInterrupt):
        click.echo(text(_locale(), "cli.working"))
        asyncio.run(Worker(app).run())


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def migrate(*, as_json: bool) -> None:
    """Bring the tables up to date. Forward only: back up before."""
    with _app() as app:
        done = {"database": app.db.engine.dialect.name, "up_to_date": True}
        _print_json(done) if as_json else click.echo(text(_locale(), "cli.migrated"))


@main.command()
def demo() -> None:
    """Make the demo marketplace: shops, products, orders, people and what they wrote.

    Does nothing when it is there already.
    """
    with _app() as app:
        _build_demo(app)


def _build_demo(app: "App") -> None:
    from shopbell.demo.build import build  # noqa: PLC0415

    click.echo(text(_locale(), "cli.making_demo"), err=True)
    build(app, lambda line: click.echo(f"  {line}", err=True))


@main.group(name="import")
def import_() -> None:
    """Bring in products or orders from a CSV file, row by row, with a report."""


def _shared_options(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option("--shop", required=True, help="The shop's slug."),
        click.option(
            "--map",
            "mapped",
            multiple=True,
            metavar="OURS=THEIRS",
            help="Take one of our columns from a column of another name.",
        ),
        click.option(
            "--set",
            "fixed",
            multiple=True,
            metavar="OURS=VALUE",
            help="Give one of our columns the same value in every row.",
        ),
        click.option("--dates", default="", help="How dates are written, such as '%m/%d/%Y %H:%M'."),
        click.option("--json", "as_json", is_flag=True, help="Print the report as JSON."),
        click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path)),
    ):
        command = option(command)
    return command


def _pairs(given: tuple[str, ...]) -> dict[str, str]:
    pairs = [pair.partition("=") for pair in given]
    if wrong := next((name for name, equals, _value in pairs if not equals), None):
        raise click.BadParameter(f"{wrong}: NAME=VALUE")
    return {name: value for name, _equals, value in pairs}


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def doctor(*, as_json: bool) -> None:
    """Check this installation: settings, database, write speed, disk, clock.

    Exit code 0: all is well; 1: something needs attention; 2: it cannot run like this.
    """
    from shopbell.doctor import examine  # noqa: PLC0415

    findings = examine(os.environ, _locale())
    if as_json:
        _print_json(findings)
    else:
        for finding in findings:
            click.echo(f"{finding.mark} {finding.check:12} {finding.says}")
    sys.exit(max(finding.weight for finding in findings))


@main.group()
def jobs() -> None:
    """Look at the work that was given up, and try it again."""


@jobs.command(name="dead")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def list_dead(*, as_json: bool) -> None:
    """List the jobs that were given up, with their last trouble."""
    from shopbell.engine import outbox  # noqa: PLC0415

    with _app() as app:
        found = app.db.read_now(outbox.dead)
        if as_json:
            _print_json(found)
            return
        for job in found:
            click.echo(f"{job.id}  {job.kind:20} {job.attempt} × {job.trouble or ''}")
        click.echo(text(_locale(), "cli.dead_jobs", n=len(found)))


@jobs.command(name="retry")
@click.argument("job")
def retry_job(job: str) -> None:
    """Try one dead job again from the start."""
    from shopbell.engine import outbox  # noqa: PLC0415

    with _app() as app:
        if not app.db.write_now(outbox.revive, job):
            raise click.ClickException(text(_locale(), "cli.no_dead_job", job=job))
        click.echo(text(_locale(), "cli.revived", job=job))


if __name__ == "__main__":
    main()
