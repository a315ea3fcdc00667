"""When a campaign group was stopped, as what Redis keeps of it tells, and which of its messages are too old then.

A message that waits while its campaign is stopped or unloaded is not sent any more (assumed): OCS has let go of the
record, and may hand it over anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

UNDER_WAY: Final = ("Running", "Paused")
"""States in which what a campaign has begun goes on."""
TOLD_WITHIN: Final = 1.0
"""Seconds within which a state that OCS pushes is here."""


def is_under_way(kept: Mapping[str, Any]) -> bool:
    """Return whether a campaign group has begun and was not stopped."""
    return kept.get("GSW_CAMPAIGN_GROUP_STATE") in UNDER_WAY


def is_too_old(kept: Mapping[str, Any], written: int, now: float) -> bool:
    """Return whether a message is of before its campaign group was stopped.

    >>> stopped = {"GSW_CAMPAIGN_GROUP_STATE": "Active", "halted": 100.5}
    >>> [is_too_old(stopped, written, 105) for written in (99, 100, 101)], is_too_old(stopped, 100, 101)
    ([True, True, False], False)
    >>> again = {"GSW_CAMPAIGN_GROUP_STATE": "Running", "halted": 100.5}
    >>> [is_too_old(again, written, 105) for written in (99, 100, 101)]
    [True, False, False]

    Args:
        kept: what is kept of the campaign group.
        written: when the message was written down, in whole UTC seconds. One of the very second of the stop may be of
            after it: that the campaign has begun again is told a little later.
        now: UTC seconds.
    """
    halted = kept.get("halted")
    if halted is None or written > int(halted):
        return False
    return written < int(halted) or (not is_under_way(kept) and now >= halted + TOLD_WITHIN)
