"""How much is proven: a little in `make test`, everything in `make prove`; and what came out."""

import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

Effort = Callable[[int, int], int]
Note = Callable[..., None]


@pytest.fixture(scope="session")
def effort() -> Effort:
    """Choose the short or the long form; SHOPBELL_TEST_LONG asks for the long one."""
    long = bool(os.environ.get("SHOPBELL_TEST_LONG"))
    return lambda short, much: much if long else short


@pytest.fixture
def note(request: pytest.FixtureRequest) -> Iterator[Note]:
    """Write down a proof's figures, for the table that `make prove` prints."""
    figures: dict[str, object] = {}
    began = time.monotonic()
    yield figures.update
    sheet = os.environ.get("SHOPBELL_TEST_FIGURES")
    if sheet:
        proof = request.node.name.removeprefix("test_").replace("_", " ")
        line = {"proof": proof, "seconds": round(time.monotonic() - began, 1), **figures}
        with Path(sheet).open("a") as file:
            file.write(f"{json.dumps(line)}\n")
