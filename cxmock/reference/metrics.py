"""A service's counters, told in the text format of Prometheus.

The names of the metrics are documented; their labels where documented, else assumed.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

LATENCY_BUCKETS = (1.0, 5.0, 10.0, 25.0, 50.0, 100.0, 250.0, 500.0, 1000.0, 5000.0, 25000.0)
"""Upper bounds in milliseconds; 5000 and 25000 are thresholds of documented alerts."""

Series = tuple[str, tuple[tuple[str, str], ...]]


@dataclass
class Metrics:
    """The metrics of one service.

    >>> metrics = Metrics("cxc_lb_")
    >>> metrics.count("cxc_lb_contacts_imported_total", 3)
    >>> metrics.called("GET", "/health", 200, 0.002)
    >>> print(metrics.text())  # doctest: +ELLIPSIS
    cxc_lb_healthy_instance 1
    cxc_lb_contacts_imported_total 3
    cxc_lb_request_count{method="GET",path="/health",code="200"} 1
    cxc_lb_request_latencies_ms_bucket{le="1"} 0
    ...
    """

    prefix: str
    """The documented prefix of the service, such as ``cxc_lb_``."""
    values: Counter[Series] = field(default_factory=Counter)
    latencies: list[int] = field(default_factory=lambda: [0] * (len(LATENCY_BUCKETS) + 1))

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

    def called_out(self, method: str, status: int, destination: str) -> None:
        """Count a request to another system that was answered (``status`` 0: it was not)."""
        labels = {"method": method, "code": str(status), "destination": destination}
        self.count(f"{self.prefix}request_out_count", 1, labels)

    def clear(self) -> None:
        """Begin anew."""
        self.values.clear()
        self.latencies = [0] * len(self.latencies)

    def text(self) -> str:
        """Return all metrics."""
        lines = [f"{self.prefix}healthy_instance 1"]
        for (name, labels), value in sorted(self.values.items()):
            told = ",".join(f'{key}="{_escape(text)}"' for key, text in labels)
            lines.append(f"{name}{{{told}}} {value}" if told else f"{name} {value}")
        total = 0
        for bound, count in zip([*(f"{bound:g}" for bound in LATENCY_BUCKETS), "+Inf"], self.latencies, strict=True):
            total += count
            lines.append(f'{self.prefix}request_latencies_ms_bucket{{le="{bound}"}} {total}')
        lines.append(f"{self.prefix}request_latencies_ms_count {total}")
        return "\n".join(lines) + "\n"


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
