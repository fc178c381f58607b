"""Letters are read whatever they are made of: words, charsets, bounces, bombs, and nonsense."""

import os
import signal
import threading
import time
from collections import Counter
from email.message import EmailMessage
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shopbell.channels.mail.arriving import (
    automatic,
    decoding,
    mailboxes,
    markup,
    parameters,
    quotes,
    structure,
)
from shopbell.channels.mail.arriving.automatic import Kind
from shopbell.channels.mail.arriving.mailboxes import Mailbox
from shopbell.channels.mail.arriving.reading import Reading, read
from shopbell.channels.mail.arriving.room import ReadingRoom
from tests.house import ROOT
from tests.support.pace import milliseconds
from tests.support.tnef import wrapped

SAMPLES = sorted((ROOT / "tests/samples/quotes").iterdir())
BETWEEN = "\n=-=-= the letter =-=-=\n"
REAL = ROOT.parent / "shared/data/mail"
MARKERS = ["Please answer above this line", "Please write your answer above this line"]
MARKERS += ["Пишите ответ выше этой строки", "请在此行上方回复"]
HUNDRED_KB = 100 * 1024

# ── the new words of an answer ──────────────────────────────────────────────────────────────


def own_words(file: Path) -> tuple[str, str]:
    """Return what somebody wrote, and what we found in the letter that their program made."""
    own, letter = file.read_text().split(BETWEEN)
    text = markup.words_of(letter) if file.suffix == ".html" else letter
    return own, quotes.new_words(text, MARKERS, "anna@example.org")


def test_the_new_words_of_answers_are_found_exactly() -> None:
    wrong = [file.name for file in SAMPLES if len(set(own_words(file))) > 1]
    assert len(SAMPLES) >= 120
    assert len(wrong) <= len(SAMPLES) * 0.05, wrong


def test_no_answer_is_emptied() -> None:
    assert [file.name for file in SAMPLES if not own_words(file)[1].strip()] == []


