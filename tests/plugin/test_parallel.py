"""Workers of pytest-xdist: each has a testbed with stores of its own, all on documented ports, at the same time."""

from __future__ import annotations

import pytest

from pytest_cxmock.session import _worker
from tests.plugin.meeting import Meeting

pytest_plugins = ["pytester"]


@pytest.mark.usefixtures("every_plugin")
def test_workers_have_stores_of_their_own_on_documented_ports(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting = Meeting(pytester.mkdir("meeting"), workers=2)
    for name, value in meeting.environment.items():
        monkeypatch.setenv(name, value)

    ran = pytester.runpytest_subprocess("-p", "no:cacheprovider", "-n2", meeting.project(pytester.path / "tests", 2))

    ran.assert_outcomes(passed=2)
    meeting.held_without_a_clash()


class Worker:
    """What pytest's configuration is in a worker."""

    def __init__(self, name: str) -> None:
        self.workerinput = {"workerid": name}


@pytest.mark.parametrize(("name", "byte"), [("gw0", 1), ("gw7", 8), ("gw254", 255), ("gw255", 0), ("gw300", 45)])
def test_however_many_workers_there_were_each_has_an_address(name: str, byte: int) -> None:
    """Workers that crash are replaced by ones with higher numbers; an address has room for 256."""
    assert _worker(Worker(name)) == byte  # type: ignore[arg-type]


def test_a_store_that_dies_in_a_test_is_told_there_and_to_the_next(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import os, signal
        import redis

        def test_one(cx_redis, cx_testbed, cx_env):
            [child] = cx_testbed._supervisor.children
            os.kill(child.pid, signal.SIGKILL)
            redis.Redis.from_url(cx_env["CX_REDIS_URL"]).ping()

        def test_two(cx_redis):
            pass

        def test_three(cx_nexus):
            pass
        """
    )

    ran = pytester.runpytest_subprocess("-p", "no:cacheprovider", "-W", "ignore")

    ran.assert_outcomes(failed=1, errors=4, passed=1)
    ran.stdout.fnmatch_lines(["*cxmock deaths*", "redis died: killed by signal 9 (SIGKILL)."])
    ran.stdout.fnmatch_lines(["*ERROR at setup of test_two*", "E *PartDied: redis died: killed by signal 9 (SIGKILL)."])
