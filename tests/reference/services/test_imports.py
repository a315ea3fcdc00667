"""Imports of every kind, asked for at the API: files of all formats, what becomes of the list, and what is refused."""

from __future__ import annotations

import csv
import gzip
import io
from typing import Any

import psycopg
import pytest

from cxmock.testbed import Testbed
from cxmock.testbed.contact import BASE, Contact
from cxmock.topology import Component
from tests.reference.services.conftest import rows

LEADS = "ClientID,FirstName,Device1,Country,Other1\nC-1,Ada,+12125550143,US,gold\nC-2,Bea,+442079460018,GB,silver\n"


class Imports:
    """Puts files on the share, and has them imported."""

    def __init__(self, testbed: Testbed, api: Contact) -> None:
        self.testbed = testbed
        self.api = api

    def refused(self, data: str | bytes, called: str = "leads.csv", **more: Any) -> tuple[int, int, str]:
        """Import what is to be refused; return the HTTP status, the code, and what is said."""
        answer = self._send(data, called, more)
        status = answer.json()["status"]
        return answer.status, status["code"], f"{status['message']} {status['detail']}"

    def __call__(self, data: str | bytes, called: str = "leads.csv", **more: Any) -> dict[str, Any]:
        """Import; return what came of it."""
        answer = self._send(data, called, more)
        assert answer.status in (200, 202), answer.text
        told: dict[str, Any] = answer.json()["data"]
        return told

    def _send(self, data: str | bytes, called: str, more: dict[str, Any]) -> Any:
        told = data.encode() if isinstance(data, str) else data
        self.testbed.part(Component.SHARE).put(f"/import/{called}", told)
        order = {"name": "Leads", "file": f"import/{called}", **more}
        return self.api.send("POST", f"{BASE}/contact-lists", json=order)

    def records(self, table: str = "cl_leads", columns: str = "chain_id, c_client_id, contact_info") -> list[Any]:
        """Return records of a calling list."""
        return rows(self.testbed, f"SELECT {columns} FROM cxc.{table} ORDER BY chain_id, chain_n")


@pytest.fixture
def imports(testbed: Testbed, api: Contact) -> Imports:
    """Imports, asked for by somebody who is logged in."""
    return Imports(testbed, api)


def test_a_zipped_pipe_delimited_file_in_windows_1252_is_imported(imports: Imports) -> None:
    text = "ClientID|FirstName|Device1\nC-1|“Zoë”|+12125550143\n".encode("cp1252")
    told = imports(gzip.compress(text), "leads.txt.gz")
    assert (told["contacts"], told["encoding"]) == (1, "Windows-1252")
    assert imports.records(columns="c_first_name") == [("“Zoë”",)]


def test_a_specification_file_is_uploaded_once_and_named_in_imports(testbed: Testbed, imports: Imports) -> None:
    """Fields at fixed positions, without a header; numbers are German ones."""
    specification = b"[file]\nformat = fixed\ncountry = DE\n[fields]\nClientID = 1-4\nDevice1 = 5-16\n"
    testbed.part(Component.SHARE).put("/specifications/old dialer.spc", specification)
    told = imports("C-1 030901820  \nC-2 030901821  ", "leads.txt", specification="old dialer.spc")
    assert told["contacts"] == 2
    assert imports.records() == [(1, "C-1", "+4930901820"), (2, "C-2", "+4930901821")]


def test_a_specification_file_is_uploaded_and_listed_by_the_api(testbed: Testbed, api: Contact) -> None:
    from cxmock.clients.http import HttpClient

    async def put() -> int:
        headers = {"x-service-key": testbed.env["CX_SERVICE_KEY"]}
        client = HttpClient(testbed.env["CX_LIST_MANAGER_URL"], agent="cxc-amark-app", headers=headers)
        status = (await client.request("PUT", f"{BASE}/files/specifications/a.spc", body=b"[file]\n")).status
        await client.aclose()
        return status

    assert testbed.run(put()) == 200
    assert [one["name"] for one in api.get("/files/specifications")] == ["a.spc"]


