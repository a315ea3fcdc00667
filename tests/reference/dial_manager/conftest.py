"""Dial Manager with a Redis and a Nexus of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from cxmock.fakes.nexus import Nexus
from cxmock.net.waiting import until
from cxmock.reference.keys import Keys
from cxmock.reference.services.dial_manager import DialManager
from cxmock.testbed import Options, Testbed
from cxmock.topology import Component
from cxmock.wire.http import Request, to_json

GROUP = "spring@sales"


@dataclass
class Desk:
    """Where a test sits: it plays OCS, and the people who get messages."""

    testbed: Testbed

    @property
    def service(self) -> DialManager:
        service: DialManager = self.testbed.part(Component.DIAL_MANAGER)
        return service

    @property
    def nexus(self) -> Nexus:
        nexus: Nexus = self.testbed.part(Component.NEXUS)
        return nexus

    @property
    def keys(self) -> Keys:
        return Keys(self.testbed.directory.credentials.tenant)

    def redis(self, *command: str) -> Any:
        """Do something in Redis, past the tap."""
        return self.testbed.run(self.testbed.part(Component.REDIS).call(*command))

    def post(self, path: str, body: object, **headers: str) -> tuple[int, Any]:
        """Ask without any key, as OCS and Nexus do."""
        content = body if isinstance(body, bytes) else to_json(body)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        response = self.testbed.run(self.service.answer(Request("POST", path, sent, content)))
        return response.status, response.json()

    def get(self, path: str) -> str:
        """Read what is open to all."""
        return self.testbed.run(self.service.answer(Request("GET", path))).text

    def message_is(self, message: str, group: str = GROUP) -> None:
        """Define what the campaign group sends."""
        self.service.group_sends(group, message)

    def digital(self, *records: dict[str, Any], media: str = "sms", guid: str = "g1") -> tuple[int, Any]:
        """Hand over records, as OCS does."""
        group = {"GSW_CAMPAIGN_GROUP_NAME": GROUP, "GSW_CAMPAIGN_GROUP_GUID": guid}
        return self.post("/ocs/digital", {**group, "media": media, "records": list(records)})

    def settle(self) -> None:
        """Wait until every receipt has come."""
        assert self.testbed.run(until(lambda: not self.nexus.webhooks.pending, within=5))

    def suppress(self, name: str, entry: str, *, channel: str = "sms", kind: str = "Device", until: int = 0) -> None:
        """Put an entry on a suppression list, as List Builder does."""
        self.redis("HSET", self.keys.suppression_list(name), entry, str(until))
        told = to_json({"channel": channel, "type": kind, "required": True}).decode()
        self.redis("HSET", self.keys.suppression_lists, name, told)


@pytest.fixture(scope="module")
def running() -> Iterator[Testbed]:
    with Testbed(Options()) as testbed:
        testbed.start(Component.DIAL_MANAGER)
        yield testbed


@pytest.fixture
def desk(running: Testbed) -> Iterator[Desk]:
    desk = Desk(running)
    desk.message_is("Hello {FirstName}")
    yield desk
    running.reset()
