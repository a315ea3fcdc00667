"""Row 7, of messages: Dial Manager's outbox, receipts, and what an outcome changes in calling lists.

That Dial Manager sends in batches, and that receipts are matched by the message's id, is documented; that both are in
PostgreSQL, the tables and the statements are assumed.
"""

from __future__ import annotations

import json
from typing import Any

from cxmock.contracts.authoring import Row, Term, assumed, given, like, stated
from cxmock.contracts.authoring.statements import done, found, refused, sql, statement

OUTBOX = assumed("that Dial Manager sends in batches is documented; that its outbox is here, and how, is ours")
RECEIPTS = assumed("that receipts are matched by messageId is documented; that they are kept here, and how, is ours")
OUTCOMES = assumed("the OCS guide names the columns; that an undelivered message changes a record's result is ours")

ATTEMPT = "6a1f0f6e-4c8e-4d7e-9d0a-1f3f3a5d2b01"
ID = "9b0e7c52-3d1b-4a6f-8c90-1e2d3c4b5a69"
WAITS = given("message {attempt} is {state}", attempt=ATTEMPT, state="waiting")
SENT = given("message {attempt} is {state}", attempt=ATTEMPT, state="sent")
NONE = given("there is no message {attempt}", attempt=ATTEMPT)
TOLD = given("Nexus told {status} of message {message_id}", status="UNDELIVERED", message_id=ID)
ATTEMPTS = Term(f"{{{ATTEMPT}}}", ({"match": "notEmpty"},))
"""A list of texts in PostgreSQL's own spelling, which is what journals have of one; of a long one the size."""


def rows(**columns: Any) -> Term:
    """Return rows as JSON. Of a long text a journal has the size alone, so that it has to be something."""
    return Term(json.dumps([columns]), ({"match": "notEmpty"},))


def add(row: Row) -> None:
    """Add the promises to the row's contract."""
    _outbox(row)
    _receipts(row)
    _outcomes(row)


def _outbox(row: Row) -> None:
    insert = statement(
        "INSERT INTO cxc.message (attempt, ...) SELECT ... FROM json_to_recordset($1::json) ..."
        " ON CONFLICT (attempt) DO NOTHING RETURNING state",
        "INSERT INTO cxc.message (attempt, kind, media, recipient, sender, state, created)"
        " SELECT attempt, kind, media, recipient, sender, state, 1767225600 FROM json_to_recordset($1::json)"
        " AS r (attempt varchar, kind varchar, media varchar, recipient varchar, sender varchar, state varchar)"
        " ON CONFLICT (attempt) DO NOTHING RETURNING state",
    )
    new = {
        "attempt": ATTEMPT,
        "kind": "campaign",
        "media": "sms",
        "recipient": "+12025550143",
        "sender": "+12025550199",
    }
    message = rows(**new, state="waiting")
    sql(
        row,
        "messages are written down before they are sent",
        OUTBOX,
        insert,
        [message],
        found(["state"], ["waiting"]),
        NONE,
    )
    sql(
        row,
        "a message that was written down is not written down again",
        OUTBOX,
        insert,
        [message],
        found(["state"]),
        WAITS,
    )
    count = "SELECT media, count(*) AS waiting FROM cxc.message WHERE state = 'waiting' GROUP BY media"
    sql(
        row,
        "how many messages wait, by channel",
        OUTBOX,
        statement("SELECT media, count(*) ... FROM cxc.message WHERE state = 'waiting' GROUP BY media", count),
        [],
        found(["media", "waiting"], ["sms", 1]),
        given("there is no other message"),
        WAITS,
    )
    claim = "SELECT attempt, state FROM cxc.message WHERE state = 'waiting' AND media = $1 ORDER BY id LIMIT 100"
    sql(
        row,
        "who sends messages has them alone, those first that wait longest",
        OUTBOX,
        statement(
            "SELECT ... FROM cxc.message WHERE state = 'waiting' AND media = $1 ORDER BY id ... FOR UPDATE SKIP LOCKED",
            f"{claim} FOR UPDATE SKIP LOCKED",
        ),
        [like("sms")],
        found(["attempt", "state"], [ATTEMPT, "waiting"]),
        given("there is no other message"),
        WAITS,
    )
    put_off = "UPDATE cxc.message SET offered = offered + 1 WHERE attempt = ANY($1::text[]) RETURNING attempt, offered"
    sql(
        row,
        "that Nexus put off a message is counted",
        OUTBOX,
        statement(put_off, put_off),
        [ATTEMPTS],
        found(["attempt", "offered"], [ATTEMPT, 1]),
        WAITS,
    )
    sql(
        row,
        "what became of messages is written down",
        OUTBOX,
        statement(
            "UPDATE cxc.message m SET state = r.state, ... FROM json_to_recordset($1::json) ..."
            " WHERE m.attempt = r.attempt",
            "UPDATE cxc.message m SET state = r.state, message_id = r.message_id, result = r.result"
            " FROM json_to_recordset($1::json)"
            " AS r (attempt varchar, state varchar, message_id varchar, result integer) WHERE m.attempt = r.attempt",
        ),
        [rows(attempt=ATTEMPT, state="sent", message_id=ID, result=0)],
        done(1),
        WAITS,
    )
    told = "SELECT attempt, state, message_id, result FROM cxc.message WHERE attempt = ANY($1::text[]) ORDER BY id"
    sql(
        row,
        "what became of attempts is read",
        OUTBOX,
        statement("SELECT ... FROM cxc.message WHERE attempt = ANY($1::text[]) ORDER BY id", told),
        [ATTEMPTS],
        found(["attempt", "state", "message_id", "result"], [ATTEMPT, "sent", ID, 0]),
        SENT,
    )
    strange = rows(**new, state="lost")
    sql(row, "a message in a state that there is not is refused", OUTBOX, insert, [strange], refused("23514"), NONE)


