"""Strict mode: on a strict connection what nobody promised is refused, whoever plays the provider, and explained."""

from __future__ import annotations

import asyncio
import http.client
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, LiteralString

import asyncssh
import psycopg
import pytest
import redis

from cxmock.clients.ftp import FtpClient
from cxmock.clients.genesys import GenesysClient
from cxmock.clients.perform_nfs import NfsPerformer
from cxmock.clients.sftp import SftpClient
from cxmock.clients.transfer import FileClient
from cxmock.contracts.authoring import Answer, Ask, Row, documented, like, regex
from cxmock.contracts.authoring.writing import canonical
from cxmock.contracts.conformance import conformance
from cxmock.contracts.model import Contract
from cxmock.contracts.reading import contract_of
from cxmock.errors.contracts import ContractMissing
from cxmock.errors.genesys import GenesysRefused
from cxmock.errors.strict import NoSuchRow, OneContractOneRow
from cxmock.errors.transfer import TransferFailed
from cxmock.testbed import Options, Testbed
from cxmock.testbed.verifying import TestbedVerifier
from cxmock.topology import Component
from cxmock.wire.http import Response

GUIDE = documented("a guide")
NAME = "cxmock strict mode"


def read(row: Row) -> Contract:
    return contract_of(canonical(row.document()).encode(), "mine.json")


def promised(number: int, transport: str, *requests: dict[str, Any]) -> Contract:
    """Return a contract that promises any answer to requests."""
    row = Row(number)
    for place, request in enumerate(requests):
        row.operation(f"promise {place}", GUIDE, transport, request, like({}))
    return read(row)


def promised_path(number: int) -> Contract:
    row = Row(number)
    row.http("something is asked", GUIDE, Ask("GET", "/promised"), Answer(200))
    return read(row)


@pytest.fixture(scope="module")
def running() -> Iterator[Testbed]:
    with Testbed() as testbed:
        testbed.start()
        yield testbed


@pytest.fixture
def testbed(running: Testbed) -> Iterator[Testbed]:
    yield running
    running.reset()


def ask(testbed: Testbed, component: Component, path: str, method: str = "GET", port: int | None = None) -> Response:
    place = testbed.directory.endpoint(component, port)
    if place.scheme == "https":
        context = ssl.create_default_context(cafile=str(testbed.authority.ca_file))
        client: http.client.HTTPConnection = http.client.HTTPSConnection(
            place.host, place.port, timeout=5, context=context
        )
    else:
        client = http.client.HTTPConnection(place.host, place.port, timeout=5)
    try:
        client.request(method, path)
        answer = client.getresponse()
        return Response(answer.status, dict(answer.headers), answer.read())
    finally:
        client.close()


# HTTP


@pytest.mark.parametrize(
    ("number", "component"),
    [
        (1, Component.INGRESS),
        (3, Component.COMPLIANCE_PROVIDER),
        (4, Component.API_AGGREGATOR),
        (4, Component.LIST_BUILDER),
        (8, Component.COMPLIANCE_MANAGER),
        (8, Component.DIAL_MANAGER),
        (11, Component.GWS),
        (12, Component.NEXUS),
    ],
)
def test_http_is_refused_with_a_status_of_its_own_and_the_explanation(
    testbed: Testbed, number: int, component: Component
) -> None:
    before = ask(testbed, component, "/promised").status
    testbed.be_strict(number, contract=promised_path(number))

    refused = ask(testbed, component, "/unpromised")

    assert refused.status == 501
    assert refused.headers[f"{'-'.join(NAME.title().split())}".lower()].startswith("GET /unpromised is not promised on")
    told = refused.json()
    assert told["by"] == NAME
    assert told["what"].startswith(f"GET /unpromised is not promised on connection {number}, ")
    assert told["nearest"][0]["promise"] == "something is asked"
    assert told["nearest"][0]["differs"] == ['path: is "/unpromised", not "/promised"']
    assert told["why"]
    assert told["fix"].startswith("Ask for /promised")
    assert ask(testbed, component, "/promised").status == before != 501


