"""A Redis that somebody else runs: a testbed has one of its databases, which was empty, and leaves it empty.

Nothing else is touched. The database is the one that the URL names, 0 if none; workers of pytest-xdist take the ones
after it. The gate keeps clients in it, and lets in who knows the testbed's password.
"""

from __future__ import annotations

import asyncio
import re
from functools import partial
from pathlib import Path

from cxmock.errors.external import StoreInUse, StoreNotEmpty, StoreTooOld
from cxmock.errors.stores import StoreNotReachable, StoreRefused
from cxmock.net.processes import Supervisor
from cxmock.stores.gate import Gate
from cxmock.stores.leaving import Leaving
from cxmock.stores.redis.connection import NAME, Connection
from cxmock.stores.redis.translating import Login
from cxmock.stores.url import Form, StoreUrl
from cxmock.topology import Component, listening_ports

(_PLACE,) = listening_ports(Component.REDIS)
_STORE = "Redis"
_KEEP = "keep"
FORM = Form(
    _STORE,
    ("redis",),
    ("rediss",),
    _PLACE.port,
    (_KEEP,),
    f"redis://[USER]:PASSWORD@HOST:{_PLACE.port}/NUMBER, with nothing after it but keep=yes",
)
OLDEST = 6


class External:
    """Somebody else's Redis.

    Args:
        url: ``redis://[user]:password@host[:port][/number][?keep=yes]``.
        password: what clients must give.
        nth: how many databases after that of the URL; for workers that share it.
        folder: private; what the reaper needs to know is there.
        supervisor: has the reaper empty the database, if we cannot.
    """

    def __init__(self, url: str, password: str, nth: int, folder: Path, supervisor: Supervisor) -> None:
        self._url = FORM.read(url)
        if not (self._url.path or "0").isdecimal():
            raise FORM.wrong(f'"{self._url.path}" is no number of a database', self._url.shown)
        if self._url.parameters.get(_KEEP, "yes") != "yes":
            raise FORM.wrong(f"{_KEEP} is yes, or is left out", self._url.shown)
        self.number = int(self._url.path or "0") + nth
        """The number of the database there."""
        self.keeps = _KEEP in self._url.parameters
        """Whether nothing is ever removed."""
        login = _login(self._url)
        self._leaving = Leaving("redis", {"url": url, "number": self.number}, folder, supervisor)
        self._gate = Gate(
            self._url.address, lambda: Login(password, login, self.number), partial(_greet, login, self.number)
        )

    async def start(self) -> tuple[tuple[str, int], Connection]:
        """Log in; return the gate's address, and a connection to our database.

        Raises:
            StoreNotReachable: nobody listens, the login is refused, or there is no database of that number.
            StoreTooOld: its version is.
            StoreNotEmpty: it holds keys.
            StoreInUse: another testbed is there.
        """
        admin = await _connect(self._url, self.number)
        try:
            await self._check(admin)
        except BaseException:
            await admin.close()
            raise
        return await self._gate.start(), admin

    async def check(self) -> None:
        """It is not ours to watch."""

    async def stop(self) -> None:
        """Leave our database empty."""
        await self._gate.stop()
        await self._leaving.leave()

    async def _check(self, admin: Connection) -> None:
        shown = f"redis://{self._url.address[0]}:{self._url.address[1]}"
        version = await _version(admin)
        if int(version.partition(".")[0]) < OLDEST:
            raise StoreTooOld(_STORE, shown, version, f"{OLDEST}.0")
        if self.keeps:
            return
        clients = _text(await admin.call("CLIENT", "LIST"))
        if len(re.findall(rf" name={NAME} .*? db={self.number} ", clients)) > 1:
            raise StoreInUse(shown, self.number)
        if keys := await admin.call("DBSIZE"):
            raise StoreNotEmpty(shown, self.number, keys)
        self._leaving.arrange()


async def leave(url: str, number: int) -> None:
    """Empty a testbed's database."""
    admin = await _connect(FORM.read(url), number)
    try:
        await admin.call("FLUSHDB")
    finally:
        await admin.close()


async def _version(admin: Connection) -> str:
    found = re.search(r"redis_version:(\S+)", _text(await admin.call("INFO", "server")))
    return found[1] if found else "0"


def _text(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.decode("utf-8", "replace")


def _login(url: StoreUrl) -> tuple[str, ...]:
    """Return the words with which we log in; none where there is no password."""
    return ("AUTH", url.user or "default", url.password) if url.password else ()


async def _greet(
    login: tuple[str, ...], number: int, answers: asyncio.StreamReader, store: asyncio.StreamWriter
) -> None:
    connection = Connection(answers, store)
    for words in (login, ("SELECT", number)):
        if words:
            await connection.call(*words)


async def _connect(url: StoreUrl, number: int) -> Connection:
    try:
        admin = await Connection.open(url.address, url.password, url.user or "default")
        try:
            await admin.call("SELECT", number)
        except BaseException:
            await admin.close()
            raise
        return admin
    except StoreRefused as error:
        if "unknown command" in error.text:  # HELLO came with 6
            raise StoreTooOld(_STORE, url.shown, "5 or older", f"{OLDEST}.0") from error
        raise StoreNotReachable(_STORE, url.shown, error.text) from error
    except OSError as error:
        raise StoreNotReachable(_STORE, url.shown, str(error) or type(error).__name__) from error
