"""The authentication API, ``/auth/v3``: tokens by OAuth 2, and who holds one.

Documented (Genesys' generated client): every path here, the names of all fields, the Basic header with a user's
credentials at ``/oauth/authorize``, 403 with an empty body for an unknown token at userinfo, 200 or 403 at ping, that
sign-out ends the current token or, with ``global=true``, all of the user's, and that ``/jwt-userinfo`` answers in the
header ``X-GWS-User``. Assumed: 401 instead of a login page where ``/oauth/authorize`` gets no credentials, the form of
``username`` in userinfo, the reply of ``/auth-scheme``, and every sentence.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlencode, urlsplit

from cxmock.fakes.gws import jwt
from cxmock.fakes.gws.authorization import basic, bearer
from cxmock.fakes.gws.envelope import Code, Refused, data_of, field, reply
from cxmock.fakes.gws.grants import OAuthError, grant
from cxmock.fakes.gws.identity import AUTHORIZATION_CODE, IMPLICIT, Client, Identity, Session, same
from cxmock.serving import Routes
from cxmock.wire.http import Request, Response


@dataclass
class Auth:
    """The authentication API."""

    identity: Identity
    routes = Routes()

    @routes("GET", "/auth/v3/oauth/authorize")
    def authorize(self, request: Request) -> Response:
        """Send a user's browser back to the client with a code, or with a token (implicit grant)."""
        client = self.identity.clients.get(request.one("client_id"))
        if client is None:
            raise OAuthError("invalid_client", f'There is no client "{request.one("client_id")}".', 401)
        redirect_uri = request.one("redirect_uri")
        if not _may_redirect(client, redirect_uri):
            raise OAuthError("invalid_request", f"{client.client_id} has not registered this redirect_uri.")
        kind = request.one("response_type")
        state = {"state": request.one("state")} if "state" in request.query else {}
        wanted = {"code": AUTHORIZATION_CODE, "token": IMPLICIT}.get(kind)
        if wanted is None:
            return _redirect(redirect_uri, {"error": "unsupported_response_type", **state})
        if wanted not in client.grants:
            return _redirect(redirect_uri, {"error": "unauthorized_client", **state})
        credentials = basic(request)
        if credentials is None:
            raise OAuthError("access_denied", "Send the user's credentials as HTTP Basic authentication.", 401)
        try:
            user = self.identity.login(*credentials)
        except PermissionError as error:
            raise OAuthError("access_denied", str(error), 401) from error
        if kind == "token":
            session = self.identity.open(client, user, refreshable=False)
            return _redirect(redirect_uri, {**self._token(session), **state}, fragment=True)
        return _redirect(redirect_uri, {"code": self.identity.give_code(client, user, redirect_uri), **state})

    @routes("POST", "/auth/v3/oauth/token")
    def issue_token(self, request: Request) -> Response:
        """Give a client the token that its grant is good for."""
        form = request.form()
        session = grant(self.identity, self._client(request, form), form)
        return Response.of(self._token(session), headers={"Cache-Control": "no-store"})

    @routes("GET", "/auth/v3/userinfo")
    def userinfo(self, request: Request) -> Response:
        """Tell who holds a token."""
        session = self._session(request)
        return Response.of(self._userinfo(session)) if session else Response(403)

    @routes("GET", "/auth/v3/openid/userinfo")
    def openid_userinfo(self, request: Request) -> Response:
        """Tell who holds a token, in the words of OpenID Connect."""
        session = self._session(request)
        return Response.of(self._openid(session)) if session else Response(403)

    @routes("GET", "/auth/v3/jwt-userinfo")
    def jwt_userinfo(self, request: Request) -> Response:
        """Tell who holds a token, as a signed token in the header ``X-GWS-User``."""
        session = self._session(request)
        if session is None:
            return Response(403)
        claims = {**self._userinfo(session), "exp": int(session.access.expires)}
        return Response(200, {"X-GWS-User": jwt.sign(claims, session.client.secret)})

    @routes("GET", "/auth/v3/ping")
    def ping(self, request: Request) -> Response:
        """Say whether a token is good: 200, else 403."""
        return Response(200 if self._session(request) else 403)

    @routes("POST", "/auth/v3/sign-out")
    def sign_out(self, request: Request) -> Response:
        """End the session of a token; with ``global=true``, every session of its user."""
        session = self._session(request)
        if session is None:
            raise Refused(Code.UNAUTHORIZED, "The token is unknown or has expired.")
        self.identity.end(session)
        if request.one("global").lower() == "true" and session.user is not None:
            self.identity.end_all(session.user)
        return reply()

    @routes("POST", "/auth/v3/auth-scheme")
    def auth_scheme(self, request: Request) -> Response:
        """Say how a user logs in: always by password."""
        field(data_of(request), "userName", str)
        return reply({"authScheme": "basic"})

    @routes("POST", "/auth/v3/change-password")
    def change_password(self, request: Request) -> Response:
        """Give a user another password; the old one is the proof of who asks."""
        data = data_of(request)
        name, old, new = (field(data, part, str) for part in ("userName", "oldPassword", "newPassword"))
        try:
            user = self.identity.login(name, old)
        except PermissionError as error:
            raise Refused(Code.FORBIDDEN, str(error)) from error
        if not new:
            raise Refused(Code.INVALID, "newPassword is empty.")
        user.password = new
        return reply()

    def _client(self, request: Request, form: dict[str, str]) -> Client:
        """Return the client that asks, by Basic authentication or by the form."""
        client_id, secret = basic(request) or (form.get("client_id", ""), form.get("client_secret", ""))
        client = self.identity.clients.get(client_id)
        if client is None:
            raise OAuthError("invalid_client", f'There is no client "{client_id}".' if client_id else _ANONYMOUS, 401)
        if client.confidential and not same(secret, client.secret):
            raise OAuthError("invalid_client", f"The secret of {client_id} is wrong.", 401)
        return client

    def _session(self, request: Request) -> Session | None:
        return self.identity.find(bearer(request))

    def _token(self, session: Session) -> dict[str, Any]:
        token = {
            "access_token": session.access.value,
            "token_type": "bearer",
            "expires_in": round(session.access.expires - self.identity.now()),
            "scope": "*",
        }
        return token if session.refresh is None else {**token, "refresh_token": session.refresh.value}

    def _userinfo(self, session: Session) -> dict[str, Any]:
        user, ccid = session.user, self.identity.ccid
        if user is None:
            return {
                "authorities": _roles(session.client.authorities),
                "contactCenterId": ccid,
                "environmentId": ccid,
                "properties": {},
                "username": session.client.client_id,
            }
        return {
            "authorities": _roles(user.authorities),
            "cmeUserName": user.login,
            "contactCenterId": ccid,
            "dbid": user.dbid,
            "environmentId": ccid,
            "loginName": user.login,
            "properties": user.properties,
            "username": f"{user.login}.{user.dbid}@{ccid}",
        }

    def _openid(self, session: Session) -> dict[str, Any]:
        info = self._userinfo(session)
        shared = {
            "sub": info["username"],
            "aud": session.client.client_id,
            "user_name": info["username"],
            "authorities": info["authorities"],
            "contact_center_id": info["contactCenterId"],
            "environment_id": info["environmentId"],
            "properties": info["properties"],
        }
        user = session.user
        if user is None:
            return shared
        names = {"given_name": user.given_name, "family_name": user.family_name, "email": user.email}
        return {**shared, "dbid": user.dbid, **names}


_ANONYMOUS = "Send client_id and client_secret, in the form or as HTTP Basic authentication."


def _roles(names: tuple[str, ...]) -> list[dict[str, Any]]:
    return [{"name": name, "privileges": []} for name in names]


def _redirect(uri: str, parameters: dict[str, Any], *, fragment: bool = False) -> Response:
    mark = "#" if fragment else "&" if "?" in uri else "?"
    return Response(302, {"Location": f"{uri}{mark}{urlencode(parameters)}", "Cache-Control": "no-store"})


def _may_redirect(client: Client, uri: str) -> bool:
    """Say whether a browser may be sent to ``uri``; everything else would be an open redirect."""
    if not uri.isascii() or not uri.isprintable() or "#" in uri:
        return False
    if client.redirect_uris:
        return any(uri == known or uri.startswith(known.rstrip("/") + "/") for known in client.redirect_uris)
    try:
        parts = urlsplit(uri)
        host = parts.hostname or ""
        return parts.scheme in ("http", "https") and (host == "localhost" or ip_address(host).is_loopback)
    except ValueError:
        return False
