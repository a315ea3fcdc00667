"""The part: OCS on its documented port, with what tests look at and script."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable
from typing import Any, Final

from cxmock.clients.confserv import Confserv
from cxmock.clients.genesys import GenesysClient
from cxmock.errors.looking import NotThere
from cxmock.fakes.ocs.attempting import Tools
from cxmock.fakes.ocs.callbacks import Poster
from cxmock.fakes.ocs.campaign import ACTIVE, PAUSED, RUNNING, Campaign
from cxmock.fakes.ocs.control import ROW, Control
from cxmock.fakes.ocs.desktop import Desktop
from cxmock.fakes.ocs.gsw import Attempt
from cxmock.fakes.ocs.outcome import Outcomes
from cxmock.fakes.ocs.records import Records
from cxmock.fakes.ocs.snapshot import KeptOcs
from cxmock.fakes.ocs.traces import OcsLog
from cxmock.fakes.ocs.zones import Zones
from cxmock.net.waiting import PATIENCE, patiently
from cxmock.serving import Site, States
from cxmock.serving.json_lines import JsonLines
from cxmock.topology import UNLISTED, Component
from cxmock.wire.genesys import Codec, JsonFraming
from cxmock.wire.genesys.enumerations import CallResult

ATTEMPTS_KEPT: Final = 100_000
"""Attempts that tests can look at; older ones are forgotten."""
DESKTOP_PORT: Final = next(place.port for place in UNLISTED if place.component is Component.OCS)


class Ocs:
    """Outbound Contact Server (connections 9, 8 and 13): loads campaigns, dials their lists, tells CX Contact.

    Documented: the callbacks and when they come, columns, the desktop server, dialing modes and which can follow each
    other, what treatments can do. Observed: campaign control, how records are taken and finished, requests of agents,
    all numbers. Assumed: the bytes of campaign control, the statements, how treatments count, by which formula a goal
    paces predictive dialing, when a callback is missed, the digital dialer's payload. Calls are made by nobody: a
    seeded model says at once how each ends.

    Args:
        application: its name in Configuration Server.
        database: where the calling lists are.
        resend_every: real seconds between two tries to send history that was not taken.
        codec: makes the codec for a direction of campaign control; ours, unless a site plugs in the vendor's.
        confserv_codec: the same for Configuration Server.
        records: how the calling lists are reached.
    """

    states = States()

    def __init__(
        self,
        *,
        application: str = "ocs",
        database: str = "cxcontact",
        resend_every: float = 0.5,
        codec: Callable[[], Codec] = JsonFraming,
        confserv_codec: Callable[[], Codec] = JsonFraming,
        records: type[Records] = Records,
    ) -> None:
        self.outcomes = Outcomes()
        """How attempts end: ``ocs.outcomes["+15550100"] = [6, 33]`` scripts a number."""
        self.dialed: deque[Attempt] = deque(maxlen=ATTEMPTS_KEPT)
        """Attempts that were made, in the order in which they ended."""
        self.blocked: deque[Attempt] = deque(maxlen=ATTEMPTS_KEPT)
        """Attempts that were not allowed."""
        self.absent: set[str] = set()
        """Employee ids of agents who are not logged in; all others of a campaign's group are."""
        self._application = application
        self._database = database
        self._resend_every = resend_every
        self._codec = codec
        self._confserv_codec = confserv_codec
        self._records = records
        self._site: Site | None = None
        self._control: Control | None = None
        self._tools: Tools | None = None
        self._confserv: Confserv | None = None

    @property
    def campaigns(self) -> dict[str, Campaign]:
        """The campaigns that are loaded, by the names of their campaign groups."""
        return self._control.campaigns if self._control is not None else {}

    def attempt(self, phone: str, number: int = 1, *, within: float = PATIENCE) -> Attempt:
        """Return an attempt on a number or address, dialed or not allowed, as soon as it has ended.

        Args:
            phone: the number or address.
            number: which attempt, counted from 1.
            within: seconds.

        Raises:
            NotThere: it has not ended in time; the error tells which have.
        """

        def look() -> Attempt:
            ended = [*tuple(self.dialed), *tuple(self.blocked)]
            for one in ended:
                if (one.phone, one.number) == (phone, number):
                    return one
            there = [f"{one.number} on {one.phone}: {CallResult(one.result).label}" for one in ended]
            raise NotThere("OCS", f'no attempt {number} on "{phone}"', there, "connections 8, 9 and 13")

        return patiently(look, within=within)

    # What the testbed does

    async def start(self, site: Site) -> None:
        """Serve campaign control and desktop requests. Others are asked only when there is something to do."""
        self._site = site
        place = site.directory.endpoint(Component.CONFSERV)
        client = GenesysClient(
            place.host, place.port, application=self._application, codec=self._confserv_codec, connect=site.connect
        )
        self._confserv = Confserv(client)
        self.outcomes.seed = site.seed
        self._tools = Tools(
            records=self._records(
                site.directory.endpoint(Component.POSTGRES),
                site.directory.credentials.postgres_ocs,
                self._database,
                site.authority.client_files if site.authority.mutual else None,
            ),
            zones=Zones(self._confserv),
            poster=Poster(lambda: site.authority.client_context),
            outcomes=self.outcomes,
            clock=site.clock,
            random=random.Random(site.seed),
            forbidden=set(),
            made=self._made,
            absent=self.absent,
            log=OcsLog(JsonLines(site.log_file(str(Component.OCS)))),
        )
        self._control = Control(
            self._application, self._confserv, self._tools, resend_every=self._resend_every, codec=self._codec
        )
        desktop = Desktop(self._confserv, self._tools, lambda: tuple(self.campaigns.values()))
        await self._control.server.listen(site, ROW.ports[0])
        await site.listen_http(DESKTOP_PORT, desktop.answer, connection=None)

    async def stop(self) -> None:
        """Give up what is under way, close every port and connection."""
        if self._control is not None:
            await self._control.unload_all()
        if self._site is not None:
            await self._site.close()
        if self._tools is not None:
            await self._tools.poster.aclose()
            await self._tools.records.aclose()
            self._tools.log.close()
        if self._confserv is not None:
            await self._confserv.aclose()

    async def reset(self) -> None:
        """Unload everything at once, and forget attempts and scripted outcomes."""
        if self._control is not None and self._tools is not None:
            await self._control.unload_all()
            await self._tools.records.forget()
            self._tools.forbidden.clear()
            self._tools.zones.forget()
        self.outcomes.forget()
        self.absent.clear()
        self.dialed.clear()
        self.blocked.clear()

    async def keep(self) -> KeptOcs:
        """Return the state, to be put back later; campaigns are then loaded anew, and dial on if they dialed."""
        assert self._control is not None and self._tools is not None, "start() comes first"
        outcomes = (self.outcomes, ("data", "weights", "of_list"))
        return KeptOcs(self._control, self._tools, self.reset, outcomes, (self, ("dialed", "blocked", "absent")))

    # Provider states: what they need in Configuration Server they write there, as OCS

    @states("campaign {name} is not loaded")
    async def is_not_loaded(self, name: str) -> dict[str, Any]:
        """A campaign group of that campaign, without calling lists; it is as if it had never been loaded."""
        made = await self._assigned(name)
        if (campaign := self.campaigns.pop(made["campaignGroupName"], None)) is not None:
            await campaign.close()
        assert self._control is not None
        self._control.forget(made["campaignId"], made["groupId"])
        return made

    @states("campaign {name} is loaded")
    async def is_loaded(self, name: str) -> dict[str, Any]:
        """A campaign group that is loaded and does not dial."""
        made = await self._assigned(name)
        campaign = await self._loaded(made)
        if campaign.status in (RUNNING, PAUSED):
            campaign.stop()
        return made

    @states("campaign {name} is loaded and completes by itself")
    async def is_completing(self, name: str) -> dict[str, Any]:
        """A campaign group that is loaded; as soon as nothing is left to dial, it stops and is unloaded."""
        made = await self.is_not_loaded(name)
        assert self._control is not None
        await self._control.load_pair(made["campaignId"], made["groupId"], {"GSW_AUTO_COMPLETION": 1})
        return made

    @states("campaign {name} is dialing")
    async def is_dialing(self, name: str) -> dict[str, Any]:
        """A campaign group that dials, though its lists are empty."""
        made = await self._assigned(name)
        campaign = await self._loaded(made)
        if campaign.status == PAUSED:
            campaign.resume()
        if campaign.status == ACTIVE:
            campaign.start()
        return made

    @states("campaign {name} is paused")
    async def is_paused(self, name: str) -> dict[str, Any]:
        """A campaign group that was dialing, and is paused."""
        made = await self.is_dialing(name)
        self.campaigns[made["campaignGroupName"]].pause()
        return made

    async def _assigned(self, name: str) -> dict[str, Any]:
        assert self._confserv is not None
        campaign = await self._confserv.find("Campaign", {"name": name})
        number = campaign["DBID"] if campaign else await self._confserv.create("Campaign", {"name": name})
        found = await self._confserv.find("CampaignGroup", {"campaignDBID": number})
        if found is None:
            [crew, *_] = await self._confserv.read("AgentGroup")
            await self._confserv.create("CampaignGroup", {"campaignDBID": number, "groupDBID": crew["DBID"]})
            found = await self._confserv.find("CampaignGroup", {"campaignDBID": number})
        assert found is not None
        return {"campaignId": number, "groupId": found["groupDBID"], "campaignGroupName": found["name"]}

    async def _loaded(self, made: dict[str, Any]) -> Campaign:
        assert self._control is not None
        campaign = self.campaigns.get(made["campaignGroupName"])
        if campaign is not None and not campaign.properties:
            return campaign
        if campaign is not None:  # by its properties it may unload itself
            del self.campaigns[made["campaignGroupName"]]
            await campaign.close()
        return await self._control.load_pair(made["campaignId"], made["groupId"], {})

    # Inside

    def _made(self, attempt: Attempt) -> None:
        (self.dialed if attempt.dialed else self.blocked).append(attempt)