def test_a_refused_head_says_so_in_its_header(testbed: Testbed) -> None:
    """It has no body."""
    testbed.be_strict(12)

    refused = ask(testbed, Component.NEXUS, "/x", "HEAD")

    assert (refused.status, refused.body) == (501, b"")
    assert refused.headers["cxmock-strict-mode"].startswith("HEAD /x is not promised on connection 12")


def test_what_is_refused_is_in_the_journal_and_does_not_conform(testbed: Testbed) -> None:
    testbed.be_strict(12, contract=promised_path(12))
    ask(testbed, Component.NEXUS, "/unpromised")

    exchange = testbed.journal.wait_for(12, operation="GET /unpromised")
    [judgement] = conformance(promised_path(12), [exchange]).judgements

    assert not exchange.ok
    assert exchange.response["status"] == 501
    assert judgement.judged == "unpromised"


def test_other_connections_are_as_they_were(testbed: Testbed) -> None:
    before = ask(testbed, Component.NEXUS, "/x").status

    testbed.be_strict(11)

    assert ask(testbed, Component.NEXUS, "/x").status == before != 501
    assert ask(testbed, Component.GWS, "/x").status == 501


def test_what_the_table_does_not_list_is_never_refused(testbed: Testbed) -> None:
    """CX Contact's services call one another at the ports of connection 4."""
    testbed.be_strict(4)
    place = testbed.directory.endpoint(Component.LIST_BUILDER)
    client = http.client.HTTPConnection(place.host, place.port, timeout=5)
    client.request("GET", "/x", headers={"User-Agent": "cxc-list-manager/1"})

    assert client.getresponse().status != 501
    client.close()


def test_parts_of_the_testbed_are_judged_like_anybody(testbed: Testbed) -> None:
    """CX Contact's login asks GWS, on connection 11."""
    testbed.be_strict(11, contract=promised_path(11))
    known = testbed.directory.credentials.gws_user
    place = testbed.directory.endpoint(Component.INGRESS)
    context = ssl.create_default_context(cafile=str(testbed.authority.ca_file))
    client = http.client.HTTPSConnection(place.host, place.port, timeout=5, context=context)
    body = f'{{"username":"{known.name}","password":"{known.secret}"}}'
    client.request("POST", "/cx-contact/v3/login", body, {"Content-Type": "application/json"})

    assert client.getresponse().status != 200
    client.close()
    refused = testbed.journal.exchanges(11)
    assert [exchange.response["status"] for exchange in refused] == [501] * len(refused) != []


def test_a_component_that_somebody_else_plays_is_not_even_asked(testbed: Testbed) -> None:
    """Nobody listens where it is said to: a request that is passed on would end in 502."""
    testbed.play(Component.NEXUS, testbed.directory.endpoint(Component.GWS).url)
    testbed.be_strict(12)

    assert ask(testbed, Component.NEXUS, "/x").json()["by"] == NAME


# How long it lasts, and what can be named


def test_a_reset_ends_it(testbed: Testbed) -> None:
    testbed.be_strict(12)
    assert ask(testbed, Component.NEXUS, "/x").status == 501

    testbed.reset()

    assert testbed.strict == ()
    assert ask(testbed, Component.NEXUS, "/x").status != 501


@pytest.fixture(scope="module")
def verifier(running: Testbed) -> Iterator[TestbedVerifier]:
    verifier = TestbedVerifier(running)
    yield verifier
    verifier.close()


@pytest.mark.parametrize("number", range(1, 14))
def test_nothing_that_is_promised_is_refused(testbed: Testbed, verifier: TestbedVerifier, number: int) -> None:
    """Pact's engine asks for every promise; who brings about its states may do so in whatever way."""
    testbed.be_strict(number)

    [result] = verifier.verify([number])

    refused = [one.interaction.description for one in result.verdicts if not one.kept]
    assert refused == []
    assert testbed.strict == (number,)


def test_nothing_is_refused_while_parts_are_reset(testbed: Testbed, monkeypatch: pytest.MonkeyPatch) -> None:
    """To get back to where they began they may ask one another anything."""
    seen = []
    monkeypatch.setattr(testbed.part(Component.NEXUS), "reset", lambda: seen.append(testbed.strict))
    testbed.be_strict()

    testbed.reset()

    assert set(seen) == {()}


def test_all_connections_are_meant_when_none_is_named(testbed: Testbed) -> None:
    testbed.be_strict()

    assert testbed.strict == tuple(range(1, 14))


