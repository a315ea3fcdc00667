"""What every service of CX Contact tells whoever runs it: metrics, health, and which replica answers.

Documented: that every service runs more than once, that Compliance Manager and Dial Manager are scaled by load, and the
names of metrics. Assumed: the paths, the form of health, the header that names a replica.
"""

from __future__ import annotations

from cxmock.contracts.authoring import (
    Answer,
    Ask,
    Row,
    all_of,
    assumed,
    documented,
    includes,
    keyed,
    like,
    one_of,
    regex,
)
from cxmock.topology import Component

METRICS = documented("Private Edition Guide, metrics of each service: the names; that they are at /metrics is ours")
SCALED = documented(
    "Private Edition Guide: Compliance Manager and Dial Manager are scaled horizontally by load, and have this metric;"
    " the path is ours"
)
HEALTH = assumed("that every service runs N+1 is documented; how one tells whether it can do its work is ours")
NAMED = assumed("that every service runs N+1 is documented; that an answer names the replica is ours")

REPLICA = {"x-cxc-replica": regex(".+", "compliance-manager-1")}
"""The header that names who answered."""


def promise_metrics(row: Row, service: Component, prefix: str, *more: str, scaled: bool = False) -> None:
    """Promise the metrics that a service always tells.

    Args:
        row: the contract.
        service: whose.
        prefix: of its metrics.
        more: metrics of its own that it tells from the start, by their whole names.
        scaled: whether it is one of those that are scaled by load.
    """
    names = [f"{prefix}healthy_instance", f"{prefix}request_latencies_ms_bucket", *more]
    example = "".join(f"# TYPE {name} x\n{name} 1\n" for name in names)
    told = [includes(f"\n{name}", example) for name in names]
    row.http(
        f"{service.label} tells its metrics",
        SCALED if scaled else METRICS,
        Ask("GET", "/metrics"),
        Answer(200, text=all_of(*told)),
        provider=service,
    )


def promise_health(row: Row, service: Component, name: str) -> None:
    """Promise that a service tells how it is, whether it is ready, and that it lives."""
    relied_on = keyed({"Redis": {"status": one_of("UP", "DOWN")}})
    told = {"status": one_of("UP", "DEGRADED"), "service": name, "replica": like(name), "dependencies": relied_on}
    for path, what, answer in (
        ("/health", "tells how it is, and what it relies on", told),
        ("/health/ready", "tells that it is ready", told),
        ("/health/live", "tells that it lives", {"status": "UP", "service": name, "replica": like(name)}),
    ):
        row.http(f"{service.label} {what}", HEALTH, Ask("GET", path), Answer(200, json=answer), provider=service)
