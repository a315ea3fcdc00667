"""The fixtures. Parts start when a test first asks, live as long as the session, and are reset after every test."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pytest

from pytest_cxmock.session import KEY
from pytest_cxmock.verifies import MARKER, Promise, resolved

if TYPE_CHECKING:
    from cxmock.journal import Journal
    from cxmock.testbed import Testbed
    from cxmock.testbed.contact import Contact
    from cxmock.testbed.faces import PostgresFace, RedisFace
    from cxmock.testbed.seeding import Seed
    from cxmock.testbed.snapshot import Snapshots


@pytest.fixture
def cx_testbed(request: pytest.FixtureRequest) -> Testbed:
    """The testbed itself: start, play, unplug, look at endpoints. Nothing is started by asking for it."""
    return request.config.stash[KEY].testbed


@pytest.fixture
def cx_journal(request: pytest.FixtureRequest) -> Journal:
    """What happened on each connection since the test began."""
    return request.config.stash[KEY].bench.journal


@pytest.fixture
def cx_env(request: pytest.FixtureRequest) -> Mapping[str, str]:
    """The environment variables that a service under test needs."""
    return request.config.stash[KEY].bench.env


@pytest.fixture
def cx_names(cx_testbed: Testbed) -> Iterator[Mapping[str, str]]:
    """The components' names as host names that resolve in this process: ``https://gws/``, ``sftp://sftp/``."""
    from cxmock.net.names import resolving

    with resolving(cx_testbed.names):
        yield cx_testbed.names


@pytest.fixture
def cx_contact(cx_testbed: Testbed) -> Iterator[Contact]:
    """CX Contact in miniature with everything it needs, and an API client at its ingress (connection 1)."""
    from cxmock.testbed.contact import Contact

    cx_testbed.start()
    contact = Contact(cx_testbed)
    yield contact
    contact.close()


@pytest.fixture
def cx_gws(request: pytest.FixtureRequest) -> Any:
    """GWS (connection 11), with Configuration Server and OCS behind it."""
    return request.config.stash[KEY].start("cx_gws")


@pytest.fixture
def cx_nexus(request: pytest.FixtureRequest) -> Any:
    """Nexus (connection 12)."""
    return request.config.stash[KEY].start("cx_nexus")


@pytest.fixture
def cx_ocs(request: pytest.FixtureRequest) -> Any:
    """OCS (connections 8, 9, 13), with Configuration Server and PostgreSQL."""
    return request.config.stash[KEY].start("cx_ocs")


@pytest.fixture
def cx_confserv(request: pytest.FixtureRequest) -> Any:
    """Configuration Server (connection 10)."""
    return request.config.stash[KEY].start("cx_confserv")


@pytest.fixture
def cx_compliance(request: pytest.FixtureRequest) -> Any:
    """The compliance data provider (connection 3)."""
    return request.config.stash[KEY].start("cx_compliance")


@pytest.fixture
def cx_sftp(request: pytest.FixtureRequest) -> Any:
    """The SFTP and FTP server (connection 2)."""
    return request.config.stash[KEY].start("cx_sftp")


@pytest.fixture
def cx_share(request: pytest.FixtureRequest) -> Any:
    """The network file share (connection 6)."""
    return request.config.stash[KEY].start("cx_share")


@pytest.fixture
def cx_postgres(request: pytest.FixtureRequest) -> PostgresFace:
    """PostgreSQL (connections 7 and 13)."""
    from cxmock.testbed.faces import PostgresFace

    request.config.stash[KEY].start("cx_postgres")
    return PostgresFace(request.config.stash[KEY].testbed)


@pytest.fixture
def cx_redis(request: pytest.FixtureRequest) -> RedisFace:
    """Redis (connection 5)."""
    from cxmock.testbed.faces import RedisFace

    request.config.stash[KEY].start("cx_redis")
    return RedisFace(request.config.stash[KEY].bench)


@pytest.fixture
def cx_seed(cx_testbed: Testbed) -> Seed:
    """Seeds contact lists, campaigns, suppression lists and contact hours, and starts what is needed for it."""
    from cxmock.testbed.seeding import Seed

    return Seed(cx_testbed)


@pytest.fixture
def cx_snapshot(cx_testbed: Testbed, request: pytest.FixtureRequest) -> Snapshots:
    """Takes and restores the state of the whole testbed: ``with cx_snapshot(): ...``, or ``take`` and ``restore``."""
    return request.config.stash[KEY].snapshots


@pytest.fixture
def cx_interaction(request: pytest.FixtureRequest) -> Promise:
    """The promise that a test marked with ``cx_verifies`` tries: its description, its states, ``verify()``."""
    promise: Promise | None = getattr(request, "param", None)
    if promise is None:
        pytest.fail(f"cx_interaction is there in tests marked with @pytest.mark.{MARKER}(...) only.", pytrace=False)
    url, states = resolved(request, promise.wish.url), _states(request, promise.wish.states)
    session = request.config.stash[KEY]
    promise.tried = False
    promise.prepare(lambda one: session.verifying.try_promise(one, url, states))
    return promise


def _states(request: pytest.FixtureRequest, states: Any) -> Any:
    """Return who brings about states: a fixture's value where a fixture has that name."""
    if isinstance(states, str) and states.isidentifier():
        try:
            return request.getfixturevalue(states)
        except pytest.FixtureLookupError:
            return states  # a module
    return states
