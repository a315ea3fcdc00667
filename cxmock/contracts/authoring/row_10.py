"""Row 10: GWS reads and writes configuration objects at Configuration Server.

Which messages there are, in which order they come, the types of objects and their common attributes are observed or
documented; how attributes of messages are spelled, error codes and the bytes are assumed.
"""

from __future__ import annotations

from typing import Any

from cxmock.contracts.authoring import (
    Row,
    Term,
    assumed,
    containing,
    each_like,
    from_state,
    given,
    integer,
    keyed,
    like,
    not_empty,
    regex,
    stated,
    unseen,
)
from cxmock.contracts.authoring.objects import ASSIGNED, KINDS, NEW, SPRING, SPRING_LIST, WINTER, Kind, New

READING = assumed("ReadObjects, ObjectsRead, ObjectsSent and common attributes are observed; the spelling is ours")
WRITING = assumed("created, updated (a delta) and deleted objects are observed; the requests' names are ours")
OBJECTS = assumed("types and their attributes are the Configuration SDK's; what CX Contact writes into them is ours")
REFUSALS = assumed("that there is an Error is observed; its codes are ours")

TYPE = stated("Campaign", regex("[A-Z][A-Za-z]+", "Campaign"))
"""Whatever holds of campaigns holds of objects of all types."""
COMMON = {"DBID": integer(101), "tenantDBID": integer(101), "folder": integer(101), "state": integer(1)}
OBJECT = {
    **COMMON,
    "name": unseen("Spring"),
    "userProperties": like({}),
    "callingLists": unseen(each_like({"callingListDBID": integer(101), "share": integer(100), "isActive": like(True)})),
}
"""Persons have no name, but a user's name; calling lists are a campaign's."""
SCALAR = Term("Spring", ({"match": "type"}, {"match": "integer"}), combine="OR")
NO_AUTUMN = given("there is no {type} {name}", type="Campaign", name="Autumn")


def contract() -> Row:
    """Return the contract."""
    row = Row(10)
    _reading(row)
    _writing(row)
    for kind in KINDS:
        _read(row, kind)
    for new in NEW:
        _made(row, new)
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


def read(objects: Any, *, kind: Any = TYPE, count: Any = 1) -> list[tuple[str, dict[str, Any]]]:
    """Return the answers to who reads: the objects, and how many they were."""
    return [
        ("ObjectsRead", {"objectType": kind, "objects": objects}),
        ("ObjectsSent", {"objectType": kind, "count": count}),
    ]


def _reading(row: Row) -> None:
    several = stated([OBJECT], each_like(OBJECT))
    ask(
        row,
        "an object is read by its name",
        READING,
        "ReadObjects",
        {"objectType": TYPE, "filter": {"name": like("Spring")}},
        read([OBJECT]),
        [SPRING],
    )
    ask(
        row,
        "an object is read by its DBID",
        READING,
        "ReadObjects",
        {"objectType": TYPE, "filter": {"dbid": from_state("${dbid}", 101)}},
        read([OBJECT]),
        [SPRING],
    )
    ask(
        row,
        "objects are read by whatever attributes",
        READING,
        "ReadObjects",
        {"objectType": TYPE, "filter": stated({"name": "Spring", "state": 1}, keyed({"name": SCALAR}))},
        read(several, count=stated(1)),
        [SPRING],
    )
    ask(
        row,
        "all objects of a type are read",
        READING,
        "ReadObjects",
        {"objectType": TYPE, "filter": {}},
        read(each_like({**COMMON, "name": unseen(like("Spring"))}), count=integer(2)),
        [SPRING, WINTER],
    )
    zone = {**COMMON, "name": like("Africa/Abidjan")}
    row.operation(
        "many objects come in batches, and are counted at the end",
        READING,
        "confserv",
        {"message": "ReadObjects", "attributes": {"objectType": stated("TimeZone", TYPE), "filter": {}}},
        {
            "messages": containing(
                {"message": "ObjectsRead", "attributes": {"objectType": like("TimeZone"), "objects": each_like(zone)}},
                {"message": "ObjectsSent", "attributes": {"objectType": like("TimeZone"), "count": integer(597)}},
            )
        },
    )
    ask(
        row,
        "what nobody made is not there, and that is no error",
        READING,
        "ReadObjects",
        {"objectType": TYPE, "filter": stated({"name": "Autumn"}, keyed({"name": SCALAR}))},
        [("ObjectsSent", {"objectType": TYPE, "count": 0})],
        [NO_AUTUMN],
    )
    ask(
        row,
        "notifications are registered for",
        READING,
        "RegisterNotification",
        {"objectTypes": stated(["Campaign"], each_like("Campaign"))},
        [("NotificationRegistered", {"objectTypes": stated(["Campaign"], each_like("Campaign"))})],
    )


