"""Every way of saying no can be said in every language: what happened, what was kept, what next."""

import importlib
import pkgutil
from collections.abc import Iterator

import pytest

import shopbell
from shopbell.kernel.refusals import Refusal
from shopbell.kernel.texts import LOCALES, Locale, catalogue


def refusals(of: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    """Yield every refusal of the house."""
    for kind in of.__subclasses__():
        yield kind
        yield from refusals(kind)


def open_every_room() -> None:
    for module in pkgutil.walk_packages(shopbell.__path__, "shopbell."):
        if ".migrations." not in module.name:
            importlib.import_module(module.name)


@pytest.mark.parametrize("locale", LOCALES)
def test_every_refusal_is_explained(locale: Locale) -> None:
    open_every_room()
    wanted = {f"refusals.{kind().code}.{part}" for kind in refusals() for part in ("title", "next")}
    assert wanted - catalogue(locale).keys() == set()


def test_no_explanation_is_without_a_refusal() -> None:
    open_every_room()
    codes = {kind().code for kind in refusals()}
    explained = {
        key.removeprefix("refusals.").rpartition(".")[0]
        for key in catalogue("en")
        if key.startswith("refusals.")
    }
    assert explained - codes == set()


def test_no_two_refusals_share_a_code() -> None:
    open_every_room()
    kinds = {kind for kind in refusals() if kind.__module__.startswith("shopbell.")}
    assert len({kind().code for kind in kinds}) == len(kinds)
