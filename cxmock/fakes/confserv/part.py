"""The part: Configuration Server on its documented port, its requests, and how tests look at it."""

from __future__ import annotations

import asyncio
import pickle
from collections.abc import Callable
from typing import Any, Final

from cxmock.errors import nearest
from cxmock.errors.looking import NotThere
from cxmock.fakes.confserv.objects import Object, object_type
from cxmock.fakes.confserv.seed import AGENT_GROUP, FORMAT, seeded
from cxmock.fakes.confserv.store import Store
from cxmock.net.waiting import PATIENCE, patiently
from cxmock.serving import Site, States
from cxmock.serving.genesys import Answer, Client, GenesysServer, Messages, Refused
from cxmock.serving.keeping import RememberedPart
from cxmock.topology import connection
from cxmock.wire.genesys import Codec, JsonFraming, Message
from cxmock.wire.genesys.enumerations import ErrorCode

ROW: Final = connection(10)
BATCH: Final = 50
"""Objects in one ``ObjectsRead`` (assumed)."""


class Confserv:
    """Configuration Server (connection 10).

    Documented or observed: what can be asked and what is answered, the types of objects and their common attributes,
    DBIDs that are never used again, notifications with a delta. Assumed: the bytes, the spelling of most attributes,
    error codes, that an object in use cannot be deleted. GWS's exchanges are row 10; OCS reads it too, as every Genesys
    server does, but the table omits that.

    Args:
        codec: makes the codec for a direction; ours, unless a site plugs in the vendor's.
    """

    messages = Messages()
    states = States()

    def __init__(self, codec: Callable[[], Codec] = JsonFraming) -> None:
        self.store = Store()
        self._seed = b""
        """The store right after the start, as bytes: eight times faster to copy than to make again."""
        self._site: Site | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._server = GenesysServer(
            ROW.transports[0],
            register=self._register,
            answer=lambda client, request: self.messages.answer(self, client, request),
            row_of=lambda application: ROW.number if application == ROW.consumer else None,
            codec=codec,
        )

    # What tests do: from any thread

    @property
    def objects(self) -> dict[str, dict[int, Object]]:
        """Every object: type -> DBID -> attributes. To change one, use :meth:`update`."""
        return self.store.objects

    def named(self, object_type: str, name: str) -> Object:
        """Return the object of that name (of a person: user name).

        Raises:
            LookupError: there is none; the text tells the nearest.
        """
        if (one := self.store.named(object_type, name)) is not None:
            return one
        known = [str(other.get("name")) for other in self.store.objects[object_type].values()]
        hint = nearest(name, known) if known else "There is none at all."
        raise LookupError(f'There is no {object_type} "{name}". {hint}')

    def wait_for(self, object_type: str, name: str, *, within: float = PATIENCE) -> Object:
        """Return the object of that name (of a person: user name), as soon as there is one.

        Raises:
            NotThere: there is none in time; the error tells which there are.
        """

        def look() -> Object:
            if (one := self.store.named(object_type, name)) is not None:
                return one
            there = [str(other["name"]) for other in tuple(self.store.objects[object_type].values())]
            raise NotThere("Configuration Server", f'no {object_type} "{name}"', there, "connection 10")

        return patiently(look, within=within)

    def create(self, object_type: str, attributes: Object) -> int:
        """Create an object, tell who subscribed, and return its DBID."""
        one = self.store.create(object_type, attributes)
        self._tell("ObjectCreated", object_type, {"object": one})
        return int(one["DBID"])

    def update(self, object_type: str, dbid: int, changes: Object) -> Object:
        """Change an object, tell who subscribed, and return the delta."""
        delta = self.store.update(object_type, dbid, changes)
        self._tell("ObjectUpdated", object_type, {"dbid": dbid, "delta": delta})
        return delta

    def delete(self, object_type: str, dbid: int) -> None:
        """Delete an object that nothing refers to, and tell who subscribed."""
        self.store.delete(object_type, dbid)
        self._tell("ObjectDeleted", object_type, {"dbid": dbid})

    # What the testbed does

    async def start(self, site: Site) -> None:
        """Fill the store and serve."""
        self._site = site
        self._loop = asyncio.get_running_loop()
        known = site.directory.credentials
        self._seed = pickle.dumps(seeded(known.tenant, known.ccid, known.gws_user.name))
        await self.reset()
        await self._server.listen(site, ROW.ports[0])

    async def stop(self) -> None:
        """Close the port and every connection."""
        if self._site is not None:
            await self._site.close()

    async def reset(self) -> None:
        """Return to the seed. DBIDs begin again too, so that a test sees the same ones whatever ran before it."""
        store: Store = pickle.loads(self._seed)
        self.store = store

    async def keep(self) -> RememberedPart:
        """Return every object, to be put back later. Nobody is told of what thereby changes, as after a reset."""
        return RememberedPart(lambda: None, (self, ("store",)), (self.store, ("objects", "_next")))

    # What clients ask

    @messages("ReadObjects")
    def read_objects(self, client: Client, request: Message) -> Answer:
        """Objects of a type that a filter lets through: batches, then the end."""
        kind = self._type(request)
        filters = request.attributes.get("filter") or {}
        if not isinstance(filters, dict):
            raise Refused(ErrorCode.INVALID, "filter is attribute -> value.")
        found = self.store.read(kind, filters)
        batches = [
            request.answer("ObjectsRead", {"objectType": kind, "objects": found[start : start + BATCH]})
            for start in range(0, len(found), BATCH)
        ]
        return [*batches, request.answer("ObjectsSent", {"objectType": kind, "count": len(found)})]

    @messages("CreateObject")
    def create_object(self, client: Client, request: Message) -> Answer:
        """A new object; the answer has its DBID and its defaults."""
        kind = self._type(request)
        dbid = self.create(kind, self._mapping(request, "object"))
        return request.answer("ObjectCreated", {"objectType": kind, "object": self.store.get(kind, dbid)})

    @messages("UpdateObject")
    def update_object(self, client: Client, request: Message) -> Answer:
        """Changes to an object; the answer has what is now different."""
        kind, dbid = self._type(request), self._dbid(request)
        delta = self.update(kind, dbid, self._mapping(request, "changes"))
        return request.answer("ObjectUpdated", {"objectType": kind, "dbid": dbid, "delta": delta})

    @messages("DeleteObject")
    def delete_object(self, client: Client, request: Message) -> Answer:
        """The end of an object that no other refers to."""
        kind, dbid = self._type(request), self._dbid(request)
        self.delete(kind, dbid)
        return request.answer("ObjectDeleted", {"objectType": kind, "dbid": dbid})

    @messages("RegisterNotification")
    def register_notification(self, client: Client, request: Message) -> Answer:
        """From now on this client is told of changes to objects of these types, its own among them."""
        names = request.attributes.get("objectTypes")
        if not isinstance(names, list):
            raise Refused(ErrorCode.MISSING, "RegisterNotification needs objectTypes, a list.")
        client.wanted |= {object_type(name).name for name in names}
        return request.answer("NotificationRegistered", {"objectTypes": sorted(client.wanted)})

    # Provider states

    @states("calling list {name} exists")
    def calling_list_exists(self, name: str) -> dict[str, Any]:
        """A calling list on a table of its own name, with every seeded treatment."""
        if (one := self.store.named("CallingList", name)) is None:
            layout = self.named("Format", FORMAT)["DBID"]
            table = self.create("TableAccess", {"name": name, "dbTableName": name, "formatDBID": layout})
            treatments = list(self.objects["Treatment"])
            dbid = self.create("CallingList", {"name": name, "tableAccessDBID": table, "treatmentDBIDs": treatments})
            one = self.objects["CallingList"][dbid]
        return {"dbid": one["DBID"]}

    @states("table access {name} exists")
    def table_access_exists(self, name: str) -> dict[str, Any]:
        """A table access that no calling list has."""
        self.there_is_none("CallingList", name)
        if (one := self.store.named("TableAccess", name)) is None:
            fields = {"name": name, "dbTableName": name, "formatDBID": self.named("Format", FORMAT)["DBID"]}
            return {"dbid": self.create("TableAccess", fields)}
        return {"dbid": one["DBID"]}

    @states("campaign {name} exists")
    def campaign_exists(self, name: str) -> dict[str, Any]:
        """A campaign with a calling list of its own name."""
        if (one := self.store.named("Campaign", name)) is None:
            calling_list = self.calling_list_exists(name)["dbid"]
            entry = {"callingListDBID": calling_list, "share": 100, "isActive": True}
            one = self.objects["Campaign"][self.create("Campaign", {"name": name, "callingLists": [entry]})]
        return {"dbid": one["DBID"]}

    @states("campaign {name} is {dbid}")
    def campaign_is(self, name: str, dbid: int) -> dict[str, Any]:
        """A campaign of that name and that very DBID."""
        one = self.store.named("Campaign", name)
        if one is None or one["DBID"] != dbid:
            self.store.create("Campaign", {"name": name}, dbid=dbid)
        return {"dbid": dbid}

    @states("campaign {name} is assigned to the outbound agents")
    def campaign_is_assigned(self, name: str) -> dict[str, Any]:
        """A campaign group of that campaign and the seeded agent group."""
        campaign = self.campaign_exists(name)["dbid"]
        group = self.named("AgentGroup", AGENT_GROUP)["DBID"]
        found = self.store.read("CampaignGroup", {"campaignDBID": campaign, "groupDBID": group})
        if found:
            dbid = found[0]["DBID"]
        else:
            dbid = self.create("CampaignGroup", {"campaignDBID": campaign, "groupDBID": group})
        return {"campaignId": campaign, "groupId": group, "dbid": dbid}

    @states("there is no {type} {name}")
    def there_is_none(self, type: str, name: str) -> None:
        """No object of that type and name."""
        if (one := self.store.named(type, name)) is not None:
            self.delete(type, one["DBID"])

    # Inside

    def _register(self, application: str) -> dict[str, Any]:
        one = self.store.named("Application", application)
        if one is None or one["state"] != 1:
            known = [other["name"] for other in self.objects["Application"].values() if other["state"] == 1]
            why = f"There is no enabled application {application!r}. {nearest(application, known)}"
            raise Refused(ErrorCode.UNKNOWN_APPLICATION, why)
        return {"applicationName": application, "applicationDBID": one["DBID"], "tenantDBID": one["tenantDBID"]}

    def _type(self, request: Message) -> str:
        if "objectType" not in request.attributes:
            raise Refused(ErrorCode.MISSING, f"{request.name} needs objectType.")
        return object_type(request.attributes["objectType"]).name

    def _dbid(self, request: Message) -> int:
        dbid = request.attributes.get("dbid")
        if not isinstance(dbid, int):
            raise Refused(ErrorCode.MISSING, f"{request.name} needs dbid, a number.")
        return dbid

    def _mapping(self, request: Message, name: str) -> Object:
        value = request.attributes.get(name)
        if not isinstance(value, dict):
            raise Refused(ErrorCode.MISSING, f"{request.name} needs {name}, attribute -> value.")
        return value

    def _tell(self, event: str, object_type: str, attributes: dict[str, Any]) -> None:
        """Tell who subscribed: after the answer to who asked, and on the loop whoever calls."""
        if self._loop is not None:
            attributes = {"objectType": object_type, **attributes}
            self._loop.call_soon_threadsafe(
                self._server.tell, event, attributes, lambda client: object_type in client.wanted
            )
