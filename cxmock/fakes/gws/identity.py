"""Who may call GWS: OAuth clients, users, and the sessions that they opened.

Documented: clients are confidential or public and have an access-token and a refresh-token lifetime (43200 s and
2592000 s for CX Contact's); tokens look like UUIDs. Assumed: a session has one access token at a time, and a refresh
replaces it while the refresh token stays; where users and passwords are kept (the real one asks Configuration Server).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from hmac import compare_digest

PASSWORD = "password"
CLIENT_CREDENTIALS = "client_credentials"
AUTHORIZATION_CODE = "authorization_code"
IMPLICIT = "implicit"
REFRESH = "refresh_token"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
ALL_GRANTS = (REFRESH, IMPLICIT, CLIENT_CREDENTIALS, PASSWORD, AUTHORIZATION_CODE, TOKEN_EXCHANGE, JWT_BEARER)

CODE_SECONDS = 60
"""How long an authorization code can be used."""
SESSIONS_LIMIT = 10_000
"""Sessions kept. Opening one more ends the oldest."""


@dataclass(slots=True)
class Client:
    """An application that may ask for tokens."""

    client_id: str
    secret: str = field(repr=False)
    name: str = ""
    confidential: bool = True
    access_seconds: int = 43_200
    refresh_seconds: int = 2_592_000
    grants: tuple[str, ...] = ALL_GRANTS
    redirect_uris: tuple[str, ...] = ()
    """Where users may be sent back to; with none, any loopback address (assumed)."""
    authorities: tuple[str, ...] = ("ROLE_INTERNAL_CLIENT",)


@dataclass(slots=True)
class User:
    """A person who may log in."""

    login: str
    password: str = field(repr=False)
    dbid: int
    """The person's DBID in Configuration Server."""
    given_name: str = ""
    family_name: str = ""
    email: str = ""
    authorities: tuple[str, ...] = ("ROLE_SUPERVISOR",)
    properties: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Token:
    """A random name that is good until a moment, in UTC seconds."""

    expires: float
    value: str = field(default_factory=lambda: str(uuid.uuid4()), repr=False)


@dataclass(slots=True)
class Session:
    """What one grant opened: its access token, and a refresh token where the grant gives one."""

    client: Client
    user: User | None
    """None when the client acts for itself."""
    access: Token
    refresh: Token | None = None


@dataclass(slots=True)
class AuthorizationCode:
    """What a browser carries from GWS to the client; good once."""

    client_id: str
    user: User
    redirect_uri: str
    expires: float


@dataclass
class Identity:
    """The clients, users and sessions of one tenant."""

    tenant: str
    ccid: str
    """The contact centre's id; the environment's is the same, as in Genesys' own deployments."""
    now: Callable[[], float]
    clients: dict[str, Client] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    tokens: dict[str, Session] = field(default_factory=dict)
    """By access token, oldest first; also those that have expired, until they are replaced or crowded out."""
    refresh_tokens: dict[str, Session] = field(default_factory=dict)
    codes: dict[str, AuthorizationCode] = field(default_factory=dict)

    def open(self, client: Client, user: User | None, *, refreshable: bool = True) -> Session:
        """Open a session of ``client`` for ``user``."""
        now = self.now()
        session = Session(client, user, Token(now + client.access_seconds))
        if len(self.tokens) >= SESSIONS_LIMIT:
            self.end(next(iter(self.tokens.values())))
        self.tokens[session.access.value] = session
        if refreshable:
            session.refresh = Token(now + client.refresh_seconds)
            self.refresh_tokens[session.refresh.value] = session
        return session

    def renew(self, session: Session) -> None:
        """Replace the access token of ``session``."""
        self.tokens.pop(session.access.value, None)
        session.access = Token(self.now() + session.client.access_seconds)
        self.tokens[session.access.value] = session

    def end(self, session: Session) -> None:
        """Make the tokens of ``session`` unknown."""
        self.tokens.pop(session.access.value, None)
        if session.refresh is not None:
            self.refresh_tokens.pop(session.refresh.value, None)

    def end_all(self, user: User | None = None) -> None:
        """End every session; with ``user``, only that user's."""
        for session in tuple(self.tokens.values()):
            if user is None or session.user is user:
                self.end(session)

    def find(self, token: str) -> Session | None:
        """Return the session whose access token this is, unless it has expired."""
        session = self.tokens.get(token)
        return session if session is not None and self.now() < session.access.expires else None

    def give_code(self, client: Client, user: User, redirect_uri: str) -> str:
        """Return a new authorization code; codes that have expired are forgotten."""
        now = self.now()
        self.codes = {value: code for value, code in self.codes.items() if now < code.expires}
        value = str(uuid.uuid4())
        self.codes[value] = AuthorizationCode(client.client_id, user, redirect_uri, now + CODE_SECONDS)
        return value

    def clear(self) -> None:
        """Forget everybody and everything."""
        for known in (self.clients, self.users, self.tokens, self.refresh_tokens, self.codes):
            known.clear()

    def login(self, username: str, password: str) -> User:
        """Return the user whom ``tenant\\user`` and a password name.

        Raises:
            PermissionError: nobody; the error says what is wrong.
        """
        tenant, backslash, login = username.rpartition("\\")
        if not backslash:
            raise PermissionError(f"Write the user name as tenant\\user, such as {self.tenant}\\{login}.")
        user = self.users.get(login)
        if tenant != self.tenant or user is None:
            raise PermissionError(f"There is no user {username}.")
        if not same(password, user.password):
            raise PermissionError(f"The password of {username} is wrong.")
        return user


def same(given: str, secret: str) -> bool:
    """Compare in constant time."""
    return compare_digest(given.encode(), secret.encode())
