"""What is said when a store that somebody else runs cannot be used as it is."""

from __future__ import annotations

from collections.abc import Sequence

from cxmock.errors.base import CxmockError


class UnknownStores(CxmockError, ValueError):
    """A choice of stores cannot be read.

    >>> print(UnknownStores("postgres=docker"))
    "postgres=docker" is no choice of stores.
      expected: embedded, container, external or fakeredis; or one for each store, "postgres=external,redis=embedded".
                Instead of "external", the URL may stand there. fakeredis is for Redis only.
      fix:      Correct it where it stands: the option, the setting cxmock_stores, or the variable CXMOCK_STORES.
    """

    def __init__(self, text: str) -> None:
        # What may hold a password is not shown.
        shown = text if "://" not in text else text.partition("://")[0] + "://..."
        super().__init__(
            f'"{shown}" is no choice of stores.',
            expected="embedded, container, external or fakeredis; or one for each store, "
            '"postgres=external,redis=embedded".\n'
            'Instead of "external", the URL may stand there. fakeredis is for Redis only.',
            fix="Correct it where it stands: the option, the setting cxmock_stores, or the variable CXMOCK_STORES.",
        )


class ExternalUrlMissing(CxmockError):
    """A store is external, and nobody says where it is.

    >>> print(ExternalUrlMissing("redis", "CXMOCK_REDIS_URL"))
    The store "redis" is external, and its URL is missing.
      expected: The environment variable CXMOCK_REDIS_URL, or the URL instead of the word "external".
      fix:      export CXMOCK_REDIS_URL=redis://:PASSWORD@HOST:6379/0
    """

    def __init__(self, store: str, variable: str) -> None:
        form = {"postgres": "postgresql://ROLE:PASSWORD@HOST:5432/postgres"}.get(store, "redis://:PASSWORD@HOST:6379/0")
        super().__init__(
            f'The store "{store}" is external, and its URL is missing.',
            expected=f'The environment variable {variable}, or the URL instead of the word "external".',
            fix=f"export {variable}={form}",
        )


class StoreUrlWrong(CxmockError, ValueError):
    """The URL of a store cannot be used.

    >>> print(StoreUrlWrong("Redis", "http://db.example:6379", 'it begins with "http"', "redis://[user]:password@host"))
    The URL of Redis, http://db.example:6379, cannot be used: it begins with "http".
      expected: redis://[user]:password@host
      fix:      Correct the URL.
    """

    def __init__(self, store: str, url: str, reason: str, form: str) -> None:
        super().__init__(f"The URL of {store}, {url}, cannot be used: {reason}.", expected=form, fix="Correct the URL.")


class StoreWantsTls(CxmockError, ConnectionError):
    """A store that somebody else runs is only to be spoken to with TLS.

    >>> print(StoreWantsTls("Redis", "rediss://db.example:6379"))
    Redis at rediss://db.example:6379 wants TLS, which is not spoken to a store that somebody else runs.
      expected: A store that takes connections without TLS. (The testbed's own address speaks TLS all the same.)
      why:      What passes would have to be read on its way, for the journal.
      fix:      Allow connections without TLS from this machine, or put a tunnel before it (stunnel, socat).
    """

    def __init__(self, store: str, url: str) -> None:
        super().__init__(
            f"{store} at {url} wants TLS, which is not spoken to a store that somebody else runs.",
            expected="A store that takes connections without TLS. (The testbed's own address speaks TLS all the same.)",
            why="What passes would have to be read on its way, for the journal.",
            fix="Allow connections without TLS from this machine, or put a tunnel before it (stunnel, socat).",
        )


