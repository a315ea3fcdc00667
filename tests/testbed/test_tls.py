"""TLS wherever it is documented: one CA, handed over in every form, and clients' certificates where they are wanted."""

from __future__ import annotations

import ftplib
import socket
import ssl
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.error import URLError
from urllib.request import HTTPSHandler, build_opener

import httpx
import psycopg
import pytest
import redis

from cxmock.net.tls import TRUST_STORE_PASSWORD
from cxmock.net.waiting import until
from cxmock.stores.redis import Redis
from cxmock.testbed import Options, Testbed
from cxmock.testbed.contact import Contact
from cxmock.testbed.verifying import TestbedVerifier
from cxmock.topology import Component

STORES = (Component.REDIS, Component.POSTGRES)
CERTIFICATE_WANTED = "PEER_DID_NOT_RETURN_A_CERTIFICATE"


@pytest.fixture(scope="module")
def running() -> Iterator[Testbed]:
    """A testbed with the stores, and who answers HTTP and FTP."""
    with Testbed(Options(ports="ephemeral")) as testbed:
        testbed.start(*STORES, Component.NEXUS)
        yield testbed


@pytest.fixture
def testbed(running: Testbed) -> Testbed:
    """The same testbed, emptied."""
    running.reset()
    return running


@pytest.fixture(scope="module")
def mutual() -> Iterator[Testbed]:
    """A testbed whose servers want to see certificates."""
    with Testbed(Options(ports="ephemeral", tls="mutual")) as testbed:
        testbed.start()
        yield testbed


def strangers(testbed: Testbed) -> ssl.SSLContext:
    """Return a context that trusts the CA and has nothing to show."""
    return ssl.create_default_context(cafile=testbed.env["CX_CA_FILE"])


# The stores


@pytest.mark.parametrize("secure", [True, False])
def test_redis_speaks_tls_beside_plain_text(testbed: Testbed, secure: bool) -> None:
    """The tap ends the encryption: what is said is read all the same, and the journal knows that it was encrypted."""
    trusted = {"ssl_ca_certs": testbed.env["CX_CA_FILE"]} if secure else {}
    with redis.Redis.from_url(testbed.env["CX_REDIS_TLS_URL" if secure else "CX_REDIS_URL"], **trusted) as client:
        client.set("greeting", "hello" * 100_000)
        assert client.get("greeting") == b"hello" * 100_000
    seen = [(one.operation, one.secure) for one in testbed.journal.exchanges(5)]
    assert seen == [("SET", secure), ("GET", secure)]


def test_who_leaves_in_tls_leaves_without_a_word_in_the_log(testbed: Testbed, caplog: pytest.LogCaptureFixture) -> None:
    with redis.Redis.from_url(testbed.env["CX_REDIS_TLS_URL"], ssl_ca_certs=testbed.env["CX_CA_FILE"]) as client:
        client.client_setname("leaving")
    store: Redis = testbed.part(Component.REDIS)

    async def gone() -> bool:
        return "leaving" not in str(await store.call("CLIENT", "LIST"))

    assert testbed.run(until(gone, within=5))
    assert caplog.messages == []


@pytest.mark.parametrize("number", [7, 13])
@pytest.mark.parametrize(
    "wish",
    [
        {"sslmode": "disable"},
        {"sslmode": "prefer"},
        {"sslmode": "require", "sslrootcert": ""},
        {"sslmode": "verify-full"},
        {"sslmode": "verify-full", "sslnegotiation": "direct"},
    ],
    ids=lambda wish: "-".join(filter(None, wish.values())),
)
def test_postgresql_grants_tls_to_whoever_asks(testbed: Testbed, number: int, wish: dict[str, str]) -> None:
    url = testbed.env["CX_POSTGRES_TLS_URL" if number == 7 else "CX_OCS_POSTGRES_TLS_URL"]
    with psycopg.connect(url, **wish) as client:  # type: ignore[arg-type]
        assert client.execute("SELECT repeat('x', 1000000)").fetchone() == ("x" * 1_000_000,)
        secure = wish["sslmode"] != "disable"
        assert client.pgconn.ssl_in_use is secure
    [seen] = testbed.journal.exchanges(number, operation="SELECT")
    assert seen.secure is secure
    assert seen.source == ("cxc" if number == 7 else "ocs")


