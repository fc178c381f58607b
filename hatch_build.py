"""Put the texts and the built pages into the wheel, and refuse to make a wheel without them."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

STATIC = "src/shopbell/web/static"


class PagesHook(BuildHookInterface[Any]):
    """Run before a wheel is packed; an editable install reads the work tree and is left alone."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build ``frontend/`` unless its output is there, and take it and ``locales/`` along."""
        if version == "editable":
            return
        if not self._manifest.exists():
            self._build_pages()
        build_data["artifacts"].append(STATIC)
        build_data["force_include"]["locales"] = "shopbell/locales"

    @property
    def _manifest(self) -> Path:
        return Path(self.root, STATIC, "manifest.json")

    def _build_pages(self) -> None:
        npm = shutil.which("npm")
        if npm is None:
            self.app.abort("Node.js 20.19 or newer, with npm, is needed to build the pages")
        for step in (["ci"], ["run", "build"]):
            subprocess.run([str(npm), *step], cwd=Path(self.root, "frontend"), check=True)  # noqa: S603
        if not self._manifest.exists():
            self.app.abort(f"frontend/ built, but left no manifest in {STATIC}")
