"""A Redis in this process, for where no server binary fits: our own listener before fakeredis' core.

Commands, values and errors are fakeredis' (7.2). Ours is what a server adds: pipelining with one write for all
answers, passwords that refuse, ``INFO``, ``CONFIG``, ``QUIT``, what a server that stands alone says about itself, and
the one script by which the tap refuses what is not promised (others are fakeredis', where lupa is installed). What it
cannot do is refused as an unknown command.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from fnmatch import fnmatchcase
from hmac import compare_digest
from typing import Any

from cxmock.net.receiving import receive_in_pieces
from cxmock.stores.redis import alone
from cxmock.stores.redis.fake_core import VERSION, Core, Session
from cxmock.wire.resp import SERVED, ErrorReply, Parser, TooLong
from cxmock.wire.resp_encoding import encode
from cxmock.wire.resp_screen import SCRIPT

QUEUE_LIMIT = 1000
"""Commands kept while a blocking one waits; then the client is not read any more."""

_NO_AUTH = ErrorReply("NOAUTH Authentication required.")
_NO_AUTH_HELLO = ErrorReply(
    "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH <user> <pass> "
    "option can be used to authenticate the client and select the RESP protocol version at the same time"
)
_WRONG_PASS = ErrorReply("WRONGPASS invalid username-password pair or user is disabled.")
_NAME = b"default"


class Front:
    """Serves Redis clients on a loopback port of its own.

    Args:
        password: what clients must give with ``AUTH``, as user ``default``.
    """

    def __init__(self, password: str) -> None:
        self.password = password.encode()
        self.core = Core()
        self.began = time.monotonic()
        self.settings = {
            b"appendonly": b"no",
            b"databases": b"16",
            b"maxclients": b"10000",
            b"maxmemory": b"0",
            b"maxmemory-policy": b"noeviction",
            b"notify-keyspace-events": b"",
            b"requirepass": self.password,
            b"save": b"",
        }
        self.connections: set[_Connection] = set()
        self.accepted = 0
        """Connections so far."""
        self.processed = 0
        """Commands so far."""
        self._server: asyncio.Server | None = None

    async def start(self) -> tuple[str, int]:
        """Begin to serve; return host and port."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Connection(self), "127.0.0.1", 0)
        host, port = self._server.sockets[0].getsockname()
        return host, port

    async def stop(self) -> None:
        """Drop every client and stop."""
        if self._server is not None:
            self._server.close()
            for connection in tuple(self.connections):
                connection.drop()
            await self._server.wait_closed()
            self._server = None

    def info(self, wanted: set[bytes]) -> bytes:
        """Return what ``INFO`` tells of the ``wanted`` sections (their names in lower case), of all if none is."""
        if wanted & {b"all", b"default", b"everything"}:
            wanted = set()
        sections: dict[str, dict[str, object]] = {
            "Server": {
                "redis_version": ".".join(map(str, (*VERSION, 0))),
                "redis_mode": "standalone",
                "uptime_in_seconds": int(time.monotonic() - self.began),
            },
            "Clients": {"connected_clients": len(self.connections)},
            "Memory": {
                "maxmemory": self.settings[b"maxmemory"].decode(),
                "maxmemory_policy": self.settings[b"maxmemory-policy"].decode(),
            },
            "Persistence": {"loading": 0, "aof_enabled": 0},
            "Stats": {"total_connections_received": self.accepted, "total_commands_processed": self.processed},
            "Replication": {"role": "master", "connected_slaves": 0},
            "Keyspace": {f"db{number}": f"keys={count}" for number, count in sorted(self.core.sizes().items())},
        }
        lines = []
        for title, facts in sections.items():
            if wanted and title.lower().encode() not in wanted:
                continue
            lines += [f"# {title}", *(f"{name}:{value}" for name, value in facts.items()), ""]
        return "\r\n".join(lines).encode()


