"""The operator's pages of cases: what waits, both sides of one, and deciding about it."""

import re

import pytest

from shopbell.accounts import audit
from shopbell.cases import cashdesk
from shopbell.cases.shown import CaseShown
from shopbell.commerce.commands import SentParcel
from shopbell.conversations import service as conversations
from shopbell.conversations.model import AttachmentId, Stream
from shopbell.kernel.ids import new_id
from shopbell.kernel.texts import LOCALES, Locale, text
from tests.support.browsing import Door, checked, hidden
from tests.support.casework import acts, opens, photo, sees
from tests.support.house import Counter, House, Person
from tests.support.returns import bought, shoes, wrong_size

RULING = {
    "f_outcome": "refund",
    "f_amount": "30",
    "f_payer": "",
    "f_clause": "§ 3",
    "f_reason_buyer": "The photos show it.",
    "f_reason_seller": "The soles are clean.",
}


@pytest.fixture
def anna(house: House) -> Person:
    return house.buyer("anna")


@pytest.fixture
def dispute(house: House, halo: Counter, anna: Person) -> CaseShown:
    asked = wrong_size(anna, bought(halo, anna, shoes(halo)))
    acts(halo.mei, asked.id, "reject", refused_for="used", refusal="They were worn.")
    parent = acts(anna, asked.id, "open_dispute", statement="Tried on a carpet.")
    acts(anna, parent.children[0], "request_review")
    return sees(anna, parent.children[0])


def cmid_of(page: str, action: str) -> str:
    """Return the name that the form which is sent there carries."""
    return hidden(page.partition(f'action="{action}"')[2])["cmid"]


def page_of(case: CaseShown) -> str:
    return f"/console/cases/{case.id}"


@pytest.mark.parametrize("locale", LOCALES)
def test_what_waits_is_listed_with_its_days(
    house: House, door: Door, dispute: CaseShown, locale: Locale
) -> None:
    olga = house.operator()
    for days, tone in ((0, "brand"), (2, "brass"), (2, "bad")):
        house.passes(days=days)
        page = checked(door(olga).get(f"/console/cases?lang={locale}"))
        assert page_of(dispute) in page
        assert f"/console/cases/{dispute.parent}" not in page
        assert f'<li class="{tone}">' in page
    checked(door(olga).get(f"{page_of(dispute)}?lang={locale}"))


