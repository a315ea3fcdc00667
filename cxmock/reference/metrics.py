"""A service's counters, told in the text format of Prometheus.

The names of the metrics are documented where ``metric_names`` says so; their labels where documented, else assumed.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import groupby

from cxmock.reference.metric_names import OF_ALL, Metric, of

LATENCY_BUCKETS = (1.0, 5.0, 10.0, 25.0, 50.0, 100.0, 250.0, 500.0, 1000.0, 5000.0, 25000.0)
"""Upper bounds in milliseconds; 5000 and 25000 are thresholds of documented alerts."""
CONTENT_TYPE = "text/plain; version=0.0.4"

Series = tuple[str, tuple[tuple[str, str], ...]]


@dataclass
class Metrics:
    """The metrics of one service.

    >>> metrics = Metrics("cxc_js_")
    >>> metrics.count("cxc_js_jobs_running_total", 3)
    >>> print(metrics.text())  # doctest: +ELLIPSIS
    # HELP cxc_js_healthy_instance Whether the instance can do its work.
    # TYPE cxc_js_healthy_instance gauge
    cxc_js_healthy_instance 1
    # HELP cxc_js_request_latencies_ms Milliseconds from a request to its answer.
    # TYPE cxc_js_request_latencies_ms histogram
    cxc_js_request_latencies_ms_bucket{le="1"} 0
    ...
    # HELP cxc_js_jobs_running_total Jobs that run now.
    # TYPE cxc_js_jobs_running_total gauge
    cxc_js_jobs_running_total 3
    <BLANKLINE>
    """

    prefix: str
    """The documented prefix of the service, such as ``cxc_lb_``."""
    own: Mapping[str, Metric] = field(default_factory=dict)
    """What is known of the metrics that not every service has; those of the prefix, if nothing is said."""
    values: Counter[Series] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=lambda: [0] * (len(LATENCY_BUCKETS) + 2))
    """How many requests were in each bucket; and last, the milliseconds of all."""

    def __post_init__(self) -> None:
        self.own = self.own or of(self.prefix)

    def count(self, name: str, by: int = 1, labels: Mapping[str, str] | None = None) -> None:
        """Raise a counter; its name is whole, as documented."""
        self.values[name, tuple((labels or {}).items())] += by

    def set(self, name: str, value: int, labels: Mapping[str, str] | None = None) -> None:
        """Set a gauge."""
        self.values[name, tuple((labels or {}).items())] = value

    def called(self, method: str, path: str, status: int, seconds: float) -> None:
        """Count a request that was answered; ``path`` is the route's, so that the series stay few."""
        self.count(f"{self.prefix}request_count", 1, {"method": method, "path": path, "code": str(status)})
        self.latencies[bisect_left(LATENCY_BUCKETS, seconds * 1000)] += 1
        self.latencies[-1] += seconds * 1000

    def called_out(self, method: str, status: int, destination: str) -> None:
        """Count a request to another system that was answered (``status`` 0: it was not)."""
        labels = {"method": method, "code": str(status), "destination": destination}
        self.count(f"{self.prefix}request_out_count", 1, labels)

    def clear(self) -> None:
        """Begin anew."""
        self.values.clear()
        self.latencies = [0] * len(self.latencies)

    def text(self, *, healthy: bool = True) -> str:
        """Return all metrics."""
        instance, latencies = f"{self.prefix}healthy_instance", f"{self.prefix}request_latencies_ms"
        lines = [*self._about(instance), f"{instance} {int(healthy)}", *self._about(latencies)]
        total = 0
        for bound, count in zip([*(f"{bound:g}" for bound in LATENCY_BUCKETS), "+Inf"], self.latencies, strict=False):
            total += int(count)
            lines.append(f'{latencies}_bucket{{le="{bound}"}} {total}')
        lines += [f"{latencies}_sum {self.latencies[-1]:.3f}", f"{latencies}_count {total}"]
        return "".join(f"{line}\n" for line in lines) + self.samples()

    def samples(self) -> str:
        """Return what was counted and set, each metric with what it is."""
        values = {(name, ()): 0 for name, metric in self.own.items() if metric.at_start} | self.values
        lines = []
        for name, series in groupby(sorted(values.items()), key=lambda one: one[0][0]):
            lines += self._about(name)
            for (_, labels), value in series:
                told = ",".join(f'{key}="{_escape(text)}"' for key, text in labels)
                lines.append(f"{name}{{{told}}} {value}" if told else f"{name} {value}")
        return "".join(f"{line}\n" for line in lines)

    def _about(self, name: str) -> list[str]:
        """Return the lines that tell what a metric is. What nobody described is a counter if its name says so."""
        if (metric := self.own.get(name) or OF_ALL.get(name.removeprefix(self.prefix))) is not None:
            return [f"# HELP {name} {metric.what}", f"# TYPE {name} {metric.kind}"]
        return [f"# TYPE {name} {'counter' if name.endswith(('_total', '_count')) else 'gauge'}"]


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
