"""TLS with clients that we did not write: psql, redis-cli, OpenSSL's own, curl, Node.js, and Java's look at the CA."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cxmock.testbed import Options, Testbed
from cxmock.topology import Component

pytestmark = pytest.mark.foreign


@pytest.fixture(scope="module", params=["server", "mutual"])
def running(request: pytest.FixtureRequest) -> Iterator[Testbed]:
    """A testbed in which servers show certificates; and one in which clients do, too."""
    with Testbed(Options(tls=request.param)) as testbed:
        testbed.start(Component.POSTGRES, Component.REDIS, Component.NEXUS)
        yield testbed


@pytest.fixture
def testbed(running: Testbed) -> Testbed:
    """The same testbed, emptied."""
    running.reset()
    return running


def run(testbed: Testbed, *argv: str, said: str = "", **changed: str) -> subprocess.CompletedProcess[str]:
    """Run a client to its end, with the testbed's variables."""
    env = {**os.environ, **testbed.env, **changed}
    return subprocess.run(argv, input=said, capture_output=True, text=True, timeout=20, check=False, env=env)


def redis_cli(testbed: Testbed, *argv: str) -> subprocess.CompletedProcess[str]:
    """Run redis-cli over TLS, showing the certificate if there is one."""
    env = testbed.env
    trusted = ["--cacert", env["CX_CA_FILE"]]
    if testbed.authority.mutual:
        trusted += ["--cert", env["CX_CLIENT_CERT_FILE"], "--key", env["CX_CLIENT_KEY_FILE"]]
    return run(testbed, "redis-cli", "--no-auth-warning", "-u", env["CX_REDIS_TLS_URL"], *trusted, *argv)


def openssl(testbed: Testbed, port: Component, *argv: str, said: str = "") -> subprocess.CompletedProcess[str]:
    """Run ``openssl s_client`` against a component."""
    at = testbed.directory.endpoint(port)
    trusted = ["-CAfile", testbed.env["CX_CA_FILE"], "-verify_return_error", "-verify_ip", at.host]
    command = ["openssl", "s_client", "-connect", f"{at.host}:{at.port}", *trusted, *argv]
    if testbed.authority.mutual:
        certificate, key = map(str, testbed.authority.client_files)
        command += ["-cert", certificate, "-key", key]
    return run(testbed, *command, said=said)


def test_psql_verifies_the_server_by_the_url_alone(testbed: Testbed) -> None:
    done = run(testbed, "psql", testbed.env["CX_POSTGRES_TLS_URL"], "-Atc", "SELECT 'hello'")
    assert (done.stdout, done.stderr) == ("hello\n", "")
    [seen] = testbed.journal.exchanges(7)
    assert (seen.operation, seen.secure) == ("SELECT", True)


@pytest.mark.parametrize("mode", ["require", "verify-ca", "verify-full"])
def test_psql_trusts_by_the_variables(testbed: Testbed, mode: str) -> None:
    """What libpq looks at: the CA, and where it is wanted the client's certificate and key."""
    done = run(testbed, "psql", testbed.env["CX_OCS_POSTGRES_URL"], "-c", "\\conninfo", PGSSLMODE=mode)
    assert "SSL" not in done.stdout  # the URL says sslmode=disable, and it wins
    url = testbed.env["CX_OCS_POSTGRES_URL"].partition("?")[0]
    done = run(testbed, "psql", url, "-c", "\\conninfo", PGSSLMODE=mode)
    assert "SSL connection (protocol: TLSv1.3" in done.stdout


def test_psql_without_a_certificate_is_told_that_one_is_wanted(testbed: Testbed) -> None:
    url = testbed.env["CX_POSTGRES_URL"].replace("disable", "require")
    done = run(testbed, "psql", url, "-c", "SELECT 1", PGSSLCERT="", PGSSLKEY="", HOME="/nonexistent")
    if testbed.authority.mutual:
        assert "certificate required" in done.stderr
    else:
        assert done.returncode == 0


def test_redis_cli_speaks_tls(testbed: Testbed) -> None:
    assert redis_cli(testbed, "SET", "greeting", "hello").stdout == "OK\n"
    assert redis_cli(testbed, "GET", "greeting").stdout == "hello\n"
    assert [one.secure for one in testbed.journal.exchanges(5)] == [True, True]


def test_redis_cli_that_does_not_know_the_ca_refuses(testbed: Testbed) -> None:
    done = run(testbed, "redis-cli", "-u", testbed.env["CX_REDIS_TLS_URL"], "PING", SSL_CERT_FILE="/dev/null")
    assert "certificate verify failed" in done.stderr
    assert testbed.journal.wait_for(5, operation="TLS").request == {"why": "TLSV1_ALERT_UNKNOWN_CA"}


def test_openssl_verifies_the_chain(testbed: Testbed) -> None:
    """Of Redis at once, of PostgreSQL after the request that its protocol begins with."""
    told = openssl(testbed, Component.REDIS, "-quiet", said="PING\r\nQUIT\r\n")
    assert "-NOAUTH" in told.stdout
    told = openssl(testbed, Component.POSTGRES, "-starttls", "postgres", "-brief")
    assert "Verification: OK" in told.stderr
    assert "CONNECTION ESTABLISHED" in told.stderr


def test_curl_trusts_by_the_variables(testbed: Testbed) -> None:
    shown = []
    if testbed.authority.mutual:
        shown = ["--cert", testbed.env["CX_CLIENT_CERT_FILE"], "--key", testbed.env["CX_CLIENT_KEY_FILE"]]
    done = run(testbed, "curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}", *shown, testbed.env["CX_NEXUS_URL"])
    assert (done.stdout[:1], done.stderr) == ("4", "")


def test_node_trusts_by_the_variables(testbed: Testbed) -> None:
    script = (
        "const fs = require('fs'), e = process.env, shown = e.CX_CLIENT_CERT_FILE ?"
        " {cert: fs.readFileSync(e.CX_CLIENT_CERT_FILE), key: fs.readFileSync(e.CX_CLIENT_KEY_FILE)} : {};"
        "require('https').get(e.CX_NEXUS_URL, shown, a => { console.log(a.statusCode); process.exit(); })"
    )
    path = f"{os.environ['PATH']}:{Path(sys.executable).parent}"
    done = run(testbed, shutil.which("node", path=path) or "node", "-e", script)
    assert (done.stdout[:1], done.stderr) == ("4", "")


def test_java_takes_the_ca_for_an_authority(testbed: Testbed) -> None:
    """A file of the same format without Java's mark would hold a certificate that it does not trust."""
    store = ["-keystore", testbed.env["CX_TRUST_STORE"], "-storepass", testbed.env["CX_TRUST_STORE_PASSWORD"]]
    done = run(testbed, "keytool", "-list", *store)
    assert "cxmock testbed" in done.stdout
    assert "trustedCertEntry" in done.stdout
