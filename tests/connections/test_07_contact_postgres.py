"""Connection 7: contact and suppression lists are in PostgreSQL, where CX Contact logs in by its own role, ``cxc``."""

from __future__ import annotations

import psycopg
import pytest

from cxmock.fakes.sftp import Sftp
from cxmock.journal import Journal
from cxmock.testbed import Testbed
from cxmock.testbed.contact import Contact
from cxmock.testbed.faces import PostgresFace

from .conftest import CONTACTS, LONDON, NEW_YORK, Run, RunJob


def test_a_contact_becomes_one_record_for_each_device(
    cx_sftp: Sftp, cx_postgres: PostgresFace, cx_journal: Journal, run_job: RunJob
) -> None:
    """The records of a contact are a chain: OCS tries one device after the other. They arrive in bulk, by COPY."""
    cx_sftp.put("/in/leads.csv", f"ClientID,FirstName,Device1,Device2\nC-1,Ada,{LONDON},{NEW_YORK}\n")

    run_job()

    records = cx_postgres.rows("Leads")
    assert [(one["chain_n"], one["contact_info"]) for one in records] == [(0, LONDON), (1, NEW_YORK)]
    assert {(one["chain_id"], one["c_client_id"], one["c_first_name"]) for one in records} == {(1, "C-1", "Ada")}
    assert cx_journal.wait_for(7, operation="COPY").response["rowcount"] == 2


def test_the_login_role_tells_cx_contact_from_ocs(
    cx_testbed: Testbed, cx_postgres: PostgresFace, cx_journal: Journal
) -> None:
    """Both are at one address; what ``cxc`` asks is connection 7, what ``ocs`` asks is connection 13."""
    for variable in ("CX_POSTGRES_URL", "CX_OCS_POSTGRES_URL"):
        with psycopg.connect(cx_testbed.env[variable]) as connection:
            connection.execute("SELECT 1 AS one")

    assert cx_journal.wait_for(7, operation="SELECT").source == "cxc"
    assert cx_journal.wait_for(13, operation="SELECT").source == "ocs"


def test_a_contact_list_that_is_there_is_not_overwritten(
    cx_postgres: PostgresFace, leads: Run, run_job: RunJob
) -> None:
    """The same job run again is refused; to add contacts there is another action, which knows who is there already."""
    again = run_job()
    more = run_job("append-contacts")

    assert 'There is a contact list "Leads" already.' in again["reason"]
    assert "every one was rejected" in more["reason"]
    assert len(cx_postgres.rows("Leads")) == 3


def test_without_postgresql_an_import_fails_and_can_be_done_again(
    cx_testbed: Testbed, cx_sftp: Sftp, run_job: RunJob, supervisor: Contact
) -> None:
    """The system that is missing is named; when it is back, the same job succeeds."""
    cx_sftp.put("/in/leads.csv", CONTACTS)
    cx_testbed.unplug(7)

    assert "PostgreSQL does not answer" in run_job()["reason"]

    cx_testbed.plug(7)
    assert supervisor.post("/jobs/nightly/run")["result"]["contacts"] == 3


def test_postgresql_lets_nobody_in_without_the_password(cx_testbed: Testbed, cx_postgres: PostgresFace) -> None:
    """A wrong password is refused by the real server, in its own words."""
    url = cx_testbed.env["CX_POSTGRES_URL"].replace(cx_testbed.directory.credentials.postgres_cxc.secret, "guessed")

    with pytest.raises(psycopg.OperationalError, match='password authentication failed for user "cxc"'):
        psycopg.connect(url)
