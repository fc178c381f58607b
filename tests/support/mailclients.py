"""How people's mail programs answer a letter: what they repeat, how, and in front of what."""

import fcntl
import os
import pty
import subprocess
import termios
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from html import escape
from pathlib import Path
from struct import pack

from shopbell.kernel.ids import new_id
from shopbell.kernel.texts import Locale
from tests.support.mailrig import PASSWORD, PATIENCE, MailRig, program

WROTE: dict[Locale, str] = {
    "en": "On {day}, {who} wrote:",
    "ru": "{day}, {who} написал(а):",
    "zh": "{who} 于{day}写道：",
}
LABELS: dict[Locale, tuple[str, ...]] = {
    "en": ("From", "Sent", "To", "Subject"),
    "ru": ("От", "Отправлено", "Кому", "Тема"),
    "zh": ("发件人", "发送时间", "收件人", "主题"),
}
DAYS: dict[Locale, str] = {
    "en": "Mon, 4 May 2026 at 09:00",
    "ru": "пн, 4 мая 2026 г. в 09:00",
    "zh": "2026年5月4日周一 09:00",
}


@dataclass(frozen=True)
class Answer:
    """What somebody answers, to which letter, and in which language their program speaks."""

    letter: EmailMessage
    words: str
    locale: Locale

    @property
    def plain(self) -> str:
        return _part(self.letter, "plain")

    @property
    def html(self) -> str:
        return _part(self.letter, "html")

    @property
    def introduction(self) -> str:
        return WROTE[self.locale].format(day=DAYS[self.locale], who=self.letter["From"])

    @property
    def quoted(self) -> str:
        return "\n".join(f"> {line}" for line in self.plain.splitlines())


def gmail(answer: Answer) -> tuple[str, str]:
    plain = f"{answer.words}\n\n{answer.introduction}\n\n{answer.quoted}\n"
    html = (
        f'<div dir="ltr">{escape(answer.words)}</div><br>'
        '<div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">'
        f'{escape(answer.introduction)}<br></div><blockquote class="gmail_quote" style="margin:'
        '0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex">'
        f"{answer.html}</blockquote></div>"
    )
    return plain, html


def apple(answer: Answer) -> tuple[str, str]:
    plain = f"{answer.words}\n\n> {answer.introduction}\n> \n{answer.quoted}\n"
    html = (
        '<html><head></head><body style="overflow-wrap: break-word;">'
        f'{escape(answer.words)}<br id="lineBreakAtBeginningOfMessage"><div><br>'
        f'<blockquote type="cite"><div>{escape(answer.introduction)}</div>'
        f'<br class="Apple-interchange-newline"><div>{answer.html}</div></blockquote></div>'
        "</body></html>"
    )
    return plain, html


def outlook(answer: Answer) -> tuple[str, str]:
    facts = (
        answer.letter["From"],
        DAYS[answer.locale],
        answer.letter["To"],
        answer.letter["Subject"],
    )
    head = list(zip(LABELS[answer.locale], map(str, facts), strict=True))
    told = "\n".join(f"{label}: {fact}" for label, fact in head)
    plain = f"{answer.words}\n\n{told}\n\n{answer.plain}\n"
    shown = "<br>".join(f"<b>{label}:</b> {escape(fact)}" for label, fact in head)
    html = (
        '<html><body lang="EN-GB"><div class="WordSection1">'
        f'<p class="MsoNormal">{escape(answer.words)}<o:p></o:p></p><p class="MsoNormal">'
        '<o:p>&nbsp;</o:p></p><div><div style="border:none;border-top:solid #E1E1E1 1.0pt;'
        f'padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal">{shown}<o:p></o:p></p></div></div>'
        f"{answer.html}</div></body></html>"
    )
    return plain, html


