"""Which letters no person wrote: bounces, complaints, replies of absent people, lists. Pure.

First what standards say (RFC 3464, 3834, 5965), then how servers without them write.
"""

import re
from collections.abc import Iterator
from enum import StrEnum

from msgspec import Struct

from shopbell.channels.mail.arriving import mailboxes
from shopbell.channels.mail.arriving.structure import Part, Structure
from shopbell.channels.mail.verdicts import says_no_mailbox


class Kind(StrEnum):
    """Who or what wrote a letter; of a doubtful one only the subject reads like a program's."""

    HUMAN = "human"
    DOUBTFUL = "doubtful"
    REPLY = "reply"
    NOTICE = "notice"
    BOUNCE = "bounce"
    COMPLAINT = "complaint"

    @property
    def automatic(self) -> bool:
        """Tell whether no person wrote it."""
        return self is not Kind.HUMAN


class Bounce(Struct, frozen=True):
    """What a bounce tells: of which letter, to whom, and whether it is its address that is wrong.

    ``status`` is the code of RFC 3463, or nothing. One that did not come back was delayed, or is
    only told of: delivered, relayed, or handed on to several.
    """

    message_id: str = ""
    recipient: str = ""
    status: str = ""
    hard: bool = False
    came_back: bool = True


_DAEMON = re.compile(
    r"^(?:mailer-?(?:daemon|deamon)|post[-_]?master|mail-?daemon|mail(?:er)?-?(?:system|delivery)"
    r"|maildelivery|bounces?|double-bounce|mmdf|emaildelivery|no-?reply-?mailer)[\w.+=-]{0,80}@?",
    re.IGNORECASE,
)
_DAEMON_NAME = re.compile(
    r"mail(?:er)?[ -]?(?:delivery|daemon|deamon)|postmaster|mail (?:system|administrator)"
    r"|delivery (?:sub)?system|почтов\w+ (?:систем|служб|демон)|系统退信|邮件系统|退信",
    re.IGNORECASE,
)
_BOUNCED = re.compile(
    r"undeliver|returned mail|return(?:ed)? to sender|delivery (?:status|failure|failed|has failed"
    r"|report|notification|problem|error|incomplete|unsuccess)|mail delivery|failure (?:notice"
    r"|delivery)|delivery.{0,30}(?:fail"
    r"|delay)|non.?deliver|nondeliver|message (?:status|not delivered"
    r"|could not be delivered|delivery)|warning: (?:could not send"
    r"|message)|mail (?:failure|error|system error"
    r"|undeliver|could not)|could not (?:be delivered|send)|unable to deliver|unzustellbar"
    r"|email not delivered|rejected mail|returned e?mail"
    r"|error sending|notification d'.tat|delayed mail"
    r"|недоставлен|не (?:может быть |удалось |была? )?доставлен"
    r"|сообщение не доставлено|ошибка доставки"
    r"|возвра(?:т|щ)\w* (?:письм|почт|сообщен)|отч[её]т о (?:не)?доставке|невозможно доставить"
    r"|退信|无法投递|無法投遞|投递失败|无法送达|无法送達|未能送达|未送达|传递失败|傳遞失敗|退回|送信失敗|送信エラー|エラー通知"
    r"|mail failed,? returning|failed to deliver",
    re.IGNORECASE,
)
_BOUNCE_WORDS = re.compile(
    r"(?:could not|couldn't|cannot|can't|can not|unable to"
    r"|wasn't able to|failed to|not able to|didn't"
    r"|did not|unable) (?:be )?(?:deliver|send|find|reach)|undeliverable|delivery (?:has )?failed"
    r"|permanent (?:fatal )?error|delivery to the following|following (?:address|recipient)"
    r"|(?:user|mailbox|recipient|address|account)[^\n]{0,40}"
    r"(?:unknown|unavailable|not found|disabled|rejected|does(?: not|n't) exist|full|over quota)"
    r"|returned to (?:the )?sender"
    r"|this is (?:an automatically generated )?(?:a )?(?:delivery status|permanent)"
    r"|message (?:you sent|was not|from)|не удалось доставить|не может быть доставлено"
    r"|退信原因|无法投递"
    r"|宛先不明|送信できません|メールをお届け",
    re.IGNORECASE,
)
_NOTIFIED = re.compile(r"\"notificationType\"\s*:\s*\"(?P<kind>Bounce|Complaint)\"", re.IGNORECASE)
"""How Amazon's service tells of them: in JSON."""

