"""My Compliance Manager is held to what OCS relies on: one test for each promise."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from service import Compliance, FirstTry, serve

NOT_YET = ("rule {name} is", "replica", "Compliance Manager tells")
"""What my service does not do yet: rules that somebody sets; replicas; metrics, and how it is."""


@contextmanager
def running(compliance: Compliance) -> Iterator[str]:
    """Run a service, and give its URL."""
    server = serve(compliance, tested=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def service_url() -> Iterator[str]:
    """My service, started for each promise, so that each finds it as it is when it starts."""
    with running(Compliance()) as url:
        yield url


@pytest.fixture
def states_url(service_url: str) -> str:
    """Where my service can be brought into the states that the promises need."""
    return f"{service_url}/provider-states"


@pytest.mark.cx_verifies(
    8,
    only="compliance-manager",
    skip=NOT_YET,
    url={"compliance-manager": "service_url"},
    states="states_url",
)
def test_my_compliance_manager() -> None:
    """It keeps what OCS relies on, as far as it goes."""


class TestTheFirstTry:
    """My service as I wrote it first. ``pytest --runxfail`` shows what was said about it."""

    @pytest.fixture
    def service_url(self) -> Iterator[str]:
        """My service as it was."""
        with running(FirstTry()) as url:
            yield url

    @pytest.mark.xfail(strict=True)
    @pytest.mark.cx_verifies(8, only="do-not-call", url={"compliance-manager": "service_url"}, states="states_url")
    def test_it_says_text_where_ocs_relies_on_a_number(self) -> None:
        """The call result of a record that is not dialed is 51, not "51"."""

    @pytest.mark.xfail(strict=True)
    @pytest.mark.cx_verifies(8, only="history without", url={"compliance-manager": "service_url"}, states="states_url")
    def test_it_takes_history_that_lacks_something(self) -> None:
        """What is told of an attempt has to name it."""
