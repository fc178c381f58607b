"""Run it: the server, the worker, the tables, the demo marketplace."""

import asyncio
import contextlib
import socket
import sys
from typing import TYPE_CHECKING

import click

from shopbell.cli.house import as_json, language, open_house, print_json, say
from shopbell.engine.settings import Settings

if TYPE_CHECKING:
    from shopbell.app import App

ORDERS_MOST = 1_000_000


@click.command()
@click.option(
    "--demo", is_flag=True, help="Fill an empty database with the demo marketplace first."
)
def serve(*, demo: bool) -> None:
    """Run the web server, and the worker beside it.

    Brings the tables up to date first. Ctrl-C stops it: open pages are sent away in slices
    and what was taken is finished.
    """
    from shopbell.web.serve import serve as run  # noqa: PLC0415 - `--help` need not load it

    with open_house() as app:
        if demo and _is_empty(app):
            _build_demo(app)
        if app.settings.reachable_by_others and _has_demo(app):
            _refuse_demo_in_the_open(app.settings)
        _check_port(app.settings)
        run(app, started=lambda: _welcome(app))


@click.command()
def worker() -> None:
    """Do due jobs and deadlines, in a process of its own.

    Any number of them may run beside the servers; each thing is done once.
    """
    with open_house() as app, contextlib.suppress(KeyboardInterrupt):
        click.echo(say("working"))
        asyncio.run(_work(app))


async def _work(app: "App") -> None:
    """Do what is due, and tell the servers of it."""
    from shopbell.worker import Worker  # noqa: PLC0415

    async with app.relay.working(listening=False):
        await Worker(app).run()


@click.command()
@as_json
def migrate(*, as_json: bool) -> None:
    """Bring the tables up to date. Forward only: back up before."""
    with open_house() as app:
        if as_json:
            print_json({"database": app.db.engine.dialect.name, "up_to_date": True})
        else:
            click.echo(say("migrated"))


@click.group(invoke_without_command=True)
@click.option(
    "--orders",
    type=click.IntRange(1, ORDERS_MOST),
    help="Write a year of trade, too: so many orders, and all that people wrote about them.",
)
@click.option("--seed", default=1, show_default=True, help="What the year is drawn from.")
@click.pass_context
def demo(context: click.Context, *, orders: int | None, seed: int) -> None:
    """Make the demo marketplace: shops, products, orders, people and what they wrote.

    Does nothing when it is there already. A year that was ended halfway goes on where it was.
    """
    if context.invoked_subcommand is None:
        with open_house() as app:
            _build_demo(app)
            if orders:
                _write_history(app, orders, seed)


@demo.command()
@click.option("--port", default=8010, show_default=True, help="Where to listen on this machine.")
@click.option("--delay", default=20.0, show_default=True, help="Seconds until it answers.")
@click.option("--beside", type=int, help="End when the process of this number, its parent, has.")
def carrier(*, port: int, delay: float, beside: int | None) -> None:
    """Run the demo's carrier: it takes inquiries about parcels, and answers after a while."""
    from shopbell.demo.carrier import run as run_carrier  # noqa: PLC0415

    run_carrier(port, delay, beside)


@demo.command()
@click.option("--port", default=8011, show_default=True, help="Where to listen on this machine.")
@click.option("--secret", default="demo", show_default=True, help="What both sides sign with.")
def platform(*, port: int, secret: str) -> None:
    """Run the demo's payment platform: asked for a refund it says pending, then done."""
    from shopbell.demo import platform as payments  # noqa: PLC0415

    url = f"http://127.0.0.1:{port}"
    click.echo(f"SHOPBELL_PLATFORM_URL={url} SHOPBELL_PLATFORM_SECRET={secret}")
    with contextlib.suppress(KeyboardInterrupt):
        payments.platform("127.0.0.1", port, secret, payments.Payments(click.echo)).serve_forever()


def _build_demo(app: "App") -> None:
    from shopbell.demo.build import build  # noqa: PLC0415

    click.echo(say("making_demo"), err=True)
    build(app, lambda line: click.echo(f"  {line}", err=True), locale=language())


def _write_history(app: "App", orders: int, seed: int) -> None:
    from shopbell.demo.history.telling import write_aloud  # noqa: PLC0415

    click.echo(say("writing_history"), err=True)
    write_aloud(
        app, orders, seed, lambda line: click.echo(f"  {line}", err=True), locale=language()
    )


def _is_empty(app: "App") -> bool:
    from shopbell.commerce.service import shops  # noqa: PLC0415

    return not app.db.read_now(shops)


def _has_demo(app: "App") -> bool:
    from shopbell.accounts.service import has_demo_people  # noqa: PLC0415

    return app.db.read_now(has_demo_people)


def _check_port(settings: Settings) -> None:
    """Say in one sentence that somebody else has the port."""
    host, port = settings.address
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as taken:
            facts = {"listen": settings.listen, "trouble": str(taken.strerror)}
            raise click.ClickException(say("no_port", **facts)) from None


def _refuse_demo_in_the_open(settings: Settings) -> None:
    if not settings.demo_beyond_loopback:
        raise click.ClickException(say("demo_in_the_open", listen=settings.listen))


def _welcome(app: "App") -> None:
    click.echo(say("ready", url=app.settings.base_url))
    if _has_demo(app):
        from shopbell.demo.people import PASSWORD, SIGN_INS  # noqa: PLC0415

        click.echo(say("demo_sign_ins", password=PASSWORD))
        for email, role in SIGN_INS.items():
            click.echo(f"    {email:26} {say(f'role_{role}')}")
    click.echo(say("how_to_stop"))
    sys.stdout.flush()