def test_a_data_mapping_schema_says_which_column_is_what(api: Contact, imports: Imports) -> None:
    columns = [{"heading": "Nummer", "field": "ClientID"}, {"heading": "Mobil", "field": "Device1"}]
    made = api.send("POST", f"{BASE}/data-mapping-schemas", json={"name": "German", "columns": columns})
    assert made.status == 201, made.text
    told = imports("Nummer;Mobil\nC-1;+12125550143\n", mapping="German")
    assert told["contacts"] == 1
    assert imports.refused(LEADS, mapping="French")[:2] == (404, 604)


def test_rules_choose_the_rows(api: Contact, imports: Imports) -> None:
    british = {"field": "Country", "operator": "equals", "value": "GB"}
    api.send("POST", f"{BASE}/selection-rules", json={"name": "British", "condition": british})
    gold = {"field": "Other1", "operator": "equals", "value": "gold"}
    api.send("POST", f"{BASE}/filtering-rules", json={"name": "no gold", "condition": gold})
    told = imports(LEADS, selectionRule="British")
    assert (told["contacts"], told["skipped"], told["rejected"], told["rows"]) == (1, 1, 0, 2)
    told = imports(LEADS, name="Others", filteringRule="no gold")
    assert (told["contacts"], told["skipped"]) == (1, 1)
    _, code, why = imports.refused(LEADS.replace("GB", "FR"), name="None", selectionRule="British")
    assert (code, "left out by rules (2)" in why) == (652, True)


def test_an_upload_rule_makes_several_lists_all_or_none(testbed: Testbed, api: Contact, imports: Imports) -> None:
    api.send("POST", f"{BASE}/upload-rules", json={"name": "by metal", "by": "field", "field": "Other1"})
    told = imports(LEADS, uploadRule="by metal")
    assert [one["name"] for one in told["lists"]] == ["Leads gold", "Leads silver"]
    shown = {one["name"]: (one["contacts"], one["devices"]) for one in api.get("/contact-lists")}
    assert shown == {"Leads gold": (1, 1), "Leads silver": (1, 1)}
    assert imports.records("cl_leads_silver") == [(2, "C-2", "+442079460018")]
    lists = testbed.part(Component.CONFSERV).objects["CallingList"].values()
    assert {one["name"] for one in lists} == {"Leads gold", "Leads silver"}

    assert imports.refused(LEADS.replace("gold", "brass"), uploadRule="by metal")[:2] == (409, 609)
    assert len(api.get("/contact-lists")) == 2
    assert imports.refused(LEADS, uploadRule="by metal", mode="append")[:2] == (400, 652)


def test_a_field_may_have_any_value_and_yet_tells_the_list(api: Contact, imports: Imports) -> None:
    """What cannot be in a name is replaced; what makes a name too long is refused."""
    api.send("POST", f"{BASE}/upload-rules", json={"name": "by metal", "by": "field", "field": "Other1"})
    odd = LEADS.replace("gold", "a/b*\u200b.").replace("silver", "")
    assert [one["name"] for one in imports(odd, uploadRule="by metal")["lists"]] == ["Leads a_b__", "Leads none"]
    assert imports.refused(LEADS, name="n" * 60, uploadRule="by metal")[:2] == (400, 652)
    assert len(api.get("/contact-lists")) == 2


def test_an_update_changes_who_is_there_and_adds_who_is_new(testbed: Testbed, api: Contact, imports: Imports) -> None:
    """What became of a device that somebody keeps is kept, too: it was tried twice."""
    imports(LEADS)
    with psycopg.connect(testbed.env["CX_POSTGRES_URL"]) as connection:
        connection.execute("UPDATE cxc.cl_leads SET attempt = 2, call_result = 7 WHERE chain_id = 1")
    told = imports(
        "ClientID,FirstName,Device1,Device2\nC-1,Adele,+12125550199,+12125550143\nC-3,Cleo,+12125550144,\n",
        mode="update",
    )
    assert (told["contacts"], told["updated"], told["devices"]) == (2, 1, 3)
    assert imports.records(columns="chain_id, chain_n, c_first_name, contact_info, attempt, call_result") == [
        (1, 0, "Adele", "+12125550199", 0, 28),
        (1, 1, "Adele", "+12125550143", 2, 7),
        (2, 0, "Bea", "+442079460018", 0, 28),
        (3, 0, "Cleo", "+12125550144", 0, 28),
    ]
    numbers = imports.records(columns="record_id")
    assert len(set(numbers)) == 4
    listed = api.get("/contact-lists/Leads")
    assert (listed["contacts"], listed["devices"]) == (3, 4)


