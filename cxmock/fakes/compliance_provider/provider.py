"""The compliance data provider: client credentials in, a versioned data set out."""

from __future__ import annotations

import uuid
from base64 import b64decode, b64encode
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cxmock.errors.looking import NotThere
from cxmock.fakes.compliance_provider.data_set import DataSet, shipped
from cxmock.net.clock import Clock
from cxmock.net.waiting import PATIENCE, patiently
from cxmock.serving import Login, Routes, Site, States
from cxmock.serving.keeping import RememberedPart
from cxmock.wire.http import Request, Response

TOKEN_LIFE = 3600
"""Seconds that a token holds (assumed)."""
TOKENS = 1000
"""Tokens kept; beyond them the oldest stop working."""


@dataclass
class ComplianceProvider:
    """The provider of compliance data, as CX Contact sees it (connection 3).

    Documented: OAuth client credentials at ``/oauth/token``, then ``GET /api/v2/outbound/compliancedata``. Assumed: all
    else, the reply above all (see :class:`DataSet`). The reply carries an ``ETag``; a caller that has it gets a 304.

    Args:
        client: the one client that is known.
        clock: tells when tokens expire.
        data: the data set to start with; without one, the shipped one.
    """

    client: Login
    clock: Clock
    data: DataSet = field(default_factory=shipped)
    tokens: dict[str, float] = field(default_factory=dict)
    """Token -> when it expires, in UTC seconds."""
    fetched: deque[str] = field(default_factory=lambda: deque(maxlen=TOKENS))
    """The versions of the data set that were handed out, each time it was; a 304 hands out none."""

    routes = Routes()
    states = States()

    def __post_init__(self) -> None:
        self._initial = self.data

    @classmethod
    def at(cls, site: Site) -> ComplianceProvider:
        """Return the provider for a testbed's site."""
        return cls(site.directory.credentials.compliance, site.clock)

    def answer(self, request: Request) -> Response:
        """Answer one request."""
        response: Response = self.routes.answer(self, request)
        return response

    def reset(self) -> None:
        """Forget the tokens, and go back to the first data set."""
        self.tokens.clear()
        self.fetched.clear()
        self.data = self._initial

    def keep(self) -> RememberedPart:
        """Return the state, to be put back later."""
        return RememberedPart(self.reset, (self, ("data", "tokens", "fetched")))

    def publish(self, rules: Sequence[Mapping[str, Any]]) -> str:
        """Put a new version of the data set in place, with these rules; return the version."""
        self.data = self.data.with_rules(rules)
        return self.data.version

    def wait_for_fetch(self, version: str = "", *, within: float = PATIENCE) -> str:
        """Return the version of the data set that was handed out, as soon as it was: this one, else the latest.

        Raises:
            NotThere: it was not in time; the error tells what was handed out instead.
        """

        def look() -> str:
            fetched = tuple(self.fetched)
            if fetched and version in ("", *fetched):
                return version or fetched[-1]
            missing = f'not handed out version "{version}"' if version else "not handed out its data"
            raise NotThere("The compliance data provider", missing, fetched, "connection 3")

        return patiently(look, within=within)

    @routes("POST", "/oauth/token")
    def issue_token(self, request: Request) -> Response:
        """Issue a token for client credentials, sent as Basic or in the form (RFC 6749)."""
        form = request.form()
        given = _basic(request) or (form.get("client_id", ""), form.get("client_secret", ""))
        if given != (self.client.name, self.client.secret):
            return _refusal(401, "invalid_client", "The client is unknown or its secret is wrong.", "Basic")
        if not (grant := form.get("grant_type")):
            return _refusal(400, "invalid_request", "grant_type is missing.")
        if grant != "client_credentials":
            return _refusal(400, "unsupported_grant_type", f'"{grant}" is not offered: only client_credentials is.')
        token = self._issue(TOKEN_LIFE)
        reply = {"access_token": token, "token_type": "bearer", "expires_in": TOKEN_LIFE}
        return Response.of(reply, headers={"Cache-Control": "no-store"})

    @routes("GET", "/api/v2/outbound/compliancedata")
    def compliance_data(self, request: Request) -> Response:
        """Return the data set, or 304 to who has this version already (``If-None-Match``)."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            return _refusal(401, "invalid_request", "A bearer token is needed.", "Bearer")
        if self.tokens.get(token, 0) <= self.clock.now():
            return _refusal(401, "invalid_token", "The token is unknown or has expired.", "Bearer")
        headers = {"ETag": self.data.etag, "Cache-Control": "private, no-cache"}
        if _holds(request.headers.get("if-none-match", ""), self.data.etag):
            return Response(304, headers)
        self.fetched.append(self.data.version)
        return Response(200, {"Content-Type": "application/json", **headers}, self.data.body)

    @states("the compliance client is known")
    def client_is_known(self) -> dict[str, str]:
        """Give the client's credentials, plain and as a Basic header."""
        basic = b64encode(f"{self.client.name}:{self.client.secret}".encode()).decode()
        return {"client_id": self.client.name, "client_secret": self.client.secret, "authorization": f"Basic {basic}"}

    @states("a compliance token was issued")
    def token_was_issued(self) -> dict[str, str]:
        """Give a token that holds, and the version and entity tag of the data."""
        token = self._issue(TOKEN_LIFE)
        return {"authorization": f"Bearer {token}", "version": self.data.version, "etag": self.data.etag}

    @states("a compliance token has expired")
    def token_has_expired(self) -> dict[str, str]:
        """Give a token that held once."""
        return {"authorization": f"Bearer {self._issue(-1)}"}

    def _issue(self, life: float) -> str:
        token = str(uuid.uuid4())
        self.tokens[token] = self.clock.now() + life
        while len(self.tokens) > TOKENS:
            del self.tokens[next(iter(self.tokens))]
        return token


def _basic(request: Request) -> tuple[str, str] | None:
    """Return name and secret of a Basic header; None where there is none that can be read."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, _, secret = b64decode(value, validate=True).decode().partition(":")
    except ValueError:
        return ("", "")
    return name, secret


def _holds(condition: str, etag: str) -> bool:
    """Tell whether an ``If-None-Match`` header holds ``etag``, weakly compared.

    >>> _holds('"a", W/"b"', '"b"'), _holds('*', '"b"'), _holds('', '"b"')
    (True, True, False)
    """
    tags = [tag.strip().removeprefix("W/") for tag in condition.split(",")]
    return condition.strip() == "*" or etag in tags


def _refusal(status: int, error: str, text: str, scheme: str = "") -> Response:
    headers = {"WWW-Authenticate": f'{scheme} realm="compliance", error="{error}"'} if scheme else None
    return Response.of({"error": error, "error_description": text}, status, headers)