_COMPLAINED = re.compile(
    r"^complaint about message from|^(?:abuse|spam) (?:report|complaint)", re.IGNORECASE
)
_AWAY = re.compile(
    r"^(?:auto(?:matic|matische)?[ :-]{0,2}(?:reply|response|antwort)|out of (?:the )?office\b"
    r"|autoreply|autorespon|away from (?:my |the )?(?:office|desk|mail|e-mail)"
    r"|vacation (?:reply|response|message|notice)|abwesenheit"
    r"|(?:i am |i'm )?(?:currently )?on (?:vacation|leave|holidays?)(?: (?:until|till|from)\b|$)"
    r"|автоответ|автоматический ответ|(?:меня )?нет на месте|(?:я )?отсутствую"
    r"|(?:я )?(?:сейчас )?в отпуске(?: (?:до|с|по)\b|$)|вне офиса"
    r"|自动回复|自動回覆|自动答复|外出(?:中|休假|$)|休假(?:中|$)|不在办公室|不在辦公室|假期回复)",
    re.IGNORECASE,
)
"""How absent people's programs begin a subject; people begin theirs so, too."""

_ROBOT = re.compile(
    r"^(?:no-?_?reply|do-?not-?reply|robot|autoresponder)[\w.+-]{0,40}@", re.IGNORECASE
)
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_MESSAGE_ID = re.compile(
    r"^[>\s]{0,8}message-id:\s{0,8}(<[!-;=?-~]{3,250}>)", re.IGNORECASE | re.MULTILINE
)
_ANY_ID = re.compile(r"<[!-;=?-~]{3,250}>")
_REPORTED = {
    "final-recipient": re.compile(
        r"^final-recipient:[^\n;]{0,40};?\s*(\S{3,250})", re.IGNORECASE | re.MULTILINE
    ),
    "original-recipient": re.compile(
        r"^original-recipient:[^\n;]{0,40};?\s*(\S{3,250})", re.IGNORECASE | re.MULTILINE
    ),
    "status": re.compile(r"^status:\s*([245]\.\d{1,3}\.\d{1,3})", re.IGNORECASE | re.MULTILINE),
    "action": re.compile(r"^action:\s*([\w-]{1,20})", re.IGNORECASE | re.MULTILINE),
}
LOOKED_AT = 64 * 1024


def kind_of(letter: Structure, sender: str | None = None) -> Kind:
    """Tell who or what wrote a letter; ``sender`` is its envelope's, "" the null sender."""
    if "message/feedback-report" in _types(letter) or _report_type(letter) == "feedback-report":
        return Kind.COMPLAINT
    if notified := _notified(letter):
        return notified
    if _is_bounce(letter, sender):
        return Kind.BOUNCE
    if _answers_by_itself(letter):
        return Kind.REPLY
    return _unmarked(letter, sender)


def _unmarked(letter: Structure, sender: str | None) -> Kind:
    """Tell who wrote a letter that does not say that it is a program's answer."""
    notice = _is_notice(letter)
    if _AWAY.search(letter.said("subject")):
        return Kind.REPLY if notice or sender == "" else Kind.DOUBTFUL
    if notice:
        return Kind.NOTICE
    return Kind.REPLY if sender == "" else Kind.HUMAN


def _notified(letter: Structure) -> Kind | None:
    """Recognise what services write in their own ways, without the standards' types."""
    if _COMPLAINED.search(letter.said("subject")) and any(
        "rfc822" in one for one in _types(letter)
    ):
        return Kind.COMPLAINT
    found = next(
        filter(None, (_NOTIFIED.search(part.words[:8_000]) for part in _texts(letter))), None
    )
    return Kind[found["kind"].upper()] if found else None


def bounce_of(letter: Structure, kind: Kind) -> Bounce:
    """Return what a bounce tells of the letter that came back, or a complaint of one it had."""
    told = _told(letter)
    reported = {
        name: found[1] for name, field in _REPORTED.items() if (found := field.search(told))
    }
    status = reported.get("status") or next((found[0] for found in _STATUS.finditer(told)), "")
    came_back = reported.get("action", "failed").lower() == "failed"
    recipient = reported.get("final-recipient") or reported.get("original-recipient", "")
    return Bounce(
        message_id=_original_id(letter, told),
        recipient=next(mailboxes.addresses(recipient), "") or _failed(letter),
        status=status,
        hard=kind is Kind.COMPLAINT or (came_back and says_no_mailbox(f"{status} {told}")),
        came_back=came_back,
    )


