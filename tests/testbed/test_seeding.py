"""What is seeded stands where CX Contact and OCS look, as if they had put it there."""

from __future__ import annotations

import json

import pytest
from phonenumbers import is_valid_number, parse

from cxmock.errors.looking import NotThere
from cxmock.errors.seeding import ContactRejected, NotSeeded, SeededAlready, TooManyContacts
from cxmock.errors.stores import UnknownContactList
from cxmock.fakes.confserv import Confserv
from cxmock.fakes.ocs import Ocs
from cxmock.fakes.sftp import Sftp
from cxmock.journal import Journal
from cxmock.testbed import Testbed
from cxmock.testbed.contact import Contact as ApiClient
from cxmock.testbed.faces import PostgresFace, RedisFace
from cxmock.testbed.seeding import (
    Campaign,
    Contact,
    ContactHours,
    ContactList,
    Seed,
    SuppressionEntry,
    SuppressionList,
    contact_file,
    contacts,
    suppression_file,
)
from cxmock.topology import Component
from cxmock.wire.genesys.enumerations import CallResult

LONDON, NEW_YORK = "+442079460018", "+12125550143"
DAYTIME = 1_768_402_800.0
"""A Wednesday, 15:00 in London and 10:00 in New York."""


@pytest.mark.parametrize("country", ["AU", "CA", "DE", "FR", "GB", "SE", "US"])
def test_contacts_are_all_different_and_at_valid_numbers(country: str) -> None:
    people = contacts(60, country)

    assert len({one.client_id for one in people}) == 60
    assert len({one.devices for one in people}) == 60
    assert all(is_valid_number(parse(one.devices[0])) for one in people)
    assert contacts(59, country, first=2) == people[1:]


def test_more_contacts_than_there_are_free_numbers_are_refused() -> None:
    with pytest.raises(TooManyContacts, match="700 at most") as told:
        contacts(5000, "CA")

    assert "contacts(700" in told.value.fix
    with pytest.raises(TooManyContacts, match="countries are AU, CA"):
        contacts(1, "XX")


def test_a_seeded_list_has_the_records_that_an_import_makes(
    cx_seed: Seed, cx_sftp: Sftp, cx_postgres: PostgresFace, cx_contact: ApiClient
) -> None:
    """The same people, once by the customer's file and once seeded: not a column differs."""
    people = [*contacts(3), Contact("C-9", [LONDON, "ada@example.org"], "Ada", "King", others={3: "gold, \\silver"})]
    cx_contact.login()
    cx_sftp.put("/in/leads.csv", contact_file(people))
    job = {"name": "nightly", "action": "import-contacts", "path": "/in/leads.csv", "list": "Imported"}
    cx_contact.post("/jobs", job)
    assert cx_contact.post("/jobs/nightly/run")["state"] == "done"

    cx_seed(ContactList("Seeded", people))

    lists = cx_postgres.contact_lists
    assert lists["Seeded"].records == lists["Imported"].records
    assert (lists["Seeded"].contacts, lists["Seeded"].devices) == (4, 5)
    assert [one["name"] for one in cx_contact.get("/contact-lists")] == ["Imported", "Seeded"]


def test_a_seeded_calling_list_is_the_one_that_cx_contact_would_have_made(
    cx_seed: Seed, cx_confserv: Confserv, cx_contact: ApiClient, cx_sftp: Sftp
) -> None:
    cx_contact.login()
    cx_sftp.put("/in/leads.csv", contact_file(contacts(1)))
    cx_contact.post("/jobs", {"name": "n", "action": "import-contacts", "path": "/in/leads.csv", "list": "Imported"})
    cx_contact.post("/jobs/n/run")

    cx_seed(ContactList("Seeded", contacts(1)))

    told = []
    for name in ("Imported", "Seeded"):
        one = cx_confserv.wait_for("CallingList", name)
        table = cx_confserv.objects["TableAccess"][one["tableAccessDBID"]]
        own = ("DBID", "name", "tableAccessDBID", "dbTableName")
        told.append([{k: v for k, v in each.items() if k not in own} for each in (one, table)])
    assert told[0] == told[1]


