"""How long a snapshot of a seeded testbed takes, and to restore it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from cxmock.testbed import Testbed
from cxmock.testbed.seeding import Campaign, Contact, ContactList, Seed, SuppressionList, contacts
from cxmock.testbed.snapshot import Mark, Snapshots
from cxmock.topology import Component
from tests.bench.measuring import Figure, milliseconds

RUNS = 15
CHANGED = "UPDATE cxc.cl_leads SET record_status = 2 WHERE record_id % 10 = 0"
SPREAD = {"GB": 3000, "AU": 7000}
"""10,000 numbers that nobody has."""


def figures() -> Iterator[Figure]:
    """Measure all parts together, seeded with 1,000 and with 10,000 contacts."""
    with Testbed() as testbed:
        testbed.start()
        for count in (1000, 10_000):
            testbed.reset()
            _seed(testbed, count)
            snapshots = Snapshots(testbed)
            mark = snapshots.take()
            name, aim = f"with {count:,} contacts", 50 if count == 1000 else None

            def change() -> None:
                testbed.run(testbed.part(Component.POSTGRES).query(CHANGED))
                testbed.run(testbed.part(Component.REDIS).call("SET", "a", 1))
                testbed.part(Component.SFTP).put("/in/a.csv", b"a")

            takes = milliseconds(lambda: snapshots.forget(snapshots.take()), RUNS)  # noqa: B023
            yield Figure(f"snapshot {name}: taken and forgotten", "ms", takes, aim, digits=1)
            yield Figure(
                f"snapshot {name}: restored, nothing changed",
                "ms",
                _restores(snapshots, mark, lambda: None),
                aim,
                digits=1,
            )
            yield Figure(
                f"snapshot {name}: restored, a tenth changed", "ms", _restores(snapshots, mark, change), aim, digits=1
            )
            yield Figure(
                f"snapshot {name}: restored after a reset",
                "ms",
                _restores(snapshots, mark, testbed.reset),
                aim,
                digits=1,
            )
            snapshots.forget(mark)


def _restores(snapshots: Snapshots, mark: Mark, change: Callable[[], object]) -> list[float]:
    times = []
    for _ in range(RUNS):
        change()
        times += milliseconds(lambda: snapshots.restore(mark), 1)
    return times


def _seed(testbed: Testbed, count: int) -> None:
    people = (
        contacts(1000) if count == 1000 else [one for place, some in SPREAD.items() for one in contacts(some, place)]
    )
    people = [Contact(f"C-{number}", one.devices, one.first_name) for number, one in enumerate(people)]
    numbers = [one.devices[0] for one in people[: count // 10]]
    seed = Seed(testbed)
    seed(ContactList("leads", people), SuppressionList("never", numbers), Campaign("Spring", lists=["leads"]))
