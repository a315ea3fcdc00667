"""Jobs and their runs: what they are, and how a request defines one.

Documented: an automation task is a schedule, a directory and credentials on an SFTP or FTP server, and an action.
Assumed: the names of all fields, retries, what happens when runs overlap, and that the server and its credentials are
the tenant's.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final

from cxmock.reference.envelope import Code, Refusal
from cxmock.reference.fields import Choice, Field, Flag, Name, Schema, Text, Whole, read
from cxmock.reference.services.job_scheduler.schedule import Schedule, iso, schedule_of
from cxmock.wire.http import from_json, to_json

ACTIONS: Final = ("import-contacts", "append-contacts", "import-suppression", "append-suppression", "export-results")
OF_CONTACTS: Final = ("import-contacts", "append-contacts")
PROTOCOLS: Final = ("sftp", "ftp")
CHANNELS: Final = ("", "voice", "sms", "email")
ENTRY_TYPES: Final = ("Device", "ClientID")
MOST_RETRIES: Final = 10
LONGEST_PAUSE: Final = 3600
"""Seconds between two attempts, at most."""

STATES: Final = ("running", "retrying", "done", "failed", "skipped")
"""Of a run."""
RUNNING, RETRYING, DONE, FAILED, SKIPPED = STATES


class ScheduleShape:
    """A job's schedule, see :func:`.schedule.schedule_of`."""

    def schema(self) -> Schema:
        """Return the JSON Schema."""
        moment = {"type": "string", "examples": ["2026-03-01T08:00:00Z"]}
        cron = {"type": "string", "examples": ["0 8 * * mon-fri"]}
        own = {"at": moment, "cron": cron, "timeZone": {"type": "string", "examples": ["Europe/Paris"]}}
        return {"type": "object", "properties": {**own, "start": moment, "end": moment}}

    def read(self, name: str, value: object) -> Schedule | None:
        """Return the schedule."""
        return schedule_of(value)


FIELDS: Final = (
    Field("name", Name(), "What it is called.", needed=True),
    Field("action", Choice(ACTIONS), "What it does.", needed=True),
    Field("protocol", Choice(PROTOCOLS), "How the customer's server is reached.", default="sftp"),
    Field(
        "path",
        Text(255),
        "A file there, or a pattern such as /in/leads-*.csv; for an export, the file to write.",
        needed=True,
    ),
    Field("list", Name(), "The contact or suppression list.", needed=True),
    Field("schedule", ScheduleShape(), "When it runs; null: on demand."),
    Field("files", Choice(("all", "newest", "new")), "Which of the files that a pattern matches.", default="all"),
    Field("campaignGroup", Name(), "The campaign group to load and start after an import of contacts.", default=""),
    Field("encoding", Text(32), "Of the file; empty: ISO-8859-1, or as the file says.", default=""),
    Field("country", Text(2), "Where numbers are from when a row does not say.", default=""),
    Field("type", Choice(ENTRY_TYPES), "Of a suppression list: what its entries are.", default="Device"),
    Field("channel", Choice(CHANNELS), "Of a suppression list: for which channel it is; empty: for all.", default=""),
    Field("required", Flag(), "Of a suppression list: whether campaigns cannot do without it.", default=False),
    Field("retries", Whole(0, MOST_RETRIES), "Attempts after one that failed.", default=0),
    Field("retryAfter", Whole(1, LONGEST_PAUSE), "Seconds to the first of them, each time twice as many.", default=60),
    Field("overlap", Choice(("skip", "wait")), "What happens when it is due while it runs.", default="skip"),
    Field("enabled", Flag(), "Whether its schedule holds.", default=True),
)


@dataclass(frozen=True, slots=True)
class Job:
    """A list-automation job."""

    name: str
    action: str
    protocol: str
    path: str
    """On the server: a file, or a pattern such as ``/in/leads-*.csv``; for an export, the file to write."""
    list: str
    """The contact or suppression list."""
    schedule: Schedule | None = None
    """None when it runs only on demand."""
    files: str = "all"
    """Which of the files that match: ``all``, the ``newest``, or those that are ``new`` since the run before."""
    campaign_group: str = ""
    """To be started after an import."""
    encoding: str = ""
    country: str = ""
    """Where numbers are from when a row does not say."""
    type: str = "Device"
    channel: str = ""
    required: bool = False
    """The last three are a suppression list's."""
    retries: int = 0
    retry_after: int = 60
    overlap: str = "skip"
    enabled: bool = True

    @classmethod
    def kept(cls, text: str) -> Job:
        """Read a job as Redis keeps it."""
        data = from_json(text)
        schedule = data.pop("schedule", None)
        return cls(**data, schedule=None if schedule is None else Schedule(**schedule))

    def shown(self) -> dict[str, Any]:
        """Return the job as the API tells it."""
        told = asdict(self) | {"schedule": self.schedule.shown() if self.schedule else None}
        told["campaignGroup"], told["retryAfter"] = told.pop("campaign_group"), told.pop("retry_after")
        return {
            name: value for name, value in told.items() if value != "" and (value is not None or name == "schedule")
        }

    def first_due(self, now: float, zone: str) -> float:
        """Return when a job that was defined now is due first, in UTC seconds; ``inf`` for never.

        A moment that has passed already is made up for at once.
        """
        if self.enabled and self.schedule is not None and not self.schedule.cron:
            return self.schedule.at or 0.0
        return self.next_due(now, zone)

    def next_due(self, now: float, zone: str) -> float:
        """Return when it is due next after ``now``."""
        due = self.schedule.after(now, zone) if self.enabled and self.schedule else None
        return math.inf if due is None else due

    def pause(self, attempts: int) -> int:
        """Return the seconds between the attempt of that number and the next: each twice as many, at most an hour.

        >>> [Job("j", "export-results", "sftp", "/x", "y", retry_after=600).pause(number) for number in (1, 2, 3, 4)]
        [600, 1200, 2400, 3600]
        """
        return min(LONGEST_PAUSE, self.retry_after << (attempts - 1))