def test_a_replaced_list_has_the_new_contacts_only(api: Contact, imports: Imports) -> None:
    first = imports(LEADS)
    told = imports("ClientID,Device1\nC-9,+12125550144\n", mode="replace")
    assert (told["table"], told["dbid"]) == (first["table"], first["dbid"])
    assert imports.records() == [(3, "C-9", "+12125550144")]  # what OCS writes back late meets nobody else's record
    listed = api.get("/contact-lists/Leads")
    assert (listed["contacts"], listed["devices"]) == (1, 1)

    assert imports.refused("ClientID,Device1\nC-1,none\n", mode="replace")[1] == 652
    assert imports.records() == [(3, "C-9", "+12125550144")]


@pytest.mark.parametrize("mode", ["append", "update", "replace"])
def test_only_a_list_that_is_there_is_changed(imports: Imports, mode: str) -> None:
    assert imports.refused(LEADS, mode=mode)[:2] == (404, 604)


def test_a_removed_list_leaves_nothing_and_its_name_is_free(testbed: Testbed, api: Contact, imports: Imports) -> None:
    imports(LEADS)
    assert api.send("DELETE", f"{BASE}/contact-lists/Leads").status == 200
    assert rows(testbed, "SELECT count(*) FROM pg_tables WHERE tablename LIKE 'cl\\_%'") == [(0,)]
    store = testbed.part(Component.CONFSERV).objects
    assert (store["CallingList"], store["TableAccess"]) == ({}, {})
    assert api.send("DELETE", f"{BASE}/contact-lists/Leads").json()["status"]["code"] == 604
    assert imports(LEADS)["contacts"] == 2


def test_a_list_that_a_campaign_has_is_not_removed(api: Contact, imports: Imports) -> None:
    imports(LEADS)
    api.post("/campaign-groups", {"name": "Spring", "group": "Outbound agents", "contactList": "Leads"})
    answer = api.send("DELETE", f"{BASE}/contact-lists/Leads")
    assert (answer.status, answer.json()["status"]["code"]) == (409, 409)
    assert api.get("/contact-lists/Leads")["contacts"] == 2
    assert len(imports.records()) == 2


def test_the_time_zone_is_the_rows_else_the_postal_codes_and_each_number_has_its_own(imports: Imports) -> None:
    text = (
        "ClientID,Device1,Device2,Country,PostalCode,TimeZone\n"
        "C-1,+12125550143,+442079460018,US,,Asia/Tokyo\n"
        "C-2,+12125550144,ada@example.org,US,94102,\n"
        "C-3,bea@example.org,,US,94102,\n"
    )
    imports(text, timeZone="Indian/Reunion")
    assert imports.records(columns="c_client_id, c_tz_name, cd_tz_name") == [
        ("C-1", "Asia/Tokyo", "Asia/Tokyo"),
        ("C-1", "Asia/Tokyo", "Asia/Tokyo"),
        ("C-2", "America/Los_Angeles", "America/New_York"),
        ("C-2", "America/Los_Angeles", "America/New_York"),
        ("C-3", "America/Los_Angeles", "America/Los_Angeles"),
    ]


BAD = LEADS + "C-3,Cleo,nobody,US,gold\nC-4,Dora,nobody,US,gold\n"


def test_more_bad_rows_than_are_allowed_stop_the_import(testbed: Testbed, api: Contact, imports: Imports) -> None:
    for limit in ({"maxRejects": 1}, {"maxRejectPercent": 49.9}, {"maxRejects": 0}):
        status, code, why = imports.refused(BAD, **limit)
        assert (status, code) == (400, 652)
        assert "more than the" in why
        assert "line 4: invalid device" in why
    assert api.get("/contact-lists") == []
    assert rows(testbed, "SELECT count(*) FROM pg_tables WHERE tablename LIKE 'cl\\_%'") == [(0,)]
    assert imports(BAD, maxRejects=2, maxRejectPercent=50)["rejected"] == 2


