"""The UI: a static page at ``/ui/cxcontact/``, and a server side that asks the back ends at their five ports (row 4).

Documented: the UI is static HTML5 and talks to back-end services on ports 3004 to 3008; its place is observed. Assumed:
every path below it, and that the session's cookie is all by which the back ends know the caller.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from cxmock.net.clock import Clock
from cxmock.reference.calls import Caller
from cxmock.reference.envelope import Code, Refusal, done
from cxmock.reference.service import API, Runtime
from cxmock.reference.settings import Settings
from cxmock.serving.keeping import RememberedPart
from cxmock.serving.routes import Routes
from cxmock.topology import Component
from cxmock.wire.http import Request, Response

BASE = "/ui/cxcontact"
PAGE = Path(__file__).with_name("page")
TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}

OVERVIEW = {
    "session": Component.API_AGGREGATOR,
    "campaign-groups": Component.CAMPAIGN_MANAGER,
    "jobs": Component.JOB_SCHEDULER,
    "files/import": Component.LIST_MANAGER,
    "contact-lists": Component.LIST_BUILDER,
    "suppression-lists": Component.LIST_BUILDER,
}
"""What the page shows, as a path of the API, and who is asked for it: each of the five ports at least once."""

_POLICY = "default-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'"


@dataclass
class Ui:
    """The user interface's server."""

    runtime: Runtime

    routes = Routes()

    async def answer(self, request: Request) -> Response:
        """Answer one request."""
        return await self.runtime.answer(self, self.routes, request, open_to_all=(BASE,))

    def reset(self) -> None:
        """Return to the state right after the start."""
        self.runtime.reset()

    def keep(self) -> RememberedPart:
        """Return what is counted, to be put back later; all else is in Redis, PostgreSQL and Configuration."""
        return RememberedPart(self.reset, self.runtime.counted)

    async def aclose(self) -> None:
        """Close every client."""
        await self.runtime.aclose()

    @routes("GET", BASE)
    def without_slash(self, request: Request) -> Response:
        """Send a browser to the page."""
        return Response(302, {"Location": f"{BASE}/"})

    @routes("GET", f"{BASE}/")
    def index(self, request: Request) -> Response:
        """Return the page."""
        return _file("index.html")

    @routes("GET", f"{BASE}/{{name}}")
    def file(self, request: Request) -> Response:
        """Return a file of the page."""
        return _file(request.params["name"])

    @routes("POST", f"{BASE}/api/login")
    async def log_in(self, request: Request) -> Response:
        """Log in at API Aggregator, and hand its cookie on."""
        return await self._same(request, "login")

    @routes("POST", f"{BASE}/api/logout")
    async def log_out(self, request: Request) -> Response:
        """Log out at API Aggregator."""
        return await self._same(request, "logout")

    @routes("GET", f"{BASE}/api/overview")
    async def overview(self, request: Request) -> Response:
        """Return all that the page shows; what a back end does not give is named in ``errors``."""

        async def ask(what: str, whom: Component) -> object:
            try:
                return await self._way(whom).ask("GET", f"{API}/{what}", headers=_cookie(request))
            except Refusal as refusal:
                return refusal

        answers = await asyncio.gather(*(ask(what, whom) for what, whom in OVERVIEW.items()))
        shown: dict[str, object] = {}
        errors: dict[str, str] = {}
        for what, answer in zip(OVERVIEW, answers, strict=True):
            if not isinstance(answer, Refusal):
                shown[what] = answer
            elif answer.code == Code.UNAUTHORIZED:
                raise answer
            else:
                errors[what] = answer.message
        return done({**shown, "errors": errors})

    async def _same(self, request: Request, what: str) -> Response:
        """Ask API Aggregator what the page asked us, and answer what it answered."""
        headers = {"Content-Type": "application/json", **_cookie(request)}
        way = self._way(Component.API_AGGREGATOR)
        answer = await way.request("POST", f"{API}/{what}", body=request.body, headers=headers)
        kept = [pair for pair in answer.raw_headers if pair[0].lower() in (b"content-type", b"set-cookie")]
        return Response(answer.status, kept, answer.body)

    def _way(self, component: Component) -> Caller:
        return self.runtime.caller(component.label, self.runtime.settings.back_end(component))


def _cookie(request: Request) -> dict[str, str]:
    return {"Cookie": request.headers["cookie"]} if "cookie" in request.headers else {}


def _file(name: str) -> Response:
    """Return a file of the page; only what really stands in its folder has a name here."""
    found = {path.name: path for path in PAGE.iterdir() if path.suffix in TYPES}.get(name)
    if found is None:
        raise Refusal(Code.NOT_FOUND, f"The page has no {name}.")
    kind = f"{TYPES[found.suffix]}; charset=utf-8"
    headers = {"Content-Type": kind, "Content-Security-Policy": _POLICY, "X-Content-Type-Options": "nosniff"}
    return Response(200, headers, found.read_bytes())


def build(settings: Settings, clock: Clock) -> Ui:
    """Return the service."""
    return Ui(Runtime(settings, clock, "cxc-amark-ui", "cxc_ui_"))
