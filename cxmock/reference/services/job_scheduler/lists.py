"""What jobs can be sorted and filtered by."""

from __future__ import annotations

from cxmock.reference.fields import Choice, Field, Text
from cxmock.reference.services.job_scheduler.jobs import ACTIONS, PROTOCOLS

JOB = (
    Field("action", Choice(ACTIONS), "What it does."),
    Field("protocol", Choice(PROTOCOLS), "Of the customer's server."),
    Field("list", Text(100), "The contact or suppression list."),
    Field("state", Choice(("", "running", "done", "failed")), "Of its latest run."),
)
