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
)
from cxmock.contracts.authoring.gws.shared import TOKEN_HAS_EXPIRED, TOKEN_IS_VALID, WITH_TOKEN, done, refused

READING = documented("Genesys' generated client of the Configuration API v3; attributes by the Configuration SDK")
OPTIONS = documented("key-value lists of Genesys' generated clients")
WRITING = assumed("reading is documented; that writes are POST, PUT and DELETE on the same paths is ours")
REFUSALS = assumed("the codes are observed in public clients; their HTTP statuses are ours")

OBJECTS = "/configuration/v3/objects"
SPRING = given("campaign {name} exists", name="Spring")
WINTER = given("campaign {name} exists", name="Winter")
"""No other object refers to this one."""
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
    _refusals(row)


def _reading(row: Row) -> None:
    row.http(
        "a campaign is found by its name",
        READING,
        Ask("GET", f"{OBJECTS}/campaigns", query={"name": like("Spring")}, headers=WITH_TOKEN),
        done({"objects": [CAMPAIGN]}),
        states=[TOKEN_IS_VALID, SPRING],
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
        "a calling list is found with its table and its treatments",
        READING,
        Ask("GET", f"{OBJECTS}/calling-lists", query={"name": like("Spring")}, headers=WITH_TOKEN),
        done(
            {
                "objects": [
                    {
                        "DBID": integer(101),
                        "name": "Spring",
                        "tableAccessDBID": integer(101),
                        "treatmentDBIDs": each_like(integer(101)),
                        "timeFrom": integer(28800),
                        "timeUntil": integer(64800),
                        "maxAttempts": integer(10),
                    }
                ]
            }
        ),
        states=[TOKEN_IS_VALID, given("calling list {name} exists", name="Spring")],
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
        Ask("GET", f"{OBJECTS}/campaigns", query={"name": like("Autumn")}, headers=WITH_TOKEN),
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
            from_state(f"{OBJECTS}/calling-lists/${{dbid}}", f"{OBJECTS}/calling-lists/101"),
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
