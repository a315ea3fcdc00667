"""What a pre-dial validation costs one replica of Compliance Manager, and how long OCS waits for it."""

from __future__ import annotations

import select
import socket
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import fields
from statistics import quantiles
from time import perf_counter

import redis

from cxmock.reference.calling_list import COLUMNS
from cxmock.reference.keys import Keys
from cxmock.reference.settings import Settings
from cxmock.topology import Component
from cxmock.wire.http import to_json
from tests.bench.asking import at_full_speed, connections_to, replica
from tests.bench.fronts import real_server
from tests.bench.measuring import RUNS, Figure, cpu_seconds

VALIDATIONS = 10_000
PEOPLE = 2_000
AT_HALF = 2_500
"""Validations a second, half of what a core is to do."""


def figures() -> Iterator[Figure]:
    """Validate with a suppression list to look into and an attempt rule to count for; at full speed, then at half."""
    with ExitStack() as stack:
        port, _ = stack.enter_context(real_server())
        store = f"redis://127.0.0.1:{port}/0"
        _prepare(store)
        url, pid = stack.enter_context(replica(Component.COMPLIANCE_MANAGER, _settings(store)))
        requests = [_request(number) for number in range(PEOPLE)]
        with connections_to(url) as connections:
            at_full_speed(connections, requests, VALIDATIONS // 10)
            full = []
            for _ in range(RUNS):
                used, began = cpu_seconds([pid]), perf_counter()
                at_full_speed(connections, requests, VALIDATIONS)
                full.append(((perf_counter() - began) / VALIDATIONS, (cpu_seconds([pid]) - used) / VALIDATIONS))
            waits = [_at_a_pace(connections, requests) for _ in range(RUNS)]
    yield Figure("a pre-dial validation, of a core", "µs", [used * 1e6 for _, used in full], aim=200)
    yield Figure("... apart from the one before, at full speed", "µs", [apart * 1e6 for apart, _ in full])
    yield Figure(f"... waited for at {AT_HALF} a second, 99 of 100", "ms", waits, aim=10, digits=1)


def _at_a_pace(connections: list[socket.socket], requests: list[bytes]) -> float:
    """Ask so many times a second, in groups a little apart; return how many ms 99 of 100 waited at most."""
    waits = []
    together = 4
    began = perf_counter()
    for begin in range(0, AT_HALF, together):
        while (early := began + begin / AT_HALF - perf_counter()) > 0:
            select.select([], [], [], early)
        asked = []
        for number in range(begin, begin + together):
            connection = connections[number % len(connections)]
            asked.append((connection, perf_counter()))
            connection.sendall(requests[number % PEOPLE])
        for connection, at in asked:
            assert connection.recv(4096).startswith(b"HTTP/1.1 200")
            waits.append((perf_counter() - at) * 1000)
    return quantiles(waits, n=100)[98]


def _request(number: int) -> bytes:
    """Return what OCS sends about a person: the columns of the calling list, and its own keys."""
    own = {
        "GSW_PHONE": f"+1202555{number:04}",
        "GSW_CUSTOMER_ID": f"C-{number}",
        "GSW_CALL_ATTEMPT_GUID": f"6a1f0f6e-4c8e-4d7e-9d0a-{number:012}",
        "GSW_TENANT_NAME": "Acme",
        "GSW_TENANT_CCID": "54740030-8867-4790-9ff5-f224bcc7eff5",
        "GSW_CAMPAIGN_NAME": "Spring",
        "GSW_CAMPAIGN_GROUP_NAME": "Spring@Outbound agents",
        "GSW_TZ_NAME": "America/New_York",
        "GSW_TZ_OFFSET": -18000,
        "media": "voice",
    }
    body = to_json(dict.fromkeys(COLUMNS) | {"c_first_name": "Ada", "c_last_name": "Lovelace"} | own)
    head = "POST /ocs/validation HTTP/1.1\r\nHost: cxc\r\nUser-Agent: ocs/9.0\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def _settings(url: str) -> Mapping[str, str]:
    """Return settings of which Compliance Manager uses three."""
    needed = {f"CX_{one.name.upper()}": "http://127.0.0.1:1" for one in fields(Settings) if one.metadata}
    ccid = "54740030-8867-4790-9ff5-f224bcc7eff5"
    return {**needed, "CX_REDIS_URL": url, "CX_TENANT": "Acme", "CX_CCID": ccid}


def _prepare(url: str) -> None:
    """Put a suppression list, an attempt rule and three attempts on everybody into Redis."""
    keys = Keys("Acme")
    with redis.Redis.from_url(url) as client:
        entries = {f"44207946{number:04}": "0" for number in range(10_000)}
        client.hset(keys.suppression_list("never"), mapping=entries)
        client.hset(keys.suppression_lists, "never", to_json({"channel": "", "type": "Device", "required": True}))
        rule = {"type": "attempts", "limit": 5, "seconds": 7 * 86400, "by": "device"}
        client.hset(keys.rules, "five a week", to_json(rule))
        client.incr(keys.rules_version)
        client.hset(
            keys.compliance,
            "rules",
            to_json(
                [{"name": "US", "prefixes": ["1"], "weekdays": _ALL_DAY, "saturday": _ALL_DAY, "sunday": _ALL_DAY}]
            ),
        )
        now = int(client.time()[0])
        for number in range(PEOPLE):
            history = {f"{digit}b0c7d2-93b0-4c7e-8d90-{number:012}": f"{now - 3600} 7" for digit in "abc"}
            client.hset(keys.device_history(f"1202555{number:04}"), mapping=history)


_ALL_DAY = [["00:00", "24:00"]]
