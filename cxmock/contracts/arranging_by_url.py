"""Provider states brought about by a service of the user's, by Pact's own protocol for provider states.

    POST URL    {"state": "campaign {name} is {dbid}", "params": {"name": "Spring", "dbid": 101}, "action": "setup"}

Answered with 2xx, the state is there; a JSON object in the body gives the values that interactions take from it.
Answered with 404, the state is not known there, and whoever else may know it is asked.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from cxmock.clients.http import DEFAULT_PORTS, HttpClient
from cxmock.contracts.reaching import NotTrusted, why_not
from cxmock.errors.contracts import StateRefused
from cxmock.errors.states import UnknownState
from cxmock.errors.verifying import StatesUnusable

_SHOWN = 300
"""Characters of a refusal's body that are shown."""


class StatesByUrl:
    """Asks one URL for every state; its :meth:`arrange` is an :data:`~cxmock.contracts.arranging.Arrange`.

    Args:
        url: where states are asked for.
        context: how ``https`` is trusted; the system's certificates without one.
        within: seconds for one state.

    Raises:
        StatesUnusable: this is no HTTP address.
    """

    def __init__(self, url: str, *, context: ssl.SSLContext | None = None, within: float = 5.0) -> None:
        try:
            parts = urlsplit(url)
            usable = parts.scheme in ("http", "https") and parts.hostname is not None and parts.port != 0
        except ValueError:
            usable = False
        if not usable:
            raise StatesUnusable(url, "it is no http:// or https:// address")
        self._where = parts.scheme, parts.hostname or "", parts.port or DEFAULT_PORTS[parts.scheme]
        self._context = context
        self._within = within
        self._target = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
        self._client = HttpClient(
            f"{parts.scheme}://{parts.netloc}", context=context, agent="cxmock-verify", within=within
        )

    @property
    def known(self) -> tuple[str, ...]:
        """Nothing: the protocol has no way to ask."""
        return ()

    async def ready(self) -> None:
        """See that somebody listens there, and is trusted.

        Raises:
            StatesUnusable: nobody does, or is.
        """
        try:
            why = await why_not(*self._where, self._context or ssl.create_default_context(), self._within)
        except NotTrusted as error:
            why = str(error)
        if why:
            raise StatesUnusable(self._client.base + self._target, why)

    async def arrange(self, number: int, template: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        """Have a state brought about; return its values.

        Raises:
            UnknownState: the service does not know it.
            StateRefused: the service answers with another error.
            NotReachable: nobody listens there.
            NoAnswer: there is no whole answer in time.
        """
        change = {"state": template, "params": dict(params), "action": "setup"}
        response = await self._client.request("POST", self._target, json=change)
        if response.status == 404:
            raise UnknownState(template, self._client.base, [])
        if not 200 <= response.status < 300:
            said = f"HTTP {response.status}: {response.text[:_SHOWN]}".rstrip(": ")
            raise StateRefused(self._client.base, f'the state "{template}"', said)
        try:
            values = response.json() if response.body.strip() else {}
        except ValueError:
            return {}  # a handler that says "OK" in words gives no values
        return values if isinstance(values, dict) else {}

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()
