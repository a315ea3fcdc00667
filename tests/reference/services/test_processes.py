"""A service as a process of its own does what it does in the loop: the same code, the same settings."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from cxmock.net.waiting import patiently
from cxmock.reference.runtime import Runtime
from cxmock.reference.services.job_scheduler.jobs import job_of
from cxmock.reference.services.job_scheduler.store import Store
from cxmock.reference.settings import Settings
from cxmock.testbed import Testbed
from cxmock.testbed.contact import Contact
from cxmock.topology import Component
from tests.reference.services.conftest import rows

CONTACTS = b"ClientID,Device1\nC-1,+12125550143\n"
JOB = {"name": "job", "action": "import-contacts", "path": "/in/leads.csv", "list": "Leads"}


@contextmanager
def process(testbed: Testbed, service: str) -> Iterator[subprocess.Popen[str]]:
    """Run a service as a process of its own."""
    command = [sys.executable, "-m", "cxmock.reference", service]
    environment = {"PATH": os.environ["PATH"], **testbed.env}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def test_a_list_is_imported_by_a_list_builder_in_a_process_of_its_own() -> None:
    """The testbed passes its documented address on to the process; nobody else notices."""
    with Testbed() as testbed:
        testbed.start(Component.INGRESS)
        with process(testbed, "list-builder") as list_builder:
            assert list_builder.stdout is not None
            testbed.play(Component.LIST_BUILDER, json.loads(list_builder.stdout.readline())["url"])
            testbed.part(Component.SFTP).put("/in/leads.csv", CONTACTS)
            contact = Contact(testbed)
            contact.login()
            contact.post("/jobs", JOB)
            run = contact.post("/jobs/job/run")
            contact.close()
            list_builder.send_signal(signal.SIGTERM)
            status = list_builder.wait(20)

    assert (run["state"], run["result"]["contacts"]) == ("done", 1)
    assert status == 0


def test_a_job_scheduler_runs_what_is_due_though_nobody_asks_it_for_anything(testbed: Testbed) -> None:
    """The job was due while no Job Scheduler ran: the one that starts sees to it."""
    testbed.part(Component.SFTP).put("/in/leads.csv", CONTACTS)
    settings = Settings.from_env(testbed.env)
    runtime = Runtime(settings, testbed.clock, "somebody", "")
    job = job_of(JOB | {"schedule": {"at": "2026-01-12T08:00:00Z"}})
    testbed.run(Store(runtime.redis, runtime.keys).define(job, testbed.clock.now() - 1))
    testbed.run(runtime.aclose())

    def imported() -> None:
        assert rows(testbed, "SELECT count(*) FROM cxc.import_run WHERE status = 'done'") == [(1,)]

    with process(testbed, "job-scheduler"):
        patiently(imported, within=10)
