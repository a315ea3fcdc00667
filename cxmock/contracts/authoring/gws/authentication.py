"""The authentication API, ``/auth/v3``."""

from __future__ import annotations

from cxmock.contracts.authoring import (
    Answer,
    Ask,
    Row,
    assumed,
    documented,
    each_like,
    from_state,
    given,
    includes,
    integer,
    like,
    not_empty,
    one_of,
    regex,
    uuid,
)
from cxmock.contracts.authoring.gws.shared import (
    EXAMPLE_TOKEN,
    TOKEN_HAS_EXPIRED,
    TOKEN_IS_VALID,
    WITH_TOKEN,
    done,
    refused,
)

CLIENT = documented("Genesys' generated client of the Authentication API v3")
REFUSALS = assumed("the errors of RFC 6749, 5.2; that GWS answers exactly so is ours")
SCHEMES = assumed("the paths and fields are documented; what is answered is ours")

OAUTH_TOKEN = "/auth/v3/oauth/token"
KNOWN = given("client {client_id} is known", client_id="cx_contact")
ADA = given("user {name} may log in", name="ada")
HAS_LOGGED_IN = given("user {name} has logged in", name="ada")
CREDENTIALS = {
    "client_id": from_state("${client_id}", "cx_contact"),
    "client_secret": from_state("${client_secret}", "secret"),
}
WITH_CREDENTIALS = {"Authorization": from_state("${client_authorization}", "Basic YTpi")}
"""The client's id and secret in a header, where they are not in the form."""
LOGIN = {
    "grant_type": "password",
    "username": from_state("${username}", "Acme\\ada"),
    "password": from_state("${password}", "secret"),
}
PASSWORD = {**CREDENTIALS, **LOGIN}
REFRESH = {
    "grant_type": "refresh_token",
    "refresh_token": from_state("${refresh_token}", "93b0c7d2-1f0e-4b5e-8f5a-7a6d5c4b3a29"),
}
TOKEN = {
    "access_token": uuid(EXAMPLE_TOKEN),
    "token_type": one_of("bearer", "Bearer"),
    "expires_in": integer(43200),
    "scope": "*",
}
REFRESHABLE = {**TOKEN, "refresh_token": uuid("93b0c7d2-1f0e-4b5e-8f5a-7a6d5c4b3a29")}


UNCACHED = {"Cache-Control": includes("no-store", "no-store")}


def promise(row: Row) -> None:
    """Add this API's promises."""
    _tokens(row)
    _refused_tokens(row)
    _holders(row)
    _browsers(row)
    _passwords(row)


def _tokens(row: Row) -> None:
    row.http(
        "a token for CX Contact's own client",
        CLIENT,
        Ask("POST", OAUTH_TOKEN, form={"grant_type": "client_credentials", **CREDENTIALS}),
        Answer(200, headers=UNCACHED, json=TOKEN),
        states=[KNOWN],
    )
    row.http(
        "a token for a person, by tenant, user and password",
        CLIENT,
        Ask("POST", OAUTH_TOKEN, form=PASSWORD),
        Answer(200, headers=UNCACHED, json=REFRESHABLE),
        states=[KNOWN, ADA],
    )
    row.http(
        "a token is refreshed",
        CLIENT,
        Ask(
            "POST",
            OAUTH_TOKEN,
            form={**CREDENTIALS, **REFRESH},
        ),
        Answer(200, headers=UNCACHED, json=REFRESHABLE),
        states=[KNOWN, HAS_LOGGED_IN],
    )
    row.http(
        "a token for a browser's authorization code",
        CLIENT,
        Ask(
            "POST",
            OAUTH_TOKEN,
            form={
                **CREDENTIALS,
                "grant_type": "authorization_code",
                "code": from_state("${code}", "4f2a"),
                "redirect_uri": from_state("${redirect_uri}", "https://localhost/ui/cxcontact"),
            },
        ),
        Answer(200, headers=UNCACHED, json=REFRESHABLE),
        states=[KNOWN, given("a browser was given an authorization code")],
    )

    for description, form, states in (
        ("a token for CX Contact's own client, known by a header", {"grant_type": "client_credentials"}, ()),
        ("a token for a person, from a client known by a header", LOGIN, (ADA,)),
        ("a token is refreshed by a client known by a header", REFRESH, (HAS_LOGGED_IN,)),
    ):
        row.http(
            description,
            CLIENT,
            Ask("POST", OAUTH_TOKEN, headers=WITH_CREDENTIALS, form=form),
            Answer(200, headers=UNCACHED, json=REFRESHABLE if states else TOKEN),
            states=[KNOWN, *states],
        )


