"""Campaign control (connection 9): the requests, and the events that go to every client.

Messages and status words are observed, the bytes are ours; error codes and most attributes are assumed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from inspect import isawaitable
from time import perf_counter
from typing import Any

from cxmock.clients.confserv import Confserv
from cxmock.fakes.ocs.attempting import Tools
from cxmock.fakes.ocs.campaign import NOT_LOADED, Campaign
from cxmock.fakes.ocs.setup import read_setup
from cxmock.fakes.ocs.traces import command_trace, trace_of
from cxmock.serving.genesys import Answer, Client, GenesysServer, Messages, Refused
from cxmock.topology import connection
from cxmock.wire.genesys import Codec, Message
from cxmock.wire.genesys.enumerations import ErrorCode

ROW = connection(9)


class Control:
    """The campaigns that are loaded, and what can be asked of them.

    Args:
        application: the name of OCS in Configuration Server.
        confserv: Configuration Server.
        tools: what all campaigns share.
        resend_every: real seconds between two tries to send history.
        codec: makes the codec for a direction.
    """

    messages = Messages()

    def __init__(
        self,
        application: str,
        confserv: Confserv,
        tools: Tools,
        *,
        resend_every: float,
        codec: Callable[[], Codec],
    ) -> None:
        self.campaigns: dict[str, Campaign] = {}
        """Those that are loaded, by the names of their campaign groups."""
        self._application = application
        self._confserv = confserv
        self._tools = tools
        self._resend_every = resend_every
        self._turn = asyncio.Lock()
        self._last: dict[tuple[int, int], dict[str, Any]] = {}
        self.server = GenesysServer(
            ROW.transports[0],
            register=lambda name: {"applicationName": name, "server": application},
            answer=self._commanded,
            row_of=lambda name: ROW.number,
            codec=codec,
        )

    async def load_pair(self, number: int, group: int, properties: dict[str, Any]) -> Campaign:
        """Load campaign ``number`` for ``group``."""
        async with self._turn:
            if (loaded := self._find(number, group)) is not None:
                raise Refused(ErrorCode.WRONG_ORDER, f"{loaded.setup.name} is loaded already: it is {loaded.status}.")
            setup = await read_setup(self._confserv, self._application, number, group)
            campaign = Campaign(setup, self._tools, properties, resend_every=self._resend_every, told=self._told)
            await campaign.load()
            self.campaigns[setup.name] = campaign
        return campaign

    async def unload_all(self) -> None:
        """Unload everything at once, and forget what was."""
        campaigns, self.campaigns = self.campaigns, {}
        await asyncio.gather(*(campaign.close(quietly=True) for campaign in campaigns.values()))
        self._last.clear()

    def forget(self, number: int, group: int) -> None:
        """Forget how campaign ``number`` ended."""
        self._last.pop((number, group), None)

    @messages("RequestLoadCampaign")
    async def load(self, client: Client, request: Message) -> Answer:
        """Read a campaign's configuration and take possession of its calling lists."""
        number, group = self._pair(request)
        properties = request.attributes.get("requestProperties") or {}
        if not isinstance(properties, dict):
            raise Refused(ErrorCode.INVALID, "requestProperties is key -> value.")
        campaign = await self.load_pair(number, group, properties)
        return self._answer(client, request, "CampaignLoaded", campaign)

    @messages("UnloadCampaign")
    async def unload(self, client: Client, request: Message) -> Answer:
        """Unload a campaign that does not dial; while something is under way the answer is its status."""
        campaign = await self._loaded(request)
        if await campaign.unload():
            self._forget(campaign)
            return self._answer(client, request, "CampaignUnloaded", campaign)
        return self._answer(client, request, "CampaignStatus", campaign)

    @messages("ForceUnloadCampaign")
    async def force_unload(self, client: Client, request: Message) -> Answer:
        """Unload a campaign at once, whatever it does."""
        campaign = await self._loaded(request)
        await campaign.close()
        self._forget(campaign)
        return self._answer(client, request, "CampaignUnloaded", campaign)

    @messages("StartDialing")
    async def start_dialing(self, client: Client, request: Message) -> Answer:
        """Have a loaded campaign dial."""
        campaign = await self._loaded(request)
        campaign.start(*_mode(request))
        return self._answer(client, request, "DialingStarted", campaign)

    @messages("StopDialing")
    async def stop_dialing(self, client: Client, request: Message) -> Answer:
        """Have a campaign dial no further records."""
        campaign = await self._loaded(request)
        campaign.stop()
        return self._answer(client, request, "DialingStopped", campaign)

    @messages("PauseDialing")
    async def pause_dialing(self, client: Client, request: Message) -> Answer:
        """Have a campaign dial no further records until it is resumed (documented to exist, the message is assumed)."""
        campaign = await self._loaded(request)
        campaign.pause()
        return self._answer(client, request, "DialingPaused", campaign)

    @messages("ResumeDialing")
    async def resume_dialing(self, client: Client, request: Message) -> Answer:
        """Have a campaign that was paused dial again (documented to exist, the message is assumed)."""
        campaign = await self._loaded(request)
        campaign.resume()
        return self._answer(client, request, "DialingStarted", campaign)

    @messages("SetDialingMode")
    async def set_dialing_mode(self, client: Client, request: Message) -> Answer:
        """Change how a loaded campaign dials."""
        campaign = await self._loaded(request)
        if request.attributes.get("dialMode") is None:
            raise Refused(ErrorCode.MISSING, "SetDialingMode needs dialMode.")
        campaign.set_mode(*_mode(request))
        return self._answer(client, request, "CampaignStatus", campaign)

    @messages("GetCampaignStatus")
    async def status(self, client: Client, request: Message) -> Answer:
        """Tell where a campaign stands; of one that was unloaded, how it ended."""
        number, group = self._pair(request)
        if (campaign := self._find(number, group)) is not None:
            return request.answer("CampaignStatus", campaign.attributes())
        if (last := self._last.get((number, group))) is not None:
            return request.answer("CampaignStatus", last)
        setup = await read_setup(self._confserv, self._application, number, group)
        never = {
            "campaignId": number,
            "groupId": group,
            "campaignGroupId": setup.dbid,
            "campaignGroupName": setup.name,
            "status": NOT_LOADED,
        }
        return request.answer("CampaignStatus", never)

    # Inside

    async def _commanded(self, client: Client, request: Message) -> Answer:
        """Carry out a command, for whom its trace says."""
        began, why = perf_counter(), ""
        command_trace.set(trace_of(request))
        try:
            answer = self.messages.answer(self, client, request)
            return await answer if isawaitable(answer) else answer
        except Exception as error:
            why = str(error).partition("\n")[0]
            raise
        finally:
            self._tools.log.commanded(client.application, request.name, began, why)

    def _pair(self, request: Message) -> tuple[int, int]:
        for name in ("campaignId", "groupId"):
            if not isinstance(request.attributes.get(name), int):
                raise Refused(ErrorCode.MISSING, f"{request.name} needs {name}, a DBID.")
        return request.attributes["campaignId"], request.attributes["groupId"]

    def _find(self, campaign: int, group: int) -> Campaign | None:
        wanted = (campaign, group)
        return next((one for one in self.campaigns.values() if (one.setup.campaign, one.setup.group) == wanted), None)

    async def _loaded(self, request: Message) -> Campaign:
        number, group = self._pair(request)
        if (campaign := self._find(number, group)) is not None:
            return campaign
        setup = await read_setup(self._confserv, self._application, number, group)
        raise Refused(ErrorCode.WRONG_ORDER, f"{setup.name} is not loaded: send RequestLoadCampaign first.")

    def _answer(self, client: Client, request: Message, name: str, campaign: Campaign) -> Message:
        """Answer who asked, and tell everybody else."""
        attributes = campaign.attributes()
        self.server.tell(name, attributes, lambda other: other is not client)
        return request.answer(name, attributes)

    def _told(self, campaign: Campaign, event: str) -> None:
        if event == "CampaignUnloaded":
            self._forget(campaign)
        self.server.tell(event, campaign.attributes())

    def _forget(self, campaign: Campaign) -> None:
        if self.campaigns.get(campaign.setup.name) is campaign:
            del self.campaigns[campaign.setup.name]
        self._last[campaign.setup.campaign, campaign.setup.group] = campaign.attributes()


def _mode(request: Message) -> tuple[Any, Any, Any]:
    said = request.attributes
    return said.get("dialMode"), said.get("optimizeBy"), said.get("optimizeGoal")
