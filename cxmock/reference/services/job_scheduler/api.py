"""What Job Scheduler answers of the API."""

from __future__ import annotations

from cxmock.reference.fields import Choice, Field, Flag, Name, Text, object_schema
from cxmock.reference.operations import Documented, Operation, listed, several, told
from cxmock.reference.services.job_scheduler.job_scheduler import JOBS, JobScheduler
from cxmock.reference.services.job_scheduler.jobs import ACTIONS, CHANNELS, ENTRY_TYPES, PROTOCOLS
from cxmock.reference.services.job_scheduler.lists import JOB

_WANTED = object_schema(
    (
        Field("name", Name(), "Of the job.", needed=True),
        Field("action", Choice(ACTIONS), "What it does.", needed=True),
        Field("protocol", Choice(PROTOCOLS), "Of the customer's server.", default="sftp"),
        Field("path", Text(1000, 2, pattern="/.*[^/]"), "There: a file, or a pattern of names.", needed=True),
        Field("list", Name(), "The contact or suppression list.", needed=True),
        Field("encoding", Text(32), "Of the file."),
        Field("country", Text(2), "Where numbers are from that do not say it."),
        Field("type", Choice(ENTRY_TYPES), "Of a suppression list's entries."),
        Field("channel", Choice(CHANNELS), "Of a suppression list."),
        Field("required", Flag(), "Of a suppression list."),
    )
)
_WANTED["properties"]["schedule"] = {
    "type": ["object", "null"],
    "properties": {"at": {"type": "string", "format": "date-time"}},
    "required": ["at"],
}
_JOB = told(name="string", action="string", protocol="string", path="string", list="string")
_RUN = told(state="string", started="string", ended="string", reason="string", files={"type": "array"}, result="object")
_WAITING = (Field("wait", Flag(), "Whether to answer when the run has ended.", default=True),)

DOCUMENTED = Documented(
    JobScheduler.routes,
    {
        f"GET {JOBS}": listed(_JOB, JOB),
        f"POST {JOBS}": Operation(_JOB, (200, 201), body_schema=_WANTED),
        f"GET {JOBS}/{{name}}": Operation({**_JOB, "properties": {**_JOB["properties"], "history": several(_RUN)}}),
        f"DELETE {JOBS}/{{name}}": Operation(),
        f"POST {JOBS}/{{name}}/run": Operation(_RUN, (200, 202), body=_WAITING, refuses=(409,)),
    },
)
