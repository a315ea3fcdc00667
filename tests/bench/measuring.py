"""What the benchmarks share: a figure, the machine, memory of a process tree."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

RUNS = 5


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured thing: its values, and the aim where there is one (at most)."""

    name: str
    unit: str
    values: Sequence[float]
    aim: float | None = None
    digits: int = 0

    @property
    def median(self) -> float:
        """The figure to quote."""
        return statistics.median(self.values)

    @property
    def least(self) -> float:
        """The best run."""
        return min(self.values)

    @property
    def most(self) -> float:
        """The worst run."""
        return max(self.values)


def milliseconds(work: Callable[[], object], runs: int = RUNS) -> list[float]:
    """Return how long ``work`` took each time."""
    values = []
    for _ in range(runs):
        began = perf_counter()
        work()
        values.append((perf_counter() - began) * 1000)
    return values


def machine() -> str:
    """Name the machine: cores, system, Python, and how busy it is."""
    load = os.getloadavg()[0]
    return f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}, load {load:.1f}"


def family(pid: int) -> list[int]:
    """Return ``pid`` and all its descendants (Linux)."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(stat.parent.name)] = int(fields[1])
    found = [pid]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found


def cpu_seconds(pids: Sequence[int]) -> float:
    """Return the seconds of a core that running processes have used (Linux)."""
    ticks = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def proportional_megabytes(pids: Sequence[int]) -> float:
    """Return the memory of processes in MB, what they share counted once (PSS)."""
    total = 0
    for pid in pids:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return total / 1024
