"""Authentication: who gets a token, how long it is good, and what it tells."""

from __future__ import annotations

import re
from base64 import b64encode
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxmock.clients.campaign_control import CampaignControl
from cxmock.clients.confserv import Confserv
from cxmock.clients.genesys import GenesysClient
from cxmock.fakes.gws import Gws, jwt
from cxmock.fakes.gws.identity import ALL_GRANTS, JWT_BEARER, SESSIONS_LIMIT, TOKEN_EXCHANGE, Client
from cxmock.net.clock import Clock
from cxmock.serving import Credentials
from cxmock.wire.http import Request, Response

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
Call = Any
"""The caller of conftest.py: fixtures are its only way into this file."""


def login(call: Call, **fields: str) -> Response:
    user = call.gws.credentials.gws_user
    given = {"grant_type": "password", "username": rf"Acme\{user.name}", "password": user.secret}
    response: Response = call.token(**{**given, **fields})
    return response


def basic(name: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(f"{name}:{password}".encode()).decode()}


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_a_user_logs_in_by_password(call: Call) -> None:
    """The reply is the documented one: not enveloped, scope *, two tokens that look like UUIDs, twelve hours."""
    response = login(call)
    token = response.json()
    assert response.status == 200
    assert set(token) == {"access_token", "token_type", "expires_in", "refresh_token", "scope"}
    assert (token["token_type"], token["expires_in"], token["scope"]) == ("bearer", 43_200, "*")
    assert UUID.fullmatch(token["access_token"])
    assert UUID.fullmatch(token["refresh_token"])
    assert response.headers["cache-control"] == "no-store"


def test_a_client_may_prove_itself_by_basic_authentication(call: Call) -> None:
    """Id and secret go in the header as well as in the form."""
    client = call.gws.credentials.gws_client
    form = {"grant_type": "client_credentials"}
    response = call("POST", "/auth/v3/oauth/token", form=form, headers=basic(client.name, client.secret))
    assert response.status == 200
    assert "refresh_token" not in response.json()


@pytest.mark.parametrize(
    ("fields", "status", "error", "description"),
    [
        ({"password": "wrong"}, 400, "invalid_grant", r"The password of Acme\supervisor is wrong."),
        ({"username": r"Acme\nobody"}, 400, "invalid_grant", r"There is no user Acme\nobody."),
        ({"username": r"Other\supervisor"}, 400, "invalid_grant", r"There is no user Other\supervisor."),
        (
            {"username": "supervisor"},
            400,
            "invalid_grant",
            r"Write the user name as tenant\user, such as Acme\supervisor.",
        ),
        ({"password": ""}, 400, "invalid_request", "password is missing."),
        ({"grant_type": ""}, 400, "invalid_request", "grant_type is missing."),
        ({"grant_type": "magic"}, 400, "unsupported_grant_type", 'There is no grant "magic", but password,'),
        ({"scope": "admin"}, 400, "invalid_scope", 'There is no scope "admin": the only one is "*".'),
        ({"client_secret": "wrong"}, 401, "invalid_client", "The secret of cx_contact is wrong."),
        ({"client_id": "nobody"}, 401, "invalid_client", 'There is no client "nobody".'),
        ({"client_id": ""}, 401, "invalid_client", "Send client_id and client_secret,"),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, 400, "invalid_grant", "The refresh token is unknown"),
        ({"grant_type": "authorization_code", "code": "x"}, 400, "invalid_grant", "The authorization code is unknown"),
        (
            {"grant_type": JWT_BEARER, "assertion": "a.b.c"},
            400,
            "invalid_grant",
            "The assertion cannot be taken: it is not a JSON Web Token.",
        ),
    ],
)
def test_a_refused_token_request_says_why(
    call: Call, fields: dict[str, str], status: int, error: str, description: str
) -> None:
    """Errors are those of RFC 6749, each with a sentence that names what is wrong."""
    response = login(call, **fields)
    assert (response.status, response.json()["error"]) == (status, error)
    assert response.json()["error_description"].startswith(description)
    assert ("www-authenticate" in response.headers) == (status == 401)


