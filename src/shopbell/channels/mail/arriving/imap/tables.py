"""The table of mailboxes that are read by IMAP: one row each."""

from datetime import datetime

from sqlalchemy import BigInteger, Column, Named, String, Table, Text, TypedColumns

from shopbell.engine.tables import Moment, metadata


class CursorColumns(TypedColumns):
    mailbox = Column(String(900), primary_key=True)
    uidvalidity = Column(BigInteger, nullable=False)
    uid = Column(BigInteger, nullable=False)
    holder = Column(String(36), nullable=False)
    held_until = Column(Moment, nullable=False)
    looked_at: Named[datetime | None] = Column(Moment)
    trouble = Column(Text, nullable=False)


cursors = Table("mail_cursor", metadata, CursorColumns)