EVIL = {
    "quoted": ">" * HUNDRED_KB,
    "quoted_lines": ">\n" * (HUNDRED_KB // 2),
    "addresses": "a@" * (HUNDRED_KB // 2),
    "blanks": " " * HUNDRED_KB,
    "lines": "\n" * HUNDRED_KB,
    "introductions": "On Mon, 1.1.2026\n" * (HUNDRED_KB // 17),
    "headers": "From: a\nSent: b\n" * (HUNDRED_KB // 16),
    "cards": "| |\n" * (HUNDRED_KB // 4),
    "signatures": "-- \n" * (HUNDRED_KB // 4),
    "rules": ("-" * 399 + "\n") * (HUNDRED_KB // 400),
    "colons": ("12:00 a@" + "b" * 380 + ":\n") * (HUNDRED_KB // 390),
    "praise": "Sent from my x\n" * (HUNDRED_KB // 15),
    "wrote": "wrote:\n" * (HUNDRED_KB // 7),
    "between": "> a\nb\n" * (HUNDRED_KB // 6),
    "parentheses": "писал(" * (HUNDRED_KB // 12),
}


@pytest.mark.parametrize("evil", EVIL)
def test_evil_words_take_no_time(evil: str) -> None:
    read_it = partial(quotes.new_words, EVIL[evil], MARKERS, "anna@example.org")
    assert milliseconds(read_it, enough=50) <= 50


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 20_000,
        "<blockquote>" * 9_000,
        "<b></p>" * 14_000,
        "<table>" * 14_000,
        "<" * HUNDRED_KB,
        "&" * HUNDRED_KB,
        "<!--" * 25_000,
        "<div " + "a=b " * 25_000 + ">",
    ],
)
def test_evil_markup_takes_little_time(html: str) -> None:
    def read_it() -> None:
        markup.harmless(html)
        quotes.new_words(markup.words_of(html))

    assert milliseconds(read_it, tries=1) < 3_000


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<img src='https://spy.example/1.png'>",
        "<link rel=stylesheet href=//spy.example>",
        "<style>@import url(//spy.example)</style>",
        "<div style='background:url(https://spy.example)'>x</div>",
        "<table background='https://spy.example'><tr><td>x</table>",
        "<iframe src=https://spy.example></iframe>",
        "<svg onload=alert(1)><image href=https://spy.example>",
        "<a href='javascript:alert(1)'>x</a>",
        "<form action=https://spy.example><input name=password></form>",
        "<meta http-equiv=refresh content='0;url=https://spy.example'>",
        "<base href=https://spy.example>",
        "<video poster=https://spy.example src=https://spy.example></video>",
        "<input type=image src=https://spy.example>",
        "<a href='//spy.example'>x</a>",
    ],
)
def test_markup_runs_nothing_and_fetches_nothing(attack: str) -> None:
    shown = markup.harmless(f"<p>Hello</p>{attack}")
    assert "Hello" in shown
    assert "spy.example" not in shown
    assert "alert" not in shown


# ── letters of programs ─────────────────────────────────────────────────────────────────────


def letter(subject: str = "Hello", text: str = "Hello.", **headers: str) -> bytes:
    made = EmailMessage()
    made["From"] = headers.pop("sender", "anna@example.org")
    made["Subject"] = subject
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    return made.as_bytes()


def kind(raw: bytes, sender: str | None = "anna@example.org") -> Kind:
    return read(raw, sender).kind


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        (letter(Auto_Submitted="auto-replied"), Kind.REPLY),
        (letter(Auto_Submitted="auto-generated (x)"), Kind.REPLY),
        (letter(Auto_Submitted="no"), Kind.HUMAN),
        (letter(X_Autoreply="yes"), Kind.REPLY),
        (letter(Precedence="bulk"), Kind.NOTICE),
        (letter(List_Id="<x.example>"), Kind.NOTICE),
        (letter(sender="no-reply@shop.example"), Kind.NOTICE),
        (letter("Automatic reply: lamp"), Kind.DOUBTFUL),
        (letter("Out of office: back on Monday"), Kind.DOUBTFUL),
        (letter("Автоответ: лампа"), Kind.DOUBTFUL),
        (letter("Автоматический ответ: я в отпуске"), Kind.DOUBTFUL),
        (letter("自动回复：台灯"), Kind.DOUBTFUL),
        (letter("外出休假，请稍后联系"), Kind.DOUBTFUL),
        (letter("Re: out of office chairs"), Kind.HUMAN),
        (letter("Отсутствует зарядка в коробке"), Kind.HUMAN),
        (letter("外出旅行用的充电宝能带上飞机吗"), Kind.HUMAN),
        (letter("Vacation pillow: what size?"), Kind.HUMAN),
        (letter("On holiday sale?"), Kind.HUMAN),
        (letter("The lamp came back to the office"), Kind.HUMAN),
        (letter("Почему посылка не доставлена?"), Kind.HUMAN),
        (letter("Delivery failed! Where is my parcel?", "It never came."), Kind.HUMAN),
        (letter("包裹被退回了，怎么办"), Kind.HUMAN),
        (letter("Возврат: сообщение не доставлено"), Kind.HUMAN),
        (letter("Returned to sender", "My parcel was returned to the sender."), Kind.BOUNCE),
    ],
)
def test_who_or_what_wrote_a_letter(raw: bytes, wanted: Kind) -> None:
    assert kind(raw) is wanted


BOUNCE = b"""\
From: MAILER-DAEMON@mx.example.org (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b

I'm sorry to have to inform you that your message could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; anna@example.org
Action: %(action)s
Status: %(status)s
--b
Content-Type: message/rfc822

Message-ID: <a123@reply.localhost>
Subject: Your lamp

Hello.
--b--
"""


@pytest.mark.parametrize(
    ("action", "status", "hard", "came_back"),
    [
        (b"failed", b"5.1.1", True, True),
        (b"failed", b"5.2.1", True, True),
        (b"failed", b"5.1.10", True, True),
        (b"failed", b"5.0.0\nDiagnostic-Code: smtp; 550 5.1.1 Who?", True, True),
        (b"failed", b"5.0.0\nDiagnostic-Code: smtp; 550 relay not permitted", False, True),
        (b"failed", b"5.7.1\nDiagnostic-Code: smtp; 550 5.1.1 too?", False, True),
        (b"failed", b"5.2.2", False, True),
        (b"failed", b"4.2.2", False, True),
        (b"delayed", b"4.4.1", False, False),
        (b"Delivered", b"2.0.0", False, False),
        (b"relayed", b"2.0.0", False, False),
        (b"expanded", b"2.0.0", False, False),
        (b"delivered", b"5.1.1", False, False),
    ],
)
def test_a_bounce_tells_of_which_letter_and_whether_for_good(
    action: bytes, status: bytes, hard: bool, came_back: bool
) -> None:
    bounce = read(BOUNCE % {b"action": action, b"status": status}, "").bounce
    assert bounce is not None
    assert (bounce.message_id, bounce.recipient) == ("<a123@reply.localhost>", "anna@example.org")
    assert (bounce.hard, bounce.came_back) == (hard, came_back)


# ── charsets and headers ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("data", "named", "words"),
    [
        ("Привет, лампа".encode("cp1251"), "windows-1251", "Привет, лампа"),
        ("Привет, лампа".encode("cp1251"), "", "Привет, лампа"),
        ("Привет, лампа пришла".encode("koi8-r"), "us-ascii", "Привет, лампа пришла"),
        ("Привет, лампа".encode("cp1251"), "iso-8859-1", "Привет, лампа"),
        ("Привет, лампа".encode(), "windows-1251", "Привет, лампа"),
        ("你好，台灯".encode("gb18030"), "gb2312", "你好，台灯"),
        ("囍鎔".encode("gb18030"), "gb2312", "囍鎔"),
        ("你好".encode(), "gb2312", "你好"),
        ("香港電燈".encode("big5hkscs"), "big5", "香港電燈"),
        ("Müller “quoted”".encode("cp1252"), "iso-8859-1", "Müller “quoted”"),
        (b"+ADw-script+AD4-", "utf-7", "+ADw-script+AD4-"),
        (b"plain", "no-such-charset", "plain"),
        ("Grüße".encode(), "us-ascii", "Grüße"),
        (b"\xff\xfe\xfd", "utf-8", "яюэ"),
    ],
)
def test_words_are_read_in_the_charset_that_they_have(data: bytes, named: str, words: str) -> None:
    assert decoding.words(data, named) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("=?utf-8?B?0JvQsNC80L/QsA==?=", "Лампа"),
        ("=?utf-8?B?0JvQ?= =?utf-8?B?sNC80L/QsA==?=", "Лампа"),
        ("=?gb2312?B?zKi1xg==?= 1", "台灯 1"),
        ("=?utf-8?q?a=0D=0ABcc:_x?=", "a Bcc: x"),
        ("=?utf-8?q?a=00b?=", "ab"),
        ("=?utf-8?Q?one two?=", "one two"),
        ("=?utf-8?B?broken", "=?utf-8?B?broken"),
        ("=?x?z?y?=", "=?x?z?y?="),
        ("a\r\n\tb", "a b"),
        ("=?iso-8859-1*de?Q?gr=FC=DFe?=", "grüße"),
    ],
)
def test_headers_become_one_line_of_words(value: str, words: str) -> None:
    assert decoding.header(value) == words


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("Anna <anna@example.org>", [Mailbox("Anna", "anna@example.org")]),
        (
            '"Kim, Anna" <a@b.example>, c@d.example',
            [("Kim, Anna", "a@b.example"), ("", "c@d.example")],
        ),
        ("a@b.example (Anna (the buyer))", [Mailbox("Anna the buyer", "a@b.example")]),
        ("=?utf-8?q?A=2C_B?= <a@b.example>", [Mailbox("A, B", "a@b.example")]),
        ("<>", []),
        ("(" * 5_000 + "a@b.example", [Mailbox("a@b.example", "")]),
    ],
)
def test_senders_are_read_sign_by_sign(value: str, read: list[Mailbox | tuple[str, str]]) -> None:
    wanted = [one if isinstance(one, Mailbox) else Mailbox(*one) for one in read]
    found = mailboxes.read(value).mailboxes
    assert found == wanted or (len(value) > 5_000 and not found)


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ('x; filename="a b.pdf"', "a b.pdf"),
        ("x; filename*=utf-8''%D0%BB.pdf", "л.pdf"),
        ("x; filename*0*=utf-8''%D0; filename*1*=%BB.pdf", "л.pdf"),
        ('x; filename="=?utf-8?B?0Lsu?=pdf"', "л.pdf"),
        ("x; filename=" + "a" * 20_000, "a" * 8_180),
    ],
)
def test_names_of_files_are_read_in_every_way_that_they_are_written(value: str, name: str) -> None:
    assert parameters.read(value)[1]["filename"][:8_180] == name


