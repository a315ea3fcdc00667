"""The compliance data provider: who may read the data, and when it is sent."""

from __future__ import annotations

import asyncio
from base64 import b64encode

import pytest

from cxmock.fakes.compliance_provider import ComplianceProvider
from cxmock.fakes.compliance_provider.provider import TOKENS
from cxmock.net.clock import Clock
from cxmock.serving import Login
from cxmock.wire.http import Request, form_body

DATA = "/api/v2/outbound/compliancedata"
CLIENT = Login("cx-contact", "s3cret:with:colons")


@pytest.fixture
def provider() -> ComplianceProvider:
    return ComplianceProvider(CLIENT, Clock(1_767_225_600))


def token_of(provider: ComplianceProvider) -> str:
    form = {"grant_type": "client_credentials", "client_id": CLIENT.name, "client_secret": CLIENT.secret}
    token: str = provider.answer(Request("POST", "/oauth/token", body=form_body(form))).json()["access_token"]
    return token


def get(provider: ComplianceProvider, token: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    sent = {"Authorization": f"Bearer {token}"} | {name.replace("_", "-"): value for name, value in headers.items()}
    response = provider.answer(Request("GET", DATA, sent))
    return response.status, response.headers, response.body


def test_client_credentials_in_the_form_give_a_bearer_token(provider: ComplianceProvider) -> None:
    form = {"grant_type": "client_credentials", "client_id": CLIENT.name, "client_secret": CLIENT.secret}

    reply = provider.answer(Request("POST", "/oauth/token", body=form_body(form)))

    assert reply.status == 200
    assert reply.json() == {"access_token": token_of_reply(reply.json()), "token_type": "bearer", "expires_in": 3600}
    assert reply.headers["cache-control"] == "no-store"


def token_of_reply(reply: dict[str, str]) -> str:
    assert len(reply["access_token"]) == 36
    return reply["access_token"]


def test_client_credentials_as_basic_give_a_token_too(provider: ComplianceProvider) -> None:
    basic = b64encode(f"{CLIENT.name}:{CLIENT.secret}".encode()).decode()
    request = Request("POST", "/oauth/token", {"Authorization": f"Basic {basic}"}, b"grant_type=client_credentials")

    assert provider.answer(request).status == 200


@pytest.mark.parametrize(
    ("form", "basic", "status", "error"),
    [
        (
            {"grant_type": "client_credentials", "client_id": CLIENT.name, "client_secret": "no"},
            "",
            401,
            "invalid_client",
        ),
        ({"grant_type": "client_credentials"}, "", 401, "invalid_client"),
        ({"grant_type": "client_credentials"}, "not base64!", 401, "invalid_client"),
        ({"client_id": CLIENT.name, "client_secret": CLIENT.secret}, "", 400, "invalid_request"),
        (
            {"grant_type": "password", "client_id": CLIENT.name, "client_secret": CLIENT.secret},
            "",
            400,
            "unsupported_grant_type",
        ),
    ],
)
def test_a_wrong_token_request_is_refused_with_the_oauth_error(
    provider: ComplianceProvider, form: dict[str, str], basic: str, status: int, error: str
) -> None:
    headers = {"Authorization": f"Basic {basic}"} if basic else {}

    reply = provider.answer(Request("POST", "/oauth/token", headers, form_body(form)))

    assert (reply.status, reply.json()["error"]) == (status, error)
    assert provider.tokens == {}


def test_the_data_set_comes_with_its_version_as_entity_tag(provider: ComplianceProvider) -> None:
    status, headers, body = get(provider, token_of(provider))

    assert (status, headers["etag"], headers["content-type"]) == (200, provider.data.etag, "application/json")
    assert body == provider.data.body


def test_who_has_the_version_already_gets_304_and_no_body(provider: ComplianceProvider) -> None:
    token = token_of(provider)
    _, headers, _ = get(provider, token)

    status, again, body = get(provider, token, If_None_Match=headers["etag"])

    assert (status, again["etag"], body) == (304, headers["etag"], b"")


def test_published_rules_make_a_new_version_that_is_sent_again(provider: ComplianceProvider) -> None:
    token = token_of(provider)
    old = provider.data

    version = provider.publish([{"name": "never", "prefixes": []}])
    status, headers, _ = get(provider, token, If_None_Match=old.etag)

    assert (status, headers["etag"]) == (200, f'"{version}"')
    assert version != old.version
    assert provider.data.content()["rules"] == [{"name": "never", "prefixes": []}]
    assert provider.data.content()["areaCodes"] == old.content()["areaCodes"]


@pytest.mark.parametrize("header", ["", "Bearer ", "Bearer unknown", "Basic abc"])
def test_without_a_token_that_holds_there_is_no_data(provider: ComplianceProvider, header: str) -> None:
    reply = provider.answer(Request("GET", DATA, {"Authorization": header}))

    assert reply.status == 401
    assert reply.headers["www-authenticate"].startswith("Bearer ")


def test_a_token_expires_after_an_hour(provider: ComplianceProvider) -> None:
    token = token_of(provider)

    provider.clock.advance(3601)
    status, headers, body = get(provider, token)

    assert status == 401
    assert 'error="invalid_token"' in headers["www-authenticate"]
    assert b"unknown or has expired" in body


def test_tokens_are_bounded(provider: ComplianceProvider) -> None:
    first = token_of(provider)
    for _ in range(TOKENS):
        token_of(provider)

    assert len(provider.tokens) == TOKENS
    assert get(provider, first)[0] == 401


def test_reset_forgets_tokens_and_published_rules(provider: ComplianceProvider) -> None:
    token, old = token_of(provider), provider.data
    provider.publish([])

    provider.reset()

    assert get(provider, token)[0] == 401
    assert provider.data is old


def test_provider_states_give_what_the_interactions_need(provider: ComplianceProvider) -> None:
    known, issued, expired = (
        asyncio.run(provider.states.arrange(provider, name, {}))
        for name in (
            "the compliance client is known",
            "a compliance token was issued",
            "a compliance token has expired",
        )
    )

    token = Request("POST", "/oauth/token", {"Authorization": known["authorization"]}, b"grant_type=client_credentials")
    assert provider.answer(token).status == 200
    current = {"Authorization": issued["authorization"], "If-None-Match": issued["etag"]}
    assert provider.answer(Request("GET", DATA, current)).status == 304
    assert provider.answer(Request("GET", DATA, {"Authorization": expired["authorization"]})).status == 401
