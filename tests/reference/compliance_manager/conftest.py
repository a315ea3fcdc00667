"""Compliance Manager with a Redis of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from cxmock.reference.keys import Keys
from cxmock.reference.runtime import SERVICE_KEY_HEADER
from cxmock.reference.services.compliance_manager import ComplianceManager
from cxmock.testbed import Options, Testbed
from cxmock.topology import Component
from cxmock.wire.http import Request, Response, to_json

NOON = datetime(2026, 1, 15, 12, tzinfo=UTC).timestamp()


@dataclass
class Desk:
    """Where a test sits: it plays OCS and List Builder."""

    testbed: Testbed

    @property
    def service(self) -> ComplianceManager:
        service: ComplianceManager = self.testbed.part(Component.COMPLIANCE_MANAGER)
        return service

    @property
    def ccid(self) -> str:
        return self.testbed.directory.credentials.ccid

    @property
    def keys(self) -> Keys:
        return Keys(self.testbed.directory.credentials.tenant)

    def redis(self, *command: str) -> Any:
        """Do something in Redis, past the tap."""
        return self.testbed.run(self.testbed.part(Component.REDIS).call(*command))

    def ask(self, method: str, path: str, data: object = None) -> Response:
        """Ask as another service of CX Contact does."""
        headers = {SERVICE_KEY_HEADER: self.testbed.directory.credentials.service}
        return self.testbed.run(self.service.answer(Request(method, path, headers, to_json(data) if data else b"")))

    def tell(self, path: str, **properties: Any) -> Response:
        """Ask as OCS does."""
        return self.testbed.run(self.service.answer(Request("POST", path, {}, to_json(properties))))

    def validate(self, phone: str = "+12025550143", **more: Any) -> tuple[int, Any]:
        """Return what pre-dial validation answers."""
        record = {"GSW_CUSTOMER_ID": "C1", "GSW_TZ_NAME": "UTC", "GSW_CALL_ATTEMPT_GUID": "now"}
        response = self.tell("/ocs/validation", GSW_PHONE=phone, **record | more)
        return response.status, response.json()

    def history(self, guid: str, sequence: int, **more: Any) -> Response:
        """Tell of an attempt on C1's number."""
        facts = {
            "GSW_CALL_ATTEMPT_GUID": guid,
            "GSW_HIST_SEQUENCE_NUM": sequence,
            "GSW_TENANT_NAME": "Acme",
            "GSW_TENANT_CCID": self.ccid,
            "GSW_PHONE": "+12025550143",
            "GSW_CUSTOMER_ID": "C1",
            "GSW_START_PROCESSING": int(self.testbed.clock.now()),
        }
        return self.tell("/ocs/history", **facts | more)

    def attempted(self, guid: str, result: int = 7) -> None:
        """Tell of a whole attempt that was made now."""
        now = int(self.testbed.clock.now())
        assert self.history(guid, 0).status == 200
        ended = {"GSW_CALL_RESULT": result, "GSW_CALL_TIME": now, "GSW_DIALING": now}
        assert self.history(guid, 1, **ended).status == 200

    def suppress(self, name: str, entry: str, *, until: int = 0, channel: str = "voice", kind: str = "Device") -> None:
        """Put an entry on a suppression list, as List Builder does."""
        self.redis("HSET", self.keys.suppression_list(name), entry, str(until))
        told = to_json({"channel": channel, "type": kind, "required": True}).decode()
        self.redis("HSET", self.keys.suppression_lists, name, told)
        self.redis("INCR", self.keys.rules_version)

    def set_rule(self, name: str, **rule: Any) -> None:
        """Set a rule of the tenant."""
        assert self.ask("PUT", f"/cx-contact/v3/compliance-rules/{name}", rule).status == 200


@pytest.fixture(scope="module")
def running() -> Iterator[Testbed]:
    with Testbed(Options(start=NOON)) as testbed:
        testbed.start(Component.COMPLIANCE_MANAGER)
        yield testbed


@pytest.fixture
def desk(running: Testbed) -> Iterator[Desk]:
    running.clock.set(NOON)
    yield Desk(running)
    running.reset()