# ── bombs, nonsense, and real letters ───────────────────────────────────────────────────────

BOMBS = {
    "letters_in_letters": b"From: a@b.example\n" + b"Content-Type: message/rfc822\n\n" * 2_000,
    "headers": b"X: y\n" * 100_000 + b"\nhi",
    "recipients": b"To: " + b"a@b.example, " * 20_000 + b"\n\nhi",
    "parameters": b"Content-Type: text/plain" + b";a=b" * 5_000 + b"\n\nhi",
    "parentheses": b"From: " + b"(" * 5_000 + b"a@b.example\n\nhi",
    "parts": b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 50_000,
    "short_lines": b"Subject: x\n\n" + b"a\n" * 10_000_000,
    "nesting": b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(300)
    )
    + b"\nxxxxxxxxxxxx" * 500_000,
    "winmail": b"Content-Type: application/ms-tnef\n\n\x78\x9f\x3e\x22" + b"\0" * 1_000_000,
    "one_line": b"Subject: x\n\n" + b"a" * 20_000_000,
    "no_headers": b"\n\nhi",
    "nothing": b"",
}


def outlook(winmail: bytes, text: str = "") -> bytes:
    """Return a letter as Outlook wraps it up."""
    wrap = EmailMessage()
    wrap["From"] = "anna@example.org"
    wrap.set_content(text)
    wrap.add_attachment(winmail, "application", "ms-tnef", filename="winmail.dat")
    return wrap.as_bytes()