def test_connections_become_strict_one_after_another(testbed: Testbed) -> None:
    testbed.be_strict(12)
    testbed.be_strict(5, 11)

    assert testbed.strict == (5, 11, 12)


def test_what_was_strict_from_the_start_is_so_after_a_reset() -> None:
    with Testbed(Options(strict=frozenset({12}))) as testbed:
        testbed.start(Component.NEXUS)
        testbed.be_strict(5)
        testbed.reset()

        assert testbed.strict == (12,)
        assert ask(testbed, Component.NEXUS, "/x").status == 501


def test_a_contract_may_say_itself_which_connection_it_is_about(testbed: Testbed, tmp_path: Path) -> None:
    file = tmp_path / "mine.json"
    row = Row(12)
    row.http("something is asked", GUIDE, Ask("GET", "/promised"), Answer(200))
    file.write_text(canonical(row.document()))

    testbed.be_strict(contract=file)

    assert testbed.strict == (12,)


@pytest.mark.parametrize(
    ("numbers", "contract", "error", "said"),
    [
        ((14,), None, NoSuchRow, "There is no connection 14 that could be strict."),
        ((0,), None, NoSuchRow, "A row of the table, 1 to 13."),
        ((5, 11), promised_path(11), OneContractOneRow, "mine.json is to be held against connections 5, 11."),
        ((11,), Path("nowhere.json"), ContractMissing, "There is no contract nowhere.json."),
    ],
)
def test_what_cannot_be_strict_is_told_and_changes_nothing(
    testbed: Testbed, numbers: tuple[int, ...], contract: Any, error: type[Exception], said: str
) -> None:
    testbed.be_strict(12)

    with pytest.raises(error) as raised:
        testbed.be_strict(*numbers, contract=contract)

    assert said in str(raised.value)
    assert testbed.strict == (12,)


# Files

WAYS = ("sftp", "ftp", "ftps")


@pytest.fixture(params=WAYS)
def login(request: pytest.FixtureRequest, testbed: Testbed) -> Callable[[], Any]:
    """Log in by each of the ways; a login itself is never refused."""
    ways: dict[str, Callable[[], Any]] = {
        "sftp": lambda: SftpClient.connect(testbed.env["CX_SFTP_URL"], host_key=testbed.env["CX_SFTP_HOST_KEY"]),
        "ftp": lambda: FtpClient.connect(testbed.env["CX_FTP_URL"]),
        "ftps": lambda: FtpClient.connect(testbed.env["CX_FTP_URL"], tls=testbed.authority.client_context),
    }
    row = Row(2)
    for transport in ("sftp", "ftp"):
        promises = {
            "a file is read": {"op": "read", "path": "/in/leads.csv"},
            "a file is written": {"op": "write", "path": "/out/done.csv"},
            "a file is renamed": {"op": "rename", "path": "/in/leads.csv", "to": "/in/done.csv"},
        }
        for description, operation in promises.items():
            row.operation(f"{description} over {transport}", GUIDE, transport, operation, like({}))
    testbed.be_strict(2, contract=read(row))
    testbed.part(Component.SFTP).put("/in/leads.csv", b"Ada")
    return ways[request.param]


async def content(client: FileClient, path: str) -> bytes:
    return b"".join([part async for part in client.read(path)])


async def one(data: bytes) -> Any:
    yield data


def test_files_are_refused_by_an_error_that_explains(testbed: Testbed, login: Callable[[], Any]) -> None:
    async def asking() -> list[str]:
        client: FileClient = await login()
        refused = []
        try:
            assert await content(client, "/in/leads.csv") == b"Ada"
            await client.write("/out/done.csv", one(b"done"))
            for work in (
                lambda: content(client, "/in/other.csv"),
                lambda: client.write("/out/other.csv", one(b"x")),
                lambda: client.listdir("/in"),
                lambda: client.remove("/in/leads.csv"),
                lambda: client.mkdir("/in/new"),
                lambda: client.rename("/in/leads.csv", "/in/elsewhere.csv"),
            ):
                with pytest.raises(TransferFailed) as raised:
                    await work()
                refused.append(str(raised.value))
            await client.rename("/in/leads.csv", "/in/done.csv")
        finally:
            await client.close()
        return refused

    refused = testbed.run(asking())

    assert all(NAME in text for text in refused)
    assert "read /in/other.csv is not as promised on connection 2" in refused[0]
    assert "list /in is not promised on connection 2, job-scheduler to sftp." in refused[2]
    assert testbed.part(Component.SFTP).tree() == ["/in/", "/in/done.csv", "/out/", "/out/done.csv"]
    told = testbed.journal.wait_for(2, operation="list /in").response
    assert told["error"] == "FAILURE"
    assert told["message"].startswith(f"{NAME}: list /in is not promised")
    assert "nearest:" in told["message"]