def _refused_tokens(row: Row) -> None:
    wrong = {**LOGIN, "password": like("not the password")}
    row.http(
        "a wrong password gets no token, from a client known by a header",
        REFUSALS,
        Ask("POST", OAUTH_TOKEN, headers=WITH_CREDENTIALS, form=wrong),
        Answer(400, json={"error": "invalid_grant", "error_description": not_empty("why")}),
        states=[KNOWN, ADA],
    )
    row.http(
        "a token that nobody was given is not refreshed",
        REFUSALS,
        Ask("POST", OAUTH_TOKEN, headers=WITH_CREDENTIALS, form={**REFRESH, "refresh_token": like("4711")}),
        Answer(400, json={"error": "invalid_grant"}),
        states=[KNOWN],
    )
    row.http(
        "a wrong password gets no token",
        REFUSALS,
        Ask("POST", OAUTH_TOKEN, form={**PASSWORD, "password": like("not the password")}),
        Answer(400, json={"error": "invalid_grant", "error_description": not_empty("why")}),
        states=[KNOWN, ADA],
    )
    row.http(
        "an unknown client gets no token",
        REFUSALS,
        Ask(
            "POST",
            OAUTH_TOKEN,
            form={"grant_type": "client_credentials", "client_id": "nobody", "client_secret": like("secret")},
        ),
        Answer(401, headers={"WWW-Authenticate": includes("Basic", "Basic")}, json={"error": "invalid_client"}),
    )
    row.http(
        "a client with a wrong secret gets no token",
        REFUSALS,
        Ask(
            "POST",
            OAUTH_TOKEN,
            form={"grant_type": "client_credentials", **CREDENTIALS, "client_secret": like("not the secret")},
        ),
        Answer(401, json={"error": "invalid_client"}),
        states=[KNOWN],
    )
    row.http(
        "an unknown grant gets no token",
        REFUSALS,
        Ask("POST", OAUTH_TOKEN, form={**CREDENTIALS, "grant_type": "wishful_thinking"}),
        Answer(400, json={"error": "unsupported_grant_type"}),
        states=[KNOWN],
    )


