"""Row 7, what is old: messages and receipts are purged after so many days. All of it is ours."""

from __future__ import annotations

from cxmock.contracts.authoring import Row, assumed, given, integer, like
from cxmock.contracts.authoring.row_07_messages import SENT, TOLD, WAITS
from cxmock.contracts.authoring.statements import done, sql, statement

RETENTION = assumed("that messages and receipts are purged, and how, is ours")


def add(row: Row) -> None:
    """Add the promises to the row's contract."""
    only = given("there is no other message")
    receipts = (
        "DELETE FROM cxc.receipt r WHERE at < $1"
        " AND NOT EXISTS (SELECT 1 FROM cxc.message m WHERE m.message_id = r.message_id)"
    )
    old = statement(receipts, receipts)
    sql(row, "old receipts of no message are purged", RETENTION, old, [like(1.5)], done(1), only, TOLD)
    sql(row, "receipts that are not old are kept", RETENTION, old, [like(0.25)], done(0), only, TOLD)
    sql(row, "a message that is kept keeps its receipts", RETENTION, old, [like(1.5)], done(0), only, SENT, TOLD)
    messages = "DELETE FROM cxc.message WHERE state <> 'waiting' AND created < $1"
    old = statement(messages, messages)
    sql(row, "old messages are purged", RETENTION, old, [integer(1)], done(1), only, SENT)
    sql(row, "messages that are not old are kept", RETENTION, old, [integer(0)], done(0), only, SENT)
    sql(row, "a message that waits is kept, however old", RETENTION, old, [integer(1)], done(0), only, WAITS)
