"""Redis in cluster mode: one node, which clients of a cluster find, and find again, at the tap."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import redis
from redis.cluster import RedisCluster

from cxmock.errors.stores import NoCluster
from cxmock.stores.redis import Redis
from cxmock.testbed import Options, Testbed
from cxmock.testbed.verifying import TestbedVerifier
from cxmock.topology import Component


@pytest.fixture(scope="module")
def running() -> Iterator[Testbed]:
    """A testbed with Redis alone; its start takes two seconds, which Redis waits by itself."""
    with Testbed(Options(redis="cluster", ports="ephemeral")) as testbed:
        testbed.start(Component.REDIS)
        yield testbed


@pytest.fixture
def testbed(running: Testbed) -> Testbed:
    """The same testbed, emptied."""
    running.reset()
    return running


@pytest.fixture
def client(testbed: Testbed) -> Iterator[RedisCluster]:
    """A client of clusters that we did not write."""
    with RedisCluster.from_url(testbed.env["CX_REDIS_URL"], decode_responses=True) as client:
        yield client


def test_the_one_node_is_at_the_tap_and_has_every_slot(testbed: Testbed, client: RedisCluster) -> None:
    at = testbed.directory.endpoint(Component.REDIS)
    assert [(node.host, node.port) for node in client.get_nodes()] == [(at.host, at.port)]  # type: ignore[no-untyped-call]
    assert set(client.nodes_manager.slots_cache) == set(range(16384))
    assert client.cluster_info()["cluster_state"] == "ok"


def test_keys_of_every_slot_pass_the_tap(testbed: Testbed, client: RedisCluster) -> None:
    """And how the client finds its way is no exchange."""
    with client.pipeline() as pipeline:  # type: ignore[no-untyped-call]
        for number in range(200):
            pipeline.set(f"key:{number}", number)
        assert pipeline.execute() == [True] * 200
    assert client.mget_nonatomic("key:7", "key:199") == ["7", "199"]
    assert {one.operation for one in testbed.journal.exchanges(5)} == {"SET", "MGET"}
    assert testbed.journal.counts[5] >= 200


def test_keys_of_different_slots_are_not_touched_together(testbed: Testbed, client: RedisCluster) -> None:
    """What a single server allows, a cluster refuses; tags in braces are what helps."""
    client.mset_nonatomic({"cxc:{Acme}:a": 1, "cxc:{Acme}:b": 2})
    with redis.Redis.from_url(testbed.env["CX_REDIS_URL"]) as simple:
        assert simple.mget("cxc:{Acme}:a", "cxc:{Acme}:b") == [b"1", b"2"]
        with pytest.raises(redis.ResponseError, match="don't hash to the same slot"):
            simple.mget("a", "b")
    assert testbed.journal.exchanges(5)[-1].response["value"].startswith("CROSSSLOT")


def test_clients_stay_connected_over_a_reset(testbed: Testbed, client: RedisCluster) -> None:
    client.set("a", 1)
    number = client.client_id(target_nodes=RedisCluster.DEFAULT_NODE)
    testbed.reset()
    assert client.get("a") is None
    assert client.client_id(target_nodes=RedisCluster.DEFAULT_NODE) == number
    assert client.set("a", 2)


def test_clients_of_the_cluster_may_speak_tls(testbed: Testbed) -> None:
    """The address that the node tells is the same for both."""
    url, trusted = testbed.env["CX_REDIS_TLS_URL"], testbed.env["CX_CA_FILE"]
    with RedisCluster.from_url(url, ssl_ca_certs=trusted) as client:
        client.set("a", 1)
        client.set("b", 1)
    assert [one.secure for one in testbed.journal.exchanges(5)] == [True, True]


def test_the_promises_about_redis_are_kept(testbed: Testbed) -> None:
    """Whoever keeps to one tenant's tag does not notice."""
    verifier = TestbedVerifier(testbed)
    try:
        [result] = verifier.verify([5])
    finally:
        verifier.close()
    assert [str(one) for one in result.verdicts if not one.kept] == []


def test_clusters_do_not_meet_and_one_that_was_replaced_comes_back(testbed: Testbed) -> None:
    """Each has a port of its own for what nodes say to each other."""
    with Testbed(Options(redis="cluster", ports="ephemeral")) as other:
        other.start(Component.REDIS)
        with RedisCluster.from_url(other.env["CX_REDIS_URL"]) as client:
            client.set("a", 1)
            other.play(Component.REDIS, contract=5)
            other.reset()
            assert client.get("a") is None
            assert client.cluster_info()["cluster_known_nodes"] == "1"


@pytest.mark.parametrize("backend", ["fakeredis", "external"])
def test_what_knows_no_cluster_says_so(running: Testbed, backend: str) -> None:
    with Testbed(Options(ports="ephemeral")) as testbed, pytest.raises(NoCluster, match=f'"{backend}" has no cluster'):
        part = Redis(backend, url=running.env["CX_REDIS_URL"], cluster=True)  # type: ignore[arg-type]
        testbed.run(testbed._assembly.run(Component.REDIS, part))
