"""The ingress: what comes from outside goes to the UI or to API Aggregator, by its path."""

from __future__ import annotations

from dataclasses import dataclass

from cxmock.net.clock import Clock
from cxmock.reference.envelope import Code, Refusal
from cxmock.reference.runtime import SERVICE_KEY_HEADER, Runtime
from cxmock.reference.service import API, Service
from cxmock.reference.settings import Settings
from cxmock.serving.routes import Routes
from cxmock.topology import Component
from cxmock.wire.http import Request, Response

UI = "/ui/cxcontact"
"""Where the UI is (observed)."""

BEHIND = {UI: Component.UI, API: Component.API_AGGREGATOR}

# What belongs to one hop only or is written anew; and who we trust inside is not for outsiders to say.
_NOT_PASSED_ON = frozenset(
    {"connection", "keep-alive", "host", "content-length", "transfer-encoding", "upgrade", "expect", "te", "trailer"}
    | {"user-agent", "x-forwarded-for", "x-forwarded-proto", "x-b3-traceid", "x-b3-spanid", SERVICE_KEY_HEADER}
)
_NOT_PASSED_BACK = frozenset({b"connection", b"keep-alive", b"content-length", b"transfer-encoding", b"x-b3-traceid"})


@dataclass
class Ingress(Service):
    """The door (row 1: HTTPS, whatever the table's "RTP/RTCP" says)."""

    routes = Routes()
    open_to_all = ("/",)

    @routes("GET", "/")
    def root(self, request: Request) -> Response:
        """Send a browser to the UI."""
        return Response(302, {"Location": f"{UI}/"})

    async def otherwise(self, request: Request) -> Response:
        """Have whoever the path belongs to answer."""
        behind = next((who for base, who in BEHIND.items() if f"{request.path}/".startswith(f"{base}/")), None)
        if behind is None:
            raise Refusal(
                Code.NOT_FOUND, f"Nothing is at {request.path}.", f"The UI is at {UI}/, the API below {API}/."
            )
        headers = {name: value for name, value in request.headers.items() if name not in _NOT_PASSED_ON}
        headers |= {"x-forwarded-for": request.peer, "x-forwarded-proto": "https" if request.secure else "http"}
        headers["x-forwarded-host"] = request.headers.get("host", "")
        way = self.runtime.caller(behind.label, self.runtime.settings.back_end(behind), within=150.0)
        answer = await way.request(request.method, request.target, body=request.body, headers=headers)
        kept = [pair for pair in answer.raw_headers if pair[0].lower() not in _NOT_PASSED_BACK]
        return Response(answer.status, kept, answer.body)


def build(settings: Settings, clock: Clock) -> Ingress:
    """Return the service."""
    return Ingress(Runtime(settings, clock, "cxc-ingress", "cxc_ingress_"))
