"""The time zones that records name by DBID: objects of Configuration Server, called by their IANA names (assumed)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, tzinfo

from cxmock.clients.confserv import Confserv
from cxmock.fakes.ocs.windows import local_seconds, zone_named


class Zones:
    """Time zones by DBID, read when first met. A record without one, or with an unknown one, is on UTC (assumed)."""

    def __init__(self, confserv: Confserv) -> None:
        self._confserv = confserv
        self._names: dict[int, str] = {}
        self._zones: dict[int, tzinfo] = {}

    async def learn(self, dbids: Iterable[int | None]) -> None:
        """Read the zones that are not known yet."""
        wanted = sorted({dbid for dbid in dbids if dbid} - self._names.keys())
        if not wanted:
            return
        found = {one["DBID"]: one["name"] for one in await self._confserv.read("TimeZone", {"DBID": wanted})}
        for dbid in wanted:
            self._names[dbid] = found.get(dbid, "UTC")
            self._zones[dbid] = zone_named(self._names[dbid])

    async def dbid_of(self, name: str) -> int | None:
        """Return the DBID of the zone of that name, or None."""
        found = await self._confserv.find("TimeZone", {"name": name})
        return None if found is None else int(found["DBID"])

    def forget(self) -> None:
        """Read everything anew when it is next met."""
        self._names.clear()
        self._zones.clear()

    def name(self, dbid: int | None) -> str:
        """Return a zone's name."""
        return self._names.get(dbid or 0, "UTC")

    def zone(self, dbid: int | None) -> tzinfo:
        """Return a zone."""
        return self._zones.get(dbid or 0, UTC)

    def local_times(self, at: float) -> dict[int, int]:
        """Return, for every known zone, the seconds since its midnight."""
        return {dbid: local_seconds(at, zone) for dbid, zone in self._zones.items()}
