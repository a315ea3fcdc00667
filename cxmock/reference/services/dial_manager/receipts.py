"""Receipts: what became of messages that Nexus took. Each counts once, in whatever order they come.

A receipt is written down by its message's id (documented: so they are matched) whether the message is known yet or
not: one that comes before Nexus' answer to the batch finds its message later, one of nobody's message stays aside. Then
it is settled: a message that did not arrive changes the result of its record, in the calling list as soon as OCS has
finished with it there, and in the dialing history; an address that does not exist is suppressed.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from cxmock.reference.calling_list import SCHEMA
from cxmock.reference.keys import device_entry
from cxmock.reference.runtime import Runtime
from cxmock.reference.services.dial_manager.opt_outs import BOUNCED_LIST, put_on
from cxmock.wire.genesys.enumerations import CallResult
from cxmock.wire.http import from_json, to_json

if TYPE_CHECKING:
    from psycopg import AsyncConnection

OUTCOMES: Mapping[str, CallResult] = {
    "DELIVERED": CallResult.OK,
    "UNDELIVERED": CallResult.NO_ANSWER,
    "FAILED": CallResult.GENERAL_ERROR,
    "REJECTED": CallResult.GENERAL_ERROR,
    "BOUNCED": CallResult.WRONG_NUMBER,
    "SOFT_BOUNCED": CallResult.NO_ANSWER,
}
"""How a message can end -> the call result that its record gets by it (assumed). Other words are on the way there."""
WAIT_FOR_OCS = 3600
"""Seconds that a receipt waits for OCS to have finished with its record."""
AT_ONCE = 1000
"""Receipts that are settled together."""
ATTEMPT_SECONDS = 86400
"""How long the whole record of an attempt is kept (as Compliance Manager has it)."""

Row = dict[str, Any]


@dataclass
class Receipts:
    """The receipts of one tenant."""

    runtime: Runtime
    _settling: asyncio.Task[None] | None = None
    _more: bool = False
    _resets: int = 0
    """What was told before a reset is settled no more."""

    async def take(self, message_id: str, status: str, media: str, at: float) -> bool:
        """Write a receipt down; return whether it is new. It is settled a little later."""
        statement = (
            f"INSERT INTO {SCHEMA}.receipt (message_id, status, media, at) VALUES (%s, %s, %s, %s) "
            "ON CONFLICT (message_id, status) DO NOTHING"
        )
        resets = self._resets
        async with self.runtime.postgres.transaction() as connection:
            done = await connection.execute(cast("Any", statement), (message_id, status, media, at))
        if resets == self._resets:
            self.work()
        return done.rowcount == 1

    def work(self) -> None:
        """Have receipts settled that can be."""
        self._more = True
        if self._settling is None or self._settling.done():
            self._settling = asyncio.create_task(self._settle_all())

    @property
    def idle(self) -> bool:
        """Whether nothing is being settled."""
        return self._settling is None or self._settling.done()

    def reset(self) -> None:
        """Stop settling."""
        self._resets += 1
        if self._settling is not None:
            self.runtime.end([self._settling])
        self._settling = None

    async def aclose(self) -> None:
        """Stop settling, and see it end."""
        self.reset()
        await self.runtime.settle()

    async def _settle_all(self) -> None:
        try:
            while self._more:
                self._more = False
                while await self._settle():
                    pass
        except Exception:
            # A store is out of reach; what is not settled is looked at again with the next receipt.
            return

    async def _settle(self) -> int:
        """Settle receipts; return how many."""
        now = self.runtime.clock.now()
        async with self.runtime.postgres.apart() as connection:
            rows = await _unsettled(connection)
            changed = [row for row in rows if row["wanted"] not in (None, row["result"])]
            done = await self._finished_by_ocs(connection, changed)
            late = [
                row
                for row in changed
                if row["message_id"] not in done and row["kind"] == "campaign" and row["at"] > now - WAIT_FOR_OCS
            ]
            waiting = {row["message_id"] for row in late}
            settled = [row for row in rows if row["message_id"] not in waiting]
            told = [row for row in changed if row["message_id"] not in waiting]
            for row in told:
                if row["outcome"] == "BOUNCED":
                    await put_on(self.runtime, BOUNCED_LIST, device_entry(row["recipient"]))
            await self._tell_history([row for row in told if row["kind"] == "campaign"])
            if settled:
                await _settled(connection, settled, told)
        return len(settled)

    async def _finished_by_ocs(self, connection: AsyncConnection[Any], rows: Sequence[Row]) -> set[str]:
        """Give records of calling lists their new result; return the messages whose record has it, or who has none.

        A record that OCS has in hand is not touched, nor one that was tried again since.
        """
        done = {row["message_id"] for row in rows if row["table_name"] is None or row["chain_id"] is None}
        by_table: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            if row["message_id"] not in done:
                by_table[row["table_name"]].append(row)
        for table, those in by_table.items():
            statement = (
                f'UPDATE {SCHEMA}."{table}" c SET call_result = r.wanted '
                "FROM json_to_recordset(%s::json) AS r (message_id varchar, chain_id integer, chain_n integer, "
                "try integer, wanted integer) WHERE c.chain_id = r.chain_id AND c.chain_n = r.chain_n "
                "AND c.attempt = r.try AND c.record_status <> 2 RETURNING r.message_id"
            )
            names = ("message_id", "chain_id", "chain_n", "try", "wanted")
            sent = to_json([{name: row[name] for name in names} for row in those]).decode()
            found = await connection.execute(cast("Any", statement), (sent,))
            done |= {row[0] for row in await found.fetchall()}
        return done

    async def _tell_history(self, rows: Sequence[Row]) -> None:
        """Give attempts their new result in the dialing history, where attempt rules count them (row 5)."""
        if not rows:
            return
        keys, redis = self.runtime.keys, self.runtime.redis
        owners = []
        pipe = redis.pipeline(transaction=False)
        for row in rows:
            pipe.get(keys.attempt(row["attempt"]))
            histories = [keys.device_history(row["recipient"])]
            if row["client_id"]:
                histories.append(keys.client_history(row["client_id"]))
            for history in histories:
                pipe.hget(history, row["attempt"])
            owners.append(histories)
        answers = iter(await pipe.execute())
        pipe = redis.pipeline(transaction=False)
        for row, histories in zip(rows, owners, strict=True):
            if whole := next(answers):
                told = {**from_json(whole), "GSW_CALL_RESULT": row["wanted"]}
                pipe.set(keys.attempt(row["attempt"]), to_json(told), ex=ATTEMPT_SECONDS)
            for history in histories:
                if known := next(answers):
                    pipe.hset(history, row["attempt"], f"{known.partition(' ')[0]} {row['wanted']}")
        if pipe.command_stack:
            await pipe.execute()


async def _unsettled(connection: AsyncConnection[Any]) -> list[Row]:
    """Return receipts of known messages that nobody has settled, or is settling, with how their message ended so far:
    by the receipt that tells of the latest moment.
    """
    from psycopg.rows import dict_row

    ends = ", ".join(f"'{status}'" for status in OUTCOMES)
    statement = (
        "SELECT r.message_id, r.status, r.at, m.attempt, m.kind, m.recipient, m.client_id, m.chain_id, m.chain_n, "
        "m.try, m.result, l.table_name, "
        f"(SELECT o.status FROM {SCHEMA}.receipt o WHERE o.message_id = r.message_id AND o.status IN ({ends}) "
        "ORDER BY o.at DESC, o.status LIMIT 1) AS outcome "
        f"FROM {SCHEMA}.receipt r JOIN {SCHEMA}.message m ON m.message_id = r.message_id "
        f"LEFT JOIN {SCHEMA}.contact_list l ON l.name = m.calling_list "
        f"WHERE NOT r.settled ORDER BY r.at LIMIT {AT_ONCE} FOR UPDATE OF r SKIP LOCKED"
    )
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(cast("Any", statement))
        rows = await cursor.fetchall()
    for row in rows:
        result = OUTCOMES.get(row["outcome"])
        row["wanted"] = None if result is None else int(result)
    return rows


async def _settled(connection: AsyncConnection[Any], settled: Sequence[Row], told: Sequence[Row]) -> None:
    """Note that receipts are settled, and the results that messages have by them."""
    names = ("message_id", "status")
    statement = (
        f"UPDATE {SCHEMA}.receipt r SET settled = true FROM json_to_recordset(%s::json) "
        "AS s (message_id varchar, status varchar) WHERE r.message_id = s.message_id AND r.status = s.status"
    )
    sent = to_json([{name: row[name] for name in names} for row in settled]).decode()
    await connection.execute(cast("Any", statement), (sent,))
    if told:
        statement = (
            f"UPDATE {SCHEMA}.message m SET result = s.wanted, reason = s.outcome FROM json_to_recordset(%s::json) "
            "AS s (message_id varchar, wanted integer, outcome varchar) WHERE m.message_id = s.message_id"
        )
        results = ("message_id", "wanted", "outcome")
        sent = to_json([{name: row[name] for name in results} for row in told]).decode()
        await connection.execute(cast("Any", statement), (sent,))
