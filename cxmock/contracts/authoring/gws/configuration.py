"""The configuration API, ``/configuration/v3``."""

from __future__ import annotations

from typing import Any

from cxmock.contracts.authoring import (
    Ask,
    Row,
    assumed,
    documented,
    each_like,
    from_state,
    given,
    integer,
    like,
    one_of,
    regex,
    stated,
)
from cxmock.contracts.authoring.gws.shared import TOKEN_HAS_EXPIRED, TOKEN_IS_VALID, WITH_TOKEN, done, refused
from cxmock.contracts.authoring.objects import KINDS, NEW, SPRING, WINTER, Kind, New

READING = documented("Genesys' generated client of the Configuration API v3; attributes by the Configuration SDK")
OPTIONS = documented("key-value lists of Genesys' generated clients")
WRITING = assumed("reading is documented; that writes are POST, PUT and DELETE on the same paths is ours")
MAKING = assumed("attributes are the Configuration SDK's; that POST makes objects, and which CX Contact makes, is ours")
REFUSALS = assumed("the codes are observed in public clients; their HTTP statuses are ours")

TYPES = documented("the Configuration SDK's types and attributes; what CX Contact writes into them is ours")

OBJECTS = "/configuration/v3/objects"
ANY_TYPE = stated(f"{OBJECTS}/campaigns", regex(f"{OBJECTS}/[a-z-]+", f"{OBJECTS}/campaigns"))
COMMON = {"DBID": integer(101), "state": integer(1), "tenantDBID": integer(101), "folder": integer(101)}
PROPERTIES = each_like({"key": like("CXContact"), "type": "kvlist", "value": like([])}, min=0)
ANY_PROPERTIES = each_like(
    {
        "key": like("CXContact"),
        "type": "kvlist",
        "value": each_like({"key": like("message"), "type": "str", "value": like("Hello")}),
    }
)
CAMPAIGN = {
    "DBID": integer(101),
    "name": "Spring",
    "state": integer(1),
    "tenantDBID": integer(101),
    "folder": integer(101),
    "userProperties": like([]),
    "callingLists": each_like({"callingListDBID": integer(101), "share": integer(100), "isActive": like(True)}),
}
"""All that is told of a campaign."""
NO_AUTUMN = given("there is no {type} {name}", type="Campaign", name="Autumn")


def promise(row: Row) -> None:
    """Add this API's promises."""
    _reading(row)
    _writing(row)
    for kind in KINDS:
        _read(row, kind)
    for new in NEW:
        _made(row, new)
    _refusals(row)


def _reading(row: Row) -> None:
    row.http(
        "a campaign is found by its name",
        READING,
        Ask("GET", f"{OBJECTS}/campaigns", query={"name": like("Spring")}, headers=WITH_TOKEN),
        done({"objects": stated([CAMPAIGN], each_like(CAMPAIGN))}),
        states=[TOKEN_IS_VALID, SPRING],
    )
    row.http(
        "all objects of a type are told",
        READING,
        Ask("GET", ANY_TYPE, headers=WITH_TOKEN),
        done({"objects": each_like({**COMMON, "userProperties": PROPERTIES})}),
        states=[TOKEN_IS_VALID, SPRING],
    )
    nothing = stated(f"{OBJECTS}/filters", regex(f"{OBJECTS}/[a-z-]+", f"{OBJECTS}/filters"))
    row.http(
        "of a type there may be nothing, and that is no error",
        WRITING,
        Ask("GET", nothing, headers=WITH_TOKEN),
        done({"objects": []}),
        states=[TOKEN_IS_VALID],
    )
    row.http(
        "a campaign is found by its DBID, an integer filter",
        READING,
        Ask("GET", f"{OBJECTS}/campaigns", query={"dbid:int": from_state("${dbid}", "101")}, headers=WITH_TOKEN),
        done({"objects": [{"DBID": integer(101), "name": "Spring"}]}),
        states=[TOKEN_IS_VALID, SPRING],
    )
    one = from_state(f"{OBJECTS}/campaigns/${{dbid}}", f"{OBJECTS}/campaigns/101")
    row.http(
        "a campaign is shown by its DBID",
        READING,
        Ask("GET", one, headers=WITH_TOKEN),
        done(CAMPAIGN),
        states=[TOKEN_IS_VALID, SPRING],
    )
    row.http(
        "options are told as key-value lists",
        OPTIONS,
        Ask("GET", f"{OBJECTS}/applications", query={"name": "ocs"}, headers=WITH_TOKEN),
        done(
            {
                "objects": [
                    {
                        "DBID": integer(102),
                        "name": "ocs",
                        "type": "OutboundContactServer",
                        "options": each_like({"key": like("OServer"), "type": "kvlist", "value": like([])}),
                    }
                ]
            }
        ),
        states=[TOKEN_IS_VALID],
    )
    row.http(
        "what nobody made is not found, and that is no error",
        WRITING,
        Ask("GET", ANY_TYPE, query={"name": like("Autumn")}, headers=WITH_TOKEN),
        done({"objects": []}),
        states=[TOKEN_IS_VALID, NO_AUTUMN],
    )


