"""How tables, views and sequences are made anew: the statements, as PostgreSQL itself tells them.

Told are ordinary tables with their columns, defaults, constraints, indexes, owner and rights; views; sequences. Not
told, and not kept by a snapshot: triggers, row-level security, comments, partitions, types, functions.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from cxmock.stores.postgres.connection import Connection

HIDDEN = "cxmock_kept"
"""The schema in which snapshots are."""

_SCHEMAS = rf"n.nspname NOT LIKE 'pg\_%' AND n.nspname NOT IN ('information_schema', '{HIDDEN}')"

_COLUMN = """format('%I %s%s%s%s', a.attname, format_type(a.atttypid, a.atttypmod),
    CASE WHEN a.attcollation <> y.typcollation THEN (SELECT format(' COLLATE %I.%I', cn.nspname, co.collname)
        FROM pg_collation co JOIN pg_namespace cn ON cn.oid = co.collnamespace WHERE co.oid = a.attcollation) END,
    CASE WHEN a.attidentity <> '' THEN format(' GENERATED %s AS IDENTITY (SEQUENCE NAME %s)',
            CASE a.attidentity WHEN 'a' THEN 'ALWAYS' ELSE 'BY DEFAULT' END,
            pg_get_serial_sequence(format('%I.%I', n.nspname, c.relname), a.attname))
        WHEN a.attgenerated <> '' THEN format(' GENERATED ALWAYS AS (%s) %s', pg_get_expr(d.adbin, d.adrelid),
            CASE a.attgenerated WHEN 's' THEN 'STORED' ELSE 'VIRTUAL' END)
        WHEN d.adbin IS NOT NULL THEN ' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid) END,
    CASE WHEN a.attnotnull THEN ' NOT NULL' END)"""

_TABLES = rf"""
SELECT format('%I.%I', n.nspname, c.relname) AS name, n.nspname AS schema, c.relkind::text AS kind,
    CASE c.relkind WHEN 'v' THEN format('CREATE VIEW %I.%I AS %s', n.nspname, c.relname, pg_get_viewdef(c.oid))
    WHEN 'S' THEN (SELECT format('CREATE SEQUENCE %I.%I AS %s START %s INCREMENT %s MINVALUE %s MAXVALUE %s CACHE %s%s',
        n.nspname, c.relname, format_type(s.seqtypid, NULL), s.seqstart, s.seqincrement, s.seqmin, s.seqmax,
        s.seqcache, CASE WHEN s.seqcycle THEN ' CYCLE' END) FROM pg_sequence s WHERE s.seqrelid = c.oid)
    ELSE format('CREATE %sTABLE %I.%I (%s)', CASE c.relpersistence WHEN 'u' THEN 'UNLOGGED ' END, n.nspname, c.relname,
        (SELECT string_agg({_COLUMN}, ', ' ORDER BY a.attnum) FROM pg_attribute a
            JOIN pg_type y ON y.oid = a.atttypid LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
            WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)) END AS made,
    (SELECT string_agg(format('%I', a.attname), ', ' ORDER BY a.attnum) FROM pg_attribute a
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '') AS columns,
    concat_ws(';', (SELECT string_agg(format('ALTER TABLE ONLY %I.%I ADD CONSTRAINT %I %s', n.nspname, c.relname,
            k.conname, pg_get_constraintdef(k.oid)), ';' ORDER BY k.contype DESC, k.conname) FROM pg_constraint k
            WHERE k.conrelid = c.oid AND k.contype IN ('p', 'u', 'c', 'x')),
        (SELECT string_agg(pg_get_indexdef(i.indexrelid), ';' ORDER BY i.indexrelid) FROM pg_index i
            WHERE i.indrelid = c.oid AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid)),
        format('ALTER %s %I.%I OWNER TO %I', CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, n.nspname,
            c.relname, pg_get_userbyid(c.relowner)),
        (SELECT string_agg(format('GRANT %s ON %s%I.%I TO %s%s', g.privilege_type,
            CASE c.relkind WHEN 'S' THEN 'SEQUENCE ' END, n.nspname, c.relname,
            CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END,
            CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' END), ';' ORDER BY g.grantee, g.privilege_type)
            FROM aclexplode(c.relacl) g WHERE g.grantee <> c.relowner)) AS finished,
    (SELECT string_agg(format('ALTER TABLE ONLY %I.%I ADD CONSTRAINT %I %s', n.nspname, c.relname, k.conname,
        pg_get_constraintdef(k.oid)), ';' ORDER BY k.conname) FROM pg_constraint k
        WHERE k.conrelid = c.oid AND k.contype = 'f') AS related,
    coalesce((SELECT json_agg(DISTINCT format('%I.%I', rn.nspname, r.relname)) FROM pg_constraint k
        JOIN pg_class r ON r.oid = k.confrelid JOIN pg_namespace rn ON rn.oid = r.relnamespace
        WHERE k.conrelid = c.oid AND k.contype = 'f'), '[]') AS refers,
    (SELECT format('ALTER SEQUENCE %I.%I OWNED BY %s.%I', n.nspname, c.relname, p.refobjid::regclass, a.attname)
        FROM pg_depend p JOIN pg_attribute a ON a.attrelid = p.refobjid AND a.attnum = p.refobjsubid
        WHERE p.objid = c.oid AND p.classid = 'pg_class'::regclass AND p.deptype = 'a' AND c.relkind = 'S') AS owned
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE {_SCHEMAS} AND c.relkind IN ('r', 'v', 'S') AND NOT EXISTS (SELECT FROM pg_depend e
    WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.deptype IN ('i', 'e'))
ORDER BY c.oid
"""

_SEQUENCES = rf"""
SELECT format('%I.%I', n.schemaname, n.sequencename) AS name,
    format('SELECT setval(''%I.%I'', %s, %L)', n.schemaname, n.sequencename, coalesce(n.last_value, n.start_value),
        n.last_value IS NOT NULL) AS set
FROM pg_sequences n WHERE n.schemaname NOT LIKE 'pg\_%' AND n.schemaname NOT IN ('information_schema', '{HIDDEN}')
"""


@dataclass(frozen=True, slots=True)
class Relation:
    """A table, a view or a sequence."""

    name: str
    """With its schema, quoted."""
    schema: str
    kind: str
    """``r`` for a table, ``v`` for a view, ``S`` for a sequence that is no identity column's."""
    made: str
    """The statement that makes it."""
    columns: str
    """Those that can be written, quoted, separated by commas."""
    finished: str
    """The statements for its constraints, indexes, owner and rights."""
    related: str
    """Those for what refers to other tables."""
    refers: tuple[str, ...]
    """The tables that its foreign keys name."""
    owned: str
    """Of a sequence: the statement that ties it to its column."""

    @property
    def dropped(self) -> str:
        """The statement that removes it."""
        kind = {"r": "TABLE", "v": "VIEW", "S": "SEQUENCE"}[self.kind]
        return f"DROP {kind} IF EXISTS {self.name} CASCADE"


async def read_structure(admin: Connection) -> tuple[dict[str, Relation], dict[str, str]]:
    """Return all relations by name, and for each sequence the statement that sets it to where it is."""
    relations, sequences = await admin.script(f"{_TABLES};{_SEQUENCES}")
    return (
        {one["name"]: _relation(one) for one in relations.dicts()},
        {one["name"]: one["set"] for one in sequences.dicts()},
    )


def _relation(told: dict[str, Any]) -> Relation:
    texts = {name: value or "" for name, value in told.items() if name != "refers"}
    return Relation(**texts, refers=tuple(told["refers"]))


def making(missing: Iterable[Relation]) -> tuple[list[str], list[str]]:
    """Return the statements that make relations: those for before their rows are there, and those for after."""
    by_kind = {kind: [one for one in missing if one.kind == kind] for kind in "Srv"}
    tables, views = by_kind["r"], by_kind["v"]
    schemas = {one.schema for one in (*by_kind["S"], *tables, *views)}
    before = [f'CREATE SCHEMA IF NOT EXISTS "{name}"' for name in sorted(schemas)]
    before += [one.made for one in (*by_kind["S"], *tables)]
    after = [one.finished for one in tables if one.finished] + [one.related for one in tables if one.related]
    after += [statement for one in views for statement in (one.made, one.finished) if statement]
    after += [statement for one in by_kind["S"] for statement in (one.finished, one.owned) if statement]
    return before, after
