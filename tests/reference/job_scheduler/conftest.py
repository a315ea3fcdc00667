"""Job Scheduler in a whole CX Contact: a customer's server, and a clock that is moved."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

import pytest

from cxmock.net.waiting import patiently
from cxmock.reference.services.job_scheduler import runner
from cxmock.testbed import Testbed
from cxmock.testbed.contact import BASE, Contact
from cxmock.topology import Component
from tests.reference.services.conftest import GROUP, api, rows, stranger, testbed, whole_testbed

__all__ = ["GROUP", "api", "stranger", "testbed", "whole_testbed"]

MONDAY = datetime.fromisoformat("2026-01-12T07:59:00Z").timestamp()
"""A minute before eight, in UTC."""
NUMBERS = [f"+1212555{number:04d}" for number in range(9999)]


@dataclass
class Desk:
    """Where a supervisor sits who has jobs run."""

    testbed: Testbed
    api: Contact

    def put(self, path: str, *numbers: str) -> None:
        """Put a file of contacts on the customer's server."""
        lines = "".join(f"C{number},{number}\n" for number in numbers)
        self.testbed.part(Component.SFTP).put(path, f"ClientID,Device1\n{lines}".encode())

    def define(self, name: str = "nightly", **fields: Any) -> Any:
        """Define a job that imports /in/leads.csv as "Leads", unless it is said otherwise."""
        job = {"name": name, "action": "import-contacts", "path": "/in/leads.csv", "list": "Leads"}
        return self.api.post("/jobs", job | fields)

    def history(self, name: str = "nightly") -> list[dict[str, Any]]:
        """Return a job's runs, the latest first."""
        told: list[dict[str, Any]] = self.api.get(f"/jobs/{quote(name)}/history")
        return told

    def ran(self, times: int, name: str = "nightly", state: str = "done") -> dict[str, Any]:
        """Wait until a job has run so many times; return the latest run, which has that state."""

        def look() -> dict[str, Any]:
            history = self.history(name)
            assert len(history) == times, history
            assert history[0]["state"] == state, history[0]
            return history[0]

        return patiently(look, within=8, every=0.02)

    def refused(self, method: str, path: str, json: object = None) -> tuple[int, int, str]:
        """Return HTTP status, code and message of a call that is refused."""
        answer = self.api.send(method, BASE + path, json=json)
        status = answer.json()["status"]
        return answer.status, status["code"], status["message"]

    def contacts(self, name: str = "Leads") -> int:
        """Return how many contacts a list has."""
        return int(self.api.get(f"/contact-lists/{name}")["contacts"])

    def imports(self) -> int:
        """Return how many imports of contacts were done."""
        return int(rows(self.testbed, "SELECT count(*) FROM cxc.import_run WHERE status = 'done'")[0][0])


@pytest.fixture
def desk(testbed: Testbed, api: Contact, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk on a Monday morning; replicas look for one another's jobs more often than they would."""
    monkeypatch.setattr(runner, "LOOK_EVERY", 0.2)
    testbed.clock.set(MONDAY)
    return Desk(testbed, api)


class Held:
    """Keeps List Builder from importing into a list: whoever imports waits."""

    def __init__(self, testbed: Testbed, name: str) -> None:
        import psycopg

        self._connection = psycopg.connect(testbed.env["CX_POSTGRES_URL"])
        self._connection.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", (name,))

    def __enter__(self) -> None:
        return None

    def __exit__(self, *exception: object) -> None:
        self._connection.close()


@pytest.fixture
def held(testbed: Testbed) -> Callable[[str], AbstractContextManager[None]]:
    """Hold up imports into a list, while a block lasts."""
    return lambda name: Held(testbed, name)
