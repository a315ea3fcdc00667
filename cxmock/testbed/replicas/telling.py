"""What is told at a service's documented address about all its replicas: health and metrics."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from cxmock.errors.calls import NoAnswer, NotReachable
from cxmock.reference.metric_names import Metric
from cxmock.reference.metrics import CONTENT_TYPE, Metrics
from cxmock.testbed.replicas.fleet import Fleet
from cxmock.testbed.replicas.replica import Replica
from cxmock.wire.http import Request, Response

if TYPE_CHECKING:
    from cxmock.testbed.replicas.balancer import Balancer

METRICS_WITHIN = 2.0
"""Seconds for a replica to tell its metrics; else they are left out."""
PREFIX = "cxc_balancer_"
OWN = {
    f"{PREFIX}{name}": Metric(kind, what, documented=False)
    for name, kind, what in (
        ("replicas", "gauge", "Replicas, by state."),
        ("request_count", "counter", "Requests that a replica answered, by replica and HTTP status."),
        ("requests_in_flight", "gauge", "Requests that a replica has not answered."),
        ("retries_total", "counter", "Requests that another replica was asked, too."),
        ("refusals_total", "counter", "Requests that no replica was ready for."),
        ("events_total", "counter", "What happened to replicas: started, ended, hangs, scaled up, ..."),
    )
}
"""The balancer's own metrics (assumed)."""

_SAMPLE = re.compile(r"([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)")


def health(fleet: Fleet, answer: Response) -> Response:
    """Return what one replica says of its health, with the state of all of them beside it."""
    replicas = [
        {"name": one.name, "status": one.state, "inFlight": one.in_flight, "restarts": one.restarts}
        for one in fleet.replicas.values()
    ]
    try:
        told = answer.json()
    except ValueError:
        told = {}
    if "service" not in told:  # no replica answered
        told = {"status": "DOWN", "reason": "No replica is ready."}
    elif len(fleet.ready) < fleet.wanted and told.get("status") == "UP":
        told["status"] = "DEGRADED"
        told["reason"] = f"{len(fleet.ready)} of {fleet.wanted} replicas are ready."
    return Response.of({**told, "replicas": replicas}, answer.status)


async def metrics(balancer: Balancer) -> Response:
    """Return the metrics of every replica, each series with the label ``replica``, and the balancer's own."""
    ready = balancer.fleet.ready
    texts = await asyncio.gather(*(_metrics_of(one) for one in ready))
    whole = merged({one.name: text for one, text in zip(ready, texts, strict=True)})
    return Response.plain(whole + _own(balancer), content_type=CONTENT_TYPE)


def merged(texts: Mapping[str, str]) -> str:
    r"""Return the metrics of several replicas as one text, every family once.

    >>> print(merged({"ui-1": "# TYPE a counter\na 1\n", "ui-2": "# TYPE a counter\na{b=\"c\"} 2\n"}), end="")
    # TYPE a counter
    a{replica="ui-1"} 1
    a{replica="ui-2",b="c"} 2
    """
    families: dict[str, tuple[list[str], list[str]]] = {}
    for replica, text in texts.items():
        for name, comments, samples in _families(text):
            heads, lines = families.setdefault(name, ([], []))
            if not heads:
                heads += comments
            lines += [_labelled(sample, replica) for sample in samples]
    return "".join(f"{line}\n" for heads, lines in families.values() for line in (*heads, *lines))


def _families(text: str) -> Iterator[tuple[str, list[str], list[str]]]:
    """Yield each family's name, its comments and its samples."""
    name, comments, samples = "", list[str](), list[str]()
    for line in text.splitlines():
        if line.startswith("# "):
            about = line.split(" ", 3)[2]
            if about != name:
                if name:
                    yield name, comments, samples
                name, comments, samples = about, [], []
            comments.append(line)
        elif line:
            samples.append(line)
    if name:
        yield name, comments, samples


def _labelled(sample: str, replica: str) -> str:
    found = _SAMPLE.fullmatch(sample)
    if found is None:
        return sample
    name, labels, value = found.groups()
    return f'{name}{{replica="{replica}"{"," + labels if labels else ""}}} {value}'


async def _metrics_of(replica: Replica) -> str:
    if replica.client is None:
        return ""
    try:
        answer = await replica.client.send(Request("GET", "/metrics"), within=METRICS_WITHIN)
    except (NotReachable, NoAnswer):
        return ""
    return answer.text if answer.status == 200 else ""


def _own(balancer: Balancer) -> str:
    fleet = balancer.fleet
    own = Metrics(PREFIX, OWN)
    for state in ("ready", "starting", "draining"):
        count = sum(one.state == state for one in fleet.replicas.values())
        own.set(f"{PREFIX}replicas", count, {"state": state})
    for (name, status), count in balancer.answers.items():
        own.count(f"{PREFIX}request_count", count, {"replica": name, "code": str(status)})
    for one in fleet.replicas.values():
        own.set(f"{PREFIX}requests_in_flight", one.in_flight, {"replica": one.name})
    own.set(f"{PREFIX}retries_total", balancer.retried)
    own.set(f"{PREFIX}refusals_total", balancer.refused)
    for event, count in fleet.counted.items():
        own.count(f"{PREFIX}events_total", count, {"event": event})
    return own.samples()
