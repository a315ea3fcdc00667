"""GWS as a whole: who may come in, what an unknown call gets, traces, provider states, the way back to the start."""

from __future__ import annotations

from typing import Any

import pytest

from cxmock.fakes.gws import Gws
from cxmock.net.clock import Clock
from cxmock.wire.http import Response

Call = Any
"""The caller of conftest.py."""


@pytest.mark.parametrize("path", ["/voice/v3/calls", "/setting/v3/settings", "/environment/v3/environments"])
@pytest.mark.parametrize(
    ("token", "message"),
    [("", "There is no token."), ("Bearer x", "The token is unknown."), ("expired", "The token has expired.")],
)
def test_a_call_without_a_good_token_is_unauthorized(call: Call, path: str, token: str, message: str) -> None:
    """601 in the envelope, 401 on the wire, and where to get a token."""
    if token == "expired":
        token = call.arrange("a token has expired")["authorization"]
    response = call("GET", path, headers={"Authorization": token})
    assert (response.status, response.json()) == (
        401,
        {
            "status": {
                "code": 601,
                "message": message,
                "detail": "Get one at POST /auth/v3/oauth/token and send it as Authorization: Bearer <token>.",
            },
            "path": path,
        },
    )
    assert response.headers["www-authenticate"].startswith("Bearer")


def test_a_good_token_opens_every_api(supervisor: Call) -> None:
    """Setting and voice answer too."""
    for path in ("/voice/v3/calls", "/setting/v3/settings", "/environment/v3/environments"):
        assert supervisor("GET", path).json()["status"] == {"code": 0}


def test_the_trace_id_comes_back(call: Call) -> None:
    """On good and bad replies, enveloped or not."""
    for path in ("/auth/v3/ping", "/voice/v3/calls", "/auth/v3/ops/clients"):
        assert call("GET", path, headers={"X-B3-TraceId": "80f198ee56343ba8"}).headers["x-b3-traceid"] == (
            "80f198ee56343ba8"
        )
    assert "x-b3-traceid" not in call("GET", "/auth/v3/ping").headers


@pytest.mark.parametrize("path", ["/", "/auth", "/authx/v3/ping", "/outbound/v3/campaigns", "//"])
def test_an_unknown_call_is_told_what_gws_answers(call: Call, path: str) -> None:
    """404, and every operation of every API."""
    response = call("GET", path)
    assert response.status == 404
    assert response.json()["status"]["message"] == f"Gws does not answer GET {path}."
    assert "POST /auth/v3/oauth/token" in response.json()["operations"]
    assert "GET /voice/v3/calls" in response.json()["operations"]


def test_another_method_is_told_which_one_is_answered(call: Call) -> None:
    """405 within an API."""
    response = call("GET", "/auth/v3/oauth/token")
    assert (response.status, response.json()["status"]["detail"]) == (405, "It answers POST there.")


def test_reset_is_the_state_right_after_the_start(gws: Gws, call: Call, supervisor: Call) -> None:
    """Users, clients, sessions, settings: all as seeded."""
    client, user = gws.credentials.gws_client, gws.credentials.gws_user
    call.arrange("client {client_id} is known", client_id="other")
    call.arrange("user {name} has logged in", name="jane")
    gws.users["supervisor"].password = "changed"
    gws.clients["cx_contact"].grants = ()
    assert supervisor("PUT", "/setting/v3/settings/a", json={"data": {"b": 1}}).status == 200
    gws.reset()
    assert list(gws.clients) == [client.name]
    assert (gws.clients[client.name].secret, len(gws.clients[client.name].grants)) == (client.secret, 7)
    assert {name: one.password for name, one in gws.users.items()} == {user.name: user.secret}
    assert not any((gws.tokens, gws.identity.refresh_tokens, gws.identity.codes, gws.setting.values))
    assert supervisor("GET", "/voice/v3/calls").status == 401


def test_settings_can_be_written_and_read(supervisor: Call) -> None:
    """What is assumed of the setting API, and an error with the names there are."""
    assert supervisor("PUT", "/setting/v3/settings/a", json={"data": {"b": 1}}).status == 200
    assert supervisor("GET", "/setting/v3/settings/a").json()["data"] == {"b": 1}
    assert supervisor("GET", "/setting/v3/settings/b").json()["status"] == {
        "code": 604,
        "message": "There is no setting b.",
        "detail": "There are: a.",
    }


def login(call: Call, given: dict[str, str]) -> Response:
    response: Response = call.token(grant_type="password", **given)
    return response


def test_provider_states_give_what_interactions_need(call: Call, clock: Clock) -> None:
    """Each state holds, and its values work."""
    assert login(call, call.arrange("user {name} may log in", name="jane")).status == 200
    known = call.arrange("client {client_id} is known", client_id="ivr")
    assert call.token(grant_type="client_credentials", **known).status == 200
    for state, status in (("a token is valid", 200), ("a token has expired", 403)):
        token = call.arrange(state)
        assert call("GET", "/auth/v3/ping", headers={"Authorization": token["authorization"]}).status == status
    token = call.arrange("user {name} has logged in", name="jane")
    assert call.gws.tokens[token["access_token"]].user.login == "jane"
    assert call.token(grant_type="refresh_token", refresh_token=token["refresh_token"]).status == 200
    code = call.arrange("a browser was given an authorization code")
    assert call.token(grant_type="authorization_code", **code).status == 200
    ops = call.arrange("the operator may manage clients")
    assert call("GET", "/auth/v3/ops/clients", headers={"Authorization": ops["authorization"]}).status == 200
