"""The numbers that Configuration Server, calling lists and OCS use.

Observed: they agree in several public places. Only :class:`ErrorCode` is ours (assumed).
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final

OBJECT_TYPES: Final = {
    "Switch": 1,
    "DN": 2,
    "Person": 3,
    "AgentGroup": 5,
    "Tenant": 7,
    "Application": 9,
    "Script": 12,
    "Transaction": 16,
    "Folder": 22,
    "Field": 23,
    "Format": 24,
    "TableAccess": 25,
    "CallingList": 26,
    "Campaign": 27,
    "Treatment": 28,
    "Filter": 29,
    "TimeZone": 30,
    "Enumerator": 35,
    "CampaignGroup": 38,
    "Role": 43,
}
"""Configuration objects by name, those that CX Contact can ask for; there are 43 types in all."""


class ErrorCode(IntEnum):
    """The code of an ``Error``. Assumed: the vendor's own codes are not public."""

    NOT_REGISTERED = 1
    UNKNOWN_MESSAGE = 2
    UNKNOWN_APPLICATION = 3
    MISSING = 4
    """Something mandatory was not said."""
    INVALID = 5
    """Something said cannot be."""
    NOT_FOUND = 6
    EXISTS = 7
    IN_USE = 8
    """Other objects refer to it."""
    WRONG_ORDER = 9
    """Not in this state: start before load, and the like."""
    FAILED = 99
    """A bug of ours, or somebody that the server needs does not answer."""


class CallResult(IntEnum):
    """How an attempt ended: column ``call_result``, key ``GSW_CALL_RESULT``."""

    OK = 0
    TRANSFERRED = 1
    CONFERENCED = 2
    GENERAL_ERROR = 3
    SYSTEM_ERROR = 4
    REMOTE_RELEASE = 5
    BUSY = 6
    NO_ANSWER = 7
    SIT_DETECTED = 8
    ANSWERING_MACHINE = 9
    ALL_TRUNKS_BUSY = 10
    SIT_INVALID_NUMBER = 11
    SIT_VACANT = 12
    SIT_OPERATOR_INTERCEPT = 13
    SIT_UNKNOWN = 14
    SIT_NO_CIRCUIT = 15
    SIT_REORDER = 16
    FAX = 17
    QUEUE_FULL = 18
    CLEARED = 19
    OVERFLOWED = 20
    ABANDONED = 21
    REDIRECTED = 22
    FORWARDED = 23
    CONSULT = 24
    PICKED_UP = 25
    DROPPED = 26
    DROPPED_NO_ANSWER = 27
    UNKNOWN = 28
    """What a new record carries."""
    COVERED = 29
    CONVERSE_ON = 30
    BRIDGED = 31
    SILENCE = 32
    ANSWER = 33
    NU_TONE = 34
    NO_DIAL_TONE = 35
    NO_PROGRESS = 36
    NO_RING_BACK = 37
    NOT_ESTABLISHED = 38
    PAGER = 39
    WRONG_PARTY = 40
    DIAL_ERROR = 41
    CALL_DROP_ERROR = 42
    SWITCH_ERROR = 43
    NO_FREE_PORT = 44
    TRANSFER_ERROR = 45
    STALE = 46
    AGENT_CALLBACK_ERROR = 47
    GROUP_CALLBACK_ERROR = 48
    DEAFENED = 49
    HELD = 50
    DO_NOT_CALL = 51
    CANCEL_RECORD = 52
    WRONG_NUMBER = 53

    @property
    def label(self) -> str:
        """The name for people.

        >>> CallResult.SIT_INVALID_NUMBER.label
        'SIT Invalid Number'
        """
        return self.name.replace("_", " ").title().replace("Sit ", "SIT ")


class RecordStatus(IntEnum):
    """Where a record stands: column ``record_status``."""

    NONE = 0
    READY = 1
    RETRIEVED = 2
    UPDATED = 3
    STALE = 4
    CANCELLED = 5
    AGENT_ERROR = 6
    CHAIN_UPDATED = 7
    MISSED_CALLBACK = 8
    CHAIN_READY = 9
    DELEGATED = 10


class RecordType(IntEnum):
    """What kind of record it is: column ``record_type``."""

    NONE = 0
    UNKNOWN = 1
    GENERAL = 2
    CAMPAIGN_RESCHEDULED = 3
    PERSONAL_RESCHEDULED = 4
    PERSONAL_CALLBACK = 5
    CAMPAIGN_CALLBACK = 6
    NO_CALL = 7


class ContactInfoType(IntEnum):
    """What ``contact_info`` is: column ``contact_info_type``."""

    NONE = 0
    HOME_PHONE = 1
    DIRECT_BUSINESS_PHONE = 2
    BUSINESS_WITH_EXTENSION = 3
    MOBILE = 4
    VACATION_PHONE = 5
    PAGER = 6
    MODEM = 7
    VOICE_MAIL = 8
    PIN_PAGER = 9
    EMAIL = 10
    INSTANT_MESSAGING = 11


class DialMode(IntEnum):
    """How a campaign group dials."""

    PREDICT = 1
    PROGRESS = 2
    PREVIEW = 3
    PROGRESS_AND_SEIZE = 4
    PREDICT_AND_SEIZE = 5
    POWER = 6
    PUSH_PREVIEW = 8
    PROGRESS_GVP = 9
    PREDICT_GVP = 10
    POWER_GVP = 11


class OptimizeBy(IntEnum):
    """What predictive dialing aims at."""

    BUSY_FACTOR = 1
    OVERDIAL_RATE = 2
    WAIT_TIME = 3
    DISTRIBUTION_TIME = 4

    @property
    def goals(self) -> range:
        """The goals that make sense: per cent, or seconds."""
        return range(101) if self in (OptimizeBy.BUSY_FACTOR, OptimizeBy.OVERDIAL_RATE) else range(1001)

    @property
    def default_goal(self) -> int:
        """The goal where none is asked for.

        >>> [aim.default_goal for aim in OptimizeBy]
        [80, 5, 30, 30]
        """
        return {1: 80, 2: 5}.get(self, 30)
