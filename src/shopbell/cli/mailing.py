"""Set letters up: what the DNS must say, and a new key when an old one was seen."""

import click

from shopbell.cli.house import as_json, in_sentences, print_json, read_settings, say


@click.group()
def mail() -> None:
    """Set letters up: what the DNS must say, and a new key for addresses."""


@mail.command()
@as_json
def dns(*, as_json: bool) -> None:
    """Print the records that the DNS of the mail domain needs, so that letters are believed.

    Makes the keys for signatures (DKIM) if there are none.
    """
    from shopbell.channels.mail.dns import needed  # noqa: PLC0415 - `--help` need not load it

    settings = read_settings()
    if not settings.mail_domain:
        raise click.ClickException(say("no_mail_domain"))
    with in_sentences(settings):
        found = needed(settings)
    if as_json:
        print_json(found)
        return
    for record in found:
        click.echo(f"{record.name}. IN {record.kind} {record.says}")


@mail.command(name="new-key")
def new_key() -> None:
    """Make a new key for the addresses in letters; answers to those of before still arrive."""
    from shopbell.channels.mail.keys import KeyringFull, add_key  # noqa: PLC0415

    settings = read_settings()
    with in_sentences(settings):
        try:
            ring = add_key(settings.data)
        except KeyringFull:
            raise click.ClickException(say("keyring_full")) from None
    click.echo(say("new_mail_key", name=ring.newest))
