"""The command line: run it, fill it, look after it."""

import click

from shopbell.cli.adding import add
from shopbell.cli.backing_up import backup, restore
from shopbell.cli.bench import bench
from shopbell.cli.dead_jobs import jobs
from shopbell.cli.erasing import erase
from shopbell.cli.health import doctor
from shopbell.cli.importing import import_
from shopbell.cli.mailing import mail
from shopbell.cli.proving import verify
from shopbell.cli.reporting import analytics
from shopbell.cli.running import demo, migrate, serve, worker
from shopbell.cli.searching import search


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="shopbell")
def main() -> None:
    """Shopbell: buyers reach sellers, and nothing is lost.

    Everything is set by environment variables that begin with SHOPBELL_; docs/operate/settings.md
    lists them. Without any, all runs on this machine and keeps its data in ./data.
    """


for command in (
    serve,
    worker,
    migrate,
    demo,
    import_,
    add,
    backup,
    restore,
    verify,
    doctor,
    jobs,
    mail,
    search,
    analytics,
    erase,
    bench,
):
    main.add_command(command)
