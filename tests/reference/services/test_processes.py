"""A service as a process of its own does what it does in the loop: the same code, the same settings."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

from cxmock.testbed import Testbed
from cxmock.testbed.contact import Contact
from cxmock.topology import Component


def test_a_list_is_imported_by_a_list_builder_in_a_process_of_its_own() -> None:
    """The testbed passes its documented address on to the process; nobody else notices."""
    with Testbed() as testbed:
        testbed.start(Component.INGRESS)
        command = [sys.executable, "-m", "cxmock.reference", "list-builder"]
        environment = {"PATH": os.environ["PATH"], **testbed.env}
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
            try:
                assert process.stdout is not None
                testbed.play(Component.LIST_BUILDER, json.loads(process.stdout.readline())["url"])
                testbed.part(Component.SFTP).put("/in/leads.csv", b"ClientID,Device1\nC-1,+12125550143\n")
                contact = Contact(testbed)
                contact.login()
                job = {"name": "job", "action": "import-contacts", "path": "/in/leads.csv", "list": "Leads"}
                contact.post("/jobs", job)
                run = contact.post("/jobs/job/run")
                contact.close()
                process.send_signal(signal.SIGTERM)
                status = process.wait(20)
            finally:
                process.kill()

    assert (run["state"], run["result"]["contacts"]) == ("done", 1)
    assert status == 0
