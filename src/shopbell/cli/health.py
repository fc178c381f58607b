"""The doctor, on the command line."""

import os
import sys

import click

from shopbell.cli.exam import examine
from shopbell.cli.house import as_json, language, print_json


@click.command()
@as_json
def doctor(*, as_json: bool) -> None:
    """Check this installation: settings, database, write speed, disk, clock.

    Exit code 0: all is well; 1: something needs attention; 2: it cannot run like this.
    """
    findings = examine(os.environ, language())
    if as_json:
        print_json(findings)
    else:
        for finding in findings:
            click.echo(f"{finding.mark} {finding.check:12} {finding.says}")
    sys.exit(max(finding.weight for finding in findings))
