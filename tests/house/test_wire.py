"""The pages know the shapes of the wire as the server has them."""

from typing import Any

import pytest

from scripts import wire_types
from shopbell.analytics.routes import CSV, XLSX


@pytest.fixture(scope="module")
def shapes() -> dict[str, Any]:
    found: dict[str, Any] = wire_types.description()["components"]["schemas"]
    return found


def test_the_pages_types_are_as_the_server_has_them() -> None:
    """Run ``python -m scripts.wire_types`` after a change."""
    assert wire_types.FILE.read_text() == wire_types.wire_types()


def test_what_we_send_is_whole_and_what_we_take_need_not_be(shapes: dict[str, Any]) -> None:
    assert {"lines", "shipments"} <= set(shapes["Order"]["required"])
    assert "cmid" not in shapes["Event"]["required"]
    assert "picture" not in shapes["Card"]["required"]
    assert "locale" not in shapes["SignUp"]["required"]


def test_every_refusal_is_described_as_a_problem() -> None:
    refused = [
        operation["responses"]["default"]["content"]
        for operations in wire_types.description()["paths"].values()
        for operation in operations.values()
    ]
    assert refused
    assert all(list(content) == ["application/problem+json"] for content in refused)


def test_what_is_a_file_by_its_path_is_described_as_one() -> None:
    endings = {".csv": CSV, ".xlsx": XLSX, ".pdf": "application/pdf"}
    files = {
        path: list(operations["get"]["responses"]["200"]["content"])
        for path, operations in wire_types.description()["paths"].items()
        if path.endswith(tuple(endings))
    }
    assert len(files) > 6
    assert {path: [endings[f".{path.rpartition('.')[2]}"]] for path in files} == files