def _holders(row: Row) -> None:
    row.http(
        "who holds a token",
        CLIENT,
        Ask("GET", "/auth/v3/userinfo", headers=WITH_TOKEN),
        Answer(
            200,
            json={
                "authorities": each_like({"name": like("ROLE_SUPERVISOR"), "privileges": like([])}),
                "cmeUserName": like("supervisor"),
                "contactCenterId": uuid("54740030-8867-4790-9ff5-f224bcc7eff5"),
                "dbid": integer(101),
                "environmentId": uuid("54740030-8867-4790-9ff5-f224bcc7eff5"),
                "loginName": like("supervisor"),
                "properties": like({}),
                "username": not_empty("supervisor"),
            },
        ),
        states=[TOKEN_IS_VALID],
    )
    row.http(
        "who holds an unknown token is not told",
        CLIENT,
        Ask("GET", "/auth/v3/userinfo", headers={"Authorization": like("Bearer 00000000-0000-0000-0000-000000000000")}),
        Answer(403, text=""),
    )
    row.http(
        "a good token is good",
        CLIENT,
        Ask("GET", "/auth/v3/ping", headers=WITH_TOKEN),
        Answer(200),
        states=[TOKEN_IS_VALID],
    )
    row.http(
        "an expired token is not good",
        CLIENT,
        Ask("GET", "/auth/v3/ping", headers=WITH_TOKEN),
        Answer(403),
        states=[TOKEN_HAS_EXPIRED],
    )
    row.http(
        "a session is ended",
        CLIENT,
        Ask("POST", "/auth/v3/sign-out", headers=WITH_TOKEN),
        done(),
        states=[TOKEN_IS_VALID],
    )
    row.http(
        "a session is ended here alone, or everywhere",
        CLIENT,
        Ask("POST", "/auth/v3/sign-out", query={"global": one_of("false", "true")}, headers=WITH_TOKEN),
        done(),
        states=[TOKEN_IS_VALID],
    )
    row.http(
        "who holds a token, in the words of OpenID Connect",
        CLIENT,
        Ask("GET", "/auth/v3/openid/userinfo", headers=WITH_TOKEN),
        Answer(
            200,
            json={
                "sub": not_empty("supervisor"),
                "aud": like("cx_contact"),
                "user_name": not_empty("supervisor"),
                "given_name": like("Sam"),
                "family_name": like("Visor"),
                "email": like(""),
                "authorities": each_like({"name": like("ROLE_SUPERVISOR"), "privileges": like([])}),
                "contact_center_id": uuid("54740030-8867-4790-9ff5-f224bcc7eff5"),
                "environment_id": uuid("54740030-8867-4790-9ff5-f224bcc7eff5"),
                "dbid": integer(101),
                "properties": like({}),
            },
        ),
        states=[TOKEN_IS_VALID],
    )
    row.http(
        "who holds a token, as a signed token",
        CLIENT,
        Ask("GET", "/auth/v3/jwt-userinfo", headers=WITH_TOKEN),
        Answer(200, headers={"X-GWS-User": regex(r"[\w-]+\.[\w-]+\.[\w-]+", "e30.e30.4f2a")}, text=""),
        states=[TOKEN_IS_VALID],
    )
    for name in ("openid/userinfo", "jwt-userinfo"):
        row.http(
            f"{name} does not tell who holds an unknown token",
            CLIENT,
            Ask(
                "GET",
                f"/auth/v3/{name}",
                headers={"Authorization": like("Bearer 00000000-0000-0000-0000-000000000000")},
            ),
            Answer(403, text=""),
        )


def _browsers(row: Row) -> None:
    query = {
        "client_id": from_state("${client_id}", "cx_contact"),
        "redirect_uri": from_state("${redirect_uri}", "https://localhost/ui/cxcontact"),
        "response_type": "code",
        "state": like("4711"),
    }
    goes = given("user {name} may log in with a browser", name="ada")
    row.http(
        "a browser is sent back with a code",
        CLIENT,
        Ask(
            "GET",
            "/auth/v3/oauth/authorize",
            query=query,
            headers={"Authorization": from_state("${authorization}", "Basic YWRhOnNlY3JldA==")},
        ),
        Answer(302, headers={**UNCACHED, "Location": regex("https?://.+[?&]code=.+", "https://localhost/?code=4f2a")}),
        states=[KNOWN, goes],
    )
    row.http(
        "a browser that nobody knows is not sent back",
        REFUSALS,
        Ask("GET", "/auth/v3/oauth/authorize", query={**query, "client_id": "nobody"}),
        Answer(401, headers={"WWW-Authenticate": includes("Basic", "Basic")}, json={"error": "invalid_client"}),
        states=[goes],
    )


def _passwords(row: Row) -> None:
    row.http(
        "people log in with a password",
        SCHEMES,
        Ask("POST", "/auth/v3/auth-scheme", json={"data": {"userName": like("supervisor")}}),
        done({"authScheme": "basic"}),
    )
    row.http(
        "for nobody there is no way to log in",
        SCHEMES,
        Ask("POST", "/auth/v3/auth-scheme", json={"data": {}}),
        refused(400, 651),
    )
    change = {
        "userName": from_state("${username}", "Acme\\ada"),
        "oldPassword": from_state("${password}", "secret"),
        "newPassword": like("another secret"),
    }
    row.http(
        "a password is changed by who knows it",
        CLIENT,
        Ask("POST", "/auth/v3/change-password", json={"data": change}),
        done(),
        states=[ADA],
    )
    row.http(
        "a password is not changed by who does not know it",
        SCHEMES,
        Ask("POST", "/auth/v3/change-password", json={"data": {**change, "oldPassword": like("not the password")}}),
        refused(403, 603),
        states=[ADA],
    )
