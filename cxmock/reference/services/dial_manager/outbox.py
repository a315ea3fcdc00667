"""Sends batches through Nexus (row 12) and keeps in Redis (row 5) what was sent, so that nothing is sent twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cxmock.reference.choices import Choice
from cxmock.reference.envelope import Code, Refusal
from cxmock.reference.service import Runtime
from cxmock.reference.services.dial_manager.batch import Batch, Result, Suppression, batch_id, result_of
from cxmock.reference.services.dial_manager.template import Template
from cxmock.topology import Component
from cxmock.wire.genesys.enumerations import CallResult
from cxmock.wire.http import Response

TRIES = 3
"""How often a batch is offered to a Nexus that does not answer."""
BATCH_SECONDS = 86400
"""How long a batch is known again (assumed)."""
MESSAGE_SECONDS = 7 * 86400
"""How long a message waits for its receipt (assumed)."""
MESSAGES = "/nexus/v3/messages"

Record = Mapping[str, Any]


@dataclass
class Outbox:
    """Batches of one tenant."""

    runtime: Runtime
    awaited: Counter[str]
    """Messages whose receipt has not come, by media."""

    async def send(self, group: str, media: str, records: Sequence[Record], template: Template) -> list[Result]:
        """Send one batch; return what became of each record. Told again, it returns the same and sends nothing."""
        redis, keys = self.runtime.redis, self.runtime.keys
        identity = batch_id(group, [record["GSW_CALL_ATTEMPT_GUID"] for record in records])
        key = keys.batch(identity)
        kept = await redis.get(key)
        if kept is None:
            batch = Batch.planned(identity, media, records, template, await self._suppressed(group, media, records))
            # Written down before it is sent; whoever came first with this batch has decided what is in it.
            if not await redis.set(key, batch.as_json(), nx=True, ex=BATCH_SECONDS):
                kept = await redis.get(key)
        if kept is not None:
            batch = Batch.from_json(str(kept))
        if not batch.answered:
            self.runtime.metrics.set("cxc_dm_batch_size", len(batch.messages))
            try:
                answers = await self._offer(media, batch)
            except Refusal as refusal:
                failed = [
                    result_of(one["reference"], CallResult.GENERAL_ERROR, reason=refusal.message)
                    for one in batch.messages
                ]
                return [*batch.results, *failed]
            sent = {one["reference"]: one["to"] for one in batch.messages}
            batch.take(answers)
            self.awaited[media] += sum("messageId" in result for result in batch.results)
            await self._keep(key, batch, group, media, sent)
        return batch.results

    async def _suppressed(self, group: str, media: str, records: Sequence[Record]) -> dict[str, str]:
        """Return which attempts a suppression list forbids: attempt GUID -> list."""
        redis, keys, now = self.runtime.redis, self.runtime.keys, self.runtime.clock.now()
        pipe = redis.pipeline(transaction=False)
        pipe.hgetall(keys.suppression_lists)
        pipe.hget(keys.choices, group)
        catalogue, chosen = await pipe.execute()
        suppression = Suppression.read(media, catalogue, now=now, choice=Choice.of(chosen) if chosen else None)
        if not suppression.lists:
            return {}
        pipe = redis.pipeline(transaction=False)
        for name in suppression.lists:
            pipe.hmget(keys.suppression_list(name), [suppression.entry(name, record) for record in records])
        found: dict[str, str] = {}
        for name, untils in zip(suppression.lists, await pipe.execute(), strict=True):
            for record, until in zip(records, untils, strict=True):
                if until is not None and (until == "0" or float(until) > now):
                    found.setdefault(record["GSW_CALL_ATTEMPT_GUID"], name)
        return found

    async def _offer(self, media: str, batch: Batch) -> list[dict[str, str]]:
        """Offer a batch to Nexus until it answers; the batch's id keeps it from being sent twice.

        Raises:
            Refusal: Nexus does not answer, or refuses the batch.
        """
        settings = self.runtime.settings
        headers = {"x-api-key": settings.nexus_api_key, "x-ccid": settings.ccid}
        nexus = self.runtime.caller(Component.NEXUS.label, settings.nexus_url, headers=headers, within=5.0)
        data = {
            "batchId": batch.batch_id,
            "channel": media,
            "callback": f"{settings.dial_manager_url}/nexus/receipts",
            "messages": batch.messages,
        }
        failure: Refusal | None = None
        for _ in range(TRIES):
            try:
                response = await nexus.request("POST", MESSAGES, json={"data": data})
            except Refusal as refusal:
                failure = refusal
                continue
            if response.status < 500:
                self.runtime.metrics.set("cxc_dm_nexus_service_status", 1)
                return _answers(response)
            failure = _refused(response)
        self.runtime.metrics.set("cxc_dm_nexus_service_status", 0)
        assert failure is not None
        raise failure

    async def _keep(self, key: str, batch: Batch, group: str, media: str, sent: Mapping[str, str]) -> None:
        """Write down what was sent, each message by its id."""
        keys = self.runtime.keys
        pipe = self.runtime.redis.pipeline(transaction=False)
        pipe.set(key, batch.as_json(), ex=BATCH_SECONDS)
        for result in batch.results:
            if "messageId" in result:
                guid, message = result["GSW_CALL_ATTEMPT_GUID"], keys.message(result["messageId"])
                pipe.hset(message, mapping={"attempt": guid, "group": group, "media": media, "to": sent[guid]})
                pipe.expire(message, MESSAGE_SECONDS)
        await pipe.execute()


def _answers(response: Response) -> list[dict[str, str]]:
    try:
        answers: list[dict[str, str]] = response.json()["data"]["messages"]
    except (ValueError, TypeError, KeyError):
        raise _refused(response) from None
    return answers


def _refused(response: Response) -> Refusal:
    try:
        told = response.json()
        said = f"{told['status']}: {told['detail']}"
    except (ValueError, TypeError, KeyError):
        said = repr(response.text[:200])
    return Refusal(Code.BACK_END, f"Nexus answered HTTP {response.status}, {said}", status=502)
