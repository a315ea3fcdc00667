"""What all tests share. In CI a skipped test is a failure: a test that did not run has proven nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec

import pytest

from cxmock.net.background import Background
from cxmock.net.garbage import look_seldom


def pytest_configure() -> None:
    """Have Python look for garbage seldom: these processes are all ours."""
    look_seldom()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the session when anything was skipped in CI."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what needs containers where none can run."""
    if item.get_closest_marker("containers") and (missing := missing_for_containers()):
        pytest.skip(missing)


@cache
def missing_for_containers() -> str:
    """Return what is missing to run containers; nothing when an engine answers."""
    if find_spec("testcontainers") is None:
        return "no testcontainers here: pip install 'cxmock[containers]'"
    if shutil.which("docker") is None:
        return "no program docker here: install Docker, or run .ci/with-engine as root on Debian"
    asked = subprocess.run(["docker", "info"], capture_output=True, text=True, timeout=30, check=False)
    return "" if asked.returncode == 0 else f"no Docker engine answers: {asked.stderr.strip()}"


@pytest.fixture(scope="module")
def background() -> Iterator[Background]:
    """A background loop of the test module's own."""
    with Background() as background:
        yield background
