"""Row 9, traces: a command may carry the trace id of whoever had it given, and is carried out as without.

Assumed from end to end: that requests have extensions is observed, this entry is ours.
"""

from __future__ import annotations

from cxmock.contracts.authoring import Row, assumed, from_state, given, not_empty, regex
from cxmock.contracts.authoring.campaign import BEFORE_OR_AFTER, LOADS, told_of_loaded

TRACES = assumed("that requests have extensions is observed; the trace id among them, by its name over HTTP, is ours")

LOADED = given("campaign {name} is loaded", name="Summer")
TRACED = {
    "campaignId": from_state("${campaignId}", 101),
    "groupId": from_state("${groupId}", 101),
    "extensions": {"x-b3-traceid": regex("[0-9A-Za-z_-]{1,64}", "463ac35c9f6413ad")},
}


def add_to(row: Row) -> None:
    """Add the promises."""
    for description, message, answer, attributes, state, after in (
        (
            "a campaign is loaded for somebody whose trace goes along",
            "RequestLoadCampaign",
            ("CampaignLoaded", told_of_loaded("Active")),
            {**TRACED, "requestProperties": {}},
            given("campaign {name} is not loaded", name="Summer"),
            (),
        ),
        (
            "a campaign begins to dial for somebody whose trace goes along",
            "StartDialing",
            ("DialingStarted", told_of_loaded("Running")),
            TRACED,
            LOADED,
            (LOADS,),
        ),
        (
            "a campaign is unloaded for somebody whose trace goes along",
            "ForceUnloadCampaign",
            ("CampaignUnloaded", told_of_loaded("NotLoaded")),
            TRACED,
            LOADED,
            (LOADS,),
        ),
        (
            "somebody whose trace goes along is told where a campaign stands",
            "GetCampaignStatus",
            ("CampaignStatus", told_of_loaded(BEFORE_OR_AFTER)),
            TRACED,
            LOADED,
            (),
        ),
        (
            "a refusal answers a command with a trace, too",
            "StopDialing",
            ("Error", {"code": 9, "description": not_empty("why")}),
            TRACED,
            LOADED,
            (),
        ),
    ):
        name, said = answer
        row.operation(
            description,
            TRACES,
            "ocs",
            {"message": message, "attributes": attributes},
            {"messages": [{"message": name, "attributes": said}]},
            states=[state],
            after=after,
        )
