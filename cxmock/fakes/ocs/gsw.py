"""The ``GSW_`` keys of what OCS tells CX Contact (connection 8).

The keys are documented, but for ``GSW_RECORD_HANDLE``, ``GSW_ATTEMPT``, ``GSW_CAMPAIGN_GROUP_STATE`` and
``GSW_CAMPAIGN_GROUP_COMPLETED`` (assumed). That pre-dial
validation carries the record's properties is documented too; that the columns of the calling list go under their own
names is assumed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cxmock.fakes.ocs.setup import CallingList, Setup
from cxmock.wire.genesys.enumerations import CallResult

Facts = dict[str, Any]


@dataclass(slots=True)
class Record:
    """One row of a calling list, in the hands of OCS."""

    calling_list: CallingList
    columns: dict[str, Any]
    zone_name: str = "UTC"
    zone_offset: int = 0
    later: int = 0
    """Devices of the same contact that can still be tried."""

    @property
    def phone(self) -> str:
        """The number, or the address, to reach the contact at."""
        return self.columns["contact_info"] or ""

    @property
    def attempts(self) -> int:
        """Attempts made so far."""
        return self.columns["attempt"] or 0

    def facts(self) -> Facts:
        """Return what identifies the record."""
        columns = self.columns
        return {
            "GSW_RECORD_HANDLE": columns["record_id"],
            "GSW_PHONE": columns["contact_info"],
            "GSW_PHONE_TYPE": columns["contact_info_type"],
            "GSW_CUSTOMER_ID": columns.get("c_client_id") or "",
            "GSW_CALLING_LIST": self.calling_list.name,
            "GSW_CALLING_LIST_DBID": self.calling_list.dbid,
            "GSW_CHAIN_ID": columns["chain_id"],
            "GSW_CHAIN_N": columns["chain_n"],
            "GSW_SCHEDULED_TIME": columns["dial_sched_time"],
            "GSW_TZ_NAME": self.zone_name,
            "GSW_TZ_OFFSET": self.zone_offset,
            "GSW_AGENT_ID": columns["agent_id"],
            "GSW_DEVICE_MASK": columns.get("cd_mask"),
        }


@dataclass(slots=True)
class Attempt:
    """One try to reach a contact on one device."""

    record: Record
    guid: str
    began: int
    """UTC seconds, as all times here."""
    number: int
    """Counted from 1."""
    result: int = CallResult.UNKNOWN
    dialed: bool = False
    """False while it was not, and for good when it was not allowed."""
    ended: int = 0
    agent: str | None = None
    """Who has it, where an agent asked for it."""
    rule: Facts = field(default_factory=dict)
    """Which rule forbade it: ``GSW_BLOCKING_RULE``, ``GSW_BLOCKING_RULE_TYPE``."""

    @property
    def phone(self) -> str:
        """The number, or the address, that was tried."""
        return self.record.phone


def campaign_facts(setup: Setup, guid: str) -> Facts:
    """Return what identifies a loaded campaign group; ``guid`` is that of its loading."""
    return {
        "GSW_TENANT_NAME": setup.tenant_name,
        "GSW_TENANT_CCID": setup.ccid,
        "GSW_CAMPAIGN_DBID": setup.campaign,
        "GSW_CAMPAIGN_NAME": setup.campaign_name,
        "GSW_CAMPAIGN_GROUP_NAME": setup.name,
        "GSW_CAMPAIGN_GROUP_GUID": guid,
        "GSW_GROUP_NAME": setup.group_name,
    }


def validation(campaign: Mapping[str, Any], attempt: Attempt, media: str) -> Facts:
    """Return the body of a pre-dial validation request: the record, and the medium to reach it by."""
    return {
        **attempt.record.columns,
        **campaign,
        **attempt.record.facts(),
        "GSW_CALL_ATTEMPT_GUID": attempt.guid,
        "GSW_ATTEMPT": attempt.number,
        "media": media,
    }


def history(campaign: Mapping[str, Any], attempt: Attempt, sequence: int) -> Facts:
    """Return the body of a history request: ``sequence`` is 0 at the start of an attempt and 1 at its end."""
    facts: Facts = {
        "GSW_CALL_ATTEMPT_GUID": attempt.guid,
        "GSW_HIST_SEQUENCE_NUM": sequence,
        **campaign,
        **attempt.record.facts(),
        "GSW_START_PROCESSING": attempt.began,
    }
    if attempt.agent:
        facts["GSW_AGENT_ID"] = attempt.agent
    if sequence:
        reached = attempt.dialed and attempt.result in (CallResult.ANSWER, CallResult.OK, CallResult.ANSWERING_MACHINE)
        facts |= {
            "GSW_CALL_RESULT": attempt.result,
            "GSW_CALL_TIME": attempt.ended,
            "GSW_DIALING": attempt.ended if attempt.dialed else None,
            "GSW_RINGING": attempt.ended if attempt.dialed else None,
            "GSW_ANSWERED": attempt.ended if reached else None,
            "GSW_RELEASED": attempt.ended if attempt.dialed else None,
            "GSW_COMPLETE_PROCESSING": attempt.ended,
            **attempt.rule,
        }
    return facts
