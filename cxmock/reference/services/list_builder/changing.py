"""Updates of a calling list that OCS may be dialing: what a file says changes, what became of records stays OCS's.

OCS writes back by chain and place in the chain. So nothing that it has in hand (``record_status`` 2) is removed or
moves to another place, and a record is changed where it is, never removed and made anew. While that is done the table
is locked: OCS's statements, each a transaction of its own, come before it or after it. (All of that is assumed.)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cxmock.reference.calling_list import IMPORTED, SCHEMA
from cxmock.wire.genesys.enumerations import RecordStatus

if TYPE_CHECKING:
    from psycopg import AsyncConnection

_LOCK = "LOCK TABLE {list} IN SHARE ROW EXCLUSIVE MODE"
_MATCH = (
    "UPDATE incoming i SET record_id = l.record_id "
    "FROM {list} l WHERE l.chain_id = i.chain_id AND l.contact_info = i.contact_info"
)
_KEEP_PLACES = (
    "UPDATE incoming i SET in_hand = true, chain_n = coalesce("
    "(SELECT l.chain_n FROM {list} l WHERE l.record_id = i.record_id), h.top + 1 + i.chain_n) "
    "FROM (SELECT chain_id, max(chain_n) AS top FROM {list} "
    f"WHERE chain_id IN (SELECT chain_id FROM {{list}} WHERE record_status = {RecordStatus.RETRIEVED:d}) "
    "GROUP BY chain_id) h WHERE h.chain_id = i.chain_id"
)
_GONE = "l.chain_id = i.chain_id AND NOT EXISTS (SELECT 1 FROM incoming k WHERE k.record_id = l.record_id)"
_REMOVE = f"DELETE FROM {{list}} l USING incoming i WHERE NOT i.in_hand AND {_GONE}"
_CANCEL = (
    f"UPDATE {{list}} l SET record_status = {RecordStatus.CANCELLED:d} FROM incoming i "
    f"WHERE i.in_hand AND l.record_status = {RecordStatus.READY:d} AND {_GONE}"
)
_MAKE_ROOM = (
    "UPDATE {list} l SET chain_n = -1 - l.chain_n FROM incoming i "
    "WHERE l.record_id = i.record_id AND l.chain_n <> i.chain_n"
)
_CHANGE = (
    f"UPDATE {{list}} l SET {', '.join(f'{name} = i.{name}' for name in IMPORTED)} "
    "FROM incoming i WHERE l.record_id = i.record_id"
)
_ADD = (
    f"INSERT INTO {{list}} ({', '.join(IMPORTED)}) SELECT {', '.join(IMPORTED)} FROM incoming "
    "WHERE record_id IS NULL ORDER BY chain_id, chain_n"
)


async def take_changes(connection: AsyncConnection[Any], table: str) -> int:
    """Take the rows in ``incoming`` into a calling list, in place of those of the same chains.

    A device that a contact keeps keeps what became of it: its number, its state, its attempts. A device that a contact
    no longer has is removed; of a contact that OCS has in hand it is cancelled, but for the one that is being dialed.

    Args:
        connection: in the transaction of the import. OCS waits until it ends: little should be left to do.
        table: the calling list's.

    Returns:
        By how many rows the list has grown.
    """
    name = f'{SCHEMA}."{table}"'

    async def do(statement: str) -> int:
        return (await connection.execute(statement.format(list=name))).rowcount

    await do(_LOCK)
    await do(_MATCH)
    await do(_KEEP_PLACES)
    gone = await do(_REMOVE)
    await do(_CANCEL)
    await do(_MAKE_ROOM)  # two devices may change places, and no two may be in one at any moment
    await do(_CHANGE)
    return await do(_ADD) - gone