def test_rejected_rows_are_downloaded_with_line_and_reason(api: Contact, imports: Imports) -> None:
    told = imports(BAD)
    text = api.send("GET", f"{BASE}/files/{told['rejectsFile']}").text
    assert [(row["Line"], row["Reason"].partition(":")[0]) for row in csv.DictReader(io.StringIO(text))] == [
        ("4", "invalid device"),
        ("5", "invalid device"),
    ]


def test_an_import_that_nobody_waits_for_is_watched(testbed: Testbed, api: Contact, imports: Imports) -> None:
    since = testbed.journal.mark
    told = imports(LEADS, wait=False)
    testbed.journal.wait_for(
        7, operation="UPDATE", since=since, where=lambda seen: "status = 'done'" in str(seen.request)
    )
    testbed.journal.wait_for(7, operation="COMMIT", since=testbed.journal.mark - 1, within=5)
    [run] = api.get("/contact-lists/Leads/imports")
    assert (run["id"], run["status"], run["imported"], run["lines"]) == (told["import"], "done", 2, 3)


def test_a_pgp_encrypted_file_makes_a_secured_list(testbed: Testbed, api: Contact, imports: Imports) -> None:
    """Nothing shows its rows any more: not the rejects, not the records, not an export of its contacts."""
    pysequoia = pytest.importorskip("pysequoia")
    secret = pysequoia.Tsk.generate("Lists")
    data = bytes(pysequoia.encrypt(BAD.encode(), recipients=[secret.extract_certificate()]))
    assert imports.refused(data, "leads.csv.pgp")[:2] == (400, 652)
    assert imports.refused(data, "leads.csv.pgp", pgpKey="lists")[:2] == (404, 604)

    given = api.send("POST", f"{BASE}/pgp-keys", json={"name": "lists", "key": str(secret)})
    assert given.status == 201, given.text
    assert "PRIVATE" not in given.text
    assert [set(one) for one in api.get("/pgp-keys")] == [{"name", "fingerprint", "created"}]
    assert api.send("POST", f"{BASE}/pgp-keys", json={"name": "lists", "key": str(secret)}).status == 409

    told = imports(data, "leads.csv.pgp", pgpKey="lists")
    assert (told["contacts"], told["secured"], told["rejects"][0]["text"]) == (2, True, "")
    assert api.get("/contact-lists/Leads")["secured"] is True
    assert set(imports.records(columns="c_original_record")) == {(None,)}
    order = {"file": "export/leads.csv", "what": "contacts"}
    assert api.send("POST", f"{BASE}/contact-lists/Leads/export", json=order).status == 403

    assert api.send("DELETE", f"{BASE}/pgp-keys/lists").status == 200
    assert api.send("DELETE", f"{BASE}/pgp-keys/lists").status == 404
    assert api.send("POST", f"{BASE}/pgp-keys", json={"name": "x", "key": "nonsense"}).json()["status"]["code"] == 652


def exported(testbed: Testbed, api: Contact, **order: Any) -> list[list[str]]:
    """Export the list, and return the file's rows."""
    delimiter = {"tab": "\t", "pipe": "|"}.get(order.get("delimiter", ""), ",")
    api.post("/contact-lists/Leads/export", {"file": "export/out.txt", **order})
    text = testbed.part(Component.SHARE).read("/export/out.txt").decode()
    return list(csv.reader(io.StringIO(text), delimiter=delimiter))


def test_contacts_are_exported_and_can_be_imported_again(testbed: Testbed, api: Contact, imports: Imports) -> None:
    imports("ClientID,FirstName,Device1,Device3\nC-1,Ada,+12125550143,ada@example.org\nC-2,Bea,+442079460018,\n")
    columns = ["ClientID", "Device1", "Device3"]
    found = exported(testbed, api, what="contacts", format="txt", delimiter="tab", columns=columns)
    assert found == [columns, ["C-1", "+12125550143", "ada@example.org"], ["C-2", "+442079460018", ""]]
    text = testbed.part(Component.SHARE).read("/export/out.txt")
    assert imports(text, "again.txt", name="Again")["devices"] == 3


