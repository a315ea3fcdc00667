"""OCS pushes where campaign groups stand; what comes late, or of nobody's campaign, does no harm."""

from __future__ import annotations

from typing import Any

from cxmock.testbed import Testbed
from cxmock.topology import Component
from cxmock.wire.http import Request, Response, to_json
from tests.reference.campaign_manager.conftest import NAME, Desk

FIRST, SECOND = "11111111-0000-4000-8000-000000000000", "22222222-0000-4000-8000-000000000000"


def push(testbed: Testbed, state: str, loading: str, *, name: str = NAME) -> Response:
    """Push a state as OCS does."""
    told = {
        "GSW_TENANT_NAME": "Acme",
        "GSW_TENANT_CCID": testbed.directory.credentials.ccid,
        "GSW_CAMPAIGN_GROUP_NAME": name,
        "GSW_CAMPAIGN_GROUP_GUID": loading,
        "GSW_CAMPAIGN_GROUP_STATE": state,
        "GSW_STAT_HIT_RATIO": 40,
    }
    service = testbed.part(Component.COMPLIANCE_MANAGER)
    answer: Response = testbed.run(service.answer(Request("POST", "/ocs/campaign-group-states", {}, to_json(told))))
    return answer


def pushed(desk: Desk, path: str) -> Any:
    """Return the state that was pushed last."""
    return desk.api.get(path)["pushed"]


def test_what_ocs_pushed_last_is_told_beside_what_it_says_now(desk: Desk) -> None:
    path = desk.group()
    assert pushed(desk, path) is None
    assert push(desk.testbed, "Running", FIRST).status == 200
    told = pushed(desk, path)
    assert (told["status"], told["hitRatio"]) == ("Running", 40)
    assert desk.api.get(path)["status"] == "NotLoaded"  # OCS's own word counts


def test_a_late_state_of_a_loading_that_is_over_changes_nothing(desk: Desk) -> None:
    """It was unloaded, or loaded anew, meanwhile: the GUID of the loading tells."""
    path = desk.group()
    for state, loading in (("Running", FIRST), ("NotLoaded", FIRST), ("Running", FIRST)):
        assert push(desk.testbed, state, loading).status == 200
    assert pushed(desk, path)["status"] == "NotLoaded"
    for state, loading in (("Active", SECOND), ("NotLoaded", FIRST)):
        assert push(desk.testbed, state, loading).status == 200
    assert pushed(desk, path)["status"] == "Active"


def test_a_state_of_a_campaign_group_that_nobody_made_is_refused_and_not_kept(desk: Desk) -> None:
    answer = push(desk.testbed, "Running", FIRST, name="Nobody@Nowhere")
    assert (answer.status, answer.json()["status"]["code"]) == (404, 604)
    path = desk.group()
    push(desk.testbed, "Running", FIRST)
    desk.api.call("DELETE", path)
    assert push(desk.testbed, "Active", SECOND).status == 404


def test_a_state_is_believed_while_nobody_can_tell_whose_it_is(desk: Desk) -> None:
    """GWS does not answer: losing the state would be worse."""
    path = desk.group()
    desk.testbed.unplug(11)
    assert push(desk.testbed, "Running", FIRST).status == 200
    desk.testbed.plug(11)
    assert pushed(desk, path)["status"] == "Running"
