"""What a read of the API costs one replica: of API Aggregator, and of the service behind it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from time import perf_counter

import psycopg
import redis

from cxmock.reference.keys import Keys
from cxmock.reference.service import API
from cxmock.reference.sessions import COOKIE, Session
from cxmock.testbed import Testbed
from cxmock.topology import Component
from cxmock.wire.http import from_json, to_json
from tests.bench.measuring import RUNS, Figure, cpu_seconds
from tests.bench.validating import _at_full_speed, _connections

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
            _replica(testbed, Component.COMPLIANCE_MANAGER) as (compliance, compliance_pid),
            _replica(testbed, Component.LIST_BUILDER) as (lists, lists_pid),
            _replica(
                testbed,
                Component.API_AGGREGATOR,
                {"CX_COMPLIANCE_MANAGER_URL": compliance, "CX_LIST_BUILDER_URL": lists},
            ) as (url, pid),
            _connections(url) as connections,
        ):
            behind = {Component.COMPLIANCE_MANAGER: [compliance_pid], Component.LIST_BUILDER: [lists_pid], None: []}
            for what, (path, service) in WHAT.items():
                head = f"GET {path} HTTP/1.1\r\nHost: cxc\r\nCookie: {COOKIE}={session}\r\n\r\n".encode()
                requests = [head] * READS
                _at_full_speed(connections, requests, READS // 5)
                used: list[float] = []
                used_behind: list[float] = []
                rates: list[float] = []
                for _ in range(RUNS):
                    first, second, began = cpu_seconds([pid]), cpu_seconds(behind[service]), perf_counter()
                    _at_full_speed(connections, requests, READS)
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


@contextmanager
def _replica(testbed: Testbed, service: Component, more: dict[str, str] | None = None) -> Iterator[tuple[str, int]]:
    """Run a service as a process of its own; give its address and its process id."""
    environment = {**os.environ, **testbed.env, **(more or {})}
    command = [sys.executable, "-m", "cxmock.reference", str(service)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None
        try:
            yield from_json(process.stdout.readline())["url"], process.pid
        finally:
            process.terminate()
