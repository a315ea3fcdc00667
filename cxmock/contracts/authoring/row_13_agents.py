"""Row 13, what agents make of records: callbacks, and records that they reject, cancel, add, or have taken out.

That they do so is documented, callbacks' types are observed; the statements, promised by their shape, are assumed.
"""

from __future__ import annotations

from typing import Any

from cxmock.contracts.authoring import Row, Term, assumed, each_like, integer, like, null_or, stated
from cxmock.contracts.authoring.calling_list import HOLDS_ADA, LIST
from cxmock.contracts.authoring.statements import done, found, sql, statement

CALLBACKS = assumed("that there are callbacks, their types and a status for missed ones is observed; the rest is ours")
DESKTOP = assumed("that agents reject, reschedule, cancel and add records is documented; the statements are ours")


def about_callbacks(row: Row) -> None:
    """Add the promises about records that are to be called back."""
    types = "record_type IN (4, 5, 6)"
    sql(
        row,
        "how much of a list is left, and when its first callback is due",
        CALLBACKS,
        statement(
            f"SELECT count(*) ... min(...) FILTER (WHERE {types}) ... FROM {{list}} ... WHERE record_status = 1 ...",
            "SELECT count(*) AS ready, min(coalesce(dial_sched_time, 0)) FILTER (WHERE record_type IN (4, 5, 6))"
            f' AS callback FROM cxc."{LIST}" WHERE record_status = 1 AND record_type <> 7',
        ),
        [],
        found(["ready", "callback"], [2, None]),
        HOLDS_ADA,
    )
    taken = found(["contact_info", "record_status"])
    sql(
        row,
        "callbacks that are due are taken before all else",
        CALLBACKS,
        statement(
            f"... UPDATE {{list}} ... SET record_status = 2, ... {types} ... RETURNING ...",
            f'UPDATE cxc."{LIST}" SET record_status = 2, campaign_id = $1, group_id = $2 WHERE record_id IN'
            f' (SELECT record_id FROM cxc."{LIST}" WHERE {types} AND record_status = 1 AND dial_sched_time <= $3'
            " LIMIT $4 FOR UPDATE SKIP LOCKED) RETURNING contact_info, record_status",
        ),
        [integer(101), integer(101), integer(1767225600), integer(10)],
        taken,
        HOLDS_ADA,
    )
    sql(
        row,
        "callbacks that were not made in time are missed",
        CALLBACKS,
        statement(
            f"UPDATE {{list}} SET record_status = 8 WHERE record_status = 1 AND {types} AND dial_sched_time < $1 ...",
            f'UPDATE cxc."{LIST}" SET record_status = 8 WHERE record_status = 1 AND {types} AND dial_sched_time < $1'
            " RETURNING record_id",
        ),
        [integer(1767222000)],
        {"columns": ["record_id"], "rows": stated([], each_like([integer(1)], min=0)), "rowcount": stated(0)},
        HOLDS_ADA,
    )
    sql(
        row,
        "a record becomes a callback at another time",
        CALLBACKS,
        statement(
            "UPDATE {list} SET record_type = $1, record_status = 1, dial_sched_time = $2, agent_id = $3"
            " WHERE record_id = $4 AND record_status <> $5 RETURNING record_id",
            f'UPDATE cxc."{LIST}" SET record_type = $1, record_status = 1, dial_sched_time = $2, agent_id = $3'
            " WHERE record_id = $4 AND record_status <> $5 RETURNING record_id",
        ),
        [integer(5), integer(1767229200), null_or("A1"), integer(1), integer(2)],
        {"columns": ["record_id"], "rows": stated([[1]], each_like([integer(1)], min=0)), "rowcount": stated(1)},
        HOLDS_ADA,
    )


def about_desktop(row: Row) -> None:
    """Add the promises about what an agent's desktop asks for."""
    one = integer(1)
    some = {"columns": ["record_id"], "rows": stated([[1]], each_like([integer(1)], min=0)), "rowcount": stated(1)}
    sql(
        row,
        "a record is looked at",
        DESKTOP,
        statement(
            "SELECT contact_info, ... FROM {list} WHERE record_id = $1",
            f'SELECT contact_info, tz_dbid, agent_id, record_status FROM cxc."{LIST}" WHERE record_id = $1',
        ),
        [one],
        found(["contact_info", "tz_dbid", "agent_id", "record_status"], ["+12025550143", None, None, 1]),
        HOLDS_ADA,
    )
    sql(
        row,
        "a record that an agent rejects is ready again",
        DESKTOP,
        statement(
            "UPDATE {list} SET record_status = 1 WHERE record_status = 2 AND record_id = $1",
            f'UPDATE cxc."{LIST}" SET record_status = 1 WHERE record_status = 2 AND record_id = $1',
        ),
        [one],
        done(0),
        HOLDS_ADA,
    )
    by_record, by_phone = ("record_id", stated(1, integer(1))), ("contact_info", like("+12025550143"))
    for whose, (column, value) in (("a record is", by_record), ("all records of a device are", by_phone)):
        _taking_out(row, f"{whose} cancelled", {"call_result": 52, "record_status": 5}, column, value, some)
        never = {"call_result": 51, "record_status": 3, "record_type": 7}
        _taking_out(row, f"{whose} never to be dialed again", never, column, value, some)
    added = (
        f'INSERT INTO cxc."{LIST}" (record_type, record_status, call_result, attempt, chain_n, contact_info, chain_id)'
        f' VALUES ($1, $2, $3, $4, $5, $6, (SELECT coalesce(max(chain_id), 0) + 1 FROM cxc."{LIST}"))'
    )
    row.operation(
        "an agent adds a record, with whatever columns, as a contact of its own",
        DESKTOP,
        "postgresql",
        {
            "sql": statement(
                "INSERT INTO {list} (...) VALUES (...) RETURNING record_id", f"{added} RETURNING record_id"
            ),
            "params": stated([2, 1, 28, 0, 0, "+12025550199"], like([])),
        },
        some | {"rows": stated([[integer(3)]], each_like([integer(3)]))},
        states=[HOLDS_ADA],
    )


def _taking_out(
    row: Row, description: str, values: dict[str, int], column: str, value: Term | int, some: dict[str, Any]
) -> None:
    """Add a promise about making records undialable: ``values`` are set where ``column`` is ``value``."""
    pairs = [f"{name} = ${number}" for number, name in enumerate(values, 1)]
    where = f"{column} = ${len(pairs) + 1} RETURNING record_id"
    sql(
        row,
        description,
        DESKTOP,
        statement(
            f"UPDATE {{list}} SET ...{', ...'.join(pair.replace(' =', '... =') for pair in pairs)}"
            f" WHERE record_status = ... AND ...{where.replace(' =', '... =', 1)}",
            f'UPDATE cxc."{LIST}" SET {", ".join(pairs)} WHERE record_status = 1 AND {where}',
        ),
        [*values.values(), value],
        some,
        HOLDS_ADA,
    )
