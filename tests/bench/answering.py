"""What a read of the API costs one replica: of API Aggregator, and of the service behind it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from time import perf_counter

import psycopg
import redis

from cxmock.reference.keys import Keys
from cxmock.reference.service import API
from cxmock.reference.sessions import COOKIE, Session
from cxmock.testbed import Testbed
from cxmock.topology import Component
from cxmock.wire.http import to_json
from tests.bench.asking import at_full_speed, connections_to, replica
from tests.bench.measuring import RUNS, Figure, cpu_seconds

READS = 5_000
AIM = 200
"""µs: 5,000 reads a second of a core."""
WHAT = {
    "who is logged in": (f"{API}/session", None),
    "a label": (f"{API}/labels/VIP", None),
    "a compliance rule, by the service behind it": (f"{API}/compliance-rules/quiet", Component.COMPLIANCE_MANAGER),
    "a contact list, by the service behind it": (f"{API}/contact-lists/Spring", Component.LIST_BUILDER),
}


def figures() -> Iterator[Figure]:
    """Read as somebody whose session is in Redis, over 16 connections at full speed."""
    with Testbed() as testbed:
        testbed.start(Component.REDIS, Component.POSTGRES)
        session = _prepare(testbed)
        with (
            replica(Component.COMPLIANCE_MANAGER, testbed.env) as (compliance, compliance_pid),
            replica(Component.LIST_BUILDER, testbed.env) as (lists, lists_pid),
            replica(
                Component.API_AGGREGATOR,
                {**testbed.env, "CX_COMPLIANCE_MANAGER_URL": compliance, "CX_LIST_BUILDER_URL": lists},
            ) as (url, pid),
            connections_to(url) as connections,
        ):
            behind = {Component.COMPLIANCE_MANAGER: [compliance_pid], Component.LIST_BUILDER: [lists_pid], None: []}
            for what, (path, service) in WHAT.items():
                head = f"GET {path} HTTP/1.1\r\nHost: cxc\r\nCookie: {COOKIE}={session}\r\n\r\n".encode()
                requests = [head] * READS
                at_full_speed(connections, requests, READS // 5)
                used: list[float] = []
                used_behind: list[float] = []
                rates: list[float] = []
                for _ in range(RUNS):
                    first, second, began = cpu_seconds([pid]), cpu_seconds(behind[service]), perf_counter()
                    at_full_speed(connections, requests, READS)
                    rates.append((perf_counter() - began) / READS)
                    used.append((cpu_seconds([pid]) - first) / READS)
                    used_behind.append((cpu_seconds(behind[service]) - second) / READS)
                yield Figure(f"a read of {what}, of a core", "µs", [one * 1e6 for one in used], aim=AIM)
                yield Figure("... apart from the one before", "µs", [one * 1e6 for one in rates])
                if service:
                    yield Figure(
                        f"... of the core of {service.label}", "µs", [one * 1e6 for one in used_behind], aim=AIM
                    )


def _prepare(testbed: Testbed) -> str:
    """Put a session and a rule into Redis and a label into PostgreSQL; return the session's id."""
    env = testbed.env
    keys = Keys(env["CX_TENANT"])
    session = Session("supervisor", env["CX_TENANT"], env["CX_CCID"], 101, ("ROLE_SUPERVISOR",), "token")
    with redis.Redis.from_url(env["CX_REDIS_URL"]) as client:
        client.set(keys.session("4711"), to_json(asdict(session)), ex=28800)
        client.hset(keys.rules, "quiet", to_json({"type": "location", "prefixes": ["1305"]}))
    with psycopg.connect(env["CX_POSTGRES_URL"]) as connection:
        connection.execute(
            "INSERT INTO cxc.named_object VALUES (%s, 'labels', 'VIP', 1, 0, 0, '{\"color\": \"#ff0000\"}')",
            (env["CX_CCID"],),
        )
        connection.execute("INSERT INTO cxc.contact_list (name, table_name, created) VALUES ('Spring', 'cl_spring', 0)")
    return "4711"
