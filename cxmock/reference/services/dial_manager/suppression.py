"""Who gets no message: the suppression lists that hold for a channel, and who of many is on one (row 5)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cxmock.reference.choices import Choice
from cxmock.reference.runtime import Runtime
from cxmock.reference.services.dial_manager.message import Message
from cxmock.wire.http import from_json


@dataclass
class Suppression:
    """The suppression lists that hold for a channel, and how recipients are looked up there."""

    lists: dict[str, bool] = field(default_factory=dict)
    """List -> whether its entries are client ids."""

    @classmethod
    def read(
        cls, channel: str, catalogue: Mapping[str, str], *, now: float = 0, choice: Choice | None = None
    ) -> Suppression:
        """Read the catalogue as Redis has it: what holds for the channel at ``now``, for who made this choice."""
        told = {name: from_json(text) for name, text in sorted(catalogue.items())}
        return cls(
            {
                name: one.get("type") == "ClientID"
                for name, one in told.items()
                if one.get("channel") in ("", channel)
                and not 0 < (one.get("expires") or 0) <= now
                and (choice is None or choice.has_list(name, required=one.get("required", True)))
            },
        )

    def entry(self, name: str, message: Message) -> str:
        """Return what to look for in list ``name``; empty when the recipient cannot be there."""
        return message.client_id if self.lists[name] else message.entry


async def suppressed(runtime: Runtime, messages: Sequence[Message]) -> dict[str, str]:
    """Return which of ``messages``, all of one channel, a suppression list forbids: attempt -> list.

    Each campaign group has the required lists and those that it chose. What answers somebody (a reply) is never
    forbidden.
    """
    groups: dict[str, list[Message]] = defaultdict(list)
    for message in messages:
        if message.kind != "reply":
            groups[message.campaign_group].append(message)
    if not groups:
        return {}
    keys, now = runtime.keys, runtime.clock.now()
    pipe = runtime.redis.pipeline(transaction=False)
    pipe.hgetall(keys.suppression_lists)
    for group in groups:
        pipe.hget(keys.choices, group)
    catalogue, *chosen = await pipe.execute()
    asked: list[tuple[str, list[Message]]] = []
    pipe = runtime.redis.pipeline(transaction=False)
    for those, choice in zip(groups.values(), chosen, strict=True):
        held = Suppression.read(messages[0].media, catalogue, now=now, choice=Choice.of(choice) if choice else None)
        for name in held.lists:
            pipe.hmget(keys.suppression_list(name), [held.entry(name, message) for message in those])
            asked.append((name, those))
    found: dict[str, str] = {}
    for (name, those), untils in zip(asked, await pipe.execute() if asked else (), strict=True):
        for message, until in zip(those, untils, strict=True):
            if until is not None and (until == "0" or float(until) > now):
                found.setdefault(message.attempt, name)
    return found
