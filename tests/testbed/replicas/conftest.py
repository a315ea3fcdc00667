"""A testbed in which some services are two processes each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from cxmock.clients.http import HttpClient
from cxmock.testbed import Options, Testbed
from cxmock.testbed.contact import Contact
from cxmock.testbed.replicas.counts import Bounds
from cxmock.topology import Component
from cxmock.wire.http import Response

Ask = Callable[..., Response]
REPLICATED = (Component.API_AGGREGATOR, Component.COMPLIANCE_MANAGER)


@pytest.fixture(scope="package")
def whole_testbed() -> Iterator[Testbed]:
    with Testbed(Options(replicas=dict.fromkeys(REPLICATED, Bounds(2)))) as testbed:
        testbed.start(Component.INGRESS)
        yield testbed


@pytest.fixture
def testbed(whole_testbed: Testbed) -> Testbed:
    """The testbed as it was right after its start."""
    whole_testbed.reset()
    for one in REPLICATED:
        whole_testbed.replicas(one).wait_for(2)
    return whole_testbed


@pytest.fixture
def api(testbed: Testbed) -> Iterator[Contact]:
    """An API client that has logged in."""
    contact = Contact(testbed)
    contact.login()
    yield contact
    contact.close()


@pytest.fixture
def ask(testbed: Testbed) -> Iterator[Ask]:
    """Ask Compliance Manager, as OCS does."""
    client = HttpClient(testbed.env["CX_COMPLIANCE_MANAGER_URL"], agent="ocs/9.0", within=30)

    def asking(method: str, path: str, json: Any = None) -> Response:
        return testbed.run(client.request(method, path, json=json))

    yield asking
    testbed.run(client.aclose())
