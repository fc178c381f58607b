"""Money, dates and hours as readers of three languages write them; what Vite built."""

from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from shopbell.kernel.texts import Locale
from shopbell.web.pages import format as written
from shopbell.web.pages.assets import NOTHING, FrontEndNotBuilt, entry, entry_or_nothing
from shopbell.web.pages.look import local

NOW = date(2026, 11, 14)


def plain(words: str) -> str:
    """Return ``words`` with every kind of space written as a space."""
    return " ".join(words.split())


@pytest.mark.parametrize(
    ("amount", "currency", "locale", "said"),
    (
        (6490, "EUR", "en", "€64.90"),
        (6400, "EUR", "en", "€64"),
        (649_000, "RUB", "ru", "6 490 ₽"),
        (649_000, "RUB", "en", "RUB 6,490"),
        (48_900, "CNY", "zh", "¥489"),
        (48_950, "CNY", "zh", "¥489.50"),
        (500, "JPY", "ru", "500 ¥"),
    ),
)
def test_money(amount: int, currency: str, locale: Locale, said: str) -> None:
    assert plain(written.money(amount, currency, locale)) == said


@pytest.mark.parametrize(
    ("locale", "day", "another_year"),
    (
        ("en", "November 18", "January 2, 2027"),
        ("ru", "18 ноября", "2 января 2027 г."),
        ("zh", "11月18日", "2027年1月2日"),
    ),
)
def test_a_day_has_a_year_only_when_it_is_another(
    locale: Locale, day: str, another_year: str
) -> None:
    assert plain(written.day(date(2026, 11, 18), locale, NOW)) == day
    assert plain(written.day(date(2027, 1, 2), locale, NOW)) == another_year


@pytest.mark.parametrize(
    ("locale", "said"), (("en", "Nov 18 – 20"), ("ru", "18–20 нояб."), ("zh", "11月18日至20日"))
)
def test_a_delivery_is_a_day_or_a_span(locale: Locale, said: str) -> None:
    first, last = date(2026, 11, 18), date(2026, 11, 20)
    assert plain(written.span(first, last, locale, NOW)) == said
    assert written.span(first, first, locale, NOW) == written.day(first, locale, NOW)


def test_a_moment_is_told_by_the_clock_of_its_place() -> None:
    noon = datetime(NOW.year, 11, 18, 21, 30, tzinfo=UTC)
    assert "18" in written.moment(noon, "en")
    moscow = ZoneInfo("Europe/Moscow")
    assert "19" in written.moment(noon, "ru", moscow)
    assert written.city("Asia/Shanghai", "ru") == "Шанхай"


@pytest.mark.parametrize("address", ("/", "/orders/1?lang=ru", "/me/messages/x#y"))
def test_people_are_led_on_to_our_own_pages(address: str) -> None:
    assert local(address) == address


@pytest.mark.parametrize(
    "address", ("", None, "https://evil.example", "//evil.example", "/\\evil", "/a\nb", "orders/1")
)
def test_and_to_no_others(address: str | None) -> None:
    assert local(address) is None


MANIFEST = """{
  "_line.js": {"file": "assets/line-1.js", "css": ["assets/line-1.css"], "imports": ["_i18n.js"]},
  "_i18n.js": {"file": "assets/i18n-2.js"},
  "panel/main.ts": {
    "file": "assets/panel-3.js", "isEntry": true, "imports": ["_line.js", "_i18n.js"],
    "dynamicImports": ["words"], "css": ["assets/panel-3.css"], "assets": ["assets/onest.woff2"]
  }
}"""


def test_an_entry_brings_the_styles_and_scripts_of_what_it_imports(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(MANIFEST)
    found = entry("panel/main.ts", tmp_path)
    assert found.script == "/static/assets/panel-3.js"
    assert found.styles == ("/static/assets/panel-3.css", "/static/assets/line-1.css")
    assert found.preloads == ("/static/assets/line-1.js", "/static/assets/i18n-2.js")
    assert found.fonts == ("/static/assets/onest.woff2",)


def test_a_front_end_that_is_not_built_says_so(tmp_path: Path) -> None:
    with pytest.raises(FrontEndNotBuilt):
        entry("panel/main.ts", tmp_path)
    assert entry_or_nothing("pages/main.ts", tmp_path) is NOTHING
    (tmp_path / "manifest.json").write_text(MANIFEST)
    with pytest.raises(FrontEndNotBuilt):
        entry("desk/main.ts", tmp_path)
