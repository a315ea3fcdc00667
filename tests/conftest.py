"""What all tests share. In CI a skipped test is a failure: a test that did not run has proven nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from cxmock.net.background import Background


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the session when anything was skipped in CI."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="module")
def background() -> Iterator[Background]:
    """A background loop of the test module's own."""
    with Background() as background:
        yield background
