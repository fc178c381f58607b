"""Look at the work that was given up, and try it again."""

import click

from shopbell.cli.house import as_json, open_house, print_json, say


@click.group()
def jobs() -> None:
    """Look at the work that was given up, and try it again."""


@jobs.command(name="dead")
@as_json
def list_dead(*, as_json: bool) -> None:
    """List the jobs that were given up, with their last trouble."""
    from shopbell.accounts import operating  # noqa: PLC0415 - `--help` need not load it
    from shopbell.kernel.actor import SYSTEM  # noqa: PLC0415

    with open_house() as app:
        found = app.db.read_now(operating.given_up, SYSTEM)
    if as_json:
        print_json(found)
        return
    for job in found:
        click.echo(f"{job.id}  {job.kind:20} {job.attempt} × {job.trouble or ''}")
    click.echo(say("dead_jobs", n=len(found)))


@jobs.command(name="retry")
@click.argument("job")
def retry_job(job: str) -> None:
    """Try one dead job again from the start."""
    from shopbell.accounts import operating  # noqa: PLC0415
    from shopbell.accounts.refusals import NoSuchJob  # noqa: PLC0415
    from shopbell.kernel.actor import SYSTEM  # noqa: PLC0415

    with open_house() as app:
        try:
            app.db.write_now(operating.try_again, SYSTEM, job)
        except NoSuchJob:
            raise click.ClickException(say("no_dead_job", job=job)) from None
        click.echo(say("revived", job=job))
