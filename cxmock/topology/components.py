"""The boxes on the diagram."""

from __future__ import annotations

from enum import StrEnum


class Component(StrEnum):
    """A box on CX Contact's architecture diagram. The value is its name in commands, URLs and file names.

    >>> Component("list-builder").label
    'List Builder'
    >>> Component.GWS.octet
    9
    """

    CLIENT = "client"
    INGRESS = "ingress"
    SFTP = "sftp"
    COMPLIANCE_PROVIDER = "compliance-provider"
    SHARE = "share"
    REDIS = "redis"
    POSTGRES = "postgres"
    OCS = "ocs"
    CONFSERV = "confserv"
    GWS = "gws"
    NEXUS = "nexus"
    UI = "ui"
    API_AGGREGATOR = "api-aggregator"
    CAMPAIGN_MANAGER = "campaign-manager"
    COMPLIANCE_MANAGER = "compliance-manager"
    DIAL_MANAGER = "dial-manager"
    JOB_SCHEDULER = "job-scheduler"
    LIST_BUILDER = "list-builder"
    LIST_MANAGER = "list-manager"
    CONTROL = "control"

    @property
    def label(self) -> str:
        """The name for people."""
        return _LABELS[self]

    @property
    def octet(self) -> int:
        """The last byte of the component's loopback address, ``127.<block>.<worker>.<octet>``."""
        return _OCTETS[self]

    @property
    def in_contact(self) -> bool:
        """Whether the component is one of CX Contact's own services (they share the words "CXC" in the table)."""
        return self in _CONTACT


_LABELS = {
    Component.CLIENT: "Browser / API client",
    Component.INGRESS: "CXC front-end ingress",
    Component.SFTP: "SFTP server",
    Component.COMPLIANCE_PROVIDER: "Compliance data provider",
    Component.SHARE: "Network file share",
    Component.REDIS: "Redis",
    Component.POSTGRES: "PostgreSQL",
    Component.OCS: "OCS",
    Component.CONFSERV: "Configuration Server",
    Component.GWS: "GWS",
    Component.NEXUS: "Nexus",
    Component.UI: "CXC UI",
    Component.API_AGGREGATOR: "API Aggregator",
    Component.CAMPAIGN_MANAGER: "Campaign Manager",
    Component.COMPLIANCE_MANAGER: "Compliance Manager",
    Component.DIAL_MANAGER: "Dial Manager",
    Component.JOB_SCHEDULER: "Job Scheduler",
    Component.LIST_BUILDER: "List Builder",
    Component.LIST_MANAGER: "List Manager",
    Component.CONTROL: "Testbed control",
}

_OCTETS = {component: number for number, component in enumerate(Component)}

_CONTACT = frozenset(
    {
        Component.INGRESS,
        Component.UI,
        Component.API_AGGREGATOR,
        Component.CAMPAIGN_MANAGER,
        Component.COMPLIANCE_MANAGER,
        Component.DIAL_MANAGER,
        Component.JOB_SCHEDULER,
        Component.LIST_BUILDER,
        Component.LIST_MANAGER,
    }
)