class StoreTooOld(CxmockError):
    """A store that somebody else runs is of a version that cannot do what is needed.

    >>> print(StoreTooOld("PostgreSQL", "postgresql://db.example:5432/tests", "12.4", "14"))
    PostgreSQL at postgresql://db.example:5432/tests is version 12.4.
      expected: Version 14 or later.
      fix:      Take a newer one, or leave the store embedded.
    """

    def __init__(self, store: str, url: str, version: str, least: str) -> None:
        super().__init__(
            f"{store} at {url} is version {version}.",
            expected=f"Version {least} or later.",
            fix="Take a newer one, or leave the store embedded.",
        )


class RightsMissing(CxmockError, PermissionError):
    """The role that we have at somebody's PostgreSQL may not do what is needed.

    >>> print(RightsMissing("postgresql://db.example:5432/tests", "me", ["CREATEDB"]))
    The role "me" at postgresql://db.example:5432/tests lacks a right: CREATEDB.
      expected: A role with CREATEDB and CREATEROLE; it need not be a superuser.
      why:      Each testbed makes a database and two roles of its own there, and drops them at the end.
      fix:      ALTER ROLE "me" CREATEDB;
    """

    def __init__(self, url: str, role: str, rights: Sequence[str]) -> None:
        super().__init__(
            f'The role "{role}" at {url} lacks a right: {", ".join(rights)}.',
            expected="A role with CREATEDB and CREATEROLE; it need not be a superuser.",
            why="Each testbed makes a database and two roles of its own there, and drops them at the end.",
            fix=f'ALTER ROLE "{role}" {" ".join(rights)};',
        )


class ExtensionMissing(CxmockError):
    """Somebody's PostgreSQL lacks an extension that CX Contact needs.

    >>> print(ExtensionMissing("postgresql://db.example:5432/tests", "tablefunc"))
    PostgreSQL at postgresql://db.example:5432/tests has no extension "tablefunc".
      expected: That it is installed on the server: CX Contact needs it.
      fix:      Install PostgreSQL's contrib modules there (Debian has them in the server's package).
    """

    def __init__(self, url: str, name: str) -> None:
        super().__init__(
            f'PostgreSQL at {url} has no extension "{name}".',
            expected="That it is installed on the server: CX Contact needs it.",
            fix="Install PostgreSQL's contrib modules there (Debian has them in the server's package).",
        )


class StoreNotEmpty(CxmockError):
    """Somebody's Redis holds keys where ours would be.

    >>> print(StoreNotEmpty("redis://db.example:6379", 0, 12))
    Database 0 of Redis at redis://db.example:6379 is not empty: it holds 12 keys.
      expected: An empty database: every reset removes all that is in it.
      why:      Keys that are not the testbed's would be lost.
      fix:      Name another database in the URL (redis://db.example:6379/1), or add ?keep=yes: then nothing is ever
                removed, what tests leave included.
    """

    def __init__(self, url: str, number: int, keys: int) -> None:
        super().__init__(
            f"Database {number} of Redis at {url} is not empty: it holds {keys} key{'' if keys == 1 else 's'}.",
            expected="An empty database: every reset removes all that is in it.",
            why="Keys that are not the testbed's would be lost.",
            fix=f"Name another database in the URL ({url}/{number + 1}), or add ?keep=yes: then nothing is ever\n"
            "removed, what tests leave included.",
        )


class StoreInUse(CxmockError):
    """Another testbed uses the same database of somebody's Redis.

    >>> print(StoreInUse("redis://db.example:6379", 0))
    Database 0 of Redis at redis://db.example:6379 is in use by another testbed.
      expected: A database for each testbed. (Workers of pytest-xdist take the ones after the first.)
      why:      Either would remove the other's keys at its next reset.
      fix:      Name another database in the URL: redis://db.example:6379/1.
    """

    def __init__(self, url: str, number: int) -> None:
        super().__init__(
            f"Database {number} of Redis at {url} is in use by another testbed.",
            expected="A database for each testbed. (Workers of pytest-xdist take the ones after the first.)",
            why="Either would remove the other's keys at its next reset.",
            fix=f"Name another database in the URL: {url}/{number + 1}.",
        )
