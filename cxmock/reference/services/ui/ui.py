"""The UI: a page at ``/ui/cxcontact/``, and a server side that asks the back ends at their five ports (row 4).

Documented: the UI is static HTML5 and talks to back-end services on ports 3004 to 3008; its place is observed. Assumed:
every path below it, which service has what, and that the session's cookie is all that tells the back ends who asks.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlsplit

from cxmock.errors.base import nearest
from cxmock.net.clock import Clock
from cxmock.reference.calls import Caller
from cxmock.reference.envelope import Code, Refusal, done
from cxmock.reference.paging import MOST
from cxmock.reference.runtime import Runtime
from cxmock.reference.service import API, Service
from cxmock.reference.services.ui.assets import GUARDS, INDEX, Asset, load
from cxmock.reference.settings import Settings
from cxmock.serving.routes import Routes
from cxmock.topology import Component
from cxmock.wire.genesys.enumerations import CallResult, DialMode, OptimizeBy
from cxmock.wire.http import Request, Response

BASE = "/ui/cxcontact"
CALLS = f"{BASE}/api/"

BACK_ENDS = {
    "login": Component.API_AGGREGATOR,
    "logout": Component.API_AGGREGATOR,
    "session": Component.API_AGGREGATOR,
    "compliance-rules": Component.API_AGGREGATOR,
    "campaign-groups": Component.CAMPAIGN_MANAGER,
    "campaign-templates": Component.CAMPAIGN_MANAGER,
    "jobs": Component.JOB_SCHEDULER,
    "files": Component.LIST_MANAGER,
    "contact-lists": Component.LIST_BUILDER,
    "suppression-lists": Component.LIST_BUILDER,
    "compliance-data": Component.LIST_BUILDER,
}
"""First segment of a call -> who is asked: each of the five ports at least once (Compliance Manager has none)."""
OVERVIEW = {
    "session": "session",
    "files/import": "files/import",
    **{what: f"{what}?limit={MOST}" for what in ("campaign-groups", "jobs", "contact-lists", "suppression-lists")},
}
"""What the page shows at one glance, and how it is asked for: of lists as many as one answer carries."""

CALL_WITHIN = 140.0
"""Seconds for one call: an import takes its time."""
_PASSED_ON = ("content-type", "cookie")
_PASSED_BACK = frozenset({b"content-type", b"set-cookie"})


@dataclass
class Ui(Service):
    """The user interface's server."""

    routes = Routes()
    open_to_all = (BASE,)

    async def answer(self, request: Request) -> Response:
        """Answer one request."""
        response = await super().answer(request)
        guards = GUARDS | ({"Cache-Control": "no-store"} if request.path.startswith(CALLS) else {})
        response.raw_headers += [(name.encode(), value.encode()) for name, value in guards.items()]
        return response

    @cached_property
    def assets(self) -> Mapping[str, Asset]:
        """The page's files by their names, read once."""
        return load()

    @routes("GET", BASE)
    def without_slash(self, request: Request) -> Response:
        """Send a browser to the page."""
        return Response(302, {"Location": f"{BASE}/"})

    @routes("GET", f"{BASE}/")
    def index(self, request: Request) -> Response:
        """Return the page."""
        return self.assets[INDEX].answer(request)

    @routes("GET", f"{BASE}/{{name}}")
    def file(self, request: Request) -> Response:
        """Return a file of the page."""
        return self._asset(request.params["name"], request)

    @routes("GET", f"{BASE}/screens/{{name}}")
    def screen(self, request: Request) -> Response:
        """Return one of the page's screens, a script."""
        return self._asset(f"screens/{request.params['name']}", request)

    @routes("GET", f"{CALLS}vocabulary")
    def vocabulary(self, request: Request) -> Response:
        """Return what the numbers mean that OCS uses: call results, dialing modes, what predictive dialing aims at."""
        aims = {str(int(one)): {"name": _label(one.name), "most": one.goals[-1]} for one in OptimizeBy}
        modes = {str(int(one)): _label(one.name) for one in DialMode}
        return done({"callResults": {str(int(one)): one.label for one in CallResult}, "dialModes": modes, "aims": aims})

    @routes("GET", f"{CALLS}overview")
    async def overview(self, request: Request) -> Response:
        """Return all that the page shows at one glance; what a back end does not give is named in ``errors``."""

        async def ask(what: str) -> object:
            try:
                return await self._way(what).ask("GET", f"{API}/{OVERVIEW[what]}", headers=_passed_on(request))
            except Refusal as refusal:
                return refusal

        answers = await asyncio.gather(*(ask(what) for what in OVERVIEW))
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

    async def otherwise(self, request: Request) -> Response:
        """Ask the back end what the page asks us, for who is logged in, and answer what it answers."""
        if not request.target.startswith(CALLS):
            raise Refusal(Code.NOT_FOUND, f"The UI does not answer {request.method} {request.path}.")
        if request.method not in ("GET", "HEAD"):
            _only_from_own_page(request)
        what = request.target.removeprefix(CALLS)
        target = f"{API}/{what}"
        answer = await self._way(what).request(
            request.method, target, body=request.body, headers=_passed_on(request), within=CALL_WITHIN
        )
        kept = [pair for pair in answer.raw_headers if pair[0].lower() in _PASSED_BACK]
        return Response(answer.status, kept, answer.body)

    def _way(self, what: str) -> Caller:
        """Return the way to the back end that ``what``, the rest of a call's path, belongs to."""
        segment = what.partition("?")[0].partition("/")[0]
        component = BACK_ENDS.get(segment)
        if component is None:
            raise Refusal(
                Code.NOT_FOUND, f'The page can ask for no "{segment:.60}".', nearest(segment, list(BACK_ENDS))
            )
        return self.runtime.caller(component.label, self.runtime.settings.back_end(component))

    def _asset(self, name: str, request: Request) -> Response:
        """Return a file of the page; only what really stands in its folder has a name here."""
        if name not in self.assets:
            raise Refusal(Code.NOT_FOUND, f"The page has no {name:.60}.")
        return self.assets[name].answer(request)


def _only_from_own_page(request: Request) -> None:
    """Refuse what another site has a browser send. Who is no browser says nothing of an origin, and may go on.

    Raises:
        Refusal: another origin is behind it (603).
    """
    host = request.headers.get("x-forwarded-host") or request.headers.get("host", "")
    origin = request.headers.get("origin")
    site = request.headers.get("sec-fetch-site")
    own = site in ("same-origin", "none") if site else origin is None or urlsplit(origin).netloc == host
    if not own:
        raise Refusal(
            Code.FORBIDDEN,
            f"Another site sent this request: {origin or site}.",
            f"What changes something is taken from the page at {BASE}/ of this host alone.",
        )


def _passed_on(request: Request) -> dict[str, str]:
    return {name: request.headers[name] for name in _PASSED_ON if name in request.headers}


def _label(name: str) -> str:
    """Return a member's name for people.

    >>> _label("PROGRESS_AND_SEIZE"), _label("PREDICT_GVP")
    ('Progress and seize', 'Predict GVP')
    """
    return name.replace("_", " ").capitalize().replace("gvp", "GVP")


def build(settings: Settings, clock: Clock) -> Ui:
    """Return the service."""
    return Ui(Runtime(settings, clock, "cxc-amark-ui", "cxc_ui_"))
