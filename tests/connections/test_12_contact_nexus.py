"""Connection 12: Dial Manager sends a campaign's text messages and e-mail through Nexus, and hears of replies."""

from __future__ import annotations

import pytest

from cxmock.fakes.nexus import Nexus
from cxmock.fakes.ocs import Ocs
from cxmock.fakes.sftp import Sftp
from cxmock.journal import Journal
from cxmock.net.waiting import patiently, until
from cxmock.testbed import Testbed
from cxmock.testbed.contact import Contact
from cxmock.wire.genesys.enumerations import CallResult

from .conftest import NEW_YORK, Define, RunJob

MESSAGES = "POST /nexus/v3/messages"
ADA, BEA = "+447400123456", NEW_YORK
"""A mobile phone in Britain, and an American number, which may be one."""
FILE = f"ClientID,FirstName,Device1,Device2\nC-1,Ada,{ADA},ada@example.org\nC-2,Bea,{BEA},\n"


@pytest.fixture
def leads(cx_sftp: Sftp, run_job: RunJob) -> None:
    """The contact list "Leads": here people who can be texted."""
    cx_sftp.put("/in/leads.csv", FILE)
    run_job()


def test_each_contact_gets_the_campaigns_message_with_the_own_name_in_it(
    cx_nexus: Nexus, cx_journal: Journal, campaign: Define
) -> None:
    """OCS hands the records to Dial Manager, which sends them as one batch, with the tenant's API key."""
    campaign(media="sms", message="Hello {FirstName}!").do("load", "start")

    batch = cx_journal.wait_for(12, operation=MESSAGES)

    assert {(one.to, one.text) for one in cx_nexus.sent} == {(ADA, "Hello Ada!"), (BEA, "Hello Bea!")}
    assert batch.source == "cxc-dial-manager"
    assert batch.request["headers"]["x-api-key"] == cx_nexus.api_key


def test_an_email_campaign_reaches_addresses_only(cx_nexus: Nexus, cx_journal: Journal, campaign: Define) -> None:
    """Bea has told no address, so there is one message."""
    campaign(media="email", subject="News", message="Dear {FirstName}").do("load", "start")

    cx_journal.wait_for(12, operation=MESSAGES)

    assert [(one.channel, one.to) for one in cx_nexus.sent] == [("email", "ada@example.org")]


def test_a_reply_stop_ends_further_messages(
    cx_testbed: Testbed, cx_nexus: Nexus, cx_ocs: Ocs, cx_journal: Journal, campaign: Define
) -> None:
    """Who answers STOP is on the suppression list for it before the next campaign begins."""
    spring = campaign(media="sms", message="Hello {FirstName}!")
    spring.do("load", "start")
    cx_journal.wait_for(12, operation=MESSAGES)
    spring.do("force-unload")

    cx_nexus.receive_sms(ADA, "Stop")
    cx_journal.wait_for(5, operation="HSET", where=lambda one: "CXContactSMSOptOut" in one.request["argv"][1])
    cx_nexus.sent.clear()
    campaign("Summer", media="sms", message="Hello again!").do("load", "start")

    assert cx_testbed.run(until(lambda: len(cx_ocs.blocked) == 1, within=5))
    cx_journal.wait_for(12, operation=MESSAGES)
    assert [one.to for one in cx_nexus.sent] == [BEA]
    assert [(one.phone, one.result) for one in cx_ocs.blocked] == [(ADA, CallResult.DO_NOT_CALL)]


def test_a_disabled_api_key_is_told_and_nothing_is_sent(
    cx_testbed: Testbed, cx_nexus: Nexus, cx_ocs: Ocs, cx_journal: Journal, campaign: Define
) -> None:
    """Nexus answers 401; the attempts end with a general error, and are not lost."""
    cx_nexus.key_is_disabled()

    campaign(media="sms", message="Hello!").do("load", "start")

    refused = cx_journal.wait_for(12, operation=MESSAGES)
    assert (refused.ok, refused.response["status"]) == (False, 401)
    assert cx_testbed.run(until(lambda: len(cx_ocs.dialed) == 2, within=5))
    assert {one.result for one in cx_ocs.dialed} == {CallResult.GENERAL_ERROR}
    assert not cx_nexus.sent


def test_what_waits_when_a_campaign_is_stopped_never_goes_out(
    supervisor: Contact, cx_nexus: Nexus, cx_journal: Journal, campaign: Define
) -> None:
    """Nexus is busy when the campaign begins; when it is not any more, nobody wants the messages sent."""
    cx_nexus.faults.throttle(retry_after=2)
    spring = campaign(media="sms", message="Hello {FirstName}!")
    spring.do("load", "start")
    assert cx_journal.wait_for(12, operation=MESSAGES).response["status"] == 429

    spring.do("stop")

    def refused() -> dict[str, int]:
        counts: dict[str, int] = supervisor.get("/message-statistics")["sms"]
        if counts["waiting"]:
            raise LookupError(counts)
        return counts

    counts = patiently(refused, within=15)
    assert (counts["sent"], counts["refused"]) == (0, 2)
    assert not cx_nexus.sent
    assert len(cx_journal.exchanges(12, operation=MESSAGES)) == 1
