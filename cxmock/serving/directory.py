"""Where everybody is and how to get in: endpoints and the random credentials of one testbed."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import quote

from cxmock.net.ssh_key import HostKey, make_host_key
from cxmock.topology import Component, listening_ports


def _secret() -> str:
    return secrets.token_urlsafe(18)


@dataclass(frozen=True, slots=True)
class Login:
    """A name and its secret. The secret stays out of ``repr``."""

    name: str
    secret: str = field(default_factory=_secret, repr=False)

    def in_url(self) -> str:
        """Return ``name:secret@`` for a URL, percent-encoded."""
        return f"{quote(self.name, safe='')}:{quote(self.secret, safe='')}@"


@dataclass(frozen=True, slots=True)
class Credentials:
    """Everything secret in a testbed, random, so that nothing of it can stand in a contract by mistake."""

    tenant: str = "Acme"
    """The tenant's name in Configuration Server."""
    ccid: str = field(default_factory=lambda: str(uuid.uuid4()))
    """The tenant's contact centre id, a UUID."""
    gws_client: Login = field(default_factory=lambda: Login("cx_contact"))
    """CX Contact's own OAuth client at GWS."""
    gws_ops: Login = field(default_factory=lambda: Login("ops"))
    gws_user: Login = field(default_factory=lambda: Login("supervisor"))
    """A person who may log in to CX Contact."""
    nexus_key: str = field(default_factory=lambda: str(uuid.uuid4()), repr=False)
    nexus_webhook: str = field(default_factory=_secret, repr=False)
    """With which Nexus signs its webhooks."""
    compliance: Login = field(default_factory=lambda: Login("cx-contact-compliance"))
    sftp: Login = field(default_factory=lambda: Login("cxcontact"))
    redis: str = field(default_factory=_secret, repr=False)
    postgres_admin: Login = field(default_factory=lambda: Login("postgres"))
    postgres_cxc: Login = field(default_factory=lambda: Login("cxc"))
    """CX Contact's role: row 7."""
    postgres_ocs: Login = field(default_factory=lambda: Login("ocs"))
    """OCS's role: row 13."""
    service: str = field(default_factory=_secret, repr=False)
    """With which CX Contact's services know one another."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a component can be reached."""

    component: Component
    host: str
    port: int
    scheme: str
    documented: int
    """The documented port that ``port`` stands for."""

    @property
    def url(self) -> str:
        """The address as a URL without credentials; the scheme's own port is left out.

        >>> Endpoint(Component.GWS, "127.13.0.9", 443, "https", 443).url
        'https://127.13.0.9'
        """
        own = {"https": 443, "http": 80}.get(self.scheme)
        return f"{self.scheme}://{self.host}" + ("" if self.port == own else f":{self.port}")


@dataclass
class Directory:
    """The addresses of a testbed's components.

    Args:
        find: tells host and actual port for a component and documented port.
        credentials: the testbed's secrets.
    """

    find: Callable[[Component, int], tuple[str, int]]
    credentials: Credentials = field(default_factory=Credentials)

    @cached_property
    def host_key(self) -> HostKey:
        """The SFTP server's key, for clients to pin."""
        return make_host_key()

    def endpoints(self, component: Component) -> tuple[Endpoint, ...]:
        """Return where ``component`` listens, documented ports first."""
        return tuple(
            Endpoint(component, *self.find(component, place.port), place.scheme, place.port)
            for place in listening_ports(component)
        )

    def endpoint(self, component: Component, port: int | None = None) -> Endpoint:
        """Return one endpoint of ``component``: the first, or the one for documented port ``port``."""
        return next(one for one in self.endpoints(component) if port in (None, one.documented))
