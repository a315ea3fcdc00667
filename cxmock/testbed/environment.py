"""The environment variables that a service under test needs: where everything is, and how to get in."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

from cxmock.net.tls import TRUST_STORE_PASSWORD, Authority
from cxmock.serving import Directory
from cxmock.topology import Component

DATABASE = "cxcontact"
"""The PostgreSQL database that CX Contact and OCS share."""


def variables(directory: Directory, authority: Authority) -> dict[str, str]:
    """Return every variable with its value, addresses first."""
    return {**addresses(directory), **dict(_secrets(directory)), **_trust(directory, authority)}


def addresses(directory: Directory) -> dict[str, str]:
    """Return the variables that hold URLs, credentials included where the URL form has a place for them."""
    known = directory.credentials
    cxc, ocs = known.postgres_cxc.in_url(), known.postgres_ocs.in_url()

    def at(component: Component, port: int | None = None, login: str = "", path: str = "") -> str:
        endpoint = directory.endpoint(component, port)
        return endpoint.url.replace("://", f"://{login}", 1) + path

    return {
        "CX_CONTACT_URL": at(Component.INGRESS),
        "CX_SFTP_URL": at(Component.SFTP, 22, known.sftp.in_url(), "/"),
        "CX_FTP_URL": at(Component.SFTP, 21, known.sftp.in_url(), "/"),
        "CX_COMPLIANCE_URL": at(Component.COMPLIANCE_PROVIDER),
        # The user is named, since some clients (redis-cli) would otherwise log in with an empty name.
        "CX_REDIS_URL": at(Component.REDIS, login=f"default:{known.redis}@", path="/0"),
        "CX_SHARE_URL": at(Component.SHARE, path="/"),
        # Said, since libpq would otherwise prefer TLS: slower, and a refused login would be tried twice.
        "CX_POSTGRES_URL": at(Component.POSTGRES, login=cxc, path=f"/{DATABASE}?sslmode=disable"),
        "CX_OCS_POSTGRES_URL": at(Component.POSTGRES, login=ocs, path=f"/{DATABASE}?sslmode=disable"),
        "CX_OCS_URL": at(Component.OCS, 5050),
        "CX_CONFSERV_URL": at(Component.CONFSERV),
        "CX_GWS_URL": at(Component.GWS),
        "CX_NEXUS_URL": at(Component.NEXUS),
        "CX_UI_URL": at(Component.UI),
        "CX_API_AGGREGATOR_URL": at(Component.API_AGGREGATOR),
        "CX_CAMPAIGN_MANAGER_URL": at(Component.CAMPAIGN_MANAGER),
        "CX_COMPLIANCE_MANAGER_URL": at(Component.COMPLIANCE_MANAGER),
        "CX_DIAL_MANAGER_URL": at(Component.DIAL_MANAGER),
        "CX_JOB_SCHEDULER_URL": at(Component.JOB_SCHEDULER),
        "CX_LIST_BUILDER_URL": at(Component.LIST_BUILDER),
        "CX_LIST_MANAGER_URL": at(Component.LIST_MANAGER),
    }


def in_plain_text(directory: Directory) -> dict[str, str]:
    """Return the variables of those who answer HTTP beside HTTPS, without the latter."""
    both = {
        "CX_COMPLIANCE_URL": Component.COMPLIANCE_PROVIDER,
        "CX_GWS_URL": Component.GWS,
        "CX_NEXUS_URL": Component.NEXUS,
    }
    found = {name: directory.endpoint(component) for name, component in both.items()}
    return {name: f"http://{one.host}:{one.port}" for name, one in found.items()}


def _secrets(directory: Directory) -> Iterator[tuple[str, str]]:
    known = directory.credentials
    yield "CX_TENANT", known.tenant
    yield "CX_CCID", known.ccid
    yield "CX_USER", known.gws_user.name
    yield "CX_PASSWORD", known.gws_user.secret
    yield "CX_GWS_CLIENT_ID", known.gws_client.name
    yield "CX_GWS_CLIENT_SECRET", known.gws_client.secret
    yield "CX_NEXUS_API_KEY", known.nexus_key
    yield "CX_NEXUS_WEBHOOK_SECRET", known.nexus_webhook
    yield "CX_COMPLIANCE_CLIENT_ID", known.compliance.name
    yield "CX_COMPLIANCE_CLIENT_SECRET", known.compliance.secret
    yield "CX_SERVICE_KEY", known.service
    yield "CX_SFTP_HOST_KEY", directory.host_key.public


def _trust(directory: Directory, authority: Authority) -> dict[str, str]:
    bundle, ca = str(authority.bundle_file), str(authority.ca_file)
    libpq = {"sslmode": "verify-full", "sslrootcert": ca}
    shown = {}
    if authority.mutual:
        certificate, key = map(str, authority.client_files)
        libpq |= {"sslcert": certificate, "sslkey": key}
        shown = {
            "CX_CLIENT_CERT_FILE": certificate,
            "CX_CLIENT_KEY_FILE": key,
            "PGSSLCERT": certificate,
            "PGSSLKEY": key,
        }
    plain = addresses(directory)

    def encrypted(url: str) -> str:
        return url.replace("sslmode=disable", urlencode(libpq))

    return {
        "CX_REDIS_TLS_URL": plain["CX_REDIS_URL"].replace("redis://", "rediss://", 1),
        "CX_POSTGRES_TLS_URL": encrypted(plain["CX_POSTGRES_URL"]),
        "CX_OCS_POSTGRES_TLS_URL": encrypted(plain["CX_OCS_POSTGRES_URL"]),
        "CX_CA_FILE": ca,
        "CX_TRUST_STORE": str(authority.trust_store),
        "CX_TRUST_STORE_PASSWORD": TRUST_STORE_PASSWORD,
        "SSL_CERT_FILE": bundle,
        "REQUESTS_CA_BUNDLE": bundle,
        "CURL_CA_BUNDLE": bundle,
        "PGSSLROOTCERT": bundle,
        "NODE_EXTRA_CA_CERTS": ca,
        **shown,
    }
