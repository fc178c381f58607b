"""What answers a question: found across languages, or nothing at all."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopbell.kernel.texts import Locale
from shopbell.language.answering import Known, Prepared, find, prepare
from shopbell.language.answering.lexicon import lexicon, table
from shopbell.language.answering.model import Kind
from shopbell.language.answering.quantities import Quantity, quantities
from shopbell.language.folding import plain
from tests.support.pace import milliseconds


def known(
    name: str,
    question: str,
    answer: str,
    locale: Locale = "en",
    *,
    kind: Kind = "attribute",
    variant: str = "",
    weight: float = 1.0,
) -> Known:
    return Known(
        id=name,
        kind=kind,
        question=question,
        answer=answer,
        locale=locale,
        variant=variant,
        weight=weight,
    )


PHONE = [
    known("weight", "重量", "198克", "zh"),
    known("battery", "电池容量", "5000毫安时", "zh"),
    known("material", "Material", "aluminium, glass"),
    known("fits", "Compatible cases", "Nova X, Nova X Pro"),
    known("pool", "Можно ли с ним плавать?", "Нет, только под дождь.", "ru", kind="question"),
    known("case", "Does a case come with it?", "Yes, a clear one.", kind="question"),
    known("height", "I am 170 cm, which size should I take?", "Take M.", kind="question"),
    known("length", "How long is the back?", "78 cm", kind="question", variant="XL"),
    known("return", "return, sending back", "Within 14 days.", kind="clause"),
    known("damaged", "damaged on arrival", "Send a photo, we pay.", kind="clause"),
]


@pytest.fixture(scope="module")
def phone() -> Prepared:
    return prepare(PHONE, title="智能手机 Nova X")


def shown(asked: str, prepared: Prepared, variant: str = "") -> Sequence[str]:
    return [one.id for one in find(asked, prepared, variant=variant)]


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("how heavy is it", "weight"),
        ("сколько весит телефон?", "weight"),
        ("手机重不重", "weight"),
        ("какая ёмкость аккумулятора", "battery"),
        ("is it made of plastic?", "material"),
        ("游泳能用吗", "pool"),
        ("is it ok in the pool", "pool"),
        ("могу вернуть?", "return"),
    ],
)
def test_an_answer_is_found_whatever_language_it_was_given_in(
    phone: Prepared, asked: str, answer: str
) -> None:
    assert shown(asked, phone)[0] == answer


@pytest.mark.parametrize(
    "asked",
    [
        "how heavy is the charger",
        "сколько весит коробка",
        "is it heavier than the Nova 9",
        "почему он такой тяжёлый",
        "what is the diameter",
        "it arrived with a cracked glass",
        "电池坏了",
        "thanks, everything is perfect",
        "where is my parcel",
        "I love the weight of it",
        "",
        "👍👍👍",
    ],
)
def test_what_nothing_answers_is_met_with_silence(phone: Prepared, asked: str) -> None:
    assert shown(asked, phone) == []


def test_a_complaint_finds_its_clause_when_it_asks_for_it(phone: Prepared) -> None:
    assert shown("it came broken, can I return it?", phone) == ["return"]
    assert shown("what if it arrives damaged?", phone) == ["damaged"]


def test_a_part_is_the_product_itself_where_it_is_what_is_sold() -> None:
    weight = [known("weight", "Weight", "90 g")]
    assert shown("how heavy is the charger", prepare(weight)) == []
    assert shown("how heavy is the charger", prepare(weight, title="Fast charger 65")) == ["weight"]


@pytest.mark.parametrize(
    ("thing", "asked"),
    [
        (
            known("charge", "How long does charging take?", "Two hours.", kind="question"),
            "how long does charging a tablet take?",
        ),
        (
            known("days", "When is my delivery here?", "In 5 days", kind="question"),
            "when is my delivery here, where is my order?",
        ),
        (known("weight", "Weight", "2 kg"), "I ordered it and the weight is wrong, it broke"),
    ],
    ids=["another thing", "an order of one's own", "a complaint"],
)
def test_a_guard_holds_back_what_has_the_same_words(thing: Known, asked: str) -> None:
    assert shown(thing.question, prepare([thing])) == [thing.id]
    assert shown(asked, prepare([thing])) == []


def test_of_another_body_it_may_be_another_size(phone: Prepared) -> None:
    assert shown("170cm, which size should I take?", phone) == ["height"]
    assert shown("1.7 m, which size should I take?", phone) == ["height"]
    assert shown("182 cm, which size should I take?", phone) == []


def test_what_holds_for_one_variant_is_not_shown_for_another(phone: Prepared) -> None:
    asked = "how long is the back"
    assert shown(asked, phone, "XL") == ["length"]
    assert shown(asked, phone, "M") == []
    assert shown(asked, phone) == []
    assert shown(f"{asked} in size XL", phone) == ["length"]
    assert shown(f"{asked} in size M", phone) == []


def test_several_questions_in_one_are_each_answered(phone: Prepared) -> None:
    found = shown("Hello! How heavy is it, and does it come with a case?", phone)
    assert {*found} == {"weight", "case"}


def test_what_is_denied_is_not_what_is_asked() -> None:
    both = prepare([known("weight", "Weight", "2 kg"), known("height", "Height", "40 cm")])
    assert shown("not the weight, the height please", both) == ["height"]
    assert shown("не вес, а высота?", both) == ["height"]
    assert shown("不是重量,是高度", both) == ["height"]


def test_what_was_reported_as_wrong_is_shown_no_more() -> None:
    weight = known("weight", "Weight", "2 kg")
    often_wrong = known("weight", "Weight", "2 kg", weight=0.5)
    assert shown("what is the weight", prepare([weight])) == ["weight"]
    assert shown("what is the weight", prepare([often_wrong])) == []


def test_no_more_is_shown_than_was_wished() -> None:
    many = prepare([known(f"weight {n}", "Weight", f"{n} kg") for n in range(9)])
    assert len(find("weight?", many)) == 3
    assert len(find("weight?", many, most=1)) == 1


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("1.2 kg", "1200克", True),
        ("1,2 кг", "1200 g", True),
        ("75 см", "0.75 m", True),
        ('15.6"', "15寸", True),
        ("17 inch", "15寸", False),
        ("220V", "220 вольт", True),
        ("5 kg", "5 cm", False),
        ("170", "170 см", True),
        ("30°C", "30 градусов", True),
    ],
)
def test_the_same_measure_in_other_units_is_the_same(one: str, other: str, alike: bool) -> None:
    (left,), (right,) = measured(one), measured(other)
    assert left.alike(right) is alike
    assert right.alike(left) is alike


def measured(text: str) -> Sequence[Quantity]:
    return [quantity for _start, _end, quantity in quantities(plain(text))]


# ── the table ───────────────────────────────────────────────────────────────────────────────────


def test_every_meaning_has_words_in_every_language() -> None:
    lacking = [
        (concept.name, len(phrases))
        for concept, phrases in table().concepts()
        if len(phrases) != 3 or not all(phrase.strip() for phrase in phrases)
    ]
    assert lacking == []


def test_what_goes_without_saying_is_a_meaning_too() -> None:
    known_names = lexicon().concepts.keys()
    assert known_names >= lexicon().implies.keys()
    assert known_names >= {one for others in lexicon().implies.values() for one in others}


# ── what strangers send ─────────────────────────────────────────────────────────────────────────

PIECES = [
    *(
        "a",
        "1 ",
        "1.",
        "不",
        "重不重",
        "有",
        "how long is ",
        "turn it ",
        "где ",
        "? ",
        ", ",
        "\ud800",
    ),
    *("where is ", "x" * 63 + ".", "есть ли ", "что что ", '15" ', "not the weight ", "多", "👍"),
    *("чем ", "легче чем ", "do you have ", "有a", "a\u0301", "\u202e", "<b>", "1x1x", "防水"),
]
SIZE, MILLISECONDS_MOST = 100_000, 50


@pytest.mark.parametrize("piece", PIECES, ids=[f"{n:02}" for n in range(len(PIECES))])
def test_no_text_keeps_a_search_busy(phone: Prepared, piece: str) -> None:
    text = piece * (SIZE // len(piece))
    assert milliseconds(lambda: find(text, phone), MILLISECONDS_MOST) <= MILLISECONDS_MOST
    prepare([known("a", text, text)], title=text)


def test_five_hundred_answers_are_prepared_and_searched_within_a_blink() -> None:
    many = [
        known(f"{one.id} {n}", f"{one.question} {n}", one.answer, one.locale, kind=one.kind)
        for n in range(50)
        for one in PHONE
    ]
    assert milliseconds(lambda: prepare(many), tries=1) <= 500
    prepared, asked = prepare(many), "сколько весит телефон и можно ли вернуть?"
    assert milliseconds(lambda: find(asked, prepared), enough=20) <= 20


@given(st.text(max_size=200), st.text(max_size=80), st.text(max_size=80), st.text(max_size=10))
@settings(max_examples=80, deadline=None)
def test_any_text_is_read_and_scores_are_shares(
    asked: str, question: str, answer: str, variant: str
) -> None:
    prepared = prepare([*PHONE, known("any", question, answer, kind="question", variant=variant)])
    found = find(asked, prepared, variant=variant)
    assert len(found) <= 3
    assert all(0 < one.score <= 1 and one.why for one in found)
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert found == find(asked, prepared, variant=variant)


def test_what_stood_there_before_is_not_read_again() -> None:
    heavy = Known(id="a", kind="question", question="How heavy?", answer="1 kg", locale="en")
    changed = Known(id="b", kind="question", question="Any lid?", answer="Yes", locale="en")
    before = prepare([heavy, changed], title="Pot")
    again = Known(id="b", kind="question", question="Any lid?", answer="No", locale="en")

    after = prepare([again, heavy], title="Kettle", before=before)

    assert after.entries[1] is before.entries[0]
    assert after == prepare([again, heavy], title="Kettle")
