"""The configuration API, ``/configuration/v3``: Configuration Server's objects, over connection 10.

Documented: reading, that types are plural and hyphenated, that filters are the Configuration SDK's keys and an integer
one carries ``:int``, and ``data.objects`` in the reply. Assumed: reading one object by its DBID, and every write:
``POST /objects/<type>`` answers ``data.DBID``, ``PUT`` what has changed. An object has the attribute names of the
Configuration SDK; its options are key-value lists.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cxmock.clients.confserv import Confserv
from cxmock.errors import nearest
from cxmock.fakes.gws import kvlist
from cxmock.fakes.gws.back_ends import asking
from cxmock.fakes.gws.envelope import Code, Refused, data_of, reply
from cxmock.serving import Routes
from cxmock.wire.http import Request, Response

TYPES: Mapping[str, str] = {
    "agent-groups": "AgentGroup",
    "applications": "Application",
    "calling-lists": "CallingList",
    "campaign-groups": "CampaignGroup",
    "campaigns": "Campaign",
    "dns": "DN",
    "enumerators": "Enumerator",
    "fields": "Field",
    "filters": "Filter",
    "folders": "Folder",
    "formats": "Format",
    "persons": "Person",
    "roles": "Role",
    "scripts": "Script",
    "switches": "Switch",
    "table-accesses": "TableAccess",
    "time-zones": "TimeZone",
    "transactions": "Transaction",
    "treatments": "Treatment",
}
"""The types in a path, and what Configuration Server calls them."""

OPTIONS = ("userProperties", "options")
"""Attributes that are key-value lists here, and section -> key -> value at Configuration Server."""


@dataclass
class Configuration:
    """The configuration API. It keeps nothing: every answer is Configuration Server's."""

    confserv: Confserv
    routes = Routes()

    @routes("GET", "/configuration/v3/objects/{type}")
    async def read(self, request: Request) -> Response:
        """List the objects of a type that every filter of the query lets through."""
        with asking("Configuration Server"):
            found = await self.confserv.read(_type(request), _filters(request))
        return reply({"objects": [_shown(one) for one in found]})

    @routes("GET", "/configuration/v3/objects/{type}/{dbid}")
    async def read_one(self, request: Request) -> Response:
        """Show one object."""
        kind, dbid = _type(request), _dbid(request)
        with asking("Configuration Server"):
            found = await self.confserv.find(kind, {"dbid": dbid})
        if found is None:
            raise Refused(Code.NOT_FOUND, f"There is no {kind} {dbid}.")
        return reply(_shown(found))

    @routes("POST", "/configuration/v3/objects/{type}")
    async def create(self, request: Request) -> Response:
        """Make an object; Configuration Server gives it a DBID."""
        kind, attributes = _type(request), _attributes(request)
        with asking("Configuration Server"):
            return reply({"DBID": await self.confserv.create(kind, attributes)})

    @routes("PUT", "/configuration/v3/objects/{type}/{dbid}")
    async def update(self, request: Request) -> Response:
        """Change what the request names of an object; null removes an attribute."""
        kind, dbid, changes = _type(request), _dbid(request), _attributes(request)
        with asking("Configuration Server"):
            return reply(_shown(await self.confserv.update(kind, dbid, changes)))

    @routes("DELETE", "/configuration/v3/objects/{type}/{dbid}")
    async def delete(self, request: Request) -> Response:
        """Delete an object to which no other refers."""
        kind, dbid = _type(request), _dbid(request)
        with asking("Configuration Server"):
            await self.confserv.delete(kind, dbid)
        return reply()


def _type(request: Request) -> str:
    name = request.params["type"]
    if kind := TYPES.get(name):
        return kind
    raise Refused(Code.NOT_FOUND, f'There is no type "{name}" of objects.', nearest(name, list(TYPES)))


def _dbid(request: Request) -> int:
    return _integer("The DBID", request.params["dbid"])


def _filters(request: Request) -> dict[str, Any]:
    filters: dict[str, Any] = {}
    for key, texts in request.query.items():
        name, colon, kind = key.partition(":")
        if colon and kind != "int":
            raise Refused(Code.INVALID, f'The filter {name} has the type "{kind}".', f"Write {name} or {name}:int.")
        if not colon and name.lower().endswith("dbid"):
            raise Refused(Code.INVALID, f"The filter {name} is an integer.", f"Write {name}:int={texts[0][:20]}.")
        values = [_integer(f"The filter {name}", text) for text in texts] if colon else texts
        filters[name] = values[0] if len(values) == 1 else values
    return filters


def _integer(what: str, text: str) -> int:
    # Not int(): it takes "1_0" and digits of any script, and long texts cost it much.
    if text.isascii() and text.removeprefix("-").isdigit() and len(text) <= 20:
        return int(text)
    raise Refused(Code.INVALID, f"{what} is to be an integer.", f"It is {text[:80]}.")


def _attributes(request: Request) -> dict[str, Any]:
    attributes = data_of(request)
    for name in OPTIONS:
        if attributes.get(name) is not None:
            try:
                attributes[name] = kvlist.to_dict(attributes[name])
            except ValueError as error:
                raise Refused(Code.INVALID, f"{name} is no key-value list.", f"{error}.") from error
    return attributes


def _shown(one: Mapping[str, Any]) -> dict[str, Any]:
    shown = dict(one)
    for name in OPTIONS:
        if shown.get(name) is not None:
            try:
                shown[name] = kvlist.to_list(shown[name])
            except ValueError as error:
                what = f"Configuration Server's {name} of {one.get('name')} cannot be written as a key-value list."
                raise Refused(Code.BACK_END, what, f"{error}.") from error
    return shown
