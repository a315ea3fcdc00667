"""What compliance rules can be sorted and filtered by."""

from __future__ import annotations

from cxmock.reference.fields import Choice, Field, Flag, Whole

RULE = (
    Field("type", Choice(("attempts", "dates", "external", "location", "times", "timezone")), "What it is about."),
    Field("required", Flag(), "Whether it holds for every campaign."),
    Field("priority", Whole(1), "1 is asked first."),
)