def test_userinfo_tells_who_holds_a_token(call: Call) -> None:
    """The documented fields, for a user of the contact centre."""
    response = call("GET", "/auth/v3/userinfo", headers=bearer(login(call).json()["access_token"]))
    info = response.json()
    ccid = call.gws.credentials.ccid
    assert info == {
        "authorities": [{"name": "ROLE_SUPERVISOR", "privileges": []}],
        "cmeUserName": "supervisor",
        "contactCenterId": ccid,
        "dbid": 101,
        "environmentId": ccid,
        "loginName": "supervisor",
        "properties": {},
        "username": f"supervisor.101@{ccid}",
    }


def test_userinfo_of_a_client_names_no_person(call: Call) -> None:
    """A token by client credentials has a user name, but neither a login name nor a DBID."""
    token = call.token(grant_type="client_credentials").json()["access_token"]
    info = call("GET", "/auth/v3/userinfo", headers=bearer(token)).json()
    assert info["username"] == "cx_contact"
    assert not {"dbid", "loginName", "cmeUserName"} & set(info)


def test_openid_userinfo_speaks_of_the_same_person(call: Call) -> None:
    """The names are OpenID Connect's, the facts those of userinfo."""
    info = call("GET", "/auth/v3/openid/userinfo", headers=bearer(login(call).json()["access_token"])).json()
    assert (info["aud"], info["given_name"], info["dbid"]) == ("cx_contact", "Sam", 101)
    assert info["sub"] == info["user_name"]


def test_userinfo_as_a_signed_token_comes_in_a_header(call: Call) -> None:
    """``X-GWS-User`` carries userinfo, signed with the client's secret."""
    response = call("GET", "/auth/v3/jwt-userinfo", headers=bearer(login(call).json()["access_token"]))
    claims = jwt.verify(response.headers["x-gws-user"], call.gws.credentials.gws_client.secret)
    assert (response.status, response.body, claims["loginName"]) == (200, b"", "supervisor")


@pytest.mark.parametrize("path", ["userinfo", "openid/userinfo", "jwt-userinfo", "ping"])
@pytest.mark.parametrize("headers", [{}, bearer("unknown"), {"Authorization": "Bearer"}, basic("a", "b")])
def test_an_unknown_token_gets_403_and_no_body(call: Call, path: str, headers: dict[str, str]) -> None:
    """As documented for userinfo and ping."""
    response = call("GET", f"/auth/v3/{path}", headers=headers)
    assert (response.status, response.body) == (403, b"")


def test_a_token_expires_by_the_testbeds_clock(call: Call, clock: Clock) -> None:
    """It is good for 43200 seconds, and no longer; ping tells."""
    headers = bearer(login(call).json()["access_token"])
    clock.advance(43_199)
    assert call("GET", "/auth/v3/ping", headers=headers).status == 200
    clock.advance(1)
    assert call("GET", "/auth/v3/ping", headers=headers).status == 403
    assert call.gws.sessions == []


def test_a_refresh_replaces_the_access_token(call: Call, clock: Clock) -> None:
    """An expired session goes on with a new access token; the refresh token stays, the old access token is unknown."""
    old = login(call).json()
    clock.advance(50_000)
    new = call.token(grant_type="refresh_token", refresh_token=old["refresh_token"]).json()
    assert new["refresh_token"] == old["refresh_token"]
    assert new["access_token"] != old["access_token"]
    assert call("GET", "/auth/v3/ping", headers=bearer(new["access_token"])).status == 200
    assert list(call.gws.tokens) == [new["access_token"]]


def test_a_refresh_token_expires_too(call: Call, clock: Clock) -> None:
    """After 2592000 seconds a user has to log in again."""
    token = login(call).json()["refresh_token"]
    clock.advance(2_592_000)
    response = call.token(grant_type="refresh_token", refresh_token=token)
    assert response.json() == {"error": "invalid_grant", "error_description": "The refresh token has expired."}