def _writing(row: Row) -> None:
    row.http(
        "a campaign is created and gets a DBID",
        WRITING,
        Ask("POST", f"{OBJECTS}/campaigns", headers=WITH_TOKEN, json={"data": {"name": like("Autumn")}}),
        done({"DBID": integer(101)}),
        states=[TOKEN_IS_VALID, NO_AUTUMN],
    )
    media = {"key": like("media"), "type": one_of("str", "int"), "value": like("sms")}
    section = {"key": like("OServer"), "type": "kvlist", "value": each_like(media)}
    row.http(
        "an object is created with properties, in sections",
        WRITING,
        Ask(
            "POST",
            ANY_TYPE,
            headers=WITH_TOKEN,
            json={"data": {"name": like("Autumn"), "userProperties": each_like(section)}},
        ),
        done({"DBID": integer(101)}),
        states=[TOKEN_IS_VALID, NO_AUTUMN],
    )
    row.http(
        "a campaign is changed, and the change is told",
        WRITING,
        Ask(
            "PUT",
            from_state(f"{OBJECTS}/campaigns/${{dbid}}", f"{OBJECTS}/campaigns/101"),
            headers=WITH_TOKEN,
            json={"data": {"description": like("until the end of April")}},
        ),
        done({"description": "until the end of April"}),
        states=[TOKEN_IS_VALID, WINTER],
    )
    row.http(
        "a campaign is deleted",
        WRITING,
        Ask("DELETE", from_state(f"{OBJECTS}/campaigns/${{dbid}}", f"{OBJECTS}/campaigns/101"), headers=WITH_TOKEN),
        done(),
        states=[TOKEN_IS_VALID, WINTER],
    )


def _read(row: Row, kind: Kind) -> None:
    """Add what is told of objects of one type beside what all have."""
    told = {**COMMON, "name": stated(kind.shown), "userProperties": PROPERTIES, **kind.attributes}
    row.http(
        f"what is told of a {kind.name}",
        TYPES,
        Ask("GET", f"{OBJECTS}/{kind.plural}", query={"name": like(kind.shown)}, headers=WITH_TOKEN),
        done({"objects": [told]}),
        states=[TOKEN_IS_VALID, *kind.states],
    )


def _made(row: Row, new: New) -> None:
    sections = [
        {
            "key": section,
            "type": "kvlist",
            "value": [{"key": key, "type": "str", "value": value} for key, value in keys.items()],
        }
        for section, keys in new.properties.items()
    ]
    written = stated(sections, ANY_PROPERTIES) if new.more else sections
    data = {"name": like(new.name), **new.attributes} | ({"userProperties": written} if sections else {})
    row.http(
        f"{new.described} is made, as CX Contact wants it",
        MAKING,
        Ask("POST", f"{OBJECTS}/{new.plural}", headers=WITH_TOKEN, json={"data": data}),
        done({"DBID": integer(101)}),
        states=[TOKEN_IS_VALID, *new.states, given("there is no {type} {name}", type=new.kind, name=new.name)],
    )


def _refusals(row: Row) -> None:
    def refuse(description: str, status: int, code: int, ask: Ask, *states: Any) -> None:
        row.http(description, REFUSALS, ask, refused(status, code), states=states or [TOKEN_IS_VALID])

    refuse(
        "a campaign's name that is taken is refused",
        409,
        609,
        Ask("POST", f"{OBJECTS}/campaigns", headers=WITH_TOKEN, json={"data": {"name": like("Spring")}}),
        TOKEN_IS_VALID,
        SPRING,
    )
    refuse(
        "a calling list in use is not deleted",
        409,
        409,
        Ask(
            "DELETE",
            stated(
                from_state(f"{OBJECTS}/calling-lists/${{dbid}}", f"{OBJECTS}/calling-lists/101"),
                regex(f"{OBJECTS}/[a-z-]+/[0-9]+", f"{OBJECTS}/calling-lists/101"),
            ),
            headers=WITH_TOKEN,
        ),
        TOKEN_IS_VALID,
        SPRING,
        given("calling list {name} exists", name="Spring"),
    )
    refuse(
        "a calling list without a table is refused",
        400,
        651,
        Ask("POST", f"{OBJECTS}/calling-lists", headers=WITH_TOKEN, json={"data": {"name": like("Autumn")}}),
    )
    refuse(
        "a campaign that nobody made is not shown",
        404,
        604,
        Ask("GET", f"{OBJECTS}/campaigns/999999", headers=WITH_TOKEN),
    )
    refuse(
        "a campaign that nobody made cannot be changed",
        404,
        604,
        Ask("PUT", f"{OBJECTS}/campaigns/999999", headers=WITH_TOKEN, json={"data": {"state": like(2)}}),
    )
    refuse("an unknown type is not found", 404, 604, Ask("GET", f"{OBJECTS}/champagnes", headers=WITH_TOKEN))
    refuse(
        "an integer filter that is no integer is refused",
        400,
        652,
        Ask("GET", f"{OBJECTS}/campaigns", query={"dbid:int": "one"}, headers=WITH_TOKEN),
    )
    refuse(
        "configuration objects are not for who has an expired token",
        401,
        601,
        Ask("GET", f"{OBJECTS}/campaigns", headers=WITH_TOKEN),
        TOKEN_HAS_EXPIRED,
    )
    refuse("configuration objects are not for who has no token", 401, 601, Ask("GET", f"{OBJECTS}/campaigns"))
