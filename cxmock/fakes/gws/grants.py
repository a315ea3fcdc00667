"""OAuth grants: how a client comes by a session (RFC 6749, 7523, 8693).

Documented: the names of the grants and of their fields, and that the only scope is ``*``. Assumed: what the assertion
of ``jwt-bearer`` holds (``sub`` is ``tenant\\user``, ``exp``; signed with the client's secret), that ``token-exchange``
takes an access token, and every description.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cxmock.fakes.gws import jwt
from cxmock.fakes.gws.identity import (
    AUTHORIZATION_CODE,
    CLIENT_CREDENTIALS,
    JWT_BEARER,
    PASSWORD,
    REFRESH,
    TOKEN_EXCHANGE,
    Client,
    Identity,
    Session,
)
from cxmock.wire.http import Response

SCOPES = ("*", "openid")


class OAuthError(Exception):
    """A token request that is answered by an error (RFC 6749, 5.2)."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.error = error
        self.description = description
        self.status = status

    def response(self, path: str) -> Response:
        """Return the reply; it has no envelope, so ``path`` does not show in it."""
        body = {"error": self.error, "error_description": self.description}
        headers = {"Cache-Control": "no-store"}
        if self.status == 401:
            headers["WWW-Authenticate"] = 'Basic realm="GWS"'
        return Response.of(body, self.status, headers)


Form = Mapping[str, str]
Grant = Callable[[Identity, Client, Form], Session]


def grant(identity: Identity, client: Client, form: Form) -> Session:
    """Give ``client`` the session that ``form`` asks for.

    Raises:
        OAuthError: it may not have it.
    """
    name = _required(form, "grant_type")
    if name not in GRANTS:
        raise OAuthError("unsupported_grant_type", f'There is no grant "{name}", but {", ".join(GRANTS)}.')
    if name not in client.grants:
        raise OAuthError("unauthorized_client", f"{client.client_id} may not use {name}, only {_listed(client)}.")
    for scope in form.get("scope", "*").split():
        if scope not in SCOPES:
            raise OAuthError("invalid_scope", f'There is no scope "{scope}": the only one is "*".')
    return GRANTS[name](identity, client, form)


def _by_password(identity: Identity, client: Client, form: Form) -> Session:
    username, password = _required(form, "username"), _required(form, "password")
    try:
        user = identity.login(username, password)
    except PermissionError as error:
        raise OAuthError("invalid_grant", str(error)) from error
    return identity.open(client, user)


def _by_client(identity: Identity, client: Client, form: Form) -> Session:
    _confidential(client)
    return identity.open(client, None, refreshable=False)


def _by_code(identity: Identity, client: Client, form: Form) -> Session:
    # A code is good once: whatever becomes of the request, it is used up.
    code = identity.codes.pop(_required(form, "code"), None)
    if code is None or code.client_id != client.client_id:
        raise OAuthError("invalid_grant", "The authorization code is unknown, used up, or another client's.")
    if identity.now() >= code.expires:
        raise OAuthError("invalid_grant", "The authorization code has expired.")
    if form.get("redirect_uri", "") != code.redirect_uri:
        raise OAuthError("invalid_grant", f"redirect_uri is to be {code.redirect_uri}, as in the authorization.")
    return identity.open(client, code.user)


def _by_refresh(identity: Identity, client: Client, form: Form) -> Session:
    session = identity.refresh_tokens.get(_required(form, "refresh_token"))
    if session is None or session.refresh is None or session.client.client_id != client.client_id:
        raise OAuthError("invalid_grant", "The refresh token is unknown, or another client's.")
    if identity.now() >= session.refresh.expires:
        raise OAuthError("invalid_grant", "The refresh token has expired.")
    identity.renew(session)
    return session


def _by_jwt(identity: Identity, client: Client, form: Form) -> Session:
    _confidential(client)
    try:
        claims = jwt.verify(_required(form, "assertion"), client.secret)
    except ValueError as error:
        raise OAuthError("invalid_grant", f"The assertion cannot be taken: {error}.") from error
    expires, subject = claims.get("exp"), claims.get("sub")
    if not isinstance(expires, int | float) or identity.now() >= expires:
        raise OAuthError("invalid_grant", "The assertion has expired, or does not say when it does (exp).")
    tenant, _, login = str(subject).rpartition("\\")
    if tenant != identity.tenant or login not in identity.users:
        raise OAuthError("invalid_grant", f"The assertion is about {subject} (sub), and there is no such user.")
    return identity.open(client, identity.users[login])


def _by_exchange(identity: Identity, client: Client, form: Form) -> Session:
    kind = _required(form, "subject_token_type")
    if kind != "urn:ietf:params:oauth:token-type:access_token":
        raise OAuthError("invalid_request", "subject_token_type is to be that of access tokens.")
    subject = identity.find(_required(form, "subject_token"))
    if subject is None:
        raise OAuthError("invalid_grant", "The subject token is unknown or has expired.")
    return identity.open(client, subject.user)


GRANTS: Mapping[str, Grant] = {
    PASSWORD: _by_password,
    CLIENT_CREDENTIALS: _by_client,
    AUTHORIZATION_CODE: _by_code,
    REFRESH: _by_refresh,
    JWT_BEARER: _by_jwt,
    TOKEN_EXCHANGE: _by_exchange,
}


def _required(form: Form, name: str) -> str:
    if value := form.get(name):
        return value
    raise OAuthError(
        "invalid_request", f"{name} is missing. Send a form; its fields here: {', '.join(form) or 'none'}."
    )


def _confidential(client: Client) -> None:
    if not client.confidential:
        raise OAuthError("unauthorized_client", f"{client.client_id} is public: it has no secret of its own.")


def _listed(client: Client) -> str:
    return ", ".join(client.grants) or "none"