def test_a_bulk_copy_over_tls_is_counted(testbed: Testbed) -> None:
    with psycopg.connect(testbed.env["CX_POSTGRES_TLS_URL"]) as client, client.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE numbers (n int)")
        with cursor.copy("COPY numbers FROM STDIN") as copy:
            for number in range(50_000):
                copy.write_row((number,))
        assert cursor.execute("SELECT sum(n) FROM numbers").fetchone() == (1_249_975_000,)
    [copied] = testbed.journal.exchanges(7, operation="COPY")
    assert (copied.response["rowcount"], copied.secure) == (50_000, True)


def test_the_url_of_postgresql_is_plain_unless_it_says_tls(testbed: Testbed) -> None:
    """Else libpq would take TLS by itself, and try a refused login twice."""
    with psycopg.connect(testbed.env["CX_POSTGRES_URL"]) as client:
        assert not client.pgconn.ssl_in_use


def test_who_is_of_another_ca_is_refused_by_clients_and_the_journal_tells(testbed: Testbed, tmp_path: Path) -> None:
    with (
        redis.Redis.from_url(testbed.env["CX_REDIS_TLS_URL"], retry=None) as client,
        pytest.raises(redis.ConnectionError, match="CERTIFICATE_VERIFY_FAILED"),
    ):
        client.ping()
    told = testbed.journal.wait_for(5, operation="TLS")
    assert (told.transport, told.ok, told.request) == ("tcp", False, {"why": "TLSV1_ALERT_UNKNOWN_CA"})


def test_a_name_that_is_not_the_components_is_not_trusted(testbed: Testbed) -> None:
    """The certificate is for the component's name and address, and no other."""
    parts = testbed.directory.endpoint(Component.POSTGRES)
    url = testbed.env["CX_POSTGRES_TLS_URL"].replace(f"@{parts.host}:", "@gws:")
    with pytest.raises(psycopg.OperationalError, match='does not match host name "gws"'):
        psycopg.connect(url, hostaddr=parts.host)
    with psycopg.connect(url.replace("@gws:", "@postgres:"), hostaddr=parts.host) as client:
        assert client.pgconn.ssl_in_use


def test_a_wrong_password_is_refused_once_and_in_secret(testbed: Testbed) -> None:
    known = testbed.directory.credentials
    url = testbed.env["CX_POSTGRES_TLS_URL"].replace(known.postgres_cxc.secret, "guessed")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(url)
    url = testbed.env["CX_REDIS_TLS_URL"].replace(known.redis, "guessed")
    with (
        redis.Redis.from_url(url, ssl_ca_certs=testbed.env["CX_CA_FILE"]) as client,
        pytest.raises(redis.AuthenticationError),
    ):
        client.ping()
    [login] = testbed.journal.exchanges(7)
    assert (login.operation, login.ok, login.secure) == ("LOGIN", False, True)
    refused = testbed.journal.wait_for(5, where=lambda one: not one.ok)
    assert refused.secure
    assert "guessed" not in str(refused.request)


@pytest.mark.parametrize("component", STORES)
@pytest.mark.parametrize(
    "garbage", [b"\0" * 5000, b"\xff" * 100_000, b"GET / HTTP/1.1\r\n\r\n"], ids=["0", "ff", "http"]
)
def test_garbage_in_tls_harms_nobody_else(testbed: Testbed, component: Component, garbage: bytes) -> None:
    """And the next client finds everything as it was."""
    at = testbed.directory.endpoint(component)
    with (
        socket.create_connection((at.host, at.port), 5) as plain,
        testbed.authority.client_context.wrap_socket(plain, server_hostname=str(component)) as client,
    ):
        client.settimeout(0.2)
        with suppress(OSError):  # some garbage is an empty command, and some ends the connection
            client.sendall(garbage)
            client.recv(65536)
    with psycopg.connect(testbed.env["CX_POSTGRES_TLS_URL"]) as client_of_postgres:
        assert client_of_postgres.execute("SELECT 1").fetchone() == (1,)
    with redis.Redis.from_url(testbed.env["CX_REDIS_TLS_URL"], ssl_ca_certs=testbed.env["CX_CA_FILE"]) as other:
        assert other.ping()


