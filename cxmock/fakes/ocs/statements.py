"""The statements by which OCS works on calling lists and the do-not-call table, with a hole for the table.

Observed: records are taken by marking them ``record_status = 2`` and reading them back, and finished by
``update ... where chain_id = ... and chain_n = ...``. Assumed: the statements as a whole.
"""

from __future__ import annotations

from typing import Final

# The planner knows nothing of a table that was just filled. "+ 0", and a count where NOT EXISTS would do, keep it from
# looking for the devices of one chain by their status, or all of them again for each: the square of the list's length.
# The first device of a chain, number 0, waits for no other.
# "OFFSET 0" keeps it from looking at the chains of records whose hours have not come, which may be half of the list.
_OPEN = """(l.daily_from = l.daily_till OR CASE WHEN l.daily_from < l.daily_till
    THEN coalesce(z.local, {utc}) >= l.daily_from AND coalesce(z.local, {utc}) < l.daily_till
    ELSE coalesce(z.local, {utc}) >= l.daily_from OR coalesce(z.local, {utc}) < l.daily_till END)"""
_READY = "l.record_status = 1 AND l.record_type <> 7"
_FIRST = """(l.chain_n = 0 OR 0 = (SELECT count(*) FROM {table} e WHERE e.chain_id = l.chain_id
    AND e.chain_n < l.chain_n AND e.record_status + 0 IN (1, 2) AND e.record_type <> 7))"""
_CALLBACKS = "(4, 5, 6)"
"""The record types of callbacks that somebody waits for."""
TAKE = f"""WITH z AS (SELECT * FROM unnest(%(zones)s::int[], %(locals)s::int[]) AS z(id, local)),
due AS (SELECT l.record_id FROM (SELECT l.record_id, l.chain_id, l.chain_n FROM {{table}} l
    LEFT JOIN z ON z.id = l.tz_dbid
    WHERE {_READY} AND coalesce(l.dial_sched_time, 0) <= %(now)s AND {_OPEN.format(utc="%(utc)s")} OFFSET 0) l
  WHERE {_FIRST} LIMIT %(room)s)
UPDATE {{table}} r SET record_status = 2, campaign_id = %(campaign)s, group_id = %(group)s, app_id = %(application)s
FROM due WHERE r.record_id = due.record_id
RETURNING r.*, (SELECT count(*) FROM {{table}} o WHERE o.chain_id = r.chain_id AND o.chain_n > r.chain_n
  AND o.record_status + 0 = 1 AND o.record_type <> 7) AS later_devices"""
NEXT = f"""SELECT l.tz_dbid, l.daily_from, l.daily_till, min(coalesce(l.dial_sched_time, 0)) AS scheduled
FROM {{table}} l WHERE {_READY} AND {_FIRST} GROUP BY l.tz_dbid, l.daily_from, l.daily_till"""
FINISH = """UPDATE {table} SET call_result = %s, call_time = %s, record_type = %s, record_status = %s, attempt = %s,
dial_sched_time = %s WHERE chain_id = %s AND chain_n = %s"""
END_CHAIN = "UPDATE {table} SET record_status = 7 WHERE chain_id = %s AND record_status + 0 = 1"
DELAY_CHAIN = """UPDATE {table} t SET dial_sched_time = %s WHERE t.chain_id = %s AND t.chain_n =
(SELECT min(chain_n) FROM {table} WHERE chain_id = %s AND record_status + 0 = 1)"""
TAKE_CALLBACKS = TAKE.replace("WHERE l.record_status", f"WHERE l.record_type IN {_CALLBACKS} AND l.record_status")
LEFT = f"""SELECT count(*) AS ready,
min(coalesce(dial_sched_time, 0)) FILTER (WHERE record_type IN {_CALLBACKS}) AS callback
FROM {{table}} WHERE record_status = 1 AND record_type <> 7"""
MISS = f"""UPDATE {{table}} SET record_status = 8
WHERE record_status = 1 AND record_type IN {_CALLBACKS} AND dial_sched_time < %s RETURNING record_id"""
RESCHEDULE = """UPDATE {table} SET record_type = %s, record_status = 1, dial_sched_time = %s, agent_id = %s
WHERE record_id = %s AND record_status <> %s RETURNING record_id"""
ONE = "SELECT contact_info, tz_dbid, agent_id, record_status FROM {table} WHERE record_id = %s"
GIVE_ONE_BACK = "UPDATE {table} SET record_status = 1 WHERE record_status = 2 AND record_id = %s"
GIVE_BACK = "UPDATE {table} SET record_status = 1 WHERE record_status = 2 AND campaign_id = %s AND group_id = %s"

DO_NOT_CALL: Final = "gsw_donotcall_list"
FORBIDDEN = "SELECT phone, customer_id FROM {table} WHERE tenant_dbid IS NULL OR tenant_dbid = %s"
FORBID = """INSERT INTO {table} (phone, customer_id, dnc_message, tenant_dbid, is_internal, time_stamp)
VALUES (%s, %s, %s, %s, 1, %s)"""
