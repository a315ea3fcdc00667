"""API Aggregator: people log in here, and every other call goes on to the service that answers it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

from cxmock.net.clock import Clock
from cxmock.reference.envelope import Code, Refusal, data_of, done, needed
from cxmock.reference.resources import Resource
from cxmock.reference.service import API, Runtime
from cxmock.reference.services.api_aggregator.labels import LABELS
from cxmock.reference.sessions import Session, cookie
from cxmock.reference.settings import Settings
from cxmock.serving.keeping import RememberedPart
from cxmock.serving.routes import Routes
from cxmock.topology import Component
from cxmock.wire.http import Request, Response

BEHIND = {
    "contact-lists": Component.LIST_BUILDER,
    "suppression-lists": Component.LIST_BUILDER,
    "compliance-data": Component.LIST_BUILDER,
    "data-mapping-schemas": Component.LIST_BUILDER,
    "selection-rules": Component.LIST_BUILDER,
    "filtering-rules": Component.LIST_BUILDER,
    "upload-rules": Component.LIST_BUILDER,
    "pgp-keys": Component.LIST_BUILDER,
    "compliance-rules": Component.COMPLIANCE_MANAGER,
    "compliance-choices": Component.COMPLIANCE_MANAGER,
    "files": Component.LIST_MANAGER,
    "jobs": Component.JOB_SCHEDULER,
    "campaigns": Component.CAMPAIGN_MANAGER,
    "campaign-groups": Component.CAMPAIGN_MANAGER,
}
"""First segment of a path below the API's base -> who answers it (assumed)."""

_PASSED_ON = ("content-type", "if-none-match")
_PASSED_BACK = frozenset({b"content-type", b"etag", b"content-disposition"})


@dataclass
class ApiAggregator:
    """The entry of the API, as documented; paths and sessions are assumed."""

    runtime: Runtime
    labels: Resource = field(init=False)

    routes = Routes()
    routes.mount("labels", f"{API}/{LABELS.name}", Resource.routes)

    def __post_init__(self) -> None:
        self.labels = Resource(self.runtime, LABELS)

    async def answer(self, request: Request) -> Response:
        """Answer one request."""
        return await self.runtime.answer(
            self, self.routes, request, open_to_all=(f"{API}/login",), otherwise=self._pass_on
        )

    def reset(self) -> None:
        """Return to the state right after the start."""
        self.runtime.reset()

    def keep(self) -> RememberedPart:
        """Return what is counted, to be put back later; all else is in Redis, PostgreSQL and Configuration."""
        return RememberedPart(self.reset, self.runtime.counted)

    async def aclose(self) -> None:
        """Close every client."""
        await self.runtime.aclose()

    @routes("POST", f"{API}/login")
    async def log_in(self, request: Request) -> Response:
        """Log a person in by ``username`` and ``password`` at GWS; the answer sets the session's cookie."""
        data = data_of(request)
        tokens = await self.runtime.gws.log_in(needed(data, "username", str), needed(data, "password", str))
        info = await self.runtime.gws.userinfo(tokens.access)
        if info.get("contactCenterId") != self.runtime.settings.ccid:
            raise Refusal(Code.FORBIDDEN, "This user belongs to another tenant.")
        session = Session(
            username=info.get("loginName") or info["username"],
            tenant=self.runtime.settings.tenant,
            ccid=info["contactCenterId"],
            person_dbid=int(info.get("dbid", 0)),
            privileges=tuple(authority["name"] for authority in info.get("authorities", ())),
            access_token=tokens.access,
            refresh_token=tokens.refresh,
        )
        session_id = await self.runtime.sessions.begin(session)
        return done(_shown(session), headers={"Set-Cookie": cookie(session_id)})

    @routes("POST", f"{API}/logout")
    async def log_out(self, request: Request) -> Response:
        """End the session, here and at GWS."""
        if session := await self.runtime.sessions.of(request):
            await self.runtime.sessions.end(request)
            await self.runtime.gws.sign_out(session.access_token)
        return done(headers={"Set-Cookie": cookie("")})

    @routes("GET", f"{API}/session")
    async def session(self, request: Request) -> Response:
        """Tell who is logged in."""
        session = await self.runtime.identify(request)
        return done(_shown(session) if session else None)

    async def _pass_on(self, request: Request) -> Response:
        """Have the service behind answer."""
        segment = request.path.removeprefix(f"{API}/").partition("/")[0]
        if not request.path.startswith(f"{API}/") or segment not in BEHIND:
            raise Refusal(
                Code.NOT_FOUND,
                f"CX Contact's API does not answer {request.method} {request.path}.",
                f"Below {API}/ there are: login, logout, session, {', '.join(BEHIND)}.",
            )
        headers = {name: request.headers[name] for name in _PASSED_ON if name in request.headers}
        answer = await self.runtime.back_end(BEHIND[segment], within=120.0).request(
            request.method, request.target, body=request.body, headers=headers
        )
        kept = [pair for pair in answer.raw_headers if pair[0].lower() in _PASSED_BACK]
        return Response(answer.status, kept, answer.body)


def _shown(session: Session) -> dict[str, object]:
    return {name: value for name, value in asdict(session).items() if not name.endswith("token")}


def build(settings: Settings, clock: Clock) -> ApiAggregator:
    """Return the service."""
    return ApiAggregator(Runtime(settings, clock, "cxc-amark-app", "cxc_api_aggregator_"))