class _Connection(asyncio.Protocol):
    """One client."""

    def __init__(self, front: Front) -> None:
        self._front = front
        self._parser = Parser(commands=True, limits=SERVED)
        self._waiting: deque[list[Any]] = deque()
        self._answers: list[bytes] | None = None
        self._known = not front.password
        self._transport: asyncio.Transport
        self._session: Session

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        receive_in_pieces(transport)
        self._session = self._front.core.session(self._say)
        self._session.resumed = self._go_on
        self._front.connections.add(self)
        self._front.accepted += 1

    def data_received(self, data: bytes) -> None:
        self._waiting.extend(self._parser.feed(data))
        self._go_on()
        if self._parser.broken and not self._session.blocked:
            self._say(ErrorReply(f"ERR Protocol error: {self._parser.broken}"))
            self._transport.close()
        elif len(self._waiting) > QUEUE_LIMIT:
            self._transport.pause_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        self._front.connections.discard(self)
        self._waiting.clear()
        self._session.end()

    def pause_writing(self) -> None:
        self._transport.pause_reading()

    def resume_writing(self) -> None:
        self._transport.resume_reading()

    def drop(self) -> None:
        """Close the client's connection now."""
        self._transport.abort()

    def _go_on(self) -> None:
        """Perform what waits, until a command blocks; all answers leave in one write."""
        if self._answers is not None:
            return
        self._answers = []
        try:
            while self._waiting and not self._session.blocked and not self._transport.is_closing():
                self._perform(self._waiting.popleft())
        finally:
            answers, self._answers = self._answers, None
        if answers:
            self._transport.write(b"".join(answers))
        if len(self._waiting) <= QUEUE_LIMIT and not self._transport.is_closing():
            self._transport.resume_reading()

    def _say(self, value: Any) -> None:
        data = encode(value, version=self._session.version_spoken)
        if self._answers is not None:
            self._answers.append(data)
        elif not self._transport.is_closing():
            self._transport.write(data)

    def _perform(self, words: list[Any]) -> None:
        if any(isinstance(word, TooLong) for word in words):
            self._say(ErrorReply("ERR the command is too long"))
            return
        self._front.processed += 1
        name = words[0].upper()
        if (ours := _OURS.get(name)) is not None:
            ours(self, words)
        elif not self._known:
            self._say(_NO_AUTH)
        elif (told := alone.answer(words)) is not None and not self._session.queueing:
            self._say(told)
        else:
            self._session.execute([b"EXISTS", *words[1:]] if name == b"TOUCH" else words)

    # The commands that are ours

    def _auth(self, words: list[bytes]) -> None:
        if len(words) not in (2, 3):
            self._say(ErrorReply("ERR wrong number of arguments for 'auth' command"))
            return
        self._say("OK" if self._login(words[1] if len(words) == 3 else _NAME, words[-1]) else _WRONG_PASS)

    def _hello(self, words: list[bytes]) -> None:
        upper = [word.upper() for word in words]
        if b"AUTH" in upper[2:] and upper.index(b"AUTH", 2) + 2 < len(words):
            place = upper.index(b"AUTH", 2)
            if not self._login(words[place + 1], words[place + 2]):
                self._say(_WRONG_PASS)
                return
            words = [*words[:place], *words[place + 3 :]]
        if not self._known:
            self._say(_NO_AUTH_HELLO)
        elif len(words) > 1 and words[1] not in (b"2", b"3"):
            self._say(ErrorReply("NOPROTO unsupported protocol version"))
        else:
            self._session.execute(words)

    def _quit(self, words: list[bytes]) -> None:
        self._say("OK")
        self._transport.write(b"".join(self._answers or ()))
        self._answers = []
        self._transport.close()

    def _info(self, words: list[bytes]) -> None:
        self._say(self._front.info({word.lower() for word in words[1:]}) if self._known else _NO_AUTH)

    def _config(self, words: list[bytes]) -> None:
        settings, verb = self._front.settings, b"".join(words[1:2]).upper()
        if not self._known:
            self._say(_NO_AUTH)
        elif verb == b"GET" and len(words) > 2:
            patterns = [word.lower().decode("latin-1") for word in words[2:]]
            wanted = {n: v for n, v in settings.items() if any(fnmatchcase(n.decode(), one) for one in patterns)}
            self._say(wanted)
        elif verb == b"SET" and len(words) > 3 and len(words) % 2 == 0:
            changes = dict(zip((name.lower() for name in words[2::2]), words[3::2], strict=True))
            if unknown := changes.keys() - settings.keys():
                name = min(unknown).decode("latin-1")
                self._say(ErrorReply(f"ERR Unknown option or number of arguments for CONFIG SET - '{name}'"))
                return
            settings.update(changes)
            self._front.password = settings[b"requirepass"]
            self._say("OK")
        elif verb in (b"RESETSTAT", b"REWRITE"):
            self._say("OK")
        else:
            self._say(ErrorReply("ERR unknown subcommand or wrong number of arguments for 'config' command"))

    def _eval(self, words: list[bytes]) -> None:
        if not self._known:
            self._say(_NO_AUTH)
        elif words[1:2] == [SCRIPT.encode()] and len(words) == 4:
            self._say(ErrorReply(words[3].decode("utf-8", "replace")))
        else:
            self._session.execute(words)

    def _login(self, user: bytes, password: bytes) -> bool:
        self._known = self._known or (user == _NAME and compare_digest(password, self._front.password))
        return user == _NAME and compare_digest(password, self._front.password)


_OURS: dict[bytes, Callable[[_Connection, list[bytes]], None]] = {
    b"AUTH": _Connection._auth,
    b"HELLO": _Connection._hello,
    b"QUIT": _Connection._quit,
    b"INFO": _Connection._info,
    b"CONFIG": _Connection._config,
    b"EVAL": _Connection._eval,
}
