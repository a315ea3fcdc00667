"""What Compliance Manager asks of Redis and keeps there (row 5): one round trip for a validation, one for a history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from cxmock.reference.envelope import Code, Refusal
from cxmock.reference.runtime import Runtime
from cxmock.reference.services.compliance_manager.external import ask_external
from cxmock.reference.services.compliance_manager.record import Attempt, Record, short, text
from cxmock.reference.services.compliance_manager.rulebook import Blocked, Rulebook, suppressed
from cxmock.wire.http import to_json
from cxmock.wire.resp_encoding import encode_command

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
        at once, for running campaigns too (documented). Without an answer of Redis nobody is called.

        Raises:
            Refusal: Redis does not answer, or what is there cannot be read.
        """
        now = self.runtime.clock.now()
        keys = self.runtime.keys
        for _ in range(TRIES):
            book = self._book or await self.read_rules()
            chosen = book.selection(record.group)
            lists = chosen.lists_for(record, now)
            commands = [encode_command("GET", keys.rules_version)]
            commands += [encode_command("HGET", one.key, entry) for one, entry in lists]
            counted = []
            if "device" in chosen.counts_by:
                counted.append("device")
                commands.append(encode_command("HGETALL", keys.device_history(record.device)))
            if "client" in chosen.counts_by and record.client:
                counted.append("client")
                commands.append(encode_command("HGETALL", keys.client_history(record.client)))
            version, *found = await self.runtime.ask_redis(*commands)
            if (version or b"").decode() != book.version:
                self._book = None
                continue
            if blocked := suppressed([(one, until) for (one, _), until in zip(lists, found, strict=False)], now):
                return blocked
            attempts: dict[str, Sequence[Attempt]] = {"device": (), "client": ()}
            for what, kept in zip(counted, found[len(lists) :], strict=True):
                attempts[what] = _attempts(kept, record.guid.encode())
            return chosen.blocking(record, attempts, now) or await ask_external(self.runtime, chosen.externals, record)
        raise Refusal(Code.BACK_END, "The rules change all the time.", f"They changed {TRIES} times during one call.")

    async def read_rules(self) -> Rulebook:
        """Read the rules anew."""
        keys = self.runtime.keys
        pipe = self.runtime.redis.pipeline(transaction=False)
        pipe.get(keys.rules_version)
        pipe.hgetall(keys.suppression_lists)
        pipe.hgetall(keys.rules)
        pipe.hget(keys.compliance, "rules")
        pipe.hgetall(keys.choices)
        version, catalogue, rules, data_set, choices = await pipe.execute()
        self._book = Rulebook.read(keys, version or "", catalogue, rules, data_set or "", choices)
        return self._book

    async def remember(self, history: Mapping[str, Any], guid: str, sequence: int) -> None:
        """Keep a history record: sequence 1 overwrites sequence 0, and never the other way round."""
        keys = self.runtime.keys
        attempt = str(Attempt.told(history, self.runtime.clock.now()))
        owners = []
        if phone := text(history.get("GSW_PHONE")):
            owners.append(keys.device_history(short("GSW_PHONE", phone)))
        if client := text(history.get("GSW_CUSTOMER_ID")):
            owners.append(keys.client_history(short("GSW_CUSTOMER_ID", client)))
        once = () if sequence else ("NX",)
        kept = encode_command("SET", keys.attempt(guid), to_json(history), *once, "EX", ATTEMPT_SECONDS)
        if not sequence:
            begun = [(encode_command("HSETNX", key, guid, attempt), _expiry(key)) for key in owners]
            await self.runtime.ask_redis(kept, *(command for pair in begun for command in pair))
            return
        ended = [(encode_command("HSET", key, guid, attempt), encode_command("HLEN", key)) for key in owners]
        _, *answers = await self.runtime.ask_redis(kept, *(command for pair in ended for command in pair))
        for key, new, length in zip(owners, answers[::2], answers[1::2], strict=True):
            if new:  # nobody told that it began
                await self.runtime.ask_redis(_expiry(key))
            if length > HISTORY_LIMIT:
                await self._trim(key, length - HISTORY_LIMIT)

    async def _trim(self, key: str, surplus: int) -> None:
        """Forget the oldest attempts."""
        kept = cast("dict[str, str]", await self.runtime.redis.hgetall(key))
        oldest = sorted(kept, key=lambda guid: Attempt.parse(kept[guid]).at)[:surplus]
        if oldest:
            await self.runtime.redis.hdel(key, *oldest)


def _expiry(key: str) -> bytes:
    return encode_command("EXPIRE", key, HISTORY_SECONDS)


def _attempts(kept: Sequence[bytes], but: bytes) -> list[Attempt]:
    """Return the attempts of a history as Redis tells it, GUID and attempt in turns, without one of them."""
    return [Attempt.parse(told) for guid, told in zip(kept[::2], kept[1::2], strict=True) if guid != but]