def test_an_sftp_status_has_the_explanation_as_its_text(testbed: Testbed) -> None:
    testbed.be_strict(2, contract=promised(2, "sftp", {"op": "list", "path": "/in"}))
    place = testbed.directory.endpoint(Component.SFTP)
    known = testbed.directory.credentials.sftp

    async def asking() -> asyncssh.SFTPError:
        connecting = asyncssh.connect(
            place.host, place.port, username=known.name, password=known.secret, known_hosts=None
        )
        async with connecting as connection, connection.start_sftp_client() as client:
            with pytest.raises(asyncssh.SFTPFailure) as raised:
                await client.mkdir("/in/new")
            return raised.value

    assert testbed.run(asking()).reason.startswith(f"{NAME}: mkdir /in/new is not promised on connection 2")


def test_the_share_refuses_with_a_status_and_tells_the_journal_why(testbed: Testbed) -> None:
    """Mounting is never refused: it is how a client introduces itself."""
    testbed.be_strict(
        6,
        contract=promised(
            6, "nfs", {"proc": "GETATTR", "path": "/in"}, {"proc": "LOOKUP", "path": regex("/[a-z]+", "/in")}
        ),
    )
    testbed.part(Component.SHARE).mkdir("/in")
    share = NfsPerformer(testbed.env["CX_SHARE_URL"])

    async def asking() -> list[dict[str, Any]]:
        try:
            asked = [
                {"proc": "GETATTR", "path": "/in"},
                {"proc": "MKDIR", "path": "/new"},
                {"proc": "GETATTR", "path": "/in"},
            ]
            return [await share.perform(one) for one in asked]
        finally:
            await share.aclose()

    allowed, refused, again = testbed.run(asking())

    assert refused == {"status": "NOTSUPP"}
    assert allowed["status"] == again["status"] == "OK"
    assert testbed.part(Component.SHARE).tree() == ["/in/"]
    exchange = testbed.journal.wait_for(6, operation="MKDIR")
    assert not exchange.ok
    assert exchange.response["why"].startswith(f"{NAME}: MKDIR /new is not promised on connection 6")


# Genesys servers


@pytest.mark.parametrize(
    ("number", "component", "asked"),
    [
        (9, Component.OCS, ("GetCampaignStatus", {"campaignId": 101, "groupId": 101})),
        (10, Component.CONFSERV, ("ReadObjects", {"objectType": "Campaign", "filter": {}})),
    ],
)
def test_a_genesys_server_refuses_with_an_error_that_explains(
    testbed: Testbed, number: int, component: Component, asked: tuple[str, dict[str, Any]]
) -> None:
    name, attributes = asked
    transport = str(component)
    testbed.be_strict(number, contract=promised(number, transport, {"message": name, "attributes": attributes}))
    place = testbed.directory.endpoint(component)

    async def asking() -> tuple[str, dict[str, Any], dict[str, Any]]:
        client = GenesysClient(place.host, place.port, application="gws")
        try:
            before = await client.perform({"message": name, "attributes": attributes})
            with pytest.raises(GenesysRefused) as raised:
                await client.ask("UnheardOf", {"campaignId": 1})
            after = await client.perform({"message": name, "attributes": attributes})
            return str(raised.value), dict(before), dict(after)
        finally:
            await client.aclose()

    refused, before, after = testbed.run(asking())

    assert f"{NAME}: UnheardOf is not promised on connection {number}" in refused
    assert "nearest:" in refused
    assert before == after
    assert NAME not in str(before)
    testbed.journal.wait_for(number, operation="UnheardOf", where=lambda exchange: not exchange.ok)