def test_a_large_value_passes_to_a_slow_reader(testbed: Testbed) -> None:
    """The tap holds up the server meanwhile, and loses nothing."""
    value = bytes(range(256)) * 100_000
    with redis.Redis.from_url(testbed.env["CX_REDIS_TLS_URL"], ssl_ca_certs=testbed.env["CX_CA_FILE"]) as client:
        client.set("large", value)
        pipeline = client.pipeline(transaction=False)
        for _ in range(4):
            pipeline.get("large")
        assert pipeline.execute() == [value] * 4
    assert testbed.journal.counts[5] == 5


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # redis-py leaves a socket that fails
def test_an_unplugged_connection_breaks_in_tls_too(testbed: Testbed) -> None:
    with redis.Redis.from_url(
        testbed.env["CX_REDIS_TLS_URL"], ssl_ca_certs=testbed.env["CX_CA_FILE"], retry=None, socket_timeout=5
    ) as client:
        client.set("a", 1)
        testbed.unplug(5)
        with pytest.raises(redis.ConnectionError):
            client.get("a")
        testbed.plug(5)
        assert client.get("a") == b"1"


# The CA, in every form


def test_the_ca_is_handed_over_as_files_and_as_a_context(testbed: Testbed) -> None:
    """What only trusts the testbed, and what trusts the system's authorities as well."""
    url = testbed.env["CX_NEXUS_URL"] + "/nexus/v3/nothing"
    only = testbed.authority.client_context
    both = ssl.create_default_context(cafile=testbed.env["SSL_CERT_FILE"])
    assert only.cert_store_stats()["x509_ca"] == 1 <= both.cert_store_stats()["x509_ca"]
    for context in (only, both, strangers(testbed)):
        assert httpx.get(url, verify=context, timeout=5).status_code in (401, 404)
    with pytest.raises(URLError, match="CERTIFICATE_VERIFY_FAILED"):
        build_opener(HTTPSHandler(context=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))).open(url, timeout=5)