def test_a_refresh_token_is_of_no_use_to_another_client(call: Call) -> None:
    """Tokens belong to the client that they were given to."""
    token = login(call).json()["refresh_token"]
    other = call.arrange("client {client_id} is known", client_id="other")
    assert call.token(grant_type="refresh_token", refresh_token=token, **other).json()["error"] == "invalid_grant"


def authorize(call: Call, *, password: str = "", **query: str) -> Response:
    user = call.gws.credentials.gws_user
    asked = {"client_id": "cx_contact", "redirect_uri": "https://localhost/ui", "response_type": "code", **query}
    response: Response = call(
        "GET",
        "/auth/v3/oauth/authorize?" + urlencode(asked),
        headers=basic(rf"Acme\{user.name}", password or user.secret),
    )
    return response


def test_a_browser_carries_a_code_to_the_client_which_changes_it_into_a_token(call: Call) -> None:
    """The authorization code grant, from the redirect to the token; a code is good once."""
    location = urlsplit(authorize(call, state="s 1").headers["location"])
    query = parse_qs(location.query)
    assert (location.netloc, location.path, query["state"]) == ("localhost", "/ui", ["s 1"])
    wanted = {"grant_type": "authorization_code", "code": query["code"][0], "redirect_uri": "https://localhost/ui"}
    assert call.token(**wanted).json()["scope"] == "*"
    assert call.token(**wanted).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("fields", "seconds", "description"),
    [
        ({"redirect_uri": "https://localhost/other"}, 0, "redirect_uri is to be https://localhost/ui"),
        ({}, 60, "The authorization code has expired."),
    ],
)
def test_a_code_is_good_for_its_redirect_uri_and_a_minute(
    call: Call, clock: Clock, fields: dict[str, str], seconds: float, description: str
) -> None:
    """Anything else is refused with the reason."""
    code = parse_qs(urlsplit(authorize(call).headers["location"]).query)["code"][0]
    clock.advance(seconds)
    wanted = {"grant_type": "authorization_code", "code": code, "redirect_uri": "https://localhost/ui", **fields}
    assert call.token(**wanted).json()["error_description"].startswith(description)


def test_the_implicit_grant_gives_the_token_in_the_fragment(call: Call) -> None:
    """It has no refresh token, and works."""
    location = urlsplit(authorize(call, response_type="token").headers["location"])
    token = parse_qs(location.fragment)
    assert location.query == ""
    assert "refresh_token" not in token
    assert call("GET", "/auth/v3/ping", headers=bearer(token["access_token"][0])).status == 200


@pytest.mark.parametrize(
    "uri",
    [
        "https://evil.example/",
        "//127.0.0.1/",
        "https://127.0.0.1/#f",
        "https://localhost/\r\nSet-Cookie: a=b",
        "",
        "[::1",
    ],
)
def test_a_browser_is_sent_nowhere_but_home(call: Call, uri: str) -> None:
    """An unregistered redirect_uri is answered, never followed."""
    response = authorize(call, redirect_uri=uri)
    assert (response.status, response.json()["error"]) == (400, "invalid_request")


def test_a_registered_redirect_uri_shuts_out_every_other(call: Call) -> None:
    """Once a client has registered addresses, loopback is no exception."""
    call.gws.clients["cx_contact"].redirect_uris = ("https://cxc.example/ui",)
    assert authorize(call).status == 400
    assert authorize(call, redirect_uri="https://cxc.example/ui/callback").status == 302
    assert authorize(call, redirect_uri="https://cxc.example/uix").status == 400


