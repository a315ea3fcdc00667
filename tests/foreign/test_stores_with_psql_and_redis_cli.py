"""The stores, driven by Debian's psql and redis-cli."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest

from cxmock.testbed.options import Options
from cxmock.testbed.testbed import Testbed
from cxmock.topology import Component

pytestmark = pytest.mark.foreign


def run(*argv: str, said: str = "") -> subprocess.CompletedProcess[str]:
    """Run a client to its end."""
    return subprocess.run(argv, input=said, capture_output=True, text=True, timeout=20, check=False)


@pytest.fixture(scope="module")
def running() -> Iterator[Testbed]:
    """A testbed with both stores."""
    with Testbed(Options()) as testbed:
        testbed.start(Component.POSTGRES, Component.REDIS)
        yield testbed


@pytest.fixture
def testbed(running: Testbed) -> Testbed:
    """The same testbed, emptied."""
    running.reset()
    return running


def test_psql_copies_a_file_and_counts_it(testbed: Testbed) -> None:
    """One session of CX Contact's role: a table, a bulk copy, a question."""
    script = "CREATE TABLE cl_leads (chain_id int, name text);\n\\copy cl_leads FROM STDIN\n1\tAda\n2\tAlan\n\\.\n"
    done = run("psql", testbed.env["CX_POSTGRES_URL"], "-At", "-v", "ON_ERROR_STOP=1", said=script + "TABLE cl_leads;")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == ["CREATE TABLE", "COPY 2", "1|Ada", "2|Alan"]
    seen = testbed.journal.exchanges(7)
    assert [one.operation for one in seen] == ["CREATE TABLE", "COPY", "TABLE"]
    assert seen[1].response["rowcount"] == 2
    assert seen[1].response["bytes"] in (13, 16)  # older clients send the closing mark too
    assert seen[2].response == {"columns": ["chain_id", "name"], "rows": [[1, "Ada"], [2, "Alan"]], "rowcount": 2}


def test_psql_as_ocs_is_another_connection(testbed: Testbed) -> None:
    """Several statements in one go are each seen on row 13, the failing one too."""
    done = run("psql", testbed.env["CX_OCS_POSTGRES_URL"], "-c", "SELECT 'a;b'; SELECT 1/0; SELECT 2")
    assert "division by zero" in done.stderr
    seen = [(one.request["sql"], one.ok) for one in testbed.journal.exchanges(13)]
    assert seen == [("SELECT 'a;b'", True), ("SELECT 1/0", False)]
    assert testbed.journal.counts[7] == 0


def test_psql_with_a_wrong_password_is_refused(testbed: Testbed) -> None:
    secret = testbed.directory.credentials.postgres_cxc.secret
    done = run("psql", testbed.env["CX_POSTGRES_URL"].replace(secret, "guessed"), "-c", "SELECT 1")
    assert done.returncode == 2
    assert 'password authentication failed for user "cxc"' in done.stderr
    assert [one.operation for one in testbed.journal.exchanges(7)] == ["LOGIN"]


def test_redis_cli_works_as_on_any_server(testbed: Testbed) -> None:
    """Commands on its command line, and many on its standard input."""
    cli = ("redis-cli", "--no-auth-warning", "-u", testbed.env["CX_REDIS_URL"])
    assert run(*cli, "SET", "greeting", "hello world").stdout == "OK\n"
    assert run(*cli, said="GET greeting\nHSET h f v\nHGETALL h\nNOSUCH\n").stdout.splitlines()[:4] == [
        "hello world",
        "1",
        "f",
        "v",
    ]
    seen = [(one.operation, one.ok) for one in testbed.journal.exchanges(5) if one.operation != "COMMAND DOCS"]
    assert seen == [("SET", True), ("GET", True), ("HSET", True), ("HGETALL", True), ("NOSUCH", False)]


def test_redis_cli_pipes_a_mass_of_commands(testbed: Testbed) -> None:
    """What its --pipe mode sends arrives whole and in order."""
    commands = "".join(f"RPUSH numbers {number}\r\n" for number in range(5000))
    done = run("redis-cli", "--no-auth-warning", "-u", testbed.env["CX_REDIS_URL"], "--pipe", said=commands)
    assert "errors: 0, replies: 5000" in done.stdout
    assert testbed.run(testbed.part(Component.REDIS).call("LINDEX", "numbers", 4999)) == "4999"
    assert testbed.journal.counts[5] >= 5000


def test_redis_cli_takes_fakeredis_for_a_server() -> None:
    """Its ways to look around, a mass of commands, and a wrong password."""
    with Testbed(Options(stores="fakeredis")) as testbed:
        testbed.start(Component.REDIS)
        url = testbed.env["CX_REDIS_URL"]
        cli = ("redis-cli", "--no-auth-warning", "-u", url)
        done = run(*cli, "--pipe", said="".join(f"SET key:{number} {number}\r\n" for number in range(5000)))
        assert "errors: 0, replies: 5000" in done.stdout
        assert len(run(*cli, "--scan", "--pattern", "key:*").stdout.split()) == 5000
        assert "db0:keys=5000" in run(*cli, "INFO").stdout
        assert run(*cli, "CONFIG", "GET", "appendonly").stdout == "appendonly\nno\n"
        assert run(*cli, "EVAL", "return redis.call('GET', KEYS[1])", "1", "key:7").stdout == "7\n"
        assert run(*cli, "-r", "3", "-i", "0", "PING").stdout == "PONG\n" * 3
        secret = testbed.directory.credentials.redis
        done = run("redis-cli", "--no-auth-warning", "-u", url.replace(secret, "guessed"), "GET", "a")
        assert "NOAUTH" in done.stdout + done.stderr


def test_redis_cli_finds_its_way_in_a_cluster() -> None:
    """With -c it follows what the node says: to the tap, over and over."""
    with Testbed(Options(redis="cluster")) as testbed:
        testbed.start(Component.REDIS)
        cli = ("redis-cli", "-c", "--no-auth-warning", "-u", testbed.env["CX_REDIS_URL"])
        done = run(*cli, said="SET a 1\nSET b 2\nGET a\nCLUSTER KEYSLOT b\n")
        assert done.stdout.splitlines() == ["OK", "OK", "1", "3300"]
        seen = [one.operation for one in testbed.journal.exchanges(5) if one.operation != "COMMAND DOCS"]
        assert seen == ["SET", "SET", "GET", "CLUSTER KEYSLOT"]


def test_redis_cli_with_a_wrong_password_is_refused(testbed: Testbed) -> None:
    secret = testbed.directory.credentials.redis
    url = testbed.env["CX_REDIS_URL"].replace(secret, "guessed")
    done = run("redis-cli", "--no-auth-warning", "-u", url, "GET", "a")
    assert "NOAUTH" in done.stdout + done.stderr
    assert [one.operation for one in testbed.journal.exchanges(5)][:1] == ["AUTH"]