def test_ocs_dials_a_seeded_campaign(
    cx_seed: Seed, cx_ocs: Ocs, cx_testbed: Testbed, cx_postgres: PostgresFace
) -> None:
    """Nothing of CX Contact runs: lists and campaign are seeded, OCS reads and dials them."""
    cx_testbed.clock.set(DAYTIME)
    cx_ocs.outcomes[LONDON] = [CallResult.BUSY]
    cx_seed(ContactList("leads", [Contact("C-1", [LONDON])]), Campaign("Spring", lists=["leads"], channels=1))

    cx_testbed.run(cx_ocs.is_dialing("Spring"))

    assert cx_ocs.attempt(LONDON).result == CallResult.BUSY
    with pytest.raises(NotThere) as told:
        cx_ocs.attempt(NEW_YORK, within=0)
    assert str(told.value) == (
        f'OCS has no attempt 1 on "{NEW_YORK}".\n'
        f"  expected: One like it. There is:\n            1 on {LONDON}: Busy\n"
        "  fix:      Look at what was asked before: connections 8, 9 and 13 in the journal; or wait longer."
    )


def test_a_seeded_suppression_list_forbids_the_call(
    cx_seed: Seed, cx_contact: ApiClient, cx_ocs: Ocs, cx_testbed: Testbed
) -> None:
    """OCS asks Compliance Manager before each call, and that finds the number in Redis."""
    cx_testbed.clock.set(DAYTIME)
    uri = cx_testbed.env["CX_COMPLIANCE_MANAGER_URL"] + "/ocs/validation"
    cx_seed(
        ContactList("leads", [Contact("C-1", [LONDON]), Contact("C-2", [NEW_YORK])]),
        SuppressionList("never", [LONDON, SuppressionEntry(NEW_YORK, expires=DAYTIME - 1)]),
        Campaign("Spring", lists=["leads"], options={"validation-uri": uri}),
    )

    cx_testbed.run(cx_ocs.is_dialing("Spring"))

    assert cx_ocs.attempt(LONDON).rule["GSW_BLOCKING_RULE"] == "never"
    assert cx_ocs.attempt(NEW_YORK).dialed


def test_a_suppression_list_is_in_both_stores(cx_seed: Seed, cx_postgres: PostgresFace, cx_redis: RedisFace) -> None:
    cx_seed(SuppressionList("bankrupt", ["C-1", SuppressionEntry("C-2", expires=2e9)], type="ClientID", channel="sms"))

    stored = cx_postgres.suppression_list("bankrupt", within=0)
    assert (stored.type, stored.channel, stored.required) == ("ClientID", "sms", True)
    assert stored.entries == {"C-1": None, "C-2": 2_000_000_000}
    assert cx_redis.suppression_list("bankrupt", within=0) == {"C-1": 0, "C-2": 2_000_000_000}
    with pytest.raises(NotThere, match=r'no suppression list "bankrott"(.|\n)*bankrupt'):
        cx_postgres.suppression_list("bankrott", within=0)
    with pytest.raises(NotThere, match=r'no suppression list "bankrott"(.|\n)*bankrupt'):
        cx_redis.suppression_list("bankrott", within=0)


def test_an_imported_suppression_file_looks_like_a_seeded_one(
    cx_seed: Seed, cx_contact: ApiClient, cx_sftp: Sftp, cx_postgres: PostgresFace, cx_redis: RedisFace
) -> None:
    never = SuppressionList("seeded", ["+44 20 7946 0018"], required=False)
    cx_contact.login()
    cx_sftp.put("/in/never.csv", suppression_file(never))
    cx_contact.post("/jobs", {"name": "n", "action": "import-suppression", "path": "/in/never.csv", "list": "imported"})
    assert cx_contact.post("/jobs/n/run")["state"] == "done"

    cx_seed(never)

    lists = cx_postgres.suppression_lists
    assert lists["seeded"].entries == lists["imported"].entries
    assert cx_redis.suppression_list("seeded") == cx_redis.suppression_list("imported")
    catalogue = cx_redis.call("HGETALL", cx_redis.keys("*:suppression")[0])
    assert json.loads(catalogue["seeded"]).keys() == json.loads(catalogue["imported"]).keys()