def test_whom_the_table_does_not_list_configuration_server_never_refuses(testbed: Testbed) -> None:
    """OCS reads it too."""
    testbed.be_strict(10, contract=promised(10, "confserv", {"message": "StopDialing", "attributes": {}}))
    place = testbed.directory.endpoint(Component.CONFSERV)

    async def asking() -> str:
        client = GenesysClient(place.host, place.port, application="ocs")
        try:
            told = await client.perform(
                {"message": "ReadObjects", "attributes": {"objectType": "Campaign", "filter": {}}}
            )
            return str(told["messages"][-1]["message"])
        finally:
            await client.aclose()

    assert testbed.run(asking()) == "ObjectsSent"


# Redis


def keys() -> Contract:
    key = regex("book:[0-9]+", "book:1")
    return promised(
        5,
        "redis",
        {"argv": ["GET", key]},
        {"argv": ["SET", key, like("x")]},
        {"argv": ["MULTI"]},
        {"argv": ["EXEC"]},
    )


@pytest.fixture
def client(testbed: Testbed) -> Iterator[redis.Redis]:
    with redis.Redis.from_url(
        testbed.env["CX_REDIS_URL"], socket_timeout=5, single_connection_client=True, decode_responses=True
    ) as client:
        yield client


@pytest.mark.parametrize("strict_before", [True, False])
def test_redis_never_sees_what_is_refused(testbed: Testbed, strict_before: bool) -> None:
    """Whether its client came before the connection was strict, or after."""
    if strict_before:
        testbed.be_strict(5, contract=keys())
    with redis.Redis.from_url(testbed.env["CX_REDIS_URL"], socket_timeout=5, decode_responses=True) as client:
        if not strict_before:
            client.set("pen:1", "red")
            testbed.be_strict(5, contract=keys())
        client.set("book:1", "Dracula")
        with pytest.raises(redis.ResponseError, match=f"^{NAME}: FLUSHALL is not promised .* nearest: "):
            client.flushall()
        assert client.get("book:1") == "Dracula"
    assert "book:1" in testbed.run(testbed.part(Component.REDIS).keys())


@pytest.mark.parametrize("protocol", [2, 3])
def test_pipelined_replies_keep_their_order(testbed: Testbed, protocol: int) -> None:
    testbed.be_strict(5, contract=keys())
    with redis.Redis.from_url(
        testbed.env["CX_REDIS_URL"], socket_timeout=5, protocol=protocol, decode_responses=True
    ) as client:
        pipeline = client.pipeline(transaction=False)
        for number in range(20):
            pipeline.set(f"book:{number}", f"title {number}")
            pipeline.get(f"book:{number}")
            pipeline.get(f"pen:{number}")
        replies = pipeline.execute(raise_on_error=False)

    assert replies[0::3] == [True] * 20
    assert replies[1::3] == [f"title {number}" for number in range(20)]
    assert all(f"{NAME}: GET is not as promised" in str(reply) for reply in replies[2::3])


def test_a_refused_command_leaves_the_transaction_it_is_in(testbed: Testbed, client: redis.Redis) -> None:
    testbed.be_strict(5, contract=keys())
    pipeline = client.pipeline(transaction=True)
    pipeline.set("book:1", "Dracula")
    pipeline.incr("pens")
    pipeline.get("book:1")

    replies = pipeline.execute(raise_on_error=False)

    assert replies[0::2] == [True, "Dracula"]
    assert "INCRBY is not promised" in str(replies[1])
    assert client.get("book:1") == "Dracula"


def test_a_transaction_that_is_not_promised_is_refused_as_a_whole(testbed: Testbed, client: redis.Redis) -> None:
    """What was meant to happen together does not happen by halves."""
    key = regex("book:[0-9]+", "book:1")
    testbed.be_strict(5, contract=promised(5, "redis", {"argv": ["GET", key]}, {"argv": ["SET", key, like("x")]}))

    pipeline = client.pipeline(transaction=True)
    pipeline.set("book:1", "Dracula")
    with pytest.raises(redis.ResponseError, match="MULTI is not promised on connection 5"):
        pipeline.execute()

    assert client.get("book:1") is None


