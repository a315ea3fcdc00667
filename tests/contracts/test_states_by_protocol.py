"""States brought about through a provider's own protocol, and what is said when the provider refuses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from cxmock.clients.http import HttpClient
from cxmock.clients.postgres import PostgresClient
from cxmock.contracts.adapters.postgres_states import PostgresStates
from cxmock.contracts.contact_states import ContactStates
from cxmock.errors.contracts import StateRefused
from cxmock.net.background import Background
from cxmock.testbed import Testbed
from cxmock.topology import Component
from cxmock.wire.http import Request, Response

from .conftest import Place


@pytest.fixture(scope="module")
def testbed() -> Iterator[Testbed]:
    with Testbed() as testbed:
        testbed.start(Component.POSTGRES)
        yield testbed


def test_a_calling_list_holds_what_the_state_says_and_nothing_of_before(testbed: Testbed) -> None:
    client = PostgresClient(testbed.env["CX_POSTGRES_URL"])
    states = PostgresStates(client)

    async def arranging() -> Any:
        for number in (1, 2):
            await states.calling_list("cl_spring", [{"contact_info": f"+{number}", "chain_id": number, "chain_n": 0}])
        found = await client.perform({"sql": "SELECT contact_info, record_status FROM cl_spring"})
        await client.aclose()
        return found["rows"]

    assert testbed.run(arranging()) == [["+2", 1]]


def test_what_the_database_refuses_is_told_with_its_words(testbed: Testbed) -> None:
    """OCS's role may make no table."""
    client = PostgresClient(testbed.env["CX_OCS_POSTGRES_URL"])

    with pytest.raises(StateRefused) as raised:
        testbed.run(PostgresStates(client).calling_list("cl_of_ocs", []))
    testbed.run(client.aclose())

    assert 'PostgreSQL refused CREATE TABLE cxc."cl_of_ocs": permission denied for schema cxc' in str(raised.value)


class Api:
    """CX Contact's API as far as a state needs it; ``status`` answers all but a login and what is ``missing``."""

    def __init__(self) -> None:
        self.status = 200
        self.missing: set[str] = set()
        self.text = "the share is full"
        self.url = ""
        self.asked: list[tuple[str, str, str]] = []

    def answer(self, request: Request) -> Response:
        self.asked.append((request.method, request.path, request.headers.get("cookie", "")))
        if request.path.endswith("/login"):
            good = request.json() == {"username": "Acme\\ada", "password": "s3cret"}
            return Response(200 if good else 401, {"Set-Cookie": "cxc-session-cookie=4711; Path=/"})
        return Response.plain(self.text, 404 if request.path in self.missing else self.status)

    @property
    def calls(self) -> list[str]:
        """What was asked, and forgotten by this."""
        asked, self.asked = self.asked, []
        return [f"{method} {path.removeprefix('/cx-contact/v3')}" for method, path, _ in asked]


@pytest.fixture
def api(place: Place) -> Api:
    api = Api()
    api.url = place.serve(api.answer)
    return api


def states_of(api: Api, password: str = "s3cret") -> ContactStates:
    async def known(number: int, template: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"username": "Acme\\ada", "password": password}

    return ContactStates(HttpClient(api.url), 4, known)


def arranging(
    background: Background, by: ContactStates | Api, state: str, password: str = "s3cret", **params: str
) -> Any:
    states = states_of(by, password) if isinstance(by, Api) else by

    async def arrange() -> Any:
        try:
            return await ContactStates.states.arrange(states, state, params)
        finally:
            await states.client.aclose()

    return background.run(arrange())


def test_a_login_gives_the_cookie(background: Background, api: Api) -> None:
    given = arranging(background, api, "user {name} is logged in to CX Contact", name="ada")

    assert given == {"cookie": "cxc-session-cookie=4711", "session": "4711"}


def test_a_refused_login_is_told(background: Background, api: Api) -> None:
    with pytest.raises(StateRefused) as raised:
        arranging(background, api, "user {name} is logged in to CX Contact", "wrong", name="ada")

    assert "CX Contact refused POST /cx-contact/v3/login: HTTP 401" in str(raised.value)


LOGGED_IN = "user {name} is logged in to CX Contact"


def test_who_is_logged_in_still_is_not_logged_in_again(background: Background, api: Api) -> None:
    states = states_of(api)
    given = arranging(background, states, LOGGED_IN, name="ada")
    assert api.calls == ["POST /login"]
    api.text = '{"data": {"username": "ada"}}'

    assert arranging(background, states, LOGGED_IN, name="ada") == given
    assert api.calls == ["GET /session"]
    arranging(background, states, LOGGED_IN, name="grace")
    assert api.calls == ["POST /login"]


@pytest.mark.parametrize("status", [200, 401, 404, 503])
def test_whose_session_has_ended_is_logged_in_again(background: Background, api: Api, status: int) -> None:
    states = states_of(api)
    for _ in range(2):
        arranging(background, states, LOGGED_IN, name="ada")
        api.status = status

    assert api.calls == ["POST /login", "GET /session", "POST /login"]


def test_who_has_another_role_now_is_logged_in_again(background: Background, api: Api) -> None:
    states = states_of(api)
    api.text = '{"data": {"username": "ada"}}'
    for role in ("ROLE_AGENT", "ROLE_ADMIN", "ROLE_ADMIN"):
        arranging(background, states, "user {name} of role {role} is logged in to CX Contact", name="ada", role=role)
    arranging(background, states, LOGGED_IN, name="ada")

    assert api.calls == ["POST /login", "POST /login", "GET /session", "POST /login"]


def test_of_what_builds_on_one_another_only_what_is_missing_is_made(background: Background, api: Api) -> None:
    api.missing = {"/cx-contact/v3/campaign-templates/sales"}
    arranging(background, api, "CX Contact has campaign template {name}, and what it builds on", name="sales")

    assert api.calls[1:] == [  # after the login
        "GET /session-profiles/daytime",
        "GET /dialing-profiles/calls",
        "GET /campaign-templates/sales",
        "POST /campaign-templates",
    ]


def test_other_states_are_brought_about_by_who_is_logged_in(background: Background, api: Api) -> None:
    arranging(background, api, "CX Contact has file {file} with {text}", file="import/leads.csv", text="a,b")

    assert api.asked[-1] == ("PUT", "/cx-contact/v3/files/import/leads.csv", "cxc-session-cookie=4711")


def test_what_is_to_be_missing_may_be_missing_already(background: Background, api: Api) -> None:
    api.status = 404

    arranging(background, api, "CX Contact has no job {name}", name="nightly")
    with pytest.raises(StateRefused):
        arranging(background, api, "CX Contact has job {name}", name="nightly")


def test_what_the_api_refuses_is_told_with_its_words(background: Background, api: Api) -> None:
    api.status = 503

    with pytest.raises(StateRefused) as raised:
        arranging(background, api, "CX Contact has no file {file}", file="import/leads.csv")

    assert "DELETE /cx-contact/v3/files/import/leads.csv: HTTP 503: the share is full" in str(raised.value)
