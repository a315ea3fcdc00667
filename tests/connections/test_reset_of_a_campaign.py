"""A reset in the middle of a campaign leaves nothing under way, whoever was at work."""

from __future__ import annotations

import pytest

from cxmock.fakes.nexus import Nexus
from cxmock.fakes.sftp import Sftp
from cxmock.net.waiting import until
from cxmock.testbed import Testbed
from cxmock.testbed.contact import Contact

from .conftest import DAYTIME, Campaign, RunJob

MOBILE = "".join(f"C-{number},+447400123{number:03}\n" for number in range(1000))


@pytest.mark.parametrize("messages", [1, 100])
def test_no_message_of_a_campaign_comes_after_a_reset(
    cx_testbed: Testbed, cx_nexus: Nexus, cx_sftp: Sftp, supervisor: Contact, run_job: RunJob, messages: int
) -> None:
    """OCS hands records over, and Dial Manager sends: whoever is reset last must not have the other go on."""
    cx_sftp.put("/in/leads.csv", f"ClientID,Device1\n{MOBILE}")
    run = run_job()
    assert run["state"] == "done", run["reason"]
    Campaign(supervisor, "Texts", media="sms", message="Hello").do("load", "start")
    assert cx_testbed.run(until(lambda: len(cx_nexus.sent) >= messages, within=10))

    cx_testbed.reset()
    cx_testbed.clock.set(DAYTIME)

    assert not cx_testbed.run(until(lambda: bool(cx_nexus.sent), within=0.3))
