"""What OCS reads of Configuration Server before it dials: a campaign group and all that belongs to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from cxmock.clients.confserv import Confserv
from cxmock.fakes.ocs.treatments import Treatment
from cxmock.serving.genesys import Refused
from cxmock.wire.genesys.enumerations import CallResult, ErrorCode

SECTION: Final = "OServer"
"""Where OCS's options stand (documented): here in ``options`` of its application, and in ``userProperties`` of a
campaign or a campaign group, which win over it in that order (assumed)."""
MEDIA: Final = ("voice", "sms", "email")


@dataclass(frozen=True, slots=True)
class CallingList:
    """A calling list and the table that it stands for."""

    dbid: int
    name: str
    table: str
    share: int = 1
    most_attempts: int = 10
    treatments: tuple[Treatment, ...] = ()


@dataclass(frozen=True, slots=True)
class Options:
    """The options of OCS that are followed here. Their names are documented, except those marked as assumed."""

    validation_uri: str = ""
    validation_timeout: float = 5.0
    """Seconds (assumed: ``validation-timeout``)."""
    validation_timeout_call_result: int = CallResult.GENERAL_ERROR
    history_uri: str = ""
    campaigngroup_states_uri: str = ""
    digital_dialer_uri: str = ""
    media: str = "voice"
    """``voice`` is dialed; ``sms`` (alert) and ``email`` (general) go to the digital dialer (assumed: ``media``)."""
    digital_dialer_batch: int = 100
    """Records handed over in one request (assumed: ``digital-dialer-batch``)."""
    talk_time: float = 0.0
    """Seconds, by the testbed's clock, that an agent is busy with an answered call (assumed: ``talk-time``)."""
    callback_tolerance: float = 3600.0
    """Seconds after which a callback that was not made is missed (assumed: ``callback-tolerance``)."""

    @classmethod
    def read(cls, *sections: Mapping[str, Any]) -> Options:
        """Return the options that ``sections`` set; later ones win.

        Raises:
            Refused: a value cannot be.
        """
        said = {key: value for section in sections for key, value in section.items() if value not in (None, "")}
        options = cls(
            validation_uri=_uri(said, "validation-uri"),
            validation_timeout=_number(said, "validation-timeout", 5.0, 0.001, 60),
            validation_timeout_call_result=int(
                _number(said, "validation-timeout-call-result", CallResult.GENERAL_ERROR, 0, len(CallResult) - 1)
            ),
            history_uri=_uri(said, "history-uri"),
            campaigngroup_states_uri=_uri(said, "campaigngroup-states-uri"),
            digital_dialer_uri=_uri(said, "digital-dialer-uri"),
            media=str(said.get("media", "voice")),
            digital_dialer_batch=int(_number(said, "digital-dialer-batch", 100, 1, 10_000)),
            talk_time=_number(said, "talk-time", 0, 0, 86400),
            callback_tolerance=_number(said, "callback-tolerance", 3600, 1, 7 * 86400),
        )
        if options.media not in MEDIA:
            raise Refused(ErrorCode.INVALID, f"Option media is {options.media!r}; it has to be one of {MEDIA}.")
        if options.media != "voice" and not options.digital_dialer_uri:
            raise Refused(ErrorCode.MISSING, f"A campaign of {options.media} needs the option digital-dialer-uri.")
        return options


@dataclass(frozen=True, slots=True)
class Setup:
    """A campaign group as OCS needs it."""

    dbid: int
    name: str
    campaign: int
    campaign_name: str
    group: int
    group_name: str
    tenant: int
    tenant_name: str
    ccid: str
    application: int
    dial_mode: int
    optimize_by: int
    optimize_goal: int
    channels: int
    minimum: int
    """Records per channel at which more are taken."""
    optimum: int
    """Records per channel that are held at most."""
    lists: tuple[CallingList, ...]
    options: Options
    agents: tuple[str, ...] = ()
    """The group's agents, by employee id."""


