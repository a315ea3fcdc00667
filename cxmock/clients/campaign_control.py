"""Campaign control at OCS as its clients see it: load, start, stop, unload a campaign for a group."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cxmock.clients.genesys import GenesysClient

EXTENSIONS = "extensions"
TRACE = "x-b3-traceid"
Attributes = dict[str, Any]
"""What the answer says: the attributes of ``CampaignStatus``, with ``status`` among them."""


class CampaignControl:
    """A typed face over a :class:`~cxmock.clients.genesys.GenesysClient`.

    A campaign and the group that works on it are named by their DBIDs. Every method returns the attributes of the
    answer and raises what :meth:`GenesysClient.ask` raises.

    Args:
        client: speaks to OCS.
        trace: returns the trace id of whoever has the present command given, empty for nobody's. It goes along as
            ``x-b3-traceid`` among the request's ``extensions`` (assumed).
    """

    def __init__(self, client: GenesysClient, trace: Callable[[], str] = str) -> None:
        self.client = client
        self._trace = trace

    async def load(self, campaign: int, group: int, properties: Mapping[str, Any] | None = None) -> Attributes:
        """Load a campaign; ``properties`` go along, such as ``GSW_AUTO_COMPLETION``."""
        return await self._ask("RequestLoadCampaign", campaign, group, {"requestProperties": dict(properties or {})})

    async def unload(self, campaign: int, group: int) -> Attributes:
        """Unload a campaign that does not dial; ``status`` is ``WaitingUnload`` while something is still under way."""
        return await self._ask("UnloadCampaign", campaign, group, {})

    async def force_unload(self, campaign: int, group: int) -> Attributes:
        """Unload a campaign at once, whatever it does."""
        return await self._ask("ForceUnloadCampaign", campaign, group, {})

    async def start_dialing(
        self,
        campaign: int,
        group: int,
        *,
        dial_mode: int | None = None,
        optimize_by: int | None = None,
        optimize_goal: int | None = None,
    ) -> Attributes:
        """Start dialing; what is not said is as the campaign group is configured."""
        return await self._ask("StartDialing", campaign, group, _mode(dial_mode, optimize_by, optimize_goal))

    async def stop_dialing(self, campaign: int, group: int) -> Attributes:
        """Stop dialing; attempts under way are finished."""
        return await self._ask("StopDialing", campaign, group, {})

    async def pause_dialing(self, campaign: int, group: int) -> Attributes:
        """Dial no more until :meth:`resume_dialing`; attempts under way are finished."""
        return await self._ask("PauseDialing", campaign, group, {})

    async def resume_dialing(self, campaign: int, group: int) -> Attributes:
        """Dial again after a pause."""
        return await self._ask("ResumeDialing", campaign, group, {})

    async def set_dialing_mode(
        self,
        campaign: int,
        group: int,
        *,
        dial_mode: int,
        optimize_by: int | None = None,
        optimize_goal: int | None = None,
    ) -> Attributes:
        """Change how a loaded campaign dials."""
        return await self._ask("SetDialingMode", campaign, group, _mode(dial_mode, optimize_by, optimize_goal))

    async def status(self, campaign: int, group: int) -> Attributes:
        """Return where a campaign stands, and its statistics."""
        return await self._ask("GetCampaignStatus", campaign, group, {})

    def on_status(self, callback: Callable[[Attributes], None]) -> None:
        """Have ``callback`` called, on the loop, with the attributes of every ``CampaignStatus`` that OCS sends."""
        self.client.on("CampaignStatus", lambda message: callback(message.attributes))

    async def aclose(self) -> None:
        """Close the connection."""
        await self.client.aclose()

    async def _ask(self, name: str, campaign: int, group: int, more: Mapping[str, Any]) -> Attributes:
        trace = self._trace()
        extensions = {EXTENSIONS: {TRACE: trace}} if trace else {}
        answers = await self.client.ask(name, {"campaignId": campaign, "groupId": group, **more, **extensions})
        return answers[-1].attributes


def _mode(dial_mode: int | None, optimize_by: int | None, optimize_goal: int | None) -> Attributes:
    said = {"dialMode": dial_mode, "optimizeBy": optimize_by, "optimizeGoal": optimize_goal}
    return {name: value for name, value in said.items() if value is not None}