@pytest.mark.parametrize(
    ("winmail", "text", "words", "files"),
    [
        (wrapped({"Отчёт.pdf": b"%PDF-1.4"}, html="<p>Привет</p>"), "", "Привет", ["Отчёт.pdf"]),
        (wrapped({"a.docx": b"PK", "b.txt": b"b"}), "Hello", "Hello", ["a.docx", "b.txt"]),
        (wrapped({}, plain="只有文字。"), "", "只有文字。", []),
        (wrapped({}, html="<p>Theirs</p>", plain="x"), "Hello", "Hello", []),
        (wrapped({"..\\run.exe": b"MZ"}), "Hello", "Hello", ["..\\run.exe"]),
        (b"\x78\x9f\x3e\x22\1\0" + b"\xff" * 400, "Hello", "Hello", []),
        (b"no such thing", "Hello", "Hello", ["winmail.dat"]),
        (b"", "Hello", "Hello", []),
    ],
    ids=["markup", "files", "plain", "both", "path", "noise", "none", "empty"],
)
def test_winmail_is_unwrapped(winmail: bytes, text: str, words: str, files: list[str]) -> None:
    found = read(outlook(winmail, text))
    assert found.words == words
    assert [one.name for one in found.files] == files


@pytest.mark.parametrize(
    ("subject", "more"),
    [
        ("Re: Undelivered Mail Returned to Sender", {"Auto_Submitted": "auto-replied"}),
        ("Automatic reply: Delivery failure of order 7", {}),
        (
            "Out of office: delivery status of my order",
            {"Auto_Submitted": "auto-replied (vacation)"},
        ),
        ("Автоответ: письмо не доставлено", {"Precedence": "bulk"}),
        ("自动回复：退信", {"X_Autoreply": "yes"}),
    ],
)
def test_an_absent_person_is_no_bounce_whatever_the_subject_speaks_of(
    subject: str, more: dict[str, str]
) -> None:
    """A bounce would suspend the address of somebody who is on holiday."""
    found = read(letter(subject, "The user is unavailable until Monday.", **more), "")
    assert (found.kind, found.bounce) == (Kind.REPLY, None)


