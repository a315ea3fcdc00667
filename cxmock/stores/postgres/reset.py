"""Back to the state right after the start, in a millisecond or two: only what was touched is cleared.

Tables that a test made are dropped, those of the schema emptied; the schema is only made anew where a test changed it.
"""

from __future__ import annotations

from cxmock.errors.stores import TransactionLeftOpen
from cxmock.net.waiting import until
from cxmock.stores.postgres.connection import Connection, Refused
from cxmock.stores.postgres.schema import BASE_TABLES, SCHEMA, Names, tables
from cxmock.stores.postgres.structure import HIDDEN

GRACE = 0.25
"""Seconds for a transaction that is just ending."""
DELETED_UP_TO = 1024 * 1024
"""Bytes of a table up to which its rows are deleted; a larger one is truncated, which takes longer for a small one."""
_LOCK_WITHIN = "1s"
_LOCKED = "55P03"

_BASE = ", ".join(f"'{name}'" for name in BASE_TABLES)
_OURS = f"n.nspname = '{SCHEMA}' AND c.relname IN ({_BASE})"

_OPEN = """
SELECT pid, usename, application_name, query FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
"""
_LEFT = _OPEN + "AND (state LIKE 'idle in transaction%' OR backend_xid IS NOT NULL)"
"""Whoever does nothing but keeps a transaction, and whoever still writes: it would come up in the next test."""
_ANY = _OPEN + "AND xact_start IS NOT NULL"

_STRANGERS = f"""
SELECT format('DROP %s IF EXISTS %I.%I CASCADE', k.name, n.nspname, c.relname)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN (VALUES ('r', 'TABLE'), ('p', 'TABLE'), ('v', 'VIEW'), ('m', 'MATERIALIZED VIEW'), ('f', 'FOREIGN TABLE'),
    ('S', 'SEQUENCE')) AS k (kind, name) ON k.kind = c.relkind::text
WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname NOT IN ('information_schema', '{HIDDEN}') AND NOT ({_OURS})
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
        AND d.deptype IN ('a', 'i', 'e'))
UNION ALL
SELECT format('DROP SCHEMA IF EXISTS %I CASCADE', nspname) FROM pg_namespace
WHERE nspname NOT LIKE 'pg\\_%' AND nspname NOT IN ('information_schema', 'public', '{SCHEMA}', '{HIDDEN}')
"""

_SHAPE = f"""
SELECT md5(string_agg(concat_ws(' ', c.relname, c.relowner, a.attname, a.atttypid, a.atttypmod, a.attnotnull), ','
    ORDER BY c.relname, a.attnum)) || (SELECT count(*) FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {_OURS}) AS shape
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE a.attnum > 0 AND {_OURS}
"""

_TOUCHED = " UNION ALL ".join(
    f"SELECT '{name}', pg_relation_size('{SCHEMA}.{name}') > {DELETED_UP_TO} WHERE EXISTS (SELECT FROM {SCHEMA}.{name})"
    + (f" OR pg_sequence_last_value('{SCHEMA}.{sequence}') IS NOT NULL" if sequence else "")
    for name, sequence in BASE_TABLES.items()
)

_PREPARED = {
    "cxmock_left": _LEFT,
    "cxmock_strangers": _STRANGERS,
    "cxmock_shape": _SHAPE,
    "cxmock_touched": _TOUCHED,
}


class Reset:
    """Knows how the database was at the start.

    Args:
        admin: the administrator's connection; :meth:`learn` comes first.
        names: what the roles are called.
    """

    def __init__(self, admin: Connection, names: Names) -> None:
        self._admin = admin
        self._names = names
        self._shape = ""

    async def learn(self) -> None:
        """Remember the schema as it is now, and have the questions planned: that costs more than asking them."""
        await self._admin.script(";".join(f"PREPARE {name} AS {sql}" for name, sql in _PREPARED.items()))
        [shape] = await self._admin.script("EXECUTE cxmock_shape")
        self._shape = shape.values[0][0]

    async def perform(self) -> list[TransactionLeftOpen]:
        """Clear everything; return the sessions that had to be ended because they were left in a transaction."""
        left, strangers, shape = await self._look()
        ended = await self.end_left() if left else []
        clearing = await self._clearing(strangers, shape)
        return ended + await self.apply(clearing) if clearing else ended

    async def apply(self, statements: list[str]) -> list[TransactionLeftOpen]:
        """Perform statements in one transaction; return the sessions that had to be ended because they held locks."""
        try:
            await self._apply(statements)
        except Refused as error:
            if error.sqlstate != _LOCKED:
                raise
            ended = await self._end(_ANY)
            await self._apply(statements)
            return ended
        return []

    async def end_left(self) -> list[TransactionLeftOpen]:
        """Give transactions that are just ending a moment; end those that stay."""

        async def over() -> bool:
            return not (await self._admin.query(_LEFT)).values

        return [] if await until(over, within=GRACE, every=0.005) else await self._end(_LEFT)

    async def _look(self) -> tuple[bool, list[str], str]:
        looks = "EXECUTE cxmock_left; EXECUTE cxmock_strangers; EXECUTE cxmock_shape"
        left, strangers, shape = await self._admin.script(looks)
        return bool(left.values), [row[0] for row in strangers.values], shape.values[0][0]

    async def _clearing(self, strangers: list[str], shape: str) -> list[str]:
        """Return the statements that clear what is there; ``strangers`` are such already."""
        if shape != self._shape:
            return [*strangers, f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE", tables(self._names)]
        statements = list(strangers)
        [touched] = await self._admin.script("EXECUTE cxmock_touched")
        for name, big in touched.values:
            statements.append(f"TRUNCATE {SCHEMA}.{name} CASCADE" if big else f"DELETE FROM {SCHEMA}.{name}")
            if sequence := BASE_TABLES[name]:
                statements.append(f"SELECT setval('{SCHEMA}.{sequence}', 1, false)")
        return statements

    async def _apply(self, statements: list[str]) -> None:
        await self._admin.script(";".join([f"SET LOCAL lock_timeout = '{_LOCK_WITHIN}'", *statements]))

    async def _end(self, which: str) -> list[TransactionLeftOpen]:
        sessions = (await self._admin.query(which)).dicts()
        for session in sessions:
            await self._admin.query("SELECT pg_terminate_backend($1::int, 5000)", session["pid"])
        return [
            TransactionLeftOpen(session["usename"], session["application_name"], session["query"])
            for session in sessions
        ]
