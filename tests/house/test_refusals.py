"""Every way of saying no can be said in every language: what happened, what was kept, what next."""

import importlib
import pkgutil
import re
from collections.abc import Iterator

import pytest

import shopbell
from shopbell.kernel.refusals import Refusal, SignInFirst
from shopbell.kernel.texts import LOCALES, Locale, catalogue
from tests.house import SOURCE

SAID_AS_IT_IS = SignInFirst
"""The one kind that needs no more words than its own."""

KINDS = [kind for kind in Refusal.__subclasses__() if kind is not SAID_AS_IT_IS]
"""What refusals are sorted by; nobody says them."""


def refusals() -> Iterator[type[Refusal]]:
    """Yield every refusal that can be said."""
    waiting: list[type[Refusal]] = [
        SAID_AS_IT_IS,
        *(said for kind in KINDS for said in kind.__subclasses__()),
    ]
    while waiting:
        yield (said := waiting.pop())
        waiting += said.__subclasses__()


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


def test_a_mere_kind_is_never_said() -> None:
    raised = re.compile(rf"raise ({'|'.join(kind.__name__ for kind in KINDS)})\b")
    assert [str(file) for file in SOURCE.rglob("*.py") if raised.search(file.read_text())] == []


def test_no_two_refusals_share_a_code() -> None:
    open_every_room()
    kinds = {kind for kind in refusals() if kind.__module__.startswith("shopbell.")}
    assert len({kind().code for kind in kinds}) == len(kinds)