def test_a_value_that_arrives_in_pieces_is_one_command(testbed: Testbed, client: redis.Redis) -> None:
    testbed.be_strict(5, contract=keys())
    value = "x" * 300_000

    client.set("book:1", "y" * 10_000)
    with pytest.raises(redis.ResponseError, match=NAME):
        client.set("pen:1", value)

    assert client.get("book:1") == "y" * 10_000


def test_redis_is_as_before_after_a_reset(testbed: Testbed, client: redis.Redis) -> None:
    """On a connection that was strict."""
    testbed.be_strict(5, contract=keys())
    with pytest.raises(redis.ResponseError, match=NAME):
        client.incr("pens")

    testbed.reset()

    assert client.incr("pens") == 1


def test_fakeredis_is_strict_too() -> None:
    with Testbed(Options(stores="fakeredis")) as testbed:
        testbed.start(Component.REDIS)
        testbed.be_strict(5, contract=keys())
        with redis.Redis.from_url(testbed.env["CX_REDIS_URL"], socket_timeout=5, decode_responses=True) as client:
            with pytest.raises(redis.ResponseError, match=f"{NAME}: FLUSHALL is not promised"):
                client.flushall()
            pipeline = client.pipeline()
            pipeline.set("book:1", "Dracula")
            pipeline.incr("pens")
            replies = pipeline.execute(raise_on_error=False)
            assert replies[0] is True
            assert "INCRBY is not promised" in str(replies[1])
            assert client.get("book:1") == "Dracula"


# PostgreSQL

COUNT = "SELECT count(*) FROM gsw_donotcall_list"
CHOSEN = "SELECT $1::int"
ROWS = ((7, "CX_POSTGRES_URL"), (13, "CX_OCS_POSTGRES_URL"))


def statements(number: int) -> Contract:
    return promised(
        number,
        "postgresql",
        {"sql": "SELECT 1", "params": []},
        {"sql": CHOSEN, "params": [7]},
        *({"sql": sql, "params": []} for sql in ("BEGIN", "COMMIT")),
    )


@pytest.fixture(params=ROWS, ids=["7", "13"])
def strict_database(request: pytest.FixtureRequest, testbed: Testbed) -> Iterator[psycopg.Connection[Any]]:
    number, url = request.param
    with psycopg.connect(testbed.env[url], autocommit=True) as database:
        testbed.be_strict(number, contract=statements(number))
        yield database


def test_postgres_never_sees_what_is_refused(strict_database: psycopg.Connection[Any]) -> None:
    """Asked simply, with parameters, and as a prepared statement."""
    database = strict_database

    asked: list[tuple[LiteralString, list[str] | None, bool]] = [
        ("CREATE TABLE pens (colour text)", None, False),
        ("SELECT %s::text", ["red"], False),
        (COUNT, None, True),
        ("SELECT 1; CREATE TABLE pens (colour text)", None, False),
    ]
    for sql, parameters, prepare in asked:
        with pytest.raises(psycopg.errors.FeatureNotSupported) as raised:
            database.execute(sql, parameters, prepare=prepare)
        said = raised.value.diag
        assert (said.message_primary or "").startswith(f"{NAME}: ")
        assert "promised on connection" in (said.message_primary or "")
        assert "nearest:" in (said.message_detail or "")
        assert database.execute("SELECT 1").fetchall() == [(1,)]


def test_statements_with_other_parameters_than_promised_are_refused(
    strict_database: psycopg.Connection[Any],
) -> None:
    database = strict_database
    chosen = "SELECT %s::int"
    for prepare in (False, True):
        assert database.execute(chosen, [7], prepare=prepare).fetchall() == [(7,)]
        with pytest.raises(psycopg.errors.FeatureNotSupported) as raised:
            database.execute(chosen, [8], prepare=prepare)
        assert "$.params[0]: is 8 (" in (raised.value.diag.message_detail or "")
        assert database.execute(chosen, [7], prepare=prepare).fetchall() == [(7,)]


