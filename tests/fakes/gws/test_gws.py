"""GWS as a whole: who may come in, what an unknown call gets, traces, provider states, the way back to the start."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxmock.errors.calls import NotReachable
from cxmock.fakes.gws import Gws
from cxmock.net.clock import Clock
from cxmock.wire.http import Response

Call = Any
Server = Any
"""Both of conftest.py."""

FIELDS = (
    *("data", "campaignId", "groupId", "requestProperties", "dialMode", "userProperties", "key", "type", "value"),
    *("statistics", "statisticId", "objectId", "objectType", "name", "client_id", "client_secret", "redirectURIs"),
    *("channel", "clientId", "subscription", "advice", "timeout", "location", "userName", "oldPassword", "dbid:int"),
    *("redirect_uri", "response_type", "state", "global", "verbose", "statisticIds"),
)
"""Names that mean something to one operation or another."""


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


TEXTS = st.text(max_size=10) | st.sampled_from(["campaigns", "105", "s-1", "cx_contact", "Spring@Agents"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS) | TEXTS, inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_call_is_an_internal_error(gws: Gws, call: Call, confserv: Server, ocs: Server, data: st.DataObject) -> None:
    """Whatever is asked of whichever operation: the worst is that a back end is away, and that is said."""
    confserv.answers = ocs.answers = defaultdict(lambda: NotReachable("127.0.0.1:1", "connection refused"))
    gws.reset()
    gws.notifications.hold = 0.0
    given_by = data.draw(st.sampled_from(["a token is valid", "the operator may manage clients"]))
    headers = {"Authorization": call.arrange(given_by)["authorization"]}
    route = data.draw(st.sampled_from(Gws.routes.table))
    path = re.sub(r"\{\w+\}", lambda hole: quote(data.draw(TEXTS), safe="") or "x", route.template)
    query = urlencode(data.draw(st.dictionaries(st.sampled_from(FIELDS) | TEXTS, TEXTS, max_size=3)))
    body = data.draw(JSON | st.fixed_dictionaries({"data": JSON, "operationId": TEXTS}))
    response = call(route.method, f"{path}?{query}", json=body, headers=headers)
    assert response.status < 500 or response.json()["status"]["code"] == 515


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