def test_a_program_with_the_variables_trusts_the_testbed(testbed: Testbed) -> None:
    """Python, as one of those that look at SSL_CERT_FILE."""
    script = (
        "import sys, urllib.request as r, urllib.error as e\ntry: r.urlopen(sys.argv[1])\nexcept e.HTTPError: print(1)"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", script, testbed.env["CX_NEXUS_URL"]],
        env=testbed.env,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("1\n", "")


def test_the_trust_store_holds_the_ca(testbed: Testbed) -> None:
    from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12

    assert testbed.env["CX_TRUST_STORE_PASSWORD"] == TRUST_STORE_PASSWORD
    store = load_pkcs12(Path(testbed.env["CX_TRUST_STORE"]).read_bytes(), TRUST_STORE_PASSWORD.encode())
    [entry] = store.additional_certs
    assert (store.key, entry.friendly_name) == (None, b"cxmock testbed")
    assert "cxmock testbed" in entry.certificate.subject.rfc4514_string()


def test_nothing_is_made_before_it_is_wanted() -> None:
    """A start costs no certificates."""
    with Testbed(Options(ports="ephemeral", stores="fakeredis")) as testbed:
        testbed.start(Component.REDIS, Component.COMPLIANCE_PROVIDER)
        assert list(testbed.folder.glob("*.pem")) == []
        assert testbed.env["CX_CA_FILE"] == str(testbed.folder / "ca.pem")


# Who speaks the other one


def test_plain_http_at_a_port_for_tls_is_told_what_to_do(mutual: Testbed) -> None:
    endpoint = mutual.directory.endpoint(Component.INGRESS)
    with socket.create_connection((endpoint.host, endpoint.port), 5) as client:
        client.sendall(b"GET /ui HTTP/1.1\r\nHost: ingress\r\nConnection: close\r\n\r\n")
        answer = b"".join(iter(lambda: client.recv(1000), b"")).decode()
    assert answer.startswith("HTTP/1.1 400 ")
    assert answer.endswith("speaks TLS only, and what came is plain HTTP.\n  fix: ask https://ingress/ui\n")
    seen = mutual.journal.wait_for(1, where=lambda one: not one.secure)
    assert seen.response["status"] == 400


@pytest.mark.parametrize("component", [Component.OCS, Component.CONFSERV, Component.SHARE, Component.LIST_BUILDER])
def test_tls_at_a_plain_port_fails_at_once(mutual: Testbed, component: Component) -> None:
    """Nobody waits for an answer that will not come."""
    endpoint = mutual.directory.endpoint(component)
    with (
        socket.create_connection((endpoint.host, endpoint.port), 5) as client,
        pytest.raises((OSError, EOFError)) as failed,
    ):
        mutual.authority.client_context.wrap_socket(client, server_hostname=endpoint.host)
    assert not isinstance(failed.value, TimeoutError)


# Clients' certificates


def test_where_tls_is_mutual_a_client_shows_what_it_was_handed(mutual: Testbed) -> None:
    """Redis, PostgreSQL, HTTPS, FTPS: in the URL, as files, as a context."""
    mutual.reset()
    env = mutual.env
    files = {"ssl_certfile": env["CX_CLIENT_CERT_FILE"], "ssl_keyfile": env["CX_CLIENT_KEY_FILE"]}
    with redis.Redis.from_url(env["CX_REDIS_TLS_URL"], ssl_ca_certs=env["CX_CA_FILE"], **files) as client:
        assert client.ping()
    with psycopg.connect(env["CX_POSTGRES_TLS_URL"]) as connection:
        assert connection.pgconn.ssl_in_use
    asked = httpx.get(env["CX_NEXUS_URL"] + "/x", verify=mutual.authority.client_context, timeout=5)
    assert asked.status_code in (401, 404)
    login, files_at = mutual.directory.credentials.sftp, mutual.directory.endpoint(Component.SFTP, 21)
    with ftplib.FTP_TLS(context=mutual.authority.client_context, timeout=5) as ftp:
        ftp.connect(files_at.host, files_at.port)
        ftp.login(login.name, login.secret)
        ftp.prot_p()
        assert ftp.nlst() == ["in", "out"]
    assert mutual.journal.exchanges(5)[-1].secure
    assert stat.S_IMODE(Path(env["CX_CLIENT_KEY_FILE"]).stat().st_mode) == 0o600


def test_where_tls_is_mutual_a_client_without_a_certificate_is_refused(mutual: Testbed) -> None:
    """And the journal tells why."""
    mutual.reset()
    env = mutual.env
    with (
        redis.Redis.from_url(env["CX_REDIS_TLS_URL"], ssl_ca_certs=env["CX_CA_FILE"], retry=None) as client,
        pytest.raises(redis.ConnectionError, match=r"certificate required|CERTIFICATE_REQUIRED"),
    ):
        client.ping()
    assert mutual.journal.wait_for(5, operation="TLS").request == {"why": CERTIFICATE_WANTED}
    with pytest.raises(psycopg.OperationalError, match="certificate required"):
        psycopg.connect(env["CX_POSTGRES_TLS_URL"], sslcert="", sslkey="", sslcertmode="disable")
    opener = build_opener(HTTPSHandler(context=strangers(mutual)))
    with pytest.raises(OSError, match=r"certificate required|CERTIFICATE_REQUIRED"):
        opener.open(env["CX_NEXUS_URL"], timeout=5)
    assert mutual.journal.wait_for(12, operation="TLS").request == {"why": CERTIFICATE_WANTED}
    files_at = mutual.directory.endpoint(Component.SFTP, 21)
    with ftplib.FTP_TLS(context=strangers(mutual), timeout=5) as ftp, pytest.raises((OSError, EOFError)):
        ftp.connect(files_at.host, files_at.port)
        ftp.auth()
        ftp.sendcmd("NOOP")


def test_a_certificate_of_another_ca_is_refused(mutual: Testbed, testbed: Testbed) -> None:
    mutual.reset()
    context = strangers(mutual)
    context.load_cert_chain(*testbed.authority.client_files)
    with pytest.raises(OSError, match=r"unknown ca|UNKNOWN_CA"):
        build_opener(HTTPSHandler(context=context)).open(mutual.env["CX_NEXUS_URL"], timeout=5)
    assert mutual.journal.wait_for(12, operation="TLS").request == {"why": "CERTIFICATE_VERIFY_FAILED"}


def test_cx_contact_in_miniature_shows_its_certificate(mutual: Testbed) -> None:
    """People, at the ingress, need none."""
    mutual.reset()
    contact = Contact(mutual)
    contact.login()
    contact.close()
    assert {one.secure for one in mutual.journal.exchanges(11)} == {True}
    assert httpx.get(contact.url + "/nothing", verify=strangers(mutual), timeout=5).status_code == 404


def test_the_promises_are_kept_where_tls_is_mutual(mutual: Testbed) -> None:
    """Pact's engine has no certificate, and needs none."""
    verifier = TestbedVerifier(mutual)
    try:
        results = verifier.verify([1, 3, 5, 7, 12])
    finally:
        verifier.close()
    assert [str(one) for result in results for one in result.verdicts if not one.kept] == []
