"""The voice API, ``/voice/v3``.

Documented: only that CX Contact is configured with its address. The one call here is assumed: it tells that voice is
there, and that nobody talks.
"""

from __future__ import annotations

from dataclasses import dataclass

from cxmock.fakes.gws.envelope import reply
from cxmock.serving import Routes
from cxmock.wire.http import Request, Response


@dataclass
class Voice:
    """The voice API."""

    routes = Routes()

    @routes("GET", "/voice/v3/calls")
    def calls(self, request: Request) -> Response:
        """List the calls: none."""
        return reply({"calls": []})
