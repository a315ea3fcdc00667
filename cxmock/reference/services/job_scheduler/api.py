"""What Job Scheduler answers of the API."""

from __future__ import annotations

from cxmock.reference.fields import Field, Flag, object_schema
from cxmock.reference.operations import Documented, Operation, listed, several, told
from cxmock.reference.services.job_scheduler.job_scheduler import JOBS, JobScheduler
from cxmock.reference.services.job_scheduler.jobs import FIELDS
from cxmock.reference.services.job_scheduler.lists import HISTORY, JOB

_JOB = told(name="string", action="string", protocol="string", path="string", list="string", enabled="boolean")
_TOLD = {**_JOB, "properties": {**_JOB["properties"], "nextRun": {"type": ["string", "null"]}}}
_RUN = told(
    number="integer",
    state="string",
    trigger="string",
    started="string",
    ended="string",
    reason="string",
    files=several("string"),
    counts="object",
    attempts=several("object"),
    nextAttempt="string?",
    result="object",
)
_WAITING = (Field("wait", Flag(), "Whether to answer when the attempt has ended.", default=True),)
_ONE = f"{JOBS}/{{name}}"

DOCUMENTED = Documented(
    JobScheduler.routes,
    {
        f"GET {JOBS}": listed(_JOB, JOB),
        f"POST {JOBS}": Operation(_TOLD, (200, 201), body_schema=object_schema(FIELDS), refuses=(404,)),
        f"GET {_ONE}": Operation({**_TOLD, "properties": {**_TOLD["properties"], "history": several(_RUN)}}),
        f"PUT {_ONE}": Operation(_TOLD, body_schema={**object_schema(FIELDS), "required": ["action", "path", "list"]}),
        f"DELETE {_ONE}": Operation(),
        f"GET {_ONE}/history": listed(_RUN, HISTORY),
        f"POST {_ONE}/enable": Operation(_TOLD),
        f"POST {_ONE}/disable": Operation(_TOLD),
        f"POST {_ONE}/run": Operation(_RUN, (200, 202), body=_WAITING, refuses=(409,)),
    },
)
