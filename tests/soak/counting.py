"""Counts a finished campaign: every record exactly once, by what OCS did, and by what PostgreSQL and Redis kept of it.

OCS knows whom it dialed. PostgreSQL has what it wrote back. Redis has what Compliance Manager kept of its histories.
The three are held against each other, device by device and attempt by attempt.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from cxmock.reference.calling_list import SCHEMA, table_name
from cxmock.reference.keys import Keys
from cxmock.reference.services.dial_manager.receipts import OUTCOMES
from cxmock.topology import Component
from cxmock.wire.genesys.enumerations import CallResult, RecordStatus
from tests.soak.campaign import Run

NOT_MADE = -1
"""What stands in Redis for the result of an attempt that was not made: no rule counts it."""


@dataclass
class Report:
    """What became of a campaign."""

    contacts: Counter[str] = field(default_factory=Counter)
    """Contacts, by what became of them: ``reached``, ``not reached``, ``blocked``."""
    records: Counter[str] = field(default_factory=Counter)
    """Devices: ``dialed``, ``not needed`` (another device reached the contact), ``blocked``, ``lost``."""
    attempts: Counter[str] = field(default_factory=Counter)
    """Attempts, by result."""
    histories: int = 0
    """Attempts of which Redis has the end."""
    wrong: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """What is wrong -> where."""

    @property
    def good(self) -> bool:
        """Whether nothing is wrong."""
        return not any(self.wrong.values())


def count(run: Run) -> Report:
    """Count a campaign that is over."""
    report = Report()
    made: dict[str, list[Any]] = defaultdict(list)
    for attempt in (*run.ocs.dialed, *run.ocs.blocked):
        made[attempt.phone].append(attempt)
        report.attempts[CallResult(attempt.result).label] += 1
    for attempt in run.ocs.blocked:  # nothing forbids an attempt here
        report.wrong["validation had no answer"].append(f"{attempt.phone}, attempt {attempt.number}")
    for status, number in run.user.items():
        if status >= 500:
            report.wrong["errors told to the user"].append(f"{number} times {status}")
    _hold_against_redis(run, made, report)
    _hold_against_postgres(run, made, report)
    if run.media != "voice":
        _hold_against_nexus(run, made, report)
    return report


def _hold_against_nexus(run: Run, made: dict[str, list[Any]], report: Report) -> None:
    """See that whoever was sent a message was sent one."""
    sent = Counter(message.to for message in run.testbed.part(Component.NEXUS).sent)
    for phone, times in sent.items():
        if times != 1:
            report.wrong["sent more than once"].append(f"{phone}: {times} messages")
    for phone, attempts in made.items():
        accepted = any(one.result == CallResult.OK for one in attempts)
        if accepted != (phone in sent):
            report.wrong["sent is not what OCS was told"].append(phone)


def _hold_against_redis(run: Run, made: dict[str, list[Any]], report: Report) -> None:
    for phone, found in _histories(run, [device for one in run.people for device in one.devices]):
        attempts = made.get(phone, [])
        told = {attempt.guid: attempt.result if attempt.dialed else NOT_MADE for attempt in attempts}
        report.histories += len(found)
        for guid in told.keys() - found.keys():
            report.wrong["history is missing"].append(f"{phone}: {guid}")
        for guid in found.keys() - told.keys():
            report.wrong["history of an attempt that nobody made"].append(f"{phone}: {guid}")
        for guid, result in told.items():
            if guid in found and found[guid] not in (result, _by_receipt(run, phone, result)):
                report.wrong["history has not the result"].append(f"{phone}: {found[guid]} for {result}")


def _by_receipt(run: Run, phone: str, result: int) -> int:
    """Return what an attempt's result is when the receipt of its message has come, soon after the campaign's end."""
    if run.media == "voice" or result != CallResult.OK:
        return result
    return OUTCOMES[run.testbed.part(Component.NEXUS).outcomes.of(run.media, phone)]


def _histories(run: Run, phones: list[str]) -> Iterator[tuple[str, dict[str, int]]]:
    """Yield each device's attempts as Redis keeps them: GUID -> call result."""
    import redis

    keys = Keys(run.testbed.directory.credentials.tenant)
    with redis.Redis.from_url(run.testbed.env["CX_REDIS_URL"], decode_responses=True) as client:
        for begin in range(0, len(phones), 1000):
            some = phones[begin : begin + 1000]
            pipe = client.pipeline(transaction=False)
            for phone in some:
                pipe.hgetall(keys.device_history(phone))
            for phone, kept in zip(some, pipe.execute(), strict=True):
                yield phone, {guid: int(text.split()[1]) for guid, text in kept.items()}


def _hold_against_postgres(run: Run, made: dict[str, list[Any]], report: Report) -> None:
    chains: dict[int, list[tuple[str, int, int]]] = defaultdict(list)
    statement = (
        f"SELECT contact_info, chain_id, record_status, attempt FROM {SCHEMA}.{table_name(run.name)} ORDER BY chain_n"
    )
    postgres = run.testbed.part(Component.POSTGRES)
    for row in run.testbed.run(postgres.query(statement), within=60):
        chains[row["chain_id"]].append((row["contact_info"], row["record_status"], row["attempt"]))
    if sum(map(len, chains.values())) != run.records:
        report.wrong["records are missing"].append(f"{sum(map(len, chains.values()))} of {run.records}")
    for devices in chains.values():
        report.contacts[_count_contact(devices, made, report)] += 1


def _count_contact(devices: list[tuple[str, int, int]], made: dict[str, list[Any]], report: Report) -> str:
    """Count one contact's devices; return what became of the contact."""
    reached = 0
    for phone, status, kept in devices:
        attempts = made.get(phone, [])
        if sorted(attempt.number for attempt in attempts) != list(range(1, len(attempts) + 1)):
            report.wrong["dialed twice, or not in turn"].append(f"{phone}: {[one.number for one in attempts]}")
        if kept != len(attempts):
            report.wrong["attempts are not those written back"].append(f"{phone}: {kept} for {len(attempts)}")
        if reached and attempts:
            report.wrong["dialed after the contact was reached"].append(phone)
        if status in (RecordStatus.READY, RecordStatus.RETRIEVED):
            report.wrong["lost"].append(f"{phone}: record status {RecordStatus(status).name}")
            report.records["lost"] += 1
        elif attempts:
            report.records["dialed" if any(one.dialed for one in attempts) else "blocked"] += 1
        else:
            report.records["not needed" if status == RecordStatus.CHAIN_UPDATED else "lost"] += 1
        reached += sum(one.result in (CallResult.ANSWER, CallResult.OK) for one in attempts)
    if reached > 1:
        report.wrong["reached twice"].append(devices[0][0])
    return "reached" if reached else "not reached"
