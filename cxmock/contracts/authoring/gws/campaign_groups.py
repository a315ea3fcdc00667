"""The configuration API, ``/configuration/v3``, as Campaign Manager uses it to change and remove campaign groups."""

from __future__ import annotations

from cxmock.contracts.authoring import Ask, Row, assumed, each_like, from_state, integer, like, regex, stated
from cxmock.contracts.authoring.gws.configuration import ANY_PROPERTIES, OBJECTS
from cxmock.contracts.authoring.gws.shared import TOKEN_IS_VALID, WITH_TOKEN, done
from cxmock.contracts.authoring.objects import ASSIGNED, WINTER

WRITING = assumed("reading is documented; that writes are PUT and DELETE on the same paths is ours")
GROUPS = f"{OBJECTS}/campaign-groups"
THIS = stated(from_state(f"{GROUPS}/${{dbid}}", f"{GROUPS}/101"), regex(f"{GROUPS}/[0-9]+", f"{GROUPS}/101"))
CAMPAIGNS = regex(f"{OBJECTS}/campaigns/[0-9]+", f"{OBJECTS}/campaigns/101")
CAMPAIGN = stated(from_state(f"{OBJECTS}/campaigns/${{dbid}}", f"{OBJECTS}/campaigns/101"), CAMPAIGNS)


def promise(row: Row) -> None:
    """Add the promises."""
    mode = {"dialMode": integer(2), "optMethod": integer(1), "optMethodValue": integer(70)}
    text = {"key": "message", "type": "str", "value": "Hello"}
    own = stated([{"key": "CXContact", "type": "kvlist", "value": [text]}], ANY_PROPERTIES)
    states = [TOKEN_IS_VALID, ASSIGNED]
    for description, changes in (
        ("how a campaign group dials is changed", mode),
        ("what a campaign group sends is changed", {**mode, "userProperties": own}),
    ):
        asked = Ask("PUT", THIS, headers=WITH_TOKEN, json={"data": changes})
        row.http(description, WRITING, asked, done(like({})), states=states)
    row.http("a campaign group is deleted", WRITING, Ask("DELETE", THIS, headers=WITH_TOKEN), done(), states=states)
    gone = Ask("DELETE", CAMPAIGN, headers=WITH_TOKEN)
    row.http("a campaign without campaign groups is deleted", WRITING, gone, done(), states=[TOKEN_IS_VALID, WINTER])
    number = from_state("${campaignId}", "101")
    of_campaign = Ask("GET", GROUPS, query={"campaignDBID:int": number}, headers=WITH_TOKEN)
    group = {"DBID": integer(101), "campaignDBID": integer(101), "groupDBID": integer(101)}
    found = done({"objects": each_like(group)})
    row.http("the campaign groups of a campaign are told", WRITING, of_campaign, found, states=states)
    none = Ask("GET", GROUPS, query={"campaignDBID:int": from_state("${dbid}", "101")}, headers=WITH_TOKEN)
    nothing = done({"objects": []})
    row.http("a campaign may have no campaign groups", WRITING, none, nothing, states=[TOKEN_IS_VALID, WINTER])