def test_results_are_exported_by_call_result(testbed: Testbed, api: Contact, imports: Imports) -> None:
    imports(LEADS)
    with psycopg.connect(testbed.env["CX_POSTGRES_URL"]) as connection:
        connection.execute("UPDATE cxc.cl_leads SET call_result = 7 WHERE chain_id = 2")
    columns = ["Device", "CallResultName", "Other1"]
    found = exported(testbed, api, columns=columns, callResults=[7], header=False)
    assert found == [["+442079460018", "No Answer", "silver"]]


@pytest.mark.parametrize(
    ("order", "what"),
    [
        ({"columns": ["Shoe"]}, '"columns" has "Shoe"'),
        ({"columns": ["Device1"]}, '"columns" has "Device1"'),
        ({"what": "all"}, '"what" is "all"'),
        ({"callResults": ["7"]}, "a whole number"),
        ({"callResults": [7, "0) OR (1=1"]}, "a whole number"),
        ({"file": "../etc/passwd"}, '"file" is "../etc/passwd"'),
        ({"delimiter": "'"}, '"delimiter" is'),
    ],
)
def test_an_export_that_makes_no_sense_is_refused(api: Contact, imports: Imports, order: Any, what: str) -> None:
    answer = api.send("POST", f"{BASE}/contact-lists/Leads/export", json={"file": "export/a.csv", **order})
    assert (answer.status, answer.json()["status"]["code"]) == (400, 652)
    assert what in answer.json()["status"]["message"]


@pytest.mark.parametrize(
    ("order", "code", "what"),
    [
        ({"name": ""}, 651, '"name" is missing'),
        ({"name": "n" * 65}, 652, '"name" has 65 characters'),
        ({"name": 7}, 652, '"name" is to be text'),
        ({"name": "a/b"}, 652, '"name" has'),
        ({"file": ""}, 651, '"file" is missing'),
        ({"file": "import/../x"}, 652, '"file" is "import/../x"'),
        ({"file": "nowhere/x.csv"}, 652, '"file" is "nowhere/x.csv"'),
        ({"file": "import/none.csv"}, 604, "The share has no file"),
        ({"mode": "merge"}, 652, '"mode" is "merge"'),
        ({"mode": "update", "append": True}, 652, '"append" is true'),
        ({"encoding": "KOI8-R"}, 652, '"KOI8-R" is no encoding'),
        ({"country": "XX"}, 652, '"country" is "XX"'),
        ({"timeZone": "Mars/Base"}, 652, '"timeZone" is "Mars/Base"'),
        ({"delimiter": "dot"}, 652, '"delimiter" is "dot"'),
        ({"delimiter": "pipe"}, 652, "no Device column"),
        ({"specification": "none.spc"}, 604, "specifications/none.spc"),
        ({"specification": "../x"}, 652, '"specification" has'),
        ({"specification": "a.spc", "delimiter": "pipe"}, 652, "says what"),
        ({"mapping": "none"}, 604, "no data-mapping schema"),
        ({"selectionRule": "none"}, 604, "no selection rule"),
        ({"filteringRule": "none"}, 604, "no filtering rule"),
        ({"uploadRule": "none"}, 604, "no upload rule"),
        ({"pgpKey": "none"}, 604, "no PGP key"),
        ({"maxRejects": -1}, 652, '"maxRejects" is -1'),
        ({"maxRejects": "5"}, 652, '"maxRejects" is to be'),
        ({"maxRejectPercent": 101}, 652, '"maxRejectPercent" is 101'),
        ({"duplicatesBy": ["Name"]}, 652, '"duplicatesBy[0]" is "Name"'),
        ({"mode": "update", "duplicatesBy": []}, 652, '"duplicatesBy" is empty'),
        ({"wait": "no"}, 652, '"wait" is to be'),
        ({"shoe": 42}, 652, '"shoe" is not known here'),
    ],
)
def test_an_import_that_makes_no_sense_is_refused(imports: Imports, order: Any, code: int, what: str) -> None:
    status, found, why = imports.refused(LEADS, **order)
    assert (found, status < 500) == (code, True), why
    assert what in why


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "is empty"),
        (b"ClientID,Device1\n", "a header and no rows"),
        (b"ClientID,Device1\nC-1,+1212\x00\n", "has a NUL byte"),
        (b"x" * 300_000, "longer than 65536 characters"),
        (b"ClientID,Device1\n" + b"x" * 300_000, "1 row, and it was rejected"),
        (b'"ClientID,Device1\nC-1,+12125550143\n', "a quote is not closed"),
        ("ClientID,Device1\nZoë,1\n".encode() + "Zoë,2\n".encode("latin-1"), "line 3 has the byte 0xEB"),
        (b"Device1,Device11\n1,2\n", "of 10 devices that a contact can have"),
        (b"ClientID,Device1\n" + b"C" * 65 + b",+12125550143\n", "client id has 65 characters"),
        (gzip.compress(LEADS.encode())[:-9], "is cut off"),
        (gzip.compress(b" " * (40 * 2**20)), "more than 200 times its own size"),
    ],
)
def test_a_file_of_any_broken_kind_is_refused_and_leaves_nothing(
    testbed: Testbed, api: Contact, imports: Imports, data: bytes, what: str
) -> None:
    encoding = "UTF-8" if "0xEB" in what else ""
    status, code, why = imports.refused(data, encoding=encoding)
    assert (status, code) == (400, 652)
    assert what in why
    assert api.get("/contact-lists") == []
    assert rows(testbed, "SELECT count(*) FROM pg_tables WHERE tablename LIKE 'cl\\_%'") == [(0,)]


