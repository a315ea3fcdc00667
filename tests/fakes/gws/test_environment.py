"""The environment API: where a contact centre's settings are kept."""

from __future__ import annotations

from typing import Any

import pytest

Call = Any
"""The caller of conftest.py."""

ORIGINS = {"location": "/", "name": "cors-origins", "shared": "true", "value": "https://cxc.example"}


def settings_path(call: Call) -> str:
    return f"/environment/v3/contact-centers/{call.gws.credentials.ccid}/settings"


def test_a_setting_is_overwritten_by_the_next(supervisor: Call) -> None:
    """POST leaves nothing of the old value; another name or location is another setting."""
    path = settings_path(supervisor)
    assert supervisor("POST", path, json={"data": ORIGINS}).json() == {"status": {"code": 0}}
    supervisor("POST", path, json={"data": {"name": "cors-origins", "location": "/", "value": "https://b"}})
    supervisor("POST", path, json={"data": {**ORIGINS, "location": "/USW1"}})
    assert supervisor("GET", path).json()["data"]["settings"] == [
        {"location": "/", "name": "cors-origins", "shared": False, "value": "https://b"},
        {**ORIGINS, "location": "/USW1"},
    ]


def test_the_operator_may_do_it_too(call: Call) -> None:
    """With HTTP Basic authentication, as Genesys' deployment scripts do."""
    call.headers["Authorization"] = call.arrange("the operator may manage clients")["authorization"]
    assert call("GET", settings_path(call)).status == 200


def test_there_is_one_environment_and_one_contact_centre(supervisor: Call) -> None:
    """The contact centre is the tenant's, and carries its UUID."""
    ccid = supervisor.gws.credentials.ccid
    assert supervisor("GET", "/environment/v3/environments").json()["data"][0]["id"] == ccid
    [centre] = supervisor("GET", "/environment/v3/contact-centers").json()["data"]
    assert (centre["id"], centre["domains"]) == (ccid, ["Acme"])


def test_another_contact_centre_is_unknown(supervisor: Call) -> None:
    """The reply names the one there is."""
    response = supervisor("GET", "/environment/v3/contact-centers/x/settings")
    assert response.json()["status"]["code"] == 604
    assert supervisor.gws.credentials.ccid in response.json()["status"]["detail"]


@pytest.mark.parametrize(
    ("data", "code", "message"),
    [
        ({"value": 1}, 651, "name is missing."),
        ({"name": "a"}, 651, "value is missing."),
        ({"name": 1, "value": 1}, 652, "name is to be text."),
    ],
)
def test_a_setting_needs_a_name_and_a_value(supervisor: Call, data: dict[str, Any], code: int, message: str) -> None:
    """Nothing is kept of a refused one."""
    response = supervisor("POST", settings_path(supervisor), json={"data": data})
    assert (response.json()["status"]["code"], response.json()["status"]["message"]) == (code, message)
    assert supervisor.gws.environment.settings == {}
