"""The configuration API passes on what Configuration Server keeps."""

from __future__ import annotations

from typing import Any

import pytest

from cxmock.errors.calls import NotReachable
from cxmock.errors.genesys import GenesysRefused, GenesysSilent
from cxmock.wire.genesys import Message

Call = Any
Server = Any
"""Both of conftest.py."""

OBJECTS = "/configuration/v3/objects"
OPTIONS = [{"key": "OCServer", "type": "kvlist", "value": [{"key": "hold", "type": "int", "value": 0}]}]


def read(*objects: dict[str, Any]) -> list[Message]:
    """Return the answers to ReadObjects, in two batches."""
    batches = [Message("ObjectsRead", {"objects": [one]}) for one in objects]
    return [*batches, Message("ObjectsSent", {})]


def test_objects_are_read_by_type_and_filters(supervisor: Call, confserv: Server) -> None:
    """Filters go on as they came, integers as integers; options come back as key-value lists."""
    confserv.answers["ReadObjects"] = read(
        {"DBID": 101, "name": "a", "userProperties": {"OCServer": {"hold": 0}}}, {"DBID": 102, "name": "b"}
    )
    response = supervisor(
        "GET", f"{OBJECTS}/agent-groups?name=a*&person_dbid:int=101&tenant_dbid:int=1&tenant_dbid:int=2"
    )
    assert response.json() == {
        "status": {"code": 0},
        "data": {"objects": [{"DBID": 101, "name": "a", "userProperties": OPTIONS}, {"DBID": 102, "name": "b"}]},
    }
    filters = {"name": "a*", "person_dbid": 101, "tenant_dbid": [1, 2]}
    assert confserv.asked == [("ReadObjects", {"objectType": "AgentGroup", "filter": filters})]


def test_one_object_is_read_by_its_dbid(supervisor: Call, confserv: Server) -> None:
    """An unknown one is 604."""
    confserv.answers["ReadObjects"] = read({"DBID": 7, "name": "a"})
    assert supervisor("GET", f"{OBJECTS}/campaigns/7").json()["data"] == {"DBID": 7, "name": "a"}
    confserv.answers["ReadObjects"] = read()
    assert supervisor("GET", f"{OBJECTS}/campaigns/8").json()["status"] == {
        "code": 604,
        "message": "There is no Campaign 8.",
        "detail": "",
    }


def test_an_object_is_made_and_changed_and_deleted(supervisor: Call, confserv: Server) -> None:
    """Options go to Configuration Server as sections; its DBID and its delta come back."""
    confserv.answers = {
        "CreateObject": [Message("ObjectCreated", {"object": {"DBID": 7}})],
        "UpdateObject": [Message("ObjectUpdated", {"delta": {"userProperties": {"OCServer": {"hold": 0}}}})],
        "DeleteObject": [Message("ObjectDeleted", {})],
    }
    made = supervisor("POST", f"{OBJECTS}/calling-lists", json={"data": {"name": "a", "userProperties": OPTIONS}})
    assert made.json()["data"] == {"DBID": 7}
    changed = supervisor("PUT", f"{OBJECTS}/calling-lists/7", json={"data": {"name": None}})
    assert changed.json()["data"] == {"userProperties": OPTIONS}
    assert supervisor("DELETE", f"{OBJECTS}/calling-lists/7").json() == {"status": {"code": 0}}
    properties = {"OCServer": {"hold": 0}}
    assert confserv.asked == [
        ("CreateObject", {"objectType": "CallingList", "object": {"name": "a", "userProperties": properties}}),
        ("UpdateObject", {"objectType": "CallingList", "dbid": 7, "changes": {"name": None}}),
        ("DeleteObject", {"objectType": "CallingList", "dbid": 7}),
    ]


@pytest.mark.parametrize(
    ("target", "code", "message", "detail"),
    [
        ("campaing", 604, 'There is no type "campaing" of objects.', 'Did you mean "campaigns"?'),
        ("campaigns?dbid=7", 652, "The filter dbid is an integer.", "Write dbid:int=7."),
        ("campaigns?dbid:int=x", 652, "The filter dbid is to be an integer.", "It is x."),
        ("campaigns?dbid:int=1_0", 652, "The filter dbid is to be an integer.", "It is 1_0."),
        ("campaigns?name:str=x", 652, 'The filter name has the type "str".', "Write name or name:int."),
        ("campaigns/x", 652, "The DBID is to be an integer.", "It is x."),
        ("campaigns/%C2%B2", 652, "The DBID is to be an integer.", "It is ²."),
    ],
)
def test_a_wrong_question_is_not_passed_on(
    supervisor: Call, confserv: Server, target: str, code: int, message: str, detail: str
) -> None:
    """GWS says what is wrong with it."""
    response = supervisor("GET", f"{OBJECTS}/{target}")
    assert response.json()["status"] == {"code": code, "message": message, "detail": detail}
    assert confserv.asked == []


def test_options_that_are_no_key_value_list_are_not_passed_on(supervisor: Call, confserv: Server) -> None:
    """The place is named."""
    wrong = {"name": "a", "userProperties": {"OCServer": {}}}
    response = supervisor("POST", f"{OBJECTS}/campaigns", json={"data": wrong})
    assert response.json()["status"] == {
        "code": 652,
        "message": "userProperties is no key-value list.",
        "detail": 'the list is to be a list of {"key", "type", "value"}, not {\'OCServer\': {}}.',
    }
    assert confserv.asked == []


@pytest.mark.parametrize(
    ("error", "status", "code", "message"),
    [
        (GenesysRefused("s", "CreateObject", 4, "Campaign needs a name."), 400, 651, "Campaign needs a name."),
        (GenesysRefused("s", "CreateObject", 5, "No such type."), 400, 652, "No such type."),
        (GenesysRefused("s", "CreateObject", 6, "There is none."), 404, 604, "There is none."),
        (GenesysRefused("s", "CreateObject", 7, "There is one."), 409, 609, "There is one."),
        (GenesysRefused("s", "CreateObject", 8, "It is used."), 409, 409, "It is used."),
        (GenesysRefused("s", "CreateObject", 99, "A bug."), 502, 515, "A bug."),
        (NotReachable("s", "connection refused"), 502, 515, "Configuration Server does not answer."),
        (GenesysSilent("s", "CreateObject", "no answer"), 502, 515, "Configuration Server does not answer."),
    ],
)
def test_an_error_of_configuration_server_becomes_a_code_of_gws(
    supervisor: Call, confserv: Server, error: Exception, status: int, code: int, message: str
) -> None:
    """With what Configuration Server said."""
    confserv.answers["CreateObject"] = error
    response = supervisor("POST", f"{OBJECTS}/campaigns", json={"data": {"name": "a"}})
    assert response.status == status
    assert response.json()["status"]["code"] == code
    assert response.json()["status"]["message"] == message


def test_options_that_a_key_value_list_cannot_hold_are_an_error_of_the_back_end(
    supervisor: Call, confserv: Server
) -> None:
    """It names the object and the place."""
    confserv.answers["ReadObjects"] = read({"DBID": 7, "name": "a", "userProperties": {"s": {"on": True}}})
    assert supervisor("GET", f"{OBJECTS}/campaigns").json()["status"] == {
        "code": 515,
        "message": "Configuration Server's userProperties of a cannot be written as a key-value list.",
        "detail": "s.on is a bool; a key-value list holds str, int and kvlist.",
    }
