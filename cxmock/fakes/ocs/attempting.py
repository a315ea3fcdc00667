"""One attempt from its beginning to its end: told, validated, ended, and what becomes of the record."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from cxmock.fakes.ocs.callbacks import History, Poster, Verdict, validate
from cxmock.fakes.ocs.crew import Crew
from cxmock.fakes.ocs.gsw import Attempt, Facts, Record, history, validation
from cxmock.fakes.ocs.outcome import Outcomes
from cxmock.fakes.ocs.records import Records, Update
from cxmock.fakes.ocs.setup import Setup
from cxmock.fakes.ocs.statistics import Statistics
from cxmock.fakes.ocs.traces import SILENT, OcsLog
from cxmock.fakes.ocs.treatments import Next, decide
from cxmock.fakes.ocs.zones import Zones
from cxmock.net.clock import Clock
from cxmock.wire.genesys.enumerations import CallResult, RecordStatus, RecordType

PERSONAL = (RecordType.PERSONAL_CALLBACK, RecordType.PERSONAL_RESCHEDULED)
"""Records that one agent alone is to call."""


@dataclass
class Tools:
    """What the dialers of all campaigns share."""

    records: Records
    zones: Zones
    poster: Poster
    outcomes: Outcomes
    clock: Clock
    random: random.Random
    forbidden: set[str]
    """Phone numbers and customer ids on the do-not-call list."""
    made: Callable[[Attempt], None]
    """Told of every attempt that has ended."""
    absent: set[str] = field(default_factory=set)
    """Employee ids of agents who are not logged in."""
    log: OcsLog = SILENT


@dataclass
class Attempting:
    """Makes the attempts of one campaign group.

    Args:
        setup: the campaign group.
        tools: what all campaigns share.
        facts: the ``GSW_`` keys of the campaign group.
        told: where attempts are told.
        statistics: what is counted.
        crew: the agents.
    """

    setup: Setup
    tools: Tools
    facts: Facts
    told: History
    statistics: Statistics
    crew: Crew

    def attempt(self, record: Record, agent: str | None = None) -> Attempt:
        """Return a new attempt on a record."""
        guid = str(UUID(int=self.tools.random.getrandbits(128), version=4))
        return Attempt(record, guid, int(self.tools.clock.now()), record.attempts + 1, agent=agent)

    async def begin(self, attempt: Attempt) -> None:
        """Tell that an attempt begins."""
        await self.told.post(history(self.facts, attempt, 0))

    async def validate(self, attempt: Attempt) -> bool:
        """Return whether an attempt may be made; where not, its result says why."""
        verdict = await self._verdict(attempt)
        attempt.result, attempt.rule = verdict.result, verdict.rule
        return verdict.allowed

    async def _verdict(self, attempt: Attempt) -> Verdict:
        forbidden, record, options = self.tools.forbidden, attempt.record, self.setup.options
        if forbidden and (record.phone in forbidden or record.columns.get("c_client_id") in forbidden):
            return Verdict(allowed=False)
        if (whose := personal(record)) and whose not in self.crew:
            return Verdict(allowed=False, result=CallResult.AGENT_CALLBACK_ERROR)
        if not options.validation_uri:
            return Verdict(allowed=True)
        return await validate(
            self.tools.poster,
            options.validation_uri,
            validation(self.facts, attempt, options.media),
            within=options.validation_timeout,
            otherwise=options.validation_timeout_call_result,
        )

    async def end(self, attempt: Attempt) -> Update:
        """Tell that an attempt has ended, and return what becomes of the record."""
        attempt.ended = int(self.tools.clock.now())
        await self.told.post(history(self.facts, attempt, 1))
        record = attempt.record
        decision = decide(
            record.calling_list.treatments, attempt.result, attempt.number, record.calling_list.most_attempts
        )
        later = attempt.ended + decision.seconds if decision.at is None else decision.at
        again = decision.next in (Next.RETRY, Next.GROUP)
        self.statistics.count(attempt.result, dialed=attempt.dialed, again=again)
        self.tools.made(attempt)
        waits = decision.next is Next.NEXT_DEVICE and (decision.seconds or decision.at is not None)
        return Update(
            record,
            result=attempt.result,
            called=attempt.ended,
            kind=_kind(attempt, decision.next),
            attempts=attempt.number,
            again=later if again else None,
            chain_ends=decision.next in (Next.DONE, Next.AGENT_ERROR),
            chain_after=later if waits else None,
            status=RecordStatus.AGENT_ERROR if decision.next is Next.AGENT_ERROR else None,
        )


def personal(record: Record) -> str:
    """Return the agent who alone is to call a record; empty where anybody can."""
    return (record.columns.get("agent_id") or "") if record.columns["record_type"] in PERSONAL else ""


def _kind(attempt: Attempt, following: Next) -> int:
    """Return the type of a record after an attempt; that a personal callback stays personal is assumed."""
    before = int(attempt.record.columns["record_type"])
    if following is Next.GROUP:
        return RecordType.CAMPAIGN_CALLBACK
    if following is Next.RETRY:
        return RecordType.PERSONAL_RESCHEDULED if before in PERSONAL else RecordType.CAMPAIGN_RESCHEDULED
    return RecordType.NO_CALL if attempt.result == CallResult.DO_NOT_CALL else before