def test_authorization_needs_a_users_credentials(call: Call) -> None:
    """Without them, or with wrong ones, a browser is asked for them (401)."""
    query = urlencode({"client_id": "cx_contact", "redirect_uri": "https://localhost/", "response_type": "code"})
    response = call("GET", "/auth/v3/oauth/authorize?" + query)
    assert (response.status, response.headers["www-authenticate"]) == (401, 'Basic realm="GWS"')
    wrong = authorize(call, password="wrong")
    assert wrong.json()["error_description"] == r"The password of Acme\supervisor is wrong."


@pytest.mark.parametrize(
    ("query", "error"), [({"response_type": "x"}, "unsupported_response_type"), ({}, "unauthorized_client")]
)
def test_a_client_hears_of_its_own_mistakes_by_redirect(call: Call, query: dict[str, str], error: str) -> None:
    """RFC 6749, 4.1.2.1: once the redirect_uri is trusted, errors go there."""
    call.gws.clients["cx_contact"].grants = ("password",)
    assert f"error={error}" in authorize(call, **query).headers["location"]


def test_an_assertion_speaks_for_a_user(call: Call, clock: Clock) -> None:
    """The jwt-bearer grant takes what the client's secret signed, until it expires."""
    assertion = call.gws.assertion_for("supervisor")
    token = call.token(grant_type=JWT_BEARER, assertion=assertion).json()["access_token"]
    assert call.gws.tokens[token].user.login == "supervisor"
    clock.advance(60)
    assert "has expired" in call.token(grant_type=JWT_BEARER, assertion=assertion).json()["error_description"]


@pytest.mark.parametrize(
    ("claims", "secret", "description"),
    [
        ({"sub": r"Acme\supervisor", "exp": 9e9}, "another", "its signature was not made with the client's secret"),
        ({"sub": r"Acme\nobody", "exp": 9e9}, None, r"The assertion is about Acme\nobody (sub)"),
        ({"sub": r"Acme\supervisor"}, None, "does not say when it does (exp)"),
    ],
)
def test_an_assertion_that_cannot_be_taken_is_refused(
    call: Call, claims: dict[str, Any], secret: str | None, description: str
) -> None:
    """The description says what is wrong with it."""
    assertion = jwt.sign(claims, secret or call.gws.credentials.gws_client.secret)
    response = call.token(grant_type=JWT_BEARER, assertion=assertion)
    assert response.json()["error"] == "invalid_grant"
    assert description in response.json()["error_description"]


def test_a_token_can_be_exchanged_for_another_clients(call: Call) -> None:
    """The new token is of the client that asks, for the user of the old one."""
    token = login(call).json()["access_token"]
    other = call.arrange("client {client_id} is known", client_id="other")
    kind = "urn:ietf:params:oauth:token-type:access_token"
    new = call.token(grant_type=TOKEN_EXCHANGE, subject_token=token, subject_token_type=kind, **other).json()
    session = call.gws.tokens[new["access_token"]]
    assert (session.client.client_id, session.user.login) == ("other", "supervisor")


def test_a_public_client_has_no_credentials_of_its_own(call: Call) -> None:
    """It needs no secret, and so cannot act for itself or sign assertions."""
    call.gws.clients["spa"] = Client("spa", "", confidential=False)
    spa = {"client_id": "spa", "client_secret": ""}
    assert login(call, **spa).status == 200
    for grant in ("client_credentials", JWT_BEARER):
        response = call.token(grant_type=grant, assertion=jwt.sign({}, ""), **spa)
        assert response.json()["error"] == "unauthorized_client"


def test_sign_out_ends_one_session_and_global_sign_out_all_of_them(call: Call) -> None:
    """Without ``global`` the user's other sessions go on."""
    first, second, third = (login(call).json() for _ in range(3))
    assert call("POST", "/auth/v3/sign-out", headers=bearer(first["access_token"])).json() == {"status": {"code": 0}}
    assert list(call.gws.tokens) == [second["access_token"], third["access_token"]]
    assert call.token(grant_type="refresh_token", refresh_token=first["refresh_token"]).status == 400
    call("POST", "/auth/v3/sign-out?global=true", headers=bearer(second["access_token"]))
    assert call.gws.tokens == {}
    again = call("POST", "/auth/v3/sign-out", headers=bearer(second["access_token"]))
    assert (again.status, again.json()["status"]["code"]) == (401, 601)


