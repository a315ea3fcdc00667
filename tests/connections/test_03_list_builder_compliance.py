"""Connection 3: List Builder pulls compliance data, such as time zones and contact hours, from a provider."""

from __future__ import annotations

from typing import Any

from cxmock.fakes.compliance_provider import ComplianceProvider
from cxmock.fakes.sftp import Sftp
from cxmock.journal import Exchange, Journal
from cxmock.testbed import Testbed
from cxmock.testbed.contact import Contact
from cxmock.testbed.faces import PostgresFace

from .conftest import CONTACTS, LONDON, NEW_YORK, TEXAS, Run, RunJob

DATA = "GET /api/v2/outbound/compliancedata"


def statuses(exchanges: list[Exchange]) -> list[Any]:
    """Return the HTTP statuses of exchanges."""
    return [one.response["status"] for one in exchanges]


def test_an_unchanged_data_set_is_not_sent_again(cx_journal: Journal, supervisor: Contact) -> None:
    """List Builder shows the version that it has; the provider answers 304 until there is another."""
    first, second = supervisor.post("/compliance-data"), supervisor.post("/compliance-data")

    assert (first["changed"], second["changed"]) == (True, False)
    assert first["version"] == second["version"]
    assert statuses(cx_journal.exchanges(3, operation=DATA)) == [200, 304]


def test_a_new_version_is_taken_up_when_it_is_published(
    cx_compliance: ComplianceProvider, cx_journal: Journal, supervisor: Contact
) -> None:
    """Nothing has to be restarted when the rules change."""
    supervisor.post("/compliance-data")
    version = cx_compliance.publish([{"name": "Sunday is holy", "prefixes": [], "weekdays": [["09:00", "18:00"]]}])

    assert supervisor.post("/compliance-data")["version"] == version
    assert statuses(cx_journal.exchanges(3, operation=DATA)) == [200, 200]


def test_an_expired_token_is_replaced_unnoticed(
    cx_compliance: ComplianceProvider, cx_journal: Journal, supervisor: Contact
) -> None:
    """The provider answers 401; List Builder gets another token by its client credentials and asks again."""
    supervisor.post("/compliance-data")
    for token in cx_compliance.tokens:
        cx_compliance.tokens[token] = 0.0

    assert supervisor.post("/compliance-data")["problem"] == ""
    assert statuses(cx_journal.exchanges(3)) == [200, 200, 401, 200, 304]


def test_contacts_get_their_time_zones_from_it(cx_postgres: PostgresFace, leads: Run) -> None:
    """A number tells where its owner lives, and so when its owner may be called."""
    records = cx_postgres.rows("Leads")

    zones = {one["contact_info"]: one["cd_tz_name"] for one in records}
    assert zones == {LONDON: "Europe/London", NEW_YORK: "America/New_York", TEXAS: "America/Chicago"}


def test_without_it_an_import_goes_on_and_says_what_is_missing(
    cx_testbed: Testbed, cx_sftp: Sftp, run_job: RunJob
) -> None:
    """Contacts are not lost because the provider is away: their time zone is the default, and the run warns."""
    cx_sftp.put("/in/leads.csv", CONTACTS)
    cx_testbed.unplug(3)

    run = run_job()

    assert run["result"]["contacts"] == 3
    assert "Compliance data provider does not answer" in run["result"]["warning"]
