"""The line, outbox and threads of a page live through everything that may happen to them."""

import os
import re
import subprocess

from tests.house import ROOT
from tests.proof.conftest import Effort, Note

MODEL = "shared/model"


def test_a_page_loses_doubles_and_hides_nothing(effort: Effort, note: Note) -> None:
    lives = effort(2, 600)
    command = ["npm", "--prefix", "frontend", "test", "--", MODEL]
    circumstances = os.environ | {"SHOPBELL_TEST_LIVES": str(lives), "NO_COLOR": "1"}
    ended = subprocess.run(
        command, cwd=ROOT, env=circumstances, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    said = ended.stdout
    note(lives=lives, written=_count(said, "written"), bugs_found=_count(said, "bugs found"))


def _count(report: str, what: str) -> int:
    found = re.search(rf"(\d+) {what}", report)
    assert found, report
    return int(found[1])
