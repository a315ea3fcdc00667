"""OCS's own HTTP server: desktop requests on records, phones, customers, lists and campaign groups (no row's port).

Documented: ``POST /lists/<name>?req=AddRecord`` with a JSON body of ``GSW_`` keys, 200 or an error text; the kinds of
resources; that a campaign group is named by its DBID. Observed: the names of the requests and of the events that
acknowledge them, ``GSW_CALLBACK_TYPE``, and how ``GSW_DATE_TIME`` is written. Assumed: which other keys each request
takes, how columns of one's own are given, that a record's list is named beside its handle, and the statuses of errors.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any, Final

from cxmock.clients.confserv import Confserv
from cxmock.errors import CxmockError, nearest
from cxmock.fakes.ocs.attempting import Tools
from cxmock.fakes.ocs.campaign import Campaign
from cxmock.fakes.ocs.dialer import Key
from cxmock.fakes.ocs.records import COLUMN
from cxmock.fakes.ocs.setup import CallingList, table_of
from cxmock.serving import Routes
from cxmock.serving.genesys import Refused
from cxmock.wire.genesys.enumerations import CallResult, ErrorCode, RecordStatus, RecordType
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


CANCEL: Final = "RequestRecordCancel"
"""``CancelRecord`` means the same."""
CALLBACKS: Final = {"Personal": RecordType.PERSONAL_CALLBACK, "Campaign": RecordType.CAMPAIGN_CALLBACK}
DATE_TIME: Final = "%m/%d/%Y %H:%M"
DO_NOT_CALL: Final = CallResult.DO_NOT_CALL
CANCEL_RECORD: Final = CallResult.CANCEL_RECORD
_STATUSES: Final = {ErrorCode.NOT_FOUND: 404, ErrorCode.WRONG_ORDER: 409}


class _Wrong(Exception):
    """The request cannot be followed; the text says why."""

    def __init__(self, text: str, status: int = 400) -> None:
        super().__init__(text)
        self.status = status


class Desktop:
    """Answers desktop requests.

    Args:
        confserv: Configuration Server, where calling lists are looked up.
        tools: what OCS works with.
        campaigns: tells which campaigns are loaded.
    """

    routes = Routes()

    def __init__(self, confserv: Confserv, tools: Tools, campaigns: Callable[[], Collection[Campaign]]) -> None:
        self._confserv = confserv
        self._tools = tools
        self._campaigns = campaigns

    async def answer(self, request: Request) -> Response:
        """Answer a request; what cannot be done is answered with 400, 404 or 409 and a sentence."""
        try:
            result = self.routes.answer(self, request)
            response: Response = await result if not isinstance(result, Response) else result
        except _Wrong as wrong:
            return Response.plain(f"{wrong}\n", wrong.status)
        except Refused as refused:
            return Response.plain(f"{refused.description}\n", _STATUSES.get(refused.code, 400))
        except CxmockError as error:
            return Response.plain(f"{error}\n", 500)
        return response

    @routes("POST", "/lists/{name}")
    async def on_list(self, request: Request) -> Response:
        """``AddRecord``, ``DoNotCall`` or ``RequestRecordCancel`` on one calling list."""
        calling_list = await self._list(request.params["name"])
        said = _body(request)
        match _wanted(request, "AddRecord", "DoNotCall", CANCEL):
            case "AddRecord":
                return await self._add(calling_list, said)
            case "DoNotCall":
                return await self._forbid(said, [calling_list])
            case _:
                return await self._cancel(said, [calling_list])

    @routes("POST", "/phones/{phone}")
    async def on_phone(self, request: Request) -> Response:
        """``DoNotCall`` or ``RequestRecordCancel`` of a number, in every calling list."""
        return await self._on_all(request, {**_body(request), "GSW_PHONE": request.params["phone"]})

    @routes("POST", "/customer_ids/{customer}")
    async def on_customer(self, request: Request) -> Response:
        """``DoNotCall`` or ``RequestRecordCancel`` of a customer, in every calling list."""
        return await self._on_all(request, {**_body(request), "GSW_CUSTOMER_ID": request.params["customer"]})

    @routes("POST", "/campaigngroups/{dbid}")
    async def on_campaign_group(self, request: Request) -> Response:
        """``PreviewRecordRequest``: give an agent the next record of a campaign that dials in preview mode."""
        said = _body(request)
        _wanted(request, "PreviewRecordRequest")
        dbid = request.params["dbid"]
        campaign = next((one for one in self._campaigns() if str(one.setup.dbid) == dbid), None)
        if campaign is None:
            raise _Wrong(f"No campaign group {dbid} is loaded.", 404)
        attempt = await campaign.preview(_text(said, "GSW_AGENT_ID", "PreviewRecordRequest"))
        if attempt is None:
            return Response.of({"GSW_USER_EVENT": "NoRecordsAvailable"})
        told = {"GSW_USER_EVENT": "PreviewRecord", "GSW_CAMPAIGN_NAME": campaign.setup.campaign_name}
        mine = {"GSW_AGENT_ID": attempt.agent, "GSW_CALL_ATTEMPT_GUID": attempt.guid}
        return Response.of({**told, **attempt.record.facts(), **mine})

    @routes("POST", "/records/{handle}")
    async def on_record(self, request: Request) -> Response:
        """``RecordProcessed``, ``RecordReject``, ``RecordReschedule``, ``RequestRecordCancel`` or ``DoNotCall``.

        The first two are for a record that an agent has in hand.
        """
        said, handle = _body(request), request.params["handle"]
        if not handle.isdecimal():
            raise _Wrong(f"A record's handle is a number, not {handle[:80]!r}.")
        wanted = _wanted(request, "RecordProcessed", "RecordReject", "RecordReschedule", CANCEL, "DoNotCall")
        calling_list = await self._list(_text(said, "GSW_CALLING_LIST", wanted))
        row = await self._tools.records.find(calling_list, int(handle))
        if row is None:
            raise _Wrong(f"Calling list {calling_list.name} has no record {handle}.", 404)
        key = (calling_list.name, int(handle))
        match wanted:
            case "RecordProcessed":
                await self._process(key, said)
            case "RecordReject":
                await self._reject(calling_list, key)
            case "RecordReschedule":
                await self._reschedule(calling_list, key, row, said)
            case _:
                await self._end(calling_list, key, row, DO_NOT_CALL if wanted == "DoNotCall" else CANCEL_RECORD)
        event = "RecordCancelAcknowledge" if wanted == CANCEL else f"{wanted}Acknowledge"
        return Response.of({"GSW_USER_EVENT": event, "GSW_RECORD_HANDLE": int(handle)})

    # A record in an agent's hands, or on its list

    async def _process(self, key: Key, said: dict[str, Any]) -> None:
        result = said.get("GSW_CALL_RESULT")
        if result is not None and result not in list(CallResult):
            raise _Wrong(f"GSW_CALL_RESULT is {result!r}; it has to be between 0 and {len(CallResult) - 1}.")
        for campaign in self._campaigns():
            if await campaign.process(key, result) is not None:
                return
        raise _not_in_hand(key)

    async def _reject(self, calling_list: CallingList, key: Key) -> None:
        if not self._released(key):
            raise _not_in_hand(key)
        await self._tools.records.give_one_back(calling_list, key[1])
        self._poke()

    async def _reschedule(self, calling_list: CallingList, key: Key, row: dict[str, Any], said: dict[str, Any]) -> None:
        kind = _text(said, "GSW_CALLBACK_TYPE", "RecordReschedule")
        if kind not in CALLBACKS:
            raise _Wrong(f"GSW_CALLBACK_TYPE is {kind!r}. {nearest(kind, list(CALLBACKS))}")
        agent = said.get("GSW_AGENT_ID") or row["agent_id"]
        if kind == "Personal" and not agent:
            raise _Wrong("A personal callback needs GSW_AGENT_ID.")
        when = await self._moment(_text(said, "GSW_DATE_TIME", "RecordReschedule"), row, said)
        done = await self._tools.records.reschedule(
            calling_list,
            key[1],
            kind=CALLBACKS[kind],
            when=when,
            agent=agent if kind == "Personal" else None,
            held=self._released(key),
        )
        if not done:
            raise _being_dialed(key)
        for campaign in self._campaigns():
            campaign.expect_callback(when)

    async def _end(self, calling_list: CallingList, key: Key, row: dict[str, Any], result: CallResult) -> None:
        held = self._released(key)
        if row["record_status"] == RecordStatus.RETRIEVED and not held:
            raise _being_dialed(key)
        await self._tools.records.take_out(calling_list, result=result, where={"record_id": key[1]}, held=held)
        if result is DO_NOT_CALL:
            await self._never(phone=row["contact_info"], customer=None)
        self._poke()

    def _released(self, key: Key) -> bool:
        return any(campaign.release(key) for campaign in self._campaigns())

    async def _moment(self, text: str, row: dict[str, Any], said: dict[str, Any]) -> int:
        """Return the UTC seconds of a date and time on the contact's clock, or on that of ``GSW_TZ_NAME``."""
        zones = self._tools.zones
        zone = row["tz_dbid"] if "GSW_TZ_NAME" not in said else await self._zone(said["GSW_TZ_NAME"])
        await zones.learn([zone])
        try:
            local = datetime.strptime(text, DATE_TIME)
        except ValueError as error:
            raise _Wrong(f"GSW_DATE_TIME is {text!r}; it is written like 12/31/2026 17:30, month first.") from error
        return int(local.replace(tzinfo=zones.zone(zone)).timestamp())

    # Several records at once

    async def _on_all(self, request: Request, said: dict[str, Any]) -> Response:
        wanted = _wanted(request, "DoNotCall", CANCEL)
        names = [one["name"] for one in await self._confserv.read("CallingList")]
        lists = [found for name in names if (found := await table_of(self._confserv, name)) is not None]
        return await (self._forbid if wanted == "DoNotCall" else self._cancel)(said, lists)

    async def _add(self, calling_list: CallingList, said: dict[str, Any]) -> Response:
        if not said.get("GSW_PHONE"):
            raise _Wrong("AddRecord needs GSW_PHONE.")
        columns: dict[str, Any] = {}
        for key, value in said.items():
            if key == "GSW_TZ_NAME":
                columns["tz_dbid"] = await self._zone(value)
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
        response = await self._take_out(said, lists, CallResult.DO_NOT_CALL)
        await self._never(phone=said.get("GSW_PHONE"), customer=said.get("GSW_CUSTOMER_ID"))
        return response

    async def _cancel(self, said: dict[str, Any], lists: list[CallingList]) -> Response:
        return await self._take_out(said, lists, CallResult.CANCEL_RECORD)

    async def _never(self, *, phone: str | None, customer: str | None) -> None:
        [tenant] = await self._confserv.read("Tenant")
        await self._tools.records.forbid(tenant["DBID"], phone=phone, customer=customer, now=self._tools.clock.now())
        self._tools.forbidden |= {entry for entry in (phone, customer) if entry}

    async def _list(self, name: str) -> CallingList:
        if (found := await table_of(self._confserv, name)) is None:
            raise _Wrong(f"There is no calling list {name}.", 404)
        return found

    async def _zone(self, name: object) -> int:
        if (zone := await self._tools.zones.dbid_of(str(name))) is None:
            raise _Wrong(f"There is no time zone {name!r}.")
        await self._tools.zones.learn([zone])
        return zone

    def _poke(self) -> None:
        for campaign in self._campaigns():
            campaign.poke()

    async def _take_out(self, said: dict[str, Any], lists: list[CallingList], result: CallResult) -> Response:
        where = {KEYS[key]: said[key] for key in ("GSW_PHONE", "GSW_CUSTOMER_ID") if said.get(key)}
        if not where:
            raise _Wrong("The request needs GSW_PHONE or GSW_CUSTOMER_ID.")
        count = 0
        for calling_list in lists:
            count += await self._tools.records.take_out(calling_list, result=result, where=where)
        self._poke()
        return Response.of({"records": count})


def _body(request: Request) -> dict[str, Any]:
    try:
        said = request.json() if request.body else {}
    except ValueError as error:
        raise _Wrong(f"The body is not JSON: {error}.") from error
    if not isinstance(said, dict):
        raise _Wrong("The body has to be a JSON object of GSW_ keys.")
    return said


def _wanted(request: Request, *known: str) -> str:
    """Return the request's name, which has to be one of these."""
    said = request.one("req")
    wanted = CANCEL if said == "CancelRecord" else said
    if wanted not in known:
        raise _Wrong(f"req is {said!r}. {nearest(said, list(known))}")
    return wanted


def _text(said: dict[str, Any], key: str, wanted: str) -> str:
    if not (value := said.get(key)):
        raise _Wrong(f"{wanted} needs {key}.")
    return str(value)


def _not_in_hand(key: Key) -> _Wrong:
    return _Wrong(f"No agent has record {key[1]} of {key[0]} in hand: ask for one by PreviewRecordRequest.", 409)


def _being_dialed(key: Key) -> _Wrong:
    return _Wrong(f"Record {key[1]} of {key[0]} is being dialed; ask again when it is done.", 409)
