"""Campaigns to seed with: what OCS needs to dial a contact list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cxmock.fakes.confserv.seed import AGENT_GROUP
from cxmock.wire.genesys.enumerations import DialMode


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign on contact lists, and the campaign group of the agents who work on it.

    >>> Campaign("Spring", lists=["leads"]).campaign_group
    'Spring@Outbound agents'
    """

    name: str
    lists: Sequence[str] = ()
    """Contact lists, by name; each shares equally."""
    group: str = AGENT_GROUP
    """The agent group; the default one is there from the start."""
    dial_mode: DialMode = DialMode.PREDICT
    channels: int = 10
    """Attempts at the same time."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """OCS's options for it, such as ``validation-uri``, ``history-uri``, ``media``."""

    @property
    def campaign_group(self) -> str:
        """The name of its campaign group (documented)."""
        return f"{self.name}@{self.group}"
