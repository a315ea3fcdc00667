"""A PostgreSQL that somebody else runs, by its URL: we make our schema and roles there, and remove them at the end."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from cxmock.errors.stores import StoreNotReachable
from cxmock.stores.postgres import schema
from cxmock.stores.postgres.connection import Connection, Refused
from cxmock.topology import Component, listening_ports

(_PLACE,) = listening_ports(Component.POSTGRES)

_TAKEN = f"""
SELECT 'a schema ' || nspname FROM pg_namespace
WHERE nspname = '{schema.SCHEMA}' AND coalesce(obj_description(oid, 'pg_namespace'), '') <> '{schema.MARK}'
UNION ALL SELECT 'a role ' || rolname FROM pg_roles
WHERE rolname IN ('{schema.CXC_ROLE}', '{schema.OCS_ROLE}')
    AND coalesce(shobj_description(oid, 'pg_authid'), '') <> '{schema.MARK}'
"""
_OURS = f"SELECT rolname FROM pg_roles WHERE rolname IN ('{schema.CXC_ROLE}', '{schema.OCS_ROLE}')"


class External:
    """Somebody else's PostgreSQL.

    Args:
        url: ``postgresql://role:password@host[:port]/database``; the role must be allowed to create roles.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._shown = f"{parts.scheme}://{parts.hostname}:{parts.port or _PLACE.port}{parts.path}"
        self._address = (parts.hostname or "127.0.0.1", parts.port or _PLACE.port)
        self._role, self._password = unquote(parts.username or "postgres"), unquote(parts.password or "")
        self._database = unquote(parts.path.lstrip("/")) or self._role
        self._prepared = False

    async def start(self) -> tuple[tuple[str, int], Connection]:
        """Log in and make our schema and roles; return the address and the connection.

        Raises:
            StoreNotReachable: nobody listens, the login is refused, or what we would make is there already.
        """
        try:
            admin = await self._connect()
            if taken := [row[0] for row in (await admin.query(_TAKEN)).values]:
                await admin.close()
                raise StoreNotReachable("PostgreSQL", self._shown, f"it already has {' and '.join(taken)}, not ours")
            await self._remove(admin)
            await admin.script(schema.ALL)
        except Refused as error:
            raise StoreNotReachable("PostgreSQL", self._shown, error.text) from error
        except OSError as error:
            raise StoreNotReachable("PostgreSQL", self._shown, str(error) or type(error).__name__) from error
        self._prepared = True
        return self._address, admin

    async def check(self) -> None:
        """It is not ours to watch."""

    async def stop(self) -> None:
        """Leave it as it was found."""
        if self._prepared:
            self._prepared = False
            admin = await self._connect()
            await self._remove(admin)
            await admin.close()

    async def _connect(self) -> Connection:
        return await Connection.open(self._address, self._role, self._password, self._database)

    @staticmethod
    async def _remove(admin: Connection) -> None:
        """Remove our schema and roles, if they are there."""
        await admin.script(f"DROP SCHEMA IF EXISTS {schema.SCHEMA} CASCADE")
        for [role] in (await admin.query(_OURS)).values:
            await admin.script(f"DROP OWNED BY {role}; DROP ROLE {role}")
