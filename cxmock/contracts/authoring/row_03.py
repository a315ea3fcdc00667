"""Row 3: List Builder pulls compliance data: a token by client credentials, then the data set.

Both paths and the grant are documented; everything in the reply is assumed: country, region and time zone by area code,
contact times by country, and a version by which an unchanged set answers 304.
"""

from __future__ import annotations

from cxmock.contracts.authoring import (
    Answer,
    Ask,
    Row,
    assumed,
    containing,
    digits,
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
)

PULL = documented("the CX Contact chart: OAuth client credentials, then GET .../api/v2/outbound/compliancedata")
OAUTH = assumed("RFC 6749; that this provider refuses as it says is ours")
DATA = assumed("that area codes have a country, a region and time zones is documented; the shape is ours")
VERSION = assumed("HTTP's own entity tags; that the provider has them is ours")

TOKEN = "/oauth/token"
COMPLIANCE_DATA = "/api/v2/outbound/compliancedata"
BEARER = from_state("${authorization}", "Bearer 5b0f4c0e-8f5e-4f0c-9a8e-2a1d6a3c7e11")
UNCACHED = {"Cache-Control": includes("no-store", "no-store")}
TAG = regex('(W/)?"[^"]+"', '"9.0.43-06820617"')


def contract() -> Row:
    """Return the contract."""
    row = Row(3)
    _tokens(row)
    _data(row)
    return row


def _tokens(row: Row) -> None:
    known = given("the compliance client is known")
    row.http(
        "a token is issued for client credentials",
        PULL,
        Ask("POST", TOKEN, headers={"Authorization": from_state("${authorization}", "Basic Y3g6c2VjcmV0")}, form=GRANT),
        Answer(200, headers=UNCACHED, json={"access_token": not_empty("5b0f4c0e-8f5e-4f0c-9a8e-2a1d6a3c7e11")}),
        states=[known],
    )
    row.http(
        "a token says how long it holds",
        OAUTH,
        Ask(
            "POST",
            TOKEN,
            form={
                **GRANT,
                "client_id": from_state("${client_id}", "cx-contact-compliance"),
                "client_secret": from_state("${client_secret}", "secret"),
            },
        ),
        Answer(
            200,
            headers=UNCACHED,
            json={
                "access_token": like("5b0f4c0e"),
                "token_type": one_of("bearer", "Bearer"),
                "expires_in": integer(3600),
            },
        ),
        states=[known],
    )
    row.http(
        "a wrong secret is refused",
        OAUTH,
        Ask("POST", TOKEN, headers={"Authorization": "Basic Y3g6d3Jvbmc="}, form=GRANT),
        Answer(401, headers={"WWW-Authenticate": includes("Basic", "Basic")}, json={"error": "invalid_client"}),
    )
    row.http(
        "another grant is refused",
        OAUTH,
        Ask(
            "POST",
            TOKEN,
            headers={"Authorization": from_state("${authorization}", "Basic Y3g6c2VjcmV0")},
            form={"grant_type": "password"},
        ),
        Answer(400, json={"error": "unsupported_grant_type"}),
        states=[known],
    )


GRANT = {"grant_type": "client_credentials"}


def _data(row: Row) -> None:
    issued = given("a compliance token was issued")
    row.http(
        "the data set is given to who has a token",
        PULL,
        Ask("GET", COMPLIANCE_DATA, headers={"Authorization": BEARER}),
        Answer(200),
        states=[issued],
    )
    row.http(
        "the data set tells country, region and time zones by prefix, and contact times by country",
        DATA,
        Ask("GET", COMPLIANCE_DATA, headers={"Authorization": BEARER}),
        Answer(
            200,
            headers={"ETag": TAG},
            json={
                "version": not_empty("9.0.43-06820617"),
                "countries": each_like(
                    {
                        "country": regex("[A-Z]{2}", "GB"),
                        "name": like("United Kingdom"),
                        "callingCode": digits("44"),
                        "timeZones": like(["Europe/London"]),
                    }
                ),
                "areaCodes": containing(
                    {
                        "prefix": "1202",
                        "country": "US",
                        "region": like("Washington D.C."),
                        "timeZones": like(["America/New_York"]),
                    }
                ),
                "rules": each_like(
                    {
                        "name": like("United Kingdom"),
                        "country": like("GB"),
                        "region": like(""),
                        "prefixes": like(["44"]),
                        "weekdays": like([["08:00", "21:00"]]),
                        "saturday": like([["08:00", "21:00"]]),
                        "sunday": like([["09:00", "18:00"]]),
                    }
                ),
            },
        ),
        states=[issued],
    )
    row.http(
        "an unchanged data set is not sent again",
        VERSION,
        Ask(
            "GET",
            COMPLIANCE_DATA,
            headers={"Authorization": BEARER, "If-None-Match": from_state("${etag}", '"9.0.43"')},
        ),
        Answer(304, headers={"ETag": TAG}),
        states=[issued],
    )
    row.http(
        "an expired token is refused",
        OAUTH,
        Ask("GET", COMPLIANCE_DATA, headers={"Authorization": BEARER}),
        Answer(401, headers={"WWW-Authenticate": includes("Bearer", "Bearer")}, json={"error": "invalid_token"}),
        states=[given("a compliance token has expired")],
    )
    row.http(
        "the data set without a token is refused",
        OAUTH,
        Ask("GET", COMPLIANCE_DATA),
        Answer(401, headers={"WWW-Authenticate": includes("Bearer", "Bearer")}),
    )
