"""Takes messages in, and has them sent: each is written down first (row 7), then offered to Nexus until that is done.

A message that is being sent has its row locked by whoever sends it. When that replica dies, the database ends its
transaction, and the next one takes the message up; Nexus knows it again by its attempt and does not send it twice.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from cxmock.reference.envelope import Code, Refusal
from cxmock.reference.runtime import Runtime
from cxmock.reference.services.dial_manager.message import SENDERS, Message, Result, result_of
from cxmock.reference.services.dial_manager.messages import BufferFull, Messages, Row
from cxmock.reference.services.dial_manager.nexus import BATCH_LIMIT, Answers, ComeAgain, NexusClient
from cxmock.reference.services.dial_manager.stopped import stopped
from cxmock.reference.services.dial_manager.suppression import suppressed
from cxmock.wire.genesys.enumerations import CallResult

BUFFER_LIMIT = 10_000
"""Messages of one channel that may wait (assumed)."""
PUT_OFF_LIMIT = 5
"""How often Nexus may put off one message of a batch before that is an error (assumed)."""
RESULTS_WITHIN = 20.0
"""Seconds after which who asked is told to ask again."""
STOPPED = "its campaign was stopped before it was sent"
LOOK_EVERY = 0.2
"""Seconds between two looks at what other replicas have done."""


@dataclass
class Outbox:
    """The messages of one tenant, on their way."""

    runtime: Runtime
    sent: Callable[[], None]
    """Told when Nexus has taken messages."""
    nexus: NexusClient = field(init=False)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    """Set, and replaced, whenever something was sent or could not be."""
    _senders: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    """Channel -> who works off its buffer, while there is something in it."""
    _trouble: str = ""
    """Why the last try to send was given up; empty: it was not."""
    _resets: int = 0
    """Who waits for what was handed over before a reset has nothing more sent."""

    def __post_init__(self) -> None:
        self.nexus = NexusClient(self.runtime)

    async def send(self, messages: Sequence[Message]) -> list[Result]:
        """Take messages in and return what became of each, in their order. Told again, nothing is sent again.

        Raises:
            Refusal: the buffer is full, or Nexus does not take them now (HTTP 503 with ``Retry-After``). In the
                latter case they are kept, and sent when it does; who asks again is told what became of them.
        """
        await self.put(messages)
        rows = await self._settled(messages[0].media, [message.attempt for message in messages])
        return [result_of(row) for row in rows]

    async def put(self, messages: Sequence[Message]) -> None:
        """Take messages of one channel in; they are sent as soon as can be.

        Raises:
            Refusal: the buffer is full (HTTP 503 with ``Retry-After``); none of them was taken.
        """
        resets = self._resets
        try:
            async with self.runtime.postgres.transaction() as connection:
                await Messages(connection).take_in(messages, self.runtime.clock.now(), room=BUFFER_LIMIT)
        except BufferFull:
            raise self._later(f"{BUFFER_LIMIT} messages wait already, and no more are taken.") from None
        if resets == self._resets:
            self.work(messages[0].media)

    def work(self, media: str) -> None:
        """Have a channel's buffer worked off, unless that is being done."""
        sender = self._senders.get(media)
        if sender is None or sender.done():
            self._senders[media] = asyncio.create_task(self._work_off(media))

    async def look(self) -> None:
        """See whether there is something to send that another replica has left behind."""
        async with self.runtime.postgres.transaction() as connection:
            waiting = await Messages(connection).waiting()
        for media in SENDERS:
            self.runtime.metrics.set("cxc_dm_delivery_buffer_size", waiting.get(media, 0), {"media": media})
            if waiting.get(media):
                self.work(media)

    def reset(self) -> None:
        """Stop sending; what waits stays in the database."""
        self.runtime.end(self._senders.values())
        self._senders.clear()
        self._resets += 1
        self.nexus.pace.answered()

    async def aclose(self) -> None:
        """Stop sending, and see it end."""
        self.reset()
        await self.runtime.settle()

    # Telling

    async def _settled(self, media: str, attempts: Sequence[str]) -> list[Row]:
        """Return what became of attempts, when something became of each."""
        deadline, worked, resets = asyncio.get_running_loop().time() + RESULTS_WITHIN, False, self._resets
        while True:
            changed = self._changed
            async with self.runtime.postgres.transaction() as connection:
                rows = await Messages(connection).told(attempts)
            if all(row["state"] != "waiting" for row in rows):
                return rows
            if self.nexus.pace.left:
                raise self._later(f"Nexus takes no messages now: {self.nexus.pace.reason}")
            if self._trouble and worked:
                raise self._later(self._trouble)
            if asyncio.get_running_loop().time() >= deadline or self._resets != resets:
                raise self._later("The messages wait to be sent.")
            self.work(media)
            worked = True
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY):
                    await changed.wait()

    def _later(self, message: str) -> Refusal:
        seconds = max(1, math.ceil(self.nexus.pace.left))
        return Refusal(
            Code.BACK_END,
            message,
            f"Send the same again in {seconds} s: what was taken is not sent twice.",
            headers={"Retry-After": str(seconds)},
        )

    def _told(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    # Sending

    async def _work_off(self, media: str) -> None:
        """Send what waits, batch by batch, until nothing waits that nobody else has."""
        try:
            while await self._send_batch(media):
                pass
            self._trouble = ""
        except Exception as error:
            # A store is out of reach. Whoever hands messages over does it again, and so does the next look.
            self._trouble = f"{type(error).__name__}: {error}".strip().partition("\n")[0]

    async def _send_batch(self, media: str) -> bool:
        """Send one batch; return whether there may be more."""
        while left := self.nexus.pace.left:
            await _rest(left)
        try:
            async with self.runtime.postgres.apart() as connection:
                outbox = Messages(connection)
                claimed = await outbox.claim(media, BATCH_LIMIT)
                if not claimed:
                    return False
                over = await stopped(self.runtime, claimed)
                rows = [
                    _refused(message, CallResult.CANCEL_RECORD, STOPPED)
                    for message in claimed
                    if message.attempt in over
                ]
                claimed = [message for message in claimed if message.attempt not in over]
                forbidden = await suppressed(self.runtime, claimed)
                offered = [message for message in claimed if message.attempt not in forbidden]
                rows += [
                    _refused(message, CallResult.DO_NOT_CALL, f"suppressed by {forbidden[message.attempt]}")
                    for message in claimed
                    if message.attempt in forbidden
                ]
                if rows:  # that they are not sent holds whatever Nexus says to the others
                    await outbox.finish(rows)
                if offered:
                    await self._offer(outbox, media, offered)
        finally:
            self._told()
        self.sent()
        return True

    async def _offer(self, outbox: Messages, media: str, offered: Sequence[Message]) -> None:
        """Offer messages to Nexus, and write down what it said; what it takes later stays where it is."""
        try:
            answers = await self.nexus.offer(media, offered)
        except ComeAgain:
            return
        except Refusal as refusal:
            await outbox.finish([_refused(one, CallResult.GENERAL_ERROR, refusal.message) for one in offered])
            return
        rows, later = _sorted_out(offered, answers)
        if later:
            self.nexus.pace.failed("it put off messages of a batch", None)
            for attempt in await outbox.put_off(list(later), PUT_OFF_LIMIT):
                rows.append(_refused(later[attempt], CallResult.GENERAL_ERROR, _reason(answers.get(attempt, {}))))
        if rows:
            await outbox.finish(rows)


def _sorted_out(offered: Sequence[Message], answers: Answers) -> tuple[list[Row], dict[str, Message]]:
    """Return what became of messages, and which of them Nexus put off: ``FAILURE``, or it said nothing of them."""
    rows: list[Row] = []
    later: dict[str, Message] = {}
    for message in offered:
        answer = answers.get(message.attempt, {})
        if answer.get("messageId"):
            sent = {"attempt": message.attempt, "state": "sent", "message_id": answer["messageId"][:128]}
            rows.append({**sent, "result": int(CallResult.OK), "reason": ""})
        elif answer.get("status", "FAILURE") == "FAILURE":
            later[message.attempt] = message
        else:
            wrong = answer["status"] == "INVALID_ENDPOINT"
            result = CallResult.WRONG_NUMBER if wrong else CallResult.GENERAL_ERROR
            rows.append(_refused(message, result, _reason(answer)))
    return rows, later


def _reason(answer: Mapping[str, str]) -> str:
    return f"Nexus said {answer.get('status', 'nothing')}: {answer.get('detail', '')}".rstrip(": ").replace("\0", "")


def _refused(message: Message, result: CallResult, reason: str) -> Row:
    told = {"attempt": message.attempt, "state": "refused", "message_id": None}
    return {**told, "result": int(result), "reason": reason}


async def _rest(seconds: float) -> None:
    """Leave Nexus alone: in real time, since how soon it is back has nothing to do with the testbed's clock."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await asyncio.get_running_loop().create_future()
