"""OCS's own HTTP server: desktop requests on lists and phones (outside the table).

Documented: ``POST /lists/<name>?req=AddRecord`` with a JSON body of ``GSW_`` keys, 200 or an error text. Observed: the
other kinds of resources. Assumed: which keys each request takes, and how columns of one's own are given.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from cxmock.clients.confserv import Confserv
from cxmock.errors import CxmockError, nearest
from cxmock.fakes.ocs.attempting import Tools
from cxmock.fakes.ocs.records import COLUMN
from cxmock.fakes.ocs.setup import CallingList, table_of
from cxmock.serving import Routes
from cxmock.wire.genesys.enumerations import CallResult
from cxmock.wire.http import Request, Response

KEYS: Final = {
    "GSW_PHONE": "contact_info",
    "GSW_PHONE_TYPE": "contact_info_type",
    "GSW_CUSTOMER_ID": "c_client_id",
    "GSW_CHAIN_ID": "chain_id",
    "GSW_CHAIN_N": "chain_n",
    "GSW_FROM": "daily_from",
    "GSW_UNTIL": "daily_till",
    "GSW_DATE_TIME": "dial_sched_time",
    "GSW_AGENT_ID": "agent_id",
}
"""What a request can say of a record; any other key that is a column's name means that column."""


class _Wrong(Exception):
    """The request cannot be followed; the text says why."""


class Desktop:
    """Answers desktop requests.

    Args:
        confserv: Configuration Server, where calling lists are looked up.
        tools: what OCS works with.
        poke: called when there may be something new to dial.
    """

    routes = Routes()

    def __init__(self, confserv: Confserv, tools: Tools, poke: Callable[[], None]) -> None:
        self._confserv = confserv
        self._tools = tools
        self._poke = poke

    async def answer(self, request: Request) -> Response:
        """Answer a request; what cannot be done is answered with 400 or 404 and a sentence."""
        try:
            result = self.routes.answer(self, request)
            response: Response = await result if not isinstance(result, Response) else result
        except _Wrong as wrong:
            return Response.plain(f"{wrong}\n", 400)
        except CxmockError as error:
            return Response.plain(f"{error}\n", 500)
        return response

    @routes("POST", "/lists/{name}")
    async def on_list(self, request: Request) -> Response:
        """``AddRecord``, ``DoNotCall`` or ``CancelRecord`` on one calling list."""
        calling_list = await table_of(self._confserv, request.params["name"])
        if calling_list is None:
            return Response.plain(f"There is no calling list {request.params['name']}.\n", 404)
        said = _body(request)
        match request.one("req"):
            case "AddRecord":
                return await self._add(calling_list, said)
            case "DoNotCall":
                return await self._forbid(said, [calling_list])
            case "CancelRecord":
                return await self._take_out(said, [calling_list], CallResult.CANCEL_RECORD)
            case other:
                raise _Wrong(f"req is {other!r}. {nearest(other, ['AddRecord', 'DoNotCall', 'CancelRecord'])}")

    @routes("POST", "/phones/{phone}")
    async def on_phone(self, request: Request) -> Response:
        """``DoNotCall`` or ``CancelRecord`` of a number, in every calling list."""
        return await self._on_all(request, {**_body(request), "GSW_PHONE": request.params["phone"]})

    @routes("POST", "/customer_ids/{customer}")
    async def on_customer(self, request: Request) -> Response:
        """``DoNotCall`` or ``CancelRecord`` of a customer, in every calling list."""
        return await self._on_all(request, {**_body(request), "GSW_CUSTOMER_ID": request.params["customer"]})

    async def _on_all(self, request: Request, said: dict[str, Any]) -> Response:
        names = [one["name"] for one in await self._confserv.read("CallingList")]
        lists = [found for name in names if (found := await table_of(self._confserv, name)) is not None]
        match request.one("req"):
            case "DoNotCall":
                return await self._forbid(said, lists)
            case "CancelRecord":
                return await self._take_out(said, lists, CallResult.CANCEL_RECORD)
            case other:
                raise _Wrong(f"req is {other!r}. {nearest(other, ['DoNotCall', 'CancelRecord'])}")

    async def _add(self, calling_list: CallingList, said: dict[str, Any]) -> Response:
        if not said.get("GSW_PHONE"):
            raise _Wrong("AddRecord needs GSW_PHONE.")
        columns: dict[str, Any] = {}
        for key, value in said.items():
            if key == "GSW_TZ_NAME":
                if (zone := await self._tools.zones.dbid_of(str(value))) is None:
                    raise _Wrong(f"There is no time zone {value!r}.")
                await self._tools.zones.learn([zone])
                columns["tz_dbid"] = zone
            elif key in KEYS:
                columns[KEYS[key]] = value
            elif re.fullmatch(COLUMN, key):
                columns[key] = value
            else:
                raise _Wrong(f"AddRecord does not know {key}. {nearest(key, [*KEYS, 'GSW_TZ_NAME'])}")
        record = await self._tools.records.add(calling_list, columns)
        self._poke()
        return Response.of({"GSW_RECORD_HANDLE": record, "GSW_CALLING_LIST": calling_list.name})

    async def _forbid(self, said: dict[str, Any], lists: list[CallingList]) -> Response:
        phone, customer = said.get("GSW_PHONE"), said.get("GSW_CUSTOMER_ID")
        response = await self._take_out(said, lists, CallResult.DO_NOT_CALL)
        [tenant] = await self._confserv.read("Tenant")
        await self._tools.records.forbid(tenant["DBID"], phone=phone, customer=customer, now=self._tools.clock.now())
        self._tools.forbidden |= {entry for entry in (phone, customer) if entry}
        return response

    async def _take_out(self, said: dict[str, Any], lists: list[CallingList], result: CallResult) -> Response:
        where = {KEYS[key]: said[key] for key in ("GSW_PHONE", "GSW_CUSTOMER_ID") if said.get(key)}
        if not where:
            raise _Wrong("The request needs GSW_PHONE or GSW_CUSTOMER_ID.")
        count = 0
        for calling_list in lists:
            count += await self._tools.records.take_out(calling_list, result=result, where=where)
        return Response.of({"records": count})


def _body(request: Request) -> dict[str, Any]:
    try:
        said = request.json() if request.body else {}
    except ValueError as error:
        raise _Wrong(f"The body is not JSON: {error}.") from error
    if not isinstance(said, dict):
        raise _Wrong("The body has to be a JSON object of GSW_ keys.")
    return said
