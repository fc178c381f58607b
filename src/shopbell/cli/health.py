"""The doctor, on the command line."""

import os
import sys
from typing import TYPE_CHECKING

import click

from shopbell.cli.house import as_json, language, print_json, say

if TYPE_CHECKING:
    from shopbell.accounts.deeds import Reading
    from shopbell.accounts.model import Seal


def _seal(_context: click.Context, _option: click.Parameter, given: str | None) -> "Seal | None":
    from shopbell.accounts.model import Seal  # noqa: PLC0415 - `--help` need not load it

    try:
        return Seal.parse(given) if given else None
    except ValueError:
        raise click.BadParameter(say("bad_seal")) from None


@click.command()
@click.option(
    "--noted",
    metavar="SEAL",
    callback=_seal,
    help="The audit record's seal, as noted elsewhere: is its past the same still?",
)
@as_json
def doctor(noted: "Seal | None", *, as_json: bool) -> None:
    """Check this installation: settings, database, write speed, disk, clock, audit record, letters.

    Exit code 0: all is well; 1: something needs attention; 2: it cannot run like this.
    """
    from shopbell.cli.exam import examine  # noqa: PLC0415 - half a second of every start

    findings = examine(os.environ, language(), noted, _tell_on)
    if as_json:
        print_json(findings)
    else:
        for finding in findings:
            click.echo(f"{finding.mark} {finding.check:12} {finding.says}")
    sys.exit(max(finding.weight for finding in findings))


def _tell_on(reading: "Reading") -> None:
    """Say how far a long audit record was read again, to somebody who watches."""
    if sys.stderr.isatty():
        done = say("audit_progress", done=reading.counted, total=reading.all)
        click.echo(f"\r  {done}\r", nl=False, err=True)
