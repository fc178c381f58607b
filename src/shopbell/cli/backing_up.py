"""Keep a copy of everything, and put it back."""

import time
from pathlib import Path

import click

from shopbell.cli.house import as_json, in_sentences, print_json, read_settings, say

FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command()
@click.argument("folder", type=FOLDER, required=False)
@as_json
def backup(folder: Path | None, *, as_json: bool) -> None:
    """Copy the database and all attachments into FOLDER, which must not be there yet.

    The server may go on meanwhile. Without FOLDER: backups/DATE-TIME in the data folder.
    """
    from shopbell.engine.backup import back_up  # noqa: PLC0415 - `--help` need not load it

    settings = read_settings()
    to = folder or settings.data / "backups" / time.strftime("%Y%m%d-%H%M%S")
    with in_sentences(settings):
        made = back_up(settings, to)
    if as_json:
        print_json(made)
    else:
        size = f"{made.size / 1e6:.1f}"
        click.echo(say("backed_up", folder=str(to), n=len(made.files), size=size))


@click.command()
@click.argument("folder", type=FOLDER)
@click.option("--replace", is_flag=True, help="Although there is data already.")
@as_json
def restore(folder: Path, *, replace: bool, as_json: bool) -> None:
    """Put the backup in FOLDER back, after comparing every file with its hash.

    Stop the server and the workers first. Open pages notice by themselves and load anew.
    What was written after the backup is gone from here, sign-outs included; with --replace,
    the SQLite file that stood here is kept beside, as shopbell.db.before-DATE-TIME, and so are
    keys of letters and notices that were others.
    """
    from shopbell.engine.backup import put_back  # noqa: PLC0415

    settings = read_settings()
    with in_sentences(settings):
        found = put_back(settings, folder, replace=replace)
    if as_json:
        print_json(found)
    else:
        made = found.made_at.astimezone().isoformat(sep=" ", timespec="minutes")
        click.echo(say("restored", made=made))
