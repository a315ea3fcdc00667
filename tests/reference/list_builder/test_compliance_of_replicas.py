"""Two List Builders: the compliance data that one has pulled hold for both, and never go back to older ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import replace as with_
from typing import Any

import pytest

from cxmock.reference.runtime import SERVICE_KEY_HEADER
from cxmock.reference.service import API
from cxmock.reference.services.list_builder import ListBuilder, build
from cxmock.reference.settings import Settings
from cxmock.testbed import Testbed
from cxmock.topology import Component
from cxmock.wire.http import Request, to_json
from tests.reference.services.conftest import testbed, whole_testbed

__all__ = ["testbed", "whole_testbed"]

FILE = b"ClientID,Device1\nC-1,+12125550143\n"


@dataclass
class Replica:
    """One of several List Builders, asked as another service of CX Contact asks it."""

    testbed: Testbed
    service: ListBuilder

    def ask(self, method: str, path: str, data: object = None) -> tuple[int, Any]:
        headers = {SERVICE_KEY_HEADER: self.testbed.env["CX_SERVICE_KEY"], "Content-Type": "application/json"}
        body = b"" if data is None else to_json(data)
        answer = self.testbed.run(self.service.answer(Request(method, f"{API}/{path}", headers, body)))
        told = answer.json()
        return answer.status, told["data"] if answer.status < 300 else told["status"]["message"]

    def pull(self) -> tuple[int, Any]:
        return self.ask("POST", "compliance-data")

    def imports(self, name: str) -> str:
        """Import a file; return the version of the compliance data that it went by."""
        self.testbed.part(Component.SHARE).put("import/leads.csv", FILE)
        status, told = self.ask("POST", "contact-lists", {"name": name, "file": "import/leads.csv", "country": "US"})
        assert status == 200, told
        return str(told["complianceVersion"])


@pytest.fixture
def replicas(testbed: Testbed) -> Iterator[tuple[Replica, Replica]]:
    settings = Settings.from_env(testbed.env)
    two = Replica(testbed, build(settings, testbed.clock)), Replica(testbed, build(settings, testbed.clock))
    yield two
    for one in two:
        testbed.run(one.service.aclose())


def provide(testbed: Testbed, version: str) -> None:
    """Have the provider hand out such a version from now on."""
    provider = testbed.part(Component.COMPLIANCE_PROVIDER)
    held = provider.data.version
    provider.data = with_(
        provider.data, version=version, body=provider.data.body.replace(held.encode(), version.encode(), 1)
    )


def test_what_one_has_pulled_the_other_goes_by(testbed: Testbed, replicas: tuple[Replica, Replica]) -> None:
    """The provider is gone when the other imports; it had older data, and does not go by those."""
    first, second = replicas
    provide(testbed, "20.1")
    assert {first.imports("A"), second.imports("B")} == {"20.1"}

    provide(testbed, "20.2")
    assert first.pull()[1]["version"] == "20.2"
    testbed.unplug(3)
    assert second.imports("C") == "20.2"
    assert second.ask("GET", "compliance-data")[1]["version"] == "20.2"


def test_older_data_do_not_take_the_place_of_what_another_has_pulled(
    testbed: Testbed, replicas: tuple[Replica, Replica]
) -> None:
    """To who has the oldest they would be newer: what counts is what any of them has."""
    first, second = replicas
    provide(testbed, "20.1")
    assert second.pull()[1]["version"] == "20.1"
    provide(testbed, "20.3")
    assert first.pull()[1]["version"] == "20.3"
    provide(testbed, "20.2")

    assert second.pull() == (502, 'The compliance data are "20.2", older than "20.3", which is kept.')
    assert {second.imports("A"), first.imports("B")} == {"20.3"}


def test_data_that_are_pulled_at_once_are_the_newest_in_the_end(
    testbed: Testbed, replicas: tuple[Replica, Replica], monkeypatch: pytest.MonkeyPatch
) -> None:
    """While one has data and has not put them down, the other is quicker, with newer ones."""
    first, second = replicas
    provide(testbed, "20.1")
    keep = second.service.compliance._keep

    async def slow(*told: Any) -> None:
        provide(testbed, "20.2")
        await first.service.compliance.pull()
        await keep(*told)

    monkeypatch.setattr(second.service.compliance, "_keep", slow)
    assert second.pull() == (502, 'The compliance data are "20.1", older than "20.2", which is kept.')
    assert second.ask("GET", "compliance-data")[1]["version"] == "20.2"
