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
            f"SELECT {_NAMES}, created FROM {SCHEMA}.message WHERE state = 'waiting' AND media = %s ORDER BY id "
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

    async def about(self, number: str) -> Row | None:
        """Return a message by Nexus' id or by its attempt, with its receipts; None where there is none."""
        found = await self._all(
            "SELECT attempt, kind, campaign_group, media, recipient, sender, subject, text, state, message_id, result, "
            f"reason, created FROM {SCHEMA}.message WHERE message_id = %s OR attempt = %s",
            *(number, number),
        )
        if not found:
            return None
        receipts = await self._all(
            f"SELECT status, at FROM {SCHEMA}.receipt WHERE message_id = %s ORDER BY at, status",
            found[0]["message_id"],
        )
        return {**found[0], "receipts": receipts}

    async def counted(self, group: str | None) -> tuple[list[Row], list[Row]]:
        """Return how many messages (of a campaign group, or all) have which state and result, and which receipts."""
        messages = await self._all(
            f"SELECT media, state, result, count(*) AS messages FROM {SCHEMA}.message "
            "WHERE campaign_group = coalesce(%s, campaign_group) GROUP BY media, state, result",
            group,
        )
        receipts = await self._all(
            f"SELECT m.media, r.status, count(*) AS receipts FROM {SCHEMA}.receipt r "
            f"JOIN {SCHEMA}.message m ON m.message_id = r.message_id "
            "WHERE m.campaign_group = coalesce(%s, m.campaign_group) GROUP BY m.media, r.status",
            group,
        )
        return messages, receipts

    async def purge(self, before: int) -> None:
        """Remove what is older than ``before``, in UTC seconds: messages that wait for nothing, and receipts of no
        message.
        """
        await self._do(f"DELETE FROM {SCHEMA}.message WHERE state <> 'waiting' AND created < %s", before)
        await self._do(
            f"DELETE FROM {SCHEMA}.receipt r WHERE at < %s "
            f"AND NOT EXISTS (SELECT 1 FROM {SCHEMA}.message m WHERE m.message_id = r.message_id)",
            float(before),
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
