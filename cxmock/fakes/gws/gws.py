"""Genesys Web Services, composed of its seven APIs."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass
from inspect import isawaitable
from typing import Protocol

from cxmock.clients.campaign_control import CampaignControl
from cxmock.clients.confserv import Confserv
from cxmock.clients.genesys import GenesysClient
from cxmock.errors.looking import NotThere
from cxmock.fakes.gws import jwt
from cxmock.fakes.gws.auth import Auth
from cxmock.fakes.gws.authorization import basic, bearer
from cxmock.fakes.gws.configuration import Configuration
from cxmock.fakes.gws.envelope import Code, Refused
from cxmock.fakes.gws.environment import Environment
from cxmock.fakes.gws.grants import OAuthError
from cxmock.fakes.gws.identity import Client, Identity, Session, User, same
from cxmock.fakes.gws.notifications import Notifications
from cxmock.fakes.gws.ocs import CampaignApi
from cxmock.fakes.gws.ops_clients import OpsClients
from cxmock.fakes.gws.setting import Setting
from cxmock.fakes.gws.statistics import Statistics
from cxmock.fakes.gws.voice import Voice
from cxmock.net.clock import Clock
from cxmock.net.waiting import PATIENCE, patiently
from cxmock.serving import Credentials, Login, Routes, Site, States
from cxmock.serving.keeping import RememberedPart
from cxmock.topology import Component
from cxmock.wire.http import Request, Response

APPLICATION = "gws"
"""The name by which GWS registers at Configuration Server and OCS."""
TRACE = "x-b3-traceid"
TRACE_LIMIT = 64
"""Characters of a trace id that go on to OCS."""
_trace: ContextVar[str] = ContextVar("trace", default="")
SUPERVISOR_DBID = 101
RETURN_TO = "https://localhost/ui/cxcontact"
"""Where provider states have browsers sent back to."""


def current_trace() -> str:
    """Return the trace id of the request that is being answered; empty when it carries none."""
    return _trace.get()


class Api(Protocol):
    """One of the APIs: a dataclass with a table of operations."""

    routes: Routes


Admission = Callable[[Request], None]
"""Raises :class:`Refused` when a request may not come in."""


def _all_of(*apis: type[Api]) -> Routes:
    routes = Routes()
    routes.table = [route for api in apis for route in api.routes.table]
    return routes


@dataclass
class Gws:
    """Genesys Web Services, as CX Contact sees it (connection 11).

    It owns clients, users and sessions, the settings of its contact centre, and subscriptions to statistics. It owns
    no configuration object and no campaign: it asks Configuration Server (connection 10) and OCS (connection 9). What
    is documented and what is our guess stands at the top of each API's module. Every call but those of the
    authentication API needs a token; that is documented, the sentences are not.
    """

    credentials: Credentials
    clock: Clock
    confserv: Confserv
    campaign_control: CampaignControl
    routes = _all_of(
        Auth, OpsClients, Environment, Configuration, CampaignApi, Statistics, Notifications, Setting, Voice
    )
    """Every operation of every API."""
    states = States()

    def __post_init__(self) -> None:
        """Compose the APIs."""
        self.identity = Identity(self.credentials.tenant, self.credentials.ccid, self.clock.now)
        self.auth = Auth(self.identity)
        self.ops_clients = OpsClients(self.identity)
        self.environment = Environment(self.credentials.tenant, self.credentials.ccid)
        self.configuration = Configuration(self.confserv)
        self.ocs = CampaignApi(self.campaign_control)
        self.statistics = Statistics(self.confserv, self.campaign_control, self.clock)
        self.notifications = Notifications(self.statistics)
        self.setting = Setting()
        self.voice = Voice()
        self._apis: tuple[tuple[str, Admission, Api], ...] = (
            ("/auth/v3/ops/", self._operator, self.ops_clients),
            ("/auth/v3/", self._anybody, self.auth),
            ("/environment/v3/", self._operator_or_session, self.environment),
            ("/configuration/v3/", self._session, self.configuration),
            ("/ocs/v3/", self._session, self.ocs),
            ("/statistics/v3/notifications", self._session, self.notifications),
            ("/statistics/v3/", self._session, self.statistics),
            ("/setting/v3/", self._session, self.setting),
            ("/voice/v3/", self._session, self.voice),
        )
        self.reset()

    @classmethod
    def at(cls, site: Site) -> Gws:
        """Return the fake for ``site``: it calls Configuration Server and OCS where the site's directory says."""

        def client(component: Component) -> GenesysClient:
            place = site.directory.endpoint(component)
            return GenesysClient(place.host, place.port, application=APPLICATION, connect=site.connect)

        return cls(
            site.directory.credentials,
            site.clock,
            Confserv(client(Component.CONFSERV)),
            CampaignControl(client(Component.OCS), current_trace),
        )

    async def aclose(self) -> None:
        """Close the connections to Configuration Server and OCS."""
        await self.confserv.aclose()
        await self.campaign_control.aclose()

    def reset(self) -> None:
        """Return to the start: CX Contact's client and the supervisor are known, nobody is logged in."""
        known, secret = self.credentials.gws_client, self.credentials.gws_user
        self.identity.clear()
        self.clients[known.name] = Client(known.name, known.secret, "CX Contact")
        self.users[secret.name] = User(secret.name, secret.secret, SUPERVISOR_DBID, "Sam", "Visor")
        self.environment.settings.clear()
        self.statistics.subscriptions.clear()
        self.notifications.listeners.clear()
        self.setting.values.clear()

    def keep(self) -> RememberedPart:
        """Return the state, to be put back later."""
        return RememberedPart(
            self.reset,
            (self.identity, ("clients", "users", "tokens", "refresh_tokens", "codes")),
            (self.environment, ("settings",)),
            (self.statistics, ("subscriptions",)),
            (self.notifications, ("listeners",)),
            (self.setting, ("values",)),
        )

    def answer(self, request: Request) -> Response | Awaitable[Response]:
        """Answer a request, by the API that its path begins with."""
        for prefix, admit, api in self._apis:
            if request.path.startswith(prefix):
                return _answered(request, admit, api)
        return self.routes.unknown("Gws", request)

    # What tests and provider states arrange and look at.

    @property
    def clients(self) -> dict[str, Client]:
        """The OAuth clients, by id."""
        return self.identity.clients

    @property
    def users(self) -> dict[str, User]:
        """Who may log in, by login name (without the tenant)."""
        return self.identity.users

    @property
    def tokens(self) -> dict[str, Session]:
        """The sessions by access token, oldest first; also those whose token has expired."""
        return self.identity.tokens

    @property
    def sessions(self) -> list[Session]:
        """The sessions whose access token is good."""
        return [session for token, session in tuple(self.tokens.items()) if self.identity.find(token)]

    def session(self, login: str, *, within: float = PATIENCE) -> Session:
        """Return the latest session of a user (by login name) or of a client for itself (by its id), once there is one.

        Raises:
            NotThere: there is none in time whose access token is good; the error tells whose there are.
        """

        def look() -> Session:
            sessions = list(self.sessions)
            for one in reversed(sessions):
                if login == (one.user.login if one.user is not None else one.client.client_id):
                    return one
            there = [one.user.login if one.user is not None else one.client.client_id for one in sessions]
            raise NotThere("GWS", f'no session of "{login}"', there, "connection 11")

        return patiently(look, within=within)

    def issue_token_for(self, login: str, client_id: str = "cx_contact") -> str:
        """Return an access token, as if ``login`` had logged in to ``client_id``."""
        return self.identity.open(self.clients[client_id], self.users[login]).access.value

    def assertion_for(self, login: str, client_id: str = "cx_contact", *, seconds: float = 60) -> str:
        """Return an assertion that the grant ``jwt-bearer`` takes for ``seconds``."""
        claims = {"sub": f"{self.credentials.tenant}\\{login}", "exp": self.clock.now() + seconds}
        return jwt.sign(claims, self.clients[client_id].secret)

    def revoke_all(self) -> None:
        """End every session: all tokens become unknown."""
        self.identity.end_all()

    @states("client {client_id} is known")
    def client_is_known(self, client_id: str) -> dict[str, str]:
        """Know a confidential client; gives its id and secret, and the ``Authorization`` header with both."""
        client = self.clients.setdefault(client_id, Client(client_id, Login(client_id).secret, client_id))
        basic = "Basic " + b64encode(f"{client_id}:{client.secret}".encode()).decode()
        return {"client_id": client_id, "client_secret": client.secret, "client_authorization": basic}

    @states("client {client_id} is not known")
    def client_is_not_known(self, client_id: str) -> None:
        """Forget a client."""
        self.clients.pop(client_id, None)

    @states("user {name} may log in")
    def user_may_log_in(self, name: str) -> dict[str, str]:
        """Know a user; gives the user name that the password grant takes, and the password."""
        user = self.users.setdefault(name, User(name, Login(name).secret, SUPERVISOR_DBID + len(self.users)))
        return {"username": f"{self.credentials.tenant}\\{name}", "password": user.password}

    @states("user {name} of role {role} may log in")
    def user_of_role_may_log_in(self, name: str, role: str) -> dict[str, str]:
        """Know a user who has one authority, such as ``ROLE_AGENT``; gives what ``user {name} may log in`` gives."""
        known = self.user_may_log_in(name)
        self.users[name].authorities = (role,)
        return known

    @states("user {name} may log in with a browser")
    def user_may_log_in_with_a_browser(self, name: str) -> dict[str, str]:
        """Know a user; gives the ``Authorization`` header that stands in for a login page, and where a browser goes."""
        known = self.user_may_log_in(name)
        authorization = "Basic " + b64encode(f"{known['username']}:{known['password']}".encode()).decode()
        return {"authorization": authorization, "redirect_uri": RETURN_TO}

    @states("user {name} has logged in")
    def user_has_logged_in(self, name: str) -> dict[str, str]:
        """Log a user in to CX Contact; gives both tokens and the ``Authorization`` header."""
        self.user_may_log_in(name)
        return _given(self.identity.open(self.clients[self.credentials.gws_client.name], self.users[name]))

    @states("a token is valid")
    def token_is_valid(self) -> dict[str, str]:
        """Log the supervisor in; gives what ``user {name} has logged in`` gives."""
        return self.user_has_logged_in(self.credentials.gws_user.name)

    @states("a token has expired")
    def token_has_expired(self) -> dict[str, str]:
        """Log the supervisor in, a token's life ago; gives what ``user {name} has logged in`` gives."""
        given = self.token_is_valid()
        self.tokens[given["access_token"]].access.expires = self.clock.now()
        return given

    @states("the operator may manage clients")
    def operator_is_known(self) -> dict[str, str]:
        """Give the operator's ``Authorization`` header."""
        ops = self.credentials.gws_ops
        return {"authorization": "Basic " + b64encode(f"{ops.name}:{ops.secret}".encode()).decode()}

    @states("the contact centre is known")
    def contact_centre_is_known(self) -> dict[str, str]:
        """Give the contact centre's id."""
        return {"ccid": self.credentials.ccid}

    @states("setting {name} is {value}")
    def setting_is(self, name: str, value: object) -> None:
        """Write a setting."""
        self.setting.values[name] = {"value": value}

    @states("a browser was given an authorization code")
    def code_was_given(self) -> dict[str, str]:
        """Give an authorization code of the supervisor, and the redirect_uri that goes with it."""
        client, user = self.clients[self.credentials.gws_client.name], self.users[self.credentials.gws_user.name]
        return {"code": self.identity.give_code(client, user, RETURN_TO), "redirect_uri": RETURN_TO}

    def _anybody(self, request: Request) -> None:
        """Admit everybody: the authentication API looks for itself."""

    def _session(self, request: Request) -> None:
        token = bearer(request)
        if self.identity.find(token) is None:
            why = "The token has expired." if token in self.tokens else "The token is unknown."
            raise Refused(
                Code.UNAUTHORIZED,
                why if token else "There is no token.",
                "Get one at POST /auth/v3/oauth/token and send it as Authorization: Bearer <token>.",
            )

    def _operator(self, request: Request) -> None:
        name, secret = basic(request) or ("", "")
        ops = self.credentials.gws_ops
        if name != ops.name or not same(secret, ops.secret):
            raise Refused(
                Code.UNAUTHORIZED,
                "This is for the operator." if not name else "These are not the operator's credentials.",
                "Send the operator's name and password as HTTP Basic authentication.",
            )

    def _operator_or_session(self, request: Request) -> None:
        if basic(request):
            self._operator(request)
        else:
            self._session(request)


def _answered(request: Request, admit: Admission, api: Api) -> Response | Awaitable[Response]:
    try:
        admit(request)
        answer = api.routes.answer(api, request)
    except (Refused, OAuthError) as refused:
        answer = refused.response(request.path)
    return _awaited(request, answer) if isawaitable(answer) else _traced(request, answer)


def _given(session: Session) -> dict[str, str]:
    """Return what an interaction needs of a session."""
    token = session.access.value
    refresh = {} if session.refresh is None else {"refresh_token": session.refresh.value}
    return {"access_token": token, "authorization": f"Bearer {token}", **refresh}


async def _awaited(request: Request, answer: Awaitable[Response]) -> Response:
    _trace.set(request.headers.get(TRACE, "")[:TRACE_LIMIT])
    try:
        response = await answer
    except Refused as refused:
        response = refused.response(request.path)
    return _traced(request, response)


def _traced(request: Request, response: Response) -> Response:
    """Send the caller's trace id back."""
    if trace := request.headers.get(TRACE):
        response.raw_headers.append((b"X-B3-TraceId", trace.encode("latin-1")))
    return response
