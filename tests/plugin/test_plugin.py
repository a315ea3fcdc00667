"""The plugin as its users meet it: in a pytest of its own."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytest_plugins = ["pytester"]

HEAVY = {
    "asyncssh",
    "cxmock",
    "cryptography",
    "fakeredis",
    "msgspec",
    "pact",
    "psycopg",
    "pyftpdlib",
    "redis",
    "rich",
    "ssl",
}


def test_the_plugin_loads_light() -> None:
    """Every run of every project pays for what the plugin imports: the standard library and pytest, nothing else."""
    script = "import pytest, sys; before = set(sys.modules); import pytest_cxmock; print(*(set(sys.modules) - before))"

    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)

    loaded = {name.partition(".")[0] for name in ran.stdout.split()}
    assert loaded - set(sys.stdlib_module_names) == {"pytest_cxmock"}
    assert not loaded & HEAVY
    assert "asyncio" not in loaded


@pytest.mark.usefixtures("every_plugin")
def test_a_run_that_uses_no_fixture_starts_nothing(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import sys

        def test_nothing():
            assert "cxmock.testbed" not in sys.modules
        """
    )

    # In a process of its own: here, cxmock is imported already.
    ran = pytester.runpytest_subprocess("-p", "no:cacheprovider")

    ran.assert_outcomes(passed=1)


def test_a_part_starts_when_a_test_asks_and_is_reset_for_the_next(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import socket

        def test_one(cx_sftp, cx_testbed):
            cx_sftp.put("/in/leads.csv", b"x")
            assert "/in/leads.csv" in cx_sftp.tree()
            assert [str(one) for one in cx_testbed.started] == ["sftp"]

        def test_two(cx_sftp, cx_journal):
            assert "/in/leads.csv" not in cx_sftp.tree()
            assert len(cx_journal) == 0
        """
    )

    ran = pytester.runpytest_subprocess("-p", "no:cacheprovider")

    ran.assert_outcomes(passed=2)


def test_a_failure_shows_the_exchanges_of_the_connections_which_the_test_used(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import redis

        def test_one(cx_redis, cx_env):
            client = redis.Redis.from_url(cx_env["CX_REDIS_URL"])
            client.set("a", 1)
            client.close()
            assert False
        """
    )

    ran = pytester.runpytest_subprocess("-p", "no:cacheprovider")

    ran.assert_outcomes(failed=1)
    ran.stdout.re_match_lines([r".*cxmock exchanges.*", r"5 redis SET .*"])


def test_the_choice_of_stores_may_stand_in_the_configuration_file(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\ncxmock_stores = fakeredis\n")
    pytester.makepyfile(
        """
        def test_one(cx_testbed):
            assert cx_testbed.options.stores == "fakeredis"
        """
    )

    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)


@pytest.mark.parametrize("place", ["option", "variable", "setting"])
def test_each_store_may_be_chosen_by_itself(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """The command line comes first, then the environment, then the configuration file."""
    wanted = "postgres=embedded,redis=fakeredis"
    pytester.makeini(f"[pytest]\ncxmock_stores = {wanted if place == 'setting' else 'container'}\n")
    if place != "setting":
        monkeypatch.setenv("CXMOCK_STORES", wanted if place == "variable" else "container")
    pytester.makepyfile(
        """
        def test_one(cx_testbed, cx_redis, cx_postgres):
            assert [cx_testbed.part(name).backend for name in ("redis", "postgres")] == ["fakeredis", "embedded"]
        """
    )
    option = [f"--cxmock-stores={wanted}"] if place == "option" else []

    pytester.runpytest_subprocess("-p", "no:cacheprovider", *option).assert_outcomes(passed=1)


@pytest.mark.parametrize("stores", ["postgres=docker", "redis=external"])
def test_a_choice_of_stores_that_cannot_be_is_told_at_once(pytester: pytest.Pytester, stores: str) -> None:
    ran = pytester.runpytest_subprocess("-p", "no:cacheprovider", f"--cxmock-stores={stores}")

    assert ran.ret == pytest.ExitCode.USAGE_ERROR
    ran.stderr.fnmatch_lines(["ERROR: *", "*expected:*", "*fix:*"])


def test_a_wrong_setting_is_told_with_the_right_ones(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\ncxmock_ports = documentd\n")

    ran = pytester.runpytest_subprocess("-p", "no:cacheprovider")

    ran.stderr.fnmatch_lines(
        ["*The setting cxmock_ports is 'documentd'.", "*expected: one of auto, documented, ephemeral"]
    )


def test_component_names_resolve_in_a_test(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import socket

        def test_names(cx_names, cx_sftp):
            with socket.create_connection(("sftp", 22), 5) as connection:
                assert connection.recv(4) == b"SSH-"
            assert "gws" in cx_names
        """
    )

    pytester.runpytest_subprocess("-p", "no:cacheprovider", "--cxmock-isolated").assert_outcomes(passed=1)


def test_a_network_of_its_own_that_cannot_be_had_is_told_at_once(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        """
        import threading

        DONE = threading.Event()

        def pytest_addoption(parser):
            threading.Thread(target=DONE.wait).start()

        def pytest_unconfigure(config):
            DONE.set()
        """
    )
    pytester.makeini("[pytest]\ncxmock_isolated = true\n")

    ran = pytester.runpytest_subprocess("-p", "no:cacheprovider")

    ran.stderr.fnmatch_lines(["*There can be no network of its own here: this process has threads already."])
    assert ran.ret == pytest.ExitCode.USAGE_ERROR
