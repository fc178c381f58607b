"""Found it: the first operator, a shop, its staff, the carriers."""

from typing import TYPE_CHECKING, TypeVar

import click
import msgspec

from shopbell.cli.house import open_house, say
from shopbell.kernel.texts import LOCALES, Locale

if TYPE_CHECKING:
    from shopbell.app import App
    from shopbell.kernel.actor import ShopId

T = TypeVar("T")
_PASSWORD = click.option(
    "--password",
    envvar="SHOPBELL_NEW_PASSWORD",
    default="",
    help="Made up and printed if not given.",
)
_LANGUAGE = click.option("--language", type=click.Choice(LOCALES), default="en", show_default=True)


@click.group()
def add() -> None:
    """Add an operator, a shop, somebody to a shop's staff, or a carrier."""


@add.command()
@click.argument("email")
@click.option("--name", required=True, help="What others see.")
@_LANGUAGE
@_PASSWORD
def operator(email: str, name: str, language: Locale, password: str) -> None:
    """Add somebody who runs this marketplace."""
    from shopbell.accounts import passwords, service  # noqa: PLC0415 - `--help` need not load it
    from shopbell.accounts.model import NewPerson  # noqa: PLC0415
    from shopbell.kernel.actor import SYSTEM, Side  # noqa: PLC0415

    chosen = _chosen(password)
    with open_house() as app:
        passwords.check(chosen, email, name)
        new = NewPerson(email=email, name=name, side=Side.OPERATOR, locale=language, verified=True)
        app.db.write_now(service.add_person, SYSTEM, new, passwords.hash_now(chosen))
        click.echo(say("added_person", email=email, password=chosen))


@add.command()
@click.argument("slug")
@click.option("--name", required=True, help="What buyers see.")
@click.option("--email", required=True, help="Where the shop is written to.")
@click.option("--zone", default="Europe/Moscow", show_default=True, help="Its time zone.")
@_LANGUAGE
def shop(slug: str, name: str, email: str, zone: str, language: Locale) -> None:
    """Open a shop; its team sets hours, promises and page under /shop/settings."""
    from shopbell.commerce import service  # noqa: PLC0415
    from shopbell.commerce.commands import OpenShop  # noqa: PLC0415
    from shopbell.kernel.actor import SYSTEM  # noqa: PLC0415

    form = {"slug": slug, "name": name, "about": {language: name}, "zone": zone, "email": email}
    opened = _checked({**form, "languages": [language]}, OpenShop)
    with open_house() as app:
        if any(known.slug == slug for known in app.db.read_now(service.shops)):
            raise click.ClickException(say("shop_is_there", slug=slug))
        app.db.write_now(service.open_shop, SYSTEM, opened)
        click.echo(say("added_shop", url=f"{app.settings.base_url}/shops/{slug}"))


@add.command()
@click.argument("slug")
@click.argument("email")
@click.option("--name", required=True, help="What buyers see; of it the first word.")
@click.option("--rank", type=click.Choice(["owner", "manager", "agent"]), default="agent")
@_LANGUAGE
@_PASSWORD
def staff(*, slug: str, email: str, name: str, rank: str, language: Locale, password: str) -> None:
    """Add somebody to the staff of a shop, or take back who left it."""
    from shopbell.accounts import passwords  # noqa: PLC0415
    from shopbell.accounts import staff as colleagues  # noqa: PLC0415
    from shopbell.accounts.model import NewStaff  # noqa: PLC0415
    from shopbell.kernel.actor import SYSTEM, Rank  # noqa: PLC0415

    chosen = _chosen(password)
    with open_house() as app:
        passwords.check(chosen, email, name)
        new = NewStaff(email=email, name=name, rank=Rank(rank), locale=language, verified=True)
        place = _shop_id(app, slug)
        app.db.write_now(colleagues.add, SYSTEM, place, new, passwords.hash_now(chosen))
        click.echo(say("added_person", email=email, password=chosen))


@add.command()
@click.argument("carrier")
@click.option("--name", default="", help="What people call it.")
@click.option("--vocabulary", default="", help="The table of its words, as cdek or aftership.")
@click.option("--kind", type=click.Choice(["post", "courier"]), help="How it carries.")
@click.option("--email", default="", help="Where shops send their inquiries.")
@click.option("--zone", default="", help="Of its times without one.")
@click.option("--new-secret", is_flag=True, help="Another one to sign with; the last stays good.")
def carrier(*, carrier: str, new_secret: bool, **told: str | None) -> None:
    """Add a carrier, or change it; many are known by their names, as cdek or russian_post.

    The first time it gets a secret to sign its events with, docs/connect/tracking.md.
    """
    from shopbell.commerce import roster  # noqa: PLC0415
    from shopbell.commerce.carriers import GiveSecret, PutCarrier, well_known  # noqa: PLC0415
    from shopbell.kernel.actor import SYSTEM  # noqa: PLC0415

    with open_house() as app:
        form = {**app.db.read_now(roster.form_of, carrier), **{n: v for n, v in told.items() if v}}
        if not {"name", "vocabulary"} <= form.keys():
            names = ", ".join(sorted(well_known()))
            raise click.BadParameter(say("carrier_unknown", carrier=carrier, known=names))
        made = app.db.write_now(roster.put_carrier, SYSTEM, carrier, _checked(form, PutCarrier))
        click.echo(say("added_carrier", name=made.name))
        if new_secret or not any(app.db.read_now(roster.secrets_of, made.id)):
            secret = roster.new_secret()
            app.db.write_now(roster.give_secret, SYSTEM, carrier, GiveSecret(secret))
            url = f"{app.settings.base_url}/api/v1/tracking/{carrier}"
            click.echo(say("carrier_secret", name=made.name, secret=secret, url=url))


def _shop_id(app: "App", slug: str) -> "ShopId":
    from shopbell.commerce import service  # noqa: PLC0415

    return app.db.read_now(service.shop, slug).id


def _chosen(password: str) -> str:
    from shopbell.accounts.secret import new_password  # noqa: PLC0415

    return password or new_password()


def _checked(form: dict[str, object], kind: type[T]) -> T:
    """Read what was typed as strictly as what comes over the web."""
    if "@" not in str(form.get("email", "@")):
        raise click.BadParameter(say("not_an_address", email=str(form["email"])))
    try:
        return msgspec.convert(form, kind)
    except msgspec.ValidationError as wrong:
        raise click.BadParameter(str(wrong)) from None
