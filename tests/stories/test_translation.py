"""Each reads in their own language; the original stays, and so does every number."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from shopbell.accounts.refusals import TooManyTries
from shopbell.assistants import previews, storage
from shopbell.assistants.model import BudgetSpent, TranslationPreview
from shopbell.assistants.refusals import NobodyTranslates, NotTranslated, OnlyShopsPreview
from shopbell.assistants.storage import ALL
from shopbell.channels.mail import service as letters
from shopbell.channels.mail.compose import opened
from shopbell.channels.mail.model import Letter
from shopbell.contact.model import Reach, Whom
from shopbell.conversations.model import ConversationId, Stream
from shopbell.conversations.refusals import NoSuchConversation
from shopbell.conversations.translation import service
from shopbell.conversations.translation import storage as kept
from shopbell.conversations.translation.model import TranslateMessage, Translations
from shopbell.engine import outbox
from shopbell.engine.database import Tx
from shopbell.kernel.texts import Locale, text
from tests.support.house import Counter, House, Opens, Person
from tests.support.interpreter import RunningInterpreter

QUESTION = "Will EU 42 fit a foot of 26,5 cm?"
IN_RUSSIAN = "Подойдёт ли EU 42 на ногу 26,5 см?"
IN_CHINESE = "EU 42适合26,5厘米的脚吗？"

MAILS = {"mail_domain": "reply.example.org", "smtp_url": "smtp://127.0.0.1:9"}


@pytest.fixture
def house(opens: Opens, interpreter: RunningInterpreter) -> House:
    return opens(**interpreter.libretranslate)


@pytest.fixture
def halo(house: House) -> Counter:
    return house.shop("halo", languages=["zh", "ru"])


@pytest.fixture
def anna(house: House) -> Person:
    return house.buyer("anna")


def asked(who: Person, talk: ConversationId, locale: Locale, seqs: Sequence[int]) -> Translations:
    """Have messages translated, as a page does that shows them; return what there is by now."""
    house, stream = who.house, Stream(talk)
    house.db.write_now(service.ask_for, who.actor, stream, locale, seqs)
    house.passes(seconds=1)
    return house.db.read_now(service.translations, who.actor, stream, locale, seqs)


def reads(who: Person, talk: ConversationId, locale: Locale, seq: int) -> str | None:
    """Return what a message says to its reader, if it is translated."""
    found = asked(who, talk, locale, [seq]).items
    return found[0].text if found else None


def calls(interpreter: RunningInterpreter) -> int:
    return len(interpreter.heard)


def test_each_reads_in_their_own_language_with_every_number_kept(
    halo: Counter, anna: Person, interpreter: RunningInterpreter
) -> None:
    talk = anna.asks(halo, None, QUESTION)
    assert reads(halo.mei, talk, "ru", 2) == IN_RUSSIAN
    assert reads(halo.mei, talk, "zh", 2) == IN_CHINESE
    halo.mei.answers(talk, "可以穿，请放心购买。")
    wished = halo.house.db.write_now(service.ask_for, anna.actor, Stream(talk), "en", [2, 3])
    assert wished.waiting == [3], "one's own language is left as it is"
    found = asked(anna, talk, "en", [2, 3])
    assert [(one.seq, one.text, one.language) for one in found.items] == [
        (3, "It fits, please buy with confidence.", "zh")
    ], "what is in the reader's language already is left as it is"
    assert found.waiting == []
    sent = [one["q"] for one in interpreter.heard if "foot" in one["q"]]
    assert set(sent) == {"Will {0} fit a foot of {1} cm?"}, "numbers never leave the house"


def test_it_is_made_once_for_all_who_read_that_language(
    halo: Counter, anna: Person, interpreter: RunningInterpreter
) -> None:
    talk, before = anna.asks(halo, None, QUESTION), calls(interpreter)
    for _ in range(3):
        assert reads(halo.mei, talk, "ru", 2) == IN_RUSSIAN
    assert reads(anna, talk, "ru", 2) == IN_RUSSIAN
    assert calls(interpreter) == before + 1


def test_two_readers_at_one_moment_leave_one_job(house: House, halo: Counter, anna: Person) -> None:
    talk = anna.asks(halo, None, QUESTION)
    for _ in range(2):
        found = house.db.write_now(service.ask_for, halo.mei.actor, Stream(talk), "ru", [2])
        assert found.waiting == [2]
    jobs = house.db.read_now(outbox.waiting, TranslateMessage)
    assert len(jobs) == 1


def test_only_those_who_may_read_a_message_may_read_what_it_says_elsewhere(
    house: House, halo: Counter, anna: Person
) -> None:
    other, boris = house.shop("other", staff=["vera"]), house.buyer("boris")
    talk = anna.asks(halo, None, QUESTION)
    assert reads(halo.mei, talk, "ru", 2) == IN_RUSSIAN
    note = halo.mei.notes(talk, "She asked twice.")
    for stranger in (other.vera, boris):
        with pytest.raises(NoSuchConversation):
            asked(stranger, talk, "ru", [2])
    with pytest.raises(NoSuchConversation):
        house.db.read_now(
            service.translations, anna.actor, Stream.parse(f"c.{talk}.n"), "ru", [note.seq]
        )


def test_an_edit_drops_what_the_old_words_said(halo: Counter, anna: Person) -> None:
    talk = anna.asks(halo, None, QUESTION)
    assert reads(halo.mei, talk, "ru", 2) == IN_RUSSIAN
    anna.adds(Stream(talk), "edit", target=2, text="Is it made of wool?")
    found = halo.house.db.read_now(service.translations, halo.mei.actor, Stream(talk), "ru", [2])
    assert (found.items, found.waiting) == ([], [2])
    assert halo.house.db.read_now(rows) == 0
    assert reads(halo.mei, talk, "ru", 2) == "[ru] Is it made of wool?"


def test_what_was_taken_back_is_taken_back_in_every_language(
    house: House, halo: Counter, anna: Person
) -> None:
    talk = anna.asks(halo, None, QUESTION)
    assert reads(halo.mei, talk, "ru", 2) == IN_RUSSIAN
    anna.adds(Stream(talk), "delete", target=2)
    assert asked(halo.mei, talk, "ru", [2]) == Translations([], [])
    assert house.db.read_now(rows) == 0, "nor does it lie anywhere"


def rows(tx: Any) -> int:
    return int(tx.run("SELECT count(*) FROM translation").scalar())


def test_words_changed_while_they_were_translated_are_not_shown_with_the_old_translation(
    house: House, halo: Counter, anna: Person
) -> None:
    talk = anna.asks(halo, None, QUESTION)
    work = house.db.read_now(service.to_do, Stream(talk), "ru", [2])
    anna.adds(Stream(talk), "edit", target=2, text="Is it made of wool?")
    [said] = work.said
    made = ("en", IN_RUSSIAN)
    assert not house.db.write_now(service.keep, Stream(talk), "ru", said, made)
    assert house.db.read_now(rows) == 0
    house.db.write_now(kept.keep, Stream(talk), "ru", said, made)
    assert reads(halo.mei, talk, "ru", 2) == "[ru] Is it made of wool?"


@pytest.mark.parametrize("mood", ["spoils", "lures"])
def test_a_translation_that_changed_what_must_stay_is_never_shown(
    halo: Counter, anna: Person, interpreter: RunningInterpreter, mood: str
) -> None:
    interpreter.is_now(mood)
    talk = anna.asks(halo, None, QUESTION)
    assert asked(halo.mei, talk, "ru", [2]) == Translations([], []), "the original is read"
    before = calls(interpreter)
    assert asked(halo.mei, talk, "ru", [2]) == Translations([], [])
    assert calls(interpreter) == before, "and nobody is asked again and again"


@pytest.mark.parametrize("mood", ["broken", "garbled", "hangs", "huge", "leads", "slow", "bare"])
def test_a_translator_that_fails_holds_up_nothing_and_is_asked_again_later(
    house: House, halo: Counter, anna: Person, interpreter: RunningInterpreter, mood: str
) -> None:
    interpreter.is_now(mood)
    talk = anna.asks(halo, None, QUESTION)
    assert asked(halo.mei, talk, "ru", [2]) == Translations([], [2])
    halo.mei.answers(talk, "Да, подойдёт.")
    assert anna.reads(talk) == [QUESTION, "Да, подойдёт."]
    left = house.db.read_now(outbox.waiting, TranslateMessage)
    assert left == [], "it is tried again when somebody asks, and nothing for the operator"
    interpreter.is_now("well")
    assert reads(halo.mei, talk, "ru", 2) == IN_RUSSIAN


@pytest.mark.parametrize("words", ["", "42", "👍👍", "EU 42, N-2026-000123", "https://a.example/b"])
def test_what_says_nothing_in_words_is_asked_of_nobody(
    halo: Counter, anna: Person, interpreter: RunningInterpreter, words: str
) -> None:
    talk = anna.asks(halo, None, words or "?")
    before = calls(interpreter)
    assert asked(halo.mei, talk, "zh", [1, 2, 3, 99]) == Translations([], [])
    assert calls(interpreter) == before


def test_without_a_translator_nothing_is_asked_and_nothing_kept(opens: Opens) -> None:
    house = opens()
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = anna.asks(halo, None, QUESTION)
    assert asked(halo.mei, talk, "ru", [2]) == Translations([], [])
    assert house.db.read_now(outbox.waiting, TranslateMessage) == []
    with pytest.raises(NobodyTranslates):
        preview(halo.mei, talk, "Да.", "ru")


def test_a_shop_stops_at_its_budget_and_others_go_on(
    opens: Opens, interpreter: RunningInterpreter
) -> None:
    house = opens(**interpreter.libretranslate, assistants_shop_calls=1)
    halo, other, anna = house.shop("halo"), house.shop("other", staff=["vera"]), house.buyer("anna")
    talk = anna.asks(halo, None, QUESTION)
    anna.says(talk, "Is it made of wool?")
    assert len(asked(halo.mei, talk, "ru", [2, 3]).items) == 1
    elsewhere = anna.asks(other, None, QUESTION)
    assert reads(other.vera, elsewhere, "ru", 2) == IN_RUSSIAN
    with pytest.raises(BudgetSpent):
        preview(halo.mei, talk, "Да, подойдёт.", "ru")
    house.passes(days=1)
    assert len(asked(halo.mei, talk, "ru", [2, 3]).items) == 2


def test_all_shops_together_stop_at_the_budget_of_the_house(
    opens: Opens, interpreter: RunningInterpreter
) -> None:
    house = opens(**interpreter.libretranslate, assistants_tokens=30)
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = anna.asks(halo, None, QUESTION)
    assert reads(halo.mei, talk, "ru", 2) == IN_RUSSIAN
    assert reads(halo.mei, talk, "zh", 2) is None
    day = house.clock().date().isoformat()
    assert house.db.read_now(storage.spent, day, ALL).calls == 1, "what was refused cost nothing"


def test_a_letter_says_it_in_its_readers_language_and_the_original_below(
    opens: Opens, interpreter: RunningInterpreter
) -> None:
    house = opens(**interpreter.libretranslate, **MAILS)
    halo, boris = house.shop("halo", languages=["zh"]), house.buyer("boris", "ru")
    talk = boris.asks(halo, None, "Подойдёт?")
    halo.mei.answers(talk, "可以穿，请放心购买。")
    [letter] = mailed(house, talk)
    for part in (opened(letter.raw).plain, opened(letter.raw).html):
        there = part.index("Подойдёт, покупайте спокойно.")
        label = part.index(text("ru", "mail.translated"))
        assert there < label < part.index("可以穿，请放心购买。")


@pytest.mark.parametrize("mood", ["hangs", "broken", "spoils"])
def test_a_letter_goes_as_it_was_written_if_nobody_translates_it_in_time(
    opens: Opens, interpreter: RunningInterpreter, mood: str
) -> None:
    interpreter.is_now(mood)
    house = opens(**interpreter.libretranslate, **MAILS)
    halo, boris = house.shop("halo", languages=["zh"]), house.buyer("boris", "ru")
    talk = boris.asks(halo, None, "Подойдёт 42?")
    halo.mei.answers(talk, "42号可以穿。")
    [letter] = mailed(house, talk)
    plain = opened(letter.raw).plain
    assert "42号可以穿。" in plain
    assert text("ru", "mail.translated") not in plain


def test_a_letter_with_much_in_it_waits_only_so_long(
    opens: Opens, interpreter: RunningInterpreter
) -> None:
    interpreter.is_now("slow")
    house = opens(**interpreter.libretranslate | {"assistants_seconds": 2.0}, **MAILS)
    halo, boris = house.shop("halo", languages=["zh"]), house.buyer("boris", "ru")
    talk = boris.asks(halo, None, "Подойдёт?")
    for words in ("可以穿，请放心购买。", "明天发货。", "谢谢您的支持。"):
        halo.mei.answers(talk, words)
    [letter] = mailed(house, talk)
    plain = opened(letter.raw).plain
    assert "Подойдёт, покупайте спокойно." in plain
    assert "谢谢您的支持。" in plain
    assert "[ru] 谢谢您的支持。" not in plain


def mailed(house: House, talk: ConversationId) -> list[Letter]:
    reach = Reach(conversation=talk, whom=Whom.BUYER, channel="mail", since=1)
    asyncio.run(house.app.channels["mail"].reach(reach))
    found = house.db.read_now(letters.listed, house.operator().actor)
    return [house.db.read_now(letters.letter, one.id) for one in found]


def preview(who: Person, talk: ConversationId, words: str, own: Locale) -> TranslationPreview:
    helpers = who.house.app.assistants
    return asyncio.run(previews.preview(helpers, who.actor, own, talk, words))


def test_a_shop_sees_what_the_buyer_will_read_and_what_that_says(
    house: House, halo: Counter, interpreter: RunningInterpreter
) -> None:
    boris = house.buyer("boris")
    talk = boris.asks(halo, None, QUESTION)
    assert preview(halo.mei, talk, "可以穿，请放心购买。", "zh") == TranslationPreview(
        "It fits, please buy with confidence.", "[zh] It fits, please buy with confidence.", "en"
    )
    seen = preview(halo.mei, talk, "Размер EU 42, артикул HL-42-RED, 1 299,99.", "ru")
    for part in (seen.text, seen.back):
        assert all(kept in part for kept in ("EU 42", "HL-42-RED", "1 299,99"))
    assert preview(halo.mei, talk, "It fits well, I think.", "zh").text == "It fits well, I think."
    with pytest.raises(OnlyShopsPreview):
        preview(boris, talk, "可以穿。", "zh")
    with pytest.raises(NoSuchConversation):
        preview(house.shop("other", staff=["vera"]).vera, talk, "可以穿。", "zh")
    for mood in ("broken", "spoils"):
        interpreter.is_now(mood)
        with pytest.raises(NotTranslated):
            preview(halo.mei, talk, "Размер EU 42.", "ru")
    assert boris.reads(talk) == [QUESTION], "nothing of it was sent"


def test_translations_are_asked_for_at_a_readers_pace(halo: Counter, anna: Person) -> None:
    talk = anna.asks(halo, None, "Hello")
    seq = anna.says(talk, QUESTION).seq

    def ask(tx: Tx) -> Translations:
        return service.ask_for(tx, halo.mei.actor, Stream(talk), "ru", [seq])

    for _ in range(service.ASKED.tries):
        assert halo.house.db.write_now(ask).waiting == [seq]
    with pytest.raises(TooManyTries):
        halo.house.db.write_now(ask)