async def read_setup(confserv: Confserv, application: str, campaign: int, group: int) -> Setup:
    """Read what belongs to a campaign and a group.

    Raises:
        Refused: there is no such campaign group, or something in it cannot be.
    """
    found = await confserv.find("CampaignGroup", {"campaignDBID": campaign, "groupDBID": group})
    if found is None:
        if await confserv.find("Campaign", {"DBID": campaign}) is None:
            raise Refused(ErrorCode.NOT_FOUND, f"There is no campaign {campaign}.")
        raise Refused(ErrorCode.NOT_FOUND, f"Group {group} is not assigned to campaign {campaign}.")
    owner = await _one(confserv, "Campaign", campaign)
    crew = await _one(confserv, "AgentGroup", group)
    tenant = await _one(confserv, "Tenant", found["tenantDBID"])
    mine = await confserv.find("Application", {"name": application}) or {}
    return Setup(
        dbid=found["DBID"],
        name=found["name"],
        campaign=campaign,
        campaign_name=owner["name"],
        group=group,
        group_name=crew["name"],
        tenant=tenant["DBID"],
        tenant_name=tenant["name"],
        ccid=str(tenant["userProperties"].get("gws", {}).get("ccid", "")),
        application=int(mine.get("DBID", 0)),
        dial_mode=found["dialMode"],
        optimize_by=found["optMethod"],
        optimize_goal=found["optMethodValue"],
        channels=found["numOfChannels"],
        minimum=found["minRecBuffSize"],
        optimum=found["optRecBuffSize"],
        lists=await _calling_lists(confserv, owner),
        options=Options.read(
            mine.get("options", {}).get(SECTION, {}),
            owner["userProperties"].get(SECTION, {}),
            found["userProperties"].get(SECTION, {}),
        ),
        agents=await _agents(confserv, crew),
    )


async def _agents(confserv: Confserv, crew: Mapping[str, Any]) -> tuple[str, ...]:
    wanted = crew.get("agentDBIDs")
    found = await confserv.read("Person", {"DBID": wanted}) if wanted else []
    return tuple(one.get("employeeID") or one["userName"] for one in found if one["state"] == 1)


async def table_of(confserv: Confserv, name: str) -> CallingList | None:
    """Return the calling list of that name, or None."""
    found = await confserv.find("CallingList", {"name": name})
    return None if found is None else await _calling_list(confserv, found, share=1)


async def _calling_lists(confserv: Confserv, campaign: Mapping[str, Any]) -> tuple[CallingList, ...]:
    lists = []
    for entry in campaign["callingLists"]:
        if entry.get("isActive", True):
            found = await _one(confserv, "CallingList", entry["callingListDBID"])
            lists.append(await _calling_list(confserv, found, share=max(1, int(entry.get("share") or 1))))
    return tuple(lists)


async def _calling_list(confserv: Confserv, found: Mapping[str, Any], *, share: int) -> CallingList:
    table = await _one(confserv, "TableAccess", found["tableAccessDBID"])
    wanted = found["treatmentDBIDs"]
    read = {one["DBID"]: one for one in await confserv.read("Treatment", {"DBID": wanted})} if wanted else {}
    return CallingList(
        dbid=found["DBID"],
        name=found["name"],
        table=table["dbTableName"],
        share=share,
        most_attempts=found["maxAttempts"],
        treatments=tuple(
            Treatment(
                *(one["callResult"], one["recActionCode"], one["attempts"], one["interval"]),
                *(one.get("increment") or 0, one.get("dateTime")),
            )
            for one in (read[dbid] for dbid in wanted if dbid in read)
            if one["state"] == 1
        ),
    )


async def _one(confserv: Confserv, kind: str, dbid: int) -> Mapping[str, Any]:
    if (one := await confserv.find(kind, {"DBID": dbid})) is None:
        raise Refused(ErrorCode.NOT_FOUND, f"There is no {kind} {dbid}.")
    return one


def _uri(said: Mapping[str, Any], name: str) -> str:
    value = str(said.get(name, ""))
    if value and (urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).hostname):
        raise Refused(ErrorCode.INVALID, f"Option {name} is {value!r}; it has to be an http:// or https:// address.")
    return value


def _number(said: Mapping[str, Any], name: str, default: float, low: float, high: float) -> float:
    try:
        value = float(said.get(name, default))
    except (TypeError, ValueError):
        value = low - 1
    if not low <= value <= high:
        raise Refused(ErrorCode.INVALID, f"Option {name} is {said[name]!r}; it has to be between {low:g} and {high:g}.")
    return value
