"""The people of the tests behave like people."""

from tests.support.house import House


def test_a_buyer_asks_and_is_answered(house: House) -> None:
    halo = house.shop("halo", staff=["mei", "oleg"])
    teapot, anna = halo.sells("teapot"), house.buyer("anna")
    talk = anna.asks(halo, teapot, "How heavy is it?")
    house.passes(minutes=3)
    assert halo.oleg.sees(talk).waiting_on == "seller"
    halo.mei.answers(talk, "1.2 kg with the box.")
    assert anna.sees(talk).unread == 1
    assert anna.reads(talk) == ["How heavy is it?", "1.2 kg with the box."]
    assert anna.sees(talk).unread == 0
