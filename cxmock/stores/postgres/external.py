"""A PostgreSQL that somebody else runs: each testbed has a database and two roles of its own there, and drops them.

Nothing else is touched. The names are random, so that any number of testbeds can share a server; the gate shows clients
the documented ones. What somebody kills without the reaper (a power cut) leaves ``cxmock_...`` behind there.
"""

from __future__ import annotations

import secrets
from pathlib import Path

from cxmock.errors.external import ExtensionMissing, RightsMissing, StoreTooOld, StoreWantsTls
from cxmock.errors.stores import StoreNotReachable
from cxmock.net.processes import Supervisor
from cxmock.stores.gate import Gate
from cxmock.stores.leaving import Leaving
from cxmock.stores.postgres import schema
from cxmock.stores.postgres.connection import Connection, Refused
from cxmock.stores.postgres.translating import Renaming
from cxmock.stores.url import Form, StoreUrl
from cxmock.topology import Component, listening_ports

(_PLACE,) = listening_ports(Component.POSTGRES)
_STORE = "PostgreSQL"
FORM = Form(
    _STORE,
    ("postgresql", "postgres"),
    (),
    _PLACE.port,
    ("sslmode",),
    f"postgresql://ROLE:PASSWORD@HOST:{_PLACE.port}/DATABASE, with nothing after it but sslmode=disable",
)
OLDEST = 14
_EXTENSION = "tablefunc"
_ABOUT_US = """
SELECT current_setting('server_version_num')::int AS number, current_setting('server_version') AS version,
    rolsuper OR rolcreatedb AS "CREATEDB", rolsuper OR rolcreaterole AS "CREATEROLE",
    EXISTS (SELECT FROM pg_available_extensions WHERE name = $1) AS extension
FROM pg_roles WHERE rolname = current_user
"""
_LOGIN_REFUSED = ("28000", "28P01")
_LIBC_SINCE = 15_0000


class External:
    """Somebody else's PostgreSQL.

    Args:
        url: ``postgresql://role:password@host[:port]/database``; the role must be allowed to create databases and
            roles, the database is any that it may connect to.
        folder: private; what the reaper needs to know is there.
        supervisor: has the reaper drop what is ours, if we cannot.
    """

    def __init__(self, url: str, folder: Path, supervisor: Supervisor) -> None:
        self._url = FORM.read(url)
        token = secrets.token_hex(4)
        self.names = schema.Names(f"cxmock_{token}", f"cxmock_{token}_cxc", f"cxmock_{token}_ocs")
        """What is ours is called there."""
        self._leaving = Leaving(
            "postgres",
            {"url": url, "names": [self.names.database, self.names.cxc, self.names.ocs]},
            folder,
            supervisor,
        )
        self._gate = Gate(
            self._url.address,
            lambda: Renaming(
                {
                    "user": {schema.CXC_ROLE: self.names.cxc, schema.OCS_ROLE: self.names.ocs},
                    "database": {schema.DATABASE: self.names.database},
                }
            ),
        )

    async def start(self) -> tuple[tuple[str, int], Connection]:
        """Make our database and roles; return the gate's address and the administrator's connection to the database.

        Raises:
            StoreNotReachable: nobody listens, or the login is refused.
            StoreWantsTls: it is only to be spoken to with TLS.
            StoreTooOld: its version is.
            RightsMissing: the role may not create databases or roles.
            ExtensionMissing: it lacks what CX Contact needs.
        """
        admin = await _connect(self._url)
        try:
            number = await self._check(admin)
            self._leaving.arrange()
            names = self.names
            await admin.script(schema.roles(names))
            # A superuser can do without; whoever only may create roles acts in their name from now on.
            await admin.script(f"GRANT {names.cxc}, {names.ocs} TO CURRENT_USER")
            libc = "LOCALE_PROVIDER libc" if number >= _LIBC_SINCE else ""
            await admin.query(
                f"CREATE DATABASE {names.database} TEMPLATE template0 ENCODING 'UTF8' "
                f"LC_COLLATE 'C' LC_CTYPE 'C' {libc}"
            )
            await admin.script(
                f"COMMENT ON DATABASE {names.database} IS '{schema.MARK}';"
                f"ALTER DATABASE {names.database} SET timezone = 'UTC'"
            )
        finally:
            await admin.close()
        admin = await _connect(self._url, names.database)
        try:
            await admin.script(schema.EXTENSIONS + schema.tables(names))
        except BaseException:
            await admin.close()
            raise
        return await self._gate.start(), admin

    async def check(self) -> None:
        """It is not ours to watch."""

    async def stop(self) -> None:
        """Drop what is ours."""
        await self._gate.stop()
        await self._leaving.leave()

    async def _check(self, admin: Connection) -> int:
        [facts] = (await admin.query(_ABOUT_US, _EXTENSION)).dicts()
        if facts["number"] < OLDEST * 10_000:
            raise StoreTooOld(_STORE, self._url.shown, facts["version"], str(OLDEST))
        if missing := [right for right in ("CREATEDB", "CREATEROLE") if not facts[right]]:
            raise RightsMissing(self._url.shown, self._url.user, missing)
        if not facts["extension"]:
            raise ExtensionMissing(self._url.shown, _EXTENSION)
        return int(facts["number"])


async def leave(url: str, names: list[str]) -> None:
    """Drop a testbed's database and roles; those that are not there are none to drop."""
    database, *roles = names
    admin = await _connect(FORM.read(url))
    try:
        await admin.query(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")
        for role in roles:
            await admin.query(f"DROP ROLE IF EXISTS {role}")
    finally:
        await admin.close()


async def _connect(url: StoreUrl, database: str = "") -> Connection:
    role = url.user or "postgres"
    try:
        return await Connection.open(url.address, role, url.password, database or url.path or role)
    except Refused as error:
        if error.sqlstate in _LOGIN_REFUSED and "no encryption" in error.text:
            raise StoreWantsTls(_STORE, url.shown) from error
        raise StoreNotReachable(_STORE, url.shown, error.text) from error
    except OSError as error:
        raise StoreNotReachable(_STORE, url.shown, str(error) or type(error).__name__) from error