def answered(answer: Answer, client: Callable[[Answer], tuple[str, str]]) -> EmailMessage:
    """Return the answer as a program writes it whose user presses "Reply"."""
    plain, html = client(answer)
    letter, reply = answer.letter, EmailMessage(policy=SMTP)
    reply["From"], reply["To"] = letter["To"], letter["From"]
    reply["Subject"] = f"Re: {letter['Subject']}"
    reply["Date"] = format_datetime(datetime.now(UTC))
    reply["Message-ID"] = f"<{new_id()}@{_domain(reply)}>"
    reply["In-Reply-To"] = letter["Message-ID"]
    reply["References"] = f"{letter.get('References', '')} {letter['Message-ID']}".strip()
    reply.set_content(plain)
    reply.add_alternative(html, subtype="html")
    return reply


def posts(rig: MailRig, reply: EmailMessage) -> None:
    """Hand it to the mail server, as the program of its writer does."""
    rig.posts(reply.as_bytes(), parseaddr(str(reply["From"]))[1], parseaddr(str(reply["To"]))[1])


def swaks(rig: MailRig, reply: EmailMessage, folder: Path) -> None:
    """The same by swaks."""
    file = folder / f"{new_id()}.eml"
    file.write_bytes(reply.as_bytes())
    words, environment = program(
        "swaks",
        *("--server", "127.0.0.1", "--port", str(rig.smtp), "--data", f"@{file}"),
        *("--from", parseaddr(str(reply["From"]))[1], "--to", parseaddr(str(reply["To"]))[1]),
    )
    subprocess.run(words, env=environment, check=True, capture_output=True, timeout=PATIENCE)


MUTT = """
set folder="imap://127.0.0.1:{rig.imap}/" spoolfile="+INBOX"
set imap_user="{address}" imap_pass="{password}"
set smtp_url="smtp://127.0.0.1:{rig.smtp}/" ssl_starttls=no ssl_force_tls=no
set from="{address}" realname="{name}" use_from=yes use_envelope_from=yes hostname="post.localhost"
set charset="utf-8" send_charset="us-ascii:utf-8" attribution="{introduction}"
set editor="{editor}" include=yes fast_reply=yes autoedit=yes edit_headers=no
set copy=no record="" postponed="" recall=no abort_unmodified=no abort_nosubject=no
set tmpdir="{home}" header_cache="" message_cachedir="" mail_check=1 beep=no wait_key=no
unset signature
push "<last-entry><reply><send-message><quit>"
"""
EDITOR = """#!/bin/sh
cat "{words}" "$1" >"$1.new" && mv "$1.new" "$1"
"""


def mutt(rig: MailRig, answer: Answer, home: Path) -> None:
    """Open the own mailbox with mutt, and answer the newest letter in there."""
    name, address = parseaddr(str(answer.letter["To"]))
    words, editor, settings = home / "words", home / "editor", home / "muttrc"
    words.write_text(f"{answer.words}\n\n")
    editor.write_text(EDITOR.format(words=words))
    editor.chmod(0o700)
    introduction = WROTE[answer.locale].format(day="%d", who="%f")
    about = {"name": name, "address": address, "introduction": introduction, "password": PASSWORD}
    settings.write_text(MUTT.format(rig=rig, editor=editor, home=home, **about))
    call, environment = program("mutt", "-n", "-F", str(settings))
    _at_a_terminal(call, {**environment, "TERM": "xterm", "LC_ALL": "C.UTF-8", "HOME": str(home)})


def _at_a_terminal(call: Sequence[str], environment: dict[str, str]) -> None:
    """Run a program that wants a screen and keys; what it shows is told if it fails."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, pack("HHHH", 40, 120, 0, 0))
    shown = bytearray()

    def watch() -> None:
        while True:
            try:
                shown.extend(os.read(ours, 4096))
            except OSError:
                return

    running = subprocess.Popen(
        call, env=environment, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    )
    os.close(theirs)
    watching = threading.Thread(target=watch, daemon=True)
    watching.start()
    try:
        code = running.wait(timeout=30)
    except subprocess.TimeoutExpired:
        running.kill()
        code = running.wait()
    watching.join()
    os.close(ours)
    assert code == 0, shown.decode(errors="replace")


def _part(letter: EmailMessage, kind: str) -> str:
    part = letter.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def _domain(letter: EmailMessage) -> str:
    return parseaddr(str(letter["From"]))[1].rpartition("@")[2]