def test_many_that_wait_are_shown_page_by_page(
    house: House, door: Door, halo: Counter, anna: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shopbell.cases.mediation.QUEUE_MOST", 2)
    asked = [opens(anna, "question", halo.sells(f"l{n}"), question="220 V?") for n in range(3)]
    house.passes(days=2)
    olga = door(house.operator())
    first = checked(olga.get("/console/cases"))
    on = first.partition("/console/cases?after=")[2].partition('"')[0]
    second = checked(olga.get(f"/console/cases?after={on}"))
    assert [sum(page_of(one) in page for one in asked) for page in (first, second)] == [2, 1]


def test_both_sides_stand_beside_each_other(house: House, door: Door, dispute: CaseShown) -> None:
    page = checked(door(house.operator()).get(page_of(dispute)))
    buyer, _, shop = page.partition('id="side-seller"')
    assert "Tried on a carpet." in buyer
    assert "They were worn." in shop
    assert "You can return it until" in page


def test_the_operator_writes_to_both_sides(
    house: House, door: Door, halo: Counter, dispute: CaseShown, anna: Person
) -> None:
    olga = door(house.operator())
    path = f"{page_of(dispute)}/words"
    page = checked(olga.get(page_of(dispute)))
    form = page[page.index(f'action="{path}"') :]
    words = {**hidden(form[: form.index("</form>")]), "text": "Please show the soles."}
    assert [olga.post(path, data=words).status_code for _ in range(2)] == [303, 303]
    assert anna.reads(dispute.conversation) == halo.mei.reads(dispute.conversation)
    assert anna.reads(dispute.conversation) == ["Please show the soles."]
    blank = checked(olga.post(f"{path}?lang=en", data={"text": " "}), 422)
    assert 'aria-invalid="true" aria-describedby="words-bad" autofocus> </textarea>' in blank
    assert f'href="{page_of(dispute)}?lang=ru"' in blank
    kept = checked(door().post(path, data={"text": "Show the soles."}), 401)
    assert hidden(kept)["text"] == "Show the soles."


def test_the_operator_sees_the_files_of_the_thread_and_whether_it_is_whole(
    house: House, door: Door, dispute: CaseShown, anna: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = photo(anna, dispute.conversation)
    anna.adds(Stream(dispute.conversation), "message", text="Look.", attachments=[file])
    person = house.operator()
    olga = door(person)
    assert f'href="/files/{file}"' in checked(olga.get(page_of(dispute)))
    _hash, name, _type = house.db.read_now(conversations.file, person.actor, AttachmentId(file))
    assert name.endswith(".png")
    assert text("en", "mediation.thread_cut") not in checked(olga.get(page_of(dispute)))
    monkeypatch.setattr("shopbell.conversations.service.PAGE_MOST", 2)
    assert text("en", "mediation.thread_cut") in checked(olga.get(page_of(dispute)))


def test_what_each_side_reads_is_shown_before_it_is_sent(
    house: House, door: Door, dispute: CaseShown, anna: Person
) -> None:
    olga = door(house.operator())
    shown = checked(olga.post(page_of(dispute), data=RULING | {"show": "decide"}))
    buyer, _, shop = shown.partition("The shop will read")
    assert "The soles are clean." not in buyer
    assert "The soles are clean." in shop
    assert "€30" in buyer
    assert sees(anna, dispute.id).state == "review"

    for _again in range(2):
        sent = olga.post(page_of(dispute), data=hidden(shown) | {"go": "decide"})
        assert sent.headers["location"] == "/console/cases?done=true"
    told = sees(anna, dispute.id)
    assert (told.state, "reason_seller" in told.facts) == ("decided", False)


def test_each_side_reads_it_in_its_own_language(house: House, door: Door) -> None:
    yunhe, anna = house.shop("yunhe", languages=["zh"]), house.buyer("anna", "ru")
    asked = wrong_size(anna, bought(yunhe, anna, shoes(yunhe)))
    acts(yunhe.mei, asked.id, "reject", refused_for="used", refusal="鞋底有磨损。")
    [dispute] = acts(anna, asked.id, "open_dispute", statement="Не носила.").children
    acts(anna, dispute, "request_review")
    ruling = RULING | {"f_reason_buyer": "По фото всё видно.", "f_reason_seller": "鞋底干净。"}
    path = f"/console/cases/{dispute}?lang=en"
    shown = checked(door(house.operator()).post(path, data=ruling | {"show": "decide"}))
    previews = dict(
        re.findall(r'<section class="notice" lang="(..)">(.*?)</section>', shown, re.DOTALL)
    )
    reasons: dict[Locale, str] = {"ru": "По фото всё видно.", "zh": "鞋底干净。"}
    for locale, reason in reasons.items():
        words = previews[locale]
        assert text(locale, "case.dispute_did_decide") in words
        assert text(locale, "case.choice_outcome.refund") in words
        assert reason in words
        assert f'lang="{locale}" required' in shown
    assert "鞋底干净。" not in previews["ru"]


def test_only_what_was_shown_is_sent_and_only_while_nobody_else_acts(
    house: House, door: Door, dispute: CaseShown, anna: Person
) -> None:
    olga = door(house.operator())
    shown = checked(olga.post(page_of(dispute), data=RULING | {"show": "decide"}))
    assert hidden(shown)["f_reason_buyer"] == "The photos show it."
    assert hidden(shown)["version"] == str(dispute.version)
    acts(house.operator("pavel"), dispute.id, "ask_more", needed="Show the soles.")
    late = checked(olga.post(page_of(dispute), data=hidden(shown) | {"go": "decide"}), 409)
    assert "The photos show it.</textarea>" in late
    assert sees(anna, dispute.id).state != "decided"


def test_answers_are_read_in_words(house: House, door: Door, dispute: CaseShown) -> None:
    page = checked(door(house.operator()).get(page_of(dispute)))
    assert text("en", "case.choice_reason.size_fit") in page
    assert "1 items" not in page
    ruling = RULING | {"f_clause": "default-proper", "show": "decide"}
    shown = checked(door(house.operator("pavel")).post(page_of(dispute), data=ruling))
    preview = shown.partition("The buyer will read")[2]
    assert text("en", "case.choice_outcome.refund") in preview
    words = f"{text('en', 'policy.category_any')} · {text('en', 'policy.condition_proper')}"
    assert words in preview.partition("</dl>")[0]
    assert "default-proper" not in preview.partition("</dl>")[0]


def test_a_dispute_that_is_not_the_operators_yet_can_be_found(
    house: House, door: Door, halo: Counter, anna: Person
) -> None:
    asked = wrong_size(anna, bought(halo, anna, shoes(halo)))
    acts(halo.mei, asked.id, "reject", refused_for="used", refusal="They were worn.")
    [dispute] = acts(anna, asked.id, "open_dispute", statement="On a carpet.").children
    olga = door(house.operator())
    waiting, found, between = checked(olga.get("/console/cases")).partition('id="between"')
    assert found
    assert f"/console/cases/{dispute}" in between
    assert dispute not in waiting
    acts(anna, dispute, "request_review")
    waiting, found, _between = checked(olga.get("/console/cases")).partition('id="between"')
    assert f"/console/cases/{dispute}" in waiting
    assert not found


def test_what_an_empty_amount_comes_to_is_read_beforehand(
    house: House, door: Door, dispute: CaseShown
) -> None:
    olga, all_of_it = door(house.operator()), text("en", "mediation.all_of_it", amount="€49.90")
    for amount, outcome, told in (("", "refund", True), ("30", "refund", False)):
        ruling = RULING | {"f_amount": amount, "f_outcome": outcome, "show": "decide"}
        read = checked(olga.post(page_of(dispute), data=ruling)).partition("The buyer will read")[2]
        assert (all_of_it in read) is told


def test_a_decision_leads_to_the_money(
    house: House, door: Door, dispute: CaseShown, anna: Person
) -> None:
    olga = door(house.operator())
    ruling = RULING | {"go": "decide", "version": str(dispute.version)}
    done = checked(olga.get(olga.post(page_of(dispute), data=ruling).headers["location"]))
    assert '<a href="/console/refunds">' in done
    page = checked(door(anna).get(f"/cases/{dispute.id}"))
    fact = page.partition('id="state"')[2].partition("</section>")[0]
    assert f'<a class="last" href="/cases/{dispute.parent}">' in fact
    assert "€30" in fact


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"f_amount": "much"}, 422),
        ({"f_amount": "-3"}, 422),
        ({"f_amount": "5000"}, 422),
        ({"f_outcome": ""}, 422),
        ({"f_outcome": "reject"}, 422),
    ],
)
def test_what_is_refused_stays_in_the_form(
    house: House, door: Door, dispute: CaseShown, changes: dict[str, str], status: int
) -> None:
    olga = door(house.operator())
    sent = RULING | {"show": "decide"} | changes
    page = checked(olga.post(page_of(dispute), data=sent), status)
    assert "The photos show it.</textarea>" in page
    assert 'aria-invalid="true"' in page
    assert page.count(" autofocus") == 1  # the reader goes on where it is wrong


