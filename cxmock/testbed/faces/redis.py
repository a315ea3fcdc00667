"""Redis as tests see it: sessions, suppression entries, dialing history, or any command."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, Protocol, TypeVar

from cxmock.errors.looking import NotThere
from cxmock.net.waiting import PATIENCE, patiently
from cxmock.reference.keys import Keys
from cxmock.serving import Directory
from cxmock.topology import Component
from cxmock.wire.http import from_json

ROW = "connection 5"
T = TypeVar("T")


class Bench(Protocol):
    """A testbed, or the fakes without sockets."""

    directory: Directory

    def part(self, component: Component) -> Any:
        """Return what plays a component."""

    def run(self, work: Coroutine[Any, Any, T], *, within: float = 30.0) -> T:
        """Run a coroutine and return its result."""

    @property
    def env(self) -> dict[str, str]:
        """Where everybody is."""


class RedisFace:
    """Asks Redis past the tap: nothing of it is in the journal. Synchronous. What keys hold is assumed.

    Args:
        bench: a testbed in which Redis runs, or the fakes without sockets.
    """

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._keys = Keys(bench.directory.credentials.tenant)

    @property
    def part(self) -> Any:
        """The part itself, for coroutines on the testbed's loop."""
        return self._bench.part(Component.REDIS)

    def client(self, *, decode_responses: bool = False) -> Any:
        """Return a client of redis-py, to be closed: ``with cx_redis.client() as client``. In process: of fakeredis."""
        if (own := getattr(self.part, "client", None)) is not None:
            return own(decode_responses=decode_responses)
        import redis

        return redis.Redis.from_url(self._bench.env["CX_REDIS_URL"], decode_responses=decode_responses)

    @property
    def sessions(self) -> dict[str, dict[str, Any]]:
        """Who is logged in to CX Contact: session id -> the session."""
        begin = self._keys.session("")
        keys = self.keys(f"{begin}*")
        values = self.call("MGET", *keys) if keys else []
        found = zip(keys, values, strict=True)
        return {key.removeprefix(begin): from_json(value) for key, value in found if value is not None}

    def session(self, username: str, *, within: float = PATIENCE) -> dict[str, Any]:
        """Return the session of a person, as soon as there is one.

        Raises:
            NotThere: there is none in time; the error tells who is logged in.
        """

        def look() -> dict[str, Any]:
            there = list(self.sessions.values())
            for session in there:
                if session.get("username") == username:
                    return session
            raise NotThere("Redis", f'no session of "{username}"', [one.get("username") for one in there], ROW)

        return patiently(look, within=within)

    def suppression_list(self, name: str, *, within: float = PATIENCE) -> dict[str, int]:
        """Return a suppression list, as soon as there is one: entry -> UTC seconds until which it holds, 0 for ever.

        Raises:
            NotThere: there is none in time; the error tells which there are.
        """

        def look() -> dict[str, int]:
            entries: dict[str, str] = self.call("HGETALL", self._keys.suppression_list(name))
            if entries:
                return {entry: int(float(until)) for entry, until in entries.items()}
            there = self.call("HKEYS", self._keys.suppression_lists)
            raise NotThere("Redis", f'no suppression list "{name}" with entries', there, ROW)

        return patiently(look, within=within)

    def device_history(self, device: str, *, within: float = PATIENCE) -> list[tuple[float, int]]:
        """Return the attempts on a number or address, oldest first: when, in UTC seconds, and the call result.

        Raises:
            NotThere: there is none in time.
        """
        return self._history("device", device, self._keys.device_history(device), within)

    def client_history(self, client_id: str, *, within: float = PATIENCE) -> list[tuple[float, int]]:
        """Return the attempts on a client, likewise.

        Raises:
            NotThere: there is none in time.
        """
        return self._history("client", client_id, self._keys.client_history(client_id), within)

    def keys(self, pattern: str = "*") -> list[str]:
        """Return the keys that match a glob pattern, sorted."""
        return self._bench.run(self.part.keys(pattern))

    def call(self, *words: str | bytes | float) -> Any:
        """Perform a command and return its value as plain data.

        Raises:
            StoreRefused: the answer is an error.
        """
        return self._bench.run(self.part.call(*words))

    def _history(self, kind: str, name: str, key: str, within: float) -> list[tuple[float, int]]:
        def look() -> list[tuple[float, int]]:
            told = [value.split() for value in self.call("HVALS", key)]
            if told:
                return sorted((float(at), int(result)) for at, result in told)
            begin = key[: -len(key.rpartition(":")[2])]
            there = [one.removeprefix(begin) for one in self.keys(f"{begin}*")]
            raise NotThere("Redis", f'no attempt on {kind} "{name}"', there, ROW)

        return patiently(look, within=within)
