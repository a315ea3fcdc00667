"""What jobs and their runs can be sorted and filtered by."""

from __future__ import annotations

from cxmock.reference.fields import Choice, Field, Flag, Text, Whole
from cxmock.reference.services.job_scheduler.jobs import ACTIONS, PROTOCOLS, STATES

JOB = (
    Field("action", Choice(ACTIONS), "What it does."),
    Field("protocol", Choice(PROTOCOLS), "Of the customer's server."),
    Field("list", Text(100), "The contact or suppression list."),
    Field("enabled", Flag(), "Whether its schedule holds."),
    Field("state", Choice(("", *STATES)), "Of its latest run."),
)
HISTORY = (
    Field("number", Whole(), "Of the run."),
    Field("state", Choice(STATES), "What became of it."),
    Field("trigger", Choice(("schedule", "request")), "What made it begin."),
)
