"""The statistics API, ``/statistics/v3``: figures of campaign groups, asked for or subscribed to.

Documented (Genesys' generated client): every path here, the fields of requests and replies, that ``operationId``
becomes the subscription's id, and that a delete always succeeds. Assumed: the names of the statistics (sites define
their own in Stat Server), timestamps in milliseconds, and that a definition is refused. In a real contact centre the
figures are Stat Server's; here OCS counts them (connection 9), and Configuration Server (connection 10) tells which
campaign and group a campaign group is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from cxmock.clients.campaign_control import CampaignControl
from cxmock.clients.confserv import Confserv
from cxmock.errors import nearest
from cxmock.fakes.gws import envelope
from cxmock.fakes.gws.back_ends import asking
from cxmock.fakes.gws.envelope import Code, Refused, body_of, data_of, reply
from cxmock.net.clock import Clock
from cxmock.serving import Routes
from cxmock.wire.http import Request, Response

FIGURES = {
    "CampaignAttempts": "dialed",
    "CampaignAnswers": "answered",
    "CampaignBusy": "busy",
    "CampaignNoAnswers": "noAnswer",
    "CampaignAnsweringMachines": "answeringMachine",
    "CampaignBlocked": "blocked",
    "CampaignRescheduled": "rescheduled",
    "CampaignRecordsFinished": "finished",
    "CampaignHitRatio": "hitRatio",
}
"""The statistics, and where OCS has them. A hit ratio is in per cent, and null before the first attempt."""

OBJECT_TYPE = "CampaignGroup"
"""The only type of objects that has statistics; an object's id is its name, ``campaign@group``."""
SUBSCRIPTIONS_LIMIT = 1000
"""Subscriptions kept. One more ends the oldest."""
STATISTICS_LIMIT = 1000
"""Statistics in one request."""


@dataclass(frozen=True, slots=True)
class Statistic:
    """A statistic that somebody wants of an object."""

    name: str
    object_id: str
    statistic_id: str = ""
    """Unique in its subscription; empty outside of one."""

    def told(self, value: object, now: float) -> dict[str, Any]:
        """Return the statistic with its value."""
        shown = {
            "name": self.name,
            "objectId": self.object_id,
            "objectType": OBJECT_TYPE,
            "timestamp": int(now * 1000),
            "value": value,
        }
        return {"statisticId": self.statistic_id, **shown} if self.statistic_id else shown


@dataclass
class Statistics:
    """The statistics API."""

    confserv: Confserv
    control: CampaignControl
    clock: Clock
    subscriptions: dict[str, list[Statistic]] = field(default_factory=dict)
    """By id, oldest first."""
    routes = Routes()

    @routes("POST", "/statistics/v3/subscriptions")
    async def subscribe(self, request: Request) -> Response:
        """Open a subscription; with ``verbose=INFO``, the default, tell the present values."""
        name = envelope.field(body_of(request), "operationId", str)
        wanted = _statistics(data_of(request), identified=True)
        statistics = await self.values(wanted)
        self.subscriptions.pop(name, None)
        while len(self.subscriptions) >= SUBSCRIPTIONS_LIMIT:
            del self.subscriptions[next(iter(self.subscriptions))]
        self.subscriptions[name] = wanted
        opened = {"operationId": name, "subscriptionId": name}
        return reply(opened if request.one("verbose") == "OFF" else {**opened, "statistics": statistics})

    @routes("DELETE", "/statistics/v3/subscriptions/{id}")
    def unsubscribe(self, request: Request) -> Response:
        """Close a subscription; one that is not there is no error."""
        self.subscriptions.pop(request.params["id"], None)
        return reply()

    @routes("GET", "/statistics/v3/subscriptions/{id}/statistic-values")
    async def peek(self, request: Request) -> Response:
        """Tell the present values of a subscription: all of them, or those of ``statisticIds`` (comma-delimited)."""
        name = request.params["id"]
        if name not in self.subscriptions:
            raise Refused(Code.NOT_FOUND, f"There is no subscription {name}.")
        chosen = set(filter(None, request.one("statisticIds").split(",")))
        wanted = [one for one in self.subscriptions[name] if not chosen or one.statistic_id in chosen]
        return reply({"subscriptionId": name, "statistics": await self.values(wanted)})

    @routes("GET", "/statistics/v3/statistic-values/{name}")
    async def value(self, request: Request) -> Response:
        """Tell the present value of one statistic."""
        asked = {"name": request.params["name"], **{key: texts[0] for key, texts in request.query.items()}}
        [statistic] = await self.values([_statistic(asked)])
        return reply({"statistic": statistic})

    @routes("POST", "/statistics/v3/operations/get-statistic-ex")
    async def several(self, request: Request) -> Response:
        """Tell the present values of several statistics."""
        return reply({"statistics": await self.values(_statistics(data_of(request)))})

    async def values(self, wanted: Iterable[Statistic]) -> list[dict[str, Any]]:
        """Return statistics with their values; each object is asked for once."""
        figures: dict[str, dict[str, Any]] = {}
        told = []
        for one in wanted:
            if one.object_id not in figures:
                figures[one.object_id] = await self._figures(one.object_id)
            value = figures[one.object_id].get(FIGURES[one.name], None if one.name == "CampaignHitRatio" else 0)
            told.append(one.told(value, self.clock.now()))
        return told

    async def _figures(self, name: str) -> dict[str, Any]:
        """Return what OCS has counted of a campaign group; nothing where it was never loaded."""
        with asking("Configuration Server"):
            found = await self.confserv.find(OBJECT_TYPE, {"name": name})
        if found is None:
            raise Refused(Code.NOT_FOUND, f"There is no campaign group {name}.", "Its name is campaign@group.")
        with asking("OCS"):
            status = await self.control.status(found["campaignDBID"], found["groupDBID"])
        figures: dict[str, Any] = status.get("statistics") or {}
        return figures


def _statistics(data: dict[str, Any], *, identified: bool = False) -> list[Statistic]:
    wanted = envelope.field(data, "statistics", list)
    if len(wanted) > STATISTICS_LIMIT:
        raise Refused(Code.INVALID, f"These are over {STATISTICS_LIMIT} statistics.")
    if not all(isinstance(one, dict) for one in wanted):
        raise Refused(Code.INVALID, "statistics is to be a list of objects.")
    statistics = [_statistic(one, identified=identified) for one in wanted]
    if identified and len({one.statistic_id for one in statistics}) < len(statistics):
        raise Refused(Code.INVALID, "A statisticId is there twice.")
    return statistics


def _statistic(asked: dict[str, Any], *, identified: bool = False) -> Statistic:
    if asked.get("definition") is not None:
        raise Refused(Code.INVALID, "A definition is not evaluated here.", f"Name one of {', '.join(FIGURES)}.")
    name, kind = envelope.field(asked, "name", str), envelope.field(asked, "objectType", str)
    if name not in FIGURES:
        raise Refused(Code.NOT_FOUND, f'There is no statistic "{name}".', nearest(name, list(FIGURES)))
    if kind != OBJECT_TYPE:
        raise Refused(Code.INVALID, f'Objects of type "{kind}" have no statistics here.', f"Those of {OBJECT_TYPE} do.")
    statistic_id = envelope.field(asked, "statisticId", str) if identified else ""
    return Statistic(name, envelope.field(asked, "objectId", str), statistic_id)
