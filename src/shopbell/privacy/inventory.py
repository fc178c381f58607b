"""Every place where words of people are kept, and what becomes of each when somebody goes.

A house test compares this page with the catalogue of tables: a column that may hold words and is
not named here is an error. So no room can keep something that an erasure does not know of.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple


class Key(StrEnum):
    """By what somebody's rows are known: the names of the lists in a `Trail`."""

    PERSON = "people"
    TALK = "talks"
    CASE = "cases"
    EMAIL = "emails"
    RECIPIENT = "recipients"
    SHOP = "shops"


class Rows(NamedTuple):
    """Rows of ``table`` whose column ``by`` is in the list ``key``."""

    table: str
    by: str
    key: Key


GONE: tuple[Rows, ...] = (
    Rows("push_told", "conversation", Key.TALK),
    Rows("push_device", "person", Key.PERSON),
    Rows("push_wish", "person", Key.PERSON),
    Rows("draft", "person", Key.PERSON),
    Rows("draft", "conversation", Key.TALK),
    Rows("macro_run", "conversation", Key.TALK),
    Rows("original", "conversation", Key.TALK),
    Rows("translation", "conversation", Key.TALK),
    Rows("attachment", "person", Key.PERSON),
    Rows("insight_sheet", "shop", Key.SHOP),
    Rows("public_question", "conversation", Key.TALK),
    Rows("answer_vote", "person", Key.PERSON),
    Rows("suggestion_shown", "person", Key.PERSON),
    Rows("mail_address", "address", Key.EMAIL),
    Rows("mail_wish", "recipient", Key.RECIPIENT),
    Rows("news_unwanted", "person", Key.PERSON),
    Rows("token", "person", Key.PERSON),
    Rows("session", "person", Key.PERSON),
    Rows("device", "person", Key.PERSON),
    Rows("data_export", "person", Key.PERSON),
)
"""Rows that go whole; what shops learn of their listings is counted anew from what is left."""

BLANKED: tuple[tuple[Rows, Mapping[str, object]], ...] = (
    (
        Rows("letter", "conversation", Key.TALK),
        {"raw": b"", "subject": "", "says": "", "address": ""},
    ),
    (
        Rows("letter", "recipient", Key.RECIPIENT),
        {"raw": b"", "subject": "", "says": "", "address": ""},
    ),
    (Rows("case_trace", "case", Key.CASE), {"signed_by": "", "proof": "[]", "proof_url": ""}),
    (Rows("satisfaction", "buyer", Key.PERSON), {"words": "", "token": None}),
    (Rows("complaint", "reporter", Key.PERSON), {"words": ""}),
    (Rows("block", "subject", Key.PERSON), {"words": "", "appeal": None, "answer": None}),
)
"""Rows that stay, for what they count, with nothing in them that anybody said."""

SCRUBBED: tuple[tuple[Rows, tuple[str, ...]], ...] = (
    (Rows("answer", "conversation", Key.TALK), ("question", "answer", "hidden")),
    (Rows("complaint", "conversation", Key.TALK), ("words",)),
    (Rows("score_appeal", "conversation", Key.TALK), ("words", "answer")),
    (Rows("desk_reminder", "conversation", Key.TALK), ("text",)),
    (Rows("case_trace", "case", Key.CASE), ("said", "trouble")),
    (Rows("refund", "case", Key.CASE), ("reference", "trouble")),
)
"""Words of others that stay, without the name, the addresses and the numbers of who went."""

RUN_OUT: tuple[tuple[Rows, Mapping[str, object]], ...] = (
    *((rows, {}) for rows in GONE if rows.key is Key.TALK),
    *((rows, blank) for rows, blank in BLANKED if rows.key in {Key.TALK, Key.CASE}),
    (Rows("attachment", "conversation", Key.TALK), {}),
    (Rows("desk_reminder", "conversation", Key.TALK), {}),
    (Rows("complaint", "conversation", Key.TALK), {"words": ""}),
    (Rows("score_appeal", "conversation", Key.TALK), {"words": "", "answer": "", "files": "[]"}),
    (Rows("satisfaction", "conversation", Key.TALK), {"words": "", "token": None}),
    (Rows("case_trace", "case", Key.CASE), {"said": "", "trouble": ""}),
    (Rows("refund", "case", Key.CASE), {"trouble": ""}),
)
"""What a conversation that runs out takes along, whoever said it: rows that go whole where nothing
is to be written into them. What was published of it as an answer to all stays, without a name."""

OWN_WAY: Mapping[str, str] = {
    "person": "the account: name, address and password go last",
    "conversation": "the name of the buyer, and the last words",
    "event": "what the buyer wrote; others' words without the name",
    "search_word": "the index is built anew",
    "case_step": "what the buyer gave; its marks stay, so that the chain holds",
    "cases": "what the buyer gave",
    "mail_arrived": "letters in, with their raw bytes",
    "ticket": "the name of who opens a socket at this moment",
    "desk_view": "what a shop named a list by, and looks for in it",
    "outbox": "work left behind for them or their conversations",
    "journal": "facts that name them",
    "erasure": "the receipt: a number and counts",
}
"""Tables that `shopbell.privacy.erasing` has a function for."""

KEPT: Mapping[str, str] = {
    "codes, numbers, digests, rules and settings": (
        "addition api_key assistant_spending attempt audit audit_head carrier clock_ceiling"
        " clock_pause clock_rules contact_rules contact_wait conversation_tag deadline desk_bulk"
        " desk_bulk_item desk_keys desk_rule desk_seat desk_tag mail_cursor marker membership"
        " policy_choice policy_terms policy_version report_course report_point retention"
        " role_proposal score_fall score_rule search_cursor search_entry talk_join talk_run_out"
    ),
    "goods, orders and parcels, without a name": (
        "product variant picture shop orders order_line shipment tracking_event unplaced_event"
        " case_promise insight_mend listing_file listing_picture"
    ),
    "what a shop says and does to all alike, and its own people's names": (
        "automation_rule automation_run desk_mention macro macro_use macro_version"
    ),
}
"""Tables that hold nobody's words, by why: space apart, their names."""


def known() -> set[str]:
    """Return every table that is dealt with here, one way or another."""
    dealt = {rows.table for rows in GONE} | {rows.table for rows, _ in (*BLANKED, *SCRUBBED)}
    return dealt | OWN_WAY.keys() | {name for names in KEPT.values() for name in names.split()}
