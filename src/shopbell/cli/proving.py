"""Tell whether what somebody brings is as it was made here."""

import sys
from datetime import datetime
from pathlib import Path

import click
import msgspec

from shopbell.cli.house import as_json, open_house, print_json, say


class Verdict(msgspec.Struct, frozen=True):
    """What is not as it was made; and whether its seal stands in this house's audit record."""

    faults: list[str]
    known_here: bool | None


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--here", is_flag=True, help="Also ask whether this marketplace made it.")
@as_json
def verify(file: Path, *, here: bool, as_json: bool) -> None:
    """Check whether a case's dossier is as it was made.

    Exit code 0: it is; 1: it was changed, or is not from here; 2: it cannot be read.
    """
    from shopbell.cases import dossier  # noqa: PLC0415 - `--help` need not load it

    try:
        found = msgspec.json.decode(file.read_bytes(), type=dossier.Dossier)
    except msgspec.DecodeError as error:
        click.echo(say("dossier_unreadable", reason=str(error)), err=True)
        sys.exit(2)
    verdict = Verdict(list(dossier.faults(found)), _known(found.made_at, found.seal, here=here))
    if as_json:
        print_json(verdict)
    else:
        _tell(verdict)
    sys.exit(1 if verdict.faults or verdict.known_here is False else 0)


def _known(made_at: datetime, seal: str, *, here: bool) -> bool | None:
    from shopbell.accounts import operating  # noqa: PLC0415

    if not here:
        return None
    with open_house() as app:
        return app.db.read_now(operating.knows_dossier, made_at, seal)


def _tell(verdict: Verdict) -> None:
    for fault in verdict.faults:
        click.echo(say("dossier_changed", where=fault))
    if not verdict.faults:
        click.echo(say("dossier_whole"))
    if verdict.known_here is not None:
        click.echo(say("dossier_from_here" if verdict.known_here else "dossier_not_from_here"))
