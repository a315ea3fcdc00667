"""What OCS tells of a campaign: to GWS over connection 9, and by way of GWS to CX Contact over connection 11."""

from __future__ import annotations

from typing import Any

from cxmock.contracts.authoring import integer, keyed, like, null_or, number, one_of, stated

MODE = {"dialMode": integer(1), "optimizeBy": integer(1), "optimizeGoal": integer(80)}

RESULTS = stated({}, keyed({"33": integer(534)}))
"""How many calls had which result."""

LOADS = "a campaign is loaded"
STARTS = "a loaded campaign begins to dial"
"""Commands that others have to come after, over both connections."""


BEFORE_OR_AFTER = stated("Active", one_of("Active", "WaitingUnload"))
"""Where a campaign stands that does not dial: not yet, or no more, while something is still under way."""


def told(status: Any) -> dict[str, Any]:
    """Return what every answer says of a campaign, and beyond that of one that is loaded, or was until now."""
    return {
        "campaignId": integer(101),
        "groupId": integer(101),
        "campaignGroupId": integer(101),
        "campaignGroupName": like("Summer@Outbound agents"),
        "status": status,
    }


def told_of_loaded(status: Any, **mode: int) -> dict[str, Any]:
    """Return what is told of a campaign that is loaded, or was until now: its mode, and how far it is."""
    counts = (
        "dialed",
        "answered",
        "busy",
        "noAnswer",
        "answeringMachine",
        "blocked",
        "rescheduled",
        "finished",
        "overdialed",
        "missed",
    )
    return {
        **told(status),
        **({name: stated(value) for name, value in mode.items()} or MODE),
        "completed": like(False),
        "remaining": null_or(integer(0)),
        "nextDue": null_or(number(1767225600)),
        "problem": like(""),
        "statistics": {
            **{name: integer(0) for name in counts},
            **{name: null_or(number(50)) for name in ("hitRatio", "overdialRate")},
            "results": RESULTS,
        },
    }
