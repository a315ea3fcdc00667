"""How long a campaign takes whose calls take no time: from loading to the last record, with all that is said of it."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event

from cxmock.testbed import Testbed
from cxmock.topology import Component
from tests.bench.measuring import Figure
from tests.soak.campaign import Run, options, people

RECORDS = 10_000
RUNS = 2
WITHIN = 600.0


def figures() -> Iterator[Figure]:
    """Carry it out with services in the loop, and with two processes of Compliance Manager."""
    for replicas, how in ((0, "services in the loop"), (2, "two processes of Compliance Manager")):
        with Testbed(options((Component.COMPLIANCE_MANAGER,), replicas)) as testbed:
            testbed.start()
            values = []
            for _ in range(RUNS):
                testbed.reset()
                run = Run(testbed, people(RECORDS))
                run.prepare()
                run.carry_out(lambda: Event().wait(0.5), within=WITHIN)
                run.close()
                values.append(run.seconds * 100_000 / RECORDS)
        yield Figure(f"a campaign of 100,000 records, {how} (measured with {RECORDS:,})", "s", values, aim=90)
