"""Which messages are not sent any more, since their campaign was stopped or unloaded (row 5 tells)."""

from __future__ import annotations

from collections.abc import Sequence

from cxmock.reference.halting import is_too_old
from cxmock.reference.runtime import Runtime
from cxmock.reference.services.dial_manager.message import Message
from cxmock.wire.http import from_json


async def stopped(runtime: Runtime, messages: Sequence[Message]) -> set[str]:
    """Return the attempts of those messages whose campaign was stopped after they were written down."""
    groups = sorted({one.campaign_group for one in messages if one.kind == "campaign"})
    if not groups:
        return set()
    pipe = runtime.redis.pipeline(transaction=False)
    for group in groups:
        pipe.hget(runtime.keys.campaign_groups, group)
    kept = {group: from_json(said) for group, said in zip(groups, await pipe.execute(), strict=True) if said}
    now = runtime.clock.now()
    return {
        one.attempt
        for one in messages
        if one.kind == "campaign" and is_too_old(kept.get(one.campaign_group, {}), one.created, now)
    }
