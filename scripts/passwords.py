"""Make the list of common passwords again from a measured one.

    .tools/bin/uv run --no-project --with zxcvbn==4.5.0 python -m scripts.passwords

The package is needed for this alone, so it is no dependency of ours. Our own additions below the
measured part stay as they are.
"""

from collections.abc import Iterable
from importlib.metadata import distribution
from pathlib import Path

LEAST = 8
LIST = Path(__file__).parent.parent / "src/shopbell/accounts/common_passwords.txt"
OURS = "# Ours, not measured: words, names, keyboard walks and dates in several languages."


def main() -> None:
    """Write the measured passwords that are long enough, most used first, then our own."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # type: ignore[import-untyped]  # noqa: PLC0415 - fetched for this alone

    ranked: list[str] = FREQUENCY_LISTS["passwords"]
    measured = [word for word in ranked if len(word) >= LEAST]
    ours = sorted(set(_ours()) - set(measured))
    LIST.write_text("\n".join((*_head(len(ranked), len(measured)), *measured, OURS, *ours, "")))
    print(f"{len(measured)} measured and {len(ours)} of our own")


def _head(ranked: int, measured: int) -> Iterable[str]:
    package = distribution("zxcvbn")
    yield f"# The most common passwords of {LEAST} or more characters, in lower case, one a line."
    yield f"# The first {measured:,}, most used first, are those of the {ranked:,} that the package"
    yield f"# zxcvbn {package.version} ranks. Made by scripts/passwords.py."
    yield "# Its licence:"
    licence = package.read_text("LICENSE.txt") or ""
    yield from (f"# {line}".rstrip() + " " * (not line) for line in licence.strip().splitlines())


def _ours() -> list[str]:
    lines = LIST.read_text("utf-8").splitlines()
    start = lines.index(OURS) + 1 if OURS in lines else 0
    return [line for line in lines[start:] if not line.startswith("# ")]


if __name__ == "__main__":
    main()
