"""How long a running testbed takes for what users do often."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import redis

from cxmock.testbed import Testbed
from cxmock.testbed.contact import Contact
from cxmock.topology import Component
from tests.bench.measuring import RUNS, Figure, milliseconds


def figures() -> Iterator[Figure]:
    """Measure reset and the demo."""
    with Testbed() as testbed:
        testbed.start()
        yield Figure("reset of everything, nothing touched", "ms", milliseconds(testbed.reset, 50), aim=10, digits=1)
        resets = []
        for _ in range(20):
            _touch(testbed)
            resets += milliseconds(testbed.reset, 1)
        yield Figure("reset after a test used most parts", "ms", resets, aim=10, digits=1)
    demo = [sys.executable, "-m", "cxmock", "demo"]
    runs = milliseconds(lambda: subprocess.run(demo, check=True, capture_output=True), RUNS)
    yield Figure("cxmock demo, the whole process", "s", [one / 1000 for one in runs], aim=20, digits=1)


def _touch(testbed: Testbed) -> None:
    contact = Contact(testbed)
    contact.login()
    contact.get("/contact-lists")
    contact.get("/campaign-groups")
    contact.close()
    testbed.part(Component.SFTP).put("/in/a.csv", b"a")
    testbed.part(Component.SHARE).put("/a.csv", b"a")
    with redis.Redis.from_url(testbed.env["CX_REDIS_URL"]) as client:
        client.set("a", 1)
