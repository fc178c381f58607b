"""A case to take along: whole, sealed, and telling when somebody changed it."""

import json
import re
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner
from PIL import ImageFont

from shopbell.accounts import operating
from shopbell.cases import dossier, dossier_print
from shopbell.cases.dossier import Dossier
from shopbell.cases.label import find_font
from shopbell.cases.refusals import NoSuchCase
from shopbell.cli import main
from shopbell.kernel.texts import LOCALES, Locale
from tests.support.casework import acts, opens
from tests.support.fonts import mask_of
from tests.support.house import House


def test_a_dossier_is_whole_until_a_word_of_it_is_changed(house: House, tmp_path: Path) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    case = opens(anna, "question", halo.sells("lamp"), question="220 V?")
    acts(halo.mei, case.id, "answer", answer="Yes, 100 to 240 V.")

    made = house.db.write_now(dossier.make, anna.actor, case.id)

    assert list(dossier.faults(made)) == []
    assert house.db.read_now(operating.knows_dossier, made.made_at, made.seal)
    file = tmp_path / "dossier.json"
    file.write_bytes(msgspec.json.encode(made))
    assert CliRunner().invoke(main, ["verify", str(file)]).exit_code == 0
    file.write_text(file.read_text().replace("100 to 240 V", "110 V only"))
    changed = CliRunner().invoke(main, ["verify", str(file), "--json"])
    assert (changed.exit_code, json.loads(changed.output)["faults"]) == (1, ["seal"])


def test_a_seal_made_anew_does_not_hide_a_changed_step(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    case = opens(anna, "question", halo.sells("lamp"), question="220 V?")
    acts(halo.mei, case.id, "answer", answer="Yes.")
    made = house.db.write_now(dossier.make, halo.mei.actor, case.id)
    told = msgspec.to_builtins(made)
    told["cases"][0]["steps"][1]["after"] = "solved"
    forged = msgspec.convert(told, Dossier)
    forged = msgspec.structs.replace(forged, seal=dossier.seal_of(forged))
    assert list(dossier.faults(forged)) == ["question 1, step 2"]
    assert not house.db.read_now(operating.knows_dossier, forged.made_at, forged.seal)


def test_nobody_takes_a_strangers_case_along(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    case = opens(anna, "question", halo.sells("lamp"), question="220 V?")
    with pytest.raises(NoSuchCase):
        house.db.write_now(dossier.make, house.buyer("ben").actor, case.id)


@pytest.mark.parametrize("locale", LOCALES)
def test_a_dossier_is_printed_in_every_script(house: House, locale: Locale) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    case = opens(anna, "question", halo.sells("lamp"), question="Подходит ли 220 В?")
    for _turn in range(4):
        acts(halo.mei, case.id, "answer", answer="可以，100 至 240 伏。" * 60)
        acts(anna, case.id, "ask_on", question="Точно? " * 100)
    made = house.db.write_now(dossier.make, anna.actor, case.id)
    printed = dossier_print.draw(made, locale, find_font(""))
    assert printed.startswith(b"%PDF")
    assert len(re.findall(rb"/Type /Page\b", printed)) > 1


def test_the_font_knows_all_letters_that_are_printed() -> None:
    font = ImageFont.truetype(find_font(""), 24)
    unknown = mask_of(font, "\uffff")
    assert [letter for letter in "aЖё可伏" if mask_of(font, letter) == unknown] == []
