"""What the stories share: a supervisor who works with CX Contact, in the daytime."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest

from cxmock.fakes.sftp import Sftp
from cxmock.testbed import Testbed
from cxmock.testbed.contact import Contact

DAYTIME = datetime(2026, 1, 14, 15, 0, tzinfo=UTC).timestamp()
"""A Wednesday afternoon in London, and its morning in New York: everybody below may be called."""

LONDON, NEW_YORK, TEXAS = "+442079460018", "+12125550143", "+15125550147"
CONTACTS = f"ClientID,FirstName,Device1\nC-1,Ada,{LONDON}\nC-2,Bea,{NEW_YORK}\nC-3,Cleo,{TEXAS}\n"
GROUP = "Outbound agents"
"""The agent group that Configuration Server has from the start."""

Run = dict[str, Any]
RunJob = Callable[..., Run]


@pytest.fixture
def supervisor(cx_testbed: Testbed, cx_contact: Contact) -> Contact:
    """An API client that has logged in as the contact centre's supervisor."""
    cx_testbed.clock.set(DAYTIME)
    cx_contact.login()
    return cx_contact


@pytest.fixture
def run_job(supervisor: Contact) -> RunJob:
    """Have the Job Scheduler run a job now; the way it went is returned."""

    def run(action: str = "import-contacts", path: str = "/in/leads.csv", name: str = "Leads", **more: Any) -> Run:
        supervisor.post("/jobs", {"name": "nightly", "action": action, "path": path, "list": name, **more})
        ended: Run = supervisor.post("/jobs/nightly/run")
        return ended

    return run


@pytest.fixture
def leads(cx_sftp: Sftp, run_job: RunJob) -> Run:
    """The contact list "Leads": Ada, Bea and Cleo, imported from the customer's server."""
    cx_sftp.put("/in/leads.csv", CONTACTS)
    run = run_job()
    assert run["state"] == "done", run["reason"]
    result: Run = run["result"]
    return result


class Campaign:
    """A campaign on the contact list "Leads", worked on by the outbound agents. It stays loaded till unloaded."""

    def __init__(self, supervisor: Contact, name: str, **fields: Any) -> None:
        self._supervisor = supervisor
        order = {"name": name, "group": GROUP, "contactList": "Leads", **fields}
        self.name = supervisor.post("/campaign-groups", order)["name"]
        self.path = f"/campaign-groups/{quote(self.name)}"

    def do(self, *commands: str) -> None:
        """Give commands, such as ``load`` and ``start``."""
        for command in commands:
            self._supervisor.post(f"{self.path}/{command}", {"autoCompletion": False} if command == "load" else {})

    @property
    def status(self) -> str:
        """Where it stands, as OCS tells it."""
        return str(self._supervisor.get(self.path)["status"])


@pytest.fixture
def campaign(supervisor: Contact, leads: Run) -> Callable[..., Campaign]:
    """Define a campaign on the contact list "Leads"."""

    def define(name: str = "Spring", **fields: Any) -> Campaign:
        return Campaign(supervisor, name, **fields)

    return define


Define = Callable[..., Campaign]
