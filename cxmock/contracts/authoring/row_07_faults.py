"""Row 7, what happens at once: an import whose List Builder dies, and updates of a list that OCS is dialing."""

from __future__ import annotations

from cxmock.contracts.authoring import Row, assumed, given, integer, like, stated
from cxmock.contracts.authoring.statements import done, refused, sql, statement

DEATHS = assumed(
    "that another replica goes on is documented of CX Contact as a whole; the lock and the statements are ours"
)
CHANGES = assumed("that lists are updated is documented; how that and OCS keep out of each other's way is ours")
LIST = 'cxc."cl_spring"'
ADA = {"contact_info": "+12025550143", "contact_info_type": 4, "chain_id": 1, "chain_n": 0}
HOLDS_ADA = given("calling list {table} holds {records}", table="cl_spring", records=[ADA])
UNDER_WAY = given("an import of {name} is under way", name="Spring")


def about_faults(row: Row) -> None:
    """Add the promises."""
    lock = "SELECT pg_advisory_xact_lock($1, $2)"
    locked = {"columns": ["pg_advisory_xact_lock"], "rows": [[""]], "rowcount": 1}
    keys = [integer(7301), integer(1)]
    sql(row, "who is at work on an import is known to be", DEATHS, statement(lock, lock), keys, locked)
    dead = (
        "UPDATE cxc.import_run SET status = 'failed', ended = $1, reason = 'cut short' WHERE kind = 'contact'"
        " AND list_name = $2 AND status = 'running' AND pg_try_advisory_xact_lock($3, id)"
    )
    params = [integer(1767225600), like("Spring"), integer(7301)]
    description = "imports that nobody is at work on any more were cut short"
    sql(row, description, DEATHS, statement(dead, dead), params, done(1), UNDER_WAY)
    _changes(row)


def _changes(row: Row) -> None:
    """Add what is said while a file's changes are taken into a list; the list stands for the file, too."""
    lock = f"LOCK TABLE {LIST} IN SHARE ROW EXCLUSIVE MODE"
    row.operation(
        "whoever writes to a list waits for a transaction that has it locked; outside of one nothing is locked",
        CHANGES,
        "postgresql",
        {"sql": statement("LOCK TABLE {list} IN SHARE ROW EXCLUSIVE MODE", lock), "params": []},
        stated(refused("25P01"), done(0)),
        states=[HOLDS_ADA],
    )
    in_hand = "WHERE chain_id IN (SELECT chain_id FROM {list} WHERE record_status = 2) GROUP BY chain_id) h"
    chain = "WHERE h.chain_id = i.chain_id"
    keep = (
        f"UPDATE {LIST} i SET chain_n = coalesce((SELECT l.chain_n FROM {LIST} l WHERE l.record_id = i.record_id),"
        f" h.top + 1 + i.chain_n) FROM (SELECT chain_id, max(chain_n) AS top FROM {LIST}"
        f" {in_hand.format(list=LIST)} {chain}"
    )
    gone = "NOT EXISTS (SELECT 1 FROM {table} k WHERE k.record_id = l.record_id)"
    gone_here = gone.format(table=LIST)
    same = "FROM {table} i WHERE l.record_id = i.record_id"
    same_here = same.format(table=LIST)
    for description, shape, example, count in (
        (
            "a contact that OCS has in hand keeps its devices in their places",
            f"UPDATE {{table}} i SET ... FROM (SELECT ... FROM {{list}} {in_hand} {chain}",
            keep,
            0,
        ),
        (
            "a device that a contact no longer has is removed",
            f"DELETE FROM {{list}} l USING {{table}} i WHERE ... AND {gone}",
            f"DELETE FROM {LIST} l USING {LIST} i WHERE l.chain_id = i.chain_id AND {gone_here}",
            0,
        ),
        (
            "a device that a contact in OCS's hand no longer has is cancelled",
            f"UPDATE {{list}} l SET record_status = 5 FROM {{table}} i WHERE ... AND {gone}",
            f"UPDATE {LIST} l SET record_status = 5 FROM {LIST} i WHERE l.chain_id = i.chain_id AND {gone_here}",
            0,
        ),
        (
            "devices that change places make room",
            f"UPDATE {{list}} l SET chain_n = -1 - l.chain_n {same} AND l.chain_n <> i.chain_n",
            f"UPDATE {LIST} l SET chain_n = -1 - l.chain_n {same_here} AND l.chain_n <> i.chain_n",
            0,
        ),
        (
            "a record that a file changes is changed where it is",
            f"UPDATE {{list}} l SET ... {same}",
            f"UPDATE {LIST} l SET contact_info = i.contact_info, chain_n = i.chain_n {same_here}",
            1,
        ),
    ):
        sql(row, description, CHANGES, statement(shape, example), [], done(count), HOLDS_ADA)
