"""The doctor, on the command line."""

import os
import sys

import click

from shopbell.accounts.model import Seal
from shopbell.cli.exam import examine
from shopbell.cli.house import as_json, language, print_json, say


def _seal(_context: click.Context, _option: click.Parameter, given: str | None) -> Seal | None:
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
def doctor(noted: Seal | None, *, as_json: bool) -> None:
    """Check this installation: settings, database, write speed, disk, clock, audit record, letters.

    Exit code 0: all is well; 1: something needs attention; 2: it cannot run like this.
    """
    findings = examine(os.environ, language(), noted)
    if as_json:
        print_json(findings)
    else:
        for finding in findings:
            click.echo(f"{finding.mark} {finding.check:12} {finding.says}")
    sys.exit(max(finding.weight for finding in findings))