def test_two_operators_sign_in_the_console(
    house: House, door: Door, dispute: CaseShown, anna: Person
) -> None:
    olga, pavel = door(house.operator("olga")), door(house.operator("pavel"))
    drafted = checked(olga.post(page_of(dispute), data=RULING | {"show": "draft_decision"}))
    olga.post(page_of(dispute), data=hidden(drafted) | {"go": "draft_decision"})
    mine, theirs = (checked(one.get(page_of(dispute))) for one in (olga, pavel))
    assert 'value="countersign"' not in mine
    assert 'value="countersign"' in theirs
    shown = checked(pavel.post(page_of(dispute), data={"show": "countersign"}))
    assert "The photos show it." in shown.partition("The buyer will read")[2]
    pavel.post(page_of(dispute), data=hidden(shown) | {"go": "countersign"})
    assert sees(anna, dispute.id).state == "decided"
    assert "The photos show it." in checked(door(anna).get(f"/cases/{dispute.id}"))


def test_the_shops_notes_are_read_only_on_purpose_and_that_is_written_down(
    house: House, door: Door, halo: Counter, dispute: CaseShown
) -> None:
    halo.mei.notes(dispute.conversation, "She always does this.")
    olga = door(house.operator())
    assert "She always does this." not in checked(olga.get(page_of(dispute)))
    assert "She always does this." in checked(olga.post(f"{page_of(dispute)}/notes"))
    deeds = house.db.read_now(audit.newest, 10)
    noted = {deed.action for deed in deeds if deed.facts.get("case") == dispute.id}
    assert noted == {"case_opened", "notes_read"}


def test_whichever_way_an_operator_looks_is_written_down(
    house: House, door: Door, dispute: CaseShown, anna: Person
) -> None:
    olga, visitor = door(house.operator()), door(anna)

    def noted() -> int:
        deeds = house.db.read_now(audit.newest, 100)
        return sum(
            deed.action == "case_opened" and deed.facts["case"] == dispute.id for deed in deeds
        )

    for n, path in enumerate(
        (
            page_of(dispute),
            f"/cases/{dispute.id}",
            f"/cases/{dispute.id}/do/decide",
            f"/orders/{dispute.order}",
            f"/api/v1/cases/{dispute.id}",
        ),
        start=1,
    ):
        assert olga.get(path).status_code == 200
        visitor.get(path)
        assert noted() == n, path


