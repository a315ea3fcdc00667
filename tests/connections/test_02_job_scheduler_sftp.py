"""Connection 2: the Job Scheduler fetches files from a customer's SFTP or FTP server, and brings results back there."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from cxmock.fakes.sftp import Sftp
from cxmock.journal import Journal
from cxmock.testbed import Testbed
from cxmock.testbed.faces import PostgresFace

from .conftest import CONTACTS, NEW_YORK, Run, RunJob


@pytest.mark.parametrize(("protocol", "secure"), [("sftp", True), ("ftp", False)])
def test_a_contact_file_is_fetched_and_imported(
    cx_sftp: Sftp, cx_journal: Journal, run_job: RunJob, protocol: str, secure: bool
) -> None:
    """Job Scheduler logs in with the customer's credentials, by whichever protocol the job names."""
    cx_sftp.put("/in/leads.csv", CONTACTS)

    run = run_job(protocol=protocol)

    assert (run["state"], run["result"]["contacts"]) == ("done", 3)
    read = cx_journal.wait_for(2, operation="read /in/leads.csv")
    assert (read.transport, read.secure, read.response["size"]) == (protocol, secure, len(CONTACTS))


def test_an_import_cut_short_leaves_no_half_list(
    cx_testbed: Testbed, cx_sftp: Sftp, cx_postgres: PostgresFace, cx_journal: Journal, run_job: RunJob
) -> None:
    """If the server goes away in the middle of a file, nothing is imported, and the run says why."""
    header, *rows = CONTACTS.splitlines(keepends=True)
    cx_sftp.put("/in/leads.csv", header + "".join(rows) * 200_000)

    with ThreadPoolExecutor() as pool:
        run = pool.submit(run_job)
        cx_journal.wait_for(6, operation="WRITE /import/nightly-1-leads.csv")
        cx_testbed.unplug(2)

    assert run.result()["state"] == "failed"
    assert 'was lost at "read /in/leads.csv"' in run.result()["reason"]
    assert cx_postgres.contact_lists == {}


@pytest.mark.parametrize("protocol", ["sftp", "ftp"])
def test_a_wrong_password_is_told_and_nothing_is_imported(
    cx_testbed: Testbed, cx_sftp: Sftp, cx_postgres: PostgresFace, cx_journal: Journal, run_job: RunJob, protocol: str
) -> None:
    """The customer has changed the password: the run names server and user, and says nothing of the password."""
    cx_sftp.put("/in/leads.csv", CONTACTS)
    cx_sftp.accounts.passwords["cxcontact"] = "changed"

    run = run_job(protocol=protocol)

    assert run["state"] == "failed"
    assert f"{protocol}://" in run["reason"]
    assert 'refused the login of "cxcontact" by password.' in run["reason"]
    assert cx_testbed.directory.credentials.sftp.secret not in run["reason"]
    assert cx_journal.wait_for(2, operation="login refused cxcontact").transport == protocol
    assert cx_postgres.contact_lists == {}


def test_results_go_back_to_the_customer(cx_sftp: Sftp, cx_journal: Journal, leads: Run, run_job: RunJob) -> None:
    """One row a device, with what became of it, in a folder that is made if it is missing."""
    run = run_job("export-results", "/results/leads.csv")

    assert (run["state"], run["result"]["records"]) == ("done", 3)
    assert cx_journal.wait_for(2, operation="write /results/leads.csv", where=lambda one: one.ok).secure
    header, *rows = cx_sftp.read("/results/leads.csv").decode().splitlines()
    assert "CallResultName" in header
    assert sum(NEW_YORK in row for row in rows) == 1
