"""The settings of CX Contact's services: environment variables, read once."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from cxmock.errors.settings import MissingSetting
from cxmock.topology import Component


def _needed(meaning: str, *, secret: bool = False) -> str:
    """Declare a setting that must be there; ``meaning`` says in an error what to set."""
    setting: str = field(repr=not secret, metadata={"meaning": meaning})
    return setting


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where everybody is and how to get in. A field ``gws_url`` is the variable ``CX_GWS_URL``.

    Addresses carry user and password where their form has a place for them; secrets stay out of ``repr``.
    """

    tenant: str = _needed("the tenant's name in Configuration Server")
    ccid: str = _needed("the tenant's contact centre id, a UUID")
    service_key: str = _needed("the secret with which CX Contact's services know one another", secret=True)

    contact_url: str = _needed("where CX Contact's ingress is, https://HOST:PORT (row 1)")
    sftp_url: str = _needed("the customer's SFTP server, sftp://USER:PASSWORD@HOST:PORT (row 2)", secret=True)
    ftp_url: str = _needed("the customer's FTP server, ftp://USER:PASSWORD@HOST:PORT (row 2)", secret=True)
    sftp_host_key: str = _needed("the SFTP server's public host key, one line (row 2)")
    compliance_url: str = _needed("where the compliance data provider is, https://HOST:PORT (row 3)", secret=True)
    compliance_client_id: str = _needed("CX Contact's client id at the compliance data provider (row 3)")
    compliance_client_secret: str = _needed("and its secret there (row 3)", secret=True)
    redis_url: str = _needed("redis://:PASSWORD@HOST:PORT (row 5)", secret=True)
    share_url: str = _needed("the network file share, nfs://HOST:PORT/ (row 6)")
    postgres_url: str = _needed("postgresql://USER:PASSWORD@HOST:PORT/DATABASE (row 7)", secret=True)
    gws_url: str = _needed("where GWS is, https://HOST:PORT (row 11)", secret=True)
    gws_client_id: str = _needed("CX Contact's OAuth client id at GWS (row 11)")
    gws_client_secret: str = _needed("and its secret there (row 11)", secret=True)
    nexus_url: str = _needed("where Nexus is, https://HOST:PORT (row 12)", secret=True)
    nexus_api_key: str = _needed("CX Contact's API key at Nexus (row 12)", secret=True)
    nexus_webhook_secret: str = _needed("the secret with which Nexus signs its webhooks (row 12)", secret=True)

    ui_url: str = _needed("where the UI is, http://HOST:PORT")
    api_aggregator_url: str = _needed("where API Aggregator is, http://HOST:PORT (row 4)")
    campaign_manager_url: str = _needed("where Campaign Manager is, http://HOST:PORT (row 4)")
    job_scheduler_url: str = _needed("where Job Scheduler is, http://HOST:PORT (row 4)")
    list_manager_url: str = _needed("where List Manager is, http://HOST:PORT (row 4)")
    list_builder_url: str = _needed("where List Builder is, http://HOST:PORT (row 4)")
    compliance_manager_url: str = _needed("where OCS reaches Compliance Manager, http://HOST:PORT (row 8)")
    dial_manager_url: str = _needed("where OCS reaches Dial Manager, http://HOST:PORT (row 8)")

    ca_file: str = ""
    """``SSL_CERT_FILE``: the CA certificates to trust, a PEM file; without it, the system's."""
    certificate_file: str = ""
    """``CX_CLIENT_CERT_FILE``: the certificate to show where one is asked for, a PEM file."""
    key_file: str = ""
    """``CX_CLIENT_KEY_FILE``: its key, a PEM file."""
    replica: str = ""
    """``CX_REPLICA``: which of several processes this is, as it names itself to who asks; else the service's name."""
    clock_file: str = ""
    """``CX_CLOCK_FILE``: where a testbed tells by how much its clock is ahead of the real time."""
    log_file: str = ""
    """``CX_LOG_FILE``: where the service's log goes, one JSON object a line; without it nothing is logged."""

    @classmethod
    def from_env(cls, environment: Mapping[str, str]) -> Settings:
        """Read the settings from environment variables.

        Raises:
            MissingSetting: one or more are not there or empty; all of them are named.
        """
        needed = {one.name: one.metadata["meaning"] for one in fields(cls) if one.metadata}
        missing = [
            (_variable(name), meaning) for name, meaning in needed.items() if not environment.get(_variable(name))
        ]
        if missing:
            raise MissingSetting(missing)
        found = {name: environment[_variable(name)] for name in needed}
        return cls(
            **found,
            ca_file=environment.get("SSL_CERT_FILE", ""),
            certificate_file=environment.get("CX_CLIENT_CERT_FILE", ""),
            key_file=environment.get("CX_CLIENT_KEY_FILE", ""),
            replica=environment.get("CX_REPLICA", ""),
            clock_file=environment.get("CX_CLOCK_FILE", ""),
            log_file=environment.get("CX_LOG_FILE", ""),
        )

    def tls_context(self) -> ssl.SSLContext:
        """Return whom to trust, and what to show, where TLS is spoken."""
        context = ssl.create_default_context(cafile=self.ca_file or None)
        if self.certificate_file:
            context.load_cert_chain(self.certificate_file, self.key_file)
        return context

    def back_end(self, component: Component) -> str:
        """Return the address of one of CX Contact's own services behind the ingress."""
        url: str = getattr(self, f"{component.value.replace('-', '_')}_url")
        return url


def _variable(name: str) -> str:
    return f"CX_{name.upper()}"
