"""Stands before a Redis server in strict mode: what is refused never reaches it, and its answers keep their order.

A refused command is replaced by a script that answers with an error and does nothing else. So the server itself
answers, in its turn, whether commands are pipelined or queued in a transaction. A MULTI that is refused is so up to its
EXEC: what was meant to happen together does not happen by halves.
"""

from __future__ import annotations

from typing import Any, Final

from cxmock.wire.observed import Objection, Observed
from cxmock.wire.resp import WATCHED, Parser
from cxmock.wire.resp_decoder import RespDecoder, operation_of
from cxmock.wire.resp_encoding import encode_command
from cxmock.wire.resp_facts import request_facts

SCRIPT: Final = "return redis.error_reply(ARGV[1])"
HELD_LIMIT: Final = 1024 * 1024
"""Bytes of a command that are held until it is whole; a longer one passes unseen."""
_LEAVING: Final = frozenset(("RESET", "QUIT"))
_ENDING: Final = frozenset(("EXEC", "DISCARD", *_LEAVING))
"""What ends something passes: a client has to get out of where it is. What a transaction does has been looked at."""


class RespScreen:
    """The :class:`~cxmock.wire.observed.Screen` of Redis.

    Args:
        decoder: watches the same connection; it is given what comes after this has seen it.
        objection: who objects to commands.
    """

    def __init__(self, decoder: RespDecoder, objection: Objection) -> None:
        self._decoder = decoder
        self._objection = objection
        self._parser: Parser | None = None
        self._held = bytearray()
        self._sent = False
        """Whether the beginning of the command under way has been passed on."""
        self._transaction = ""
        """Why the transaction under way is refused."""

    def upstream(self, data: bytes) -> bytes:
        """Return what is said to the server instead of ``data``."""
        if self._parser is None:
            if not self._objection or self._decoder.in_a_command:
                return data
            self._parser = Parser(commands=True, limits=WATCHED, ends=[])
        return self._screened(self._parser, data)

    def downstream(self, data: bytes) -> bytes:
        """Return what the server says: it is as it should be."""
        return data

    def _screened(self, parser: Parser, data: bytes) -> bytes:
        said = bytearray()
        held, begin = self._held, 0
        commands = parser.feed(data)
        for words, end in zip(commands, parser.ends or (), strict=True):
            held += data[begin:end]
            begin = end
            why = "" if self._sent else self._why(words)
            said += encode_command("EVAL", SCRIPT, 0, f"ERR {why}") if why else held
            held.clear()
            self._sent = False
        held += data[begin:]
        if parser.broken or len(held) > HELD_LIMIT:
            said += held
            held.clear()
            self._sent = True
        if not self._objection and not parser.in_a_value:
            self._parser = None
            self._transaction = ""
        return bytes(said)

    def _why(self, words: list[Any]) -> str:
        """Return why a command is refused, on one line; empty where it passes."""
        operation = operation_of(words)
        if (why := self._transaction) or operation in _ENDING:
            if operation in _ENDING:
                self._transaction = ""
            return "" if operation in _LEAVING else why
        asked = Observed(operation, request_facts(words), {}, source=self._decoder.source)
        why = " ".join(self._objection(asked).split())
        if operation == "MULTI":
            self._transaction = why
        return why
