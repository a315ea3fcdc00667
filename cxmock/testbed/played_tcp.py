"""Stands on a component's documented address, and relays its own protocol to whoever really plays it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from urllib.parse import urlsplit

from cxmock.errors.playing import NobodyPlays
from cxmock.net.reach import reachable
from cxmock.serving import Site
from cxmock.topology import CONNECTIONS, Component, connection, listening_ports
from cxmock.wire.observed import Decoder, Observed


class PlayedTcp:
    """A component with a protocol of its own, played by somebody else behind a tap.

    What is encrypted (SFTP) passes unread: the journal has nothing of it.

    Args:
        component: what is played.
        url: where it listens, ``scheme://host:port``; of the component's ports the one with that scheme is relayed.
    """

    def __init__(self, component: Component, url: str) -> None:
        self.component = component
        self.url = url
        self._site: Site | None = None

    async def start(self, site: Site) -> None:
        """Relay the port.

        Raises:
            NobodyPlays: nothing listens at the URL.
        """
        try:
            parts = urlsplit(self.url)
            host, port = parts.hostname or "", parts.port or 0
        except ValueError as error:
            raise NobodyPlays(self.component, self.url) from error
        places = [
            (row.number, place)
            for place in listening_ports(self.component)
            for row in CONNECTIONS
            if place.scheme == parts.scheme and place in row.listens
        ]
        if not places or not port or not await reachable(host, port, within=2.0):
            raise NobodyPlays(self.component, self.url)
        self._site = site
        row, place = places[0]
        await site.relay(
            place.port,
            (host, port),
            _decoder(place.scheme),
            transport=place.scheme,
            connection_of=lambda seen: _row(row, seen),
            refuse=lambda source: row in site.unplugged,
        )

    async def stop(self) -> None:
        """Stop relaying."""
        if self._site is not None:
            await self._site.close()

    async def reset(self) -> None:
        """Do nothing: the state is the user's."""


def _row(row: int, seen: Observed) -> int | None:
    """Return the row of an observation; OCS's own look at Configuration Server belongs to none."""
    return None if row == 10 and seen.source != connection(row).consumer else row


def _decoder(scheme: str) -> Callable[[], Decoder] | None:
    now = asyncio.get_running_loop().time
    if scheme == "nfs":
        from cxmock.wire.nfs.decoder import NfsDecoder

        return lambda: NfsDecoder(now)
    if scheme in ("ocs", "confserv"):
        from cxmock.wire.genesys.decoder import GenesysDecoder

        return lambda: GenesysDecoder(now=now)
    return None