def test_a_refusal_fails_the_transaction_as_an_error_of_the_server_does(
    strict_database: psycopg.Connection[Any],
) -> None:
    database = strict_database
    database.autocommit = False
    assert database.execute("SELECT 1").fetchall() == [(1,)]
    states = [database.info.transaction_status.name]

    with pytest.raises(psycopg.errors.FeatureNotSupported):
        database.execute(COUNT)
    states.append(database.info.transaction_status.name)
    with pytest.raises(psycopg.errors.InFailedSqlTransaction):
        database.execute("SELECT 1")

    database.rollback()
    states.append(database.info.transaction_status.name)
    assert states == ["INTRANS", "INERROR", "IDLE"]
    assert database.execute("SELECT 1").fetchall() == [(1,)]
    database.commit()


def test_pipelined_statements_keep_their_order(strict_database: psycopg.Connection[Any]) -> None:
    database = strict_database
    with database.pipeline() as pipeline:
        first = database.execute("SELECT 1")
        pipeline.sync()
        refused = database.execute("SELECT 2")
        with pytest.raises(psycopg.errors.FeatureNotSupported):
            pipeline.sync()
            refused.fetchall()
        last = database.execute("SELECT 1")
        assert first.fetchall() == last.fetchall() == [(1,)]
    assert database.execute("SELECT 1").fetchall() == [(1,)]


def test_the_first_statement_that_is_not_promised_ends_a_query_of_several(testbed: Testbed) -> None:
    testbed.be_strict(7, contract=statements(7))
    with (
        psycopg.connect(testbed.env["CX_POSTGRES_URL"], autocommit=True) as database,
        pytest.raises(psycopg.errors.FeatureNotSupported),
    ):
        database.execute("SELECT 1; SELECT 2; SELECT 1")

    seen = [(exchange.request["sql"], exchange.ok) for exchange in testbed.journal.exchanges(7)]
    assert seen == [("SELECT 1", True), ("SELECT 2", False)]


def test_a_bulk_copy_is_judged_by_its_statement(testbed: Testbed) -> None:
    sql = "COPY gsw_donotcall_list (phone) FROM STDIN"
    testbed.be_strict(7, contract=promised(7, "postgresql", {"sql": sql, "copy": True}))
    with psycopg.connect(testbed.env["CX_POSTGRES_URL"], autocommit=True) as database:
        with database.cursor() as cursor, cursor.copy(sql) as copy:
            for number in range(20_000):
                copy.write(f"+4420{number:08}\n")
        with (
            pytest.raises(psycopg.errors.FeatureNotSupported),
            database.cursor() as cursor,
            cursor.copy("COPY gsw_donotcall_list TO STDOUT") as copy,
        ):
            copy.read()
    found = testbed.run(testbed.part(Component.POSTGRES).query("SELECT count(*) FROM cxc.gsw_donotcall_list"))
    assert found == [{"count": 20_000}]


def test_the_two_roles_of_the_database_are_two_connections(testbed: Testbed) -> None:
    """Rows 7 and 13 share an address."""
    testbed.be_strict(7, contract=statements(7))
    with psycopg.connect(testbed.env["CX_OCS_POSTGRES_URL"], autocommit=True) as database:
        assert database.execute("SELECT 2").fetchall() == [(2,)]


def test_postgres_is_as_before_after_a_reset(testbed: Testbed) -> None:
    """On a connection that was strict."""
    with psycopg.connect(testbed.env["CX_POSTGRES_URL"], autocommit=True) as database:
        testbed.be_strict(7, contract=statements(7))
        with pytest.raises(psycopg.errors.FeatureNotSupported):
            database.execute("SELECT 2")
        testbed.reset()
        assert database.execute("SELECT 2").fetchall() == [(2,)]


def test_many_at_once_are_refused_each_with_its_own(testbed: Testbed) -> None:
    """Every connection has its own place in its stream."""
    testbed.be_strict(7, contract=statements(7))

    async def one_client(number: int) -> str:
        async with await psycopg.AsyncConnection.connect(testbed.env["CX_POSTGRES_URL"], autocommit=True) as database:
            with pytest.raises(psycopg.errors.FeatureNotSupported) as raised:
                await database.execute(f"SELECT {number + 100}")
            assert await (await database.execute("SELECT 1")).fetchone() == (1,)
            return str(raised.value)

    async def all_clients() -> list[str]:
        return await asyncio.gather(*map(one_client, range(10)))

    told = testbed.run(all_clients())
    assert all(f"SELECT {number + 100}" in text for number, text in enumerate(told))
