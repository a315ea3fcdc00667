"""Who wants no more messages: put on a suppression list, in PostgreSQL for good and in Redis to hold at once.

The lists are List Builder's; here, as there, a change is made in PostgreSQL, then in Redis, then committed, so that
whatever fails on the way may be done again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from cxmock.reference.calling_list import SCHEMA
from cxmock.reference.keys import OPT_OUT_LIST
from cxmock.reference.runtime import Runtime
from cxmock.wire.http import to_json

if TYPE_CHECKING:
    from psycopg import AsyncConnection

EMAIL_LIST = "CXContactEmailOptOut"
"""The suppression list of who wants no more e-mail (assumed, after the one for text messages)."""
BOUNCED_LIST = "CXContactEmailBounced"
"""The suppression list of addresses that do not exist (assumed)."""
OPT_OUTS = {"sms": OPT_OUT_LIST, "email": EMAIL_LIST}
"""Channel -> the list of who wants no more messages by it."""
_CHANNELS = {OPT_OUT_LIST: "sms", EMAIL_LIST: "email", BOUNCED_LIST: "email"}


async def put_on(runtime: Runtime, name: str, entry: str) -> None:
    """Put a device on one of the lists above, for ever; it holds at once. Done again, nothing changes."""
    async with runtime.postgres.transaction() as connection:
        list_id = await _open(connection, name, int(runtime.clock.now()))
        statement = (
            f"INSERT INTO {SCHEMA}.suppression_entry (list_id, entry, expires) SELECT %s::integer, entry, %s::integer "
            "FROM unnest(%s::text[]) AS e (entry) ON CONFLICT (list_id, entry) DO UPDATE SET expires = excluded.expires"
        )
        await connection.execute(cast("Any", statement), (list_id, None, [entry]))
        await _count(connection, list_id)
        keys = runtime.keys
        pipe = runtime.redis.pipeline(transaction=True)
        pipe.hset(keys.suppression_list(name), entry, "0")
        # What a person has changed about a list since stays as it is.
        pipe.hsetnx(
            keys.suppression_lists, name, to_json({"channel": _CHANNELS[name], "type": "Device", "required": True})
        )
        pipe.incr(keys.rules_version)
        await pipe.execute()


async def take_off(runtime: Runtime, name: str, entry: str) -> None:
    """Take a device off one of the lists above; it holds no more at once."""
    async with runtime.postgres.transaction() as connection:
        list_id = await _open(connection, name, int(runtime.clock.now()))
        statement = f"DELETE FROM {SCHEMA}.suppression_entry WHERE list_id = %s AND entry = %s"
        await connection.execute(cast("Any", statement), (list_id, entry))
        await _count(connection, list_id)
        pipe = runtime.redis.pipeline(transaction=True)
        pipe.hdel(runtime.keys.suppression_list(name), entry)
        pipe.incr(runtime.keys.rules_version)
        await pipe.execute()


async def _open(connection: AsyncConnection[Any], name: str, now: int) -> int:
    """Return the id of a list, made unless it is there; nobody else changes it until the transaction ends."""
    statement = (
        f"INSERT INTO {SCHEMA}.suppression_list (name, type, channel, required, created) "
        "VALUES (%s, %s, nullif(%s, ''), %s, %s) ON CONFLICT (name) DO UPDATE SET name = excluded.name "
        "RETURNING id, type"
    )
    found = await connection.execute(cast("Any", statement), (name, "Device", _CHANNELS[name], True, now))
    row = await found.fetchone()
    assert row is not None
    return int(row[0])


async def _count(connection: AsyncConnection[Any], list_id: int) -> None:
    statement = (
        f"UPDATE {SCHEMA}.suppression_list SET size = (SELECT count(*) FROM {SCHEMA}.suppression_entry "
        "WHERE list_id = %s) WHERE id = %s RETURNING size"
    )
    await connection.execute(cast("Any", statement), (list_id, list_id))
