"""What OCS tells of a campaign: to GWS over connection 9, and by way of GWS to CX Contact over connection 11."""

from __future__ import annotations

from typing import Any

from cxmock.contracts.authoring import integer, like, null_or

MODE = {"dialMode": integer(1), "optimizeBy": integer(1), "optimizeGoal": integer(80)}


def told(status: str) -> dict[str, Any]:
    """Return what every answer says of a campaign, and beyond that of one that is loaded, or was until now."""
    return {
        "campaignId": integer(101),
        "groupId": integer(101),
        "campaignGroupId": integer(101),
        "campaignGroupName": like("Summer@Outbound agents"),
        "status": status,
    }


def told_of_loaded(status: str, **mode: int) -> dict[str, Any]:
    """Return what is told of a campaign that is loaded, or was until now: its mode, and how far it is."""
    counts = ("dialed", "answered", "busy", "noAnswer", "answeringMachine", "blocked", "rescheduled", "finished")
    return {
        **told(status),
        **(mode or MODE),
        "completed": like(False),
        "nextDue": null_or(1767225600),
        "problem": like(""),
        "statistics": {**{name: integer(0) for name in counts}, "hitRatio": null_or(50), "results": like({})},
    }
