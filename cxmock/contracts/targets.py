"""Where providers are: a row's URLs, by component for HTTP and by transport for everything else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from cxmock.contracts.model import HttpInteraction, Interaction
from cxmock.errors.contracts import NoTarget
from cxmock.topology import Component, connection

VARIABLES: Mapping[int, Mapping[str, str]] = {
    1: {Component.INGRESS: "CX_CONTACT_URL"},
    2: {"sftp": "CX_SFTP_URL", "ftp": "CX_FTP_URL"},
    3: {Component.COMPLIANCE_PROVIDER: "CX_COMPLIANCE_URL"},
    4: {
        Component.API_AGGREGATOR: "CX_API_AGGREGATOR_URL",
        Component.CAMPAIGN_MANAGER: "CX_CAMPAIGN_MANAGER_URL",
        Component.JOB_SCHEDULER: "CX_JOB_SCHEDULER_URL",
        Component.LIST_MANAGER: "CX_LIST_MANAGER_URL",
        Component.LIST_BUILDER: "CX_LIST_BUILDER_URL",
    },
    5: {"redis": "CX_REDIS_URL"},
    6: {"nfs": "CX_SHARE_URL"},
    7: {"postgresql": "CX_POSTGRES_URL"},
    8: {
        Component.COMPLIANCE_MANAGER: "CX_COMPLIANCE_MANAGER_URL",
        Component.DIAL_MANAGER: "CX_DIAL_MANAGER_URL",
    },
    9: {"ocs": "CX_OCS_URL"},
    10: {"confserv": "CX_CONFSERV_URL"},
    11: {Component.GWS: "CX_GWS_URL"},
    12: {Component.NEXUS: "CX_NEXUS_URL"},
    13: {"postgresql": "CX_OCS_POSTGRES_URL"},
}
"""The environment variable that holds each address: row -> component or transport -> variable."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where the provider of one row is."""

    urls: Mapping[str, str]
    """Component -> URL on rows of HTTP, transport -> URL on the others; credentials included."""
    host_key: str = ""
    """An SFTP server's public host key, one line."""

    def url(self, number: int, key: str) -> str:
        """Return one URL.

        Raises:
            NoTarget: it is not known.
        """
        if (url := self.urls.get(key)) is None:
            raise NoTarget(number, key, list(self.urls))
        return url


def targets_from(environment: Mapping[str, str]) -> dict[int, Target]:
    """Return the targets that environment variables tell, as a testbed's ``env`` does; unknown addresses are left out.

    >>> targets_from({"CX_GWS_URL": "https://127.13.0.9"})[11].urls
    {<Component.GWS: 'gws'>: 'https://127.13.0.9'}
    """
    targets = {}
    for number, variables in VARIABLES.items():
        urls = {key: environment[name] for key, name in variables.items() if environment.get(name)}
        if urls:
            targets[number] = Target(urls, environment.get("CX_SFTP_HOST_KEY", "") if "sftp" in urls else "")
    return targets


def provider_of(number: int, interaction: Interaction) -> Component:
    """Return the component that is to keep a promise: the one it names, else the row's."""
    named = interaction.comments.cxmock.provider
    return Component(named) if named else connection(number).provider


def transport_of(number: int, interaction: Interaction) -> str:
    """Return the transport of a promise: the one it names, else the row's first."""
    if isinstance(interaction, HttpInteraction):
        return "http"
    return interaction.transport or connection(number).transports[0]


def key_of(number: int, interaction: Interaction) -> str:
    """Return under which key of a :class:`Target` the provider of a promise is: its component, or its transport."""
    transport = transport_of(number, interaction)
    return str(provider_of(number, interaction)) if transport == "http" else transport


def without_login(url: str) -> str:
    """Return a URL as it may stand in a report: no user, no password, no query.

    >>> without_login("redis://default:secret@localhost:6379/0?x=1")
    'redis://localhost:6379/0'
    """
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()
