"""Lists come in over SFTP or FTP, land on the share, and become records in PostgreSQL; results go back."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest

from cxmock.reference.samples import SUPPRESSION
from cxmock.testbed import Testbed
from cxmock.testbed.contact import BASE, Contact
from cxmock.topology import Component
from tests.reference.services.conftest import redis_of, rows

RunJob = Callable[..., dict[str, Any]]
GOOD = b"ClientID,Device1\nC-1,+12125550143\nC-2,+442079460018\n"


def test_a_thousand_contacts_are_imported_and_every_bad_row_is_told(testbed: Testbed, run_job: RunJob) -> None:
    run = run_job()

    assert (run["state"], run["reason"]) == ("done", "")
    result = run["result"]
    assert (result["contacts"], result["devices"], result["rejected"], result["duplicates"]) == (1000, 1563, 40, 20)
    assert rows(testbed, f"SELECT count(*), count(DISTINCT chain_id) FROM {result['table']}") == [(1563, 1000)]
    statuses = f"SELECT DISTINCT record_status, record_type, call_result, attempt FROM {result['table']}"
    assert rows(testbed, statuses) == [(1, 2, 28, 0)]
    assert rows(testbed, f"SELECT count(*) FROM {result['table']} WHERE tz_dbid IS NULL OR cd_tz_name = 'UTC'") == [
        (0,)
    ]
    told = testbed.part(Component.SHARE)
    rejects = list(csv.DictReader(io.StringIO(told.read(f"/{result['rejectsFile']}").decode())))
    assert len(rejects) == 40 + result["leftOutDevices"]
    assert {"511", "516"} <= {row["Line"] for row in rejects}


def test_an_import_crosses_the_documented_connections(testbed: Testbed, run_job: RunJob) -> None:
    run_job()
    seen = testbed.journal
    assert seen.exchanges(2, operation="read /in/Leads.csv")
    assert seen.exchanges(3, operation="GET /api/v2/outbound/compliancedata")
    assert seen.exchanges(6, operation="WRITE /import/job-1-Leads.csv")
    assert seen.exchanges(7, operation="COPY")
    assert seen.exchanges(11, operation="POST /configuration/v3/objects/calling-lists")
    assert seen.exchanges(10, operation="CreateObject")


def test_the_calling_list_in_configuration_names_the_table(testbed: Testbed, run_job: RunJob) -> None:
    result = run_job(GOOD)["result"]
    store = testbed.part(Component.CONFSERV)
    calling_list = store.objects["CallingList"][result["dbid"]]
    access = store.objects["TableAccess"][calling_list["tableAccessDBID"]]
    assert access["dbTableName"] == result["table"] == "cxc.cl_leads"
    assert calling_list["treatmentDBIDs"]


def test_ocs_may_read_and_change_the_records(testbed: Testbed, run_job: RunJob) -> None:
    import psycopg

    table = run_job(GOOD)["result"]["table"]
    with psycopg.connect(testbed.env["CX_OCS_POSTGRES_URL"]) as connection:
        changed = connection.execute(f"UPDATE {table} SET record_status = 2 WHERE record_status = 1")
        assert changed.rowcount == 2


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "is empty"),
        (b"PK\x03\x04...", "is a ZIP archive that is damaged or cut off"),
        ("Device1\nZoë\n".encode("latin-1"), "line 2 has the byte 0xEB"),
        (b"Name\nAda\n", "no Device column"),
        (b"Device1\nx\ny\n", "2 rows, and every one was rejected"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_and_leaves_nothing(
    testbed: Testbed, api: Contact, run_job: RunJob, data: bytes, why: str
) -> None:
    run = run_job(data, encoding="UTF-8")

    assert run["state"] == "failed"
    assert why in run["reason"]
    assert api.get("/contact-lists") == []
    tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'cxc' AND tablename LIKE 'cl\\_%'"
    assert rows(testbed, tables) == [(0,)]
    assert rows(
        testbed, "SELECT status, reason LIKE '%nothing was imported%' OR reason LIKE '%Nothing%' FROM cxc.import_run"
    ) == [("failed", True)]
    assert testbed.part(Component.CONFSERV).objects["CallingList"] == {}


def test_an_import_that_fails_half_way_leaves_nothing_and_can_be_done_again(
    testbed: Testbed, api: Contact, run_job: RunJob
) -> None:
    testbed.unplug(11)
    run = run_job(GOOD)
    assert run["state"] == "failed"
    assert "GWS does not answer" in run["reason"]
    assert api.get("/contact-lists") == []

    testbed.plug(11)
    assert api.post("/jobs/job/run")["state"] == "done"
    assert api.get("/contact-lists/Leads")["contacts"] == 2


def test_without_the_compliance_provider_time_zones_are_by_default_and_the_import_says_so(
    testbed: Testbed, run_job: RunJob
) -> None:
    testbed.unplug(3)
    result = run_job(GOOD)["result"]
    assert "Compliance data provider does not answer" in result["warning"]
    assert rows(testbed, f"SELECT DISTINCT cd_tz_name FROM {result['table']}") == [("UTC",)]


def test_unchanged_compliance_data_is_not_sent_again(testbed: Testbed, api: Contact) -> None:
    assert api.post("/compliance-data")["changed"] is True
    assert api.post("/compliance-data")["changed"] is False
    statuses = [seen.response["status"] for seen in testbed.journal.exchanges(3, operation="GET")]
    assert statuses == [200, 304]
    with redis_of(testbed) as redis:
        kept = redis.hgetall(f"cxc:{{{testbed.env['CX_TENANT']}}}:compliance")
    assert kept["version"] == api.get("/compliance-data")["version"]
    assert '"weekdays"' in kept["rules"]


def test_contacts_are_appended_and_those_of_before_are_duplicates(
    testbed: Testbed, api: Contact, run_job: RunJob
) -> None:
    run_job(GOOD)
    more = b"ClientID,Device1\nC-2,+442079460020\nC-3,+442079460018\nC-4,+442079460021\n"
    result = run_job(more, action="append-contacts")["result"]

    assert (result["contacts"], result["duplicates"]) == (1, 2)
    assert "is already in the list" in result["rejects"][0]["reason"]
    chains = f"SELECT chain_id, contact_info FROM {result['table']} ORDER BY chain_id"
    assert [row[0] for row in rows(testbed, chains)] == [1, 2, 3]
    assert api.get("/contact-lists/Leads")["contacts"] == 3


def test_a_list_that_is_there_is_not_overwritten(api: Contact, run_job: RunJob) -> None:
    run_job(GOOD)
    run = run_job(GOOD)
    assert run["state"] == "failed"
    assert 'There is a contact list "Leads" already.' in run["reason"]


def test_one_cannot_append_to_a_list_that_is_not_there(run_job: RunJob) -> None:
    run = run_job(GOOD, action="append-contacts")
    assert 'There is no contact list "Leads".' in run["reason"]


def test_files_that_match_a_pattern_are_imported_one_after_the_other(
    testbed: Testbed, api: Contact, run_job: RunJob
) -> None:
    sftp = testbed.part(Component.SFTP)
    sftp.put("/in/part-1.csv", GOOD)
    sftp.put("/in/part-2.csv", b"ClientID,Device1\nC-9,+442079460029\n")
    run = run_job(b"unused", path="/in/part-*.csv")
    assert run["files"] == ["/in/part-1.csv", "/in/part-2.csv"]
    assert api.get("/contact-lists/Leads")["contacts"] == 3


def test_a_suppression_list_comes_over_ftp_into_postgresql_and_redis(
    testbed: Testbed, api: Contact, run_job: RunJob
) -> None:
    run = run_job(SUPPRESSION.read_bytes(), action="import-suppression", name="Never", protocol="ftp", required=True)

    assert (run["state"], run["result"]["entries"], run["result"]["rejected"]) == ("done", 70, 1)
    assert run["result"]["rejects"][0]["reason"] == "no number"
    assert rows(testbed, "SELECT count(*) FROM cxc.suppression_entry") == [(70,)]
    tenant = testbed.env["CX_TENANT"]
    with redis_of(testbed) as redis:
        assert redis.hlen(f"cxc:{{{tenant}}}:suppression:Never") == 70
        assert '"required":true' in redis.hget(f"cxc:{{{tenant}}}:suppression", "Never")
        assert int(redis.get(f"cxc:{{{tenant}}}:rules:version")) >= 1
    assert api.get("/suppression-lists/Never")["entries"] == 70
    assert testbed.journal.exchanges(2, where=lambda seen: seen.transport == "ftp")


def test_results_are_exported_to_the_customers_server(testbed: Testbed, api: Contact, run_job: RunJob) -> None:
    run_job()
    api.post("/jobs", {"name": "out", "action": "export-results", "path": "/new/results.csv", "list": "Leads"})
    run = api.post("/jobs/out/run")

    assert (run["state"], run["result"]["records"]) == ("done", 1563)
    written = testbed.part(Component.SFTP).read("/new/results.csv").decode()
    results = list(csv.DictReader(io.StringIO(written)))
    assert len(results) == 1563
    assert results[0]["ClientID"] == "C000001"
    assert results[0]["CallResultName"] == "Unknown"


def test_a_job_whose_file_is_not_there_says_what_is(testbed: Testbed, api: Contact, run_job: RunJob) -> None:
    run = run_job(GOOD, path="/in/Lead.csv")
    assert run["state"] == "failed"
    assert "/in/Lead.csv" in run["reason"]


def test_a_job_keeps_its_history(api: Contact, run_job: RunJob) -> None:
    run_job(GOOD)
    api.post("/jobs/job/run")
    told = api.get("/jobs/job")
    assert [run["state"] for run in told["history"]] == ["failed", "done"]
    assert told["state"] == "failed"
    assert [job["name"] for job in api.get("/jobs")] == ["job"]


def test_a_job_that_is_due_runs_by_itself(testbed: Testbed, api: Contact) -> None:
    testbed.part(Component.SFTP).put("/in/leads.csv", GOOD)
    due = testbed.clock.now() + 3600
    from cxmock.reference.services.job_scheduler.schedule import iso

    job = {"name": "later", "action": "import-contacts", "path": "/in/leads.csv", "list": "Leads"}
    assert api.post("/jobs", {**job, "schedule": {"at": iso(due)}})["schedule"] == {"at": iso(due)}
    assert api.get("/jobs/later")["history"] == []

    since = testbed.journal.mark
    testbed.run(_advance(testbed, 3601))
    testbed.journal.wait_for(7, operation="COPY", since=since)
    testbed.journal.wait_for(5, operation="SREM", since=since)
    assert api.get("/jobs/later")["state"] == "done"


@pytest.mark.parametrize(
    ("job", "field"),
    [
        ({"action": "import"}, "action"),
        ({"protocol": "scp"}, "protocol"),
        ({"path": "in/leads.csv"}, "path"),
        ({"path": "/in/../etc/passwd"}, "path"),
        ({"list": ""}, "list"),
        ({"schedule": "daily"}, "schedule"),
        ({"schedule": {"at": "soon"}}, "schedule.at"),
        ({"name": "a/b"}, "name"),
        ({"required": "yes"}, "required"),
        ({"action": "export-results", "path": "/out/*.csv"}, "path"),
        ({"path": "/*/leads.csv"}, "path"),
    ],
)
def test_a_job_that_makes_no_sense_is_refused(api: Contact, job: dict[str, Any], field: str) -> None:
    good = {"name": "job", "action": "import-contacts", "path": "/in/leads.csv", "list": "Leads"}
    answer = api.send("POST", f"{BASE}/jobs", json=good | job)
    assert answer.status == 400
    assert f'"{field}"' in answer.json()["status"]["message"]


def test_a_file_is_taken_in_chunks_and_seen_only_when_it_is_whole(testbed: Testbed, api: Contact) -> None:
    from cxmock.clients.http import HttpClient

    async def put(target: str, body: bytes) -> int:
        headers = {"x-service-key": testbed.env["CX_SERVICE_KEY"]}
        client = HttpClient(testbed.env["CX_LIST_MANAGER_URL"], agent="cxc-job-scheduler", headers=headers)
        status = (await client.request("PUT", BASE + target, body=body)).status
        await client.aclose()
        return status

    assert testbed.run(put("/files/import/a.csv?offset=0&last=false", b"Device1\n")) == 200
    assert api.get("/files/import") == []
    assert testbed.run(put("/files/import/a.csv?offset=8&last=true", b"+12125550143\n")) == 200
    assert [(one["name"], one["size"]) for one in api.get("/files/import")] == [("a.csv", 21)]
    assert api.send("GET", f"{BASE}/files/import/a.csv?offset=8").body == b"+12125550143\n"
    assert api.send("GET", f"{BASE}/files/import/a.csv?offset=21").body == b""


@pytest.mark.parametrize(
    "target", ["/files/etc", "/files/import/..", "/files/import/.hidden", "/files/import/none.csv"]
)
def test_nothing_beside_the_shares_folders_can_be_reached(api: Contact, target: str) -> None:
    answer = api.send("GET", BASE + target)
    assert answer.status in (400, 404)
    assert answer.json()["status"]["code"] in (604, 652)


async def _advance(testbed: Testbed, seconds: float) -> None:
    testbed.clock.advance(seconds)


def test_a_job_can_be_replaced_and_removed(api: Contact, run_job: RunJob) -> None:
    run_job(GOOD)
    answer = api.send(
        "POST", f"{BASE}/jobs", json={"name": "job", "action": "append-contacts", "path": "/in/x", "list": "L"}
    )
    assert answer.status == 200
    told = api.get("/jobs/job")
    assert (told["action"], len(told["history"])) == ("append-contacts", 1)
    assert api.send("DELETE", f"{BASE}/jobs/job").status == 200
    assert api.send("GET", f"{BASE}/jobs/job").json()["status"]["message"] == 'There is no job "job".'
    assert api.send("DELETE", f"{BASE}/jobs/job").status == 404


def test_a_job_whose_pattern_matches_nothing_says_what_is_there(run_job: RunJob) -> None:
    run = run_job(GOOD, path="/in/nothing-*.csv")
    assert "No file on the server matches /in/nothing-*.csv. In /in there is: Leads.csv." in run["reason"]


@pytest.mark.parametrize(
    ("order", "field"),
    [
        ({"file": "etc/passwd"}, "file"),
        ({"file": "import/../x"}, "file"),
        ({"country": "XX"}, "country"),
        ({"timeZone": "Mars/Base"}, "timeZone"),
        ({"encoding": "KOI8-R"}, "KOI8-R"),
        ({"name": "x" * 65}, "name"),
        ({"append": "yes"}, "append"),
    ],
)
def test_an_import_that_makes_no_sense_is_refused(api: Contact, order: dict[str, Any], field: str) -> None:
    answer = api.send("POST", f"{BASE}/contact-lists", json={"name": "Leads", "file": "import/leads.csv"} | order)
    assert answer.status == 400
    assert f'"{field}"' in answer.json()["status"]["message"]


def test_a_file_that_is_not_on_the_share_is_named(api: Contact) -> None:
    answer = api.send("POST", f"{BASE}/contact-lists", json={"name": "Leads", "file": "import/none.csv"})
    assert (answer.status, answer.json()["status"]["message"]) == (404, "The share has no file import/none.csv.")


@pytest.mark.parametrize("kind", ["contact", "suppression"])
def test_a_list_that_is_not_there_is_named(api: Contact, kind: str) -> None:
    answer = api.send("GET", f"{BASE}/{kind}-lists/Nobody")
    assert (answer.status, answer.json()["status"]["message"]) == (404, f'There is no {kind} list "Nobody".')


def test_two_lists_whose_names_become_the_same_table_have_tables_of_their_own(api: Contact, run_job: RunJob) -> None:
    assert run_job(GOOD, name="My leads")["result"]["table"] == "cxc.cl_my_leads"
    assert run_job(GOOD, name="My, leads")["result"]["table"] == "cxc.cl_my_leads_2"
    assert [one["name"] for one in api.get("/contact-lists")] == ["My leads", "My, leads"]


def test_a_suppression_list_keeps_the_type_of_its_entries(api: Contact, run_job: RunJob) -> None:
    run_job(b"Device\n+12125550143\n", action="import-suppression", name="Never")
    run = run_job(b"ClientID\nC-1\n", action="import-suppression", name="Never", type="ClientID")
    assert "has entries of type Device, not ClientID" in run["reason"]
    assert api.get("/suppression-lists/Never")["entries"] == 1


def test_a_restarted_list_builder_takes_up_the_compliance_data_that_redis_has(testbed: Testbed, api: Contact) -> None:
    """The provider is asked whether the data has changed, and need not send it again."""
    from cxmock.reference.services.list_builder import build
    from cxmock.reference.settings import Settings

    api.post("/compliance-data")

    async def restarted() -> tuple[bool, str]:
        service = build(Settings.from_env(testbed.env), testbed.clock)
        changed = await service.compliance.pull()
        await service.aclose()
        return changed, service.compliance.data.zone_of("+12125550143")

    assert testbed.run(restarted()) == (False, "America/New_York")
    statuses = [seen.response["status"] for seen in testbed.journal.exchanges(3, operation="GET")]
    assert statuses == [200, 304]