def test_a_second_operator_approves_and_money_paid_by_hand_is_noted(
    house: House, door: Door, halo: Counter, anna: Person
) -> None:
    lots = bought(halo, anna, shoes(halo, stock=50), quantity=20)
    asked = wrong_size(anna, lots, lines=[{"line": lots.lines[0].id, "quantity": 20}])
    acts(halo.mei, asked.id, "reject", refused_for="used", refusal="They were worn.")
    olga, pavel = door(house.operator("olga")), door(house.operator("pavel"))
    page = f"/console/cases/{asked.id}"
    sent = {"cmid": cmid_of(checked(olga.get(page)), f"{page}/refunds")}
    sent |= {"f_part": "compensation", "f_amount": "900"}

    wrong = checked(olga.post(f"{page}/refunds", data=sent | {"f_amount": "much"}), 422)
    assert 'value="much"' in wrong
    over = checked(olga.post(f"{page}/refunds", data=sent | {"f_amount": "9000"}), 409)
    assert 'value="9000" aria-invalid="true"' in over
    for _again in range(2):
        assert olga.post(f"{page}/refunds", data=sent).status_code == 303
    mine = checked(olga.get(page))
    [refund] = sees(anna, asked.id).refunds
    assert 'value="approve"' not in mine
    assert text("en", "cashdesk.second_hand") in mine

    theirs, sent_to = checked(pavel.get(page)), f"/console/refunds/{refund.id}"
    assert 'value="approve"' in theirs
    presses = {"cmid": cmid_of(theirs, sent_to), "case": asked.id, "action": "approve"}
    paid = presses | {"cmid": new_id(), "action": "manual_done", "reference": "PB-1"}
    early = checked(pavel.post(sent_to, data=paid), 409)
    assert f'action="{page}/refunds"' in early
    assert 'autocomplete="off" value="PB-1">' in early.partition('class="change" open>')[2]
    for _again in range(2):
        assert pavel.post(sent_to, data=presses).headers["location"] == f"{page}?paid=true"
    other = checked(pavel.post(sent_to, data=presses | {"action": "cancel"}), 409)
    assert text("en", "refusals.idempotency_conflict.title") in other
    assert sees(anna, asked.id).refunds[0].state == "approved"
    paid["cmid"] = cmid_of(checked(pavel.get(page)), sent_to)
    for _again in range(2):
        assert pavel.post(sent_to, data=paid).headers["location"] == f"{page}?paid=true"
    changed = checked(pavel.post(sent_to, data=paid | {"reference": "PB-2"}), 409)
    assert text("en", "refusals.idempotency_conflict.title") in changed
    assert pavel.post(sent_to, data=paid).headers["location"] == f"{page}?paid=true"
    assert "PB-1" in checked(pavel.get(f"{page}?paid=true"))
    assert [one.state for one in sees(anna, asked.id).refunds] == ["succeeded"]


def test_a_clause_is_chosen_from_the_rules_the_case_keeps(
    house: House, door: Door, dispute: CaseShown, anna: Person
) -> None:
    olga = door(house.operator())
    page = checked(olga.get(page_of(dispute)))
    assert re.search('<option value="default-proper" selected>', page)
    assert '<option value="food-defect">' in page
    chosen = RULING | {"f_clause": ["default-proper", ""], "show": "decide"}
    shown = checked(olga.post(page_of(dispute), data=chosen))
    assert "Everything else · Nothing is wrong" in shown.partition("The buyer will read")[2]
    worded = checked(
        olga.post(page_of(dispute), data=chosen | {"f_clause": ["default-proper", "§ 3"]})
    )
    assert 'value="§ 3"' in worded
    olga.post(page_of(dispute), data=chosen | {"go": "decide", "version": str(dispute.version)})
    assert sees(anna, dispute.id).facts["clause"] == "default-proper"


def test_what_a_carrier_was_asked_and_a_shop_promised_is_heard(
    house: House, door: Door, halo: Counter, anna: Person
) -> None:
    late = [SentParcel(carrier="dhl", tracking_number="JD0001")]
    order = halo.ships_to(anna, halo.sells("lamp"), shipments=late)
    asked = opens(anna, "logistics_inquiry", order, concern="late")
    acts(halo.mei, asked.id, "open_trace")
    said = {"said": "At the customs.", "proof_url": "https://dhl.example/p/1"}
    acts(halo.mei, asked.id, "carrier_reply", finding="held", **said)
    day = str(house.clock().date())
    eta = {"earliest": day, "latest": day, "zone": "Europe/Berlin"}
    acts(halo.mei, asked.id, "give_eta", eta=eta, eta_reason="customs")
    house.passes(days=2)
    page = checked(door(house.operator()).get(page_of(asked)))
    for words in ("dhl JD0001", *said.values(), text("en", "case.choice_finding.held")):
        assert words in page.partition('id="trace-1"')[2], words
    promised = page.partition('id="promised"')[2]
    assert text("en", "case.choice_eta_reason.customs") in promised
    assert text("en", "case.promise_broken") in promised