def _writing(row: Row) -> None:
    ask(
        row,
        "an object is created and gets a DBID and its defaults",
        WRITING,
        "CreateObject",
        {"objectType": "Campaign", "object": {"name": like("Autumn")}},
        [
            (
                "ObjectCreated",
                {
                    "objectType": "Campaign",
                    "object": {
                        **COMMON,
                        "name": stated("Autumn"),
                        "state": 1,
                        "userProperties": {},
                        "callingLists": [],
                    },
                },
            )
        ],
        [NO_AUTUMN],
    )
    properties = keyed({"OServer": keyed({"media": like("sms")})})
    made = stated({"OServer": {"media": "sms"}}, properties)
    ask(
        row,
        "an object is created with properties, in sections",
        WRITING,
        "CreateObject",
        {"objectType": TYPE, "object": {"name": like("Autumn"), "userProperties": properties}},
        [("ObjectCreated", {"objectType": TYPE, "object": {**COMMON, "userProperties": made}})],
        [NO_AUTUMN],
    )
    ask(
        row,
        "an object is changed, and the delta is told",
        WRITING,
        "UpdateObject",
        {
            "objectType": TYPE,
            "dbid": from_state("${dbid}", 101),
            "changes": stated({"description": "until the end of May"}, keyed({"description": SCALAR})),
        },
        [
            (
                "ObjectUpdated",
                {
                    "objectType": TYPE,
                    "dbid": integer(101),
                    "delta": stated({"description": "until the end of May"}, keyed({"description": SCALAR})),
                },
            )
        ],
        [WINTER],
    )
    sections = keyed({"CXContact": keyed({"message": like("Hello")})})
    changed = {"dialMode": integer(2), "optMethod": integer(1), "optMethodValue": integer(70)}
    ask(
        row,
        "how a campaign group dials and what it sends is changed",
        WRITING,
        "UpdateObject",
        {
            "objectType": "CampaignGroup",
            "dbid": from_state("${dbid}", 101),
            "changes": {**changed, "userProperties": stated({"CXContact": {"message": "Hello"}}, sections)},
        },
        [
            (
                "ObjectUpdated",
                {"objectType": "CampaignGroup", "dbid": integer(101), "delta": stated({"dialMode": 2}, like({}))},
            )
        ],
        [ASSIGNED],
    )
    ask(
        row,
        "an object to which no other refers is deleted",
        WRITING,
        "DeleteObject",
        {"objectType": TYPE, "dbid": from_state("${dbid}", 101)},
        [("ObjectDeleted", {"objectType": TYPE, "dbid": integer(101)})],
        [WINTER],
    )


def _read(row: Row, kind: Kind) -> None:
    """Add what is told of objects of one type beside what all have."""
    told = {**COMMON, "name": stated(kind.shown), "userProperties": like({}), **kind.attributes}
    ask(
        row,
        f"what is told of a {kind.name}",
        OBJECTS,
        "ReadObjects",
        {"objectType": kind.name, "filter": {"name": like(kind.shown)}},
        read([told], kind=kind.name),
        kind.states,
    )


def _made(row: Row, new: New) -> None:
    properties: Any = {section: dict(keys) for section, keys in new.properties.items()}
    if new.more:
        properties = stated(properties, keyed({"CXContact": keyed({"message": like("Hello")})}))
    written = {"name": like(new.name), **new.attributes} | ({"userProperties": properties} if properties else {})
    told = {**COMMON, **new.told, "name": stated(new.name), "userProperties": properties, "state": 1}
    ask(
        row,
        f"{new.described} is made, as CX Contact wants it",
        OBJECTS,
        "CreateObject",
        {"objectType": new.kind, "object": written},
        [("ObjectCreated", {"objectType": new.kind, "object": told})],
        [*new.states, given("there is no {type} {name}", type=new.kind, name=new.name)],
    )


def _refusals(row: Row) -> None:
    def refused(description: str, code: int, message: str, attributes: Any, states: Any = ()) -> None:
        told = {"code": code, "description": not_empty("why")}
        ask(row, description, REFUSALS, message, attributes, [("Error", told)], states)

    refused(
        "a name that is taken is refused",
        7,
        "CreateObject",
        {"objectType": "Campaign", "object": {"name": like("Spring")}},
        [SPRING],
    )
    refused(
        "an object in use is not deleted",
        8,
        "DeleteObject",
        {"objectType": stated("CallingList", TYPE), "dbid": from_state("${dbid}", 101)},
        [SPRING, SPRING_LIST],
    )
    refused(
        "a change of what is not there is refused",
        6,
        "UpdateObject",
        {"objectType": TYPE, "dbid": integer(999999), "changes": stated({"state": 2}, keyed({"state": SCALAR}))},
    )
    refused("what is not there cannot be deleted", 6, "DeleteObject", {"objectType": TYPE, "dbid": integer(999999)})
    refused("objects of no type are not read", 4, "ReadObjects", {"filter": {}})
    refused("an unknown message is refused", 2, "SingObjects", {"objectType": TYPE})
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
        [SPRING],
    )