def _receipts(row: Row) -> None:
    insert = (
        "INSERT INTO cxc.receipt (message_id, status, media, at) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (message_id, status) DO NOTHING"
    )
    receipt = [stated(ID, like(ID)), stated("UNDELIVERED", like("DELIVERED")), like("sms"), like(1767225600.5)]
    kept = statement(insert, insert)
    fresh = given("Nexus told nothing of message {message_id}", message_id=ID)
    sql(row, "a receipt is kept", RECEIPTS, kept, receipt, done(1), fresh)
    sql(row, "a receipt that comes again is kept once", RECEIPTS, kept, receipt, done(0), TOLD)
    unsettled = (
        "SELECT r.message_id, r.status, m.attempt FROM cxc.receipt r"
        " JOIN cxc.message m ON m.message_id = r.message_id WHERE NOT r.settled ORDER BY r.at LIMIT 1000"
        " FOR UPDATE OF r SKIP LOCKED"
    )
    sql(
        row,
        "receipts find their messages, whichever came first",
        RECEIPTS,
        statement(
            "SELECT ... FROM cxc.receipt r JOIN cxc.message m ON m.message_id = r.message_id ..."
            " WHERE NOT r.settled ... FOR UPDATE OF r SKIP LOCKED",
            unsettled,
        ),
        [],
        found(["message_id", "status", "attempt"], [ID, "UNDELIVERED", ATTEMPT]),
        given("there is no other message"),
        TOLD,
        SENT,
    )
    sql(
        row,
        "receipts are settled",
        RECEIPTS,
        statement(
            "UPDATE cxc.receipt r SET settled = true FROM json_to_recordset($1::json) ... WHERE ...",
            "UPDATE cxc.receipt r SET settled = true FROM json_to_recordset($1::json)"
            " AS s (message_id varchar, status varchar) WHERE r.message_id = s.message_id AND r.status = s.status",
        ),
        [rows(message_id=ID, status="UNDELIVERED")],
        done(1),
        TOLD,
    )


def _outcomes(row: Row) -> None:
    sql(
        row,
        "a message that did not arrive has another result",
        OUTCOMES,
        statement(
            "UPDATE cxc.message m SET result = s.wanted, ... FROM json_to_recordset($1::json) ... WHERE ...",
            "UPDATE cxc.message m SET result = s.wanted, reason = 'UNDELIVERED' FROM json_to_recordset($1::json)"
            " AS s (message_id varchar, wanted integer) WHERE m.message_id = s.message_id",
        ),
        [rows(message_id=ID, wanted=7)],
        done(1),
        SENT,
    )
    update = (
        'UPDATE cxc."cl_spring" c SET call_result = r.wanted FROM json_to_recordset($1::json)'
        " AS r (message_id varchar, chain_id integer, chain_n integer, try integer, wanted integer)"
        " WHERE c.chain_id = r.chain_id AND c.chain_n = r.chain_n AND c.attempt = r.try AND c.record_status <> 2"
        " RETURNING r.message_id"
    )
    shape = statement(
        "UPDATE {list} c SET call_result = r.wanted FROM json_to_recordset($1::json) ..."
        " AND c.record_status <> 2 RETURNING r.message_id",
        update,
    )
    changed = [rows(message_id=ID, chain_id=1, chain_n=0, **{"try": 1}, wanted=7)]
    ada = {"contact_info": "+12025550143", "chain_id": 1, "chain_n": 0, "attempt": 1}
    for description, status, ids in (
        ("a record whose message did not arrive has another result", 3, [[ID]]),
        ("a record that OCS has in hand keeps its result", 2, []),
    ):
        state = given(
            "calling list {table} holds {records}", table="cl_spring", records=[{**ada, "record_status": status}]
        )
        sql(row, description, OUTCOMES, shape, changed, found(["message_id"], *ids), state)