@dataclass(frozen=True, slots=True)
class Step:
    """One file of a run."""

    path: str
    """On the server."""
    size: int | None = None
    asked: bool = False
    """Whether its import was begun: then nobody knows without asking whether it was done."""
    done: bool = False
    result: dict[str, Any] = field(default_factory=dict)
    """What the import told."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a job: one attempt, or several."""

    state: str
    """``running``, ``retrying`` (it failed, and is tried again), ``done``, ``failed`` or ``skipped``."""
    started: str
    ended: str = ""
    reason: str = ""
    """Why it failed, or was skipped."""
    files: list[str] = field(default_factory=list)
    """On the server."""
    result: dict[str, Any] = field(default_factory=dict)
    """What the import or export told."""
    number: int = 0
    trigger: str = ""
    """``schedule`` or ``request``."""
    counts: dict[str, int] = field(default_factory=dict)
    """Of all files: contacts, devices, duplicates, rejected, ..."""
    attempts: list[dict[str, str]] = field(default_factory=list)
    """Those that failed: ``started``, ``ended``, ``reason``."""
    next_attempt: float | None = None
    """When it is tried again, in UTC seconds."""
    next_due: float | None = None
    """When the job is due next by its schedule, while it waits to be tried again."""
    steps: list[Step] = field(default_factory=list)

    @classmethod
    def kept(cls, data: dict[str, Any]) -> Run:
        """Read a run as Redis keeps it."""
        return cls(**data | {"steps": [Step(**step) for step in data.get("steps", ())]})

    def shown(self) -> dict[str, Any]:
        """Return the run as the API tells it."""
        told = asdict(self)
        del told["steps"], told["next_due"]
        next_attempt = told.pop("next_attempt")
        return told | {"nextAttempt": iso(next_attempt) if next_attempt is not None else None}

    def failed(self, ended: float, reason: str) -> Run:
        """Return it as it is when it has failed for good."""
        return replace(self, state=FAILED, ended=iso(ended), reason=reason, next_attempt=None, next_due=None)

    def retrying(self, ended: float, reason: str, again: float, due: float) -> Run:
        """Return it as it is when it is to be tried again."""
        due_then = None if due == math.inf else due
        return replace(self, state=RETRYING, ended=iso(ended), reason=reason, next_attempt=again, next_due=due_then)

    def with_attempt(self, started: float, ended: float, reason: str) -> Run:
        """Return it with an attempt that failed."""
        one = {"started": iso(started), "ended": iso(ended), "reason": reason}
        return replace(self, attempts=[*self.attempts, one])


def counts_of(results: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Return what imports counted, together.

    >>> counts_of([{"contacts": 2, "file": "a"}, {"contacts": 3, "rejected": 1}])
    {'contacts': 5, 'rejected': 1, 'files': 2}
    """
    counts: dict[str, int] = {}
    for result in results:
        for name, value in result.items():
            if type(value) is int and name != "dbid":
                counts[name] = counts.get(name, 0) + value
    return counts | {"files": len(results)}


def kept_runs(runs: Sequence[Run]) -> bytes:
    """Return runs as Redis keeps them."""
    return to_json([asdict(run) for run in runs])


def job_of(data: Mapping[str, Any]) -> Job:
    """Return the job that a request defines.

    Raises:
        Refusal: a field is missing (651), wrong or not known (652).
    """
    said = read(data, FIELDS)
    path, action = said["path"], said["action"]
    if not path.startswith("/") or ".." in path.split("/") or not path.isprintable() or path.endswith("/"):
        raise Refusal(Code.INVALID, f'"path" is "{path:.60}".', "An absolute path of a file, or a pattern of its name.")
    folder, _, file = path.rpartition("/")
    if is_pattern(folder) or (action == "export-results" and is_pattern(file)):
        raise Refusal(
            Code.INVALID, f'"path" is the pattern "{path:.60}".', "Only the name of a file to import can be one."
        )
    if said["campaignGroup"] and action not in OF_CONTACTS:
        raise Refusal(
            Code.INVALID,
            f'"campaignGroup" makes no sense with "{action}".',
            f"It is started after one of: {', '.join(OF_CONTACTS)}.",
        )
    return Job(
        **{name: said[name] for name in said if name not in ("campaignGroup", "retryAfter")},
        campaign_group=said["campaignGroup"],
        retry_after=said["retryAfter"],
    )


def is_pattern(path: str) -> bool:
    """Return whether ``path`` stands for several.

    >>> is_pattern("/in/leads-*.csv"), is_pattern("/in/leads.csv")
    (True, False)
    """
    return any(sign in path for sign in "*?[")
