"""The environment API, ``/environment/v3``: environments, contact centres and their settings.

Documented (Genesys' own deployment scripts): the paths, ``{"data": {"location", "name", "shared", "value"}}``,
``data.settings`` in the reply, that POST overwrites, and that the operator's Basic credentials open it as well as a
token does. Assumed: that a setting is told apart by location and name, and the fields of a contact centre beyond
``id``, ``environmentId``, ``domains`` and ``auth``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from cxmock.fakes.gws import envelope
from cxmock.fakes.gws.envelope import Code, Refused, reply
from cxmock.serving import Routes
from cxmock.wire.http import Request, Response


@dataclass
class Environment:
    """The environment API of one tenant."""

    tenant: str
    ccid: str
    settings: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    """The contact centre's settings, by location and name."""
    routes = Routes()

    @routes("GET", "/environment/v3/environments")
    def environments(self, request: Request) -> Response:
        """List the environments: one."""
        return reply([{"id": self.ccid, "tenant": "Environment", "appName": "Cloud"}])

    @routes("GET", "/environment/v3/contact-centers")
    def contact_centers(self, request: Request) -> Response:
        """List the contact centres: one."""
        centre = {"id": self.ccid, "environmentId": self.ccid, "domains": [self.tenant], "auth": "configServer"}
        return reply([centre])

    @routes("GET", "/environment/v3/contact-centers/{ccid}/settings")
    def read_settings(self, request: Request) -> Response:
        """List the contact centre's settings."""
        self._known(request)
        return reply({"settings": list(self.settings.values())})

    @routes("POST", "/environment/v3/contact-centers/{ccid}/settings")
    def write_setting(self, request: Request) -> Response:
        """Set one setting; what it was before is lost."""
        self._known(request)
        data = envelope.data_of(request)
        name = envelope.field(data, "name", str)
        location = envelope.field(data, "location", str, "/")
        if "value" not in data:
            raise Refused(Code.MISSING, "value is missing.")
        setting = {"location": location, "name": name, "shared": data.get("shared", False), "value": data["value"]}
        self.settings[location, name] = setting
        return reply()

    def _known(self, request: Request) -> None:
        ccid = request.params["ccid"]
        if ccid != self.ccid:
            raise Refused(Code.NOT_FOUND, f"There is no contact centre {ccid}.", f"There is {self.ccid}.")
