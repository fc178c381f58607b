"""The doctor asks the assistants of the settings, and says what to do where one does not help."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shopbell.cli.exam import Finding, Weight, examine
from shopbell.kernel.texts import LOCALES, Locale
from tests.support.interpreter import KEY, RunningInterpreter, running_interpreter
from tests.support.ports import free_port

LOOKED_AT = {"assistants", "translator", "embedder", "writer"}


@pytest.fixture(scope="module")
def running() -> Iterator[RunningInterpreter]:
    with running_interpreter() as running:
        yield running


@pytest.fixture
def service(running: RunningInterpreter) -> RunningInterpreter:
    running.is_now("well")
    return running


def told(data: Path, settings: dict[str, Any], locale: Locale = "en") -> dict[str, Finding]:
    environ = {f"SHOPBELL_{name.upper()}": str(value) for name, value in settings.items()}
    found = examine(environ | {"SHOPBELL_DATA": str(data)}, locale)
    return {one.check: one for one in found if one.check in LOOKED_AT}


def test_where_none_is_plugged_in_nothing_is_said_of_them(tmp_path: Path) -> None:
    assert told(tmp_path, {}) == {}


def test_those_who_help_are_said_to(tmp_path: Path, service: RunningInterpreter) -> None:
    found = told(tmp_path, service.model)
    assert {name: one.weight for name, one in found.items()} == dict.fromkeys(
        ("translator", "embedder", "writer"), Weight.WELL
    )
    assert told(tmp_path, {"embedder": "local"})["embedder"].weight is Weight.WELL


@pytest.mark.parametrize("locale", LOCALES)
def test_those_who_fail_are_named_with_what_to_do(
    tmp_path: Path, service: RunningInterpreter, locale: Locale
) -> None:
    service.is_now("broken")
    found = told(tmp_path, service.model, locale)
    assert {one.weight for one in found.values()} == {Weight.ATTENTION}, "the house runs without"
    assert "SHOPBELL_LLM_URL" in found["translator"].says
    assert all("HTTP 500" in one.says for one in found.values())
    assert not any(KEY in one.says or "{" in one.says for one in found.values())
    away = service.libretranslate | {"translate_url": f"http://127.0.0.1:{free_port()}"}
    assert "SHOPBELL_ASSISTANTS_INSIDE" in told(tmp_path, away, locale)["assistants"].says


def test_a_translator_that_changes_numbers_is_told_of(
    tmp_path: Path, service: RunningInterpreter
) -> None:
    service.is_now("spoils")
    found = told(tmp_path, service.libretranslate)
    assert found["translator"].weight is Weight.ATTENTION
    assert "numbers" in found["translator"].says