def test_no_bomb_goes_off() -> None:
    """Whatever it is, it is read within its limits of time and memory, or as plain text."""
    room = ReadingRoom()
    found = {name: room.read(bomb, "a@b.example") for name, bomb in BOMBS.items()}
    after = room.read(letter(text="Still here."))
    room.close()
    assert found.keys() == BOMBS.keys()
    assert after.words == "Still here."


def test_a_reader_that_somebody_ended_says_nothing_about_the_letter() -> None:
    """It is read by another one, and whole."""
    room = ReadingRoom()
    room.read(letter())
    reader = room._reader  # noqa: SLF001 - it is to be ended
    assert reader is not None
    assert os.getsid(reader.pid) == reader.pid
    os.kill(reader.pid, signal.SIGSTOP)
    for after, sent in ((0.2, signal.SIGTERM), (0.3, signal.SIGCONT)):
        threading.Timer(after, os.kill, (reader.pid, sent)).start()
    found = room.read(letter(text="Whole."))
    room.close()
    assert (found.words, found.as_text) == ("Whole.", False)


def test_a_reader_that_was_killed_is_replaced() -> None:
    room = ReadingRoom()
    room.read(letter())
    assert room._reader is not None  # noqa: SLF001 - it is to be killed
    room._reader.kill()  # noqa: SLF001
    assert room.read(letter(text="Again.")).words == "Again."
    room.close()


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=2_000))
def test_any_bytes_are_a_letter(raw: bytes) -> None:
    assert isinstance(read(raw), Reading)


HEADERS = st.sampled_from(
    ["From", "To", "Subject", "Content-Type", "Content-Transfer-Encoding", "Date", "Message-ID"]
)
VALUES = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [
            "multipart/mixed; boundary=b",
            "multipart/alternative; boundary=",
            "message/rfc822",
            "text/html; charset=gb2312",
            "text/plain; charset=utf-7",
            "base64",
            "quoted-printable",
            "x-uuencode",
            "=?utf-8?B?////?=",
            '"a\\"b" <a@b.example>, (((',
        ]
    ),
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(HEADERS, VALUES), max_size=12), st.binary(max_size=400))
def test_any_headers_are_a_letter(headers: list[tuple[str, str]], body: bytes) -> None:
    head = "".join(f"{name}: {value}\n" for name, value in headers)
    assert isinstance(read(head.encode("utf-8", "surrogatepass") + b"\n--b\n" + body), Reading)


def test_real_letters_are_read_and_told_apart() -> None:
    """Where the collections of real letters lie beside us: none crashes, and few are mistaken."""
    if not REAL.exists():
        return
    files = [file for file in sorted(REAL.rglob("*")) if _is_letter(file)]
    bounces, known, slowest = 0, Counter[Kind](), 0.0
    for file in files:
        begun = time.process_time()
        found = structure.read(file.read_bytes())
        read(file.read_bytes())
        slowest = max(slowest, time.process_time() - begun)
        if file.parent.name in {"bsd", "dos"} and not file.name.startswith("rfc3834"):
            bounces += 1
            known[automatic.kind_of(found)] += 1
    assert slowest < 10
    assert known[Kind.BOUNCE] + known[Kind.COMPLAINT] >= 0.97 * bounces


def _is_letter(file: Path) -> bool:
    return file.is_file() and file.name[0] not in "_." and file.suffix not in {".json", ".md"}
