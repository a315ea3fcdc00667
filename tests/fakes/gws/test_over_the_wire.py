"""GWS between its neighbours, called by a client that we did not write."""

from __future__ import annotations

import ssl
from collections.abc import Iterator

import httpx
import pytest

from cxmock.testbed import Testbed
from cxmock.topology import Component

AGENTS = "Outbound agents"


@pytest.fixture(scope="module")
def testbed() -> Iterator[Testbed]:
    """GWS, and whom it needs."""
    with Testbed() as testbed:
        testbed.start(Component.GWS)
        yield testbed


@pytest.fixture
def client(testbed: Testbed) -> Iterator[httpx.Client]:
    """CX Contact, logged in for itself."""
    testbed.reset()
    credentials = testbed.directory.credentials.gws_client
    context = ssl.create_default_context(cafile=str(testbed.authority.ca_file))
    with httpx.Client(base_url=testbed.env["CX_GWS_URL"], verify=context, timeout=10) as client:
        form = {"grant_type": "client_credentials"}
        token = client.post("/auth/v3/oauth/token", data=form, auth=(credentials.name, credentials.secret)).json()
        client.headers["Authorization"] = f"Bearer {token['access_token']}"
        yield client


def made(client: httpx.Client, kind: str, **attributes: object) -> int:
    """Make an object; return its DBID."""
    reply = client.post(f"/configuration/v3/objects/{kind}", json={"data": attributes}).json()
    assert reply["status"]["code"] == 0, reply
    return int(reply["data"]["DBID"])


def found(client: httpx.Client, kind: str, name: str) -> int:
    """Return the DBID of an object."""
    [one] = client.get(f"/configuration/v3/objects/{kind}", params={"name": name}).json()["data"]["objects"]
    return int(one["DBID"])


def test_a_campaign_is_made_loaded_and_watched(testbed: Testbed, client: httpx.Client) -> None:
    """Objects end up in Configuration Server, commands in OCS, and rows 9, 10 and 11 show it."""
    mark = testbed.journal.mark
    campaign, group = made(client, "campaigns", name="Spring"), found(client, "agent-groups", AGENTS)
    options = [{"key": "OServer", "type": "kvlist", "value": [{"key": "media", "type": "str", "value": "voice"}]}]
    dbid = made(client, "campaign-groups", campaignDBID=campaign, groupDBID=group, userProperties=options)
    kept = client.get(f"/configuration/v3/objects/campaign-groups/{dbid}").json()["data"]
    assert (kept["name"], kept["userProperties"]) == (f"Spring@{AGENTS}", options)

    ocs = f"/ocs/v3/servers/{found(client, 'applications', 'ocs')}"
    data = {"data": {"campaignId": campaign, "groupId": group}}
    assert client.post(f"{ocs}/load-campaign", json=data).json()["data"]["status"] == "Active"
    again = client.post(f"{ocs}/load-campaign", json=data)
    assert (again.status_code, again.json()["status"]["code"]) == (409, 409)
    query = {"objectId": f"Spring@{AGENTS}", "objectType": "CampaignGroup"}
    value = client.get("/statistics/v3/statistic-values/CampaignAttempts", params=query).json()
    assert value["data"]["statistic"]["value"] == 0
    assert client.post(f"{ocs}/unload-campaign", json=data).json()["data"]["status"] == "NotLoaded"

    seen = {number: testbed.journal.exchanges(number, since=mark) for number in (9, 10, 11)}
    assert {one.source for one in seen[9] + seen[10]} == {"gws"}
    assert "RequestLoadCampaign" in [one.operation for one in seen[9]]
    assert "CreateObject" in [one.operation for one in seen[10]]
    assert all(one.secure for one in seen[11])


def test_an_unplugged_back_end_is_an_error_of_the_back_end(testbed: Testbed, client: httpx.Client) -> None:
    """GWS itself goes on."""
    testbed.unplug(10)
    try:
        reply = client.get("/configuration/v3/objects/campaigns")
        assert (reply.status_code, reply.json()["status"]["code"]) == (502, 515)
        assert client.get("/auth/v3/ping").status_code == 200
    finally:
        testbed.plug(10)
    assert client.get("/configuration/v3/objects/campaigns").status_code == 200


def test_plain_http_is_answered_beside_tls(testbed: Testbed) -> None:
    """On the same port, as the table says."""
    place = testbed.directory.endpoint(Component.GWS)
    reply = httpx.get(f"http://{place.host}:{place.port}/auth/v3/ping")
    assert (reply.status_code, reply.content) == (403, b"")
