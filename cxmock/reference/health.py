"""Whether a service can do its work: what it relies on, whether that is there, and why not. The form is assumed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from cxmock.net.reach import not_held
from cxmock.reference.settings import Settings
from cxmock.topology import Component

UP, DEGRADED, DOWN = "UP", "DEGRADED", "DOWN"
LOOK_WITHIN = 1.0
"""Seconds for a system to accept a connection."""
HOLD = 0.03
"""Seconds for which it has to keep it."""

C = Component
RELIES_ON: Mapping[str, tuple[Component, ...]] = {
    "cxc-ingress": (C.API_AGGREGATOR, C.UI),
    "cxc-amark-ui": (C.API_AGGREGATOR,),
    "cxc-amark-app": (
        *(C.REDIS, C.POSTGRES, C.GWS),
        *(C.LIST_BUILDER, C.LIST_MANAGER, C.JOB_SCHEDULER, C.CAMPAIGN_MANAGER),
    ),
    "cxc-campaign-manager": (C.REDIS, C.POSTGRES, C.GWS),
    "cxc-compliance": (C.REDIS,),
    "cxc-dial-manager": (C.REDIS, C.POSTGRES, C.NEXUS, C.GWS),
    "cxc-job-scheduler": (C.REDIS, C.LIST_BUILDER, C.LIST_MANAGER, C.SFTP),
    "cxc-list-builder": (C.REDIS, C.POSTGRES, C.SHARE, C.COMPLIANCE_PROVIDER),
    "cxc-list-manager": (C.REDIS, C.SHARE, C.GWS),
}
"""Service -> what it calls. Without the first it can do nothing: sessions are in Redis."""


@dataclass(frozen=True, slots=True)
class Health:
    """How a service is."""

    service: str
    replica: str
    reasons: Mapping[str, str]
    """System that it relies on -> why that cannot be used; empty: it can."""
    first: str
    """The system without which it can do nothing."""

    @property
    def status(self) -> str:
        """``UP``, ``DEGRADED`` when something is missing, ``DOWN`` when that is what it cannot do without.

        >>> [Health("s", "s", {"Redis": why, "GWS": "refused"}, "Redis").status for why in ("", "refused")]
        ['DEGRADED', 'DOWN']
        """
        if self.reasons.get(self.first):
            return DOWN
        return DEGRADED if any(self.reasons.values()) else UP

    def told(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "status": self.status,
            "service": self.service,
            "replica": self.replica,
            "dependencies": {
                name: {"status": DOWN, "reason": why} if why else {"status": UP} for name, why in self.reasons.items()
            },
        }


async def health(service: str, replica: str, settings: Settings, troubles: Mapping[str, str]) -> Health:
    """Look at everything that ``service`` relies on: whether it accepts a connection and keeps it.

    Args:
        service: as it names itself to others.
        replica: which process it is.
        settings: where everybody is.
        troubles: system -> why the latest call of it had no answer.
    """
    systems = RELIES_ON.get(service, ())
    found = await asyncio.gather(*(_reason(one, settings) for one in systems))
    reasons = {one.label: why or troubles.get(one.label, "") for one, why in zip(systems, found, strict=True)}
    return Health(service, replica, reasons, next(iter(reasons), ""))


async def _reason(system: Component, settings: Settings) -> str:
    try:
        parts = urlsplit(_url(system, settings))
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme, 0)
        host = parts.hostname or ""
    except ValueError as error:
        return str(error)
    return await not_held(host, port, within=LOOK_WITHIN, hold=HOLD) if host and port else "its address is none"


def _url(system: Component, settings: Settings) -> str:
    known = {C.COMPLIANCE_PROVIDER: settings.compliance_url, C.SFTP: settings.sftp_url}
    return known.get(system) or str(getattr(settings, f"{system.value.replace('-', '_')}_url"))
