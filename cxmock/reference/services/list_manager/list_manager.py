"""List Manager: takes files in chunks onto the share (row 6), and writes calling lists into Configuration (row 11).

Documented: that it does so, and that a calling list refers to its table access and format. Assumed: paths, names, and
that a file is visible only when all of it has arrived.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from cxmock.net.clock import Clock
from cxmock.reference.envelope import Code, Refusal, data_of, done, needed, one_of
from cxmock.reference.names import valid_name
from cxmock.reference.runtime import Runtime
from cxmock.reference.service import API, Service
from cxmock.reference.settings import Settings
from cxmock.reference.share import CHUNK, FOLDERS, PART
from cxmock.serving.routes import Routes
from cxmock.wire.http import Request, Response

FILE = f"{API}/files/{{folder}}/{{name}}"
FORMAT = "CX Contact calling list"
"""The Format object of all calling lists."""
OFFSET_LIMIT = 10**15 - 1
"""Bytes."""
READ_LIMIT = 16 * CHUNK
"""Bytes of a file that one answer carries."""


@dataclass
class ListManager(Service):
    """Files and calling lists, as documented; every path is assumed."""

    routes = Routes()

    @routes("GET", f"{API}/files/{{folder}}")
    async def files(self, request: Request) -> Response:
        """List the files of a folder: name, size, and when they were written."""
        return done([asdict(entry) for entry in await self.runtime.share.entries(_folder(request))])

    @routes("PUT", FILE)
    async def take(self, request: Request) -> Response:
        """Take a file, or a chunk of one: ``?offset=`` bytes came before, ``&last=false`` until the last chunk."""
        path = _path(request)
        offset, last = _number(request, "offset", 0), request.one("last", "true") == "true"
        await self.runtime.share.write(path + PART, offset, request.body)
        if last:
            await self.runtime.share.rename(path + PART, path)
        return done({"file": path, "size": offset + len(request.body), "whole": last})

    @routes("GET", FILE)
    async def give(self, request: Request) -> Response:
        """Give a file from ``?offset=`` on, at most ``&count=`` bytes of it; an empty body is its end."""
        count = min(_number(request, "count", READ_LIMIT), READ_LIMIT)
        data = await self.runtime.share.read(_path(request), _number(request, "offset", 0), count)
        return Response(200, {"Content-Type": "application/octet-stream"}, data)

    @routes("DELETE", FILE)
    async def remove(self, request: Request) -> Response:
        """Remove a file."""
        await self.runtime.share.remove(_path(request))
        return done()

    @routes("POST", f"{API}/calling-lists")
    async def define_calling_list(self, request: Request) -> Response:
        """Write a calling list (``name``, ``table``) into Configuration: format, table access, calling list.

        What is there already is left as it is, so that this may be asked for again. Called by List Builder.
        """
        data = data_of(request)
        name, table = valid_name("name", needed(data, "name", str)), needed(data, "table", str)
        gws = self.runtime.gws
        format_dbid = await gws.ensure("formats", FORMAT, {})
        access = await gws.ensure("table-accesses", name, {"dbTableName": table, "formatDBID": format_dbid})
        treatments = [int(one["DBID"]) for one in await gws.objects("treatments")]
        dbid = await gws.ensure("calling-lists", name, {"tableAccessDBID": access, "treatmentDBIDs": treatments})
        return done({"name": name, "dbid": dbid, "tableAccessDBID": access, "formatDBID": format_dbid})

    @routes("DELETE", f"{API}/calling-lists/{{name}}")
    async def forget_calling_list(self, request: Request) -> Response:
        """Remove a calling list and its table access from Configuration, as far as they are there.

        Refused (409) while a campaign has it. Called by List Builder.
        """
        name = valid_name("name", request.params["name"])
        gws = self.runtime.gws
        for kind in ("calling-lists", "table-accesses"):
            if found := await gws.one(kind, name):
                await gws.delete(kind, int(found["DBID"]))
        return done()


def _folder(request: Request) -> str:
    return one_of("folder", request.params["folder"], FOLDERS)


def _path(request: Request) -> str:
    """Return where on the share the request's file is: nowhere but in one of the folders."""
    return f"{_folder(request)}/{valid_name('file', request.params['name'])}"


def _number(request: Request, name: str, default: int) -> int:
    text = request.one(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise Refusal(Code.INVALID, f'"{name}" is to be a whole number of bytes, not "{text:.20}".')
    return int(text)


def build(settings: Settings, clock: Clock) -> ListManager:
    """Return the service."""
    return ListManager(Runtime(settings, clock, "cxc-list-manager", "cxc_list_manager_"))
