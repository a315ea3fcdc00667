"""How long messages and receipts are kept: as many days as the account's settings say (assumed)."""

from __future__ import annotations

from dataclasses import dataclass

from cxmock.reference.account import account
from cxmock.reference.runtime import Runtime
from cxmock.reference.services.dial_manager.messages import Messages

LOOK_EVERY = 3600.0
"""Seconds of the clock between two looks for what is old."""
DAY = 86400


@dataclass
class Retention:
    """Purges what is old. Each replica does; what one has removed, the others do not find."""

    runtime: Runtime
    _next: float = 0

    async def look(self) -> None:
        """Purge what is older than the account's ``messageDays``, if an hour has passed."""
        now = self.runtime.clock.now()
        if now < self._next:
            return
        days = int((await account(self.runtime))["messageDays"])
        async with self.runtime.postgres.transaction() as connection:
            await Messages(connection).purge(int(now) - days * DAY)
        self._next = now + LOOK_EVERY

    def reset(self) -> None:
        """Look again at once."""
        self._next = 0
