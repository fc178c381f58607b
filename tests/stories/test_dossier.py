"""A case to take along: whole, sealed, and telling when somebody changed it."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import msgspec
import pytest
from click.testing import CliRunner
from PIL import ImageFont

from shopbell.cases import dossier, dossier_print
from shopbell.cases.dossier import Dossier, DossierStep
from shopbell.cases.label import broken, find_font
from shopbell.cases.refusals import NoSuchCase
from shopbell.cases.shown import CaseShown
from shopbell.cli import main
from shopbell.kernel.texts import LOCALES, text
from tests.support.casework import PICTURE, acts, opens, photo, sees
from tests.support.fonts import mask_of
from tests.support.house import House, Person
from tests.support.returns import bought, shoes, wrong_size


@dataclass(frozen=True)
class Quarrel:
    """A refused return and its dispute, decided and over; each side takes it along."""

    house: House
    case: CaseShown
    sides: Mapping[str, Person]

    def taken_by(self, side: str) -> Dossier:
        return self.house.db.write_now(dossier.make, self.sides[side].actor, self.case.id)


@pytest.fixture
def quarrel(house: House) -> Quarrel:
    halo, anna = house.shop("halo"), house.buyer("anna")
    olga, pavel = house.operator("olga"), house.operator("pavel")
    case = wrong_size(anna, bought(halo, anna, shoes(halo)))
    acts(halo.mei, case.id, "reject", refused_for="used", refusal="They were worn.")
    [dispute] = acts(anna, case.id, "open_dispute", statement="They were not.").children
    shown = photo(anna, case.conversation)
    acts(anna, dispute, "add_evidence", statement="The soles.", evidence=[shown])
    acts(anna, dispute, "request_review")
    ruling = {"outcome": "reject", "clause": "worn"}
    reasons = {"reason_buyer": "They are worn.", "reason_seller": "Ask for photos sooner."}
    acts(olga, dispute, "draft_decision", **ruling, **reasons)
    acts(pavel, dispute, "send_back", needed="Which photo?")
    acts(olga, dispute, "decide", **ruling, **reasons)
    return Quarrel(house, case, {"buyer": anna, "seller": halo.mei, "operator": olga})


SIDES = ("buyer", "seller", "operator")
DECIDED = 5
"""Which step of the dispute is the decision, counted from 0."""


def test_each_side_takes_along_what_it_may_read_and_can_show_it_is_whole(
    quarrel: Quarrel, tmp_path: Path
) -> None:
    for side in SIDES:
        made = quarrel.taken_by(side)
        assert list(dossier.faults(made)) == []
        assert [case.kind for case in made.cases] == ["return", "dispute"]
        assert [file.sha256 for file in made.files] == [PICTURE.sha256]
        steps = {step.action: step for step in made.cases[1].steps}
        kept_back = ["reason_seller"] if side == "buyer" else []
        assert list(steps["decide"].hidden) == kept_back
        assert ("Ask for photos" in str(made)) is (side != "buyer")
        assert bool(steps["draft_decision"].given) is (side == "operator")

    quarrel.house.passes(days=400)
    settings = quarrel.house.app.settings
    here = {"SHOPBELL_DATA": str(settings.data), "SHOPBELL_DATABASE": settings.database}
    file = tmp_path / "dossier.json"
    late = quarrel.taken_by("buyer")
    file.write_bytes(msgspec.json.encode(late))
    assert all(case.closed_at for case in late.cases)
    assert "They are worn." in str(late)
    assert sees(quarrel.sides["buyer"], quarrel.case.id).closed_at
    found = CliRunner().invoke(main, ["verify", str(file), "--here", "--json"], env=here)
    assert (found.exit_code, json.loads(found.output)) == (0, {"faults": [], "known_here": True})

    forged = _sealed_anew(_with_words(late, "They are worn.", "They are fine."))
    file.write_bytes(msgspec.json.encode(forged))
    found = CliRunner().invoke(main, ["verify", str(file), "--here", "--json"], env=here)
    assert (found.exit_code, json.loads(found.output)["known_here"]) == (1, False)


def test_a_new_seal_hides_no_other_words(quarrel: Quarrel) -> None:
    for side in SIDES:
        made = quarrel.taken_by(side)
        for forged in _forgeries(made):
            found = list(dossier.faults(_sealed_anew(forged)))
            assert found == [f"dispute 2, step {DECIDED + 1}"], (side, forged)
            assert next(dossier.faults(forged)) == "seal"


def _forgeries(made: Dossier) -> Iterator[Dossier]:
    """Change a word of the decision, its end, leave one out, or leave out all of them."""
    yield _with_words(made, '"They are worn."', '"They are fine."')
    yield _with_words(made, '"after":"decided"', '"after":"closed"')
    yield _with_words(made, '"clause":"worn",', "")
    decided = made.cases[1].steps[DECIDED]
    yield _deciding(made, msgspec.structs.replace(decided, given={}, hidden={}))


def _with_words(made: Dossier, was: str, now: str) -> Dossier:
    """Put other words into the decision."""
    told = msgspec.json.encode(made.cases[1].steps[DECIDED]).decode()
    assert was in told
    return _deciding(made, msgspec.json.decode(told.replace(was, now), type=DossierStep))


def _deciding(made: Dossier, decided: DossierStep) -> Dossier:
    asked, dispute = made.cases
    steps = [*dispute.steps[:DECIDED], decided, *dispute.steps[DECIDED + 1 :]]
    return msgspec.structs.replace(
        made, cases=[asked, msgspec.structs.replace(dispute, steps=steps)]
    )


def _sealed_anew(forged: Dossier) -> Dossier:
    return msgspec.structs.replace(forged, seal=dossier.seal_of(forged))


def test_nobody_takes_a_strangers_case_along(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    case = opens(anna, "question", halo.sells("lamp"), question="220 V?")
    with pytest.raises(NoSuchCase):
        house.db.write_now(dossier.make, house.buyer("ben").actor, case.id)


def test_a_dossier_is_printed_whole_in_every_language(quarrel: Quarrel) -> None:
    said = "Точно? 可以。 " * 100
    quarrel.sides["buyer"].says(quarrel.case.conversation, said)
    made = quarrel.taken_by("buyer")
    for locale in LOCALES:
        printed = [words.strip() for words, _size in dossier_print.lines(made, locale)]
        for words in (
            text(locale, "case.dispute_did_decide"),
            f"{text(locale, 'case.field_reason_buyer')}: They are worn.",
            f"SHA-256 {made.cases[1].steps[DECIDED].hash}",
            said.strip(),
            f"SHA-256 {PICTURE.sha256}",
        ):
            assert words in printed, words
        assert not any("Ask for photos" in line for line in printed)

    sheets = _sheets(dossier_print.draw(made, "zh", find_font("")))
    renamed = [msgspec.structs.replace(made.files[0], name="another.png")]
    other = msgspec.structs.replace(made, files=renamed)
    others = _sheets(dossier_print.draw(other, "zh", find_font("")))
    assert len(sheets) > 2
    same = [one == another for one, another in zip(sheets, others, strict=True)]
    assert same == [True] * (len(sheets) - 1) + [False]  # files stand last


def _sheets(pdf: bytes) -> list[bytes]:
    """Return what is drawn on each page of a PDF."""
    assert pdf.startswith(b"%PDF")
    assert pdf.rstrip().endswith(b"%%EOF")
    drawn = [
        found[2]
        for found in re.finditer(rb"<<(.*?)>>\s*stream\s(.*?)endstream", pdf, re.DOTALL)
        if b"/Subtype /Image" in found[1]
    ]
    assert len(drawn) == len(re.findall(rb"/Type /Page\b", pdf))
    return drawn


def test_the_longest_message_is_broken_into_lines_without_measuring_it_again_and_again() -> None:
    font = cast("ImageFont.FreeTypeFont", Ruler())
    lines = list(broken("слово " * 1_600, font, 600))
    assert "".join(lines).replace(" ", "") == "слово" * 1_600
    assert max(map(len, lines)) == 60
    assert font.measured < 100 * 9_600  # type: ignore[attr-defined]


class Ruler:
    """A font of which every letter is ten points wide; it counts what it measures."""

    measured = 0

    def getlength(self, words: str) -> int:
        self.measured += len(words)
        return 10 * len(words)


def test_the_font_knows_all_letters_that_are_printed() -> None:
    font = ImageFont.truetype(find_font(""), 24)
    unknown = mask_of(font, "\uffff")
    assert [letter for letter in "aЖё可伏" if mask_of(font, letter) == unknown] == []
