"""A file updates a list that OCS is dialing: neither loses what the other writes, in whatever order they do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest

from cxmock.net.waiting import patiently
from cxmock.testbed import Testbed
from cxmock.testbed.contact import Contact
from cxmock.topology import Component
from tests.reference.services.conftest import api, rows, stranger, testbed, whole_testbed

__all__ = ["api", "stranger", "testbed", "whole_testbed"]

ADA, BEA, NEW = "+12125550143", "+442079460018", "+12125550199"
FILE = f"ClientID,FirstName,Device1,Device2\nC-1,Ada,{ADA},{BEA}\n"
TAKE = "UPDATE cxc.cl_leads SET record_status = 2, campaign_id = 101 WHERE chain_id = 1 AND contact_info = %s"
WRITE_BACK = (
    "UPDATE cxc.cl_leads SET call_result = 7, call_time = 1767225600, record_status = 3, attempt = 1 "
    "WHERE chain_id = 1 AND chain_n = %s"
)
"""As OCS writes: by chain, and place in the chain."""
STATE = "contact_info, c_first_name, record_status, call_result, attempt"


@dataclass
class Ocs:
    """A session of OCS at PostgreSQL."""

    connection: psycopg.Connection[Any]
    pool: ThreadPoolExecutor = field(default_factory=ThreadPoolExecutor)

    def does(self, statement: str, *values: object) -> int:
        """Do a statement; return how many rows it concerned."""
        return self.connection.execute(statement.encode(), values).rowcount

    def begins(self, statement: str, *values: object) -> Future[int]:
        """Do a statement that may have to wait."""
        return self.pool.submit(self.does, statement, *values)


@dataclass
class Leads:
    """A contact list, and files that change it."""

    testbed: Testbed
    api: Contact
    pool: ThreadPoolExecutor = field(default_factory=ThreadPoolExecutor)

    def load(self, text: str, mode: str = "update") -> dict[str, Any]:
        self.testbed.part(Component.SHARE).put("import/leads.csv", text.encode())
        order = {"name": "Leads", "file": "import/leads.csv", "mode": mode, "country": "US"}
        told: dict[str, Any] = self.api.post("/contact-lists", order)
        return told

    def begin(self, text: str) -> Future[dict[str, Any]]:
        """Update, while others do something."""
        return self.pool.submit(self.load, text)

    def records(self, columns: str = STATE) -> list[tuple[Any, ...]]:
        return rows(self.testbed, f"SELECT {columns} FROM cxc.cl_leads ORDER BY chain_id, chain_n")

    def expect_waiting(self, count: int) -> None:
        """Wait until so many sessions wait for a lock."""
        query = "SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted"

        def look() -> None:
            assert rows(self.testbed, query) == [(count,)]

        patiently(look, within=5)


@pytest.fixture
def leads(testbed: Testbed, api: Contact) -> Iterator[Leads]:
    """Ada, who has two numbers."""
    leads = Leads(testbed, api)
    leads.load(FILE, "create")
    yield leads
    leads.pool.shutdown()


@pytest.fixture
def session(testbed: Testbed) -> Iterator[Callable[..., psycopg.Connection[Any]]]:
    """Open sessions at PostgreSQL."""
    opened: list[psycopg.Connection[Any]] = []

    def session(variable: str, *, autocommit: bool = True) -> psycopg.Connection[Any]:
        opened.append(psycopg.connect(testbed.env[variable], autocommit=autocommit))
        return opened[-1]

    yield session
    for one in opened:
        one.close()


@pytest.fixture
def ocs(testbed: Testbed, session: Callable[..., psycopg.Connection[Any]]) -> Iterator[Ocs]:
    login, url = testbed.directory.credentials.postgres_ocs, testbed.env["CX_POSTGRES_URL"]
    connection = psycopg.connect(url, user=login.name, password=login.secret, autocommit=True)
    ocs = Ocs(connection)
    yield ocs
    ocs.pool.shutdown()
    connection.close()


def test_what_ocs_writes_while_a_file_is_taken_in_is_kept(leads: Leads, ocs: Ocs, session: Any) -> None:
    """It waits until the file is in, and then finds the record where it was."""
    ocs.does(TAKE, ADA)
    with session("CX_POSTGRES_URL", autocommit=False) as held:
        held.execute("SELECT 1 FROM cxc.contact_list WHERE name = 'Leads' FOR UPDATE")  # the import's last step waits
        updating = leads.begin(FILE.replace("Ada", "Adele"))
        leads.expect_waiting(1)
        writing = ocs.begins(WRITE_BACK, 0)
        leads.expect_waiting(2)
    assert (updating.result(5)["updated"], writing.result(5)) == (1, 1)
    assert leads.records() == [(ADA, "Adele", 3, 7, 1), (BEA, "Adele", 1, 28, 0)]


def test_what_ocs_is_writing_when_a_file_comes_is_kept(leads: Leads, ocs: Ocs) -> None:
    """The file waits for it, and changes nothing of it."""
    ocs.does(TAKE, ADA)
    with ocs.connection.transaction():
        ocs.does(WRITE_BACK, 0)
        updating = leads.begin(FILE.replace("Ada", "Adele"))
        leads.expect_waiting(1)
    assert updating.result(5)["updated"] == 1
    assert leads.records() == [(ADA, "Adele", 3, 7, 1), (BEA, "Adele", 1, 28, 0)]


def test_a_contact_that_is_being_dialed_keeps_its_devices_in_their_places(leads: Leads, ocs: Ocs) -> None:
    """The file has them the other way round: OCS, which knows places only, would write to the wrong one."""
    ocs.does(TAKE, ADA)
    leads.load(f"ClientID,FirstName,Device1,Device2,Device3\nC-1,Ada,{NEW},{BEA},{ADA}\n")
    assert leads.records("contact_info, chain_n") == [(ADA, 0), (BEA, 1), (NEW, 2)]
    assert ocs.does(WRITE_BACK, 0) == 1
    assert leads.records()[0] == (ADA, "Ada", 3, 7, 1)

    leads.load(f"ClientID,FirstName,Device1,Device2,Device3\nC-1,Ada,{NEW},{BEA},{ADA}\n")
    assert leads.records("contact_info, attempt") == [(NEW, 0), (BEA, 0), (ADA, 1)]


def test_a_number_that_is_being_dialed_is_not_removed_and_others_are_not_dialed_any_more(
    leads: Leads, ocs: Ocs, api: Contact
) -> None:
    """The file no longer has either of them: one is dialed just now, the other is cancelled; then both go."""
    ocs.does(TAKE, ADA)
    other = f"ClientID,FirstName,Device1\nC-1,Ada,{NEW}\n"
    leads.load(other)
    assert leads.records("contact_info, record_status") == [(ADA, 2), (BEA, 5), (NEW, 1)]
    assert api.get("/contact-lists/Leads")["devices"] == 3
    assert ocs.does(WRITE_BACK, 0) == 1
    leads.load(other)
    assert leads.records("contact_info, record_status") == [(NEW, 1)]
    assert api.get("/contact-lists/Leads")["devices"] == 1


def test_what_is_written_back_after_a_list_was_replaced_is_nobody_elses(leads: Leads, ocs: Ocs) -> None:
    ocs.does(TAKE, ADA)
    leads.load(f"ClientID,FirstName,Device1\nC-7,Cleo,{NEW}\n", "replace")
    assert ocs.does(WRITE_BACK, 0) == 0
    assert leads.records() == [(NEW, "Cleo", 1, 28, 0)]
