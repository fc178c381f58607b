"""Write the shapes of the wire as the pages know them, from the description of the API.

Run ``python -m scripts.wire_types`` after a change of a struct; a house test compares. The file
is committed, so that the pages are built without Python.
"""

import json
import subprocess
from pathlib import Path
from typing import Any

from shopbell.web.api import complete
from shopbell.web.create import routes

FRONTEND = Path(__file__).parents[1] / "frontend"
FILE = FRONTEND / "shared/wire.d.ts"
TRANSLATE = ["node_modules/.bin/openapi-typescript", "--default-non-nullable=false"]


def description() -> dict[str, Any]:
    """Describe the API as a running server would."""
    return complete(routes().openapi_schema.to_schema())


def wire_types() -> str:
    """Return the description in TypeScript."""
    made = subprocess.run(
        [*TRANSLATE, "--alphabetize", "--empty-objects-unknown"],
        cwd=FRONTEND,
        input=json.dumps(description()),
        capture_output=True,
        text=True,
        check=True,
    )
    return made.stdout


def main() -> None:
    """Bring the file up to date."""
    FILE.write_text(wire_types())
    print(f"wrote {FILE.relative_to(FRONTEND.parent)}")


if __name__ == "__main__":
    main()
