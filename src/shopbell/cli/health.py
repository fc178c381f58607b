"""The doctor, on the command line."""

import os
import sys
from typing import TYPE_CHECKING

import click

from shopbell.cli.house import as_json, language, print_json, say
from shopbell.kernel.texts import text

if TYPE_CHECKING:
    from shopbell.accounts.deeds import Reading
    from shopbell.accounts.model import Seal

_ERASE = "\r\x1b[K"
"""Goes back to the beginning of a line and empties it."""


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
    if _is_watched():
        click.echo(_ERASE, nl=False, err=True)
    if as_json:
        print_json(findings)
    else:
        for finding in findings:
            click.echo(f"{finding.mark} {finding.check:12} {finding.says}")
    sys.exit(max(finding.weight for finding in findings))


def _tell_on(reading: "Reading") -> None:
    """Say how far a long audit record was read again, to somebody who watches."""
    if _is_watched():
        facts = {"done": reading.counted, "total": reading.all}
        done = text(language(), "doctor.audit_progress", **facts)
        click.echo(f"{_ERASE}  {done}\r", nl=False, err=True)


def _is_watched() -> bool:
    return sys.stderr.isatty()