def test_a_job_passes_on_how_its_files_are_imported(testbed: Testbed, api: Contact) -> None:
    """The first of several files replaces what the list had, the others add to it."""
    columns = [{"heading": "Nummer", "field": "ClientID"}, {"heading": "Mobil", "field": "Device1"}]
    api.post("/data-mapping-schemas", {"name": "German", "columns": columns})
    sftp = testbed.part(Component.SFTP)
    sftp.put("/in/a.csv", b"Nummer;Mobil\nC-1;+12125550143\n")
    sftp.put("/in/b.csv", b"Nummer;Mobil\nC-2;+442079460018\n")
    job = {"name": "job", "action": "import-contacts", "path": "/in/*.csv", "list": "Leads"}
    for mode in ("create", "replace"):
        api.post("/jobs", {**job, "options": {"mapping": "German", "mode": mode}})
        run = api.post("/jobs/job/run")
        assert run["state"] == "done", run["reason"]
        assert rows(testbed, "SELECT c_client_id FROM cxc.cl_leads ORDER BY chain_id") == [("C-1",), ("C-2",)]

    for options in ({"name": "Other"}, {"file": "x"}, ["mode"], {str(number): 1 for number in range(31)}):
        assert api.send("POST", f"{BASE}/jobs", json={**job, "options": options}).status == 400
    export = {**job, "action": "export-results", "path": "/out.csv", "options": {"mode": "create"}}
    assert api.send("POST", f"{BASE}/jobs", json=export).json()["status"]["code"] == 652


def test_all_that_imports_ask_of_other_systems_is_promised(testbed: Testbed, api: Contact, imports: Imports) -> None:
    british = {"field": "Country", "operator": "equals", "value": "GB"}
    api.send("POST", f"{BASE}/selection-rules", json={"name": "British", "condition": british})
    api.send("POST", f"{BASE}/upload-rules", json={"name": "by metal", "by": "field", "field": "Other1"})
    imports(BAD)
    for mode in ("append", "update", "replace"):
        imports(LEADS.replace("C-", "X-").replace("0143", "0177").replace("0018", "0077"), mode=mode)
    imports(LEADS, name="Parts", uploadRule="by metal")
    imports(LEADS, name="Some", selectionRule="British")
    imports.refused(BAD, name="None", maxRejects=0)
    for what in ("results", "contacts"):
        exported(testbed, api, what=what, callResults=[28], format="txt")
    api.get("/contact-lists/Leads/imports")
    api.get("/contact-lists/Leads/rejects")
    api.send("DELETE", f"{BASE}/contact-lists/Leads")
    for connection in (5, 6, 7, 10, 11):
        testbed.journal.conformance(connection).raise_unless_good()
