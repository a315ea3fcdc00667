"""Row 10: GWS reads and writes configuration objects at Configuration Server.

Which messages there are, in which order they come, the types of objects and their common attributes are observed or
documented; how attributes of messages are spelled, error codes and the bytes are assumed.
"""

from __future__ import annotations

from typing import Any

from cxmock.contracts.authoring import Row, assumed, each_like, from_state, given, integer, like, not_empty

READING = assumed("ReadObjects, ObjectsRead, ObjectsSent and common attributes are observed; the spelling is ours")
WRITING = assumed("created, updated (a delta) and deleted objects are observed; the requests' names are ours")
REFUSALS = assumed("that there is an Error is observed; its codes are ours")

EXISTS = given("campaign {name} exists", name="Spring")
EXISTS_APART = given("campaign {name} exists", name="Winter")
"""No other object refers to this one."""


def contract() -> Row:
    """Return the contract."""
    row = Row(10)
    _reading(row)
    _writing(row)
    _refusals(row)
    return row


def ask(
    row: Row, description: str, evidence: Any, message: str, attributes: Any, answers: Any, states: Any = ()
) -> None:
    """Add a promise about one message and its answers."""
    row.operation(
        description,
        evidence,
        "confserv",
        {"message": message, "attributes": attributes},
        {"messages": [{"message": name, "attributes": told} for name, told in answers]},
        states=states,
    )


def _reading(row: Row) -> None:
    ask(
        row,
        "an object is read by its name",
        READING,
        "ReadObjects",
        {"objectType": "Campaign", "filter": {"name": like("Spring")}},
        [
            (
                "ObjectsRead",
                {
                    "objectType": "Campaign",
                    "objects": [
                        {
                            "DBID": integer(101),
                            "tenantDBID": integer(101),
                            "folder": integer(101),
                            "name": "Spring",
                            "state": integer(1),
                            "userProperties": like({}),
                            "callingLists": each_like(
                                {"callingListDBID": integer(101), "share": integer(100), "isActive": like(True)}
                            ),
                        }
                    ],
                },
            ),
            ("ObjectsSent", {"objectType": "Campaign", "count": 1}),
        ],
        [EXISTS],
    )
    ask(
        row,
        "an object is read by its DBID",
        READING,
        "ReadObjects",
        {"objectType": "Campaign", "filter": {"dbid": from_state("${dbid}", 101)}},
        [
            ("ObjectsRead", {"objectType": "Campaign", "objects": [{"DBID": integer(101), "name": "Spring"}]}),
            ("ObjectsSent", {"objectType": "Campaign", "count": 1}),
        ],
        [EXISTS],
    )
    ask(
        row,
        "what nobody made is not there, and that is no error",
        READING,
        "ReadObjects",
        {"objectType": "Campaign", "filter": {"name": like("Autumn")}},
        [("ObjectsSent", {"objectType": "Campaign", "count": 0})],
        [given("there is no {type} {name}", type="Campaign", name="Autumn")],
    )
    ask(
        row,
        "notifications are registered for",
        READING,
        "RegisterNotification",
        {"objectTypes": like(["Campaign"])},
        [("NotificationRegistered", {"objectTypes": ["Campaign"]})],
    )


def _writing(row: Row) -> None:
    ask(
        row,
        "an object is created and gets a DBID and its defaults",
        WRITING,
        "CreateObject",
        {"objectType": "Campaign", "object": like({"name": "Autumn"})},
        [
            (
                "ObjectCreated",
                {
                    "objectType": "Campaign",
                    "object": {
                        "DBID": integer(101),
                        "name": "Autumn",
                        "state": 1,
                        "tenantDBID": integer(101),
                        "folder": integer(101),
                        "userProperties": {},
                        "callingLists": [],
                    },
                },
            )
        ],
        [given("there is no {type} {name}", type="Campaign", name="Autumn")],
    )
    ask(
        row,
        "an object is changed, and the delta is told",
        WRITING,
        "UpdateObject",
        {
            "objectType": "Campaign",
            "dbid": from_state("${dbid}", 101),
            "changes": like({"description": "until the end of May"}),
        },
        [
            (
                "ObjectUpdated",
                {"objectType": "Campaign", "dbid": integer(101), "delta": {"description": "until the end of May"}},
            )
        ],
        [EXISTS_APART],
    )
    ask(
        row,
        "an object to which no other refers is deleted",
        WRITING,
        "DeleteObject",
        {"objectType": "Campaign", "dbid": from_state("${dbid}", 101)},
        [("ObjectDeleted", {"objectType": "Campaign", "dbid": integer(101)})],
        [EXISTS_APART],
    )


def _refusals(row: Row) -> None:
    def refused(description: str, code: int, message: str, attributes: Any, states: Any = ()) -> None:
        told = {"code": code, "description": not_empty("why")}
        ask(row, description, REFUSALS, message, attributes, [("Error", told)], states)

    refused(
        "a name that is taken is refused",
        7,
        "CreateObject",
        {"objectType": "Campaign", "object": like({"name": "Spring"})},
        [EXISTS],
    )
    refused(
        "an object in use is not deleted",
        8,
        "DeleteObject",
        {"objectType": "CallingList", "dbid": from_state("${dbid}", 101)},
        [EXISTS, given("calling list {name} exists", name="Spring")],
    )
    refused(
        "a change of what is not there is refused",
        6,
        "UpdateObject",
        {"objectType": "Campaign", "dbid": integer(999999), "changes": like({"state": 2})},
    )
    refused(
        "an unknown type is refused",
        5,
        "ReadObjects",
        {"objectType": like("Champagne"), "filter": {}},
    )
    refused(
        "a campaign group whose buffers are the wrong way round is refused",
        5,
        "CreateObject",
        {
            "objectType": "CampaignGroup",
            "object": {
                "campaignDBID": from_state("${dbid}", 101),
                "groupDBID": integer(101),
                "minRecBuffSize": 6,
                "optRecBuffSize": 6,
            },
        },
        [EXISTS],
    )
