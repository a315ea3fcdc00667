"""Tests without sockets: the same fixtures, the same fakes, reached by httpx and by a fakeredis client."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytest_plugins = ["pytester"]

STORY = """
import httpx
import pytest
import socket


@pytest.fixture(autouse=True)
def no_sockets(monkeypatch):
    def refuse(*given):
        raise AssertionError(f"a connection to {given[1:]}")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "bind", refuse)


@pytest.mark.cx_inprocess
def test_one(cx_gws, cx_nexus, cx_compliance, cx_confserv, cx_ocs, cx_redis, cx_journal, cx_env):
    token = cx_gws.issue_token_for("supervisor")
    cx_confserv.create("Campaign", {"name": "Spring"})
    with httpx.Client(base_url=cx_env["CX_GWS_URL"], headers={"Authorization": f"Bearer {token}"}) as gws:
        found = gws.get("/configuration/v3/objects/campaigns").json()["data"]["objects"]
    assert [one["name"] for one in found] == ["Spring"]
    assert cx_journal.wait_for(11, operation="GET /configuration").response["status"] == 200
    assert cx_journal.wait_for(10, operation="ReadObjects").source == "gws"
    assert httpx.get(cx_env["CX_NEXUS_URL"]).status_code == 404
    assert httpx.head(cx_env["CX_COMPLIANCE_URL"] + "/oauth/token").content == b""
    with cx_redis.client() as client:
        client.set("a", "1")
    assert cx_redis.keys() == ["a"]


@pytest.mark.cx_inprocess
def test_two(cx_gws, cx_redis, cx_confserv, cx_journal):
    assert not cx_gws.tokens
    assert cx_redis.keys() == []
    assert not cx_confserv.objects["Campaign"]
    assert len(cx_journal) == 0


@pytest.mark.cx_inprocess
@pytest.mark.asyncio
async def test_three(cx_nexus, cx_env):
    async with httpx.AsyncClient() as client:
        assert (await client.get(cx_env["CX_NEXUS_URL"])).status_code == 404


def test_four():
    with pytest.raises(AssertionError, match="a connection to"):
        httpx.get("http://127.0.0.1:1")
"""


@pytest.mark.usefixtures("every_plugin")
def test_a_marked_test_needs_no_socket(pytester: pytest.Pytester) -> None:
    """Neither GWS nor who stands behind it connects or listens anywhere, and every test finds them fresh."""
    pytester.makepyfile(STORY)

    ran = pytester.runpytest_subprocess("-p", "no:cacheprovider")

    ran.assert_outcomes(passed=4)


def test_in_a_run_marked_and_other_tests_may_follow_each_other(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import httpx
        import pytest

        def test_one(cx_redis, cx_nexus):
            with cx_redis.client() as client:
                client.set("a", 1)
            assert cx_redis.keys() == ["a"]

        @pytest.mark.cx_inprocess
        def test_two(cx_redis, cx_nexus):
            assert cx_redis.keys() == []
            assert httpx.get("https://nexus").status_code == 404

        def test_three(cx_nexus, cx_journal):
            with pytest.raises(httpx.ConnectError):
                httpx.get("https://nexus", trust_env=False)
            assert len(cx_journal) == 0
        """
    )

    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=3)


def test_what_needs_sockets_is_told(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest

        pytestmark = pytest.mark.cx_inprocess

        def test_one(cx_postgres):
            pass

        def test_two(cx_testbed):
            pass

        def test_three(cx_snapshot):
            pass
        """
    )

    ran = pytester.runpytest_subprocess("-p", "no:cacheprovider")

    ran.assert_outcomes(errors=3)
    ran.stdout.re_match_lines(
        [
            r".*NeedsSockets: PostgreSQL cannot be had in process\.",
            r".*A test marked with cx_inprocess has no testbed\.",
        ],
        consecutive=False,
    )


def test_a_failure_shows_the_exchanges(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import httpx
        import pytest

        @pytest.mark.cx_inprocess
        def test_one(cx_nexus):
            httpx.get("https://nexus/nowhere")
            assert False
        """
    )

    ran = pytester.runpytest_subprocess("-p", "no:cacheprovider")

    ran.stdout.re_match_lines([r".*cxmock exchanges.*", r"12 http GET /nowhere FAILED .*"])


def test_respx_and_fakeredis_are_loaded_only_then() -> None:
    script = (
        "import sys, pytest_cxmock, cxmock.testbed.faces, cxmock.testbed.in_process; "
        "print(*{name for name in ('respx', 'httpx', 'fakeredis') if name in sys.modules})"
    )

    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)

    assert ran.stdout.strip() == ""
