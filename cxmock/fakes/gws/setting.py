"""The setting API, ``/setting/v3``: named values.

Documented: only that CX Contact is configured with its address. Everything here is assumed, and kept to what a caller
needs to see that it got there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from cxmock.fakes.gws.envelope import Code, Refused, data_of, reply
from cxmock.serving import Routes
from cxmock.wire.http import Request, Response


@dataclass
class Setting:
    """The setting API."""

    values: dict[str, dict[str, Any]] = field(default_factory=dict)
    routes = Routes()

    @routes("GET", "/setting/v3/settings")
    def list_settings(self, request: Request) -> Response:
        """List the settings."""
        return reply({"settings": self.values})

    @routes("GET", "/setting/v3/settings/{name}")
    def read_setting(self, request: Request) -> Response:
        """Read one setting."""
        name = request.params["name"]
        if name not in self.values:
            raise Refused(Code.NOT_FOUND, f"There is no setting {name}.", f"There are: {', '.join(self.values)}.")
        return reply(self.values[name])

    @routes("PUT", "/setting/v3/settings/{name}")
    def write_setting(self, request: Request) -> Response:
        """Write one setting; what it was before is lost."""
        self.values[request.params["name"]] = data_of(request)
        return reply()
