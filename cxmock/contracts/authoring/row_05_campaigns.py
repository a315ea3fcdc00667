"""Row 5, campaign groups: the state that OCS pushed last of each."""

from __future__ import annotations

from cxmock.contracts.authoring import Row, assumed, like
from cxmock.contracts.authoring.commands import JSON, NIL, ask, bulk, count, fixed, hash_of, no_key

STATES = assumed("that OCS pushes states is documented; that Redis has the last of each, and how, is ours")
GROUP = "Spring@Outbound agents"


def about_campaigns(row: Row) -> None:
    """Add the promises."""
    groups, group = fixed("campaign-groups"), like(GROUP)
    state = '{"GSW_CAMPAIGN_GROUP_STATE":"Running","at":1767225600}'
    told, none = hash_of("campaign-groups", **{GROUP: state}), no_key("campaign-groups")
    ask(row, "the state of a campaign group is read", STATES, ["HGET", groups, group], bulk(state, JSON), told)
    ask(row, "a campaign group that told no state has none", STATES, ["HGET", groups, group], NIL, none)
    ask(row, "the state of a campaign group is forgotten", STATES, ["HDEL", groups, group], count(1), told)
