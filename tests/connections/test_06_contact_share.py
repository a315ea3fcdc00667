"""Connection 6: files of contact and suppression lists lie on a network share, within reach of all of CX Contact."""

from __future__ import annotations

from cxmock.fakes.sftp import Sftp
from cxmock.fakes.share import Share
from cxmock.journal import Journal
from cxmock.testbed.faces import PostgresFace

from .conftest import CONTACTS, Run, RunJob


def test_an_imported_file_stays_on_the_share(cx_share: Share, cx_journal: Journal, leads: Run) -> None:
    """List Manager writes it, List Builder reads it: two services, one file."""
    assert cx_share.read(f"/{leads['file']}") == CONTACTS.encode()

    assert cx_journal.wait_for(6, operation="WRITE /import/").source == "cxc-list-manager"
    assert cx_journal.wait_for(6, operation="READ /import/").source == "cxc-list-builder"


def test_nobody_sees_a_file_before_it_is_whole(cx_journal: Journal, leads: Run) -> None:
    """It arrives under another name, and gets its own when all of it is there."""
    written = [one.request["path"] for one in cx_journal.exchanges(6, operation="WRITE /import/")]

    assert {path.removesuffix(".part") for path in written} == {f"/{leads['file']}"}
    assert all(path.endswith(".part") for path in written)
    assert cx_journal.wait_for(6, operation="RENAME /import/").ok


def test_rejected_rows_are_listed_in_a_file_with_line_and_reason(
    cx_sftp: Sftp, cx_share: Share, run_job: RunJob
) -> None:
    """Good rows are imported; who sent the file can mend the others."""
    cx_sftp.put("/in/leads.csv", CONTACTS + "C-4,Dora,+44 0000\nC-5,Eve\n")

    result = run_job()["result"]

    assert (result["contacts"], result["rejected"]) == (3, 2)
    told = cx_share.read(f"/{result['rejectsFile']}").decode()
    assert '5,"invalid device: Device1 ""+44 0000"" is no number' in told
    assert '6,wrong number of columns: 2 instead of 3,"C-5,Eve"' in told


def test_a_full_share_is_told_and_leaves_no_half_list(
    cx_sftp: Sftp, cx_share: Share, cx_postgres: PostgresFace, cx_journal: Journal, run_job: RunJob
) -> None:
    """There is no room for the file: nothing is imported, and the run says why."""
    cx_sftp.put("/in/leads.csv", CONTACTS)
    cx_share.has_room_for(10)

    run = run_job()

    assert run["state"] == "failed"
    assert "was answered NOSPC" in run["reason"]
    assert not cx_journal.wait_for(6, operation="WRITE /import/").ok
    assert cx_postgres.contact_lists == {}
