"""A replica is killed in the middle of a batch: the next one sends what it had, and nobody gets it twice."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.request import Request, urlopen

from cxmock.wire.http import from_json, to_json

if TYPE_CHECKING:
    from tests.reference.dial_manager.conftest import Desk

ADA = "+12025550143"
WANTED = {"media": "sms", "to": ADA, "text": "Hello", "id": "once"}


def test_what_a_killed_replica_was_sending_is_sent_once(desk: Desk) -> None:
    """Nexus has the batch, and the replica dies before it hears so; PostgreSQL ends its transaction at once."""
    desk.nexus.faults.delay(60)
    known = desk.testbed.directory.credentials.service
    command = [sys.executable, "-m", "cxmock.reference", "dial-manager"]
    environment = {"PATH": os.environ["PATH"], **desk.testbed.env}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as replica:
        try:
            assert replica.stdout is not None
            url = from_json(replica.stdout.readline())["url"]
            headers = {"x-service-key": known, "content-type": "application/json"}
            asked = Request(f"{url}/cx-contact/v3/test-messages", to_json(WANTED), headers)

            def ask() -> None:
                with suppress(OSError):
                    urlopen(asked, timeout=20).close()

            asking = threading.Thread(target=ask)
            asking.start()
            message = desk.nexus.message(ADA, within=10)
        finally:
            replica.kill()
        asking.join()
    assert desk.message("test-once")["state"] == "waiting"

    status, told = desk.api("POST", "/test-messages", WANTED)

    assert (status, told["messageId"]) == (201, message.message_id)
    assert len(desk.nexus.sent) == 1
