"""Both Genesys servers: ``{"message": "StopDialing", "attributes": {...}}`` -> ``{"messages": [{...}, ...]}``."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from cxmock.clients.genesys import GenesysClient
from cxmock.contracts.adapters.adapter import Access, Adapter
from cxmock.topology import Connection


def genesys_adapter(access: Access, row: Connection, message: str, attributes: dict[str, Any]) -> Adapter:
    """Return a client of the server at ``access.url``, as the application that the row's consumer is.

    Args:
        access: where it is.
        row: the connection.
        message: an example of a message.
        attributes: its attributes.
    """
    parts = urlsplit(access.url)
    port = parts.port or row.ports[0]
    client = GenesysClient(parts.hostname or "", port, application=str(row.consumer), within=access.within)
    return Adapter(client.perform, client.aclose, {"message": message, "attributes": attributes})
