"""Configuration Server as its clients see it: read, create, update, delete, subscribe."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cxmock.clients.genesys import GenesysClient
from cxmock.wire.genesys import Message

Object = dict[str, Any]
"""A configuration object: attribute name -> value; ``DBID`` tells it from the others of its type."""


class Confserv:
    """A typed face over a :class:`~cxmock.clients.genesys.GenesysClient`.

    Every method raises what :meth:`GenesysClient.ask` raises; types go by their names, such as ``CallingList``.
    """

    def __init__(self, client: GenesysClient) -> None:
        self.client = client

    async def read(self, object_type: str, filters: Mapping[str, Any] | None = None) -> list[Object]:
        """Return the objects that ``filters`` (attribute -> value, or a list of values) let through, by DBID."""
        answers = await self.client.ask("ReadObjects", {"objectType": object_type, "filter": dict(filters or {})})
        return [one for message in answers[:-1] for one in message.attributes["objects"]]

    async def find(self, object_type: str, filters: Mapping[str, Any]) -> Object | None:
        """Return the first such object, or None."""
        found = await self.read(object_type, filters)
        return found[0] if found else None

    async def create(self, object_type: str, attributes: Mapping[str, Any]) -> int:
        """Create an object and return its DBID."""
        answers = await self.client.ask("CreateObject", {"objectType": object_type, "object": dict(attributes)})
        return int(answers[-1].attributes["object"]["DBID"])

    async def update(self, object_type: str, dbid: int, changes: Mapping[str, Any]) -> Object:
        """Change attributes of an object and return the delta that took effect. A None removes an attribute."""
        asked = {"objectType": object_type, "dbid": dbid, "changes": dict(changes)}
        answers = await self.client.ask("UpdateObject", asked)
        return dict(answers[-1].attributes["delta"])

    async def delete(self, object_type: str, dbid: int) -> None:
        """Delete an object; its DBID is never used again."""
        await self.client.ask("DeleteObject", {"objectType": object_type, "dbid": dbid})

    async def subscribe(self, object_type: str, callback: Callable[[str, dict[str, Any]], None]) -> None:
        """Have ``callback`` called, on the loop, when objects of a type come, change or go.

        It gets the event (``ObjectCreated``, ``ObjectUpdated``, ``ObjectDeleted``) and its attributes. The subscription
        outlives the connection, but what happens while there is none is not told.
        """

        def told(message: Message) -> None:
            if message.attributes.get("objectType") == object_type:
                callback(message.name, message.attributes)

        await self.client.keep_asking("RegisterNotification", {"objectTypes": [object_type]})
        for event in ("ObjectCreated", "ObjectUpdated", "ObjectDeleted"):
            self.client.on(event, told)

    async def aclose(self) -> None:
        """Close the connection."""
        await self.client.aclose()
