"""What PostgreSQL keeps of messages and their receipts (row 7), and every statement that reads or writes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

from cxmock.reference.calling_list import SCHEMA
from cxmock.reference.services.dial_manager.message import Message
from cxmock.wire.http import to_json

if TYPE_CHECKING:
    from psycopg import AsyncConnection

Row = dict[str, Any]


class BufferFull(Exception):
    """As many messages wait as may."""


_COLUMNS = (
    "attempt varchar, kind varchar, campaign_group varchar, media varchar, recipient varchar, sender varchar, "
    "subject text, text text, client_id varchar, calling_list varchar, chain_id integer, chain_n integer, try integer, "
    "state varchar, result integer, reason text"
)
_NAMES = ", ".join(column.split()[0] for column in _COLUMNS.split(", "))


class Messages:
    """The outbox, in the transaction of one connection."""

    def __init__(self, connection: AsyncConnection[Any]) -> None:
        self._connection = connection

    async def take_in(self, messages: Sequence[Message], now: float, *, room: int) -> None:
        """Write down messages, each once: an attempt that is known is left as it is.

        Args:
            messages: all of one channel.
            now: UTC seconds.
            room: how many may wait at most, those that wait already among them.

        Raises:
            BufferFull: there is no room for them. The transaction is to be given up.
        """
        rows = [message.row() for message in messages]
        # Who comes second counts what the first wrote down, so that the buffer is bounded for all replicas together.
        await self._do("SELECT pg_advisory_xact_lock(hashtext(%s))", f"buffer {rows[0]['media']}")
        made = await self._all(
            f"INSERT INTO {SCHEMA}.message ({_NAMES}, created) SELECT {_NAMES}, {int(now)} "
            f"FROM json_to_recordset(%s::json) AS r ({_COLUMNS}) ON CONFLICT (attempt) DO NOTHING RETURNING state",
            _json(rows),
        )
        if any(one["state"] == "waiting" for one in made) and (await self.waiting()).get(rows[0]["media"], 0) > room:
            raise BufferFull

    async def waiting(self) -> dict[str, int]:
        """Return how many messages wait to be sent, by channel."""
        rows = await self._all(
            f"SELECT media, count(*) AS waiting FROM {SCHEMA}.message WHERE state = 'waiting' GROUP BY media"
        )
        return {one["media"]: one["waiting"] for one in rows}

    async def claim(self, media: str, limit: int) -> list[Message]:
        """Return the messages that have waited longest and that nobody else has; until the transaction ends, nobody
        else gets them. Who dies gives them back by that.
        """
        rows = await self._all(
            f"SELECT {_NAMES} FROM {SCHEMA}.message WHERE state = 'waiting' AND media = %s ORDER BY id "
            f"LIMIT {int(limit)} FOR UPDATE SKIP LOCKED",
            media,
        )
        return [_message(row) for row in rows]

    async def put_off(self, attempts: Sequence[str], most: int) -> list[str]:
        """Count that Nexus wants messages again later; return those for which that is enough."""
        rows = await self._all(
            f"UPDATE {SCHEMA}.message SET offered = offered + 1 WHERE attempt = ANY(%s::text[]) "
            "RETURNING attempt, offered",
            list(attempts),
        )
        return [one["attempt"] for one in rows if one["offered"] >= most]

    async def finish(self, rows: Sequence[Row]) -> None:
        """Write down what became of messages: ``attempt``, ``state``, ``message_id``, ``result``, ``reason``."""
        await self._do(
            f"UPDATE {SCHEMA}.message m SET state = r.state, message_id = r.message_id, result = r.result, "
            "reason = r.reason FROM json_to_recordset(%s::json) AS r (attempt varchar, state varchar, "
            "message_id varchar, result integer, reason text) WHERE m.attempt = r.attempt",
            _json(rows),
        )

    async def told(self, attempts: Sequence[str]) -> list[Row]:
        """Return what became of attempts so far."""
        return await self._all(
            f"SELECT attempt, state, message_id, result, reason FROM {SCHEMA}.message WHERE attempt = ANY(%s::text[]) "
            "ORDER BY id",
            list(attempts),
        )

    # How

    async def _do(self, statement: str, *values: object) -> None:
        await self._connection.execute(cast("Any", statement), values or None)

    async def _all(self, statement: str, *values: object) -> list[Row]:
        from psycopg.rows import dict_row

        async with self._connection.cursor(row_factory=dict_row) as cursor:
            await cursor.execute(cast("Any", statement), values or None)
            return await cursor.fetchall()


def _json(rows: object) -> str:
    return to_json(rows).decode()


def _message(row: Row) -> Message:
    return Message(**{("try_" if name == "try" else name): value for name, value in row.items()})
