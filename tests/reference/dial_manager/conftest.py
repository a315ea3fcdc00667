"""Dial Manager with a Redis and a Nexus of its own."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from cxmock.fakes.nexus import Nexus
from cxmock.net.waiting import patiently, until
from cxmock.reference.keys import Keys
from cxmock.reference.services.dial_manager import DialManager, build
from cxmock.testbed import Options, Testbed
from cxmock.topology import Component
from cxmock.wire.http import Request, Response, to_json

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

    def sql(self, statement: str, *values: object) -> list[dict[str, Any]]:
        """Ask PostgreSQL, past the tap."""
        rows: list[dict[str, Any]] = self.testbed.run(self.testbed.part(Component.POSTGRES).query(statement, *values))
        return rows

    def message(self, attempt: str) -> dict[str, Any]:
        """Return a message as the outbox has it."""
        [row] = self.sql("SELECT * FROM cxc.message WHERE attempt = $1", attempt)
        return row

    def tell(self, event: dict[str, Any]) -> tuple[int, Any]:
        """Post a webhook as Nexus does."""
        body = to_json(event)
        secret = self.testbed.directory.credentials.nexus_webhook.encode()
        signature = f"sha1={hmac.new(secret, body, hashlib.sha1).hexdigest()}"
        return self.post("/nexus/receipts", body, X_Hub_Signature=signature)

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

    def order(self, *records: dict[str, Any], media: str = "sms") -> Request:
        """Return the request that hands over records, as OCS makes it."""
        body = {"GSW_CAMPAIGN_GROUP_NAME": GROUP, "GSW_CAMPAIGN_GROUP_GUID": "g1", "media": media}
        return Request("POST", "/ocs/digital", {}, to_json({**body, "records": list(records)}))

    def hand_over(self, *records: dict[str, Any]) -> Response:
        """Hand over records, and return the whole answer."""
        return self.testbed.run(self.service.answer(self.order(*records)))

    def another_replica(self) -> DialManager:
        """Return another replica of Dial Manager, which shares nothing with the first but the stores."""
        first = self.service
        other = build(first.runtime.settings, first.runtime.clock)
        other.templates.known.update(first.templates.known)
        return other

    async def hand_over_and_die(self, service: DialManager, *records: dict[str, Any]) -> None:
        """Hand over records to a replica that ends when Nexus has them, before it has heard so."""
        begun = asyncio.create_task(service.answer(self.order(*records)))
        assert await until(lambda: bool(self.nexus.sent), within=5)
        begun.cancel()
        await asyncio.gather(begun, return_exceptions=True)
        await service.aclose()

    def digital_until_taken(self, *records: dict[str, Any], media: str = "sms") -> Any:
        """Hand over records again and again while Dial Manager says "later", as OCS does."""

        def look() -> Any:
            status, told = self.digital(*records, media=media)
            if status == 503:
                raise LookupError(told["status"]["message"])
            return told

        return patiently(look, within=10)

    def settle(self) -> None:
        """Wait until every receipt has come and is settled."""
        assert self.testbed.run(until(lambda: not self.nexus.webhooks.pending, within=5))
        assert self.testbed.run(until(lambda: self.service.receipts.idle, within=5))

    def look_again(self) -> None:
        """Have Dial Manager look for receipts to settle, as it does every few seconds."""
        self.testbed.background.call(self.service.receipts.work)

    def calling_list(self, name: str, device: str) -> str:
        """Make a contact list of one record; return its table."""
        from cxmock.reference.calling_list import create_statements, table_name

        table = table_name(name)
        postgres = self.testbed.part(Component.POSTGRES)
        self.testbed.run(postgres.script(f"SET LOCAL ROLE {postgres.names.cxc}", *create_statements(table)))
        self.sql("INSERT INTO cxc.contact_list (name, table_name, created) VALUES ($1, $2, 0)", name, table)
        self.sql(f"INSERT INTO cxc.{table} (contact_info, chain_id, chain_n) VALUES ($1, 1, 0)", device)
        return f"cxc.{table}"

    def suppress(self, name: str, entry: str, *, channel: str = "sms", kind: str = "Device", until: int = 0) -> None:
        """Put an entry on a suppression list, as List Builder does."""
        self.redis("HSET", self.keys.suppression_list(name), entry, str(until))
        told = to_json({"channel": channel, "type": kind, "required": True}).decode()
        self.redis("HSET", self.keys.suppression_lists, name, told)


def record(guid: str = "a1", to: str | None = "+12025550143", **columns: Any) -> dict[str, Any]:
    """Return a record as OCS sends it."""
    facts = {"GSW_CALL_ATTEMPT_GUID": guid, "GSW_PHONE": to, "GSW_CUSTOMER_ID": "C1", "c_first_name": "Zoë"}
    return facts | columns


def result(told: Any, guid: str = "a1") -> Any:
    """Return what OCS is told of one record, without its GUID."""
    [one] = [dict(one) for one in told["results"] if one["GSW_CALL_ATTEMPT_GUID"] == guid]
    del one["GSW_CALL_ATTEMPT_GUID"]
    return one


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
