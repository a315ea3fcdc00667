"""The states that OCS pushes of a campaign group: which of them follows on which.

OCS sends them one after the other, once each, and names the loading by a GUID (documented). With several replicas, or
after a break of the connection, one may come late. States of one loading carry nothing to order them by: the next, some
ten seconds later, puts things right. But a loading that is over, because another began or it was unloaded, tells
nothing more (assumed).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from cxmock.reference.halting import is_under_way
from cxmock.reference.services.compliance_manager.record import text

PAST: Final = 16
"""Loadings that are remembered as over."""


def following(kept: Mapping[str, Any], state: Mapping[str, Any], now: float = 0) -> dict[str, Any] | None:
    """Return what is to be kept after ``state`` has come, or None when it is late.

    >>> one = following({}, {"GSW_CAMPAIGN_GROUP_GUID": "a", "GSW_CAMPAIGN_GROUP_STATE": "NotLoaded"})
    >>> following(one, {"GSW_CAMPAIGN_GROUP_GUID": "a", "GSW_CAMPAIGN_GROUP_STATE": "Running"}) is None
    True
    >>> following(one, {"GSW_CAMPAIGN_GROUP_GUID": "b", "GSW_CAMPAIGN_GROUP_STATE": "Active"})["past"]
    ['a']
    >>> begun = following({}, {"GSW_CAMPAIGN_GROUP_STATE": "Running"}, 10)
    >>> following(begun, {"GSW_CAMPAIGN_GROUP_STATE": "Active"}, 20)["halted"]
    20

    Args:
        kept: what was kept before, nothing for the first.
        state: what OCS tells now.
        now: UTC seconds; kept as ``halted`` when a campaign group that was under way no longer is.
    """
    past = list(kept.get("past", ()))
    loading, before = text(state.get("GSW_CAMPAIGN_GROUP_GUID")), text(kept.get("GSW_CAMPAIGN_GROUP_GUID"))
    if loading and loading in past:
        return None
    over = [before] if before and before != loading else []
    if loading and state.get("GSW_CAMPAIGN_GROUP_STATE") == "NotLoaded":
        over.append(loading)
    past += [one for one in over if one not in past]
    halted = kept.get("halted")
    if is_under_way(kept) and not is_under_way(state):
        halted = now
    return {**state, "past": past[-PAST:], **({} if halted is None else {"halted": halted})}
