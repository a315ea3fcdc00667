"""Connection 10: GWS owns no configuration objects; it reads and writes them in Configuration Server."""

from __future__ import annotations

from typing import Any

import pytest

from cxmock.clients.http import HttpClient
from cxmock.fakes.confserv import Confserv
from cxmock.fakes.gws import Gws
from cxmock.journal import Journal
from cxmock.testbed import Testbed
from cxmock.wire.http import Response

from .conftest import GROUP, Define, Run


@pytest.fixture
def objects(cx_testbed: Testbed, cx_gws: Gws) -> Any:
    """Ask GWS's configuration API, as an operator's program would."""
    headers = {"Authorization": f"Bearer {cx_gws.issue_token_for('supervisor')}"}

    async def ask(method: str, path: str, json: object) -> Response:
        client = HttpClient(cx_testbed.env["CX_GWS_URL"], context=cx_testbed.authority.client_context, headers=headers)
        response = await client.request(method, f"/configuration/v3/objects/{path}", json=json)
        await client.aclose()
        return response

    return lambda method, path, json=None: cx_testbed.run(ask(method, path, json))


def test_an_imported_list_becomes_a_calling_list(cx_confserv: Confserv, cx_journal: Journal, leads: Run) -> None:
    """OCS finds the records by it: a calling list names its table access, and that the table."""
    calling_list = cx_confserv.named("CallingList", "Leads")
    access = cx_confserv.objects["TableAccess"][calling_list["tableAccessDBID"]]

    assert access["dbTableName"] == leads["table"] == "cxc.cl_leads"
    created = [one.request["attributes"]["objectType"] for one in cx_journal.exchanges(10, operation="CreateObject")]
    assert created == ["TableAccess", "CallingList"]


def test_a_campaign_group_is_written_after_its_campaign(
    cx_confserv: Confserv, cx_journal: Journal, campaign: Define
) -> None:
    """The documented order, so that what an object refers to is there. OCS reads it all too, outside the table."""
    campaign()

    group = cx_confserv.named("CampaignGroup", f"Spring@{GROUP}")
    spring = cx_confserv.named("Campaign", "Spring")
    assert group["campaignDBID"] == spring["DBID"]
    assert spring["callingLists"][0]["callingListDBID"] == cx_confserv.named("CallingList", "Leads")["DBID"]
    created = [one.request["attributes"]["objectType"] for one in cx_journal.exchanges(10, operation="CreateObject")]
    assert created[-2:] == ["Campaign", "CampaignGroup"]
    assert {one.source for one in cx_journal.exchanges(10)} == {"gws"}


def test_what_was_written_through_gws_appears_in_configuration_server(
    cx_confserv: Confserv, cx_journal: Journal, objects: Any
) -> None:
    """GWS translates: a key-value list becomes sections and options, the DBID comes back."""
    options = [{"key": "OServer", "type": "kvlist", "value": [{"key": "media", "type": "str", "value": "sms"}]}]

    made = objects("POST", "campaigns", {"data": {"name": "Autumn", "userProperties": options}}).json()["data"]

    assert cx_confserv.objects["Campaign"][made["DBID"]]["userProperties"] == {"OServer": {"media": "sms"}}
    assert cx_journal.wait_for(10, operation="CreateObject").response["messages"][0]["message"] == "ObjectCreated"


def test_what_configuration_server_refuses_gws_refuses(
    cx_confserv: Confserv, cx_journal: Journal, objects: Any
) -> None:
    """A name is given once, and what others refer to stays; the reasons are Configuration Server's."""
    objects("POST", "campaigns", {"data": {"name": "Autumn"}})
    in_use = cx_confserv.named("AgentGroup", GROUP)["agentDBIDs"][0]

    again = objects("POST", "campaigns", {"data": {"name": "Autumn"}})
    gone = objects("DELETE", f"persons/{in_use}")

    assert (again.status, gone.status) == (409, 409)
    assert "Autumn" in again.json()["status"]["message"]
    assert [one.operation for one in cx_journal.exchanges(10, where=lambda one: not one.ok)] == [
        "CreateObject",
        "DeleteObject",
    ]
