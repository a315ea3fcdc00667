"""Stands on an HTTP component's documented address and passes everything on to whoever really plays it."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from urllib.parse import urlsplit

from cxmock.clients.http import DEFAULT_PORTS, HttpClient
from cxmock.clients.passing_on import pass_on
from cxmock.contracts.reaching import NotTrusted, why_not
from cxmock.errors.calls import NoAnswer, NotReachable
from cxmock.errors.playing import NobodyPlays, PlayerNotTrusted
from cxmock.serving import Door, Site
from cxmock.topology import Component
from cxmock.wire.http import Request, Response


class PlayedHttp:
    """An HTTP component played by a service of the user's: fakes and reference call it, the journal sees it.

    Args:
        component: what is played.
        url: where the service listens, ``http://`` or ``https://``.
        doors: the component's own ports, and the connections that they belong to.
    """

    def __init__(self, component: Component, url: str, doors: Sequence[Door]) -> None:
        self.component = component
        self.url = url
        self._doors = doors
        self._client: HttpClient | None = None
        self._site: Site | None = None

    async def start(self, site: Site) -> None:
        """Pass on from every documented port.

        Raises:
            NobodyPlays: nothing listens at the URL.
            PlayerNotTrusted: its certificate is not trusted.
        """
        try:
            parts = urlsplit(self.url)
            usual = DEFAULT_PORTS[parts.scheme]
            port = parts.port or usual
        except (KeyError, ValueError) as error:
            raise NobodyPlays(self.component, self.url) from error
        tls = parts.scheme == "https"
        context = ssl.create_default_context(cafile=str(site.authority.bundle_file)) if tls else None
        try:
            if await why_not(parts.scheme, parts.hostname or "", port, context, within=2.0):
                raise NobodyPlays(self.component, self.url)
        except NotTrusted as error:
            raise PlayerNotTrusted(self.component, str(error)) from error
        self._site = site
        self._client = HttpClient(self.url, context=context, within=30.0, limit=128)
        for door in self._doors:
            await site.listen_http(door.port, self._pass_on, connection=door.connection, tls=door.tls)

    async def stop(self) -> None:
        """Stop passing on."""
        if self._site is not None:
            await self._site.close()
        if self._client is not None:
            await self._client.aclose()

    async def reset(self) -> None:
        """Do nothing: the state is the user's."""

    async def _pass_on(self, request: Request) -> Response:
        assert self._client is not None
        try:
            return await pass_on(self._client, request)
        except (NotReachable, NoAnswer) as error:
            return Response.of({"error": "played", "detail": str(error)}, status=502)
