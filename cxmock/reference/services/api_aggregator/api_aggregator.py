"""API Aggregator: people log in here, and every other call goes on to the service that answers it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

from cxmock.net.clock import Clock
from cxmock.reference import api_keys
from cxmock.reference.account import ACCOUNT, SETTINGS
from cxmock.reference.api_keys import API_KEYS
from cxmock.reference.envelope import Code, Refusal, data_of, done, needed
from cxmock.reference.objects import Stored
from cxmock.reference.resources import Resource, name_in
from cxmock.reference.runtime import Runtime
from cxmock.reference.service import API, Service
from cxmock.reference.services.api_aggregator.labels import LABELS
from cxmock.reference.sessions import WRITERS, Session, cookie
from cxmock.reference.settings import Settings
from cxmock.serving.routes import Routes
from cxmock.topology import Component
from cxmock.wire.http import Request, Response, to_json

DOCUMENT = f"{API}/openapi.json"
KEYS = f"{API}/{API_KEYS.name}"
_PASSED_ON = ("content-type", "if-none-match")
_PASSED_BACK = frozenset({b"content-type", b"etag", b"content-disposition", b"allow"})


@dataclass
class ApiAggregator(Service):
    """The entry of the API, as documented; paths and sessions are assumed."""

    labels: Resource = field(init=False)
    api_keys: Resource = field(init=False)
    account: Resource = field(init=False)

    routes = Routes()
    routes.mount("labels", f"{API}/{LABELS.name}", Resource.routes)
    open_to_all = (f"{API}/login", DOCUMENT)
    for_readers = (f"{API}/logout",)

    def __post_init__(self) -> None:
        self.labels = Resource(self.runtime, LABELS)
        self.api_keys = Resource(self.runtime, API_KEYS)
        self.account = Resource(self.runtime, SETTINGS)

    # Who is there

    @routes("POST", f"{API}/login")
    async def log_in(self, request: Request) -> Response:
        """Log a person in by ``username`` and ``password`` at GWS; the answer sets the session's cookie."""
        data = data_of(request)
        tokens = await self.runtime.gws.log_in(needed(data, "username", str), needed(data, "password", str))
        info = await self.runtime.gws.userinfo(tokens.access)
        if info.get("contactCenterId") != self.runtime.settings.ccid:
            raise Refusal(Code.FORBIDDEN, "This user belongs to another tenant.")
        privileges = tuple(authority["name"] for authority in info.get("authorities", ()))
        session = Session(
            username=info.get("loginName") or info["username"],
            tenant=self.runtime.settings.tenant,
            ccid=info["contactCenterId"],
            person_dbid=int(info.get("dbid", 0)),
            privileges=privileges,
            access_token=tokens.access,
            refresh_token=tokens.refresh,
            read_only=WRITERS.isdisjoint(privileges),
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
        """Tell who is logged in, or whose API key it is."""
        session = await self.identify(request)
        return done(_shown(session) if session else None)

    # API keys

    @routes("GET", KEYS)
    async def list_keys(self, request: Request) -> Response:
        """List the API keys; none tells its secret."""
        return await self.api_keys.listed(request)

    @routes("POST", KEYS)
    async def make_key(self, request: Request) -> Response:
        """Make an API key. The answer tells it, once."""
        session = await self.identify(request)
        if session and session.api_key:
            raise Refusal(Code.FORBIDDEN, "An API key makes no API keys.", "Log in.")
        data = data_of(request)
        name = name_in(data)
        key = api_keys.new_key(name)
        made = await self.api_keys.make(name, data, secret={"hash": api_keys.hash_of(key)})
        return done({**API_KEYS.shown(made), "key": key}, status=201)

    @routes("GET", f"{KEYS}/{{name}}")
    async def show_key(self, request: Request) -> Response:
        """Tell about an API key, but not its secret."""
        return await self.api_keys.shown(request)

    @routes("DELETE", f"{KEYS}/{{name}}")
    async def revoke_key(self, request: Request) -> Response:
        """Revoke an API key: nobody gets in by it any more."""
        return await self.api_keys.remove(request)

    # The account

    @routes("GET", f"{API}/settings")
    async def settings(self, request: Request) -> Response:
        """Tell the account's settings."""
        return done(_told(await self.account.objects.find(ACCOUNT)))

    @routes("PATCH", f"{API}/settings")
    async def change_settings(self, request: Request) -> Response:
        """Change some of the account's settings; null sets the default."""
        return done(_told(await self.account.set(ACCOUNT, data_of(request))))

    # The API as a whole

    @routes("GET", DOCUMENT)
    def openapi(self, request: Request) -> Response:
        """Tell what this API is: an OpenAPI 3.1 document."""
        from cxmock.reference.openapi import document

        return Response(200, {"Content-Type": "application/json"}, to_json(document()))

    async def otherwise(self, request: Request) -> Response:
        """Have the service behind answer."""
        from cxmock.reference.openapi import behind

        segment = request.path.removeprefix(f"{API}/").partition("/")[0]
        service = behind().get(segment)
        if not request.path.startswith(f"{API}/") or service is None:
            raise Refusal(
                Code.NOT_FOUND,
                f"CX Contact's API does not answer {request.method} {request.path}.",
                f"Below {API}/ there are: {', '.join(sorted(behind()))}.",
            )
        if service is Component.API_AGGREGATOR:
            return await super().otherwise(request)
        headers = {name: request.headers[name] for name in _PASSED_ON if name in request.headers}
        answer = await self.runtime.back_end(service, within=120.0).request(
            request.method, request.target, body=request.body, headers=headers
        )
        kept = [pair for pair in answer.raw_headers if pair[0].lower() in _PASSED_BACK]
        return Response(answer.status, kept, answer.body)


def _told(kept: Stored | None) -> dict[str, object]:
    """Return the account's settings as the API tells them."""
    shown = SETTINGS.shown(kept or Stored(ACCOUNT, 0, 0, 0, {}))
    return {one.name: shown[one.name] for one in SETTINGS.fields}


def _shown(session: Session) -> dict[str, object]:
    return {name: value for name, value in asdict(session).items() if not name.endswith("token")}


def build(settings: Settings, clock: Clock) -> ApiAggregator:
    """Return the service."""
    return ApiAggregator(Runtime(settings, clock, "cxc-amark-app", "cxc_api_aggregator_"))