def test_what_the_marketplace_said_can_be_quoted(
    house: House, door: Door, dispute: CaseShown
) -> None:
    olga = house.operator()
    acts(olga, dispute.id, "ask_more", needed="Show the soles.")
    page = checked(door(olga).get(page_of(dispute)))
    assert f"{dispute.id}/" in page
    assert "SHA-256" in page


def test_nobody_else_comes_in(
    house: House, door: Door, halo: Counter, anna: Person, dispute: CaseShown
) -> None:
    for person in (anna, halo.mei):
        visitor = door(person)
        checked(visitor.get("/console/cases"), 403)
        checked(visitor.get(page_of(dispute)), 403)
        checked(visitor.post(page_of(dispute), data=RULING | {"go": "decide"}), 403)
        checked(visitor.post(f"{page_of(dispute)}/notes"), 403)
        checked(visitor.post(f"{page_of(dispute)}/refunds"), 403)


# --- money ----------------------------------------------------------------------------------


def test_a_refund_above_the_limit_waits_for_a_second_person(
    house: House, door: Door, halo: Counter, anna: Person
) -> None:
    order = bought(halo, anna, shoes(halo), quantity=20)
    lines = [{"line": order.lines[0].id, "quantity": 20}]
    asked = wrong_size(anna, order, lines=lines)
    acts(halo.mei, asked.id, "approve_keep")
    house.passes(seconds=1)
    [refund] = sees(anna, asked.id).refunds
    olga, at = door(house.operator()), f"/console/refunds/{refund.id}"
    assert "€998" in checked(olga.get("/console/refunds"))
    checked(door(halo.mei).post(at, data={"action": "approve"}), 403)
    assert olga.post(at, data={"action": "approve"}).headers["location"].endswith("done=true")
    assert sees(anna, asked.id).refunds[0].state == "approved"

    checked(olga.post(at, data={"action": "manual_done"}), 422)
    paid = {"action": "manual_done", "reference": "Bank 77"}
    assert olga.post(at, data=paid).status_code == 303
    assert sees(anna, asked.id).refunds[0].reference == "Bank 77"
    assert text("en", "cashdesk.nothing") in checked(olga.get("/console/refunds"))
    checked(door(anna).get("/console/refunds"), 403)


def test_a_reference_is_kept_whole_or_not_at_all(
    house: House, door: Door, halo: Counter, anna: Person
) -> None:
    order = bought(halo, anna, shoes(halo))
    asked = wrong_size(anna, order)
    acts(halo.mei, asked.id, "approve_keep")
    house.passes(seconds=1)
    [refund] = sees(anna, asked.id).refunds
    at, paid = f"/console/refunds/{refund.id}", {"cmid": new_id(), "action": "manual_done"}
    olga = door(house.operator())
    long = checked(olga.post(at, data=paid | {"reference": "7" * 201}), 422)
    assert text("en", "refusals.reference_too_long.title") in long
    assert f'value="{"7" * 201}"' in long
    assert sees(anna, asked.id).refunds[0].state == "approved"

    kept = checked(door().post(at, data=paid | {"reference": "Bank 77"}), 401)
    for name, value in (paid | {"reference": "Bank 77"}).items():
        assert f'name="{name}" value="{value}"' in kept
    assert f'action="{at}"' in kept
    assert olga.post(at, data=paid | {"reference": "7" * 200}).status_code == 303
    assert sees(anna, asked.id).refunds[0].reference == "7" * 200


def test_the_list_of_refunds_says_that_there_are_more(
    house: House, door: Door, halo: Counter, anna: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cashdesk, "MOST", 1)
    more, shoe = text("en", "cashdesk.more", n=1), shoes(halo)
    orders = [bought(halo, anna, shoe) for _ in range(2)]
    olga = door(house.operator())
    for order, is_full in zip(orders, (False, True), strict=True):
        acts(halo.mei, wrong_size(anna, order).id, "approve_keep")
        house.passes(seconds=1)
        assert (more in checked(olga.get("/console/refunds"))) is is_full
    assert ">1+<" in checked(olga.get("/console"))
