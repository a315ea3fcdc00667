"""What Compliance Manager asks of Redis and keeps there (row 5): one round trip for a validation, one for a history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from cxmock.reference.envelope import Code, Refusal
from cxmock.reference.service import Runtime
from cxmock.reference.services.compliance_manager.record import Attempt, Record, text
from cxmock.reference.services.compliance_manager.rulebook import Blocked, Rulebook, suppressed
from cxmock.wire.http import to_json

HISTORY_SECONDS = 30 * 86400
"""How long attempts on a device or a client are remembered after the last (assumed)."""
HISTORY_LIMIT = 100
"""Attempts remembered of one device or client; the oldest go first."""
ATTEMPT_SECONDS = 86400
"""How long the whole record of an attempt is kept (assumed)."""
TRIES = 5


@dataclass
class Memory:
    """Rules, suppression entries and dialing history, read and kept for one tenant."""

    runtime: Runtime
    _book: Rulebook | None = None

    def forget(self) -> None:
        """Return to the state right after the start: the rules are read again."""
        self._book = None

    async def blocking(self, record: Record) -> Blocked | None:
        """Return what forbids an attempt on ``record`` now, or None.

        One round trip, as long as nobody has changed the rules; then they are read again first, so that a change holds
        at once, for running campaigns too (documented).
        """
        now = self.runtime.clock.now()
        keys = self.runtime.keys
        for _ in range(TRIES):
            book = self._book or await self.read_rules()
            lists = book.lists_for(record)
            pipe = self.runtime.redis.pipeline(transaction=False)
            pipe.get(keys.rules_version)
            for one, entry in lists:
                pipe.hget(one.key, entry)
            histories = {}
            if book.counts_by("device"):
                histories["device"] = keys.device_history(record.device)
            if book.counts_by("client") and record.client:
                histories["client"] = keys.client_history(record.client)
            for key in histories.values():
                pipe.hgetall(key)
            version, *found = await pipe.execute()
            if (version or "") != book.version:
                self._book = None
                continue
            untils, told = found[: len(lists)], found[len(lists) :]
            if blocked := suppressed([(one, until) for (one, _), until in zip(lists, untils, strict=True)], now):
                return blocked
            attempts: dict[str, list[Attempt]] = {"device": [], "client": []}
            for what, kept in zip(histories, told, strict=True):
                attempts[what] = [Attempt.parse(value) for guid, value in kept.items() if guid != record.guid]
            return book.blocking(record, attempts, now)
        raise Refusal(Code.BACK_END, "The rules change all the time.", f"They changed {TRIES} times during one call.")

    async def read_rules(self) -> Rulebook:
        """Read the rules anew."""
        keys = self.runtime.keys
        pipe = self.runtime.redis.pipeline(transaction=False)
        pipe.get(keys.rules_version)
        pipe.hgetall(keys.suppression_lists)
        pipe.hgetall(keys.rules)
        pipe.hget(keys.compliance, "rules")
        version, catalogue, rules, data_set = await pipe.execute()
        self._book = Rulebook.read(keys, version or "", catalogue, rules, data_set or "")
        return self._book

    async def remember(self, history: Mapping[str, Any], guid: str, sequence: int) -> None:
        """Keep a history record: sequence 1 overwrites sequence 0, and never the other way round."""
        keys = self.runtime.keys
        attempt = str(Attempt.told(history, self.runtime.clock.now()))
        owners = []
        if phone := text(history.get("GSW_PHONE")):
            owners.append(keys.device_history(phone))
        if client := text(history.get("GSW_CUSTOMER_ID")):
            owners.append(keys.client_history(client))
        pipe = self.runtime.redis.pipeline(transaction=False)
        pipe.set(keys.attempt(guid), to_json(history), ex=ATTEMPT_SECONDS, nx=sequence == 0)
        for key in owners:
            if sequence:
                pipe.hset(key, guid, attempt)
            else:
                pipe.hsetnx(key, guid, attempt)
            pipe.expire(key, HISTORY_SECONDS)
            pipe.hlen(key)
        _, *answers = await pipe.execute()
        for key, length in zip(owners, answers[2::3], strict=True):
            if length > HISTORY_LIMIT:
                await self._trim(key, length - HISTORY_LIMIT)

    async def _trim(self, key: str, surplus: int) -> None:
        """Forget the oldest attempts."""
        kept = cast("dict[str, str]", await self.runtime.redis.hgetall(key))
        oldest = sorted(kept, key=lambda guid: Attempt.parse(kept[guid]).at)[:surplus]
        if oldest:
            await self.runtime.redis.hdel(key, *oldest)