def test_a_password_can_be_changed_by_who_knows_it(call: Call) -> None:
    """The new one works, the old one no longer; a wrong old one is forbidden (603, HTTP 403)."""
    old = call.gws.credentials.gws_user.secret
    change = {"userName": r"Acme\supervisor", "oldPassword": old, "newPassword": "new"}
    assert call("POST", "/auth/v3/change-password", json={"data": change}).json()["status"]["code"] == 0
    assert login(call).status == 400
    assert login(call, password="new").status == 200
    again = call("POST", "/auth/v3/change-password", json={"data": change})
    assert (again.status, again.json()["status"]["code"]) == (403, 603)


def test_how_a_user_logs_in_can_be_asked(call: Call) -> None:
    """By password, always."""
    response = call("POST", "/auth/v3/auth-scheme", json={"data": {"tenant": "Acme", "userName": "supervisor"}})
    assert response.json()["data"] == {"authScheme": "basic"}


def test_sessions_are_bounded(gws: Gws) -> None:
    """One session more than the limit ends the oldest, its refresh token included."""
    client, user = gws.clients["cx_contact"], gws.users["supervisor"]
    first = gws.identity.open(client, user)
    for _ in range(SESSIONS_LIMIT):
        gws.identity.open(client, user)
    assert len(gws.tokens) == len(gws.identity.refresh_tokens) == SESSIONS_LIMIT
    assert gws.identity.find(first.access.value) is None


def test_revoking_makes_every_token_unknown(call: Call) -> None:
    """What a test does to see how a consumer logs in again."""
    token = call.gws.issue_token_for("supervisor")
    call.gws.revoke_all()
    assert call("GET", "/auth/v3/ping", headers=bearer(token)).status == 403


def test_secrets_stay_out_of_representations(gws: Gws) -> None:
    """A failing test may print clients, users and sessions."""
    token = gws.issue_token_for("supervisor")
    shown = repr((gws.clients, gws.users, gws.sessions))
    for secret in (gws.credentials.gws_client.secret, gws.credentials.gws_user.secret, token):
        assert secret not in shown


@pytest.fixture(scope="module")
def shared() -> Gws:
    """One GWS for all examples: what it answers must not depend on its history."""

    def nobody() -> GenesysClient:
        return GenesysClient("127.0.0.1", 1, application="gws")

    return Gws(Credentials(), Clock(), Confserv(nobody()), CampaignControl(nobody()))


FIELDS = ("username", "password", "code", "refresh_token", "assertion", "subject_token", "subject_token_type", "scope")


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_token_request_is_a_server_error(shared: Gws, data: st.DataObject) -> None:
    """Whatever a client sends, it is told what is wrong, by one of OAuth's errors."""
    texts = st.text(max_size=40) | st.sampled_from([r"Acme\supervisor", "a.b.c", "*", ""])
    form = data.draw(st.dictionaries(st.sampled_from([*FIELDS, "x"]), texts))
    form["grant_type"] = data.draw(st.sampled_from(ALL_GRANTS) | texts)
    client = shared.credentials.gws_client
    if data.draw(st.booleans()):
        form |= {"client_id": client.name, "client_secret": client.secret}
    body = urlencode(form).encode() if data.draw(st.booleans()) else data.draw(st.binary(max_size=60))
    header = data.draw(st.sampled_from(["", "Basic x", "Basic Og==", "Bearer \xff", "Basic \xe9"]))
    response = shared.answer(Request("POST", "/auth/v3/oauth/token", {"Authorization": header}, body))
    assert isinstance(response, Response)
    assert response.status in (200, 400, 401)
    assert response.status == 200 or response.json()["error_description"].endswith((".", "none."))