def test_seeded_contact_hours_are_what_the_provider_hands_out(cx_seed: Seed, cx_contact: ApiClient) -> None:
    cx_contact.login()
    cx_seed(ContactHours("Never on Sundays", sunday=()), ContactHours("London", prefixes=["4420"]))

    told = cx_contact.post("/compliance-data")

    provider = cx_contact.service(Component.COMPLIANCE_PROVIDER)
    assert provider.wait_for_fetch() == told["version"] == provider.wait_for_fetch(told["version"])
    assert [one["name"] for one in provider.data.content()["rules"]] == ["Never on Sundays", "London"]
    with pytest.raises(NotThere, match='The compliance data provider has not handed out version "1"'):
        provider.wait_for_fetch("1", within=0)


def test_a_contact_that_an_import_would_reject_is_not_seeded(cx_seed: Seed, cx_postgres: PostgresFace) -> None:
    with pytest.raises(ContactRejected, match="CX Contact would reject 2 of its contacts") as told:
        cx_seed(ContactList("leads", [Contact("C-1"), Contact("C-1", ["+12125550143"]), Contact("C-2", ["12"])]))

    assert "line 3: duplicate client: C-1 is already on line 2" in told.value.expected
    assert "line 4: invalid device" in told.value.expected
    assert cx_postgres.contact_lists == {}


def test_names_that_are_taken_or_missing_are_told(cx_seed: Seed) -> None:
    cx_seed(ContactList("leads"), Campaign("Spring", lists=["leads"]), SuppressionList("never", []))

    for again in (ContactList("leads"), Campaign("Spring"), SuppressionList("never", [])):
        with pytest.raises(SeededAlready, match=rf'There is a .*"{again.name}" already'):
            cx_seed(again)
    with pytest.raises(NotSeeded, match=r'no contact list "leeds"(.|\n)*Did you mean "leads"'):
        cx_seed(Campaign("Summer", lists=["leeds"]))
    with pytest.raises(NotSeeded, match=r'no agent group "Sales"(.|\n)*One of: Outbound agents'):
        cx_seed(Campaign("Summer", group="Sales"))


def test_two_lists_whose_names_look_alike_have_tables_of_their_own(cx_seed: Seed, cx_postgres: PostgresFace) -> None:
    cx_seed(ContactList("Leads!", contacts(1)), ContactList("leads", contacts(2)))

    assert [len(one.records) for one in cx_postgres.contact_lists.values()] == [1, 2]


def test_seeding_is_not_seen_on_any_connection(cx_seed: Seed, cx_journal: Journal) -> None:
    """The journal tells what the service under test did."""
    cx_seed(ContactList("leads"), SuppressionList("never", [LONDON]), Campaign("Spring", lists=["leads"]))

    assert list(cx_journal) == []


def test_a_contact_list_that_is_not_there_is_told_with_those_that_are(cx_seed: Seed, cx_postgres: PostgresFace) -> None:
    cx_seed(ContactList("leads", [Contact("C-1", [LONDON])]))

    assert cx_postgres.contact_list("leads").record(LONDON)["c_client_id"] == "C-1"
    with pytest.raises(NotThere) as missing:
        cx_postgres.contact_list("leads").record(NEW_YORK)
    assert missing.value.what == f'The contact list "leads" has no record for "{NEW_YORK}".'
    assert LONDON in missing.value.expected
    with pytest.raises(UnknownContactList, match='Did you mean "leads"'):
        cx_postgres.contact_list("leeds", within=0)