def _failed(letter: Structure) -> str:
    return next(mailboxes.addresses(letter.said("x-failed-recipients")), "")


def _types(letter: Structure) -> set[str]:
    return {*letter.kinds, *(part.media_type for part in letter.parts)}


def _report_type(letter: Structure) -> str:
    found = re.search(r"report-type\s*=\s*\"?([\w-]+)", letter.first("content-type"), re.IGNORECASE)
    return found[1].lower() if found else ""


def _is_bounce(letter: Structure, sender: str | None) -> bool:
    if _report_type(letter) == "disposition-notification":
        return False
    if "message/delivery-status" in _types(letter) or _report_type(letter) == "delivery-status":
        return True
    if letter.first("x-failed-recipients"):
        return True
    daemon, subject = _from_daemon(letter), letter.said("subject")
    null = sender == "" or letter.first("return-path").strip() == "<>"
    answers = letter.said("auto-submitted").lower().startswith("auto-replied")
    if (answers or _AWAY.search(subject)) and not daemon:
        return False
    if _BOUNCED.search(subject):
        return daemon or null or _tells_of_bounce(letter)
    return (daemon or null) and _tells_of_bounce(letter)


def _from_daemon(letter: Structure) -> bool:
    for name in ("from", "sender", "return-path", "x-original-from"):
        for one in mailboxes.read(letter.first(name)).mailboxes:
            if _DAEMON.match(one.address or one.name) or _DAEMON_NAME.search(one.name):
                return True
    return "mailer-daemon" in letter.first("from").lower()


def _tells_of_bounce(letter: Structure) -> bool:
    return any(_BOUNCE_WORDS.search(part.words[:8_000]) for part in _texts(letter))


def _texts(letter: Structure) -> list[Part]:
    shown = [part for part in letter.parts if part.media_type.startswith(("text/", "message/"))]
    return shown[:6]


def _answers_by_itself(letter: Structure) -> bool:
    auto = letter.said("auto-submitted").lower().partition(";")[0].strip()
    if auto and auto != "no":
        return True
    named = ("x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply-from")
    if any(letter.first(name) for name in named):
        return letter.said("x-autoreply").lower() != "no"
    precedence = letter.said("precedence").lower()
    if "auto_reply" in precedence or "auto-reply" in precedence:
        return True
    if letter.said("x-auto-response-suppress").lower() not in {"", "none"} and _AWAY.search(
        letter.said("subject")
    ):
        return True
    return _report_type(letter) == "disposition-notification"


def _is_notice(letter: Structure) -> bool:
    if letter.first("list-id") or letter.first("list-unsubscribe"):
        return True
    if letter.said("precedence").lower() in {"bulk", "junk", "list"}:
        return True
    senders = mailboxes.read(letter.first("from")).mailboxes
    return any(_ROBOT.match(one.address) for one in senders) or _from_daemon(letter)


def _told(letter: Structure) -> str:
    """Return all that a bounce says, reports first."""
    parts = sorted(letter.parts, key=lambda part: "status" not in part.media_type)
    shown = (part for part in parts if part.media_type.startswith(("text/", "message/")))
    kept = [part.words[:LOOKED_AT] for part in shown]
    return "\n".join(kept)[: 4 * LOOKED_AT]


def _original_id(letter: Structure, told: str) -> str:
    """Find the Message-ID of the letter that came back: in its copy, else in the headers."""
    copies = [
        part for part in letter.parts if "rfc822" in part.media_type or "rfc822" in part.inside
    ]
    for part in copies:
        if found := _MESSAGE_ID.search(part.words[:LOOKED_AT]):
            return found[1]
    if enclosed := _ANY_ID.search(letter.enclosed_id):
        return enclosed[0]
    if found := _MESSAGE_ID.search(told):
        return found[1]
    return next(_references(letter), "")


def _references(letter: Structure) -> Iterator[str]:
    for name in ("in-reply-to", "references", "x-original-message-id", "original-message-id"):
        yield from _ANY_ID.findall(letter.first(name))[::-1]
